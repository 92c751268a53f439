"""Who may make the archive package of what: what goes into it is what the person may see, and filing is the archivist's (三（四）)."""

from collections.abc import Callable
from dataclasses import dataclass

from desk.desk import Desk
from records.acts import ARCHIVES, Refusal
from records.matter.item import Item
from records.rules.clocks import CLOSED
from records.store.record_files import Unreadable
from schema.tables import acts

_CLASSIFIED = "已定密，定密以前的文字还在历史里，不能在这里做档案包。"
_ON_PAPER = "请按涉密载体的规定归档纸质件。"


@dataclass(frozen=True)
class ToArchive:
    """What is to be packed.

    Attributes:
        head: the commit at which it stands.
        items: in the order of their ids.
        left: the ids of those that are not to be packed, each with the reason.
        hidden: how many more came to their end in the year and are not for this person to see.
    """

    head: str
    items: tuple[Item, ...]
    left: tuple[tuple[str, str], ...] = ()
    hidden: int = 0


def item_to_archive(desk: Desk, item: str) -> ToArchive | Refusal:
    """Return an item as it is to be packed, or why it is not.

    Raises:
        Unreadable: its record is broken.
    """
    if refusal := _not_for(desk):
        return refusal
    view, case = desk.view, desk.open(item)
    if case is None:
        return Refusal("三（四）", f"没有 {item} 这个事项，或不在您的职责范围内。", "您能看的都在台账里。")
    if case.item.classified:
        return Refusal("三（四）", f"{item} {_CLASSIFIED}", _ON_PAPER)
    if case.item.state not in CLOSED:
        return Refusal("三（四）", f"{item} 尚未办结，不能做档案包。", "办结、撤销或并案以后再做。", "R-35")
    return ToArchive(view.commit, (case.item,))


def year_to_archive(desk: Desk, year: str, progress: Callable[[int, int], None]) -> ToArchive | Refusal:
    """Return all that came to its end in a year as it is to be packed, or why nothing is; the index says which, each record is read once.

    Args:
        desk: of whoever packs.
        year: the year.
        progress: told how many records are read, and of how many.
    """
    if refusal := _not_for(desk):
        return refusal
    view, index = desk.view, desk.register.index
    desk.whole()
    over = {each.id: desk.sees(each) for each in index.items(over=year)}
    ended, hidden = sorted(item for item, seen in over.items() if seen), sum(not seen for seen in over.values())
    left: list[tuple[str, str]] = []
    found: list[Item] = []
    for place, each in enumerate(ended):
        progress(place, len(ended))
        try:
            item = view.item(each)
        except Unreadable as broken:
            left.append((each, "；".join(map(str, broken.problems[:3]))))
            continue
        if item is not None and item.classified:
            left.append((item.id, _CLASSIFIED + _ON_PAPER))
        elif item is not None:
            found.append(item)
    progress(len(ended), len(ended))
    if not found:
        return Refusal("三（四）", f"{year}年没有您可以装包的已办结事项。", "年份是办结（撤销、并案）的年份，请核对。")
    return ToArchive(view.commit, tuple(found), tuple(left), hidden)


def offers_package(desk: Desk, item: Item) -> bool:
    """Say whether the package of an item is offered to the person: it is filed, not classified, and he is who files."""
    return item.state == acts()[ARCHIVES].to and not item.classified and _not_for(desk) is None


def _not_for(desk: Desk) -> Refusal | None:
    """Why the person may not file: in a formal register only whom the table of acts lets file may (R-34)."""
    roster, spec = desk.view.roster, acts()[ARCHIVES]
    if desk.register.demo:
        return None
    held = desk.person and any(roster.authority(desk.person.id, who, None, desk.today) for who in spec.who)
    return None if held else Refusal(spec.clause, "档案包由档案员制作，不属于您的职责。", "请办公室档案员办理。", "R-34")
