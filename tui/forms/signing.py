"""The statement that a person signs himself: what it says, and how it is signed on his own computer, to be copied as it stands."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from records.signatures.statement import COMMAND, Statement
from tui.frame.screen import DeskScreen
from tui.terminal.keymap import bound
from tui.terminal.safety import plain

_HOW = (
    "复制下面的声明（F5，或者用鼠标），在自己的电脑上存成 s.txt。Linux、macOS 运行",
    "cat > $HOME/s.txt",
    "粘贴，光标不在行首的按回车，再按 Ctrl+D。Windows 不用记事本，在 PowerShell 运行",
    r"""[IO.File]::WriteAllText("$HOME/s.txt",((gcb -Raw)-replace"`r").Trim()+"`n")""",
    "再签名，然后把 s.txt.sig 的全部内容贴在表的“本人签名”里，按 F10 办理：",
    COMMAND,
)


class StatementPage(DeskScreen[None]):
    """The statement, from the first column on and with nothing beside it, so that a mouse takes it whole."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "copy", "复制声明"),
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self, heading: str, statement: Statement) -> None:
        """Make the page.

        Args:
            heading: of which act on what.
            statement: what is signed.
        """
        super().__init__()
        self._heading, self._statement = heading, statement

    def body(self) -> ComposeResult:
        """Yield how it is signed, and the statement."""
        yield Static(plain(self._heading), classes="heading", markup=False)
        with VerticalScroll():
            for line in (*_HOW, ""):
                yield Static(plain(line), classes="how", markup=False)
            for line in self._statement.text.splitlines():
                yield Static(plain(line), classes="statement", markup=False)

    def action_copy(self) -> None:
        """Hand the statement to the terminal's clipboard, byte for byte, where the terminal takes such a thing."""
        self.to_clipboard("声明", self._statement.text)
