"""办理: what can be done with an item now, and why the rest cannot."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.clauses import cited
from records.acts import Prospect
from tui.frame.parts import HeadFacts
from tui.frame.reading import ReadingPage
from tui.frame.screen import DeskScreen, RowList
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_NUMBERED = 10
"""Acts that a digit chooses, 0 the tenth."""


class _Acts(RowList[Prospect]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "选定"),
        *(Binding(str(n % 10), f"nth({n - 1})", f"办第{n}项", show=False) for n in range(1, _NUMBERED + 1)),
    ]

    def action_nth(self, nth: int) -> None:
        """Choose one of those that may be done by its number."""
        may = [place for place, each in enumerate(self._rows) if each and each.refusal is None]
        if nth < len(may):
            self.cursor = may[nth]
            self.action_choose()


class ActMenu(DeskScreen[str]):
    """Gives the name of the act chosen."""

    GUIDE = "上面是您现在能办的，选一项按回车，或按它的数字。标“不能办”的，下面写着为什么、应由谁办。F7 看依据的条文。"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [bound("look", "clause", "依据的条文"), Binding("escape", "dismiss", "返回")]

    def __init__(self, heading: str, prospects: tuple[Prospect, ...]) -> None:
        """Make a menu.

        Args:
            heading: what is to be acted on.
            prospects: the acts, in the order in which they are offered.
        """
        super().__init__()
        self._heading, self._prospects = heading, prospects
        may = [each.spec.name for each in prospects if each.refusal is None]
        self._digits = {name: str(n % 10) for n, name in enumerate(may[:_NUMBERED], start=1)}

    def body(self) -> ComposeResult:
        """Yield the list, and what is to be said of the act under the cursor."""
        yield Static(plain(f"办理  {self._heading}"), classes="heading", markup=False)
        yield _Acts(
            ListColumn("", lambda each: self._digits.get(each.spec.name, ""), 1),
            ListColumn("能否", lambda each: "不能办" if each.refusal else "可以办", 6, _dim),
            ListColumn("办理事项", lambda each: each.spec.label, 14, _dim),
            ListColumn("依据", lambda each: each.spec.clause, 10, _dim),
            ListColumn("说明", lambda each: each.refusal.reason if each.refusal else each.spec.help, None, _dim),
            key=lambda each: each.spec.name,
        )
        yield HeadFacts(classes="about")

    async def load(self) -> None:
        """Show the acts."""
        rows = self.query_one(RowList)
        if not rows.index:
            rows.say_empty("这里没有可办的。按 Esc 返回。")
            rows.replace(self._prospects)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Say what the act does, or why it cannot be done."""
        if event.index is not None:
            this = self._prospects[event.index]
            told = [("办什么", this.spec.help)]
            if this.refusal:
                told += [("为什么不能", this.refusal.reason)]
                told += [("怎么办", this.refusal.way_out)] if this.refusal.way_out else []
            self.query_one(HeadFacts).tell(told)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Give the act, or say why it cannot be done."""
        this = self._prospects[event.index]
        if this.refusal:
            self.status.said(f"现在不能“{this.spec.label}”，原因见上。")
        else:
            self.dismiss(this.spec.name)

    def action_clause(self) -> None:
        """Show the clause on which the act, or its refusal, rests."""
        if (place := self.query_one(RowList).index) is not None:
            this = self._prospects[place]
            number = (this.refusal and this.refusal.clause) or this.spec.clause
            self.app.push_screen(ReadingPage(f"规定条文  {number}", cited(number)))


def _dim(each: Prospect) -> str:
    return "$foreground-muted" if each.refusal else ""
