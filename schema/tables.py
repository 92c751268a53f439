"""The data files of this package as objects: JSON Schemas, the table of acts, the default policy, the calendars.

The files are part of the program and trusted, so they are read with PyYAML as it stands; records of a register never are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml

from schema.check import Checker

RECORD_KINDS = ("item", "unit", "leaders", "bureau", "numbers", "roundup", "calendar", "policy")
Scope = Literal["office", "bureau", "lead", "assisting", "undertaking", "system"]


@dataclass(frozen=True)
class Who:
    """One answer to "who may do this": a role of the roster, held in the body that ``of`` names."""

    role: str
    of: Scope


@dataclass(frozen=True)
class Input:
    """One thing an actor supplies.

    Attributes:
        name: its name on the command line and in ``--from`` files.
        at: where it stands in the record after the act; its schema, its label and its replay follow from that.
        optional: may be left out.
        many: a list gathered from several entries.
        shown: not typed but taken from what the actor was shown (the hash of the text he signs).
        rule: the refusal (domain R-…) that a missing or wrong input falls under.
    """

    name: str
    at: str
    optional: bool = False
    many: bool = False
    shown: bool = False
    rule: str = ""


@dataclass(frozen=True)
class ActSpec:
    """One row of the table of acts; see the head of regulation.yaml for the meaning of each column."""

    name: str
    label: str
    clause: str
    who: tuple[Who, ...]
    help: str
    inputs: tuple[Input, ...] = ()
    from_states: tuple[str, ...] = ()
    to: str = ""
    target: Literal["item", "numbers", "roundup"] = "item"
    who_rule: str = ""
    state_rule: str = ""
    unless: str = ""
    paper: bool = False


@cache
def schema(kind: str) -> Mapping[str, object]:
    """Return the JSON Schema of one kind of record.

    Raises:
        KeyError: ``kind`` is not one of RECORD_KINDS.
    """
    if kind not in RECORD_KINDS:
        raise KeyError(kind)
    found = _data("policy.schema.yaml" if kind == "policy" else f"{kind}.yaml")
    if (shared := found.pop("x-defs", None)) is not None:
        found["$defs"] = schema(str(shared))["$defs"]
    return found


@cache
def checker(kind: str) -> Checker:
    """Return the checker of one kind of record, made once.

    Raises:
        KeyError: ``kind`` is not one of RECORD_KINDS.
    """
    return Checker(schema(kind))


@cache
def acts() -> Mapping[str, ActSpec]:
    """Return the table of acts by name, in the order of the regulation."""
    rows = _data("regulation.yaml")["acts"]
    assert isinstance(rows, list)
    renamed = ({("from_states" if key == "from" else key): value for key, value in row.items()} for row in rows)
    specs = msgspec.convert(list(renamed), tuple[ActSpec, ...])
    return {spec.name: spec for spec in specs}


@cache
def awaited() -> Mapping[str, str]:
    """Return for each state the act it waits for; empty for the end."""
    return msgspec.convert(_data("regulation.yaml")["states"], dict[str, str])


def default_text(name: str) -> bytes:
    """Return the bytes of a default record that a new register starts from (``policy.yaml``, ``calendar/2026.yaml``)."""
    return files("schema").joinpath(name).read_bytes()


def default_calendars() -> tuple[str, ...]:
    """Return the names of the calendars that ship with the program."""
    return tuple(sorted(f"calendar/{entry.name}" for entry in files("schema").joinpath("calendar").iterdir()))


def _data(name: str) -> dict[str, object]:
    loaded = yaml.load(files("schema").joinpath(name).read_bytes(), yaml.CSafeLoader)
    assert isinstance(loaded, dict)
    return loaded
