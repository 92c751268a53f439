"""Where an act's inputs stand in the record: the form that asks for them, and the way back from the record to the inputs.

Because each input has a place, a finished record gives back what its actor supplied, and history can be run again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from schema.check import Checker
from schema.problem import Field
from schema.tables import ActSpec, Input, acts

_TOKEN = re.compile(r"([a-z_]+)|\[(-?\d+)\]|\[\+([a-z_]+)\]|\[([a-z_]+)=([a-z_]+)\]")
_NOTHING: Mapping[str, object] = {}
_Step: TypeAlias = tuple[str, ...]
"""A name; an index; what a new entry is known by; a key and its value: one of these."""


def form_schema(spec: ActSpec, record: Mapping[str, object]) -> Mapping[str, object]:
    """Return the JSON Schema of an act's inputs, each taken from its place in the record's schema."""
    checker = Checker(record)
    properties: dict[str, object] = {}
    for wanted in spec.inputs:
        found = dict(checker.at(place_of(wanted)))
        title = wanted.label or found.get("title")  # what the form calls it, a refusal calls it too
        whole: dict[str, object] = {"type": "array", "minItems": 1, "items": found} if wanted.many else found
        properties[wanted.name] = whole | {"title": title}
    required = [wanted.name for wanted in spec.inputs if not wanted.optional]
    return {
        "title": spec.label,
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
        "$defs": record.get("$defs", {}),
    }


def place_of(wanted: Input) -> Field:
    """Return where an input stands in the record's schema."""
    return tuple(name or 0 for name, *_ in _steps(wanted.at))


def supplied(spec: ActSpec, before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """Return what the actor supplied, read out of the record after the act."""
    amended = _value(after, before, "amendments[-1].fields") if spec.name == "amend" else None
    found: dict[str, object] = {}
    for wanted in spec.inputs:
        if isinstance(amended, list) and not wanted.at.startswith("amendments") and wanted.at not in amended:
            continue
        value = standing(_corrected(wanted, after), after, before) if amended else standing(wanted, after, before)
        if value is not None and value != []:
            found[wanted.name] = value
    return found


def _corrected(wanted: Input, after: Mapping[str, object]) -> Input:
    """The input of a correction at the place that it corrected: of the instruction that the correction names."""
    which = _value(after, None, "amendments[-1].instruction")
    return replace(wanted, at=wanted.at.replace("[0]", f"[{int(str(which)) - 1}]")) if which else wanted


def standing(wanted: Input, record: Mapping[str, object], before: Mapping[str, object] = _NOTHING) -> object:
    """Return what stands in a record at the place of an input, None where nothing does.

    Args:
        wanted: the input.
        record: the record as plain data.
        before: the record from before the act, where the place is that of what the act added.
    """
    found = _walk(record, before, _steps(wanted.at))
    return list(found) if wanted.many else next(found, None)


def within(record: object, at: str) -> object:
    """Return what stands at a place of a record as values, None where nothing does; what an act newly added has no place here."""
    for name, index, _, key, value in _steps(at):
        if name:
            record = getattr(record, name, None)
        elif isinstance(record, tuple):
            chosen = record[int(index) :][:1] if index else [entry for entry in record if key and getattr(entry, key) == value]
            record = next(iter(chosen), None)
        if record is None:
            return None
    return record


def signing_act(place: str) -> str:
    """Return the act whose signature over a text stands at a place of an item, such as ``report.rounds[-1].consented``.

    Raises:
        KeyError: no act signs there.
    """
    return {spec.signs: spec.name for spec in acts().values()}[f"{place}.hash"]


def signing_acts(*under: str, target: str = "item") -> tuple[str, ...]:
    """Return the acts that sign a text, in the order of the table.

    Args:
        under: how the places of their signatures begin, such as ``report.``.
        target: what they are done on.
    """
    signing = (spec for spec in acts().values() if spec.signs and spec.target == target)
    return tuple(spec.name for spec in signing if spec.signs.startswith(under or ("",)))


@lru_cache(1024)
def _steps(at: str) -> tuple[_Step, ...]:
    return tuple(match.groups() for match in _TOKEN.finditer(at))


def _value(after: object, before: object, at: str) -> object:
    return next(_walk(after, before, _steps(at)), None)


def _walk(after: object, before: object, steps: Sequence[_Step]) -> Iterator[object]:
    """Yield what stands at the place; selectors may match several entries of a list."""
    if not steps:
        yield after
        return
    (name, index, newly, key, value), *rest = steps
    if name:
        if isinstance(after, Mapping) and name in after:
            yield from _walk(after[name], before.get(name) if isinstance(before, Mapping) else None, rest)
    elif isinstance(after, list) and after:
        old = before if isinstance(before, list) else []
        if index:
            yield from _walk(after[int(index)], None, rest)
        for position, entry in enumerate(after):
            was = old[position] if position < len(old) else _NOTHING
            if (key and entry.get(key) == value) or (newly and entry.get(newly) != was.get(newly)):
                yield from _walk(entry, was, rest)
