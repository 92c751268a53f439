"""Rows of which only some are held: a list takes them for all, and is given the others as they come into sight."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TypeVar, overload

Row = TypeVar("Row")
_HELD = 12  # pieces; of more, those that came first are let go


class Pages(Sequence[Row | None]):
    """As many rows as there are, of which those that were not given are None.

    Args:
        total: how many there are.
    """

    def __init__(self, total: int = 0) -> None:
        self.total = total
        self._pieces: OrderedDict[int, Sequence[Row]] = OrderedDict()

    def put(self, first: int, rows: Sequence[Row]) -> None:
        """Take rows that stand together.

        Args:
            first: the place of the first of them.
            rows: the rows.
        """
        self._pieces.pop(first, None)
        self._pieces[first] = rows
        while len(self._pieces) > _HELD:
            self._pieces.popitem(last=False)

    def to_read(self, sight: tuple[int, int], around: int) -> tuple[int, int] | None:
        """Return from where on how many rows are to be read, None where all that are in sight are held.

        Args:
            sight: the places of the first row in sight, and of the one after the last.
            around: how many before and after them are read with them.
        """
        top, bottom = sight
        if all(self._row(place) is not None for place in range(max(0, top), min(self.total, bottom))):
            return None
        first = max(0, top - around)
        return first, bottom + around - first

    def __len__(self) -> int:
        """Return how many there are."""
        return self.total

    @overload
    def __getitem__(self, place: int) -> Row | None: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row | None]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row | None] | None:
        """Return the row at a place, None where it is not held."""
        return [self._row(each) for each in range(self.total)[place]] if isinstance(place, slice) else self._row(range(self.total)[place])

    def _row(self, place: int) -> Row | None:
        return next((rows[place - first] for first, rows in reversed(self._pieces.items()) if first <= place < first + len(rows)), None)
