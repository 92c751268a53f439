"""The roster that a register is set up with, from tables: the bureau's facts, its units, who holds what (D-17: before the first act)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from desk.roster_table import rows_of
from desk.tables import Sheet, bare
from records.acts.roster_changes import LEADERSHIP, POSTS, STAND_INS, UNITS, Row, by_id, role_named
from records.bureau.foundations import LEADERS
from records.bureau.roster import Appointment, Bureau, Leaders, Person, Portfolio, StandIn, Unit, role_label
from records.bureau.whole_roster import Parts, roster_problems
from records.matter.plain_data import to_data
from schema.check import keywords
from schema.problem import Field, Problem
from schema.tables import checker
from schema.text import narrow

BUREAU_SHEET = "机关"
_FACTS = ("id", "name", "organ_char", "office", "special_mark", "print_organ", "short_name", "office_name")
_KIND = "supervising_office"


@dataclass(frozen=True)
class Founding:
    """A roster out of tables; every part is there when there is no problem."""

    parts: Parts
    problems: tuple[Problem, ...]


def sample() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the sheets to start from: every column, and one invented row a kind, to be written over."""
    title = _titles()
    bureau = {
        "id": "abc",
        "name": "某某市公安局",
        "organ_char": "某公",
        "office": "BGS",
        "special_mark": "某某市公安局",
        "print_organ": "某某市公安局办公室",
    }
    office, unit = "某某市公安局办公室", "某某市公安局交通警察支队"
    told = (
        (LEADERSHIP, "L01", "张某", "局长", ("bureau_leader",)),
        (LEADERSHIP, "L02", "李某", "副局长（主管督办）", ("bureau_leader", "deputy_director_in_charge")),
        (LEADERSHIP, "L03", "何某", "纪检监察组组长", ("auditor",)),
        ("办公室", "BGS.a", "王某", "主任", ("office_director_in_charge", "supervising_leader", "main_leader")),
        ("办公室", "BGS.b", "赵某", "督办科长", ("supervision_office", "reviewing_head", "roster_keeper")),
        ("办公室", "BGS.c", "钱某", "民警", ("supervision_office", "registry_clerk", "archivist", "liaison")),
        ("交警支队", "JJ.a", "孙某", "支队长", ("main_leader",)),
        ("交警支队", "JJ.b", "周某", "副支队长", ("supervising_leader",)),
        ("交警支队", "JJ.c", "吴某", "办公室主任", ("reviewing_head",)),
        ("交警支队", "JJ.d", "郑某", "民警", ("liaison",)),
    )
    held = (
        (body, person, name, office, person.lower().replace(".", "_"), role_label(role))
        for body, person, name, office, roles in told
        for role in roles
    )
    return {
        BUREAU_SHEET: (("项目", "内容"), *((title[name], bureau.get(name, "")) for name in _FACTS)),
        UNITS: (
            ("单位代码", "名称", "全称", "类别", "收发部门", "代字", "分管局领导"),
            ("BGS", "办公室", office, "督办主管部门", "督办科", "", "L02"),
            ("JJ", "交警支队", unit, "支队", "办公室", "交", "L02"),
        ),
        POSTS: (
            ("单位", "人员编号", "姓名", "职务", "登录名", "角色", "任职日期", "文件依据"),
            *((*each, "2026-01-01", "") for each in held),
        ),
        STAND_INS: (("单位", "角色", "代理人", "被代理人", "起", "止", "书面依据"),),
    }


def read(sheets: Sequence[Sheet], day: str) -> Founding:
    """Return the roster that tables hold, and everything that is wrong with it, each at its cell or under its sheet.

    Args:
        sheets: the tables.
        day: ISO day from which on somebody must hold each office; what has no day of its own begins on it.
    """
    rows, wrong = rows_of([sheet for sheet in sheets if sheet.name != BUREAU_SHEET])
    problems = list(wrong)
    bureau = _bureau(sheets, problems)
    places: dict[Field, Row] = {}
    units, leaders = _bodies(by_id(rows), day, problems, places)
    if wrong:
        return Founding(Parts(None, None, ()), tuple(problems))
    parts = Parts(bureau, leaders, units)
    records: list[tuple[Field, str, object]] = [(("bureau",), "bureau", bureau), (("leaders",), "leaders", leaders)]
    records += [(("units", place), "unit", unit) for place, unit in enumerate(units)]
    found = [
        replace(problem, field=(*at, *problem.field))
        for at, kind, record in records
        if record is not None
        for problem in checker(kind).problems(to_data(record))
    ]
    if not problems and not found:
        found = list(roster_problems(parts, date.fromisoformat(day)))
    return Founding(parts, (*problems, *(_at_cell(problem, places) for problem in found)))


def _at_cell(problem: Problem, places: Mapping[Field, Row]) -> Problem:
    """A problem of a record as one of the row that it came from, at its cell; what came from none is one of its sheet."""
    for length in range(len(problem.field), 0, -1):
        if (row := places.get(problem.field[:length])) is not None:
            name = next((str(part) for part in problem.field[length:]), "id")
            return row.wrong(_COLUMNS.get(name, name), problem.reason)
    sheet = BUREAU_SHEET if problem.field[:1] == ("bureau",) else "任职"
    return replace(problem, file=f"{sheet}!A1", field=())


def _bureau(sheets: Sequence[Sheet], problems: list[Problem]) -> Bureau | None:
    names = {bare(title): name for name, title in _titles().items()}
    found = next((sheet for sheet in sheets if sheet.name == BUREAU_SHEET), None)
    told = [(names.get(bare(row[0].text), ""), row[1].text) for row in (found.rows if found else ()) if len(row) > 1]
    facts = {name: narrow(text) if name in ("id", "office") else text for name, text in told if name and text}
    missing = [title for name, title in _titles().items() if name in _FACTS[:6] and name not in facts]
    if missing:
        problems.append(Problem(f"缺少{'、'.join(missing)}", f"{BUREAU_SHEET}!A1", 1, 1))
        return None
    return Bureau(**facts)  # type: ignore[arg-type]


def _by_body(rows: Iterable[Row], codes: Mapping[str, str], problems: list[Problem]) -> Mapping[str, Sequence[Row]]:
    """The rows of each body, by its code; what names no body, or no role, is noted as a problem."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.text("unit") not in codes:
            problems.append(row.wrong("unit", f"“单位”表里没有“{row.text('unit')}”"))
        elif row.text("role") and not role_named(row.text("role")):
            problems.append(row.wrong("role", f"没有“{row.text('role')}”这个角色"))
        else:
            found.setdefault(codes[row.text("unit")], []).append(row)
    return found


def _bodies(rows: Sequence[Row], day: str, problems: list[Problem], places: dict[Field, Row]) -> tuple[tuple[Unit, ...], Leaders]:
    told = [row for row in rows if row.sheet == UNITS]
    codes = {name: row.text("id") for row in told for name in (row.text("id"), row.text("name"), row.text("full_name")) if name}
    codes |= {LEADERSHIP: LEADERS, LEADERS: LEADERS}
    held, instead = (_by_body((row for row in rows if row.sheet == name), codes, problems) for name in (POSTS, STAND_INS))
    kinds = {label: kind for kind, label in keywords(checker("unit").at(("kind",))).enum_labels.items()}
    listed: set[str] = set()

    def inside(code: str, at: Field) -> tuple[tuple[Person, ...], tuple[Appointment, ...], tuple[StandIn, ...]]:
        """What the rows of a body hold; each row is noted under the place of what was made of it."""
        people: list[Person] = []
        posts: list[Appointment] = []
        stand_ins: list[StandIn] = []
        for row in held.get(code, ()):
            if row.text("id") not in listed:  # listed once, where the table has him first; elsewhere he only holds offices
                listed.add(row.text("id"))
                places[(*at, "people", len(people))] = row
                people.append(Person(row.text("id"), row.text("name"), row.text("title") or row.text("role"), row.text("login") or None))
            if row.text("role"):
                places[(*at, "appointments", len(posts))] = row
                since, basis = row.text("since") or day, row.text("basis") or None
                posts.append(Appointment(role_named(row.text("role")), row.text("id"), since, basis=basis))
        for row in instead.get(code, ()):
            places[(*at, "stand_ins", len(stand_ins))] = row
            told = [row.text(name) for name in ("person", "on_behalf_of", "since", "until", "basis")]
            stand_ins.append(StandIn(role_named(row.text("role")), *told))  # type: ignore[arg-type]  # five texts
        return tuple(people), tuple(posts), tuple(stand_ins)

    leadership = inside(LEADERS, ("leaders",))
    led = [row for row in told if row.text("leader")]
    places |= {("leaders", "portfolios", place): row for place, row in enumerate(led)}
    portfolios = tuple(Portfolio(row.text("leader"), row.text("id"), day) for row in led)
    leaders = Leaders(leadership[0], leadership[1], portfolios, leadership[2])
    units = []
    for place, row in enumerate(told):
        places["units", place] = row
        people, posts, stand_ins = inside(row.text("id"), ("units", place))
        facts = (row.text("id"), row.text("name"), row.text("full_name") or row.text("name"), kinds.get(row.text("kind"), row.text("kind")))
        units.append(Unit(*facts, row.text("channel"), people, posts, row.text("char") or None, stand_ins))
    return tuple(units), leaders


_COLUMNS = {"person": "id", "people": "id", "appointments": "id"}
"""In which column stands what a record names otherwise."""


def _titles() -> Mapping[str, str]:
    return dict(_titled())


def _titled() -> Iterator[tuple[str, str]]:
    for name in _FACTS:
        yield name, str(checker("bureau").at((name,))["title"])
