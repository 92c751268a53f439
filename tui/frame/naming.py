"""One line that asks for a name."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.terminal import OrderedInput, plain
from tui.terminal.keymap import bound
from tui.widgets.key_line import KeyLine


class _Name(OrderedInput):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "就用这个名称")]


class NamePage(ModalScreen[str]):
    """Gives the name that was typed, None where nothing was decided."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("do", "done", "就用这个名称", show=False),
        Binding("escape", "dismiss", "不改了"),
    ]

    def __init__(self, heading: str, told: str, most: int, name: str = "") -> None:
        """Ask for a name.

        Args:
            heading: what it is for.
            told: what becomes of it.
            most: how many signs it may have.
            name: what stands there at first.
        """
        super().__init__()
        self._heading, self._told, self._most, self._name_first = heading, told, most, name

    def compose(self) -> ComposeResult:
        """Put heading, line and keys in."""
        yield Static(plain(self._heading), classes="heading", markup=False)
        with Horizontal(classes="search"):
            yield Static("名称 ", classes="label", markup=False)
            yield _Name(self._name_first, placeholder=f"至多{self._most}个字，回车", compact=True, max_length=self._most)
        yield Static(plain(self._told, lines=True), classes="told", markup=False)
        yield KeyLine()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Give the name."""
        self.action_done()

    def action_done(self) -> None:
        """Give the name, unless there is none yet."""
        if name := "".join(self.query_one(_Name).value.split()):
            self.dismiss(name)
