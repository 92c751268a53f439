"""Rows of text with places in them, gone through by the arrows from one place to the next; only rows in sight are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style

from tui.terminal.cutting import cut, fits
from tui.widgets.drawn_lines import DrawnLines


@dataclass(frozen=True)
class Place:
    """Where the cursor may stand: the rows it takes, from the first to the last, and its cells in the first of them."""

    top: int
    bottom: int
    left: int
    right: int


class PlacedPage(DrawnLines, can_focus=True, inherit_bindings=False):
    """Rows laid out for the width there is. What they are, where the cursor may stand and what Enter does there is said by its kinds."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"placed--cursor"}
    DEFAULT_CSS = """
    PlacedPage {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        .placed--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
        &:focus .placed--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
        &:nocolor .placed--cursor { text-style: underline; }
        &:nocolor:focus .placed--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "下一处", show=False),
        Binding("up,k", "move(-1)", "上一处", show=False),
        Binding("pagedown,space", "page(1)", "下一页", show=False),
        Binding("pageup", "page(-1)", "上一页", show=False),
        Binding("home,g", "edge(False)", "开头", show=False),
        Binding("end,G", "edge(True)", "末尾", show=False),
    ]

    keeps_cursor: ClassVar[bool] = True
    """Whether the cursor is seen while the keys go elsewhere."""

    cursor: reactive[int] = reactive(0, repaint=False)
    """Which place the cursor is on, from 0; only the rows it leaves and enters are drawn again."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Content] = ()
        self.places: Sequence[Place] = ()

    def lay_out(self, width: int) -> tuple[Sequence[Content], Sequence[Place]]:
        """Return the rows for a width, and the places in them."""
        raise NotImplementedError

    def action_choose(self) -> None:
        """Do what Enter does at the place under the cursor."""

    def laid_out(self, cursor: int | None = None) -> None:
        """Lay out again; the cursor goes to a place, or stays at the one it was on by its number."""
        self.rows, self.places = self.lay_out(max(20, self.scrollable_content_region.width))
        self.set_reactive(PlacedPage.cursor, self.validate_cursor(self.cursor if cursor is None else cursor))
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows))
        self._into_sight()
        self.redraw()

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a place."""
        return max(0, min(len(self.places) - 1, cursor))

    def watch_cursor(self, old: int, new: int) -> None:
        """Bring the cursor into sight and draw the rows again that it left and entered."""
        self._into_sight()
        for place in (old, new):
            if place < len(self.places):
                self.refresh(Region(0, self.places[place].top - self.scroll_offset.y, self.size.width, 1))

    def on_resize(self, _: Resize) -> None:
        """Wrap again."""
        self.laid_out()

    def watch_show_vertical_scrollbar(self) -> None:
        """Wrap again where a scrollbar comes, and takes a cell of each row, or goes."""
        self.laid_out()

    def on_click(self, event: Click) -> None:
        """Choose what was clicked; the second click of two chooses nothing more."""
        at = event.get_content_offset_capture(self)
        y = at.y + self.scroll_offset.y
        here = [n for n, each in enumerate(self.places) if each.top <= y <= each.bottom]
        found = next((n for n in reversed(here) if self.places[n].left <= at.x < self.places[n].right), None)
        if event.chain == 1 and found is not None:
            self.cursor = found
            self.action_choose()

    def action_move(self, by: int) -> None:
        """Go to the next place, or the one before; through one that is higher than the page half a page at a time."""
        height, top = self.size.height, self.scroll_offset.y
        if self.places:
            here = self.places[self.cursor]
            if (by > 0 and here.bottom >= top + height) or (by < 0 and here.top < top):
                self.scroll_to(y=top + by * max(1, height // 2), animate=False)
                return
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Turn a page; the cursor goes to the first place on it, and to the last one or the first where there is no further page."""
        height, top = max(1, self.size.height - 1), self.scroll_offset.y
        turned = max(0, min(len(self.rows) - self.size.height, top + by * height))
        if turned == top:
            self.action_edge(by > 0)
            return
        self.scroll_to(y=turned, animate=False, force=True, immediate=True)
        there = next((n for n, each in enumerate(self.places) if turned <= each.top <= turned + height), None)
        if there is not None:
            self.cursor = there

    def action_edge(self, last: bool) -> None:
        """Go to the first place or the last."""
        self.cursor = len(self.places) - 1 if last else 0

    def line(self, y: int) -> Strip:
        """Return one row."""
        width, row = self.scrollable_content_region.width, y + self.scroll_offset.y
        if row >= len(self.rows):
            return Strip.blank(width, self.visual_style.rich_style)
        content = cut(self.rows[row], width)
        here = self.places[self.cursor] if self.places else None
        if here and here.top == row and (self.has_focus or self.keeps_cursor):
            content = self._with_cursor(content, here, width)
        return Strip(content.render_segments(self.visual_style)).adjust_cell_length(width, self.visual_style.rich_style)

    def _with_cursor(self, content: Content, here: Place, width: int) -> Content:
        looks = self.get_visual_style("placed--cursor")
        style = looks + Style(reverse=self.get_component_styles("placed--cursor").text_style.reverse)
        content = content.pad_right(max(0, width - content.cell_length))
        left, right = fits(content, here.left), fits(content, min(here.right, width))
        here_now = Content.assemble(Content(">"), content[left + 1 : right].without_spans).stylize(style)
        return Content.assemble(content[:left], here_now, content[right:])

    def _into_sight(self) -> None:
        """Scroll so that the place is in sight, its first row before its last."""
        if not self.places:
            return
        here, height, top = self.places[self.cursor], self.size.height, self.scroll_offset.y
        if here.top < top:
            self.scroll_to(y=here.top, animate=False, force=True)
        elif height > 0 and here.bottom >= top + height:
            self.scroll_to(y=min(here.top, here.bottom - height + 1), animate=False, force=True)
