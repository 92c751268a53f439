"""What stands in the periodic roundup of leaders' instructions (三（三）): computed from the records and nothing else.

Pure functions of the items as they stand at one commit: the same commit gives the same roundup, byte for byte, at any later time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.matter.item import Item
from records.matter.report import Round
from records.matter.roundup import Figures, RoundupRow
from records.rules.clocks import CLOSED, clock_due, clocks
from records.rules.timeliness import accepted_rounds, in_time, lateness
from schema.tables import checker

_RESTRICTED = "（限定知悉范围的事项）"
PolicyOf = Callable[[str | None], Policy]
"""Gives the policy that an item pins."""


def period(month: str) -> tuple[str, str]:
    """Return the first and last day of a month written ``2026-10``.

    Raises:
        ValueError: not a month.
    """
    first = date.fromisoformat(f"{month}-01")
    return first.isoformat(), ((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).isoformat()


def issue_by(month: str, calendar: Calendar, policy: Policy) -> date:
    """Return the day by which the roundup of a month is to be issued (三（三）)."""
    return calendar.shift(date.fromisoformat(period(month)[1]), policy.roundup_workday)


def concerns(item: Item, since: str) -> bool:
    """Say whether an item can matter to a roundup of a period that began on ``since``: dispatched, and not over before it."""
    return item.begun is not None and (item.state not in CLOSED or _ended(item) >= since)


def figures(items: Iterable[Item], since: str, until: str, today: date, calendar: Calendar) -> Figures:
    """Return the counts of a period as the records stand on ``today``.

    Each item that was dispatched by the end of the period and not over before it is counted twice: as carried over or dispatched in it,
    and as it stands. So the two counts of the first kind are as many as those of the second; returned reports are counted besides. What
    ended is of the period in which it ended, on whatever day the roundup is drawn up: no period loses it and none counts it again.
    """
    counts, since_accepted = dict.fromkeys((each.name for each in fields(Figures)), 0), 0
    for item in items:
        assert item.dispatched_on is not None
        rounds = item.report.rounds if item.report else ()
        counts["returned_reports"] += sum(1 for each in rounds if each.returned and since <= each.returned.at[:10] <= until)
        stands, day = _stands(item, since, until, today, calendar), item.dispatched_on
        if stands and day <= until:
            counts["carried_over" if day < since else "opened"] += 1
            counts[stands] += 1
            since_accepted += stands == "at_office" and _accepted(item, today.isoformat()) is not None
    return replace(Figures(**counts), accepted_since=since_accepted or None)


def _stands(item: Item, since: str, until: str, today: date, calendar: Calendar) -> str:
    """Where the item stands: ended in the period, else as it is today; "" where its report was accepted before the period.

    What ended after the period stands in it as what it was before: a report at the office, or one still to come.
    """
    if accepted := _accepted(item, until):
        if _reviewed(accepted) < since:
            return ""
        return "closed_on_time" if in_time(item, calendar, accepted) else "closed_late"
    day, end = today.isoformat(), item.closed if item.state in ("cancelled", "merged") else None
    if end and end.at[:10] <= until:
        return "ended_otherwise"
    if end:
        item, day = replace(item, state="in_progress", closed=None), end.at[:10]
    if item.state == "suspended" or (item.suspensions and item.suspensions[-1].resumed is None):
        return "suspended"
    if due := clock_due(item):
        return "overdue" if day > due else "open_in_time"
    return "at_office"


def _accepted(item: Item, until: str) -> Round | None:
    """The report that stood as accepted at the end of a day: none after which the matter was taken up again by then."""
    found = [each for each in accepted_rounds(item) if _reviewed(each) <= until]
    elsewhere = item.carried_in is not None and item.carried_in.state == "concluded"  # the report before its first reopening is not here
    again = sum(each.at[:10] <= until for each in item.reopenings) - elsewhere
    return found[-1] if len(found) > max(again, 0) else None


def _reviewed(this: Round) -> str:
    """The day on which the office accepted a round."""
    assert this.office_reviewed is not None
    return this.office_reviewed.at[:10]


def rows(
    items: Sequence[Item], since: str, until: str, today: date, calendar: Calendar, policy_of: PolicyOf, policy: Policy
) -> tuple[RoundupRow, ...]:
    """Return the rows of a roundup: every open leader's instruction, and whatever is or came late of these and of the categories that
    policy lists (三（三）; D-1).

    It is drawn up in the month after, and names what its figures count: what was dispatched since is the next roundup's.

    Args:
        items: those that concern the period.
        since: its first day.
        until: its last day.
        today: the day as of which it is drawn up.
        calendar: the register's calendars.
        policy_of: gives the policy that an item pins.
        policy: the policy in force, which says which categories are listed.
    """
    counted = sorted((item for item in items if (item.dispatched_on or "") <= until), key=lambda each: each.id)
    found = (_row(item, since, until, today, calendar, policy_of(item.policy)) for item in counted)
    instructions = {item.id for item in items if "leader_instruction" in item.source.kind}
    is_open = {item.id for item in items if item.state not in CLOSED}
    listed = instructions | {item.id for item in items if item.category in policy.roundup_categories}
    return tuple(row for row in found if row.item in instructions & is_open or (row.item in listed and _is_late(row)))


def late_words(row: RoundupRow, unit_name: Callable[[str], str]) -> tuple[str, ...]:
    """Return what is or came late in a row, in words, the report first; nothing where nothing is."""
    found = [_passed("", row.days_late), _passed("反馈", row.feedback_late), *besides(row, unit_name)]
    return tuple(each for each in found if each)


def besides(row: RoundupRow, unit_name: Callable[[str], str]) -> Iterator[str]:
    """Yield what is or came late in a row beside report and feedback: receipts, opinions, what came late in the period (迟报; D-1)."""
    for what, units in (("未签收", row.unsigned), ("缺协办意见", row.silent)):
        if units:
            yield f"{what}：{'、'.join(unit_name(unit) for unit in units)}"
    if row.came_late:
        yield f"本期迟报：{'、'.join(checker('roundup').enum_label(('rows', 0, 'came_late', 0), kind) for kind in row.came_late)}"


def _passed(what: str, days: int | None) -> str:
    return "" if days is None else f"{what}逾期{days}个工作日" if days else f"{what}已过期"


def _is_late(row: RoundupRow) -> bool:
    return bool(row.unsigned or row.silent or row.came_late) or row.days_late is not None or row.feedback_late is not None


def _row(item: Item, since: str, until: str, today: date, calendar: Calendar, policy: Policy) -> RoundupRow:
    late = [each for each in clocks(item, policy, calendar) if today.isoformat() > each.due]
    days = {each.kind: -calendar.between(today, date.fromisoformat(each.due)) for each in late if each.kind not in ("sign_for", "opinion")}
    own = [each for each in lateness(item, policy, calendar) if each.unit and since <= each.at[:10] <= until]
    return RoundupRow(
        item=item.id,
        # The roundup goes to all units: what few may know is counted and named by its number alone.
        title=_RESTRICTED if item.need_to_know else item.title,
        lead=item.lead or "",
        state=item.state,
        due=clock_due(item),
        days_late=days.get("redo", days.get("completion")),
        feedback_late=days.get("feedback"),
        unsigned=tuple(each.unit or "" for each in late if each.kind == "sign_for"),
        silent=tuple(each.unit or "" for each in late if each.kind == "opinion"),
        came_late=tuple(dict.fromkeys(each.kind for each in own)),
        urges=sum(unit == item.lead for unit, _ in item.urged()),
        returned=sum(1 for each in (item.report.rounds if item.report else ()) if each.returned),
    )


def _ended(item: Item) -> str:
    end = item.archived or item.concluded or item.closed
    return end.at[:10] if end else ""
