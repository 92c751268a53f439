"""Two texts of a record against each other, on the screen: coloured and marked, so that it reads without colour too."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from desk.char_diff import Kind, Line, changed
from tui.terminal.safety import plain

_LOOKS: dict[Kind, tuple[str, str, str]] = {
    "same": ("", "", ""),
    "old": ("[-", "-]", "$text-error"),
    "new": ("{+", "+}", "$text-success bold"),
}


class DiffView(VerticalScroll):
    """Shows what changed; it scrolls, and holds one widget however long the texts are."""

    DEFAULT_CSS = """
    DiffView { padding: 0 1; scrollbar-size-vertical: 1; }
    DiffView > Static { height: auto; }
    """

    def __init__(self, old: str = "", new: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        """Show the change from one text to another, both in their normal form (one sentence a line)."""
        super().__init__(id=id)
        self._body = Static(_content(_lines(old, new)), markup=False)

    def compose(self) -> ComposeResult:
        """Put the text in."""
        yield self._body

    def compare(self, old: str, new: str) -> None:
        """Show the change between two other texts, from the top."""
        self._body.update(_content(_lines(old, new)))
        self.scroll_home(animate=False)


def _lines(old: str, new: str) -> list[Line]:
    return changed(old, new) if old or new else []


def _content(lines: list[Line]) -> Content:
    return Content("\n").join(map(coloured, lines)) if lines else Content("没有可以对比的内容")


def coloured(line: Line, kinds: frozenset[Kind] = frozenset(_LOOKS)) -> Content:
    """Return a line with its changes coloured and marked; ``kinds`` are those of its pieces that are shown."""
    pieces = []
    for kind, text in line:
        if kind in kinds:
            opening, closing, style = _LOOKS[kind]
            pieces.append(Content.assemble(opening, plain(text), closing).stylize(style) if style else plain(text))
    return Content("").join(pieces)
