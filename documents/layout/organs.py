"""How several organs stand in one list: 、 between those of one kind, ， between kinds (GB/T 9704-2012 7.3.2, 7.4.2: 同类型机关).

Of an organ only its name is known. What stands in it tells the level and the kind; the words are those of ``organs`` in ``layout.yaml``.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from documents.layout.profile import OrganWords


def listed(names: Sequence[str], words: OrganWords) -> str:
    """Return the names in their order, as one text without an end mark."""
    joints = ("、" if _kind(one, words) == _kind(other, words) else "，" for one, other in pairwise(names))
    return "".join(part for pair in zip(names, (*joints, ""), strict=True) for part in pair)


@lru_cache(1024)  # asked again for each way to set a document
def _kind(name: str, words: OrganWords) -> tuple[int, int]:
    # 兰州市城关区人民政府 is of the district: the lowest level that is named counts. What names nothing known is of a kind of its own.
    return (
        max((place for place, level in enumerate(words.levels) if _names(name, level)), default=-1),
        next((place for place, kind in enumerate(words.kinds) if _names(name, kind)), -1),
    )


def _names(name: str, words: str) -> bool:
    return any(word in name for word in words.split())
