"""The clocks of an item, each with who owes it and the day it runs to, and their lights. All computed, nothing stored.

Four clocks: sign-for, feedback, completion, redo after a return; opinions and points run on the completion clock with days of their own,
and a request for more time is a clock of the office (domain D-1, D-2). A report that went up stops them; what its unit owes then is the
paper, within the next workday (Q12): no lateness of the report, and urged for like the rest. Lights are not states; they follow from the
record, the policy it pins, the calendar and the day. A day that has passed is late from the next day on, worked or not; workdays count
only how long.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.matter.changes import MovedDate
from records.matter.item import Item, UnitPart
from records.matter.report import Return, Round
from schema.tables import checker, states

Colour = Literal["red", "yellow", "green", "none"]

CLOSED = states("closed")

LIGHT_LABELS = {"red": "红", "yellow": "黄", "green": "绿", "none": "—"}
_WORST: tuple[Colour, ...] = ("red", "yellow", "green", "none")
_SHORT = {"sign_for": "未签收", "feedback": "未反馈", "opinion": "缺意见", "paper": "缺纸质件"}
_YELLOW_AT_MOST = ("opinion", "point", "paper")
_WITHIN_DAYS = ("sign_for", "feedback", "paper")
"""What is given for a day or two."""
_EVENING = 17
"""The hour from which what comes in is signed for by noon of the next day, where it would be the same day (D-1, 特急)."""
_last: "list[tuple[Item, tuple[Running, ...]]]" = []
"""The record that was asked of last, and its clocks."""


@dataclass(frozen=True)
class Running:
    """A clock that runs, as far as the record alone tells.

    Attributes:
        kind: ``completion``, ``redo``, ``sign_for``, ``feedback``, ``opinion``, ``point``, ``extension`` or ``paper``.
        unit: who owes it; None is the supervising office.
        since: time from which it runs.
        due: the day the record sets; None where the policy says how long.
        count: what the policy counts by: an urgency or a cycle.
        before: the item's own day, which an opinion comes some workdays before.
        pauses: times between which it stood still.
    """

    kind: str
    unit: str | None
    since: str
    due: str | None = None
    count: str = ""
    before: str | None = None
    pauses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Clock:
    """A clock with the day it runs to: ``due``, at the end of the day or at ``noon``."""

    kind: str
    unit: str | None
    due: str
    noon: bool = False

    @property
    def label(self) -> str:
        """What is owed by it, as 签收."""
        return clock_label(self.kind)

    def missed(self, at: str) -> bool:
        """Say whether what was done at a time came late."""
        return at[:10] > self.due or (self.noon and at[:10] == self.due and at[11:16] > "12:00")


@dataclass(frozen=True)
class Light:
    """The light of an item, or of one clock, on a day.

    Attributes:
        colour: red late, yellow within the warning period, green before it, none while no clock runs.
        days: workdays left until ``due``, negative when late; 0 on the day itself, and while no workday has passed since; None without
            a clock.
        due: the day the clock runs to.
        kind: which clock it is, "" without one.
        estimated: whether the notice of that day's year is not in yet (D-10).
    """

    colour: Colour
    days: int | None = None
    due: str | None = None
    kind: str = ""
    late: bool = False
    estimated: bool = False

    @property
    def words(self) -> str:
        """The light in words, for screens that must be read without colour."""
        if self.days is None:
            return "—"
        what = "" if self.kind in ("completion", "") else clock_label(self.kind)
        if self.late:
            return f"{what}逾期{-self.days}个工作日" if self.days else f"{what}已过期"
        return f"{what}剩{self.days}个工作日" if self.days else f"{what}今日到期"

    @property
    def short(self) -> str:
        """How the clock stands, in at most 8 cells: 逾期3日, 已过期, 剩12日, 今日到期, 未签收, —; days are workdays."""
        if self.late and self.kind in _SHORT:
            return _SHORT[self.kind]
        return Light(self.colour, self.days, late=self.late).words.replace("个工作日", "日")


def clock_label(kind: str) -> str:
    """Return what a kind of clock is called, as 签收."""
    return checker("item").enum_label(("urges", 0, "clock"), kind)


def running(item: Item) -> tuple[Running, ...]:
    """Return the clocks that run, as far as the record tells; none before the matter is begun, while it is paused, once it is closed."""
    for last, found in _last:  # of one record after the other this is asked six times, by whoever owes, lists and figures
        if last is item:
            return found
    own = _at_office if item.state in states("clock_stopped") else _running
    found = () if item.begun is None or item.state in CLOSED else tuple(own(item))
    _last[:] = [(item, found)]  # as a whole: another thread finds this one or the one before
    return found


def clock(found: Running, policy: Policy, calendar: Calendar) -> Clock:
    """Return a running clock with the day it runs to, under the policy that its item pins."""
    if found.due is not None and found.kind != "opinion":
        return Clock(found.kind, found.unit, found.due)
    since = datetime.fromisoformat(found.since)
    day, still = since.date(), sum(stood_still(*pause, calendar) for pause in found.pauses)
    if found.kind == "opinion":
        own = found.due and date.fromisoformat(found.due)
        last = own or calendar.shift(date.fromisoformat(found.before or found.since[:10]), -policy.opinion_workdays)
        return Clock(found.kind, found.unit, max(last, calendar.shift(day, 1 + still)).isoformat())
    if found.kind == "paper":
        return Clock(found.kind, found.unit, calendar.shift(day, 1).isoformat())
    workdays = (policy.sign_for_workdays if found.kind == "sign_for" else policy.feedback_workdays)[found.count]
    if workdays == 0 and (since.hour >= _EVENING or not calendar.is_workday(day)):
        return Clock(found.kind, found.unit, _later(day + timedelta(days=1), still, calendar).isoformat(), noon=True)
    return Clock(found.kind, found.unit, calendar.shift(day, workdays + still).isoformat())


def clocks(item: Item, policy: Policy, calendar: Calendar) -> tuple[Clock, ...]:
    """Return the clocks of an item that run, each with its day."""
    return tuple(clock(each, policy, calendar) for each in running(item))


def light(item: Item, policy: Policy, calendar: Calendar, day: date) -> Light:
    """Return the light of ``item`` on ``day``: that of the worst of its clocks."""
    return worst(clocks(item, policy, calendar), item.urgency, policy, calendar, day)


def worst(found: Iterable[Clock], urgency: str, policy: Policy, calendar: Calendar, day: date) -> Light:
    """Return the worst light among clocks, as long as all is well that of the report.

    What a unit owes on its own day, an opinion or a point, is at most yellow for the item (D-1), and so is the paper of a report that
    came: the report is judged by the day on which it was sent up (Q12).
    """
    lights = [_softened(light_of(each, urgency, policy, calendar, day)) for each in found if each.kind != "extension"]
    return min(lights, key=_weight, default=Light("none"))


def overdue(found: Iterable[Clock], day: date) -> bool:
    """Say whether the worst light among clocks is red on ``day``; what ``worst`` says, without counting the workdays."""
    return any(each.kind != "extension" and each.kind not in _YELLOW_AT_MOST and day.isoformat() > each.due for each in found)


def _weight(found: Light) -> tuple[int, bool, str]:
    return _WORST.index(found.colour), found.colour == "green" and found.kind not in ("completion", "redo"), found.due or ""


def light_of(found: Clock | None, urgency: str, policy: Policy, calendar: Calendar, day: date) -> Light:
    """Return the light of one clock, as whoever owes it sees it."""
    if found is None:
        return Light("none")
    due = date.fromisoformat(found.due)
    left, late = calendar.between(day, due), day > due
    # What is given for a day or two would be yellow from the start: there the warning is the day itself.
    warning = 0 if found.kind in _WITHIN_DAYS else policy.warning_workdays[urgency]
    return Light("red" if late else "yellow" if left <= warning else "green", left, found.due, found.kind, late, calendar.estimated(due))


def _softened(found: Light) -> Light:
    if found.kind not in _YELLOW_AT_MOST or found.colour != "red":
        return found
    return Light("yellow", found.days, found.due, found.kind, found.late, found.estimated)


def clock_due(item: Item) -> str | None:
    """Return the day by which the lead reports, for the first time or again; None while that clock does not run."""
    return next((each.due for each in running(item) if each.kind in ("completion", "redo")), None)


def asked_back(item: Item) -> Return | None:
    """Return why and by when a report is to come in again, as long as it did not; also of one whose first submission was late already, to
    which a return gives no time: its clock and its light stay what they are (Q13).
    """
    last = next((each for each in reversed(item.report.rounds if item.report else ()) if each.submitted), None)
    return last.returned if last else None


def redone_at(item: Item, at: str) -> bool:
    """Say whether at a time what the office did last with the report was to send it back: more time asked for then was for the redo."""
    rounds = item.report.rounds if item.report else ()
    done = [(each.returned or each.office_reviewed, each.returned) for each in rounds]
    return next((back is not None for act, back in reversed(done) if act and act.at <= at), False)


def feedback_due(item: Item, policy: Policy, calendar: Calendar) -> date | None:
    """Return the day by which the next progress feedback is due, None without a cycle or a running clock (二; Q12)."""
    found = next((each for each in clocks(item, policy, calendar) if each.kind == "feedback"), None)
    return date.fromisoformat(found.due) if found else None


def arrived(item: Item, unit: str, before: str = "9") -> str:
    """Return when a matter that was dispatched came to a unit, the last time before a time: by the dispatch, or by a change of units."""
    assert item.begun is not None
    return max((each.at for each in item.transfers if each.to_unit == unit and each.at < before), default=item.begun)


def sign_for_clock(item: Item, unit: str, until: str = "9") -> Running:
    """Return the clock of a unit's receipt, by the urgency that it was told of.

    A correction of that begins the time anew and judges no receipt of before it; of such a one the record no longer tells how urgent the
    matter was, so it has the time of an ordinary one.
    """
    corrected = [each.at for each in item.amendments if "urgency" in each.fields]
    came = max("", arrived(item, unit, until), *(at for at in corrected if at < until))
    count = "ordinary" if any(at >= until for at in corrected) else item.urgency
    return Running("sign_for", unit, came, count=count, pauses=pauses(item, came, until))


def opinion_clock(item: Item, part: UnitPart, signed: str, due: str | None, until: str = "9") -> Running:
    """Return the clock of an assisting opinion: on the day of the unit's first point, else some workdays before the item's (D-1).

    It never ends before the workday after the unit signed: its point may be of the unit before it.
    """
    own = min((point.due for point in item.points if point.due and point.unit == part.unit), default=None)
    return Running("opinion", part.unit, signed, own, before=due, pauses=pauses(item, signed, until))


def due_at(item: Item, at: str) -> str | None:
    """Return the due date in force at a time."""
    changes: list[tuple[str, str | None]] = [("", item.original_due)]
    for each in item.extensions:
        if each.decided and each.decided.decision == "approved" and each.decided.clock != "redo":
            changes.append((each.decided.at, each.until))
    changes += [(pause.resumed.at, _moved_due(pause.moved)) for pause in item.suspensions if pause.resumed]
    changes += [(each.decided.at, each.due) for each in item.adjustments if each.decided and each.decided.was]
    changes += [(each.at, each.due) for each in item.reopenings]
    changes.sort(key=lambda change: change[0])
    changes[-1] = (changes[-1][0], item.due)  # whoever set the date last set the one that stands
    return next(due for since, due in reversed(changes) if since <= at)


def stood_still(since: str, until: str, calendar: Calendar) -> int:
    """Return how many workdays a matter that was paused between two times stood still (D-3)."""
    return calendar.between(date.fromisoformat(since[:10]), date.fromisoformat(until[:10]))


def pauses(item: Item, since: str, until: str = "9") -> tuple[tuple[str, str], ...]:
    """Return the pauses of an item between two times; of one in which the first lies, as where a unit took over meanwhile, the rest."""
    ended = ((each.at, each.resumed.at) for each in item.suspensions if each.resumed)
    return tuple((max(begun, since), over) for begun, over in ended if since <= over <= until)


def _at_office(item: Item) -> Iterator[Running]:
    """A report that was sent up is in once its paper is (3-2-3)."""
    sent = item.report.round.submitted if item.report else None
    if sent and item.state == "awaiting_paper":
        yield Running("paper", item.lead, sent.at)


def _running(item: Item) -> Iterator[Running]:
    assert item.begun is not None
    started, due = item.begun, item.due
    if back := _to_redo(item):
        yield Running("redo", item.lead, back.at, back.redo_due)
        due = back.redo_due
    elif due:
        yield Running("completion", item.lead, started, due)
    for part in item.units:
        yield from _part_clocks(item, part)
    if item.state in states("being_handled"):
        yield from _feedback_clock(item)
    if not back:
        yield from (Running("point", item.lead, started, day) for day in _days_of_points(item))
    asked = item.extensions[-1] if item.extensions else None
    if asked and asked.decided is None and due:
        yield Running("extension", None, asked.at, due)


def cycles_begun(item: Item, until: str = "9") -> list[str]:
    """Return when, up to a time, a cycle of feedback of its own began: as the matter was taken up again, and as the unit took its report
    back, which had been at the office until then.
    """
    back = (each.at for this in (item.report.rounds if item.report else ()) for each in this.withdrawn)
    return [at for at in (*(each.at for each in item.reopenings), *back) if at <= until]


def _days_of_points(item: Item) -> Iterator[str]:
    """The days that the lead's points have of their own while the completion clock runs: what was answered in time and sent back has the
    day of the return alone, and what was accepted before the matter was taken up again was answered then (D-1, Q13).
    """
    begun = item.reopenings[-1].at[:10] if item.reopenings else ""
    yield from (point.due for point in item.points if point.due and point.due >= begun and point.unit in (None, item.lead))


def milestones(item: Item, since: str) -> list[str]:
    """Return the days after a time on which feedback by milestones is due: that of each point, whoever answers it (2-10)."""
    return sorted({point.due for point in item.points if point.due and point.due > since[:10]})


def _part_clocks(item: Item, part: UnitPart) -> Iterator[Running]:
    if (held := item.held_since(part)) is None:
        yield sign_for_clock(item, part.unit)
    elif part.role == "assisting" and not (part.opinion or part.waiver):
        yield opinion_clock(item, part, held, item.due)


def _feedback_clock(item: Item) -> Iterator[Running]:
    if item.feedback_cycle in (None, "none"):
        return
    assert item.begun is not None
    last = max("", item.begun, *(each.at for each in item.progress[-1:]), *cycles_begun(item))
    if item.feedback_cycle != "milestone":
        yield Running("feedback", item.lead, last, count=item.feedback_cycle or "", pauses=pauses(item, last))
        return
    if ahead := milestones(item, last):
        yield Running("feedback", item.lead, last, ahead[0])


def _to_redo(item: Item) -> Return | None:
    """The return whose day counts now: after a first submission in time, by the day that was due when it came (Q13)."""
    rounds = item.report.rounds if item.report else ()
    # Rounds before one that was accepted belong to a matter closed and reopened since.
    present: list[Round] = []
    for each in reversed(rounds):
        if each.office_reviewed and not each.returned:
            break
        present.insert(0, each)
    first = next((each.submitted for each in present if each.submitted), None)
    back = next((each.returned for each in reversed(present) if each.returned), None)
    return back if back and first and first.at[:10] <= (due_at(item, first.at) or "") else None


def _moved_due(moved: tuple[MovedDate, ...]) -> str | None:
    return next((each.now for each in moved if each.what == "due"), None)


def _later(day: date, workdays: int, calendar: Calendar) -> date:
    return calendar.shift(day, workdays) if workdays else day
