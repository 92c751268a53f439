"""A page of bands, each folded or unfolded, gone through by the arrows from one place to the next; only rows in sight are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from desk.matter_page import Band, Entry, Lead
from tui.terminal.safety import plain

_LABEL = 11
"""Cells of the names of bands, the sign before them included."""
_WIDEST = 76
"""Cells of the longest line of prose: a longer one does not read."""
_GAP = 3
"""Cells between what stands side by side."""


@dataclass(frozen=True)
class _Place:
    """Where the cursor may stand: a band by its name, or one of its lines; the rows it takes, and its cells in the first of them."""

    band: str
    entry: int | None
    top: int
    bottom: int
    left: int
    right: int
    lead: Lead | None
    folds: bool


class _Page:
    """Bands laid out for a width."""

    def __init__(self, bands: Sequence[Band], unfolded: frozenset[str], width: int) -> None:
        self.rows: list[Content] = []
        self.places: list[_Place] = []
        self._width = width
        folded: list[Band] = []
        for band in bands:
            if band.short or band.name in unfolded:
                self._flow_folded(folded)
                folded = []
                self._lay(band, unfolded=band.name in unfolded)
            else:
                folded.append(band)
        self._flow_folded(folded)

    def _lay(self, band: Band, *, unfolded: bool) -> None:
        top, place = len(self.rows), len(self.places)
        sign = ("-" if unfolded else "+") if band.folds else " "
        entries = band.full if unfolded else band.short
        room = max(10, min(_WIDEST, self._width - _LABEL))
        lead = band.lead or (entries[0].lead if len(entries) == 1 and not band.folds else None)
        first = Content.assemble(sign, plain(band.name).stylize("bold"))
        self.places.append(_Place(band.name, None, top, top, 0, self._width, lead, band.folds))
        if band.flows and not unfolded:
            self._put(first, _side_by_side(entries, room))
        else:
            for n, entry in enumerate(entries):
                start = len(self.rows)
                self._put(first if n == 0 else Content(), _wrapped(entry.text, room))
                if entry.lead and entry.lead != lead:
                    self.places.append(_Place(band.name, n, start, len(self.rows) - 1, _LABEL - 1, self._width, entry.lead, False))
        end = self.places[place + 1].top - 1 if len(self.places) > place + 1 else len(self.rows) - 1
        self.places[place] = _Place(band.name, None, top, max(top, end), 0, self._width, lead, band.folds)

    def _put(self, first: Content, lines: Sequence[Content]) -> None:
        for n, line in enumerate(lines or [Content()]):
            head = first.pad_right(max(1, _LABEL - first.cell_length)) if n == 0 else Content(" " * _LABEL)
            self.rows.append(Content.assemble(head, line))

    def _flow_folded(self, bands: Sequence[Band]) -> None:
        """Put bands that are folded to their names side by side."""
        row, used = Content(), 0
        for band in bands:
            told = plain(f"{f'+{band.name}' if band.folds else f' {band.name}…'} {band.brief}".rstrip())
            if told.cell_length > self._width:
                told = told[: max(1, _fits(told, self._width - 1))] + "…"
            if used and used + _GAP + told.cell_length > self._width:
                self.rows.append(row)
                row, used = Content(), 0
            left = used + _GAP if used else 0
            row = Content.assemble(row, Content(" " * (left - used)), told.stylize("$foreground-muted"))
            used = left + told.cell_length
            at = len(self.rows)
            self.places.append(_Place(band.name, None, at, at, left, used, band.lead, band.folds))
        if used:
            self.rows.append(row)


class BandPage(ScrollView, can_focus=True):
    """The page. The arrows lead from place to place, Enter unfolds or goes where a line leads."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"band-page--cursor"}
    DEFAULT_CSS = """
    BandPage {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        .band-page--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
        &:focus .band-page--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
        &:nocolor .band-page--cursor { text-style: underline; }
        &:nocolor:focus .band-page--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "展开"),
        Binding("f7", "all", "全展开"),
        Binding("down,j", "move(1)", "下一处", show=False),
        Binding("up,k", "move(-1)", "上一处", show=False),
        Binding("pagedown,space", "page(1)", "下一页", show=False),
        Binding("pageup", "page(-1)", "上一页", show=False),
        Binding("home,g", "edge(False)", "开头", show=False),
        Binding("end,G", "edge(True)", "末尾", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Which place the cursor is on, from 0; only the rows it leaves and enters are drawn again."""

    @dataclass
    class Led(Message):
        """Enter was pressed on a line that leads somewhere, or it was clicked."""

        lead: Lead

    def __init__(self) -> None:
        super().__init__()
        self._bands: Sequence[Band] = ()
        self._unfolded: frozenset[str] = frozenset()
        self._page = _Page((), frozenset(), 80)

    def show(self, bands: Sequence[Band], unfolded: frozenset[str] | None = None) -> None:
        """Show bands that were read again; the cursor stays on the line of the same name.

        Args:
            bands: all of them.
            unfolded: the names of those that are unfolded; None leaves them as they are.
        """
        self._bands = bands
        self._unfold(self._unfolded if unfolded is None else unfolded)

    @property
    def places(self) -> int:
        """How many places there are."""
        return len(self._page.places)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a place."""
        return max(0, min(len(self._page.places) - 1, cursor))

    def watch_cursor(self, old: int, new: int) -> None:
        """Bring the cursor into sight and draw the rows again that it left and entered."""
        self._into_sight()
        for place in (old, new):
            if place < len(self._page.places):
                self.refresh(Region(0, self._page.places[place].top - self.scroll_offset.y, self.size.width, 1))

    def on_resize(self, _: Resize) -> None:
        """Wrap again."""
        self._unfold(self._unfolded)

    def on_click(self, event: Click) -> None:
        """Choose what was clicked; the second click of two chooses nothing more."""
        at = event.get_content_offset_capture(self)
        y = at.y + self.scroll_offset.y
        here = [n for n, each in enumerate(self._page.places) if each.top <= y <= each.bottom]
        found = next((n for n in reversed(here) if self._page.places[n].left <= at.x < self._page.places[n].right), None)
        if event.chain == 1 and found is not None:
            self.cursor = found
            self.action_choose()

    def action_move(self, by: int) -> None:
        """Go to the next place, or the one before; through one that is higher than the page half a page at a time."""
        height, top = self.size.height, self.scroll_offset.y
        if self._page.places:
            here = self._page.places[self.cursor]
            if (by > 0 and here.bottom >= top + height) or (by < 0 and here.top < top):
                self.scroll_to(y=top + by * max(1, height // 2), animate=False)
                return
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Turn a page; the cursor goes to the first place on it, and to the last one or the first where there is no further page."""
        height, top = max(1, self.size.height - 1), self.scroll_offset.y
        turned = max(0, min(len(self._page.rows) - self.size.height, top + by * height))
        if turned == top:
            self.action_edge(by > 0)
            return
        self.scroll_to(y=turned, animate=False, force=True, immediate=True)
        there = next((n for n, each in enumerate(self._page.places) if turned <= each.top <= turned + height), None)
        if there is not None:
            self.cursor = there

    def action_edge(self, last: bool) -> None:
        """Go to the first place or the last."""
        self.cursor = len(self._page.places) - 1 if last else 0

    def action_choose(self) -> None:
        """Unfold what is folded, fold what is unfolded, or go where the line leads."""
        if not self._page.places:
            return
        here = self._page.places[self.cursor]
        if here.folds:
            self._unfold(self._unfolded ^ {here.band})
        elif here.lead:
            self.post_message(self.Led(here.lead))

    def action_all(self) -> None:
        """Unfold all, or fold all where all are unfolded."""
        every = frozenset(band.name for band in self._bands if band.folds)
        self._unfold(frozenset() if every <= self._unfolded else every)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, row = self.scrollable_content_region.width, y + self.scroll_offset.y
        if row >= len(self._page.rows):
            return Strip.blank(width, self.visual_style.rich_style)
        content = self._page.rows[row]
        here = self._page.places[self.cursor] if self._page.places else None
        if here and here.top == row:
            content = self._with_cursor(content, here, width)
        return Strip(content.render_segments(self.visual_style)).adjust_cell_length(width, self.visual_style.rich_style)

    def _with_cursor(self, content: Content, here: _Place, width: int) -> Content:
        looks = self.get_visual_style("band-page--cursor")
        style = looks + Style(reverse=self.get_component_styles("band-page--cursor").text_style.reverse)
        content = content.pad_right(max(0, width - content.cell_length))
        left, right = _fits(content, here.left), _fits(content, min(here.right, width))
        here_now = Content.assemble(Content(">"), content[left + 1 : right].without_spans).stylize(style)
        return Content.assemble(content[:left], here_now, content[right:])

    def _unfold(self, names: frozenset[str]) -> None:
        before = self._page.places[self.cursor] if self._page.places else None
        self._unfolded = names
        self._page = _Page(self._bands, names, max(20, self.scrollable_content_region.width))
        places = self._page.places
        same = [n for n, each in enumerate(places) if before and (each.band, each.lead) == (before.band, before.lead)]
        band = [n for n, each in enumerate(places) if before and each.band == before.band]
        self.set_reactive(BandPage.cursor, self.validate_cursor((same or band or [self.cursor])[0]))
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._page.rows))
        self._into_sight()
        self.refresh()

    def _into_sight(self) -> None:
        """Scroll so that the place is in sight, its first row before its last."""
        if not self._page.places:
            return
        here, height, top = self._page.places[self.cursor], self.size.height, self.scroll_offset.y
        if here.top < top:
            self.scroll_to(y=here.top, animate=False, force=True)
        elif height > 0 and here.bottom >= top + height:
            self.scroll_to(y=min(here.top, here.bottom - height + 1), animate=False, force=True)


def _wrapped(text: str, width: int) -> list[Content]:
    return [line for part in text.split("\n") for line in plain(part).wrap(width) or [Content()]]


def _side_by_side(entries: Sequence[Entry], width: int) -> list[Content]:
    """Put entries in columns of one width, as many as have room."""
    texts = [plain(entry.text) for entry in entries]
    widest = max((text.cell_length for text in texts), default=0) + _GAP
    beside = max(1, (width + _GAP) // widest)
    if beside == 1:
        return [line for entry in entries for line in _wrapped(entry.text, width)]
    rows = (texts[n : n + beside] for n in range(0, len(texts), beside))
    return [Content.assemble(*(text.pad_right(widest - text.cell_length) for text in row)).rstrip() for row in rows]


def _fits(content: Content, cells: int) -> int:
    """Return how many characters of a content lie within so many cells."""
    used = 0
    for n, char in enumerate(content.plain):
        used += Content(char).cell_length
        if used > cells:
            return n
    return len(content.plain)
