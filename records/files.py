"""Where each record lies in the register's tree, and the way from bytes to records and back.

One path a record, made of ids alone: nothing a person typed ever becomes part of a file name.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from records.model import Item, NumberSeries, from_data, to_data
from records.policy import Policy
from records.roster import Bureau, Leaders, Unit
from records.roundup import Roundup
from records.workdays import CalendarYear
from schema.problem import Problem
from schema.tables import checker
from schema.yaml_text import write

_T = TypeVar("_T")
_ITEM = re.compile(r"DB-(\d{4})-(\d{4,6})", re.ASCII)
_PATHS = (
    (re.compile(r"items/\d{4}/\d{2,4}/DB-\d{4}-\d{4,6}\.yaml", re.ASCII), "item"),
    (re.compile(r"numbers/\d{4}/(?:special|letter|[A-Z]{2,8}\.(?:report|request))\.yaml", re.ASCII), "numbers"),
    (re.compile(r"roundups/\d{4}/\d{2}\.yaml", re.ASCII), "roundup"),
    (re.compile(r"units/[A-Z]{2,8}\.yaml"), "unit"),
    (re.compile(r"calendar/\d{4}\.yaml", re.ASCII), "calendar"),
    (re.compile(r"leaders\.yaml"), "leaders"),
    (re.compile(r"bureau\.yaml"), "bureau"),
    (re.compile(r"policy\.yaml"), "policy"),
)
_TYPES: Mapping[type, str] = {
    Item: "item",
    NumberSeries: "numbers",
    Roundup: "roundup",
    Unit: "unit",
    Leaders: "leaders",
    Bureau: "bureau",
    Policy: "policy",
    CalendarYear: "calendar",
}


class Unreadable(Exception):
    """A record of the register that is not what its schema says; carries every problem found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def item_path(item: str) -> str:
    """Return where an item lies: ``items/2026/01/DB-2026-0118.yaml`` (a folder holds at most 100 items).

    Raises:
        ValueError: not an item id.
    """
    if not (match := _ITEM.fullmatch(item)):
        raise ValueError(item)
    return f"items/{match[1]}/{int(match[2]) // 100:02}/{item}.yaml"


def numbers_path(series: str, year: int) -> str:
    """Return where a series of document numbers lies."""
    return f"numbers/{year}/{series}.yaml"


def roundup_path(month: str) -> str:
    """Return where the roundup of a month written ``2026-10`` lies."""
    return f"roundups/{month.replace('-', '/')}.yaml"


def kind_of(path: str) -> str | None:
    """Return which kind of record lies at a path, None for what does not belong in a register."""
    return next((kind for pattern, kind in _PATHS if pattern.fullmatch(path)), None)


def parse(data: bytes, kind: type[_T], file: str = "") -> _T:
    """Return the record in ``data``.

    Raises:
        Unreadable: the bytes do not hold a record of that kind, with every problem.
    """
    found, problems = checker(_TYPES[kind]).load(data, file)
    problems = problems or tuple(_misplaced(found or {}, file))
    if problems or found is None:
        raise Unreadable(problems)
    return from_data(found, kind)


def check(data: bytes, path: str) -> tuple[Problem, ...]:
    """Return every problem of a record file, empty when it is sound; the path decides what kind of record it must be."""
    kind = kind_of(path)
    if kind is None:
        return (Problem("登记簿里不应有这个文件。", path),)
    found, problems = checker(kind).load(data, path)
    return problems or tuple(_misplaced(found or {}, path))


def emit(record: object) -> bytes:
    """Return a record as the one YAML text that stands for it."""
    return write(to_data(record))


def as_data(data: bytes, path: str) -> dict[str, object]:
    """Return a record as checked plain data.

    Raises:
        Unreadable: the bytes do not hold a sound record.
    """
    found, problems = checker(cast(str, kind_of(path))).load(data, path)
    if problems or found is None:
        raise Unreadable(problems)
    return found


def _misplaced(found: Mapping[str, object], file: str) -> Iterator[Problem]:
    """A record lies where its id says; else two files could claim to be one item."""
    kind = kind_of(file) if file else None
    expected = {
        "item": lambda: item_path(str(found["id"])),
        "unit": lambda: f"units/{found['id']}.yaml",
        "roundup": lambda: roundup_path(str(found["id"])),
    }
    if kind in expected and (right := expected[kind]()) != file:
        yield Problem(f"文件位置与编号不符，应在 {right}。", file, field=("id",))
