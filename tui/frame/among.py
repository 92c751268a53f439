"""The list from which a matter was opened: what comes before it there and after it, so that one goes on without going back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tui.widgets.line_list import LineList
from tui.widgets.placed_page import PlacedPage


@dataclass
class Among:
    """A matter's place in the list that it was opened from.

    Attributes:
        total: matters of the list.
        at: which of them it is, from 0.
        item: gives the id of the one at a place, empty where there is none any more; asked where the register is read.
        follow: puts the cursor of the list on the one at a place.
    """

    total: int
    at: int
    item: Callable[[int], str]
    follow: Callable[[int], None]

    @property
    def told(self) -> str:
        """Which it is, in words."""
        return f"第 {self.at + 1} 件，共 {self.total} 件"

    def beside(self, by: int) -> int | None:
        """Return the place so many further on, None beyond the ends of the list."""
        return self.at + by if 0 <= self.at + by < self.total else None


def among(rows: LineList[Any] | PlacedPage, items: Sequence[str | None], item: str) -> Among:
    """Return a matter's place in a list of which all rows are there.

    Args:
        rows: the list.
        items: the matter of each row, None for a row of none; a matter with several rows counts once.
        item: the one that is opened.
    """
    first: dict[str, int] = {}
    for place, each in enumerate(items):
        if each:
            first.setdefault(each, place)
    ids = tuple(first)

    def follow(place: int) -> None:
        if rows.is_attached:
            rows.cursor = first[ids[place]]

    return Among(len(ids), ids.index(item), lambda place: ids[place], follow)
