"""The acts that make a roster what a table says of it, in an order in which each is lawful (D-17).

What a table says of a body is how it shall be there: who stands in it no more is relieved, who is new is enrolled and appointed, who stands
under another unit is moved. Nothing is done while any cell is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from records.acts.perform import Outcome, perform
from records.bureau.foundations import LEADERS, with_foundations
from records.bureau.roster import Appointment, Person, Roster
from records.procedure.case import Refusal, World
from schema.check import keywords
from schema.problem import Problem
from schema.tables import checker

LEADERSHIP = "局领导"
"""What the leadership is called among the units of a table."""
UNITS, POSTS, STAND_INS = "单位", "任职", "代理"
"""The kinds of tables."""
_PEOPLE = ("leader", "person", "on_behalf_of")  # columns that name somebody


@dataclass(frozen=True)
class Row:
    """A row of a table by the names of its columns, with where it stands.

    Attributes:
        sheet: the kind of its table; ``named`` what the table is called where it was found.
        number: of the row, from 1.
        values: what stands in it.
        columns: by their names, what stands over each and its letter; without a letter where the table has none of that kind.
    """

    sheet: str
    number: int
    values: Mapping[str, str]
    columns: Mapping[str, tuple[str, str]]
    named: str

    def text(self, name: str) -> str:
        """Return what stands in a column; empty where nothing does, or where there is no such column."""
        return self.values.get(name, "")

    def wrong(self, name: str, reason: str) -> Problem:
        """Return a problem at a cell: sheet, row and the letter of the column, and what stands over it."""
        heading, letter = self.columns.get(name, ("", ""))
        return Problem(f"{heading}：{reason}" if heading else reason, f"{self.named}!{letter}{self.number}")


@dataclass(frozen=True)
class Step:
    """An act that a table asks for, and the row that asks."""

    act: str
    target: str
    inputs: Mapping[str, object]
    row: Row


def steps(rows: Sequence[Row], roster: Roster, day: date, basis: str) -> tuple[tuple[Step, ...], tuple[Problem, ...]]:
    """Return the acts that make a roster what the rows say, in an order in which each is lawful, and the cells that mean nothing.

    Args:
        rows: as ``rows_of`` gave them, nothing wrong with them.
        roster: everybody as they stand.
        day: what ends, ends on this day; what has no day of its own begins on it.
        basis: the document that rows without one of their own rest on.
    """
    known = [(person.id, person.name) for person in roster.people.values()]
    table = _Table(by_id(rows, known), roster, day.isoformat(), basis)
    found = (*table.units(), *table.people(), *table.ends(), *table.begins(), *table.portfolios(), *table.stand_ins())
    return found, tuple(table.problems)


class _Table:
    """The rows of a table against a roster."""

    def __init__(self, rows: Sequence[Row], roster: Roster, day: str, basis: str) -> None:
        self.problems: list[Problem] = []
        self._roster, self._day, self._basis = roster, day, basis
        self._rows = {name: [row for row in rows if row.sheet == name] for name in (UNITS, POSTS, STAND_INS)}
        self._new_units = {row.text("id"): row for row in self._rows[UNITS] if row.text("id") not in roster.units}
        self._posts: list[tuple[Row, str, str]] = []  # body, role
        for row in self._rows[POSTS]:
            body, role = self._body(row), self._role(row)
            if body is not None and role is not None:
                self._posts.append((row, body, role))

    def units(self) -> Iterator[Step]:
        """Yield the units to be founded, renamed and changed."""
        kinds = {label: kind for kind, label in keywords(checker("unit").at(("kind",))).enum_labels.items()}
        for row in self._rows[UNITS]:
            kind = kinds.get(row.text("kind"), row.text("kind"))
            facts = {name: row.text(name) for name in ("name", "full_name", "channel", "char") if row.text(name)}
            if row.text("id") in self._new_units:
                if missing := next((each for each in ("full_name", "kind", "channel") if not row.text(each)), None):
                    self.problems.append(row.wrong(missing, "新的单位应写明全称、类别和收发部门"))
                    continue
                yield Step("found_unit", row.text("id"), {**facts, "kind": kind, "day": self._day, **self._grounds(row)}, row)
                continue
            unit = self._roster.units[row.text("id")]
            named = {name: facts.get(name, getattr(unit, name)) for name in ("name", "full_name")}
            if named != {"name": unit.name, "full_name": unit.full_name}:
                yield Step("rename_unit", unit.id, {**named, "day": self._day, **self._grounds(row)}, row)
            changed: dict[str, str] = {
                name: facts[name] for name in ("channel", "char") if name in facts and facts[name] != getattr(unit, name)
            }
            if changed:
                yield Step("correct_unit", unit.id, {**self._grounds(row), **changed}, row)

    def people(self) -> Iterator[Step]:
        """Yield who is enrolled, moved or put right, each person once."""
        done: set[str] = set()
        for row, body, _ in self._posts:
            person = row.text("id")
            if person in done:
                continue
            done.add(person)
            known = self._roster.people.get(person)
            if known is None:
                facts = {name: row.text(name) for name in ("id", "name", "title", "login") if row.text(name)}
                yield Step("enrol", body, {"title": row.text("role") or "民警", **facts, **self._grounds(row)}, row)
                continue
            if (self._roster.unit_of(person) or LEADERS) != body and not self._holds_elsewhere(person, body):
                title = row.text("title") or known.title
                yield Step("move_person", body, {"person": person, "title": title, "day": self._day, **self._grounds(row)}, row)
                known = replace(known, title=title)
            if changed := self._changed(row, known):
                yield Step("correct_person", body, {"person": person, **changed, **self._grounds(row)}, row)

    def ends(self) -> Iterator[Step]:
        """Yield the offices that the table no longer has, in the bodies that it names."""
        wanted = {(body, role, row.text("id")) for row, body, role in self._posts}
        moved = {step.inputs["person"] for step in self.people() if step.act == "move_person"}
        for body in dict.fromkeys(body for _, body, _ in self._posts):
            row = next(each for each, at, _ in self._posts if at == body)
            for held in self._held(body):
                if (body, held.role, held.person) not in wanted and held.person not in moved:
                    end = {"role": held.role, "person": held.person, "day": self._day, "basis": self._basis or row.text("basis")}
                    yield Step("relieve", body, end, row)

    def begins(self) -> Iterator[Step]:
        """Yield the offices that the table has and the roster has not."""
        for row, body, role in self._posts:
            known = {(held.role, held.person) for held in self._held(body)}
            if role and (role, row.text("id")) not in known:
                since = row.text("since") or self._day
                yield Step("appoint", body, {"role": role, "person": row.text("id"), "since": since, **self._grounds(row)}, row)

    def portfolios(self) -> Iterator[Step]:
        """Yield the units that come under another leader."""
        for row in self._rows[UNITS]:
            leader, unit = row.text("leader"), row.text("id")
            if leader and self._roster.portfolio_leader(unit, date.fromisoformat(self._day)) != leader:
                yield Step("set_portfolio", LEADERS, {"unit": unit, "leader": leader, "since": self._day, **self._grounds(row)}, row)

    def stand_ins(self) -> Iterator[Step]:
        """Yield the stand-ins that are not on record."""
        for row in self._rows[STAND_INS]:
            body, role = self._body(row), self._role(row)
            if body is None or role is None:
                continue
            told = {name: row.text(name) for name in ("person", "on_behalf_of", "since", "until")}
            of = self._roster.leaders if body == LEADERS else self._roster.units.get(body)
            if not any(all(getattr(each, name) == value for name, value in told.items()) for each in (of.stand_ins if of else ())):
                yield Step("stand_in", body, {"role": role, **told, **self._grounds(row)}, row)

    def _grounds(self, row: Row) -> Mapping[str, str]:
        return {"basis": row.text("basis") or self._basis}

    def _held(self, body: str) -> tuple[Appointment, ...]:
        of = self._roster.leaders if body == LEADERS else self._roster.units.get(body)
        return tuple(each for each in (of.appointments if of else ()) if (each.until or "9999") >= self._day)

    def _holds_elsewhere(self, person: str, body: str) -> bool:
        """Whether the table keeps him where he stands on the list: then what it says here is one more office, no move."""
        at = self._roster.unit_of(person) or LEADERS
        return any(row.text("id") == person and place == at for row, place, _ in self._posts)

    def _changed(self, row: Row, known: Person) -> Mapping[str, str]:
        return {name: row.text(name) for name in ("name", "title", "login") if row.text(name) and row.text(name) != getattr(known, name)}

    def _body(self, row: Row) -> str | None:
        told = row.text("unit")
        if told in (LEADERSHIP, LEADERS):
            return LEADERS
        known = {unit.id: unit for unit in self._roster.units.values()}
        names = {name: unit.id for unit in known.values() for name in (unit.id, unit.name, unit.full_name)}
        names |= {row.text(name): code for code, row in self._new_units.items() for name in ("id", "name", "full_name") if row.text(name)}
        if told not in names:
            self.problems.append(row.wrong("unit", f"没有“{told}”这个单位。请写单位名称或代码，新的单位先列入“单位”表"))
            return None
        return names[told]

    def _role(self, row: Row) -> str | None:
        told = row.text("role")
        role = role_named(told)
        if told and not role:
            self.problems.append(row.wrong("role", f"没有“{told}”这个角色，应为：{'、'.join(role_labels().values())}"))
            return None
        return role


def by_id(rows: Iterable[Row], known: Iterable[tuple[str, str]] = ()) -> tuple[Row, ...]:
    """Return rows in which people stand by their ids where they were written by a name that one alone bears.

    Args:
        rows: of every kind; those of posts tell who bears which name.
        known: ids and names of who is listed already.
    """
    rows = tuple(rows)
    bearers: dict[str, set[str]] = {}
    for person, name in (*known, *((row.text("id"), row.text("name")) for row in rows if row.sheet == POSTS)):
        bearers.setdefault(name, set()).add(person)
    ids = {name: min(found) for name, found in bearers.items() if len(found) == 1}
    named = [{name: ids[row.text(name)] for name in _PEOPLE if row.text(name) in ids} for row in rows]
    return tuple(replace(row, values={**row.values, **told}) if told else row for row, told in zip(rows, named, strict=True))


def role_named(told: str) -> str:
    """Return the role that goes by a label or by its own name, empty for none."""
    roles = role_labels()
    return next((role for role, label in roles.items() if told in (role, label)), "")


def rehearsed(world: World, found: Sequence[Step], person: str, at: datetime) -> tuple[tuple[Outcome, ...], tuple[Problem, ...]]:
    """Run the acts one after another, each on what those before it left; return what they come to, or every refusal at its cell."""
    done: list[Outcome] = []
    problems: list[Problem] = []
    for step in found:
        outcome = perform(world, step.act, None, person, step.inputs, at, target=step.target)
        if isinstance(outcome, Refusal):
            field = next((str(each.field[0]) for each in outcome.problems if each.field), "id")
            problems.append(step.row.wrong(_COLUMNS.get(field, field), f"{outcome.reason}{outcome.way_out}"))
            continue
        done.append(outcome)
        world = replace(world, roster=with_foundations(world.roster, outcome.foundations))
    return tuple(done), tuple(problems)


_COLUMNS = {"person": "id", "target": "id", "effective": "since", "day": "since"}
"""In which column stands what an act is given, where it goes by another name there."""


def role_labels() -> Mapping[str, str]:
    """Return every role with its Chinese label."""
    return keywords(checker("unit").at(("appointments", 0, "role"))).enum_labels
