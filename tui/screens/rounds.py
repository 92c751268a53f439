"""对比: one round of a report against the round before, character by character, under the reasons for which it was returned."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.answers import answered
from desk.terms import Line, ends, signed
from records.matter.report import Report
from records.store.view import View
from tui.frame.parts import HeadFacts
from tui.frame.screen import READING, DeskScreen
from tui.terminal.safety import plain
from tui.widgets.diff_view import DiffView


class _Difference(DiffView):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.turn(-1)", "前两轮"),
        Binding("right", "screen.turn(1)", "后两轮"),
        Binding("f7", "screen.next", "下一处"),
    ]


class Rounds(DeskScreen[None]):
    """The rounds of one report, two by two."""

    GUIDE = "[-删去的-]，{+新写的+}。上面是退回的原因、承办单位的答复和退回意见，看改动是否逐条回应。F7 看下一处改动，左右键看其他轮次。"
    AUTO_FOCUS = "_Difference"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self, item: str, last: int = 0) -> None:
        """Compare a round, by default the last one, with the one before."""
        super().__init__()
        self._item = self.concerns = item
        self._rounds: Mapping[int, tuple[str, Report]] = {}
        self._last = last

    def body(self) -> ComposeResult:
        """Yield which rounds, why the first was returned, and the comparison."""
        yield Static(READING, classes="heading", markup=False)
        yield HeadFacts(classes="head")
        yield _Difference()

    async def load(self) -> None:
        """Read all rounds."""
        self._rounds = await self.at.ask(partial(self.at.desk.rounds, self._item))
        self._last = self._last or max(self._rounds, default=0)
        self._show()

    def action_turn(self, by: int) -> None:
        """Compare the next two, or the two before."""
        if self._last + by in self._rounds and self._last + by - 1 in self._rounds:
            self._last += by
            self._show()
        else:
            self.status.said("没有更早的轮次了。" if by < 0 else "没有更晚的轮次了。")

    def action_next(self) -> None:
        """Bring the next change into sight and say which of how many it is."""
        view = self.query_one(DiffView)
        place = view.next_change()
        self.status.said(f"第 {place} 处改动，共 {view.changes} 处。" if place else "两轮一字不差。")

    def _show(self) -> None:
        if self._last - 1 not in self._rounds:
            self.query_one(".heading", Static).update(plain(f"{self._item} 的办结报告只有一轮，没有可以对比的。"))
            return
        (old_commit, old), (new_commit, new) = self._rounds[self._last - 1], self._rounds[self._last]
        self.query_one(HeadFacts).tell(_reasons(self._last - 1, new, self.at.desk.view))
        view = self.query_one(DiffView)
        view.compare(*("\n\n".join(filter(None, (each.title, each.body, each.attachment_text))) for each in (old, new)))
        which = f"第{self._last - 1}轮 → 第{self._last}轮  改了 {view.changes} 处  {self._item}"
        self.query_one(".heading", Static).update(plain(f"{which}  提交 {old_commit[:8]} → {new_commit[:8]}"))


def _reasons(number: int, report: Report, view: View) -> Iterator[Line]:
    back = next((each.returned for each in report.rounds if each.round == number), None)
    if back:
        yield "退回", f"{signed(back, view.roster)}，{ends(back.redo_due, view.calendar)} 前重报"
        this = next((each for each in report.rounds if each.round == number + 1), None)
        yield "原因和答复", "\n".join(f"{reason}：{said}" for reason, said in answered(back, this))
        yield "意见", back.comment.strip().replace("\n", "")
