"""Forms made from the table of acts and the schemas: what each act asks for, in which way, with which choices and defaults.

The same fields serve the screen and the command line; ``from_words`` turns what a person typed into what an act takes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from records.acts import form
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.roundup import Roundup
from records.rules.routes import route
from records.store.view import View
from schema.check import keywords
from schema.tables import ActSpec

Kind = Literal["line", "prose", "number", "date", "choice", "choices", "names", "points", "rows", "flag"]
_SEPARATORS = re.compile(r"[,，、;；\s]+")
_SHORT_DATE = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_BEFORE_OUTER = 8  # workdays before the superior's own day, about the ten days that deputies' matters keep (domain 2.2)
_DAYS = {"今天": 0, "明天": 1, "后天": 2}


@dataclass(frozen=True)
class Field:
    """One thing a form asks for.

    Attributes:
        name: the input's name.
        label: its Chinese name.
        kind: how it is asked: a line, prose, a number, a date, one or several of choices, a list of names (a line each),
            requirements (a line each, ``单位：要求`` where another unit answers), rows (a line each, columns apart by ｜), yes or no.
        choices: value and Chinese label of each choice.
        default: what stands in the field at first, as a person would type it.
        hint: a short word of help.
        required: whether it must be filled in.
    """

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    hint: str = ""
    required: bool = True


def fields(spec: ActSpec, record: Item | Roundup | NumberSeries | None, view: View, today: date, row: str = "") -> tuple[Field, ...]:
    """Return the fields of an act's form for a record, filled with what is known; ``row`` is the item of a roundup that is meant."""
    checker, item = form(spec.name), record if isinstance(record, Item) else None
    found = []
    for wanted in spec.inputs:
        if wanted.shown:
            continue
        schema = checker.at((wanted.name,))
        kind = _kind(schema)
        if isinstance(record, Roundup | NumberSeries):
            field = Field(wanted.name, str(schema.get("title")), kind, required=not wanted.optional)
            found.append(_of_roundup(field, record, row) if isinstance(record, Roundup) else _of_series(field, record))
            continue
        choices = _choices(wanted.name, schema, item, view.roster)
        default = _default(spec.name, wanted.name, item, view.roster) or _due(wanted.name, item, view, today)
        hint = str(schema.get("description", "")) or _usual(schema, item) or _HINTS.get(kind, "")
        label = str(schema.get("title", wanted.name)) if not wanted.many else {"assisting": "协办单位"}.get(wanted.name, "")
        label = "主办单位" if wanted.name == "lead" else label
        found.append(Field(wanted.name, label, kind, choices, default, hint, not wanted.optional))
    return tuple(found)


def _of_roundup(field: Field, roundup: Roundup, row: str) -> Field:
    """A field of an act on a roundup: its rows are chosen, its words go on from what is written."""
    if field.name == "item":
        rows = tuple((each.item, f"{each.item} {each.title}") for each in roundup.rows if each.omitted is None)
        return replace(field, kind="choice", choices=rows, default=row if row in dict(rows) else "")
    return replace(field, default=roundup.text or "") if field.label == "综述" else field


def _of_series(field: Field, series: NumberSeries) -> Field:
    """A field of an act on a series of document numbers: the number up to which they are used."""
    return replace(field, label="用到第几号", hint=f"只写数字，不小于{series.next}") if field.name == "through" else field


def from_words(schema: Mapping[str, object], words: str, today: date) -> object:
    """Return what an input takes from what a person typed; what makes no sense is left as typed, for the check to refuse.

    Args:
        schema: the input's schema.
        words: as typed: dates may be ``今天``, ``明天``, ``9-7``; lists are separated by commas, requirements by lines.
        today: the day that short dates count from.
    """
    kind = _kind(schema)
    text = words if kind == "prose" else words.strip()
    if not text:
        return None
    if kind == "date":
        return as_date(text, today)
    if kind == "flag":
        return text in ("true", "是", "y", "1")
    if kind == "choices":
        items = schema.get("items")
        integer = isinstance(items, Mapping) and items.get("type") == "integer"
        return [int(part) if integer and part.isdigit() else part for part in _SEPARATORS.split(text) if part]
    if kind == "names":
        return [line.strip() for line in re.split(r"[\n;；]", text) if line.strip()]
    if kind == "rows":
        return [_row(schema, line) for line in text.splitlines() if line.strip()]
    if kind == "points":
        return [_point(line.strip()) for line in re.split(r"[\n;；]", text) if line.strip()]
    return text


def as_date(text: str, today: date) -> str:
    """Return an ISO date for what clerks type: 2026-9-7, 9-7, 9月7日, 今天; anything else comes back as typed."""
    if text in _DAYS:
        return (today + timedelta(days=_DAYS[text])).isoformat()
    if match := _SHORT_DATE.fullmatch(text):
        year, month, day = (int(part) if part else today.year for part in match.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return text
    return text


def spoken_date(text: str, calendar: Calendar, today: date) -> str:
    """Return how a typed date is understood, for the line under a date field: ``9月7日 周一，工作日，还有5个工作日``."""
    try:
        day = date.fromisoformat(as_date(text.strip(), today))
    except ValueError:
        return ""
    off = calendar.day_off(day)
    what = f"{off}，不是工作日" if off else f"周{'一二三四五六日'[day.weekday()]}，工作日"
    left = calendar.between(today, day)
    guess = "（当年放假安排尚未公布，为估算）" if calendar.estimated(day) else ""
    return f"{day.year}年{day.month}月{day.day}日，{what}" + (f"，还有{left}个工作日" if left > 0 else "") + guess


_HINTS: Mapping[str, str] = {
    "date": "可写 9-7、9月7日、明天",
    "names": "一行一个",
    "rows": "一行一项，各栏用｜隔开",
    "points": "一行一项；由协办单位承办的写“单位代码：要求”",
}


def _kind(schema: Mapping[str, object]) -> Kind:
    items = schema.get("items")
    if isinstance(items, Mapping):
        inner = items.get("properties")
        if isinstance(inner, Mapping):
            return "points" if "unit" in inner else "rows"
        chosen = "enum" in items or keywords(schema).ref == "point" or _refers(items) in ("unit", "person")
        return "choices" if chosen else "names"
    if "enum" in schema or _refers(schema) in ("unit", "person", "series"):
        return "choice"
    if keywords(schema).prose:
        return "prose"
    if schema.get("format") == "date":
        return "date"
    kinds: Mapping[object, Kind] = {"integer": "number", "boolean": "flag"}
    return kinds.get(schema.get("type"), "line")


def _refers(schema: Mapping[str, object]) -> str:
    """What ids a text field holds; inside a list the reference is not merged, so its name is looked at."""
    reference = str(schema.get("$ref", ""))
    return keywords(schema).ref or (reference.rpartition("/")[2] if reference.startswith("#/$defs/") else "")


def _choices(name: str, schema: Mapping[str, object], item: Item | None, roster: Roster) -> tuple[tuple[str, str], ...]:
    items = schema.get("items")
    inner = items if isinstance(items, Mapping) else schema
    if keywords(schema).ref == "point":
        return tuple((str(n), f"{n}. {point.text}") for n, point in enumerate(item.points if item else (), start=1))
    if _refers(inner) == "unit":
        units = [part.unit for part in item.assisting] if item and name in ("from_unit", "unit") else list(roster.units)
        return tuple((unit, roster.unit_name(unit)) for unit in units)
    if _refers(inner) == "person":
        people = roster.leaders.people if name == "portfolio_leader" else tuple(roster.people.values())
        return tuple((person.id, f"{person.name}（{person.title}）") for person in people)
    if _refers(inner) == "series":
        return tuple((name, roster.series_name(name)) for name, each in roster.series.items() if each.scope == "bureau")
    labels, values = keywords(inner).enum_labels, inner.get("enum")
    return tuple((str(value), labels.get(str(value), str(value))) for value in values) if isinstance(values, list) else ()


def _default(act: str, name: str, item: Item | None, roster: Roster) -> str:
    """What a clerk would otherwise copy by hand."""
    if item is None:
        return {"secrecy": "none", "urgency": "ordinary", "importance": "normal"}.get(name, "")
    known: dict[tuple[str, str], str | None] = {
        ("propose", "feedback_cycle"): item.feedback_cycle or "none",
        ("propose", "due"): item.due,
        ("propose", "lead"): item.lead,
        ("propose", "assisting"): "、".join(part.unit for part in item.assisting),
        ("propose", "points"): "\n".join(f"{point.unit}：{point.text}" if point.unit else point.text for point in item.points),
        ("propose", "text"): item.proposal.text if item.proposal else None,
        ("read", "decision"): "agree",
        ("review_report", "verdict"): "pass",
        ("consent", "decision"): "agree",
        ("receive_paper", "copies"): "1",
    }
    if report := item.report:
        known |= {("draft_report", "title"): report.title, ("draft_report", "body"): report.body}
        known |= {("draft_report", "attachments"): "\n".join(report.attachments)}
        known |= {("draft_report", "attachment_text"): report.attachment_text}
    if act == "office_review" and item.report and (series := route(item, roster.series)):
        leader = roster.series[series].to == "leader"
        known |= {
            (act, "series"): series,
            (act, "kind"): "report" if leader or item.source.level == "superior" else "letter",
            (act, "title"): item.report.title,
            (act, "to"): (item.instructions[0].by if item.instructions else "") if leader else item.source.organ,
            (act, "body"): item.report.body,
            (act, "attachments"): "\n".join(item.report.attachments),
            (act, "attachment_text"): item.report.attachment_text,
        }
    if act == "record_indicators":
        rows = ((each.name, each.target, each.period or "", each.actual or "") for each in item.indicators)
        known |= {(act, "indicators"): "\n".join("｜".join(row).rstrip("｜") for row in rows)}
    if act == "amend":
        known |= {(act, each): str(getattr(item, each)) for each in ("title", "category", "subtype", "importance", "urgency")}
        source = {"source_level": item.source.level, "source_kind": item.source.kind, "source_organ": item.source.organ}
        source |= {"source_ref": item.source.ref, "received": item.source.received}
        known |= {(act, each): value for each, value in source.items()}
    return known.get((act, name)) or ""


def _usual(schema: Mapping[str, object], item: Item | None) -> str:
    """What is usually written here, for the item's category or, before there is one, an example of each."""
    known = keywords(schema).suggestions
    words = known.get(str(item.category), ()) if item else tuple(dict.fromkeys(each[-1] for each in known.values()))[:3]
    return f"常用：{'、'.join(words)}" if words else ""


def _due(name: str, item: Item | None, view: View, today: date) -> str:
    """The day a proposal starts from: the superior's own, else as the policy says for the urgency."""
    if name != "due" or item is None or item.due:
        return ""
    if item.external_due:
        return view.calendar.shift(date.fromisoformat(item.external_due), -_BEFORE_OUTER).isoformat()
    return view.calendar.shift(today, view.policy.due_workdays[item.urgency]).isoformat()


def _point(line: str) -> dict[str, str]:
    match = re.fullmatch(r"([A-Z]{2,8})\s*[:：]\s*(.+)", line)
    return {"text": match[2], "unit": match[1]} if match else {"text": line}


def _row(schema: Mapping[str, object], line: str) -> dict[str, str]:
    items = schema.get("items")
    inner = items.get("properties") if isinstance(items, Mapping) else None
    names = list(inner) if isinstance(inner, Mapping) else []
    parts = (part.strip() for part in re.split(r"[｜|]", line))
    return {name: part for name, part in zip(names, parts, strict=False) if part}
