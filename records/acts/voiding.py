"""Whose signature an act does away with, found by comparing the item before and after it: no act says of itself that it voids one.

A signature is what may be given on paper, or is given for a text. It goes when the act takes it out of the record, or takes the item back
to where it is asked for again.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from records.acts.duties import duties
from records.bureau.roster import Roster
from records.matter.item import Item
from records.matter.stamps import Stamp, stamps
from records.procedure.case import Case
from records.procedure.input_places import within
from schema.tables import ActSpec, acts


@dataclass(frozen=True)
class Gone:
    """A signature that an act does away with: the act that gave it, who gave it and when."""

    act: str
    by: str
    at: str


def voided(case: Case, after: Item | None) -> tuple[Gone, ...]:
    """Return the signatures of others that stand in a case's item and no longer stand, or count, after its act."""
    before = case.item
    if before is None or after is None or len(after.reopenings) > len(before.reopenings):
        return ()  # what was signed in a matter that is taken up again stays signed, though its record begins anew
    left: set[tuple[type, str, str]] = set()  # looked for throughout the record only where one is not in its place any more
    found: list[Gone] = []
    for spec, place in _signatures(case.world.rules):
        stamp = within(before, place)
        if spec is case.spec or not isinstance(stamp, Stamp) or stamp.by == case.actor.person or not getattr(stamp, "agrees", True):
            continue
        stands = within(after, place) == stamp
        left = left or (set() if stands else {(type(each), each.by, each.at) for each in stamps(after)})
        if not (stands or (type(stamp), stamp.by, stamp.at) in left) or _asked_for_again(spec, before, after, stamp):
            found.append(Gone(spec.name, stamp.by, stamp.at))
    return tuple(found)


@cache
def _signatures(rules: int) -> tuple[tuple[ActSpec, str], ...]:
    """The acts that leave a signature in an item under a version of the rules, with its place."""
    every = acts(rules).values()
    return tuple((spec, spec.given_at) for spec in every if (spec.paper or spec.signs) and spec.target == "item")


def told(roster: Roster, gone: tuple[Gone, ...]) -> str:
    """Return whose signatures go, as 黎拟海 七里河分局办公室主任 11月20日的“负责人审核”."""
    days = ((each, datetime.fromisoformat(each.at)) for each in gone)
    return "、".join(f"{roster.described(each.by, each.at)} {day.month}月{day.day}日的“{acts()[each.act].label}”" for each, day in days)


def is_owed(case: Case) -> bool:
    """Say whether the act is one that the item waits for: what it does away with then was to go."""
    return case.item is not None and any(duty.act == case.spec.name for duty in duties(case.world, case.item, case.at))


def _asked_for_again(spec: ActSpec, before: Item, after: Item, stamp: Stamp) -> bool:
    was = before.suspensions[-1].from_state if before.state == "suspended" else before.state
    back = bool(spec.owed) and after.state in spec.from_states and was not in spec.from_states
    return back and within(after, spec.given_at) == stamp
