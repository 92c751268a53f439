"""Whose turn it is: what is owed on a record, by whom, since when. The one function that everybody asks.

An act is owed while the condition in its row holds, and is then the duty of each person to whom it is open: both follow from the table,
so that nobody is asked for what the gates refuse him, and nobody is left out who may do it.

``turns`` is the same with nobody there: what a record by itself tells of its duties, for whoever must know of many records at once. The
holders of the day make duties of them (``held``). Acts whose condition or gates look at people or at the day have to be asked for.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from records.bureau.roster import Authority, Roster
from records.matter.item import Item
from records.matter.roundup import Roundup
from records.procedure.case import Case, Refusal, World
from records.procedure.table import TABLE, Coming
from records.procedure.turn import Places, Turn
from records.procedure.unattended import LookedAtError, unattended
from records.rules.clocks import Clock, asked_back, clock, running
from schema.tables import ActSpec, Who, acts


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


def duties(world: World, record: Item | Roundup, at: datetime, only: Collection[str] | None = None) -> tuple[Duty, ...]:
    """Return everything that is owed on a record, what its last step asked for first.

    Args:
        world: everything round the record at its commit.
        record: an item or a roundup.
        at: the time at which it is owed, in the bureau's zone.
        only: the acts that are looked at; None for all.
    """
    target = "roundup" if isinstance(record, Roundup) else "item"
    wanted = (spec for spec in _concerning(world.rules, target, record.state) if only is None or spec.name in only)
    found = [duty for spec in wanted for duty in _owed(world, spec, record, at)]
    return tuple(sorted(found, key=lambda duty: duty.since != record.moved_at) if len(found) > 1 else found)


def whose(duty: Duty, roster: Roster, day: date) -> tuple[str, ...]:
    """Return the ids of those whom a duty falls to."""
    return fall_to(duty.holders, roster, day)


def fall_to(holders: tuple[Authority, ...], roster: Roster, day: date) -> tuple[str, ...]:
    """Return the ids of those whom something falls to: who may do it, or where nobody may the clerks of the supervising office (D-4)."""
    people = tuple(dict.fromkeys(each.person for each in holders))
    return people or tuple(person.id for person in roster.holders("supervision_office", roster.bureau.office, day))


def turns(world: World, item: Item) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """Return what is owed on an item whoever has office and whatever day it is, in the order of ``duties``.

    Args:
        world: what stands round it, ``emptied``.
        item: the item.

    Returns:
        With it the acts of which that rests on people or on the day: of these ``duties`` tells.
    """
    found: list[Turn] = []
    asked: list[str] = []
    for spec in _concerning(world.rules, "item", item.state):
        try:
            found += tuple(_turns(world, spec, item))
        except LookedAtError:
            asked.append(spec.name)
    return tuple(sorted(found, key=lambda turn: turn.since != item.moved_at)), tuple(asked)


def concerned(world: World, item: Item, asked: Collection[str]) -> Places:
    """Return where any of some acts may be owed on an item, whatever conditions and gates say; ``world`` as for ``turns``."""
    wanted = (spec for spec in _concerning(world.rules, "item", item.state) if spec.name in asked)
    every = (place for spec in wanted for places in _places(world, spec, item) for place in places)
    return tuple(sorted({(who.role, unit) for who, unit in every}, key=str))


@cache
def waiting_states() -> tuple[str, ...]:
    """Return the states in which anything may be owed on an item."""
    return tuple(sorted({state for spec in acts().values() if spec.owed and spec.target == "item" for state in spec.from_states}))


def held(places: Places, roster: Roster, day: date) -> tuple[Authority, ...]:
    """Return the standings in which people may do what it is the turn of in some places, on a day; none where it falls to the office."""
    return tuple(standing for role, body in places for standing in roster.standings(role, body, day))


@cache
def _concerning(rules: int, target: str, state: str) -> tuple[ActSpec, ...]:
    """The acts that may be owed on a record of a kind in a state."""
    return tuple(spec for spec in acts(rules).values() if spec.owed and spec.target == target and state in spec.from_states)


def _owed(world: World, spec: ActSpec, record: Item | Roundup, at: datetime) -> Iterator[Duty]:
    item = record if isinstance(record, Item) else None
    roundup = record if isinstance(record, Roundup) else None
    for places in _places(world, spec, item):
        role, body = places[0][0].role, places[0][1]
        nobody = Case(spec, world, item, Authority("", role, body), at, record.id, roundup)
        since, begins = _told(TABLE.conditions[spec.owed](nobody))
        if since is None or begins > at.date().isoformat():
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


def _turns(world: World, spec: ActSpec, item: Item) -> Iterator[Turn]:
    for places in _places(world, spec, item):
        first, body = places[0][0].role, places[0][1]
        since, begins = _told(TABLE.conditions[spec.owed](unattended(spec, world, item, first, body, person="")))
        if since is not None:
            cases = ((who.role, unit, unattended(spec, world, item, who.role, unit)) for who, unit in places)
            open_to = tuple((role, unit) for role, unit, case in cases if TABLE.refusal(case, "record") is None)
            yield Turn(spec.name, open_to, since, begins, _clock(world, spec, item, body))


def _told(owed: str | Coming | None) -> tuple[str | None, str]:
    return owed if isinstance(owed, Coming) else (owed, "")


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


def _places(world: World, spec: ActSpec, item: Item | None) -> Iterator[tuple[tuple[Who, str | None], ...]]:
    """Yield where an act is owed: in each undertaking unit for itself, else in one of several places, whoever comes first."""
    places = tuple((who, unit) for who in spec.who for unit in world.roster.bodies(who, item))
    if spec.who[0].of in ("undertaking", "assisting"):
        yield from ((place,) for place in places)
    elif places:
        yield places
