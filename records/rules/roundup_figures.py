"""What stands in the periodic roundup of leaders' instructions (三（三）): computed from the records and nothing else.

Pure functions of the items as they stand at one commit: the same commit gives the same roundup, byte for byte, at any later time.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.matter.item import Item
from records.matter.roundup import Figures, RoundupRow
from records.rules.clocks import CLOSED, clock_due, feedback_due

_RESTRICTED = "（限定知悉范围的事项）"


def period(month: str) -> tuple[str, str]:
    """Return the first and last day of a month written ``2026-10``.

    Raises:
        ValueError: not a month.
    """
    first = date.fromisoformat(f"{month}-01")
    return first.isoformat(), ((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).isoformat()


def concerns(item: Item, since: str) -> bool:
    """Say whether an item can matter to a roundup of a period that began on ``since``: dispatched, and not over before it."""
    return item.dispatched is not None and (item.state not in CLOSED or _ended(item) >= since)


def figures(items: Iterable[Item], since: str, until: str, today: date, calendar: Calendar) -> Figures:
    """Return the counts of a period as the records stand on ``today``."""
    opened = on_time = late = in_time = overdue = returned = 0
    for item in items:
        assert item.dispatched is not None
        opened += since <= item.dispatched.at[:10] <= until
        rounds = item.report.rounds if item.report else ()
        returned += sum(1 for each in rounds if each.returned and since <= each.returned.at[:10] <= until)
        accepted = next((each.submitted for each in reversed(rounds) if each.office_reviewed and not each.returned), None)
        if accepted and since <= accepted.at[:10] <= until:
            in_due_time = accepted.at[:10] <= (item.due or "")
            on_time, late = on_time + in_due_time, late + (not in_due_time)
        if due := clock_due(item):
            is_late = calendar.between(today, date.fromisoformat(due)) < 0
            in_time, overdue = in_time + (not is_late), overdue + is_late
    return Figures(opened, on_time, late, in_time, overdue, returned)


def rows(items: Iterable[Item], today: date, calendar: Calendar, policy: Policy) -> tuple[RoundupRow, ...]:
    """Return the rows of a roundup: every open leader's instruction, and whatever else is overdue (三（三）)."""
    found = []
    for item in sorted(items, key=lambda each: each.id):
        due = clock_due(item)
        late = -calendar.between(today, date.fromisoformat(due)) if due else 0
        feedback = feedback_due(item, policy, calendar)
        feedback_late = calendar.between(feedback, today) if feedback else 0
        instruction = "leader_instruction" in item.source.kind and item.state not in CLOSED
        if not (instruction or late > 0):
            continue
        found.append(
            RoundupRow(
                item=item.id,
                # The roundup goes to all units: what few may know is counted and named by its number alone.
                title=_RESTRICTED if item.need_to_know else item.title,
                lead=item.lead or "",
                state=item.state,
                due=due,
                days_late=late if late > 0 else None,
                feedback_late=feedback_late if feedback_late > 0 else None,
                urges=sum(1 for each in item.urges if each.level != "reminder"),
                returned=sum(1 for each in (item.report.rounds if item.report else ()) if each.returned),
            )
        )
    return tuple(found)


def _ended(item: Item) -> str:
    end = item.archived or item.concluded or item.closed
    return end.at[:10] if end else ""
