"""What came late in a matter, as its record shows: receipts, feedback, opinions, reports, more time granted too late (D-1, D-2; Q12, Q13).

One account of lateness for scores, roundups, evidence and figures. What has not come at all has no entry here: it is a clock that runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.matter.item import Item
from records.matter.report import Round
from records.rules.clocks import Clock, Running, clock, cycles_begun, due_at, milestones, opinion_clock, pauses, sign_for_clock


@dataclass(frozen=True)
class Late:
    """Something that came late.

    Attributes:
        kind: of the clock that had run out; ``extension`` for the days before more time was granted.
        unit: who was late, of the report and its feedback the lead of that time; None where the supervising office was (D-2).
        due: the day by which it was due.
        at: the time of the act by which it came.
        days: workdays late, 0 while none had passed.
        round: which round of the report it was, 0 for anything else.
    """

    kind: str
    unit: str | None
    due: str
    at: str
    days: int
    round: int = 0


def lateness(item: Item, policy: Policy, calendar: Calendar) -> tuple[Late, ...]:
    """Return everything that came late in a matter, oldest first.

    Args:
        item: the matter.
        policy: the policy it pins.
        calendar: the calendars of the register.
    """
    if item.begun is None:
        return ()
    found = (
        *(late for owed, at in answered(item, policy, calendar) for late in _late(owed, at, calendar)),
        *_extensions(item, calendar),
        *_reports(item, calendar),
    )
    return tuple(sorted(found, key=lambda late: late.at))


def answered(item: Item, policy: Policy, calendar: Calendar) -> Iterator[tuple[Clock, str]]:
    """Yield every receipt, opinion and feedback that came on a clock, late or not: the clock, and the time at which it came."""
    if item.dispatched is not None:
        yield from _receipts(item, policy, calendar)
        yield from _feedback(item, policy, calendar)


def in_time(item: Item, calendar: Calendar, this: Round | None = None) -> bool | None:
    """Say whether the report that the office accepted last came in time; None while none is accepted (Q12, Q13, D-2).

    One that was returned came in time if it did the first time and each time after, by the day that was then set: a return gives no
    time to who was late already.

    Args:
        item: the matter.
        calendar: the calendars of the register.
        this: an accepted round to be judged instead of the last; what came after it is of a later one.
    """
    accepted = accepted_rounds(item)
    accepted = accepted if this is None else accepted[: accepted.index(this) + 1]
    if not accepted:
        return None
    before = accepted[-2].office_reviewed if len(accepted) > 1 else None
    since, until = before.at if before else "", accepted[-1].office_reviewed
    late = () if item.begun is None else (*_extensions(item, calendar), *_reports(item, calendar))
    return not any(each.unit and since < each.at <= (until.at if until else "9") for each in late)


def accepted_rounds(item: Item) -> tuple[Round, ...]:
    """Return the rounds of the report that the office accepted: one, and one more after each time that the matter was taken up again."""
    return tuple(each for each in (item.report.rounds if item.report else ()) if each.office_reviewed and not each.returned)


def deadline(item: Item, this: Round) -> str | None:
    """Return the day by which a round of the report was due when it went up; None where the record does not tell."""
    rounds = item.report.rounds if item.report else ()
    before = next((each for each, after in pairwise(rounds) if after is this), None)
    if before and before.returned:
        return before.returned.redo_due
    return due_at(item, this.submitted.at) if this.submitted else None


def _late(found: Clock, at: str, calendar: Calendar, n: int = 0) -> Iterator[Late]:
    if found.missed(at):
        yield Late(found.kind, found.unit, found.due, at, workdays(found.due, at, calendar), n)


def workdays(due: str, at: str, calendar: Calendar) -> int:
    """Return how many workdays a time lies after a day."""
    return calendar.between(date.fromisoformat(due), date.fromisoformat(at[:10]))


def _receipts(item: Item, policy: Policy, calendar: Calendar) -> Iterator[tuple[Clock, str]]:
    parts = [(part.unit, part.signed_for) for part in item.units]
    for unit, signed in (*parts, *((each.from_unit, each.signed_for) for each in item.transfers)):
        if unit and signed:
            yield clock(sign_for_clock(item, unit, signed.at), policy, calendar), signed.at
    for part in item.assisting:
        first = part.first_opinion or part.opinion  # one that was written anew is no later than the one before it was
        if (held := item.held_since(part)) and first:
            yield clock(opinion_clock(item, part, held, due_at(item, first.at), first.at), policy, calendar), first.at


def _feedback(item: Item, policy: Policy, calendar: Calendar) -> Iterator[tuple[Clock, str]]:
    assert item.begun is not None
    begun = item.begun
    for each in item.progress:
        last, lead = max("", begun, *cycles_begun(item, each.at)), item.lead_at(each.at)
        if item.feedback_cycle in policy.feedback_workdays:
            owed = Running("feedback", lead, last, count=item.feedback_cycle or "", pauses=pauses(item, last, each.at))
            yield clock(owed, policy, calendar), each.at
        elif item.feedback_cycle == "milestone":  # what comes before its day answers none, what comes after answers all that have passed
            yield from ((Clock("feedback", lead, day), each.at) for day in milestones(item, last) if day <= each.at[:10])
        begun = each.at


def _extensions(item: Item, calendar: Calendar) -> Iterator[Late]:
    for asked in item.extensions:
        decided = asked.decided
        if decided is None or decided.decision != "approved" or decided.was is None or decided.at[:10] <= decided.was:
            continue
        # In the office's hands for a whole workday before the day: then the lateness is the office's (D-2).
        office = asked.at[:10] < calendar.previous(date.fromisoformat(decided.was)).isoformat()
        yield Late(
            "extension", None if office else item.lead_at(asked.at), decided.was, decided.at, workdays(decided.was, decided.at, calendar)
        )


def _reports(item: Item, calendar: Calendar) -> Iterator[Late]:
    for before, each in zip((None, *(rounds := item.report.rounds if item.report else ())), rounds, strict=False):
        due = deadline(item, each)
        if each.submitted and due:
            kind = "redo" if before and before.returned else "completion"
            yield from _late(Clock(kind, item.lead_at(each.submitted.at), due), each.submitted.at, calendar, each.round)
