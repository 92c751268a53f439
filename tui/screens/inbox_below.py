"""The lower part of 待办 where the screen is wide: what the person handed on, and the days ahead. Each row leads to its matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, cast

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Show
from textual.message import Message

from desk.below import DAYS, Below, Handed, below
from desk.daily import Line, Page
from records.matter.prose import numeral
from records.rules.clocks import Light
from tui.frame.among import among
from tui.frame.screen import DeskScreen, begin, spoken_day
from tui.terminal.cutting import cut
from tui.terminal.safety import plain
from tui.widgets.placed_page import Place, PlacedPage

_WHEN, _WHO, _WHAT = 8, 14, 12
"""Cells of since when, of who, of what he is to do."""


@dataclass(frozen=True)
class _At(Place):
    """A row, and the matter that it leads to."""

    line: Line


class InboxBelow(PlacedPage):
    """What stands below the lists. It is read only where it is shown, beside the drawing of what is to be done."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "打开")]

    keeps_cursor = False

    @dataclass
    class Highlighted(Message):
        """The cursor came to another row."""

    def __init__(self) -> None:
        super().__init__()
        self._page = Page()
        self._told = Below()
        self._stale = self.can_focus = False
        self._rows: list[Content] = []
        self._places: list[_At] = []

    @property
    def row(self) -> Line | None:
        """The matter under the cursor, as a row of the lists above would have it."""
        return self._places[self.cursor].line if self._places and self.display else None

    def follow(self, page: Page) -> None:
        """Tell again what stands below a page, now or when there is room for it."""
        self._page, self._stale = page, True
        if self.size.height:
            self.on_show()

    def on_show(self, _: Show | None = None) -> None:
        """Read what has not been read since the page was."""
        if self._stale:
            self._stale = False
            begin(self.screen, "below", self._read)

    async def _read(self) -> None:
        screen = cast(DeskScreen[None], self.screen)
        with screen.telling():
            self._told = await screen.at.ask(partial(below, screen.at.desk, self._page))
            self.styles.height = len(self.lay_out(self.size.width)[0])
            self.laid_out()
            self.can_focus = bool(self._places)

    def lay_out(self, width: int) -> tuple[Sequence[Content], Sequence[Place]]:
        """Lay both parts out, each under its heading; a part that has nothing has no heading either."""
        self._rows, self._places = [], []
        if self._told.handed:
            more = f"；列最近的 {len(self._told.handed)} 件" if self._told.more else ""
            self._head(f"交出去的 {len(self._told.handed) + self._told.more} 件", f"您经手，等别人{more}")
        for each in self._told.handed:
            self._put(_handed(each, width), each.item, each.title, width)
        if self._told.ahead:
            if self._rows:
                self._rows.append(Content())
            self._head(f"往后{numeral(DAYS)}天", "")
        for day in self._told.ahead:
            self._put(cut(plain(f"   {spoken_day(day.day)[-2:]} {day.day:%m-%d}  {day.told}"), width), day.item, day.told, width)
        return self._rows, self._places

    def action_choose(self) -> None:
        """Open the matter of the row."""
        if line := self.row:
            items = [place.line.item for place in self._places]
            cast(DeskScreen[None], self.screen).at.open_case(line.item, among=among(self, items, line.item))

    def action_move(self, by: int) -> None:
        """Go to the next row, or the one before; from the first one to the list above."""
        before = self.cursor
        super().action_move(by)
        if by < 0 and self.cursor == before:
            self.screen.focus_previous()

    def watch_cursor(self, old: int, new: int) -> None:
        """Say that the cursor went elsewhere."""
        super().watch_cursor(old, new)
        self.post_message(self.Highlighted())

    def _head(self, name: str, about: str) -> None:
        self._rows.append(Content.assemble(" ", plain(name).stylize("bold"), plain(f"  {about}").stylize("$foreground-muted")))

    def _put(self, row: Content, item: str, title: str, width: int) -> None:
        if item:
            at, line = len(self._rows), Line(item, "", title, "", Light("none"), "", "")
            self._places.append(_At(at, at, 0, width, line))
        self._rows.append(row)


def _handed(each: Handed, width: int) -> Content:
    """One row: since when, who has it, number and name, what he is to do; the name takes the room that the others leave."""
    room = max(10, width - 3 - _WHEN - _WHO - _WHAT - 2)
    parts = ((each.since, _WHEN), (each.who, _WHO), (each.title, room + 1), (each.what, _WHAT))
    return Content.assemble("   ", *(_fitted(text, cells - 1) for text, cells in parts))


def _fitted(text: str, cells: int) -> Content:
    found = cut(plain(text), cells)
    return found.pad_right(cells + 1 - found.cell_length)
