"""我登记的 and 我跟踪的, one beneath the other key: the person's own lists, beside what he did."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.mine import MINE, Mine, MineLine, follow, mine
from desk.terms import label, serial
from records.index.listing import EVERY
from tui.frame.among import Among
from tui.frame.parts import light_look, light_name, numbers
from tui.frame.screen import READING, RowList, begin
from tui.screens.browsing import Browsing, lacking
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn
from tui.widgets.pages import Pages

_PAGE = 100  # lines that are read at a time: a few screens

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
        self._lines = Pages[MineLine]()
        self._longest: tuple[MineLine, ...] = ()

    def body(self) -> ComposeResult:
        """Yield what these are, and the list."""
        yield Static(READING, classes="summary mine", markup=False)
        yield RowList[MineLine](*self._columns(), key=lambda each: each.excerpt.id)

    def _columns(self) -> tuple[ListColumn[MineLine], ...]:
        return (
            ListColumn("灯", lambda each: light_name(each.light), 2, lambda each: light_look(each.light)),
            numbers(self._number, self._longest),
            ListColumn("名称", lambda each: each.excerpt.title),
            ListColumn("状态", lambda each: label("state", each.excerpt.state), 14),
            ListColumn("其后", lambda each: each.news or each.light.short, 22),
        )

    async def load(self) -> None:
        """Read what is in sight of what he entered, and all that he follows."""
        rows = self.query_one(RowList)
        place, item = rows.cursor, rows.row.excerpt.id if rows.row else ""
        first, most = (max(0, place - _PAGE // 2), _PAGE) if self._what == "registered" else (0, EVERY)
        total, part, lacks = await self.at.ask(partial(mine, self.at.desk, self._what, first, most))
        news = sum(bool(each.news) for each in part)
        told = f"{MINE[self._what]} {total} 件" + (f"，{news} 件有变动" if news else "") + lacking(0, lacks)
        self.query_one(".mine", Static).update(plain(told))
        rows.say_empty(_EMPTY[self._what])
        self._lines, self._longest = Pages(total), ()
        self._put(first, part)
        rows.replace(self._lines, cursor=next((at for at, each in enumerate(part, first) if each.excerpt.id == item), place))
        self.refresh_bindings()

    def _put(self, first: int, part: tuple[MineLine, ...]) -> None:
        """Take lines that were read; the numbers get the room that the longest of them needs."""
        self._lines.put(first, part)
        self._longest = tuple(sorted((*self._longest, *part), key=lambda each: len(self._number(each)))[-1:])
        self.query_one(RowList).take_columns(self._columns())

    def _number(self, each: MineLine) -> str:
        return serial(each.excerpt.id, self.at.desk.today.year)

    def on_line_list_missing(self, _: LineList.Missing) -> None:
        """Read what came into sight."""
        begin(self, "page", self._page)

    async def _page(self) -> None:
        rows, lines = self.query_one(RowList), self._lines
        if (wanted := lines.to_read(rows.in_sight, _PAGE // 2)) is None:
            return
        with self.telling():
            total, part, _ = await self.at.ask(partial(mine, self.at.desk, self._what, *wanted))
            if total != len(lines):
                await self.load()  # the register has moved on
            elif lines is self._lines:
                self._put(wanted[0], part)
                rows.filled()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to follow no longer only what is followed."""
        return action != "follow" or (self._what == "followed" and bool(self._lines))

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the matter."""
        if line := self._lines[event.index]:
            self.at.open_case(line.excerpt.id, among=self._among(event.index))

    def _among(self, place: int) -> Among:
        """The list as it stands now; further matters are read as one comes to them."""
        rows, desk, what = self.query_one(RowList), self.at.desk, self._what

        def item(at: int) -> str:
            return next((line.excerpt.id for line in mine(desk, what, at, 1).lines), "")

        def follow(at: int) -> None:
            rows.cursor = at

        return Among(len(self._lines), place, item, follow)

    def action_other(self) -> None:
        """Show the other list."""
        self._what = "followed" if self._what == "registered" else "registered"
        self.reload()

    def action_follow(self) -> None:
        """Follow the matter under the cursor no longer."""
        line = self.query_one(RowList).row

        async def go(item: str) -> None:
            with self.telling():
                await self.at.ask(partial(follow, self.at.desk, item))
                self.status.said(f"不再跟踪 {item}。")
                await self.load()

        if line is not None:
            begin(self, "follow", partial(go, line.excerpt.id))
