"""Whether the model of a record and its schema hold the same: a field that only one of them knows would be lost by the next act."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from schema.check import Checker
from schema.problem import Field, Problem


def differences(kind: type, checker: Checker, at: Field = ()) -> Iterator[Problem]:
    """Yield where the dataclass of a record and its schema differ: fields that one of them lacks, and another order.

    Args:
        kind: the dataclass.
        checker: of the schema.
        at: the place in the record that the dataclass stands for; the record itself.
    """
    known = checker.at(at).get("properties", {})
    names = tuple(known) if isinstance(known, Mapping) else ()
    own = tuple(each.name for each in fields(kind))
    for name in names:
        if name not in own:
            yield Problem(
                "程序的这一版不认识这一项，读了就会丢失，所以不读。请升级程序。", field=(*at, name), label=checker.label((*at, name))
            )
    for name in own:
        if name not in names:
            yield Problem("记录的格式里没有这一项。请升级程序。", field=(*at, name))
    if set(own) == set(names) and own != names:
        yield Problem(f"各项的次序应为 {'、'.join(names)}。请升级程序。", field=at)
    for name, hint in _hints(kind).items():
        if name in names:
            for inner, place in _inside(hint, (*at, name)):
                yield from differences(inner, checker, place)


def _hints(kind: type) -> dict[str, Any]:
    """Return the types of the fields by name; to work them out takes as long as all the rest, and only a name needs it."""
    hints = {each.name: each.type for each in fields(kind)}
    return get_type_hints(kind) if any(isinstance(hint, str) for hint in hints.values()) else hints


def _inside(hint: Any, at: Field) -> Iterator[tuple[type, Field]]:  # noqa: ANN401  # a type as get_type_hints gives it
    """Yield the dataclasses that a field holds, with their places: itself, or the entries of a list or of a table by name."""
    if is_dataclass(hint):
        yield hint, at  # type: ignore[misc]  # a class, as every hint is
    elif get_origin(hint) is tuple:
        yield from _inside(get_args(hint)[0], (*at, 0))
    elif get_origin(hint) is Mapping:
        yield from _inside(get_args(hint)[1], (*at, ""))
    elif isinstance(hint, UnionType):
        for each in get_args(hint):
            yield from _inside(each, at)
