"""From records to plain data in the order of their YAML, and back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import TypeVar

from schema.conversion import convert

_T = TypeVar("_T")
_NOTHING = (str, tuple)  # of which an empty one is not written


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
    found = _there(value)
    for name, each in found.items():
        if each.__class__ is not str:
            found[name] = plain(each)
    return found


def entries(value: object) -> Iterator[tuple[str, object]]:
    """Yield what is there of the record's fields, by name, in the order of its YAML."""
    return iter(_there(value).items())


def plain(value: object) -> object:
    """Return what a field holds as plain data."""
    return _way(value.__class__)(value)  # type: ignore[arg-type]  # likewise


@cache
def _way(kind: type) -> Callable[[object], object]:
    """How what a field of a class holds becomes plain data."""
    if is_dataclass(kind):
        return to_data
    if issubclass(kind, tuple):
        return lambda value: [each if each.__class__ is str else plain(each) for each in value]  # type: ignore[attr-defined]
    if issubclass(kind, Mapping):
        return lambda value: {key: plain(each) for key, each in value.items()}  # type: ignore[attr-defined]
    return lambda value: value


def _there(value: object) -> dict[str, object]:
    names, held = _fields(value.__class__)  # type: ignore[arg-type]  # mypy does not know that a class can be hashed
    return {
        name: each for name, each in zip(names, held(value), strict=True) if each or (each is not None and each.__class__ not in _NOTHING)
    }


@cache
def _fields(kind: type) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    """The names of a dataclass's fields, and what gives all that they hold at once."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)
