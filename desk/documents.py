"""公文: which documents and working papers an item has and where they lie; they are made on the spot where one is missing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from desk.classified import NO_LONGER_SHOWN
from desk.desk import Desk
from desk.terms import Line
from records.matter.item import Item
from records.register.register import Register

if TYPE_CHECKING:
    from documents.publishing.catalogue import Planned

_FETCH = "在自己的电脑上运行 ssh 服务账号@服务器 get 文件名 > 文件名，例如 get {name}"
_NONE = "现在没有可生成的公文。交办以后有督办通知单，单位报告审核编号以后有报告，上报公文由办公室拟出以后自动生成。"


def documents(desk: Desk, item: Item) -> Iterator[Line]:
    """Yield where an item's documents lie, or why there are none; makes missing ones first.

    Who came in through the door is told their names, by which he fetches them: no folder of the server is within his reach.

    Raises:
        StoreError: the register cannot be read.
    """
    from documents.layout.profile import standard
    from documents.publishing.catalogue import planned, planned_by_units, plans
    from documents.publishing.publisher import Publisher, PublishError

    register, named = desk.register, desk.box is not None
    due, series = plans(item), register.view().roster.series
    if not due:
        yield "", NO_LONGER_SHOWN if item.classified else _NONE
        return
    publisher = Publisher(register, standard())
    if not all((register.published / plan.name).exists() for plan in due) and not item.need_to_know:
        try:
            publisher.rebuild(item.id)
        except PublishError as error:
            yield "没有生成", str(error)
    if item.need_to_know and not named:
        yield "", f"限定知悉范围的事项不放到公用目录。需要时请管理员用 duban build {item.id} --to 目录 生成。"
    official = (*planned(item), *planned_by_units(item))
    for plan in official:
        state = f"{plan.number or '未编号'}  {_round(plan.round)}{plan.draft or '已签发'}"
        yield plan.title(series), "\n".join((state, *_places(register, plan, item, named=named)))
    manifest, names = publisher.manifest(), {plan.name for plan in due}
    for each in manifest.documents if manifest else ():
        if each.item == item.id and each.name not in names:
            yield "以前的", f"{_round(each.round)}{each.draft or '已签发'}\n{each.name if named else register.published / each.name}"
    for plan in due[len(official) :]:
        yield plan.title(series), "\n".join((*([f"（{plan.draft}）"] if plan.draft else ()), *_places(register, plan, item, named=named)))
    if named:
        yield "怎样取", _FETCH.format(name=due[0].name)


def _places(register: Register, plan: "Planned", item: Item, *, named: bool) -> Iterator[str]:
    from documents.layout.profile import standard
    from documents.publishing.folder import pdf_name

    for name in (plan.name, pdf_name(plan.name)):
        path = register.published / name if name else None
        if path and (path.exists() or (named and name == plan.name)):  # what is fetched is made then, where it is missing
            yield path.name if named else str(path)
    if found := next((each for each in item.documents if each.name == plan.name), None):
        older = f"（第{found.layout_version}版版式）" if found.layout_version != standard().version else ""
        yield f"登记摘要 {found.digest[:16]}…{older}"


def _round(number: int | None) -> str:
    return f"第{number}轮  " if number else ""
