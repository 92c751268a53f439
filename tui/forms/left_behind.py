"""What a person wrote for an act that he can no longer do: his own words, to be read, copied, and given up."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.terms import Line
from schema.tables import acts
from tui.frame.parts import Facts
from tui.frame.screen import DeskScreen
from tui.terminal.keymap import bound
from tui.terminal.safety import plain


class LeftBehind(DeskScreen[None]):
    """Words that no form takes any more."""

    GUIDE = "这是您写了没办的，现在不能办了，为什么写在上面。还要用的，按 F5 复制；不要了，按两次 F9 删去，待办里就不再列。"
    AUTO_FOCUS = "Facts"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "copy", "复制"),
        bound("new", "drop", "删去"),
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self, act: str, item: str, facts: tuple[Line, ...], words: Mapping[str, str]) -> None:
        """Make the page.

        Args:
            act: what they were written for.
            item: the matter, which the person may no longer see.
            facts: when and for what, why it cannot be done, and the words by their fields.
            words: the words alone.
        """
        super().__init__()
        self._act, self._item, self._facts, self._words = act, item, facts, words
        self.concerns = f"{act} {item}"
        self._dropping = False

    def body(self) -> ComposeResult:
        """Yield what it is a draft of, and the words."""
        yield Static(plain(f"草稿  {acts()[self._act].label}  {self._item}"), classes="heading", markup=False)
        yield Facts()

    async def load(self) -> None:
        """Show them; they were read before."""
        self.query_one(Facts).tell(self._facts)

    def action_copy(self) -> None:
        """Hand the words to the terminal's clipboard; whoever does so does not give them up with the next key."""
        self._dropping = False
        self.to_clipboard("所写内容", "\n\n".join(filter(str.strip, self._words.values())))

    def action_drop(self) -> None:
        """Give them up, at the second time."""
        if not self._dropping:
            self._dropping = True
            self.status.said("再按一次 F9，删去这份草稿，不能找回。")
            return
        self.at.drafts.drop(f"{self._act} {self._item}")
        self.dismiss()
        self.app.notify("草稿已删去。")
