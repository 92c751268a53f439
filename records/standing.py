"""Where an item stands: who holds it, since when, what comes next, and how its clock runs. All computed, nothing stored.

Lights are not states (domain 1.3); they follow from the record, the policy it pins, the calendar and the day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from records.model import Item, Round
from records.policy import Policy
from records.roster import Person, Roster
from records.workdays import Calendar
from schema.tables import Who, acts, awaited

Series = Literal["special", "letter"]
Colour = Literal["red", "yellow", "green", "none"]
CLOSED = frozenset({"concluded", "archived", "cancelled", "merged"})
_CLOCK_STOPPED = frozenset(
    {
        "awaiting_paper",
        "received",
        "awaiting_director_sign",
        "director_signed",
        "awaiting_bureau_sign",
        "issued",
        "reported_up",
        "suspended",
    }
)
_LETTER_KINDS = frozenset(
    {"organ_assignment", "indicator", "npc_motion", "npc_suggestion", "cppcc_proposal", "party_delegate_proposal", "peer_request"}
)
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


@dataclass(frozen=True)
class Awaited:
    """What an item waits for: the act, the full title of who may do it, the bodies and the people of the day."""

    act: str
    label: str
    role: str
    units: tuple[str | None, ...]
    people: tuple[Person, ...]


def route(item: Item) -> Series | None:
    """Return the series under which the bureau reports on a matter from that source (domain 1.5), None for the bureau's own."""
    if item.source.kind == "leader_instruction":
        return "special"
    return "letter" if item.source.kind in _LETTER_KINDS else None


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
    if item.dispatched is None or item.due is None or item.state in CLOSED or item.state in _CLOCK_STOPPED:
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


def next_act(item: Item) -> str:
    """Return the act an item waits for, empty when it is archived."""
    if item.state == "director_signed" and (item.outgoing is None or item.up_report_waiver is not None):
        if item.source.kind == "bureau_leader_instruction" and item.leader_shown is None:
            return "show_leader"
        return "waive_up_report" if item.category == 4 and item.up_report_waiver is None else "conclude"
    return awaited()[item.state]


def owed(item: Item) -> Iterator[str]:
    """Yield the acts that an item wants beside the one it waits for, as far as its state allows them."""
    wanted = {
        "decide_extension": bool(item.extensions) and item.extensions[-1].decided is None,
        "decide_objection": item.state != "objection_pending" and any(each.decided is None for each in item.objections),
        "reply_urge": clock_due(item) is not None and any(each.level != "reminder" and each.reply is None for each in item.urges),
        "approve_accountability": item.accountability is not None and item.accountability.approved is None,
        "record_outcome": item.accountability is not None and bool(item.accountability.approved) and item.accountability.outcome is None,
    }
    yield from (name for name, owed_now in wanted.items() if owed_now and item.state in acts()[name].from_states)


def awaiting(item: Item, roster: Roster, day: date) -> Awaited | None:
    """Return what an item waits for and who holds it, None when it is archived."""
    name = next_act(item)
    if not name:
        return None
    spec = acts()[name]
    # Receipt is owed by every undertaking unit, but the item itself waits for its lead.
    who = Who(spec.who[0].role, "lead") if spec.who[0].of == "undertaking" else spec.who[0]
    if name == "director_sign" and item.lead == roster.bureau.office:
        who = Who("deputy_director_in_charge", "bureau")
    units = roster.bodies(who, item)
    people = tuple(person for unit in units for person in roster.holders(who.role, unit, day))
    if name == "bureau_sign" and item.outgoing and item.outgoing.series == "letter":
        people = tuple(person for person in people if person.id == item.portfolio_leader)
    if name == "waive_up_report":
        people = tuple(person for person in people if person.id == item.portfolio_leader)
    return Awaited(name, spec.label, who.role, units, people)


def since(item: Item) -> str:
    """Return the time of the last step that moved the item: since when the present holder has it."""
    stamps = [item.registered, item.proposal, item.reading, item.dispatched, item.director_signature, item.concluded, item.archived]
    stamps += [item.leader_shown, item.up_report_waiver, item.closed, *item.transfers, *item.suspensions, *item.reopenings]
    stamps += [step for each in item.objections if each.unit == item.lead or each.decided for step in (each, each.decided)]
    stamps += [each.resumed for each in item.suspensions]
    lead = item.part(item.lead or "")
    stamps += [lead.signed_for, lead.read] if lead else []
    if item.outgoing:
        stamps += [item.outgoing.reserved, item.outgoing.signature, item.outgoing.reported, *item.outgoing.voided]
    if item.report:
        this = item.report.round
        stamps += [this.drafted, this.reviewed, this.consented, this.submitted, this.paper, this.office_reviewed, this.returned]
    return max(stamp.at for stamp in stamps if stamp)


def feedback_due(item: Item, policy: Policy, calendar: Calendar) -> date | None:
    """Return the day by which the next progress feedback is due, None without a cycle or a running clock (二; Q12)."""
    if item.feedback_cycle in (None, "none") or item.dispatched is None or item.state not in ("signed_for", "in_progress", "dispatched"):
        return None
    last = item.progress[-1].at if item.progress else item.dispatched.at
    return calendar.shift(datetime.fromisoformat(last).date(), policy.feedback_workdays[item.feedback_cycle or ""])
