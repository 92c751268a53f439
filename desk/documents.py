"""公文: which documents and working papers an item has, where they lie, what they say; made on the spot where one is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.classified import NO_LONGER_SHOWN
from desk.desk import Desk
from records.matter.item import Item
from records.register.register import Register

if TYPE_CHECKING:
    from documents.publishing.as_text import TextLine
    from documents.publishing.catalogue import Planned

_NONE = "现在没有可生成的公文。交办以后有督办通知单，单位报告审核编号以后有报告，上报公文由办公室拟出以后自动生成。"
_FEW = "限定知悉范围的事项不放到公用目录。需要时请管理员用 duban build {item} --to 目录 生成。"


@dataclass(frozen=True)
class Paper:
    """A document of an item.

    Attributes:
        name: of its file.
        title: what kind of paper it is.
        state: number, round, and whether it is issued.
        places: where its files lie, by name for whoever came in through the door, else by path.
        digest: what the record keeps of it, empty for what is not issued.
    """

    name: str
    title: str
    state: str
    places: tuple[str, ...] = ()
    digest: str = ""


def papers(desk: Desk, item: Item) -> tuple[tuple[Paper, ...], str]:
    """Return an item's documents, those of the law first, and what is to be said of them, empty for nothing; makes missing ones first.

    Who came in through the door is told their names, by which he fetches them: no folder of the server is within his reach.

    Raises:
        StoreError: the register cannot be read.
    """
    from documents.layout.profile import standard
    from documents.publishing.catalogue import planned, planned_by_units, plans
    from documents.publishing.publisher import Publisher, PublishError

    register, named = desk.register, desk.box is not None
    due = plans(item)
    if not due:
        return (), NO_LONGER_SHOWN if item.classified else _NONE
    publisher, told = Publisher(register, standard()), ""
    if not all((register.published / plan.name).exists() for plan in due) and not item.need_to_know:
        try:
            publisher.rebuild(item.id)
        except PublishError as error:
            told = f"没有生成：{error}"
    if item.need_to_know and not named:
        told = _FEW.format(item=item.id)
    official = {plan.name for plan in (*planned(item), *planned_by_units(item))}
    found = [_paper(plan, desk, item, official=plan.name in official) for plan in due]
    manifest, names = publisher.manifest(), {plan.name for plan in due}
    for each in manifest.documents if manifest else ():
        if each.item == item.id and each.name not in names:
            place = each.name if named else str(register.published / each.name)
            found.append(Paper(each.name, "以前的", f"{_round(each.round)}{each.draft or '已签发'}", (place,)))
    return tuple(found), told


def paper_text(desk: Desk, item: Item, name: str) -> "tuple[TextLine, ...] | None":
    """Return what a document of an item says, as it will be printed; None where there is none of that name.

    Raises:
        StoreError: the register cannot be read.
        Unreadable: a record that it needs is broken.
        PublishError: it may not be made as the item stands.
    """
    from documents.layout.profile import standard
    from documents.publishing.as_text import as_text
    from documents.publishing.catalogue import plans
    from documents.publishing.folder import PublishError

    plan = next((each for each in plans(item) if each.name == name), None)
    lies = desk.register.published / name
    if plan is None or (lies.is_file() and not item.need_to_know):
        return tuple(as_text(lies.read_bytes())) if name in {each.name for each in papers(desk, item)[0]} and lies.is_file() else None
    try:
        return tuple(as_text(plan.make(desk.register.view(), standard())))
    except ValueError as error:
        raise PublishError(str(error)) from error


def _paper(plan: "Planned", desk: Desk, item: Item, *, official: bool) -> Paper:
    stands = plan.draft or ("已签发" if official else "")
    state = f"{(plan.number or '未编号') if official else ''}  {_round(plan.round)}{stands}".strip()
    places = tuple(_places(desk.register, plan, named=desk.box is not None))
    return Paper(plan.name, plan.title(desk.register.view().roster.series), state, places, _digest(plan, item))


def _places(register: Register, plan: "Planned", *, named: bool) -> Iterator[str]:
    from documents.publishing.folder import pdf_name

    for name in (plan.name, pdf_name(plan.name)):
        path = register.published / name if name else None
        if path and (path.exists() or (named and name == plan.name)):  # what is fetched is made then, where it is missing
            yield path.name if named else str(path)


def _digest(plan: "Planned", item: Item) -> str:
    from documents.layout.profile import standard

    found = next((each for each in item.documents if each.name == plan.name), None)
    if found is None:
        return ""
    older = f"（第{found.layout_version}版版式）" if found.layout_version != standard().version else ""
    return f"登记摘要 {found.digest[:16]}…{older}"


def _round(number: int | None) -> str:
    return f"第{number}轮  " if number else ""
