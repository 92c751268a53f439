"""The files of a roster, of a register's commit or the one document that ``duban init`` takes, checked as a whole, by file and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TypeVar

from records.bureau.roster import Bureau, Leaders, Unit
from records.bureau.whole_roster import Parts, roster_problems
from records.matter.plain_data import from_data
from records.store.paths import kind_of
from records.store.record_files import Unreadable, conflicting, parse
from records.store.store import Store, StoreError
from schema.problem import Field, Problem
from schema.tables import checker
from schema.yaml_text import Document, nearest, placed, read

ROSTER_KINDS = frozenset({"bureau", "leaders", "unit"})
"""The kinds of records that make up a roster."""
_KEYS = ("bureau", "leaders", "units")
_T = TypeVar("_T")


def committed_roster_problems(store: Store, commit: str, day: date) -> tuple[Problem, ...]:
    """Return what is wrong with the roster of a commit as a whole; what is wrong with a file by itself is not told here.

    Args:
        store: the register, or a clone.
        commit: which commit.
        day: from when on somebody must hold each office.

    Raises:
        StoreError: the store cannot be read.
    """
    units = [f"units/{entry.name}" for entry in store.entries("units", commit)]
    units = [path for path in units if kind_of(path) == "unit"]
    read_unit = [_record(store, commit, path, Unit) for path in units]
    parts = Parts(_record(store, commit, "bureau.yaml", Bureau), _record(store, commit, "leaders.yaml", Leaders), tuple(read_unit))
    marks = cache(lambda path: read(store.read(path, commit) or b"").marks)

    def located(problem: Problem) -> Problem:
        kind, *inside = problem.field
        path, field = (units[int(inside[0])], tuple(inside[1:])) if kind == "units" else (f"{kind}.yaml", tuple(inside))
        return next(placed([replace(problem, file=path, field=field)], marks(path)))

    return tuple(located(problem) for problem in roster_problems(parts, day))


@dataclass(frozen=True)
class RosterDocument:
    """A roster in one document; every part is there when there is no problem."""

    parts: Parts
    problems: tuple[Problem, ...]


def read_roster(data: bytes, file: str, day: date) -> RosterDocument:
    """Read a roster that stands in one document under ``bureau``, ``leaders`` and ``units``; everything wrong with it at once.

    Args:
        data: the file's bytes.
        file: its name, for the problems.
        day: from when on somebody must hold each office.
    """
    document = read(data, file)
    if document.data is None:
        return RosterDocument(Parts(None, None, ()), document.problems)
    problems = list(_wrong_keys(document, file))
    units = document.data.get("units")
    count = len(units) if isinstance(units, list) else 0
    parts = Parts(
        _part(document, ("bureau",), Bureau, file, problems),
        _part(document, ("leaders",), Leaders, file, problems),
        tuple(_part(document, ("units", place), Unit, file, problems) for place in range(count)),
    )
    problems += placed((replace(problem, file=file) for problem in roster_problems(parts, day)), document.marks)
    return RosterDocument(parts, tuple(sorted(problems, key=lambda problem: (problem.line, problem.column))))


def is_roster(data: Mapping[str, object]) -> bool:
    """Say whether what a document holds is meant to be a whole roster."""
    return len(set(_KEYS) & set(data)) > 1


def _wrong_keys(document: Document, file: str) -> Iterator[Problem]:
    data = document.data or {}
    for key in _KEYS:
        if key not in data:
            yield Problem("缺少这一项，必须填写", file, 1, 1, (key,))
    for key in sorted(data.keys() - set(_KEYS)):
        yield Problem(f"没有这样的项，花名册只有 {'、'.join(_KEYS)}。请改正或删去", file, *nearest(document.marks, (key,)), (key,))
    if "units" in data and not (isinstance(data["units"], list) and data["units"]):
        yield Problem("没有单位。请至少写一个，每个以“- ”开头", file, *nearest(document.marks, ("units",)), ("units",))


def _part(document: Document, at: Field, kind: type[_T], file: str, problems: list[Problem]) -> _T | None:
    """One part of the document, None with the problems noted when it is not what its schema says."""
    own, name = document.within(at), "unit" if at[0] == "units" else str(at[0])
    if own.data is None:
        if at[0] in (document.data or {}):
            problems.append(Problem("应为一组“键: 内容”", file, *nearest(document.marks, at), at))
        return None
    found = checker(name).typed(own.data)
    wrong = list(checker(name).problems(found, own.marks, file))
    assert isinstance(found, dict)
    if not wrong:
        wrong = list(placed(conflicting(name, found, file), own.marks))
    problems += (replace(each, field=(*at, *each.field)) for each in wrong)
    return None if wrong else from_data(found, kind)


def _record(store: Store, commit: str, path: str, kind: type[_T]) -> _T | None:
    try:
        data = store.read(path, commit)
        return None if data is None else parse(data, kind, path)
    except (Unreadable, StoreError):
        return None
