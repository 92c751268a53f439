"""我登记的 and 我跟踪的, one beneath the other key: the person's own lists, beside what he did."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.mine import MINE, Mine, MineLine, follow, mine
from desk.terms import label, serial
from tui.frame.among import among
from tui.frame.parts import light_look, light_name, numbers
from tui.frame.screen import READING, RowList, begin
from tui.screens.browsing import Browsing
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_EMPTY = {
    "registered": "您没有登记过事项。按 F4 看您跟踪的，按 F3 到台账。",
    "followed": "您没有跟踪的事项。按 F3 到台账，空格选几件，再按 F5 跟踪。",
}


class MineScreen(Browsing[None]):
    """One of the two lists."""

    GUIDE = "我登记的是您登记、结转的事项；我跟踪的是您自己选的，“其后”是您上次看过以后别人办的。F4 换另一份，空格不再跟踪，回车打开。"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("pick", "other", "换一份"),
        Binding("space", "follow", "不再跟踪"),
        bound("find", "app.ledger", "台账", show=False),
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self, what: Mine) -> None:
        super().__init__()
        self._what = what
        self._lines: tuple[MineLine, ...] = ()

    def body(self) -> ComposeResult:
        """Yield what these are, and the list."""
        yield Static(READING, classes="summary mine", markup=False)
        yield RowList[MineLine](*self._columns(), key=lambda each: each.excerpt.id)

    def _columns(self) -> tuple[ListColumn[MineLine], ...]:
        year = self.at.desk.today.year
        return (
            ListColumn("灯", lambda each: light_name(each.light), 2, lambda each: light_look(each.light)),
            numbers(lambda each: serial(each.excerpt.id, year), self._lines),
            ListColumn("名称", lambda each: each.excerpt.title),
            ListColumn("状态", lambda each: label("state", each.excerpt.state), 14),
            ListColumn("其后", lambda each: each.news or each.light.short, 22),
        )

    async def load(self) -> None:
        """Read the list."""
        self._lines = await self.at.ask(partial(mine, self.at.desk, self._what))
        news = sum(bool(each.news) for each in self._lines)
        told = f"{MINE[self._what]} {len(self._lines)} 件" + (f"，{news} 件有变动" if news else "")
        self.query_one(".mine", Static).update(plain(told))
        rows = self.query_one(RowList)
        rows.say_empty(_EMPTY[self._what])
        rows.take_columns(self._columns())
        rows.replace(self._lines)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to follow no longer only what is followed."""
        return action != "follow" or (self._what == "followed" and bool(self._lines))

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the matter."""
        items = [line.excerpt.id for line in self._lines]
        self.at.open_case(items[event.index], among=among(event.list, items, items[event.index]))

    def action_other(self) -> None:
        """Show the other list."""
        self._what = "followed" if self._what == "registered" else "registered"
        self.reload()

    def action_follow(self) -> None:
        """Follow the matter under the cursor no longer."""
        place = self.query_one(RowList).index

        async def go(item: str) -> None:
            with self.telling():
                await self.at.ask(partial(follow, self.at.desk, item))
                self.status.said(f"不再跟踪 {item}。")
                await self.load()

        if place is not None and place < len(self._lines):
            begin(self, "follow", partial(go, self._lines[place].excerpt.id))
