"""The roster as a table, a sheet a kind: units, posts, stand-ins, the bureau. Written from what stands, read back into acts (D-17).

What is on a sheet is how it shall be for the bodies that it names: who stands there no more is relieved, who is new is enrolled and
appointed, who stands under another unit is moved. Nothing is done while any cell is wrong.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from desk.tables import Cell, Sheet, as_day, letter
from records.acts import Outcome, Refusal, World, perform
from records.bureau.foundations import LEADERS, with_foundations
from records.bureau.roster import Appointment, Leaders, Person, Roster, Unit
from schema.check import keywords
from schema.problem import Problem
from schema.tables import checker

LEADERSHIP = "局领导"
_DAYS = ("since", "until")
_HEAD = 10  # rows among which the headings are looked for


class _Column(NamedTuple):
    name: str
    heading: str
    others: tuple[str, ...] = ()
    needed: bool = False


_SHEETS: Mapping[str, tuple[_Column, ...]] = {
    "单位": (
        _Column("id", "单位代码", ("代码",), needed=True),
        _Column("name", "名称", ("单位", "单位名称", "简称"), needed=True),
        _Column("full_name", "全称", ("单位全称",)),
        _Column("kind", "类别", ("单位类别",)),
        _Column("channel", "收发部门", ("收发口",)),
        _Column("char", "代字", ("单位代字",)),
        _Column("leader", "分管局领导", ("主管局领导", "分管领导")),
    ),
    "任职": (
        _Column("unit", "单位", ("单位代码", "单位名称", "部门"), needed=True),
        _Column("id", "人员编号", ("编号",), needed=True),
        _Column("name", "姓名", needed=True),
        _Column("title", "职务", ("职务名称",)),
        _Column("login", "登录名", ("账号", "登录账号")),
        _Column("role", "角色", ("职责",)),
        _Column("since", "任职日期", ("任职时间", "起", "自")),
        _Column("basis", "文件依据", ("依据", "任职文件")),
    ),
    "代理": (
        _Column("unit", "单位", ("单位代码", "单位名称"), needed=True),
        _Column("role", "角色", ("代理的角色",), needed=True),
        _Column("person", "代理人", ("代理人编号",), needed=True),
        _Column("on_behalf_of", "被代理人", needed=True),
        _Column("since", "起", ("开始日期",), needed=True),
        _Column("until", "止", ("结束日期",), needed=True),
        _Column("basis", "书面依据", ("依据", "文件依据")),
    ),
}


@dataclass(frozen=True)
class Row:
    """A row of a sheet by the names of its columns, with where it stands."""

    sheet: str
    number: int
    values: Mapping[str, str]
    columns: Mapping[str, int]
    named: str

    def text(self, name: str) -> str:
        """Return what stands in a column; empty where nothing does, or where there is no such column."""
        return self.values.get(name, "")

    def wrong(self, name: str, reason: str) -> Problem:
        """Return a problem at a cell: sheet, row and the letter of the column."""
        column = letter(self.columns[name]) if name in self.columns else ""
        return Problem(reason, f"{self.named}!{column}{self.number}", self.number, self.columns.get(name, 0) + 1, (name,))


@dataclass(frozen=True)
class Step:
    """An act that a table asks for, and the row that asks."""

    act: str
    target: str
    inputs: Mapping[str, object]
    row: Row


def written(roster: Roster, day: date) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the sheets of a roster as it stands on a day, or is to stand: headings first."""
    units = [unit for unit in roster.units.values() if not unit.dissolved]
    bodies: tuple[Unit | Leaders, ...] = (roster.leaders, *units)
    labels = keywords(checker("unit").at(("kind",))).enum_labels
    leaders = {unit.id: roster.portfolio_leader(unit.id, day) for unit in units}
    rows: dict[str, list[tuple[str, ...]]] = {
        "单位": [
            (unit.id, unit.name, unit.full_name, labels.get(unit.kind, unit.kind), unit.channel, unit.char or "", leaders[unit.id] or "")
            for unit in units
        ],
        "任职": [row for body in bodies for row in _posts(roster, body, day)],
        "代理": [
            (_body_name(body), each.role, each.person, each.on_behalf_of, each.since, each.until, each.basis)
            for body in bodies
            for each in body.stand_ins
            if each.until >= day.isoformat()
        ],
    }
    roles = _labels()
    rows["代理"] = [(unit, roles.get(role, role), *rest) for unit, role, *rest in rows["代理"]]
    return {name: (tuple(column.heading for column in columns), *rows[name]) for name, columns in _SHEETS.items()}


def _posts(roster: Roster, body: Unit | Leaders, day: date) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a body: each office somebody holds or is to hold, and who is listed there without one."""
    roles = _labels()
    held = [each for each in body.appointments if (each.until or "9999") >= day.isoformat() and each.person in roster.people]
    listed = [person.id for person in body.people]
    for person in (roster.people[each] for each in dict.fromkeys((*listed, *(each.person for each in held)))):
        facts = (_body_name(body), person.id, person.name, person.title, person.login or "")
        own = [each for each in held if each.person == person.id]
        yield from ((*facts, roles.get(each.role, each.role), each.since, each.basis or "") for each in own)
        if not own:
            yield (*facts, "", "", "")


def _body_name(body: Unit | Leaders) -> str:
    return LEADERSHIP if isinstance(body, Leaders) else body.name


def rows_of(sheets: Sequence[Sheet]) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Return the rows of the sheets that are known by their headings, and what is wrong with headings and empty cells.

    A sheet may have titles above its headings; what a heading is called may differ, and other columns are passed over.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    for sheet in sheets:
        kinds = sorted(_SHEETS, key=lambda kind: kind != sheet.name)
        places = (
            (kind, at, found) for kind in kinds for at, row in enumerate(sheet.rows[:_HEAD]) if (found := _headings(row, _SHEETS[kind]))
        )
        kind, first, found = next(places, ("", 0, {}))
        if not kind and sheet.name in _SHEETS:
            needed = "、".join(each.heading for each in _SHEETS[sheet.name] if each.needed)
            problems.append(Problem(f"没有找到栏目：{needed}", f"{sheet.name}!A1", 1, 1))
        for number, cells in enumerate(sheet.rows[first + 1 :] if kind else (), start=first + 2):
            values = {name: text for name, place in found.items() if place < len(cells) and (text := _said(name, cells[place]))}
            if values:
                made = Row(kind, number, values, found, sheet.name)
                rows.append(made)
                problems += _faults(made)
    if not rows and not problems:
        problems.append(Problem(f"没有找到{'、'.join(f'“{name}”' for name in _SHEETS)}这几张表", "", 0, 0))
    return tuple(rows), tuple(problems)


def _faults(row: Row) -> Iterator[Problem]:
    for each in _SHEETS[row.sheet]:
        text = row.text(each.name)
        if each.needed and not text:
            yield row.wrong(each.name, f"缺少{each.heading}")
        if text and each.name in _DAYS and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            yield row.wrong(each.name, f"“{text}”不是日期")


def _said(name: str, cell: Cell) -> str:
    return (as_day(cell) or cell.text) if name in _DAYS else " ".join(unicodedata.normalize("NFC", cell.text).split())


def _headings(row: Sequence[Cell], columns: tuple[_Column, ...]) -> Mapping[str, int]:
    said = {"".join(cell.text.split()): place for place, cell in reversed(list(enumerate(row)))}
    found = {each.name: said[name] for each in columns for name in (each.heading, *each.others) if name in said}
    return found if all(each.name in found for each in columns if each.needed) else {}


def steps(rows: Sequence[Row], roster: Roster, day: date, basis: str) -> tuple[tuple[Step, ...], tuple[Problem, ...]]:
    """Return the acts that make a roster what the rows say, in an order in which each is lawful, and the cells that mean nothing.

    Args:
        rows: as ``rows_of`` gave them, nothing wrong with them.
        roster: everybody as they stand.
        day: what ends, ends on this day; what has no day of its own begins on it.
        basis: the document that rows without one of their own rest on.
    """
    table = _Table(rows, roster, day.isoformat(), basis)
    found = (*table.units(), *table.people(), *table.ends(), *table.begins(), *table.portfolios(), *table.stand_ins())
    return found, tuple(table.problems)


class _Table:
    """The rows of a table against a roster."""

    def __init__(self, rows: Sequence[Row], roster: Roster, day: str, basis: str) -> None:
        self.problems: list[Problem] = []
        self._roster, self._day, self._basis = roster, day, basis
        self._rows = {name: [row for row in rows if row.sheet == name] for name in _SHEETS}
        self._new_units = {row.text("id"): row for row in self._rows["单位"] if row.text("id") not in roster.units}
        self._posts: list[tuple[Row, str, str]] = []  # body, role
        for row in self._rows["任职"]:
            body, role = self._body(row), self._role(row)
            if body is not None and role is not None:
                self._posts.append((row, body, role))

    def units(self) -> Iterator[Step]:
        """Yield the units to be founded, renamed and changed."""
        kinds = {label: kind for kind, label in keywords(checker("unit").at(("kind",))).enum_labels.items()}
        for row in self._rows["单位"]:
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
        for row in self._rows["单位"]:
            leader, unit = row.text("leader"), row.text("id")
            if leader and self._roster.portfolio_leader(unit, date.fromisoformat(self._day)) != leader:
                yield Step("set_portfolio", LEADERS, {"unit": unit, "leader": leader, "since": self._day, **self._grounds(row)}, row)

    def stand_ins(self) -> Iterator[Step]:
        """Yield the stand-ins that are not on record."""
        for row in self._rows["代理"]:
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
            self.problems.append(row.wrong("role", f"没有“{told}”这个角色，应为：{'、'.join(_labels().values())}"))
            return None
        return role


def role_named(told: str) -> str:
    """Return the role that goes by a label or by its own name, empty for none."""
    roles = _labels()
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


_COLUMNS = {"person": "id", "effective": "since", "day": "since"}
"""In which column stands what an act is given, where it goes by another name there."""


def _labels() -> Mapping[str, str]:
    return keywords(checker("unit").at(("appointments", 0, "role"))).enum_labels
