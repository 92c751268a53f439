"""How an item's clock runs, and its light. All computed, nothing stored.

Lights are not states (domain 1.3); they follow from the record, the policy it pins, the calendar and the day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.matter.item import Item
from records.matter.report import Round
from schema.tables import states

Colour = Literal["red", "yellow", "green", "none"]

CLOSED = states("closed")

LIGHT_LABELS = {"red": "红", "yellow": "黄", "green": "绿", "none": "—"}


@dataclass(frozen=True)
class Light:
    """The light of an item on a day.

    Attributes:
        colour: red overdue, yellow within the warning period, green before it, none while no clock runs.
        days: workdays left until ``due``, negative when overdue; None without a clock.
        due: the day the clock runs to: the due date, or the day by which a returned report is due again (Q13).
    """

    colour: Colour
    days: int | None = None
    due: str | None = None

    @property
    def words(self) -> str:
        """The light in words, for screens that must be read without colour."""
        if self.days is None:
            return "—"
        if self.days < 0:
            return f"逾期{-self.days}个工作日"
        return f"剩{self.days}个工作日" if self.days else "今日到期"

    @property
    def short(self) -> str:
        """How the clock stands, in at most 8 cells: 逾期3日, 剩12日, 今日到期, —; days are workdays."""
        return self.words.replace("个工作日", "日")


def light(item: Item, policy: Policy, calendar: Calendar, day: date) -> Light:
    """Return the light of ``item`` on ``day``; the clock runs from dispatch to the submission that is later accepted (domain 1.3)."""
    return light_of(clock_due(item), item.urgency, policy, calendar, day)


def light_of(due: str | None, urgency: str, policy: Policy, calendar: Calendar, day: date) -> Light:
    """Return the light of a clock that runs to ``due`` (None: no clock), for lists that hold no whole item."""
    if due is None:
        return Light("none")
    left = calendar.between(day, date.fromisoformat(due))
    if left < 0:
        return Light("red", left, due)
    return Light("yellow" if left <= policy.warning_workdays[urgency] else "green", left, due)


def clock_due(item: Item) -> str | None:
    """Return the day an item's clock runs to, None while no clock runs."""
    if item.dispatched is None or item.due is None or item.state in CLOSED | states("clock_stopped"):
        return None
    rounds = item.report.rounds if item.report else ()
    # Rounds before one that was accepted belong to a matter closed and reopened since.
    present: list[Round] = []
    for each in reversed(rounds):
        if each.office_reviewed and not each.returned:
            break
        present.insert(0, each)
    first = next((each.submitted for each in present if each.submitted), None)
    back = next((each.returned for each in reversed(present) if each.returned), None)
    # Returned after a first submission in time: the day to resubmit counts, whatever day the due date was (Q13).
    if back and first and first.at[:10] <= item.due:
        return back.redo_due
    return item.due


def feedback_due(item: Item, policy: Policy, calendar: Calendar) -> date | None:
    """Return the day by which the next progress feedback is due, None without a cycle or a running clock (二; Q12)."""
    if item.feedback_cycle in (None, "none") or item.dispatched is None or item.state not in states("being_handled"):
        return None
    last = item.progress[-1].at if item.progress else item.dispatched.at
    return calendar.shift(datetime.fromisoformat(last).date(), policy.feedback_workdays[item.feedback_cycle or ""])
