"""From records to plain data in the order of their YAML, and back."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TypeVar

from schema.conversion import convert

_T = TypeVar("_T")


def from_data(data: object, kind: type[_T]) -> _T:
    """Return checked data of a record as the dataclass ``kind``.

    Raises:
        msgspec.ValidationError: the data is not of that shape (never for data that passed its JSON Schema).
    """
    return convert(data, kind)


def to_data(value: object) -> dict[str, object]:
    """Return the record as plain data in the order of its YAML; what is not there is left out."""
    return dict(_pairs(value))


def _pairs(value: object) -> Iterator[tuple[str, object]]:
    for name in _names(type(value)):  # type: ignore[arg-type]  # of a class mypy does not know that it can be hashed
        if (found := getattr(value, name)) is not None and found not in ((), ""):
            yield name, _plain(found)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(value: object) -> object:
    if isinstance(value, str):  # most are
        return value
    if is_dataclass(value):
        return dict(_pairs(value))
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return value
