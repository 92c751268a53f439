"""The clock's work: what falls due on a day, as acts of the system with their clause (三（三）). Safe to run twice, or late.

Only on workdays does anything go out. Whoever owes something is urged for it, each unit once a day with the heaviest step that is due; a
run that comes late sends the heaviest step that was missed, not all (D-1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy, Reminder
from records.bureau.roster import SYSTEM
from records.matter.item import Item
from records.rules.clocks import Clock, clocks
from records.rules.roundup_figures import period
from records.store.view import View
from schema.tables import acts

_WEIGHTS = {"reminder": 0, "urge": 1, "yellow_card": 2, "red_card": 3}
_ASKED = {
    "sign_for": "交办件尚未签收，请立即签收",
    "feedback": "尚未按期反馈进展，请立即反馈",
    "opinion": "尚未提出协办意见，请立即提出",
    "point": "单项要求已到时限，请抓紧办理并反馈",
    "extension": "延期请示尚未审批，请尽快审批",
    "paper": "办结报告的纸质件尚未送达，请立即送达",
}


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
        items: its open items, those at least of which a clock ``has_come_due``.
        day: the day; nothing is owed on a day off.
    """
    if not view.calendar.is_workday(day):
        return
    for item in items:
        yield from due_reminders(item, view.policy_at(item.policy), view.calendar, day, view.roster.bureau.office)
    last = date(day.year, day.month, 1).toordinal() - 1
    month = date.fromordinal(last).strftime("%Y-%m")
    first = view.first_item()
    # Late or not: a month's roundup is drawn up once; there is none of the time before the register held anything.
    if first and first.registered.at[:10] <= period(month)[1] and view.roundup(month) is None:
        yield Due("draft_roundup", month)


def due_reminders(item: Item, policy: Policy, calendar: Calendar, day: date, office: str) -> Iterator[Due]:
    """Yield the urges that the policy's steps make due on an item on ``day`` and that nobody made yet, one a unit at most.

    Args:
        item: an open item.
        policy: the policy it pins.
        calendar: the register's calendars.
        day: a workday.
        office: the supervising office, for what it owes itself.
    """
    if item.state not in acts()["remind"].from_states:
        return
    heaviest: dict[str, tuple[Clock, Reminder]] = {}
    # A second run on a day does not go on to what the first one left for another.
    urged = {each.unit or item.lead_at(each.at) for each in item.urges if each.by == SYSTEM and each.at[:10] == day.isoformat()}
    for found in clocks(item, policy, calendar):
        unit = found.unit or office
        if unit in urged:
            continue
        step = _due_step(item, found, policy, calendar, day, office)
        if step and (unit not in heaviest or _WEIGHTS[step.level] > _WEIGHTS[heaviest[unit][1].level]):
            heaviest[unit] = (found, step)
    for unit, (found, step) in heaviest.items():
        late = -calendar.between(day, date.fromisoformat(found.due))
        text = f"{_ASKED[found.kind]}（时限{found.due}，已逾{late}个工作日）。" if found.kind in _ASKED else step.text
        inputs = (("clock", found.kind), ("means", step.means), ("level", step.level), ("text", text))
        yield Due("remind", item.id, inputs if unit == item.lead else (("unit", unit), *inputs))


def has_come_due(found: Iterable[Clock], policy: Policy, calendar: Calendar, day: date) -> bool:
    """Say whether any of an item's clocks has come to a step of the policy; of an item of which none has, nobody is urged."""
    return any(_reached(each, policy, calendar, day) for each in found)


def _due_step(item: Item, found: Clock, policy: Policy, calendar: Calendar, day: date, office: str) -> Reminder | None:
    """Return the step of the policy that is due for a clock of an item on ``day`` and was not taken yet, None when there is none."""
    deadline = date.fromisoformat(found.due)
    step = min(_reached(found, policy, calendar, day), key=lambda each: each.days_left, default=None)
    if step is None:
        return None
    since = calendar.shift(deadline, -step.days_left).isoformat()
    # Whoever urged as heavily or heavier since that day has done the clock's work.
    taken = any(
        _WEIGHTS[each.level] >= _WEIGHTS[step.level]
        and each.at[:10] >= since
        and (each.unit or item.lead_at(each.at)) == (found.unit or office)
        and each.clock in (None, found.kind)
        for each in item.urges
    )
    return None if taken else step


def _reached(found: Clock, policy: Policy, calendar: Calendar, day: date) -> list[Reminder]:
    """The steps of the policy to which a clock has come."""
    left = calendar.between(day, date.fromisoformat(found.due))
    # What is owed within a day or two, and what the office owes, is urged once it is late; only the report is reminded of before.
    reached = [step for step in policy.reminders if left <= step.days_left and (step.days_left < 0) == (left < 0)]
    if found.kind not in ("completion", "redo"):
        reached = [step for step in reached if step.days_left < 0]
    return [step for step in reached if found.unit is not None or step.level in ("reminder", "urge")]
