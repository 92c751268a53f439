"""Forms made from the table of acts and the schemas: what each act asks for, in which way, with which choices and defaults.

The same fields serve the screen and the command line; ``from_words`` turns what a person typed into what an act takes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from desk.answers import answer_in_words, answers
from desk.dates import LAW, as_date, spoken_date
from desk.limits import Limit, limit
from desk.points import point_in_words, points, spoken_points, with_days
from desk.proposals import EXPECTATIONS, OFFERS, PROPOSALS, Choices, people, units
from desk.units import unit_called
from records.acts import form
from records.bureau.calendar import Calendar
from records.bureau.foundations import Foundation
from records.bureau.roster import Roster
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.plain_data import to_data
from records.matter.roundup import Roundup
from records.procedure.input_places import standing
from records.procedure.shell import is_on_paper, is_shell_only
from records.store.view import View
from schema.check import keywords
from schema.tables import ActSpec

Kind = Literal["line", "prose", "number", "date", "choice", "choices", "names", "points", "answers", "rows", "flag", "signature"]
_SEPARATORS = re.compile(r"[,，、;；\s]+")


@dataclass(frozen=True)
class Field:
    """One thing a form asks for.

    Attributes:
        name: the input's name.
        label: its Chinese name.
        kind: how it is asked: a line, prose, a number, a date, one or several of choices, a list of names (a line each),
            requirements (a line each, ``单位：要求`` where another unit answers), answers to reasons (a line each,
                ``R1：答复``), rows (a line each, columns apart by ｜), yes or no, the block that ``ssh-keygen -Y sign`` made.
        choices: value and Chinese label of each choice.
        default: what stands in the field at first, as a person would type it.
        hint: a short word of help.
        required: whether it must be filled in.
        besides: whether it is asked only where a dry run of the act finds it needed.
        expected: what the program would expect, to be held against what is typed.
        limit: what it can hold.
    """

    name: str
    label: str
    kind: Kind
    choices: Choices = ()
    default: str = ""
    hint: str = ""
    required: bool = True
    besides: bool = False
    expected: str = ""
    limit: Limit = field(default_factory=Limit)

    def spoken(self, words: str) -> str:
        """Return what stands in the field as people read it: choices by their names."""
        named = dict(self.choices)
        return "、".join(named.get(part, part) for part in words.split("、")) if named else words


def fields(
    spec: ActSpec, record: Item | Roundup | NumberSeries | Foundation | None, view: View, today: date, part: str = ""
) -> tuple[Field, ...]:
    """Return the fields of an act's form for a record, filled with what is known; ``part`` is the part of it that is meant, if one is."""
    checker, stands, found = form(spec.name), to_data(record) if record else {}, []
    item = record if isinstance(record, Item) else None
    on_paper = item is not None and is_shell_only(item.secrecy, view.policy)
    for wanted in spec.inputs:
        schema = checker.at((wanted.name,))
        if wanted.own and view.policy.strength(spec.name) == "session":
            continue  # nobody asks for it
        if wanted.shown or (on_paper and not wanted.besides and is_on_paper(wanted, schema)):
            continue
        kind, choices = _kind(schema), _choices(schema, item, view.roster)
        if wanted.offers:
            kind = "choice" if kind == "line" else kind
            choices = OFFERS[wanted.offers](None if isinstance(record, NumberSeries) else record, view.roster)
        value = standing(wanted, stands) if wanted.again else None
        if not value and wanted.proposed and item:
            value = standing(wanted, PROPOSALS[wanted.proposed](item, view, today))
        if kind == "answers" and not value:
            continue  # nothing was returned
        default = part if part in dict(choices) else in_words(schema, value, view.roster) or wanted.default
        hint = (on_paper and _SHELL_HINTS.get(kind)) or _hint(schema, record) or _columns_named(schema) or _HINTS.get(kind, "")
        label = wanted.label or str(schema.get("title", wanted.name))
        required = wanted.besides or wanted.own or not wanted.optional
        expected = EXPECTATIONS[wanted.expects](item, view) if wanted.expects and item else ""
        found.append(Field(wanted.name, label, kind, choices, default, hint, required, wanted.besides, expected, limit(kind, schema)))
    usual = unsaid(spec, found, {field.name: field.default for field in found})
    return tuple(replace(field, hint=f"不写就印“{usual[field.name]}”") if field.name in usual else field for field in found)


def verb(spec: ActSpec, asked: Sequence[Field], words: Mapping[str, str]) -> str:
    """Return what handing a form in says, in a word: the decision that stands in it, where it is one, else the act."""
    decided = [field.spoken(words.get(field.name, "")) for field in asked if field.name == "decision" and field.kind == "choice"]
    return next(filter(None, decided), spec.label)


def unsaid(spec: ActSpec, asked: Sequence[Field], words: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in the record for words that were left out, where a decision is the usual one and says all: 同意交办。

    Args:
        spec: the act.
        asked: its fields.
        words: what stands in them.
    """
    usual = {wanted.name: wanted.default for wanted in spec.inputs if wanted.default}
    decided = [field for field in asked if field.kind == "choice" and usual.get(field.name, "") == words.get(field.name)]
    opinions = [field for field in asked if field.kind == "prose" and field.required and not words.get(field.name, "").strip()]
    if len(decided) != 1 or len(opinions) != 1 or decided[0].name != "decision":
        return {}
    return {opinions[0].name: f"{decided[0].spoken(words['decision'])}。"}


def from_words(schema: Mapping[str, object], words: str, today: date, roster: Roster, calendar: Calendar = LAW) -> object:
    """Return what an input takes from what a person typed; what makes no sense is left as typed, for the check to refuse.

    Args:
        schema: the input's schema.
        words: as typed: dates as ``as_date`` takes them; lists are separated by commas, requirements by lines.
        today: the day that short dates count from.
        roster: knows units by the names that people use, and people by theirs.
        calendar: knows the workdays.
    """
    kind = _kind(schema)
    text = words if kind in ("prose", "signature") else words.strip()
    if not text:
        return None
    if kind == "date":
        return as_date(text, today, calendar)
    if kind == "flag":
        return text in ("true", "是", "y", "1")
    if kind == "choices":
        items = schema.get("items")
        inner = items if isinstance(items, Mapping) else {}
        return [_chosen(inner, part, roster) for part in _SEPARATORS.split(text) if part]
    if kind == "names":
        return [line.strip() for line in re.split(r"[\n;；]", text) if line.strip()]
    if kind == "rows":
        return [_row(schema, line, roster) for line in text.splitlines() if line.strip()]
    if kind == "points":
        return points(text, roster, today, calendar)
    if kind == "answers":
        return answers(text)
    return _chosen(schema, text, roster)


def in_words(schema: Mapping[str, object], value: object, roster: Roster) -> str:
    """Return what stands in a record as a person would type it: ``from_words`` gives it back."""
    if not isinstance(value, list | tuple):
        return "" if value is None else "是" if value is True else "否" if value is False else str(value)
    kind = _kind(schema)
    if kind == "points":
        return "\n".join(point_in_words(each, roster) for each in value)
    if kind == "answers":
        return "\n".join(answer_in_words(each) for each in value)
    if kind == "rows":
        return "\n".join("｜".join(_cell(each.get(name, ""), of) for name, of in _columns(schema).items()).rstrip("｜") for each in value)
    return ("\n" if kind == "names" else "、").join(map(str, value))


def as_meant(field: Field, words: str, day: date, calendar: Calendar) -> str:
    """Return words with the days in them written out as they were meant on the day on which they were typed: tomorrow 明天 is another."""
    if field.kind == "date":
        return as_date(words, day, calendar)
    return with_days(words, day, calendar) if field.kind == "points" else words


def spoken(field: Field, words: str, calendar: Calendar, roster: Roster, today: date) -> str:
    """Return how what stands in a field is understood, for the line under it; empty where that says nothing more."""
    if field.kind == "date":
        return spoken_date(words, calendar, today)
    return spoken_points(words, roster, today, calendar) if field.kind == "points" else field.expected


_SHELL_HINTS: Mapping[str, str] = {
    "points": "涉密事项，要求的内容写在纸质件上。这里一行一项，只写项数，例如 1",
    "answers": "涉密事项，答复写在纸质件上。这里一个原因一行，文字由系统写",
}
_HINTS: Mapping[str, str] = {
    "signature": "按 F4 看要签的声明；在自己的电脑上签好，把签名块贴在这里",
    "date": "可写 9-7、27号、明天、下周五、月底、+5工作日",
    "names": "一行一个",
    "answers": "一个原因一行，冒号后面写改了什么、在哪里；上报前应当答齐",
    "points": "一行一项；由协办单位承办的写“单位：要求”；另有时限的写“要求｜9-7”",
}


def _kind(schema: Mapping[str, object]) -> Kind:
    items = schema.get("items")
    if isinstance(items, Mapping):
        inner = items.get("properties")
        if isinstance(inner, Mapping):
            return "points" if "unit" in inner else "answers" if "reason" in inner else "rows"
        chosen = "enum" in items or keywords(schema).ref == "point" or _refers(items) in ("unit", "person")
        return "choices" if chosen else "names"
    if "enum" in schema or _refers(schema) in ("unit", "person", "series"):
        return "choice"
    if keywords(schema).prose:
        return "prose"
    if keywords(schema).own_signature:
        return "signature"
    if schema.get("format") == "date":
        return "date"
    kinds: Mapping[object, Kind] = {"integer": "number", "boolean": "flag"}
    return kinds.get(schema.get("type"), "line")


def _refers(schema: Mapping[str, object]) -> str:
    """What ids a text field holds; inside a list the reference is not merged, so its name is looked at."""
    reference = str(schema.get("$ref", ""))
    return keywords(schema).ref or (reference.rpartition("/")[2] if reference.startswith("#/$defs/") else "")


def _choices(schema: Mapping[str, object], item: Item | None, roster: Roster) -> Choices:
    items = schema.get("items")
    inner = items if isinstance(items, Mapping) else schema
    if keywords(schema).ref == "point":
        return tuple((str(n), f"{n}. {point.text}") for n, point in enumerate(item.points if item else (), start=1))
    if _refers(inner) == "unit":
        return units(roster)
    if _refers(inner) == "person":
        return people(tuple(roster.people.values()))
    if _refers(inner) == "series":
        return tuple((name, roster.series_name(name)) for name, each in roster.series.items() if each.scope == "bureau")
    labels, values = keywords(inner).enum_labels, inner.get("enum")
    return tuple((str(value), labels.get(str(value), str(value))) for value in values) if isinstance(values, list) else ()


def _hint(schema: Mapping[str, object], record: Item | Roundup | NumberSeries | Foundation | None) -> str:
    """What the schema says of it, or what is usually written: for the item's category or, before there is one, an example of each."""
    if said := schema.get("description"):
        return str(said)
    if isinstance(record, NumberSeries) and schema.get("type") == "integer":
        return f"只写数字，不小于{record.next}"
    known = keywords(schema).suggestions
    examples = tuple(dict.fromkeys(each[-1] for each in known.values()))[:3]
    usual = known.get(str(record.category), ()) if isinstance(record, Item) else examples
    return f"常用：{'、'.join(usual)}" if usual else ""


def _chosen(schema: Mapping[str, object], text: str, roster: Roster) -> object:
    """What was typed for one value: a unit or a person by id, one of a few values by its name there; what is none stays as typed."""
    if (refers := _refers(schema)) == "unit":
        return unit_called(text, roster) or text
    if refers == "person" and text not in roster.people:
        bearers = [person.id for person in roster.people.values() if person.name == text]
        return bearers[0] if len(bearers) == 1 else text
    return next((value for value, label in keywords(schema).enum_labels.items() if label == text), text)


def _row(schema: Mapping[str, object], line: str, roster: Roster) -> dict[str, object]:
    parts = (part.strip() for part in re.split(r"[｜|]", line))
    return {name: _chosen(of, part, roster) for (name, of), part in zip(_columns(schema).items(), parts, strict=False) if part}


def _cell(value: object, of: Mapping[str, object]) -> str:
    return keywords(of).enum_labels.get(str(value), str(value))


def _columns_named(schema: Mapping[str, object]) -> str:
    """How rows are written, by the titles of their columns; empty for what is no rows."""
    return f"一行一项：{'｜'.join(str(of.get('title', name)) for name, of in _columns(schema).items())}" if _kind(schema) == "rows" else ""


def _columns(schema: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    items = schema.get("items")
    inner = items.get("properties") if isinstance(items, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}
