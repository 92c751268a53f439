"""公文: where the document of an item lies; it is made on the spot where it is missing."""

from records.model import Item
from records.register import Register


def where(register: Register, item: Item) -> str:
    """Return in a sentence where an item's document lies or why there is none; makes a missing one first.

    Raises:
        StoreError: the register cannot be read.
    """
    from documents.catalogue import planned
    from documents.profile import standard
    from documents.publisher import Publisher, PublishError

    plans = planned(item)
    if not plans:
        return "本件现在没有可生成的公文。专报在办公室审核通过、拟出上报公文以后自动生成。"
    paths = [register.published / plan.name for plan in plans]
    if not all(path.exists() for path in paths):
        try:
            Publisher(register, standard()).rebuild(item.id)
        except PublishError as error:
            return str(error)
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        return f"{'、'.join(missing)} 没有生成。请管理人员查看发布记录。"
    return "公文在 " + "、".join(f"{path}（{plan.draft or '已签发'}）" for plan, path in zip(plans, paths, strict=True))
