"""规定条文: the regulation clause by clause, by number or word; which acts and refusals rest on each, and what was done under it."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from desk.clauses import Place, clause_lines, clauses_found, done_since, done_under, places
from records.matter.history import Step
from tui.frame.parts import HeadFacts, LongFacts
from tui.frame.reading import ReadingPage
from tui.frame.screen import RowList
from tui.screens.browsing import Browsing
from tui.screens.ledger import Ledger
from tui.terminal import OrderedInput, plain
from tui.terminal.keymap import bound
from tui.widgets.line_list import LineList, ListColumn


class ClausesScreen(Browsing[None]):
    """The clauses, and beneath them the one under the cursor."""

    GUIDE = "规定逐条列出，下面是光标所在一条的原文、据此可办的、据此不予的。F3 按编号或字查找，回车看本月据此办了的事项，F7 看全条。"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("find", "search", "查找"),
        bound("look", "whole", "看全条"),
        Binding("escape", "back", "返回"),
        Binding("down", "to_list", "到列表", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown = places()
        self._done: Mapping[str, tuple[Step, ...]] = {}

    def body(self) -> ComposeResult:
        """Yield the search line, the list and the clause."""
        with Horizontal(classes="search"):
            yield Static("规定条文 ", classes="label", markup=False)
            yield OrderedInput(placeholder="F3 输入编号或字，如 三（一）1、2-3、R-03、交办", compact=True)
            yield Static(classes="summary", markup=False)
        yield RowList(
            ListColumn("条", lambda each: each.number, 10),
            ListColumn("项", lambda each: each.clause.id, 6),
            ListColumn("规定什么", lambda each: each.clause.heading),
            ListColumn("本月", self._count, 4),
            key=lambda each: each.clause.id,
        )
        yield LongFacts(classes="clause")

    async def load(self) -> None:
        """Read what was done this month."""
        self._done = await self.at.ask(partial(done_since, self.at.desk, f"{self.at.desk.today:%Y-%m}-01"))
        self._list()

    def on_input_changed(self, _: Input.Changed) -> None:
        """Show what is found as it is typed."""
        self._list()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Go to what was found."""
        self.action_to_list()

    def on_line_list_highlighted(self, _: LineList.Highlighted) -> None:
        """Show the clause."""
        self._tell()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """List the items on which something was done under the clause this month."""
        each = self._shown[event.index]
        told, items = done_under(each.clause, self._done)
        if items:
            self.app.push_screen(Ledger(items, f"{each.number} 本月{told}"))
        else:
            self.status.said(f"本月没有据{each.number}在您能看的事项上办过什么。")

    def action_search(self) -> None:
        """Go to the search line."""
        field = self.query_one(OrderedInput)
        field.focus()
        field.select_all()

    def action_to_list(self) -> None:
        """Go to the list."""
        self.query_one(RowList).focus()

    def action_whole(self) -> None:
        """Show the clause with all that stands under its number."""
        if (each := self._here) is not None:
            self.app.push_screen(ReadingPage(f"规定条文  {each.number}  {each.clause.heading}", clause_lines(each, whole=True)))

    def action_back(self) -> None:
        """Undo the search, then leave."""
        field = self.query_one(OrderedInput)
        if field.value or field.has_focus:
            field.value = ""
            self.action_to_list()
        else:
            self.dismiss()

    @property
    def _here(self) -> Place | None:
        place = self.query_one(RowList).index
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def _count(self, each: Place) -> str:
        count = sum(len(self._done.get(act, ())) for act in each.clause.acts)
        return f"{count:>4}" if count else "   —"

    def _list(self) -> None:
        self._shown = clauses_found(self.query_one(OrderedInput).value)
        self.query_one(".summary", Static).update(plain(f"{len(self._shown)} 项"))
        rows = self.query_one(RowList)
        rows.say_empty("没有找到。请换个编号或字，或按 Esc 看全部。")
        rows.replace(self._shown)
        self._tell()

    def _tell(self) -> None:
        each = self._here
        lines = [] if each is None else list(clause_lines(each, whole=False))
        if each is not None and (told := done_under(each.clause, self._done)[0]):
            lines.append(("本月办了", told))
        self.query_one(HeadFacts).tell(lines)
