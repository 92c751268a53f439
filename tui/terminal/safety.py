"""Nothing that a terminal would obey, and no markup, leaves as text.

Textual sends text as it stands: an escape sequence in a record writes the reader's clipboard or clears the screen, and a
``str`` given to a widget is markup, in which ``[@click=app.quit]`` is a live button and ``[/]`` ends the app.
"""

import unicodedata
from collections.abc import Sequence

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter, Monochrome, NoColor

from schema.text import show


def plain(text: str, *, lines: bool = False) -> Content:
    """Return text of a record as content for a widget: every character visible, nothing in it read as markup.

    The one way such text enters a widget. What a person may edit goes to an editor as it is, and the net below catches it.

    Args:
        text: anything, also text that no record would be allowed to hold.
        lines: keep line feeds.
    """
    return Content(show(text, lines=lines))


class _Visible(dict[int, int | str | None]):
    """What each code point leaves as, found out at its first use; private-use characters stay: names have them."""

    def __missing__(self, code: int) -> int | str | None:
        char = chr(code)
        unsafe = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or char in "\ufffe\uffff"
        leaves = " " * get_character_cell_size(char) if unsafe else code
        self[code] = leaves
        return leaves


class _SafeText(LineFilter):
    """Blanks out what must not reach a terminal, in the cells it was measured for, so that rows stay in line."""

    def __init__(self) -> None:
        super().__init__()
        self._visible = _Visible()

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(text.translate(self._visible), style, control) for text, style, control in segments]


class SafeOutput(App[object]):
    """An app of which nothing unprintable leaves as text: the last line of defence behind `plain`."""

    _safe_text = _SafeText()
    _no_color = NoColor()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and ours after them.

        Textual chooses between greys and no colour at all by the theme it has before an app can set one; here the theme in force counts.
        """
        filters = super().get_line_filters()
        if self.native_ansi_color:
            filters = [self._no_color if isinstance(each, Monochrome) else each for each in filters]
        return [*filters, self._safe_text]
