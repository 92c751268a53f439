"""From records to plain data in the order of their YAML, and back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import TypeVar

from schema.conversion import convert

_T = TypeVar("_T")
_PLAIN = frozenset((str, bool, int))


def from_data(data: object, kind: type[_T]) -> _T:
    """Return checked data of a record as the dataclass ``kind``.

    Raises:
        msgspec.ValidationError: the data is not of that shape (never for data that passed its JSON Schema).
    """
    return convert(data, kind)


def from_text(data: object, kind: type[_T]) -> _T:
    """Return data of a sound record, with text at every leaf as its file gives it, as the dataclass ``kind``.

    Raises:
        msgspec.ValidationError: the data is not of that shape.
    """
    return convert(data, kind, strict=False)


def to_data(value: object) -> dict[str, object]:
    """Return the record as plain data in the order of its YAML; what is not there is left out."""
    return {name: found if found.__class__ is str else plain(found) for name, found in _there(value)}


def entries(value: object) -> Iterator[tuple[str, object]]:
    """Yield what is there of the record's fields, by name, in the order of its YAML."""
    return iter(_there(value))


def plain(value: object) -> object:
    """Return what a field holds as plain data."""
    if value.__class__ in _PLAIN or isinstance(value, str):  # most are
        return value
    if isinstance(value, tuple):
        return [entry if entry.__class__ is str else plain(entry) for entry in value]
    if is_dataclass(value):
        return to_data(value)
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    return value


def _there(value: object) -> list[tuple[str, object]]:
    names, held = _fields(type(value))  # type: ignore[arg-type]  # of a class mypy does not know that it can be hashed
    return [
        each for each in zip(names, held(value), strict=True) if each[1] or (each[1] is not None and not isinstance(each[1], tuple | str))
    ]


@cache
def _fields(kind: type) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    """The names of a dataclass's fields, and what gives all that they hold at once."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)
