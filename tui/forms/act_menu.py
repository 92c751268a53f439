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

_SHUT = 2
"""How far from a person an act is that neither he may do nor enter for anybody."""


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


class ActMenu(DeskScreen[tuple[str, bool]]):
    """Gives the name of the act chosen, and whether a signature on it that was given on paper is to be entered."""

    GUIDE = (
        "上面是您现在能办的，选一项按回车，或按它的数字。标“不能办”的，下面写着为什么、应由谁办。F7 看依据的条文。"
        "标“可代录”的，本人已经在纸上签了的，按 F8，写明签字人，附扫描件，代为录入。"
    )
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("look", "clause", "依据的条文"),
        bound("paper", "on_paper", "代录纸质签字"),
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self, heading: str, prospects: tuple[Prospect, ...], on_paper: frozenset[str] = frozenset()) -> None:
        """Make a menu.

        Args:
            heading: what is to be acted on.
            prospects: the acts, in the order in which they are offered.
            on_paper: those for which the person may enter a signature that somebody gave on paper.
        """
        super().__init__()
        self._heading, self._on_paper = heading, on_paper
        self._prospects = tuple(sorted(prospects, key=self._shut))
        may = [each.spec.name for each in prospects if each.refusal is None]
        self._digits = {name: str(n % 10) for n, name in enumerate(may[:_NUMBERED], start=1)}

    def body(self) -> ComposeResult:
        """Yield the list, and what is to be said of the act under the cursor."""
        yield Static(plain(f"办理  {self._heading}"), classes="heading", markup=False)
        yield _Acts(
            ListColumn("", lambda each: self._digits.get(each.spec.name, ""), 1),
            ListColumn("能否", self._can, 6, _dim),
            ListColumn("办理事项", lambda each: each.spec.label, 14, _dim),
            ListColumn("依据", lambda each: each.spec.clause, 10, _dim),
            ListColumn(
                "说明", lambda each: each.refusal.reason if each.refusal and self._shut(each) == _SHUT else each.spec.help, None, _dim
            ),
            key=lambda each: each.spec.name,
        )
        yield HeadFacts(classes="about")

    def _shut(self, each: Prospect) -> int:
        """How far from the person an act is: open, of those that he may enter, shut."""
        return 0 if each.refusal is None else 1 if each.spec.name in self._on_paper else _SHUT

    def _can(self, each: Prospect) -> str:
        return ("可以办", "可代录", "不能办")[self._shut(each)]

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
                told += [("为什么不能", this.refusal.reason)] if self._shut(this) == _SHUT else []
                told += [("怎么办", this.refusal.way_out)] if this.refusal.way_out else []
            if this.spec.name in self._on_paper:
                told += [("纸质签字", "本人已经在纸上签了的，按 F8 代录，附扫描件。")]
            self.query_one(HeadFacts).tell(told)
            self.refresh_bindings()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Give the act, or say why it cannot be done."""
        this = self._prospects[event.index]
        if self._shut(this) == _SHUT:
            self.status.said(f"现在不能“{this.spec.label}”，原因见上。")
        else:
            self.dismiss((this.spec.name, this.refusal is not None))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to enter a signature on paper where one may stand for the act under the cursor."""
        if action == "on_paper":
            place = self.query_one(RowList).index
            return place is not None and self._prospects[place].spec.name in self._on_paper
        return super().check_action(action, parameters)

    def action_on_paper(self) -> None:
        """Give the act, to enter who signed it on paper."""
        if (place := self.query_one(RowList).index) is not None:
            self.dismiss((self._prospects[place].spec.name, True))

    def action_clause(self) -> None:
        """Show the clause on which the act, or its refusal, rests."""
        if (place := self.query_one(RowList).index) is not None:
            this = self._prospects[place]
            number = (this.refusal and this.refusal.clause) or this.spec.clause
            self.app.push_screen(ReadingPage(f"规定条文  {number}", cited(number)))


def _dim(each: Prospect) -> str:
    return "$foreground-muted" if each.refusal else ""
