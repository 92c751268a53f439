"""按键: what each key means everywhere, and the person's own beside it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.frame.screen import DeskScreen, RowList
from tui.terminal.keymap import FIXED, KEYS, OwnKeys, refusal
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn


class _Keys(RowList[str]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "另设一个键…"),
        Binding("delete", "screen.drop", "去掉另设的"),
    ]


class KeysPage(DeskScreen[None]):
    """The registry of keys."""

    GUIDE = "每个键到处只有一个意思。键盘上的键按不出来的，按回车给它另设一个；原来的键照样能用。按 Delete 去掉另设的。"
    AUTO_FOCUS = "_Keys"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "返回")]

    def body(self) -> ComposeResult:
        """Yield the keys, and what cannot be changed."""
        yield Static(plain("按键  另设的只归您用，原来的键照样能用"), classes="heading", markup=False)
        yield _Keys(
            ListColumn("键", lambda name: "、".join(self._called(key) for key in KEYS[name].keys.split(",")), 12),
            ListColumn("您另设的", lambda name: self._called(self._own.get(name, "")), 10),
            ListColumn("意思", lambda name: KEYS[name].told),
            key=lambda name: name,
        )
        yield Static(plain(f"另外：{FIXED}。"), classes="fixed", markup=False)

    async def load(self) -> None:
        """Show the keys."""
        if self.query_one(_Keys).index is None:
            self.query_one(_Keys).replace(tuple(KEYS))

    def on_line_list_chosen(self, _: LineList.Chosen) -> None:
        """Ask for a key."""
        if name := self.query_one(_Keys).row:
            self.app.push_screen(_NewKey(KEYS[name].told), lambda key: self._give(name, key) if key else None)

    def action_drop(self) -> None:
        """Take the person's own key away again."""
        name = self.query_one(_Keys).row
        if name in self._own:
            self._choose({meaning: key for meaning, key in self._own.items() if meaning != name})
            self.status.said("已去掉另设的键。")
        else:
            self.status.said("这一个没有另设过。")

    def _give(self, name: str, key: str) -> None:
        others = {meaning: given for meaning, given in self._own.items() if meaning != name}
        if why := refusal(name, key, others):
            self.status.failed(f"{self._called(key)} {why}")
        else:
            self._choose({**others, name: key})
            self.status.said(f"{self._called(key)} 现在也是“{KEYS[name].told}”的键。")

    def _choose(self, own: dict[str, str]) -> None:
        self.at.choose(keys=own)
        self.query_one(_Keys).refresh()
        self.refresh_bindings()

    @property
    def _own(self) -> dict[str, str]:
        return dict(OwnKeys(self.at.settings.keys).given)

    def _called(self, key: str) -> str:
        return self.at.key_called(key) if key else ""


class _NewKey(ModalScreen[str]):
    """Gives the key that is pressed, None for Esc."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self._told = told

    def compose(self) -> ComposeResult:
        """Say what is asked."""
        yield Static(plain(f"给“{self._told}”另设一个键"), classes="heading", markup=False)
        said = "请按那个键，例如 Ctrl 加一个字母，或者 F12。按 Esc 不改。\n按了没有反应的，是终端或者输入法拿走了，换一个。"
        yield Static(plain(said, lines=True), classes="told", markup=False)

    def on_key(self, event: Key) -> None:
        """Take the key."""
        event.stop()
        self.dismiss(None if event.key == "escape" else event.key)
