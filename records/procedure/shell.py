"""The shell of a classified matter: what a text of it becomes on record, as ``schema/shell.yaml`` has it (R-29; domain Q22, D-16).

One gate over the table of acts: whatever text an act asks for, of a classified matter the program writes it, or there is none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from records.bureau.policy import Policy
from records.matter.item import Item, Secrecy
from records.matter.plain_data import from_data, to_data
from records.procedure.input_places import standing
from schema.check import Checker, keywords
from schema.conversion import convert
from schema.problem import Problem
from schema.tables import ActSpec, Input, checker, shipped
from schema.tables import schema as schema_of

_ENTRIES = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True)
class Shell:
    """What ``schema/shell.yaml`` says; its head tells what each field means."""

    otherwise: str
    words: Mapping[str, str]
    kept: frozenset[str]
    suggested: frozenset[str]
    needed: Mapping[str, str]


@cache
def shell() -> Shell:
    """Return what is kept of a classified matter."""
    return convert(shipped("shell.yaml"), Shell)


def is_shell_only(secrecy: Secrecy, policy: Policy) -> bool:
    """Say whether only the shell of a matter is kept: it is classified, and the network is not cleared for its text."""
    return secrecy.level != "none" and not policy.full_text


def place_of(at: str) -> str:
    """Return a place of an item without the numbers of entries: ``instructions[-1].text`` is ``instructions.text``."""
    return _ENTRIES.sub("", at)


def is_text(schema: Mapping[str, object]) -> bool:
    """Say whether somebody writes there what he wants: no choice, no id, no day, nothing of a form of its own."""
    defs = schema_of("item")["$defs"]
    assert isinstance(defs, Mapping)
    anything = (None, defs["line"]["pattern"], defs["prose"]["pattern"])
    plain = schema.get("type") == "string" and "enum" not in schema and "format" not in schema
    return plain and schema.get("pattern") in anything and not keywords(schema).ref


def is_on_paper(wanted: Input, schema: Mapping[str, object]) -> bool:
    """Say whether nobody is asked for an input of an act on a classified matter: it is a text, which the program writes or leaves out."""
    place = place_of(wanted.at)
    if place in shell().kept | shell().suggested:
        return False
    return is_text(schema) or (schema.get("type") == "array" and _holds_text(schema) and f"{place}.text" not in shell().words)


def words_at(place: str, copy_number: str | None, n: int = 1) -> str:
    """Return the fixed words of a place; ``n`` is the entry of a list that they stand in, from 1."""
    return shell().words.get(place, shell().otherwise).format(copy_number=copy_number or "", n=n)


def in_the_shell(
    spec: ActSpec, form: Checker, inputs: Mapping[str, object], secrecy: Secrecy, item: Item | None
) -> tuple[dict[str, object], tuple[Problem, ...]]:
    """Return the inputs of an act on a classified matter with the texts it needs, and what is typed there and may not be.

    Args:
        spec: the act.
        form: the checker of its inputs.
        inputs: as supplied.
        secrecy: degree and copy number of the matter.
        item: the matter before the act, None for a registration.
    """
    values, problems = dict(inputs), []
    record = to_data(item) if item else {}
    for wanted in spec.inputs:
        if wanted.shown or wanted.own:
            continue
        schema, given = form.at((wanted.name,)), values.get(wanted.name)
        if wanted.again and given not in (None, "", []) and _stripped(given) == _stripped(standing(wanted, record)):
            continue  # what stands there already is no text of his
        found, reason = _kept(spec, wanted, schema, given, values, secrecy, item)
        if reason:
            label = f"“{wanted.label or schema.get('title', wanted.name)}”"
            problems.append(Problem(reason, field=(wanted.name,), label=label))
        elif found is not None:
            values[wanted.name] = found
    return values, tuple(problems)


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else list(value) if isinstance(value, tuple) else value


def _kept(
    spec: ActSpec,
    wanted: Input,
    schema: Mapping[str, object],
    given: object,
    values: Mapping[str, object],
    secrecy: Secrecy,
    item: Item | None,
) -> tuple[object, str]:
    """What stands for an input, None for what was given, and why that may not be."""
    place = place_of(wanted.at)
    if place in shell().suggested:
        category = str(item.category if item and "category" not in values else values.get("category"))
        usual = _usual(schema, category)
        return None, "" if given in (None, "", *usual) else f"在涉密事项中只能是：{'、'.join(usual)}"
    if place in shell().kept:
        return None, ""
    if keywords(schema).scan:
        return None, "是涉密件，不得扫描录入，请清空" if given else ""
    if is_text(schema):
        return _text(spec, wanted, place, given, values, secrecy)
    if schema.get("type") == "array" and _holds_text(schema):
        if f"{place}.text" in shell().words:
            return _entries(wanted, place, given, secrecy)
        return None, "在涉密事项中不得录入，请清空" if given not in (None, "", [], ()) else ""
    return None, ""


def _usual(schema: Mapping[str, object], category: str) -> tuple[str, ...]:
    """What is suggested at a place for a category."""
    return tuple(keywords(schema).suggestions.get(category, ()))


def _text(spec: ActSpec, wanted: Input, place: str, given: object, values: Mapping[str, object], secrecy: Secrecy) -> tuple[object, str]:
    words, typed = words_at(place, secrecy.copy_number), str(given or "").strip()
    if typed not in ("", words):
        return None, f"在涉密事项中由系统写成“{words}”，请清空，内容写在纸质件上"
    with_it = shell().needed.get(place)
    needed = bool(values.get(with_it)) if with_it in {each.name for each in spec.inputs} and with_it else not wanted.optional
    return (words if typed or needed else None), ""


def _entries(wanted: Input, place: str, given: object, secrecy: Secrecy) -> tuple[object, str]:
    """A list of requirements or answers: how many there are, whose each is and by when, but not what is asked or said."""
    if wanted.optional and not given:
        return None, ""
    entries = given if isinstance(given, list | tuple) and given else [{}]
    found = []
    for n, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            return None, ""  # the check of the form says what is wrong with it
        words = words_at(f"{place}.text", secrecy.copy_number, n)
        if str(entry.get("text") or "").strip() not in ("", str(n), f"第{n}项", words):
            return None, f"第{n}项在涉密事项中由系统写成“{words}”，只写“{n}”即可"
        found.append({"text": words, **{name: value for name, value in entry.items() if name != "text"}})
    return found, ""


def _holds_text(schema: Mapping[str, object]) -> bool:
    items = schema.get("items")
    inner = items if isinstance(items, Mapping) else {}
    if reference := str(inner.get("$ref", "")).removeprefix("#/$defs/"):
        return reference in ("line", "prose")
    return is_text(inner) or inner.get("type") == "object"


def scrubbed(item: Item) -> Item:
    """Return a matter of which only the shell is kept from now on: every text is fixed words, or gone; hashes stay what they were."""
    data = _scrubbed(to_data(item), (), item.secrecy.copy_number, 1)
    assert isinstance(data, dict)
    if item.subtype not in (usual := _usual(checker("item").at(("subtype",)), str(item.category))):
        data["subtype"] = usual[0]
    if item.report is not None and item.report.shell is None:
        gone = {"carrier": shell().otherwise, "pages": 1, "digest": shell().otherwise, "text_hash": item.report.hash}
        data["report"] = {**data["report"], "shell": gone}
    if item.outgoing is not None and not item.outgoing.on_paper:
        data["outgoing"] = {**data["outgoing"], "on_paper": True, "text_hash": item.outgoing.hash}
    return from_data(data, Item)


def _scrubbed(node: Any, path: tuple[str | int, ...], copy_number: str | None, n: int) -> Any:  # noqa: ANN401  # JSON
    """A part of a record without its texts; None for a text that need not be there."""
    if isinstance(node, dict):
        found = {key: _scrubbed(value, (*path, key), copy_number, n) for key, value in node.items()}
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(node, list):
        kept = [_scrubbed(value, (*path, 0), copy_number, place) for place, value in enumerate(node, start=1)]
        return [each for each in kept if each is not None] or None
    place = ".".join(part for part in path if isinstance(part, str))
    if keywords(checker("item").at(path)).scan:
        return None
    if not isinstance(node, str) or place in shell().kept | shell().suggested or not is_text(checker("item").at(path)):
        return node
    return words_at(place, copy_number, n) if place in shell().words or _is_required(path) else None


def _is_required(path: tuple[str | int, ...]) -> bool:
    """Whether a record may not be without what stands at a place: required of what it stands in, or the entries of a required list."""
    *above, name = path
    if name == 0:
        return bool(above) and _is_required(tuple(above))
    required = checker("item").at(tuple(above)).get("required", [])
    return isinstance(required, list) and name in required


def texts_of(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield place and words of every text in a record of an item as plain data, for whoever looks what it holds."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from texts_of(value, (*path, str(key)))
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts_of(value, (*path, 0))
    elif isinstance(data, str) and is_text(checker("item").at(path)):
        yield ".".join(part for part in path if isinstance(part, str)), data
