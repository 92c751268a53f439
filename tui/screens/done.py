"""已办: what the person did, a month at a time, newest first; Enter opens the item, the last step may be taken back."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.done import DoneStep, done, months, way_back
from desk.mine import Mine
from desk.terms import serial
from tui.forms.form import form_for
from tui.frame.among import among
from tui.frame.parts import numbers
from tui.frame.picker import Picker
from tui.frame.screen import READING, RowList, begin
from tui.screens.browsing import Browsing
from tui.screens.mine import MineScreen
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn


class DoneScreen(Browsing[None]):
    """The steps of one person in one month."""

    GUIDE = (
        "这里列出您办过的事，新的在前。回车打开事项，F4 换月份，F7 看我跟踪的，在那里按 F4 换成我登记的。"
        "最近一步没有人接着办的，可以按 Ctrl+Z 撤回，撤回也是一步。"
    )
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("pick", "month", "月份"),
        bound("look", "mine('followed')", "我跟踪的"),
        Binding("ctrl+z", "undo", "撤回"),
        bound("find", "app.ledger", "台账", show=False),
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._month = ""
        self._steps: tuple[DoneStep, ...] = ()
        self._back = ""

    def body(self) -> ComposeResult:
        """Yield the month, the steps, and whether the last can be taken back."""
        yield Static(READING, classes="summary month", markup=False)
        yield RowList[DoneStep](*self._columns(), key=lambda each: each.step.commit)
        yield Static(classes="summary last", markup=False)

    def _columns(self) -> tuple[ListColumn[DoneStep], ...]:
        return (
            ListColumn("何时", lambda each: f"{each.step.time[5:10]} {each.step.time[11:16]}", 11),
            ListColumn("办了什么", lambda each: each.label, 14),
            numbers(self._number, self._steps),
            ListColumn("名称", lambda each: each.title or each.step.subject),
            ListColumn("现在", lambda each: each.now or "—", 21, after=44),
        )

    async def load(self) -> None:
        """Read the month."""
        desk = self.at.desk
        self._month = self._month or f"{desk.today:%Y-%m}"
        self._steps, self._back = await self.at.ask(partial(self._read, self._month))
        who = "" if desk.person else "  没有选定身份，没有已办"
        self.query_one(".month", Static).update(plain(f"{self._month}  我办过的 {len(self._steps)} 步{who}"))
        told = f"最近一步可撤回：{self._said(self._steps[0])}（Ctrl+Z）" if self._back else ""
        self.query_one(".last", Static).update(plain(told))
        rows = self.query_one(RowList)
        rows.say_empty("这个月没有办过什么。按 F4 换月份。" if desk.person else "没有选定身份，没有已办。请按 F2，选“换身份”。")
        rows.take_columns(self._columns())
        rows.replace(self._steps)
        self.refresh_bindings()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the item."""
        chosen = self._steps[event.index]
        if chosen.opens:
            item, items = chosen.step.item or "", [each.step.item if each.opens else None for each in self._steps]
            self.at.open_case(item, among=among(event.list, items, item))
        else:
            self.status.said("这一步没有您能打开的事项。")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to take back only what can be."""
        return action != "undo" or bool(self._back)

    def action_month(self) -> None:
        """Choose another month."""
        found = months(self.at.desk)

        def take(places: tuple[int, ...] | None) -> None:
            if places:
                self._month = found[places[0]]

        self.app.push_screen(Picker("看哪个月", [ListColumn("月份", str)], found), take)

    def action_mine(self, what: Mine) -> None:
        """Show what he entered, or what he follows."""
        self.app.push_screen(MineScreen(what))

    def action_undo(self) -> None:
        """Open the form that takes the last step back."""

        async def go() -> None:
            with self.telling():
                self.app.push_screen(await self.at.ask(partial(form_for, self.at.desk, self._back, self._steps[0].step.item or "", "")))

        begin(self, "form", go, on=self._back)

    def _read(self, month: str) -> tuple[tuple[DoneStep, ...], str]:
        desk = self.at.desk
        steps = done(desk, month)
        return steps, way_back(desk, steps[0]) if steps and month == f"{desk.today:%Y-%m}" else ""

    def _said(self, last: DoneStep) -> str:
        return f"{last.step.time[5:10]} {last.step.time[11:16]} {last.label} {self._number(last)}"

    def _number(self, each: DoneStep) -> str:
        return serial(each.step.item, self.at.desk.today.year) if each.step.item else "—"
