"""A document as it is read: nothing is done here."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from desk.shown_text import ShownText
from tui.frame.parts import PaperView
from tui.frame.screen import DeskScreen
from tui.terminal.safety import plain


class PaperPage(DeskScreen[None]):
    """A text of the record."""

    GUIDE = "这是记录里的文本，和将要印出来的一字不差。PgDn 翻页。"
    AUTO_FOCUS = "PaperView"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "返回")]

    def __init__(self, sheet: ShownText) -> None:
        super().__init__()
        self._sheet = sheet

    def body(self) -> ComposeResult:
        """Yield what it is, and the text."""
        yield Static(plain(self._sheet.what), classes="heading", markup=False)
        yield PaperView()

    async def load(self) -> None:
        """Show the text; it was read before."""
        self.query_one(PaperView).show(self._sheet)
