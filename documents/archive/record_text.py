"""A record in words: every field under its Chinese name, for whoever reads it in twenty years without the schema."""

from collections.abc import Iterator, Mapping
from typing import cast

from records.bureau.roster import SYSTEM, Roster
from records.matter.item import Item
from records.matter.plain_data import to_data
from schema.check import keywords
from schema.problem import Field
from schema.tables import checker
from schema.text import show

_INDENT = "  "


def record_text(item: Item, roster: Roster) -> str:
    """Return a record as text.

    Args:
        item: the record.
        roster: for the names of people and units.
    """
    head = f"{item.id} 督办事项记录\n以 record.yaml 为准；这里逐项写出它的中文栏目名、选项名和人员、单位名称，供阅读。\n\n"
    return head + "".join(f"{line}\n" for line in _lines(to_data(item), (), roster, ""))


def _lines(value: object, at: Field, roster: Roster, when: str) -> Iterator[str]:
    """Yield the lines of a part of a record; people bear the names that they had when its stamp was made."""
    pad = _INDENT * sum(isinstance(part, str) for part in at)
    if isinstance(value, Mapping):
        when = str(value["at"]) if "at" in value and len(str(value["at"])) > len("2026-09-07") else when
        for key, inner in cast(Mapping[str, object], value).items():
            yield from _entry(f"{pad}{checker('item').at((*at, key)).get('title', key)}：", inner, (*at, key), roster, when)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _entry(f"{pad}第{place + 1}项：", inner, (*at, place), roster, when)


def _entry(head: str, value: object, at: Field, roster: Roster, when: str) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        yield head
        yield from _lines(value, at, roster, when)
    else:
        first, *others = show(_word(value, at, roster, when), lines=True).rstrip("\n").split("\n")
        yield head + first
        yield from (_INDENT * (len(at) + 1) + line if line else "" for line in others)


def _word(value: object, at: Field, roster: Roster, when: str) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    kind = keywords(checker("item").at(at)).ref
    if kind == "person" and value != SYSTEM:
        return f"{roster.described(str(value), when)}（{value}）"
    if kind == "unit":
        return f"{roster.unit_name(str(value))}（{value}）"
    return roster.name(SYSTEM) if kind == "person" else checker("item").enum_label(at, value)
