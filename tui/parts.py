"""Whether the five parts are this program's own: their names are not ours alone. Imports none of them."""

from collections.abc import Iterator, Sequence
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

PARTS = ("schema", "records", "documents", "desk", "tui")
"""The top-level packages of this program."""

HOME = Path(__file__).parents[1]
"""The folder in which all of them stand."""


def displaced(names: Sequence[str] = PARTS, home: Path = HOME) -> Iterator[str]:
    """Say of each part in whose place another package stands, or over which one was laid, what was found there and the way out."""
    for name in names:
        found = find_spec(name)
        places = [Path(place).resolve() for place in (found.submodule_search_locations or ())] if found else []
        others = "、".join(each.name for each in distributions() if each.name != "duban" and _brings(each.files or (), name))
        if home.resolve() / name not in places:
            there = "、".join(str(place) for place in places) or (found.origin if found and found.origin else "没有")
            yield f"程序自己的部件 {name} 被别的软件包顶替（找到的是 {there}）。请把 duban 装在单独的环境里，不要与别的程序合用。"
        elif others:
            yield f"程序自己的部件 {name} 与软件包 {others} 装在同一处，互相覆盖。请把 duban 装在单独的环境里，不要与别的程序合用。"


def _brings(files: Sequence[object], name: str) -> bool:
    return any(str(file) == f"{name}/__init__.py" for file in files)
