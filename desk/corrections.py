"""What a correction put in the place of what, as old → new (D-11): the record says where, Git keeps what stood there."""

from collections.abc import Iterator

from desk.classified import is_hidden
from records.bureau.roster import Roster
from records.matter.history import Step
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.matter.prose import flowing
from records.register.register import Register
from schema.check import keywords
from schema.problem import Field
from schema.tables import acts, checker

_FIRST = "[0]"


def place_named(place: str, instruction: int | None) -> str:
    """Return what a corrected place is called, ``“批示”第2项“内容”``; ``instruction`` says which one it is of, where there are several."""
    return checker("item").label(_path(place, instruction))


def corrected(before: object, after: object, roster: Roster) -> Iterator[str]:
    """Yield a line for each fact that a correction of an item changed, as old → new; nothing for any other act or record."""
    if not (isinstance(before, Item) and isinstance(after, Item)) or len(after.amendments) <= len(before.amendments):
        return
    last, was, now = after.amendments[-1], to_data(before), to_data(after)
    for place in last.fields:
        path = _path(place, last.instruction)
        old, new = (_said(path, _standing(record, path), roster) for record in (was, now))
        yield f"{place_named(place, last.instruction)}：{old} → {new}"


def corrected_by(register: Register, item: Item, step: Step) -> tuple[str, ...]:
    """Return the same for a step of an item's history; nothing where what it wrote is shown no more (D-16).

    Raises:
        StoreError: the register cannot be read.
    """
    corrects = step.act in acts() and any(each.at.startswith("amendments") for each in acts()[step.act].inputs)
    parent = register.describe(step.commit).parent if corrects else None
    if parent is None or is_hidden(item, step):
        return ()
    view = register.view(step.commit)
    return tuple(corrected(register.view(parent).item(item.id), view.item(item.id), view.roster))


def _path(place: str, instruction: int | None) -> Field:
    name, first, rest = place.partition(_FIRST)
    return (name, (instruction or 1) - 1, rest[1:]) if first else tuple(place.split("."))


def _standing(record: object, path: Field) -> object:
    for part in path:
        if isinstance(record, dict):
            record = record.get(part)
        elif isinstance(record, list) and isinstance(part, int) and part < len(record):
            record = record[part]
        else:
            return None
    return record


def _said(path: Field, value: object, roster: Roster) -> str:
    if value in (None, "", []):
        return "（无）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_said((*path, 0), each, roster) for each in value)
    words = roster.name(str(value)) if str(value) in roster.people else checker("item").enum_label(path, value)
    return words.removeprefix("sha256:")[:8] if keywords(checker("item").at(path)).scan else flowing(words).strip()
