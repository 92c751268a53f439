"""What has no room ends in “…”: the one place where text is cut to cells, for widgets of ours and for Textual's.

Textual drops the rows of a text that its widget has no room for without a word, cuts what does not wrap at the edge, and counts its own
“…” as one cell where a terminal set up for Chinese draws two.
"""

from functools import wraps

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions

_MORE = "…"

_render, _truncate = Content.render_strips, Content.truncate


def cut(content: Content, cells: int) -> Content:
    """Return a content within so many cells; one that is longer ends in …, and no wide character is cut in half."""
    if content.cell_length <= cells:
        return content
    return Content.assemble(content[: fits(content, cells - cell_len(_MORE))], _MORE if cells >= cell_len(_MORE) else "")


def fits(content: Content, cells: int) -> int:
    """Return how many characters of a content lie within so many cells."""
    used = 0
    for n, char in enumerate(content.plain):
        used += cell_len(char)
        if used > cells:
            return n
    return len(content.plain)


def edged(strip: Strip, cells: int, blank: RichStyle, *, before: bool, after: bool) -> Strip:
    """Return so many cells of a row, with … in the place of the first and the last of them where it goes on there.

    Args:
        strip: the row from its first cell in sight on; what Rich wrapped of it, though it is one row, is left out.
        cells: how many are in sight.
        blank: the look of those in which nothing stands.
        before: whether it goes on at the left.
        after: whether it goes on at the right.
    """
    row = next(iter(Segment.split_lines(strip)), [])
    sign, strip = cell_len(_MORE), Strip(row).crop(0, cells).extend_cell_length(cells, blank)
    style = row[0].style if row else None
    if before:
        strip = Strip([Segment(_MORE, style), *strip.crop(sign)])
    return Strip([*strip.crop(0, cells - sign), Segment(_MORE, style)]) if after else strip


def mark_cuts() -> None:
    """Have Textual end in … whatever it cuts; a second call changes nothing."""
    Content.render_strips, Content.truncate = _rendered, _truncated  # type: ignore[method-assign]


@wraps(_render)
def _rendered(self: Content, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
    strips = _render(self, width, None, style, options)
    if height is None or len(strips) <= height:
        return strips
    kept, lost = strips[:height], strips[height:]
    if kept and any(strip.text.strip() for strip in lost):
        kept[-1] = _ending(kept[-1], width)
    return kept


def _ending(strip: Strip, width: int) -> Strip:
    """Return a row that others should have followed; its last characters make room for the sign where they have to."""
    length = cell_len(text := strip.text.rstrip())
    while text and cell_len(text) + cell_len(_MORE) > width:
        text = text[:-1]
    kept = strip.crop(0, cell_len(text) if text else length)
    last = next((each.style for each in reversed(list(kept)) if each.text.strip()), None)
    return Strip([*kept, Segment(_MORE, last)])


@wraps(_truncate)
def _truncated(self: Content, max_width: int, *, ellipsis: bool = False, pad: bool = False) -> Content:
    if not ellipsis or self.cell_length <= max_width:
        return _truncate(self, max_width, ellipsis=ellipsis, pad=pad)
    kept = cut(self, max_width)
    return kept.pad_right(max_width - kept.cell_length) if pad else kept
