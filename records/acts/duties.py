"""Whose turn it is: what is owed on a record, by whom, since when. The one function that everybody asks; computed, never stored.

An act is owed while the condition in its row holds, and is then the duty of each person to whom it is open: both follow from the table,
so that nobody is asked for what the gates refuse him, and nobody is left out who may do it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from records.bureau.roster import Authority, Roster
from records.matter.item import Item
from records.matter.roundup import Roundup
from records.procedure.case import Case, Refusal, World
from records.procedure.table import TABLE
from records.rules.clocks import Clock, asked_back, clock, running
from schema.tables import ActSpec, Who, acts

_Places = tuple[tuple[Who, str | None], ...]


@dataclass(frozen=True)
class Duty:
    """Something that is to be done on a record now.

    Attributes:
        act: the act owed.
        role: the role of those who hold it, or of those who would.
        body: the unit in which they hold that role, None for the bureau's leadership.
        holders: the standings in which people may do it today; none where nobody can, and the duty is the supervising office's (D-4).
        since: since when it is owed, a time of the record.
        clock: its clock, None without one.
        refusal: why nobody can do it, where somebody has the office and a gate is against him.
    """

    act: str
    role: str
    body: str | None
    holders: tuple[Authority, ...]
    since: str
    clock: Clock | None
    refusal: Refusal | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of those who may do it, each once."""
        return tuple(dict.fromkeys(each.person for each in self.holders))


def duties(world: World, record: Item | Roundup, at: datetime) -> tuple[Duty, ...]:
    """Return everything that is owed on a record, what its last step asked for first.

    Args:
        world: everything round the record at its commit.
        record: an item or a roundup.
        at: the time at which it is owed, in the bureau's zone.
    """
    found = [duty for spec in acts(world.rules).values() if _concerns(spec, record) for duty in _owed(world, spec, record, at)]
    return tuple(sorted(found, key=lambda duty: duty.since != record.moved_at))


def whose(duty: Duty, roster: Roster, day: date) -> tuple[str, ...]:
    """Return the ids of those whom a duty falls to: its people, or where it has none the clerks of the supervising office (D-4)."""
    return duty.people or tuple(person.id for person in roster.holders("supervision_office", roster.bureau.office, day))


def _concerns(spec: ActSpec, record: Item | Roundup) -> bool:
    target = "roundup" if isinstance(record, Roundup) else "item"
    return bool(spec.owed) and spec.target == target and record.state in spec.from_states


def _owed(world: World, spec: ActSpec, record: Item | Roundup, at: datetime) -> Iterator[Duty]:
    item = record if isinstance(record, Item) else None
    roundup = record if isinstance(record, Roundup) else None
    for places in _places(world, spec, item):
        role, body = places[0][0].role, places[0][1]
        nobody = Case(spec, world, item, Authority("", role, body), at, record.id, roundup)
        since = TABLE.conditions[spec.owed](nobody)
        if since is None:
            continue
        cases = [
            Case(spec, world, item, standing, at, record.id, roundup)
            for who, unit in places
            for standing in world.roster.standings(who.role, unit, at.date())
        ]
        against = [TABLE.refusal(case, "record") for case in cases]
        holders = tuple(case.actor for case, refusal in zip(cases, against, strict=True) if refusal is None)
        if holders:
            role, body = holders[0].role, holders[0].unit
        answered = _clock(world, spec, item, body) if item else None
        yield Duty(spec.name, role, body, holders, since, answered, None if holders else next(iter(against), None))


def _clock(world: World, spec: ActSpec, item: Item, body: str | None) -> Clock | None:
    """The clock that an act answers: the one its row names, of the unit that owes it, else that of the report, first or again."""
    own = spec.who[0].of in ("undertaking", "assisting")
    back = asked_back(item)
    for each in running(item):
        if back and not spec.clock and each.kind == "completion":
            return Clock("redo", each.unit, back.redo_due)
        if (each.kind == spec.clock and (not own or each.unit == body)) or (not spec.clock and each.kind in ("completion", "redo")):
            return clock(each, world.policy_at(item.policy), world.calendar)
    return None


def _places(world: World, spec: ActSpec, item: Item | None) -> Iterator[_Places]:
    """Yield where an act is owed: in each undertaking unit for itself, else in one of several places, whoever comes first."""
    places = tuple((who, unit) for who in spec.who for unit in world.roster.bodies(who, item))
    if spec.who[0].of in ("undertaking", "assisting"):
        yield from ((place,) for place in places)
    elif places:
        yield places
