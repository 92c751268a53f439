"""The way from the bytes of a file to a record and back."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import TypeVar, cast

from msgspec import ValidationError

from records.bureau.calendar import CalendarYear
from records.bureau.entrances import Entrances, Keyring
from records.bureau.policy import Policy, PolicyDraft
from records.bureau.roster import Bureau, Leaders, Unit
from records.bureau.scoring import Scoring, ScoringDraft
from records.bureau.series import Series, conflicts
from records.matter.checkpoint import Checkpoint
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.plain_data import from_data, from_text, to_data
from records.matter.roundup import Roundup
from records.store.number_text import divided, emit_series, whole
from records.store.paths import checkpoint_path, item_path, kind_of, roundup_path
from records.store.shape import differences
from schema.problem import Problem
from schema.tables import checker
from schema.yaml_text import placed, read, write

_T = TypeVar("_T")

_TYPES: Mapping[type, str] = {
    Item: "item",
    NumberSeries: "numbers",
    Roundup: "roundup",
    Unit: "unit",
    Leaders: "leaders",
    Bureau: "bureau",
    Policy: "policy",
    PolicyDraft: "policy_draft",
    Scoring: "scoring",
    ScoringDraft: "scoring_draft",
    CalendarYear: "calendar",
    Checkpoint: "checkpoint",
    Entrances: "entrances",
    Keyring: "keyring",
}


class Unreadable(Exception):
    """A record of the register that is not what its schema says; carries every problem found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def parse(data: bytes, kind: type[_T], file: str = "", *, passed: bool = False) -> _T:
    """Return the record in ``data``.

    Args:
        data: the file's bytes.
        kind: of record.
        file: its name, for the problems.
        passed: whether these very bytes are said to be a sound record; they are checked all the same where the model says otherwise.

    Raises:
        Unreadable: the bytes do not hold a record of that kind, with every problem.
    """
    if passed and (text := read(data, file).data) is not None:
        with suppress(ValidationError):
            return from_text(text, kind)
    if unheld := _unheld(kind):  # type: ignore[arg-type]  # a class is hashable
        raise Unreadable(tuple(replace(problem, file=file) for problem in unheld))
    if kind is NumberSeries and (parts := divided(data)):
        with suppress(Unreadable):  # then with all of it, which tells the lines
            return cast(_T, whole(_parsed(parts[0], NumberSeries, file), parts[1]))
    return _parsed(data, kind, file)


def _parsed(data: bytes, kind: type[_T], file: str) -> _T:
    found, problems = checker(_TYPES[kind]).load(data, file)
    problems = problems or _contradictions(_TYPES[kind], found or {}, data, file)
    if problems or found is None:
        raise Unreadable(problems)
    return from_data(found, kind)


def parsed(data: bytes, path: str) -> object:
    """Return the record in ``data``, of the kind that its path says; None for a path at which no record lies.

    Raises:
        Unreadable: as ``parse``.
    """
    named = kind_of(path)
    return next((parse(data, kind, path) for kind, name in _TYPES.items() if name == named), None)


def check(data: bytes, path: str) -> tuple[Problem, ...]:
    """Return every problem of a record file, empty when it is sound; the path decides what kind of record it must be."""
    kind = kind_of(path)
    if kind is None:
        return (Problem("登记簿里不应有这个文件。", path),)
    found, problems = checker(kind).load(data, path)
    return problems or _contradictions(kind, found or {}, data, path)


def emit(record: object) -> bytes:
    """Return a record as the one YAML text that stands for it."""
    return emit_series(record) if isinstance(record, NumberSeries) else write(to_data(record))


def as_data(data: bytes, path: str) -> dict[str, object]:
    """Return a record as checked plain data.

    Raises:
        Unreadable: the bytes do not hold a sound record.
    """
    found, problems = checker(cast(str, kind_of(path))).load(data, path)
    if problems or found is None:
        raise Unreadable(problems)
    return found


@cache
def _unheld(kind: type) -> tuple[Problem, ...]:
    """What the model and the schema of a kind of record do not both hold; a program with any of that reads no such record."""
    return tuple(differences(kind, checker(_TYPES[kind])))


def _contradictions(kind: str, found: Mapping[str, object], data: bytes, file: str) -> tuple[Problem, ...]:
    wrong = (*_misplaced(found, file), *conflicting(kind, found, file))
    return tuple(placed(wrong, read(data, file).marks)) if wrong else ()


def conflicting(kind: str, found: Mapping[str, object], file: str = "") -> Iterator[Problem]:
    """Yield what the parts of a record say against each other, which its schema cannot tell.

    Args:
        kind: of record.
        found: the record, of which its schema finds nothing wrong.
        file: its file, for the problems.
    """
    if kind == "bureau" and "series" in found:
        yield from (replace(problem, file=file) for problem in conflicts(from_data(found["series"], dict[str, Series])))


def _misplaced(found: Mapping[str, object], file: str) -> Iterator[Problem]:
    """A record lies where its id says; else two files could claim to be one item."""
    kind = kind_of(file) if file else None
    expected = {
        "item": lambda: item_path(str(found["id"])),
        "unit": lambda: f"units/{found['id']}.yaml",
        "roundup": lambda: roundup_path(str(found["id"])),
        "checkpoint": lambda: checkpoint_path(str(found["at"])[:10]),
    }
    if kind in expected and (right := expected[kind]()) != file:
        yield Problem(f"文件位置与编号不符，应在 {right}。", file, field=("at" if kind == "checkpoint" else "id",))
