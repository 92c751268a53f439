"""公文: where the document of an item lies; it is made on the spot where it is missing."""

from collections.abc import Iterator

from records.model import Item
from records.register import Register
from tui.words import Line


def documents(register: Register, item: Item) -> Iterator[Line]:
    """Yield where an item's documents lie, or why there are none; makes missing ones first.

    Raises:
        StoreError: the register cannot be read.
    """
    from documents.catalogue import planned, planned_by_units
    from documents.profile import standard
    from documents.publisher import Publisher, PublishError

    plans = (*planned(item), *planned_by_units(item))
    if not plans:
        yield "", "现在没有可生成的公文。单位报告审核编号以后、上报公文由办公室拟出以后自动生成。"
        return
    paths = [register.published / plan.name for plan in plans]
    if not all(path.exists() for path in paths):
        try:
            Publisher(register, standard()).rebuild(item.id)
        except PublishError as error:
            yield "没有生成", str(error)
    for plan, path in zip(plans, paths, strict=True):
        yield "公文", plan.name
        yield "文号", plan.number or "未编号"
        yield "版本", plan.draft or "已签发"
        yield "位置", str(path) if path.exists() else "还没有生成，请稍后再看，或请管理人员查看发布记录。"
