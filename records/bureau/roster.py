"""People, offices and dates: who holds which of the regulation's nine roles on a given day, and who may stand in for whom.

Roles are never merged: one person may hold several, each for its own time and in its own body (二; domain Q20).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, TypeVar

from records.bureau.roster_changes import Correction, Dissolved, Ended, Former, Grounds, Moved, Renaming, Upgrade
from records.bureau.series import Series, default_series
from records.matter.item import Item
from schema.tables import Who, checker

_T = TypeVar("_T")
SYSTEM = "SYSTEM"
SERVICE = "督办登记簿"
_MANY = 1000  # roles of bodies on days of which it is kept in mind who holds them


@dataclass(frozen=True)
class Person:
    """A person of the roster; ``login`` is a name that messages reach him by, and says nothing of who comes in."""

    id: str
    name: str
    title: str
    login: str | None = None
    basis: str | None = None
    moved: Moved | None = None
    former: tuple[Former, ...] = ()

    def known_as(self, at: str) -> tuple[str, str]:
        """Return name and title as they were at a time; steps of then are shown under them (D-17)."""
        was = next((each for each in self.former if at < each.until), None)
        return (was.name, was.title) if was else (self.name, self.title)


class Term:
    """Something that holds from one day to another, both included. Each is a dataclass with the days among its own fields."""

    since: str
    until: str | None

    @property
    def begins(self) -> str:
        """The day from when acts are judged by it (生效), by default the day of the fact."""
        return getattr(self, "effective", None) or self.since

    def in_force(self, day: date) -> bool:
        """Say whether acts of a day are judged by it."""
        return self.begins <= day.isoformat() <= (self.until or "9999-12-31")  # ISO dates sort as text


@dataclass(frozen=True)
class Appointment(Term):
    """An office held from ``since``, or from when it took effect here, to ``until``."""

    role: str
    person: str
    since: str
    until: str | None = None
    effective: str | None = None
    basis: str | None = None
    ended: Ended | None = None


@dataclass(frozen=True)
class StandIn(Term):
    """A written delegation (AB角): ``person`` acts in ``role`` for ``on_behalf_of`` between two days."""

    role: str
    person: str
    on_behalf_of: str
    since: str
    until: str
    basis: str
    ended: Ended | None = None


@dataclass(frozen=True)
class Waiver(Term):
    """The written basis on which one person of a small unit both drafts and reviews, between two days (domain Q14)."""

    person: str
    since: str
    until: str
    basis: str


@dataclass(frozen=True)
class Unit:
    """A unit that is dispatched to, with its one channel (办公室、秘书科) and its people."""

    id: str
    name: str
    full_name: str
    kind: str
    channel: str
    people: tuple[Person, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    char: str | None = None
    stand_ins: tuple[StandIn, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    founded: Grounds | None = None
    renamings: tuple[Renaming, ...] = ()
    corrections: tuple[Correction, ...] = ()
    dissolved: Dissolved | None = None


@dataclass(frozen=True)
class Portfolio(Term):
    """Which bureau leader is over which unit (分工领导负责制)."""

    leader: str
    unit: str
    since: str
    until: str | None = None
    effective: str | None = None
    basis: str | None = None


@dataclass(frozen=True)
class Leaders:
    """The bureau's leaders."""

    people: tuple[Person, ...]
    appointments: tuple[Appointment, ...]
    portfolios: tuple[Portfolio, ...]
    stand_ins: tuple[StandIn, ...] = ()


@dataclass(frozen=True)
class Bureau:
    """The bureau that keeps the register."""

    id: str
    name: str
    organ_char: str
    office: str
    special_mark: str
    print_organ: str
    demo: bool = False
    short_name: str | None = None
    office_name: str | None = None
    series: Mapping[str, Series] | None = None
    corrections: tuple[Correction, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()


@dataclass(frozen=True)
class Authority:
    """A person's standing for one act: in which role, in which unit (none for the bureau), for whom."""

    person: str
    role: str
    unit: str | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True)
class Roster:
    """Everybody, as the register has them at one commit."""

    bureau: Bureau
    units: Mapping[str, Unit]
    leaders: Leaders

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Everybody by id."""
        bodies = (*(unit.people for unit in self.units.values()), self.leaders.people)
        return {person.id: person for people in bodies for person in people}

    @property
    def series(self) -> Mapping[str, Series]:
        """The number series of the bureau by id: its own, or else those that come with the program."""
        return self.bureau.series or default_series()

    @property
    def bureau_name(self) -> str:
        """What the bureau's own units call it, 市局 where it does not say otherwise."""
        return self.bureau.short_name or str(checker("bureau").at(("short_name",))["default"])

    @property
    def office_name(self) -> str:
        """What the bureau's own units call its supervising office, 市局办公室 where it does not say otherwise."""
        return self.bureau.office_name or f"{self.bureau_name}办公室"

    def series_of(self, series: str) -> Series | None:
        """Return what a counter counts, ``special`` or ``JJ.report``; None for a series or a unit that there is not."""
        unit, _, name = series.rpartition(".")
        found = self.series.get(name)
        known = found is not None and (unit in self.units if found.scope == "unit" else not unit)
        return found if known else None

    def series_characters(self, series: str) -> str:
        """Return the characters before the year (机关代字) of a counter: 兰公办, 兰公督字, 兰公交报 (三（四）).

        A unit without a character of its own, as the office, has its name there: 兰公办公室请. Its code is none of the paper's business.
        """
        unit, _, name = series.rpartition(".")
        own = self.units.get(unit)
        found = self.series.get(name)
        called = own.char or "".join(own.name.split()) if own else unit
        return self.bureau.organ_char + called + (found.characters if found else "")

    def series_name(self, series: str) -> str:
        """Return what people call a counter: 兰公办（专报）, 交通警察支队报告."""
        unit, _, name = series.rpartition(".")
        found = self.series.get(name)
        title = (found.called if unit else found.title) if found else name
        return f"{self.unit_name(unit)}{title}" if unit else f"{self.series_characters(series)}（{title}）"

    def name(self, person: str, at: str = "") -> str:
        """Return a person's name, by default today's, else that of a time; the id when the roster does not know it."""
        if person == SYSTEM:
            return SERVICE
        found = self.people.get(person)
        return person if found is None else found.known_as(at)[0] if at else found.name

    def unit_name(self, unit: str) -> str:
        """Return a unit's short name, or the id when the roster does not know it."""
        return found.name if (found := self.units.get(unit)) else unit

    def described(self, person: str, at: str = "") -> str:
        """Return a person with unit and title, as 邵拟行 交通警察支队联络员A角, of today or of a time; the id when nobody knows him."""
        return f"{self.name(person, at)} {self.position(person, at)}" if person in self.people else person

    def position(self, person: str, at: str = "") -> str:
        """Return a person's title behind the name of his unit, unless it begins with that: 政治部副主任; empty when nobody knows him."""
        if (found := self.people.get(person)) is None:
            return ""
        unit, title = self.unit_name(self.unit_of(person) or ""), found.known_as(at)[1] if at else found.title
        return title if title.startswith(unit) else f"{unit}{title}"

    def unit_of(self, person: str) -> str | None:
        """Return the unit in whose file a person stands; None for a bureau leader."""
        return next((unit.id for unit in self.units.values() if any(each.id == person for each in unit.people)), None)

    def holders(self, role: str, unit: str | None, day: date) -> tuple[Person, ...]:
        """Return those who hold ``role`` in ``unit`` (None: the bureau's leadership) on ``day``, in the order of the file."""
        return self._known(self._holding, role, unit, day)

    def roles(self, person: str, day: date) -> Iterator[tuple[str, str | None]]:
        """Yield the roles a person holds or stands in for on ``day``, each with its unit (None: the bureau)."""
        for unit in (*self.units, None):
            body = self._body(unit)
            assert body is not None
            for held in body.appointments:
                if held.person == person and held.in_force(day):
                    yield held.role, unit
            for stand_in in body.stand_ins:
                if stand_in.person == person and stand_in.in_force(day):
                    yield from ((role, unit) for role in self._covered(stand_in, unit, day))

    def portfolio_leader(self, unit: str, day: date) -> str | None:
        """Return the bureau leader in office who is over ``unit`` on ``day`` (二: 分工领导负责制)."""
        in_office = {person.id for person in self.holders("bureau_leader", None, day)}
        over = (held.leader for held in self.leaders.portfolios if held.unit == unit and held.in_force(day))
        return next((leader for leader in over if leader in in_office), None)

    def leader_over(self, item: Item, day: date) -> str | None:
        """Return the bureau leader over an item on ``day``: the one it names while in office, else the one over its lead (D-4)."""
        if any(person.id == item.portfolio_leader for person in self.holders("bureau_leader", None, day)):
            return item.portfolio_leader
        return self.portfolio_leader(item.lead, day) if item.lead else None

    def waiver(self, person: str, unit: str | None, day: date) -> Waiver | None:
        """Return the written waiver under which a person may review in ``unit`` what he drafted himself on ``day`` (Q14)."""
        own = self.units.get(unit or "")
        found = own.waivers if own else ()
        return next((each for each in found if each.person == person and each.in_force(day)), None)

    def authority(self, person: str, who: Who, item: Item | None, day: date) -> Authority | None:
        """Return the first standing of ``person`` for an act that ``who`` may do on ``item``, None when there is none."""
        return next(self.authorities(person, who, item, day), None)

    def authorities(self, person: str, who: Who, item: Item | None, day: date) -> Iterator[Authority]:
        """Yield the standings of ``person`` for an act that ``who`` may do on ``item``, the lead's before an assisting unit's."""
        if who.of == "system":
            if person == SYSTEM:
                yield Authority(SYSTEM, who.role)
            return
        for unit in self.bodies(who, item):
            yield from (each for each in self.standings(who.role, unit, day) if each.person == person)

    def standings(self, role: str, unit: str | None, day: date) -> tuple[Authority, ...]:
        """Return the standings of all who hold ``role`` in ``unit`` on ``day``, and then of those who stand in for them."""
        return self._known(self._standing, role, unit, day)

    def _known(self, find: Callable[[str, str | None, date], Iterator[_T]], role: str, unit: str | None, day: date) -> tuple[_T, ...]:
        """What is found of a role once: lists ask the same of hundreds of matters."""
        asked = (find.__name__, role, unit, day)
        if (found := self._found.get(asked)) is None:
            if len(self._found) >= _MANY:
                self._found.clear()
            found = self._found[asked] = tuple(find(role, unit, day))
        return found

    @cached_property
    def _found(self) -> dict[tuple[str, str, str | None, date], tuple[Any, ...]]:
        return {}

    def _holding(self, role: str, unit: str | None, day: date) -> Iterator[Person]:
        body = self._body(unit)
        ids = [held.person for held in body.appointments if held.role == role and held.in_force(day)] if body else []
        return (self.people[person] for person in ids if person in self.people)

    def _standing(self, role: str, unit: str | None, day: date) -> Iterator[Authority]:
        yield from (Authority(holder.id, role, unit) for holder in self.holders(role, unit, day))
        body = self._body(unit)
        for stand_in in body.stand_ins if body else ():
            if stand_in.in_force(day) and role in self._covered(stand_in, unit, day):
                yield Authority(stand_in.person, role, unit, stand_in.on_behalf_of)

    def bodies(self, who: Who, item: Item | None) -> tuple[str | None, ...]:
        """Return the units in which ``who`` looks for its role; (None,) is the bureau's leadership."""
        if who.of in ("bureau", "system"):
            return (None,)
        if who.of == "office":
            return (self.bureau.office,)
        wanted = ("lead", "assisting") if who.of == "undertaking" else (who.of,)
        return tuple(part.unit for part in item.units if part.role in wanted) if item else ()

    def _covered(self, stand_in: StandIn, unit: str | None, day: date) -> tuple[str, ...]:
        """The roles in which somebody stands in: in a unit the one named; for a bureau leader all that fall to him (D-6)."""
        if unit is not None:
            return (stand_in.role,)
        held = (each for each in self.leaders.appointments if each.person == stand_in.on_behalf_of)
        return tuple(each.role for each in held if each.in_force(day))

    def _body(self, unit: str | None) -> Unit | Leaders | None:
        return self.leaders if unit is None else self.units.get(unit)


@cache
def role_label(role: str) -> str:
    """Return a role's full title; the regulation's four kinds of leader in charge are never shortened (domain Q20)."""
    return checker("unit").enum_label(("appointments", 0, "role"), role)
