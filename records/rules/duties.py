"""Whose turn it is: what an item waits for, who holds it today, since when. Computed, never stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from records.bureau.roster import Person, Roster
from records.matter.item import Item
from records.rules.clocks import clock_due
from schema.tables import Who, acts, awaited


@dataclass(frozen=True)
class Awaited:
    """What an item waits for: the act, the full title of who may do it, the bodies and the people of the day."""

    act: str
    label: str
    role: str
    units: tuple[str | None, ...]
    people: tuple[Person, ...]


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
