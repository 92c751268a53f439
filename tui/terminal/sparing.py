"""A slow line: of each picture only the cells are sent that differ from what the terminal shows already.

Textual sends whatever it draws again: a row of a list with all its blanks, every row of a scroll bar, a screen whole. Here what it would
send is held against what was sent before, and blanks to the end of a row become one order. Where anything stands in it that is no text,
move or style, it goes out as it is, and nothing is taken for known any more.
"""

import re
from collections.abc import Iterator

from rich.cells import get_character_cell_size
from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen

_PART = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|(\n)|([^\x1b\n]+)")
_GAP = 8  # cells that are sent again rather than jumped over: the jump takes as many bytes
_USUAL = frozenset({"0", "39", "49", ""})
_ON_BLANKS = re.compile(r"(?:^|;)(?:4|7|9|4[0-8]|10[0-7])(?:;|$)")
_Cell = tuple[str, str]
_BLANK: _Cell = (" ", "")
_BEHIND = ""  # the second cell of a wide character


class Sheet:
    """What a terminal shows, cell by cell, as far as it is known."""

    def __init__(self) -> None:
        self._size = Size()
        self._rows: list[list[_Cell | None]] = []

    def forget(self, size: Size) -> None:
        """Take nothing for known on a terminal of a size."""
        self._size = size
        self._rows = [[None] * size.width for _ in range(size.height)]

    def spared(self, text: str, size: Size) -> str:
        """Return what need be sent of a text for a terminal of a size to show what it would show."""
        if size != self._size:
            self.forget(size)
        new: dict[int, list[_Cell | None]] = {}
        if not self._drawn(text, new):
            self.forget(size)
            return text
        return "".join(part for y in sorted(new) for part in self._sent(y, new[y]))

    def _drawn(self, text: str, new: dict[int, list[_Cell | None]]) -> bool:
        """Draw a text into the rows that it touches; False where there is more in it than this knows."""
        x = y = at = 0
        style = ""
        while at < len(text):
            part = _PART.match(text, at)
            if part is None:
                return False
            at = part.end()
            row, column, sgr, line, words = part.groups()
            if row:
                y, x = int(row) - 1, int(column) - 1
            elif line:
                y, x = y + 1, 0
            elif words is None:
                style = ";".join(each for each in sgr.split(";") if each not in _USUAL)
            elif 0 <= y < len(self._rows):  # no terminal has room for the others: a window was made smaller, and all is drawn anew
                x = _put(new.setdefault(y, [*self._rows[y]]), x, words, style)
        return True

    def _sent(self, y: int, new: list[_Cell | None]) -> Iterator[str]:
        """Yield what changes a row, and remember it."""
        old, self._rows[y] = self._rows[y], new
        tail = len(new)
        while tail and new[tail - 1] == _BLANK:
            tail -= 1
        if old[tail:] == new[tail:]:
            tail = len(new)
        for begin, end in _spans(old, new, tail):
            yield f"\x1b[{y + 1};{begin + 1}H"
            yield _styled(new[begin:end])
        if tail < len(new):
            yield f"\x1b[{y + 1};{tail + 1}H\x1b[K"


class _Spared(CompositorUpdate):
    """An update of Textual's, of which no more is sent than need be."""

    def __init__(self, update: CompositorUpdate, sheet: Sheet, size: Size) -> None:
        self._update, self._sheet, self._size = update, sheet, size

    def render_segments(self, console: Console) -> str:
        """Render it."""
        return self._sheet.spared(self._update.render_segments(console), self._size)


class SparingOutput(App[object]):
    """An app that sends no cell twice, once it has a sheet."""

    sheet: Sheet | None = None

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self.sheet is not None and isinstance(renderable, CompositorUpdate):
            renderable = _Spared(renderable, self.sheet, self.size)
        super()._display(screen, renderable)


def _put(row: list[_Cell | None], x: int, words: str, style: str) -> int:
    """Put words into a row and return where the next go; what does not fit is cut, as the terminal does."""
    blank = (" ", style if _ON_BLANKS.search(style) else "")
    for char in words:
        wide = get_character_cell_size(char)
        if wide == 0:
            if 0 < x <= len(row) and (before := row[x - 1]):
                row[x - 1] = (before[0] + char, before[1])
            continue
        for place in range(x, min(x + wide, len(row))):
            row[place] = (char if place == x else _BEHIND, style) if char != " " else blank
        x += wide
    return x


def _spans(old: list[_Cell | None], new: list[_Cell | None], tail: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where cells differ, near ones as one; a wide character is never begun in its middle."""
    begin = end = -1
    for x in range(tail):
        if old[x] == new[x]:
            continue
        if begin >= 0 and x - end > _GAP:
            yield begin, end
            begin = -1
        if begin < 0:
            begin = x
            while begin and (cell := new[begin]) and cell[0] == _BEHIND:
                begin -= 1
        end = x + 1
    if begin >= 0:
        while end < len(new) and (cell := new[end]) and cell[0] == _BEHIND:
            end += 1
        yield begin, end


def _styled(cells: list[_Cell | None]) -> str:
    """Return cells as they are sent, their styles told where they change; a blank looks the same in any ink."""
    parts: list[str] = []
    now = ""
    for cell in cells:
        char, style = cell or _BLANK
        if style != now and ((char, style) != _BLANK or _ON_BLANKS.search(now)):
            parts.append(f"\x1b[{'0;' if now else ''}{style}m" if style else "\x1b[m")
            now = style
        parts.append(char)
    return "".join(parts) + ("\x1b[m" if now else "")
