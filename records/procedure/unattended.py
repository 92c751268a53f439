"""An act looked at with nobody there: what is found so follows from the record, the policy and the calendar, whoever has office today.

For people, the day and all the rest of a register stands something that cannot be looked at without saying so. Whatever comes through is
proved to rest on none of them, with no second list of what rests on what.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, NoReturn

from records.bureau.roster import Authority, Bureau, Roster, Unit
from records.bureau.series import Series
from records.matter.item import Item
from records.procedure.case import Case, World
from schema.tables import ActSpec


class LookedAtError(Exception):
    """Something was looked at that neither the record tells, nor the policy, nor the calendar."""


class _Hidden:
    """Stands for what may not be looked at."""

    def _looked_at(self, *_: object) -> NoReturn:
        raise LookedAtError

    __getattr__ = __call__ = __iter__ = __len__ = __contains__ = __getitem__ = __str__ = __format__ = __hash__ = _looked_at
    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _looked_at


_HIDDEN: Any = _Hidden()
_TOLD = ("calendar", "policy", "policy_id", "policy_at", "rules")
"""What of the world may be looked at."""


@dataclass(frozen=True)
class Bodies:
    """What stays of a roster when nobody is in it: the supervising office, its series of numbers, and who took over from which unit."""

    office: str
    series: tuple[tuple[str, Series], ...]
    heirs: tuple[tuple[str, str | None], ...]

    @classmethod
    def of(cls, roster: Roster) -> "Bodies":
        """Return the bodies of a roster."""
        heirs = ((unit.id, unit.dissolved.successor if unit.dissolved else None) for unit in roster.units.values())
        return cls(roster.bureau.office, tuple(roster.series.items()), tuple(sorted(heirs)))


class _EmptyRoster(Roster):
    """A roster of bodies alone. What things are called changes nothing, and is nothing here."""

    def name(self, person: str, at: str = "") -> str:
        return ""

    def unit_name(self, unit: str) -> str:
        return ""

    @property
    def office_name(self) -> str:
        return ""


class _Unattended(Case):
    def who(self, role: str, unit: str | None = None) -> str:
        return ""


def emptied(world: World) -> World:
    """Return what stands round a record, without people, numbers and other records."""
    roster = world.roster
    bureau = replace(_all_hidden(Bureau), office=roster.bureau.office, series=roster.series)
    units = {
        unit.id: replace(_all_hidden(Unit), id=unit.id, dissolved=replace(unit.dissolved, basis="") if unit.dissolved else None)
        for unit in roster.units.values()
    }
    told = {each.name: getattr(world, each.name) for each in fields(World) if each.name in _TOLD}
    hidden: World = _all_hidden(World)
    return replace(hidden, roster=_EmptyRoster(bureau, units, _HIDDEN), **told)


def unattended(spec: ActSpec, world: World, item: Item, role: str, body: str | None, person: str | None = None) -> Case:
    """Return an act on an item by nobody in particular who holds a role in a body.

    Args:
        spec: the act's row.
        world: from ``emptied``.
        item: the item.
        role: the role.
        body: the unit, None for the bureau's leadership.
        person: the id of whoever it is, where that may be looked at.
    """
    actor = Authority(_HIDDEN if person is None else person, role, body, _HIDDEN if person is None else None)
    return _Unattended(spec, world, item, actor, _HIDDEN, item.id)


def _all_hidden(kind: Any) -> Any:  # noqa: ANN401  # a dataclass and one of it
    return kind(**{each.name: _HIDDEN for each in fields(kind)})
