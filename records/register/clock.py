"""The clock's work: what falls due on a day, as acts of the system with their clause (三（三）). Safe to run twice, or late.

Only workdays count and only on workdays does anything go out; a run that comes late sends the heaviest step that was missed, not all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy, Reminder
from records.matter.item import Item
from records.rules.clocks import clock_due
from records.store.view import View
from schema.tables import acts

_WEIGHTS = {"reminder": 0, "urge": 1, "yellow_card": 2, "red_card": 3}


@dataclass(frozen=True)
class Due:
    """An act that the system owes: which, on what, with what."""

    act: str
    target: str
    inputs: tuple[tuple[str, str], ...] = ()


def due_acts(view: View, items: Iterable[Item], day: date) -> Iterator[Due]:
    """Yield what the system owes on ``day``: reminders and urges of open items, and the roundup of the month that ended.

    Args:
        view: the register as it stands.
        items: its open items.
        day: the day; nothing is owed on a day off.
    """
    if not view.calendar.is_workday(day):
        return
    for item in items:
        step = due_reminder(item, view.policy_at(item.policy), view.calendar, day)
        if step is not None:
            yield Due("remind", item.id, (("means", step.means), ("level", step.level), ("text", step.text)))
    last = date(day.year, day.month, 1).toordinal() - 1
    month = date.fromordinal(last).strftime("%Y-%m")
    if _nth_workday(view.calendar, day) <= view.policy.roundup_workday and view.roundup(month) is None:
        yield Due("draft_roundup", month)


def due_reminder(item: Item, policy: Policy, calendar: Calendar, day: date) -> Reminder | None:
    """Return the step of the policy that is due for an item on ``day`` and was not taken yet, None when there is none."""
    due = clock_due(item)
    if due is None or item.state not in acts()["remind"].from_states:
        return None
    deadline = date.fromisoformat(due)
    left = calendar.between(day, deadline)
    reached = [step for step in policy.reminders if left <= step.days_left and (step.days_left < 0) == (left < 0)]
    if not reached:
        return None
    step = min(reached, key=lambda each: each.days_left)
    since = calendar.shift(deadline, -step.days_left).isoformat()
    # Whoever urged as heavily or heavier since that day has done the clock's work.
    taken = any(_WEIGHTS[each.level] >= _WEIGHTS[step.level] and each.at[:10] >= since for each in item.urges)
    return None if taken else step


def _nth_workday(calendar: Calendar, day: date) -> int:
    """Which workday of its month a day is."""
    return sum(calendar.is_workday(day.replace(day=n)) for n in range(1, day.day + 1))
