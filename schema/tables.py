"""The data files of this package as objects: JSON Schemas, the table of acts, the default policy, the calendars.

The files are part of the program and trusted, so PyYAML reads them (``data_files``); records of a register it never does.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from schema.check import Checker, check_keywords
from schema.conversion import convert
from schema.data_files import kept_table
from schema.versions import FIRST_RULES, RULES, Versions

_HERE = Path(__file__).parent
RECORD_KINDS = (
    "item", "unit", "leaders", "bureau", "numbers", "roundup", "calendar", "policy", "policy_draft", "scoring", "scoring_draft",
    "checkpoint", "entrances", "keyring",
)  # fmt: skip
_FILES = {kind: f"{kind}.schema.yaml" if kind in ("policy", "scoring") else f"{kind}.yaml" for kind in RECORD_KINDS}
Target = Literal["item", "numbers", "roundup", "unit", "leaders", "bureau", "calendar", "policy_draft", "scoring_draft", "checkpoint"]
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
        label: its Chinese name on a form, where the title of its place says too little.
        again: what stands at its place is in the field at first, to be gone on with.
        proposed: name of what proposes something where nothing stands yet (desk/proposals).
        default: what is in the field at first otherwise.
        offers: name of what there is to choose from, where the schema alone does not say it (desk/proposals).
        expects: name of what the program would expect to be typed, said beside the field (desk/proposals).
        besides: asked for only where a dry run of the act finds it needed.
        own: the person's own signature over a statement of everything else that he supplies.
    """

    name: str
    at: str
    optional: bool = False
    many: bool = False
    shown: bool = False
    rule: str = ""
    label: str = ""
    again: bool = False
    proposed: str = ""
    default: str = ""
    offers: str = ""
    expects: str = ""
    besides: bool = False
    own: bool = False


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
    owed: str = ""
    optional: bool = False
    target: Target = "item"
    who_rule: str = ""
    state_rule: str = ""
    unless: str = ""
    spent: str = ""
    paper: bool = False
    several: bool = False
    names: str = ""
    moves: Literal["", "forward", "back"] = ""
    shows: Literal["", "report", "outgoing", "roundup"] = ""
    judges: bool = False
    editor: Literal["", "report"] = ""
    bare: str = ""
    clock: Literal["", "sign_for", "feedback", "opinion", "extension", "paper"] = ""
    then: str = ""
    since: int = FIRST_RULES
    until: int | None = None

    @property
    def versions(self) -> Versions:
        """Under which versions of the rules the row holds."""
        return Versions(self.since, self.until)

    @property
    def signs(self) -> str:
        """The place of the hash of the text that the act signs; empty for an act that signs none."""
        return next((wanted.at for wanted in self.inputs if wanted.shown), "")

    @property
    def signable(self) -> bool:
        """Whether the person may sign the act himself, and policy may ask him to."""
        return any(wanted.own for wanted in self.inputs)

    @property
    def given_at(self) -> str:
        """The place of what the act leaves in the record, its stamp; empty for an act without inputs of its own."""
        return next((wanted.at.rpartition(".")[0] for wanted in self.inputs if not wanted.besides), "")

    @property
    def text(self) -> Literal["", "report", "outgoing", "roundup"]:
        """The text that is before one's eyes: the one that the act signs, else the one that its row shows."""
        if not self.signs:
            return self.shows
        if self.target in ("policy_draft", "scoring_draft"):
            return ""
        return "roundup" if self.target == "roundup" else signed_text(self.signs)


def signed_text(place: str) -> Literal["report", "outgoing"]:
    """Return which text of an item a signature at a place is for: the unit's report, or what goes up, the outgoing document if any."""
    return "report" if place.startswith("report.") else "outgoing"


@cache
def schema(kind: str) -> Mapping[str, object]:
    """Return the JSON Schema of one kind of record.

    Raises:
        KeyError: ``kind`` is not one of RECORD_KINDS.
    """
    return _whole(shipped(_FILES[kind]))


def _whole(table: Mapping[str, object]) -> Mapping[str, object]:
    """The schema that a file says: with what it takes from another one, and the members of each stamp."""
    found = dict(table)
    if (shared := found.pop("x-defs", None)) is not None:
        other = schema(str(shared))
        own, theirs = (cast(Mapping[str, object], each.get("$defs", {})) for each in (found, other))
        record = {key: value for key, value in other.items() if key not in ("$schema", "$defs")}
        found["$defs"] = {**theirs, "record": record, **own}
    return cast(Mapping[str, object], _stamped(found, found))


@cache
def checker(kind: str) -> Checker:
    """Return the checker of one kind of record, made once.

    Raises:
        KeyError: ``kind`` is not one of RECORD_KINDS.
    """
    return Checker(schema(kind))


@cache
def acts(rules: int = RULES) -> Mapping[str, ActSpec]:
    """Return the table of acts by name, in the order of the regulation, as it is under a version of the rules."""
    return {row.name: row for row in rows() if row.versions.hold(rules)}


@cache
def rows() -> tuple[ActSpec, ...]:
    """Return every row of the table of acts, also those that hold no more, of which there are several of one name.

    They were looked through when the file was first read; a test does it anew, for what they mean stands in other files too.
    """
    table = shipped("regulation.yaml")
    sets = _state_sets(table)
    return tuple(_act(row, table, sets) for row in table["acts"])


@cache
def states(name: str) -> frozenset[str]:
    """Return a named set of an item's states.

    Raises:
        KeyError: there is no such set.
    """
    return frozenset(_state_sets(shipped("regulation.yaml"))[name])


@cache
def way(kind: str) -> tuple[str, ...]:
    """Return the states of an item or a roundup in the order in which one comes through them; others lie beside it."""
    if kind == "item":
        return tuple(shipped("regulation.yaml")["way"])
    return tuple(cast("list[str]", checker(kind).at(("state",))["enum"]))


class RegulationError(Exception):
    """The table of acts says something that means nothing: an unknown role, state, place, clause or key."""


def read_acts(table: Mapping[str, Any]) -> tuple[ActSpec, ...]:
    """Return the rows of a table in the form of regulation.yaml, in their order, each looked through.

    Raises:
        RegulationError: a name in it means nothing, or a row says too much or too little; the message names row and word.
    """
    sets = _state_sets(table)
    found: list[ActSpec] = []
    for row in table["acts"]:
        name = str(row.get("name"))
        _refuse(name, "key", (*_unknown(row, ActSpec), *_members(row, "inputs", Input), *_members(row, "who", Who)))
        try:
            spec = _act(row, table, sets)
        except msgspec.ValidationError as error:
            raise RegulationError(f"{name}: {error}") from error
        _refuse(name, "role", {who.role for who in spec.who} - _roles())
        _refuse(name, "state", {*spec.from_states, *filter(None, [spec.to])} - _states_of(spec.target))
        _refuse(name, "clause", {spec.clause} - set(table["clauses"]))
        rules = {rule for rule in (spec.who_rule, spec.state_rule, *(wanted.rule for wanted in spec.inputs)) if rule}
        _refuse(name, "refusal", (rule for rule in rules if not _RULE.fullmatch(rule)))
        _refuse(name, "place", (wanted.at for wanted in spec.inputs if not _is_place(spec.target, wanted.at)))
        _refuse(name, "look", _wrong_looks(spec))
        _refuse(name, "`owed` and `optional`: exactly one is to be said, not", [] if bool(spec.owed) != spec.optional else ["both or none"])
        _refuse(name, "range of versions", [] if spec.versions.hold_ever() else [str(spec.versions)])
        _refuse(name, "a second row", [name for other in found if other.name == name and other.versions.overlap(spec.versions)])
        found.append(spec)
    told = {"", *(each.name for each in found if all(wanted.besides for wanted in each.inputs))}
    _refuse("bare", "an act without inputs", {spec.bare for spec in found} - told)
    _refuse("then", "act", {spec.then for spec in found if spec.then} - {spec.name for spec in found})
    _refuse("acts", "under the rules of today", {spec.name for spec in found} - {spec.name for spec in found if spec.versions.hold(RULES)})
    return tuple(found)


def _act(row: Mapping[str, Any], table: Mapping[str, Any], sets: Mapping[str, tuple[str, ...]]) -> ActSpec:
    kind = row.get("target", "item")
    origin = [state for each in row.get("from", ()) for state in (sets.get(each, [each]) if kind == "item" else [each])]
    inputs = [*row.get("inputs", ()), *_besides(row, kind, table.get("every"))]
    return convert({**{key: row[key] for key in row if key != "from"}, "from_states": origin, "inputs": inputs}, ActSpec)


_RULE = re.compile(r"R-(0[1-9]|[12][0-9]|3[0-5])")
_PLACE = re.compile(r"[a-z_]+|\[[^\]]+\]")


def _state_sets(table: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """The named sets, written out; each may name those above it."""
    found: dict[str, tuple[str, ...]] = {}
    for name, members in table["sets"].items():
        found[name] = tuple(state for each in members for state in found.get(each, (each,)))
        _refuse(name, "state", set(found[name]) - _states_of("item"))
        _refuse(name, "a state of that name", {name} & _states_of("item"))
    return found


def _roles() -> frozenset[str]:
    return frozenset(cast("list[str]", checker("unit").at(("appointments", 0, "role"))["enum"]))


def _besides(row: Mapping[str, Any], kind: str, every: object) -> list[object]:
    """What an act on an item that stands is asked for besides, unless it asks for a reason anyway or is a signature of its own."""
    reasons = [each for each in row.get("inputs", ()) if each.get("name") in ("reason", "reasons") and not each.get("optional")]
    return [every] if every and kind == "item" and row.get("from") and not (reasons or row.get("paper")) else []


def _states_of(kind: str) -> frozenset[str]:
    return frozenset(cast("list[str]", checker(kind).at(("state",))["enum"])) if kind in ("item", "roundup") else frozenset()


def _wrong_looks(spec: ActSpec) -> Iterator[str]:
    """Yield what a row says of its form that cannot be."""
    if spec.shows and (spec.signs or (spec.shows == "roundup") != (spec.target == "roundup")):
        yield f"shows: {spec.shows}"
    if spec.several and (spec.signable or spec.signs or spec.judges or spec.target != "item"):
        yield "several: true"
    if spec.judges and spec.text != "report":
        yield "judges: true"
    if spec.editor and f"{spec.editor}.body" not in (wanted.at for wanted in spec.inputs):
        yield f"editor: {spec.editor}"
    for wanted in spec.inputs:
        values = checker(spec.target).at(_parts(wanted.at)).get("enum")
        if wanted.default and isinstance(values, list) and wanted.default not in map(str, values):
            yield f"default: {wanted.default}"


@cache
def _is_place(kind: str, at: str) -> bool:
    """Whether a record of that kind has such a place."""
    if "".join(_PLACE.findall(at)) != at.replace(".", ""):
        return False
    try:
        checker(kind).at(_parts(at))
    except KeyError:
        return False
    return True


def _parts(at: str) -> tuple[str | int, ...]:
    return tuple(0 if part.startswith("[") else part for part in _PLACE.findall(at))


def _unknown(row: Mapping[str, object], kind: type) -> set[str]:
    names = {"from" if each == "from_states" else each for each in kind.__dataclass_fields__}  # type: ignore[attr-defined]
    return set(row) - names


def _members(row: Mapping[str, Any], key: str, kind: type) -> set[str]:
    return {unknown for member in row.get(key, ()) for unknown in _unknown(member, kind)}


def _refuse(name: str, what: str, unknown: Iterable[str]) -> None:
    if words := sorted(unknown):
        raise RegulationError(f"{name}: {what} {', '.join(words)} is unknown")


@cache
def shipped(name: str) -> Mapping[str, Any]:
    """Return a data file of this package, made once and everybody's: nobody changes it.

    Raises:
        RegulationError: the table of acts was changed, and something in it has no meaning.
        msgspec.ValidationError: a schema was changed, and nobody reads a keyword of it.
    """
    return kept_table(_HERE / name, *_CHECKS.get(name, ()))


def default_text(name: str) -> bytes:
    """Return the bytes of a default record that a new register starts from (``policy.yaml``, ``calendar/2026.yaml``)."""
    return (_HERE / name).read_bytes()


def default_calendars() -> tuple[str, ...]:
    """Return the names of the calendars that ship with the program."""
    return tuple(sorted(f"calendar/{entry.name}" for entry in (_HERE / "calendar").glob("*.yaml")))


def _stamped(node: Any, whole: Mapping[str, Any]) -> Any:  # noqa: ANN401  # JSON
    """The schema with the members of a stamp in the place of each ``x-stamp``, which gives the first of them its title."""
    if isinstance(node, list):
        return [_stamped(each, whole) for each in node]
    if not isinstance(node, dict):
        return node
    found: dict[str, Any] = {}
    for key, value in node.items():
        if key == "x-stamp":
            stamp = whole["$defs"]["stamp"]["properties"]
            found |= {**stamp, "by": {**stamp["by"], **value}}
        else:
            found[key] = _stamped(value, whole)
    return found


_CHECKS: Mapping[str, tuple[Callable[[dict[str, Any]], object]]] = {
    "regulation.yaml": (read_acts,),
    **{file: (lambda table: check_keywords(_whole(table)),) for file in _FILES.values()},
}
"""How a file is looked through as it is read; what is kept of it passed."""
