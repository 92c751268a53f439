"""A list of any number of rows, of which only those in sight are ever measured, styled or sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.style import Style as RichStyle
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style

from schema.text import show
from tui.terminal.cutting import cut
from tui.widgets.drawn_lines import DrawnLines

Row = TypeVar("Row")
Look = str | RichStyle | Content
"""A style (``"bold $text-error"``, or Rich's), or content to show in place of a cell's own text."""


CURSOR = ">"
"""What stands before the row under the cursor, in every theme: not all see colours, and a photo in grey has none."""

LEAST = 12
"""Cells below which the flexible column does not fall, unless a list says otherwise: other columns give way."""


@dataclass(frozen=True)
class ListColumn(Generic[Row]):
    """One column: its heading and its cells are one thing, wherever it stands.

    Attributes:
        title: what stands above it.
        text: its cell in a row; asked for each time that the row is drawn.
        width: cells it takes; None for the one column that takes what the others leave.
        look: how its cell in a row looks.
        stays: how long it stays where there is no room for all: the lowest gives way first, of equals the one at the right.
        after: cells with which the column without a width has enough: what is left then is this column's.
    """

    title: str
    text: Callable[[Row], str]
    width: int | None = None
    look: Callable[[Row], Look] | None = None
    stays: int = 0
    after: int | None = None


class LineList(DrawnLines, Generic[Row], can_focus=True):
    """Rows of text under a header, one of them under the cursor.

    Rows are whatever the columns make their cells of; every text is made safe when it is drawn. Texts are measured in cells. The first cell
    of a line is the cursor's.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-list--header", "line-list--cursor", "line-list--empty", "line-list--under"}
    DEFAULT_CSS = """
    LineList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        .line-list--header { color: $foreground-muted; text-style: underline; }
        .line-list--empty { color: $foreground-muted; }
        .line-list--under { color: $primary; }
        .line-list--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
        &:focus .line-list--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
        &:ansi .line-list--cursor, &:nocolor .line-list--cursor { text-style: underline; }
        &:ansi:focus .line-list--cursor { text-style: bold; }
        &:nocolor:focus .line-list--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "下一行", show=False),
        Binding("up,k", "move(-1)", "上一行", show=False),
        Binding("pagedown", "page(1)", "下一页", show=False),
        Binding("pageup", "page(-1)", "上一页", show=False),
        Binding("home,g", "edge(False)", "第一行", show=False),
        Binding("end,G", "edge(True)", "最后一行", show=False),
        Binding("enter", "choose", "打开", show=False),
    ]

    keeps_cursor: ClassVar[bool] = True
    """Whether the cursor is seen while the keys go elsewhere."""

    cursor: reactive[int] = reactive(0, repaint=False)
    """Which of the rows shown the cursor is on, from 0; only the two rows it leaves and enters are drawn again."""

    @dataclass
    class Highlighted(Message):
        """The cursor came to another row."""

        list: "LineList[Any]"
        index: int | None
        """Its place in the rows given, whatever order they are shown in; None when no row is shown."""

        @property
        def control(self) -> "LineList[Any]":
            """The list that sends it."""
            return self.list

        def can_replace(self, message: Message) -> bool:
            """Let the last of several movements stand for all of them."""
            return isinstance(message, LineList.Highlighted) and message.list is self.list

    @dataclass
    class Chosen(Message):
        """Enter was pressed on a row, or it was clicked."""

        list: "LineList[Any]"
        index: int
        """Its place in the rows given, whatever order they are shown in."""

        @property
        def control(self) -> "LineList[Any]":
            """The list that sends it."""
            return self.list

    @dataclass
    class Missing(Message):
        """Rows are in sight that are not there yet."""

        list: "LineList[Any]"

        @property
        def control(self) -> "LineList[Any]":
            """The list that sends it."""
            return self.list

        def can_replace(self, message: Message) -> bool:
            """Let the last of several stand for all of them: it is seen then what is in sight."""
            return isinstance(message, LineList.Missing) and message.list is self.list

    def __init__(
        self,
        columns: Sequence[ListColumn[Row]],
        rows: Sequence[Row | None] = (),
        *,
        key: Callable[[Row], object],
        empty: str = "没有事项",
        least: int = LEAST,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        """Make a list.

        Args:
            columns: exactly one of them without a width.
            rows: what the columns make their cells of; None for one that is yet to be read.
            key: what makes a row the same row after the rows were read again.
            empty: what stands there when no row is shown.
            least: cells below which the column without a width does not fall.
            id: its name in the stylesheet.

        Raises:
            ValueError: there is not exactly one column without a width.
        """
        super().__init__(id=id)
        self._columns = _checked(columns)
        self._least = least
        self._under: Callable[[Row], Content] | None = None
        self._rows = rows
        self._order: Sequence[int] = range(len(rows))
        self._empty = empty
        self._key = key

    @property
    def index(self) -> int | None:
        """The place in the rows given of the row under the cursor."""
        return self._order[self.cursor] if self._order else None

    @property
    def row(self) -> Row | None:
        """The row under the cursor; None where no row is shown, or it is yet to be read."""
        return None if self.index is None else self._rows[self.index]

    @property
    def shown(self) -> Sequence[Row | None]:
        """The rows that are shown, in their order."""
        return [self._rows[place] for place in self._order]

    @property
    def in_sight(self) -> tuple[int, int]:
        """The places of the first row in sight, and of the one after the last."""
        top, high = self.scroll_offset.y, self._high
        return top // high, min(len(self._order), -(-(top + max(1, self.size.height - 1)) // high))

    @property
    def _high(self) -> int:
        """Lines that each row takes."""
        return 1 if self._under is None else 2

    def take_columns(self, columns: Sequence[ListColumn[Row]]) -> None:
        """Show other columns of the same rows.

        Raises:
            ValueError: there is not exactly one column without a width.
        """
        self._columns = _checked(columns)
        self.redraw()

    def say_under(self, told: Callable[[Row], Content] | None) -> None:
        """Give each row a second line that says more of it, or none; all rows are as high, so that any number can be leafed."""
        if self._under is None or told is None:
            self._under = told
            self._measure()
            self._into_sight()
        self._under = told
        self.redraw()

    def show(self, order: Sequence[int]) -> None:
        """Show these of the rows in this order; the cursor stays with its row, or goes to the first when that is not shown."""
        index = self.index
        self._take(order)
        self._rest_on(next((place for place, shown in enumerate(order) if shown == index), 0))

    def replace(self, rows: Sequence[Row | None], order: Sequence[int] | None = None, cursor: int | None = None) -> None:
        """Take rows that were read again; the cursor stays on the row of the same key, or at its place in the list.

        Args:
            rows: all rows.
            order: which of them to show, in order; by default all.
            cursor: where the cursor goes, where the caller knows.
        """
        key = None if self.row is None else self._key(self.row)
        self._rows = rows
        self._take(range(len(rows)) if order is None else order)
        self._rest_on(self._place_of(key) if cursor is None else cursor)

    def lengthened(self) -> None:
        """Take up that there are more rows than there were, behind all that stand here."""
        self._take(range(len(self._rows)))
        self._measure()

    def _take(self, order: Sequence[int]) -> None:
        """Show these; where there was a row and is none any more, or the other way round, other keys work."""
        before, self._order = bool(self._order), order
        if before != bool(order) and self.is_attached:
            self.screen.refresh_bindings()

    def filled(self) -> None:
        """Draw again what was missing, and tell what is under the cursor."""
        self.redraw()
        self.post_message(self.Highlighted(self, self.index))

    def _place_of(self, key: object) -> int:
        rows = ((place, self._rows[shown]) for place, shown in enumerate(self._order))
        return next((place for place, row in rows if row is not None and self._key(row) == key), self.cursor)

    def say_empty(self, text: str) -> None:
        """Change what stands there when no row is shown."""
        self._empty = text
        self.redraw()

    def line(self, y: int) -> Strip:
        """Return the header, or a row."""
        width = self.scrollable_content_region.width
        if y == 0:
            titles = [_fitted(Content(column.title), size) for column, size in self._fitting(width - 1)]
            return _strip(titles, self._style("line-list--header"), width)
        place, below = divmod(y - 1 + self.scroll_offset.y, self._high)
        if place < len(self._order):
            return self._below(place, width) if below else self._row(place, width)
        if y == 1 and not self._order:
            return _strip([_fitted(Content(self._empty), width - 1)], self._style("line-list--empty"), width)
        return Strip.blank(width, self.visual_style.rich_style)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(len(self._order) - 1, cursor))

    def watch_cursor(self, old: int, new: int) -> None:
        """Bring the cursor into sight, draw the two rows again and tell."""
        self._into_sight()
        for place in (old, new):
            self.refresh(Region(0, place * self._high + 1 - self.scroll_offset.y, self.size.width, 1))
        self.post_message(self.Highlighted(self, self.index))

    def on_resize(self, _: Resize) -> None:
        """Measure again."""
        self._measure()
        self._into_sight()

    def on_click(self, event: Click) -> None:
        """Choose the row that was clicked; the second click of two chooses nothing more."""
        place = (event.get_content_offset_capture(self).y - 1 + self.scroll_offset.y) // self._high
        if event.chain == 1 and event.y > 0 and 0 <= place < len(self._order):
            self.cursor = place
            self.action_choose()

    def action_move(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Move the cursor by so many screens."""
        self.cursor += by * max(1, (self.size.height - 2) // self._high)

    def action_edge(self, last: bool) -> None:
        """Move the cursor to the first row or the last."""
        self.cursor = len(self._order) - 1 if last else 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to choose a row only where there is one."""
        return bool(self._order) if action == "choose" else super().check_action(action, parameters)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.index is not None:
            self.post_message(self.Chosen(self, self.index))

    def _rest_on(self, place: int) -> None:
        self.set_reactive(LineList.cursor, self.validate_cursor(place))
        self._measure()
        self._into_sight()
        self.redraw()
        self.post_message(self.Highlighted(self, self.index))

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._order) * self._high + 1)

    def _into_sight(self) -> None:
        """Scroll to the cursor; by force, because rows that were shown just now have no scrollbar yet."""
        lines, top, high = self.size.height - 1, self.scroll_offset.y, self._high
        first, last = self.cursor * high, self.cursor * high + high - 1
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif lines > 0 and last >= top + lines:
            self.scroll_to(y=last - lines + 1, animate=False, force=True)

    def _fitting(self, width: int) -> list[tuple[ListColumn[Row], int]]:
        """Return the columns that have room, each with its cells."""
        shown = list(self._columns)
        fixed = [column for column in shown if column.width is not None]

        def left() -> int:
            return width - sum((column.width or 0) + 1 for column in fixed)

        while fixed and left() < self._least:
            goes = min(reversed(fixed), key=lambda column: column.stays)
            fixed.remove(goes)
            shown.remove(goes)
        rest = max(0, left())
        more = next((column for column in fixed if column.after is not None and rest > column.after), None)
        most = more.after if more and more.after is not None else rest
        return [(each, (each.width + rest - most if each is more else each.width) if each.width is not None else most) for each in shown]

    def _style(self, name: str) -> Style:
        """Return a component's style; Textual's own method leaves out ``reverse``, which is all there is without colours."""
        return self.get_visual_style(name) + Style(reverse=self.get_component_styles(name).text_style.reverse)

    def _row(self, place: int, width: int) -> Strip:
        row = self._rows[self._order[place]]
        if row is None:
            self.post_message(self.Missing(self))
        cells = [_fitted(Content("") if row is None else _cell(column, row), size) for column, size in self._fitting(width - 1)]
        if place == self.cursor and (self.has_focus or self.keeps_cursor):
            mark = CURSOR if self.has_focus or not self.can_focus else " "  # what cannot be focused has its keys from beside
            return _strip([cell.without_spans for cell in cells], self._style("line-list--cursor"), width, mark)
        return _strip(cells, self.visual_style, width)

    def _below(self, place: int, width: int) -> Strip:
        row = self._rows[self._order[place]]
        told = Content("") if row is None or self._under is None else self._under(row)
        return _strip([_fitted(told, width - 1)], self._style("line-list--under"), width)


def _checked(columns: Sequence[ListColumn[Row]]) -> tuple[ListColumn[Row], ...]:
    if sum(column.width is None for column in columns) != 1:
        raise ValueError("exactly one column must be flexible")
    return tuple(columns)


def _cell(column: ListColumn[Row], row: Row) -> Content:
    look = column.look(row) if column.look else ""
    if isinstance(look, Content):
        return look
    return Content.styled(show(column.text(row)), Style.from_rich_style(look) if isinstance(look, RichStyle) else look)


def _fitted(content: Content, width: int) -> Content:
    """Return content of exactly so many cells; padded, or cut."""
    kept = cut(content, width)
    return kept.pad_right(width - kept.cell_length)


def _strip(cells: list[Content], style: Style, width: int, mark: str = " ") -> Strip:
    segments = Content.assemble(mark, Content(" ").join(cells)).render_segments(style)
    return Strip(segments).adjust_cell_length(width, style.rich_style)
