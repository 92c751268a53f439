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
    return {name: plain(found) for name, found in entries(value)}


def entries(value: object) -> Iterator[tuple[str, object]]:
    """Yield what is there of the record's fields, by name, in the order of its YAML."""
    for name in _names(type(value)):  # type: ignore[arg-type]  # of a class mypy does not know that it can be hashed
        found = getattr(value, name)
        if found or (found is not None and not isinstance(found, tuple | str)):
            yield name, found


def plain(value: object) -> object:
    """Return what a field holds as plain data."""
    if isinstance(value, str):  # most are
        return value
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    if is_dataclass(value):
        return to_data(value)
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
