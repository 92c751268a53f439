"""The roster as a table, a sheet a kind: units, posts, stand-ins. Written from what stands, read as rows, whatever its headings say."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from desk.tables import Cell, Sheet, as_day, bare, is_remark, letter
from records.acts.roster_changes import LEADERSHIP, POSTS, STAND_INS, UNITS, Row, role_labels
from records.bureau.roster import Leaders, Roster, Unit
from schema.check import keywords
from schema.problem import Problem
from schema.tables import checker
from schema.text import narrow

_DAYS = ("since", "until")
_CODES = ("id", "login", "person", "on_behalf_of", "leader")  # hold no Chinese
_BLANKS = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")  # a name of two characters is spread to the width of one of three
_HEAD = 10  # rows among which the headings are looked for


class _Column(NamedTuple):
    name: str
    heading: str
    others: tuple[str, ...] = ()
    needed: bool = False


_SHEETS: Mapping[str, tuple[_Column, ...]] = {
    UNITS: (
        _Column("id", "单位代码", ("代码",), needed=True),
        _Column("name", "名称", ("单位", "单位名称", "简称"), needed=True),
        _Column("full_name", "全称", ("单位全称",)),
        _Column("kind", "类别", ("单位类别",)),
        _Column("channel", "收发部门", ("收发口",)),
        _Column("char", "代字", ("单位代字",)),
        _Column("leader", "分管局领导", ("主管局领导", "分管领导")),
    ),
    POSTS: (
        _Column("unit", "单位", ("单位代码", "单位名称", "部门"), needed=True),
        _Column("id", "人员编号", ("编号",), needed=True),
        _Column("name", "姓名", needed=True),
        _Column("title", "职务", ("职务名称",)),
        _Column("login", "登录名", ("账号", "登录账号")),
        _Column("role", "角色", ("职责",)),
        _Column("since", "任职日期", ("任职时间", "起", "自")),
        _Column("basis", "文件依据", ("依据", "任职文件")),
    ),
    STAND_INS: (
        _Column("unit", "单位", ("单位代码", "单位名称"), needed=True),
        _Column("role", "角色", ("代理的角色",), needed=True),
        _Column("person", "代理人", ("代理人编号",), needed=True),
        _Column("on_behalf_of", "被代理人", needed=True),
        _Column("since", "起", ("开始日期",), needed=True),
        _Column("until", "止", ("结束日期",), needed=True),
        _Column("basis", "书面依据", ("依据", "文件依据")),
    ),
}


def written(roster: Roster, day: date) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the sheets of a roster as it stands on a day, or is to stand: headings first."""
    units = [unit for unit in roster.units.values() if not unit.dissolved]
    bodies: tuple[Unit | Leaders, ...] = (roster.leaders, *units)
    labels = keywords(checker("unit").at(("kind",))).enum_labels
    leaders = {unit.id: roster.portfolio_leader(unit.id, day) for unit in units}
    rows: dict[str, list[tuple[str, ...]]] = {
        UNITS: [
            (unit.id, unit.name, unit.full_name, labels.get(unit.kind, unit.kind), unit.channel, unit.char or "", leaders[unit.id] or "")
            for unit in units
        ],
        POSTS: [row for body in bodies for row in _posts(roster, body, day)],
        STAND_INS: [
            (_body_name(body), each.role, each.person, each.on_behalf_of, each.since, each.until, each.basis)
            for body in bodies
            for each in body.stand_ins
            if each.until >= day.isoformat()
        ],
    }
    roles = role_labels()
    rows[STAND_INS] = [(unit, roles.get(role, role), *rest) for unit, role, *rest in rows[STAND_INS]]
    return {name: (tuple(column.heading for column in columns), *rows[name]) for name, columns in _SHEETS.items()}


def _posts(roster: Roster, body: Unit | Leaders, day: date) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a body: each office somebody holds or is to hold, and who is listed there without one."""
    roles = role_labels()
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

    A sheet may have titles above its headings and remarks under its rows; what a heading is called may differ, and other columns are
    passed over.
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
        columns = {each.name: (each.heading, "") for each in _SHEETS.get(kind, ())}
        columns |= {name: (sheet.rows[first][place].text, letter(place)) for name, place in found.items()}
        for number, cells in enumerate(sheet.rows[first + 1 :] if kind else (), start=first + 2):
            if is_remark(cells):
                continue
            values = {name: text for name, place in found.items() if place < len(cells) and (text := _said(name, cells[place]))}
            if values:
                made = Row(kind, number, values, columns, sheet.name)
                rows.append(made)
                problems += _faults(made)
    if not rows and not problems:
        problems.append(Problem(f"没有找到{'、'.join(f'“{name}”' for name in _SHEETS)}这几张表", "", 0, 0))
    return tuple(rows), tuple(problems)


def _faults(row: Row) -> Iterator[Problem]:
    for each in _SHEETS[row.sheet]:
        text = row.text(each.name)
        if each.needed and not text:
            yield row.wrong(each.name, "缺少这一项，必须填写")
        if text and each.name in _DAYS and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            yield row.wrong(each.name, f"“{text}”不是日期")


def _said(name: str, cell: Cell) -> str:
    if name in _DAYS:
        return as_day(cell) or cell.text
    text = " ".join(unicodedata.normalize("NFC", cell.text).split())
    return narrow(text) if name in _CODES else text if name == "title" else _BLANKS.sub("", text)


def _headings(row: Sequence[Cell], columns: tuple[_Column, ...]) -> Mapping[str, int]:
    said = {bare(cell.text): place for place, cell in reversed(list(enumerate(row)))}
    found = {each.name: said[name] for each in columns for name in (each.heading, *each.others) if name in said}
    return found if all(each.name in found for each in columns if each.needed) else {}
