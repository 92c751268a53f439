"""A page that is only read: broken records, one step of an item's history."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from desk.terms import Line
from tui.frame.parts import Facts
from tui.frame.screen import DeskScreen
from tui.terminal.safety import plain


class ReadingPage(DeskScreen[None]):
    """Labelled facts under a heading."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "返回")]

    def __init__(self, heading: str, facts: Iterable[Line]) -> None:
        super().__init__()
        self._heading = heading
        self._facts = tuple(facts)

    def body(self) -> ComposeResult:
        """Yield the heading and the facts."""
        yield Static(plain(self._heading), classes="heading", markup=False)
        yield Facts()

    async def load(self) -> None:
        """Show the facts; they were read before."""
        self.query_one(Facts).tell(self._facts)
