"""事项: one item. Where it stands is always in sight; beneath it four pages: matter, requirements and units, report, history."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from desk.archive import item_to_archive, offers_package
from desk.desk import CaseFile
from desk.matter_page import Band, Entry, Lead, bands, commits, heading, may_do, standing, what_was_done
from desk.mine import follow, follows, looked, told_follow
from desk.offering import offered
from desk.shown_text import report_text
from desk.terms import moment
from records.acts import Prospect, Refusal
from records.matter.history import Step
from tui.frame.among import Among
from tui.frame.parts import HeadFacts, LongFacts, PaperView
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing
from tui.screens.packing import Making, StoppedError, making
from tui.screens.step import StepPage
from tui.terminal.cutting import cut
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.band_page import BandPage
from tui.widgets.line_list import LineList, ListColumn

_NAMED = 4
"""Acts that are named on the page; all of them stand in the menu."""

_HEADING, _EDGES = 2, 2
"""Rows of the heading, and the cells beside it that stay blank, as the stylesheet has them."""

_BESIDE = 110
"""Cells from which the history stands beside the page."""

_BOTH = 180
"""Cells from which the report's text stands there too."""


class CaseScreen(Browsing[None]):
    """The case file of one item."""

    GUIDE = (
        "上面是这件事在谁手里、下一步是什么。光标到一处按回车：带 + 的展开，带 … 的打开；F7 全部展开。"
        "F5 看现在能办什么、不能办的为什么不能办，F6 逐字对比各轮报告，F8 看公文、取公文。左右键是清单里的上一件、下一件。"
    )
    AUTO_FOCUS = "BandPage"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "act"),
        bound("compare", "compare", "对比"),
        bound("paper", "document", "公文"),
        Binding("left", "beside(-1)", "上一件", show=False, priority=True),
        Binding("right", "beside(1)", "下一件", show=False, priority=True),
        Binding("escape", "back", "返回"),
    ]

    def __init__(self, item: str, act: str = "", among: Among | None = None) -> None:
        """Open an item.

        Args:
            item: its id.
            act: the act for which it is opened, to be offered first as long as the person owes it.
            among: the list that it is opened from.
        """
        super().__init__()
        self.item, self._act, self._among = item, act, among
        self.concerns = item
        self.case: CaseFile | None = None
        self._packs = self._follows = False
        self._making: Making | None = None

    def body(self) -> ComposeResult:
        """Yield where it stands, the page, and beside it the history and the report's text where there is room."""
        yield Static(classes="heading", markup=False)
        yield LongFacts(classes="head")
        with Horizontal(classes="beside"):
            yield BandPage()
            yield RowList[Step](
                ListColumn("时间", lambda step: moment(step.time)[5:], 11),
                ListColumn("何人", lambda step: self.at.desk.view.roster.name(step.person, step.time), 8),
                ListColumn("经过，最近在上", self._done),
                key=lambda step: step.commit,
            )
            yield PaperView(classes="report")

    @property
    def stands(self) -> str:
        """Which of the matters it is that stood in the list."""
        return f"{self._among.told}；← → 上一件、下一件" if self._among and self._among.total > 1 else ""

    async def load(self) -> None:
        """Read the case file."""
        case = await self.at.ask(partial(self.at.desk.open, self.item))
        if case is None:
            self.dismiss()
            self.app.notify(f"没有 {self.item} 这个事项，或不在您的职责范围内。", severity="warning")
            return
        self.case = case
        self._packs = offers_package(self.at.desk, case.item)
        self._follows = await self.at.ask(lambda: self._look(case))
        steps = self.query_one(RowList)
        steps.say_empty("还没有经过。按 F5 办第一步。")
        steps.replace(case.history[::-1])
        self._show()
        self.refresh_bindings()

    def _look(self, case: CaseFile) -> bool:
        looked(self.at.desk, case.item.id, len(case.history))
        return follows(self.at.desk, case.item.id)

    def on_resize(self) -> None:
        """Put the history beside the page, or into it."""
        self._show()

    def _show(self) -> None:
        if (case := self.case) is None:
            return
        view, today = self.at.desk.view, self.at.desk.today.isoformat()
        self._tell_heading(*heading(case, today))
        stands = tuple(standing(case, view, today))
        self.query_one(HeadFacts).tell(stands)
        self.query_one(HeadFacts).display = bool(stands)
        wide = self.app.size.width >= _BESIDE
        found = bands(case, view, view.policy_at(case.item.policy), today, history=not wide)
        page = self.query_one(BandPage)
        unfolded = frozenset(each.name for each in found if wide and each.opens) if not page.places else None
        page.show([*self._mine(case), *found, *self._besides(), *commits(case)], unfolded)
        text = report_text(case.item.report) if case.item.report and case.item.report.body else None
        self.set_class(self.app.size.width >= _BOTH and text is not None, "-both")
        if text is not None and self.has_class("-both"):
            self.query_one(PaperView).show(text, above=(text.what,))

    def _tell_heading(self, name: str, state: str) -> None:
        """Say which matter it is and how it stands; of a name for which two rows are not enough the end goes, never state and light."""
        told, room = plain(f"{name}  {state}"), self.app.size.width - _EDGES
        cells = plain(name).cell_length
        while cells > 0 and len(told.wrap(room)) > _HEADING:
            cells -= 1
            told = Content.assemble(cut(plain(name), cells), plain(f"  {state}"))
        self.query_one(".heading", Static).update(told)

    def _mine(self, case: CaseFile) -> Iterator[Band]:
        if self.at.desk.person:
            labels = may_do(case, self.at.desk.person.id, self._act)
            listed = "、".join(labels[:_NAMED]) + (f"等{len(labels)}项" if len(labels) > _NAMED else "")
            yield Band("您可办", (Entry(f"{listed}（按 F5）" if labels else "现在没有您要办的（按 F5 看为什么）"),), lead=Lead("acts"))

    def _besides(self) -> Iterator[Band]:
        yield Band("公文", lead=Lead("papers"))
        if self.at.desk.person:
            yield Band("跟踪", brief="跟踪中" if self._follows else "没有跟踪", lead=Lead("follow"))
        if self._packs:
            yield Band("档案包", lead=Lead("pack"))

    def on_band_page_led(self, event: BandPage.Led) -> None:
        """Go where the line leads."""
        lead = event.lead
        if lead.to == "step":
            self._open_step(lead.which)
        elif lead.to == "rounds":
            self._compare(int(lead.which))
        else:
            {
                "acts": self.action_act,
                "papers": self.action_document,
                "report": self._read_report,
                "follow": self.action_follow,
                "pack": self.action_pack,
            }[lead.to]()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Show one step with its commit and what it changed."""
        if self.case:
            self._open_step(self.case.history[::-1][event.index].commit)

    def _done(self, step: Step) -> str:
        return what_was_done(step, self.case.item, self.at.desk.view.roster) if self.case else ""

    def _open_step(self, commit: str) -> None:
        steps = self.case.history if self.case else ()
        if step := next((each for each in steps if each.commit == commit), None):
            self.app.push_screen(StepPage(self.item, step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer a comparison only where there is something to compare, and neighbours where there are any."""
        if action == "compare":
            report = self.case.item.report if self.case else None
            return report is not None and len(report.rounds) > 1
        return action != "beside" or (self._among is not None and self._among.total > 1)

    def action_act(self) -> None:
        """Show what can be done now, and why the rest cannot."""

        async def offer() -> None:
            with self.telling():
                await self.load()
                if self.case:
                    self.offer(f"{self.item} {self.case.item.title}", self._offered(self.case), lambda _: self.item)

        if self.at.desk.person is None:
            self.status.failed("没有选定身份，只能看。请按 F2，选“换身份”。")
        else:
            begin(self, "offer", offer)

    def action_beside(self, by: int) -> None:
        """Go on to the next matter of the list that this one was opened from, or back to the one before."""
        if (among := self._among) is None:
            return
        place = among.beside(by)
        if place is None:
            self.status.said("已经是最后一件。" if by > 0 else "已经是第一件。")
            return
        among.at = place

        async def go() -> None:
            with self.telling():
                item = await self.at.ask(lambda: among.item(place))
                if not item:
                    self.status.said("清单已有变动，请按 Esc 回到清单再看。")
                    return
                self.item = self.concerns = item
                self._act, self.case = "", None
                page = self.query_one(BandPage)
                page.cursor = 0
                page.scroll_home(animate=False)
                self.status.said("")
                self.reload()

        begin(self, "beside", go)

    def action_compare(self) -> None:
        """Compare the rounds of the report."""
        self._compare()

    def _compare(self, number: int = 0) -> None:
        from tui.screens.rounds import Rounds

        self.app.push_screen(Rounds(self.item, number))

    def _read_report(self) -> None:
        from tui.screens.papers import PaperPage

        if self.case and self.case.item.report:
            self.app.push_screen(PaperPage(report_text(self.case.item.report)))

    def action_document(self) -> None:
        """Show the documents of the item."""
        from tui.screens.papers import PapersPage

        if self.case:
            self.app.push_screen(PapersPage(self.case.item))

    def action_follow(self) -> None:
        """Follow the item, or no longer."""

        async def go() -> None:
            with self.telling():
                became = await self.at.ask(lambda: follow(self.at.desk, self.item))
                self._follows = bool(became)
                self._show()
                self.status.said(told_follow(self.item, became))

        begin(self, "follow", go)

    def action_pack(self) -> None:
        """Make the archive package of the item and say where it lies."""

        async def pack() -> None:
            loop = asyncio.get_running_loop()

            def tell(text: str) -> None:
                loop.call_soon_threadsafe(self.status.passing, text)

            with self.telling():
                found = await self.at.ask(lambda: item_to_archive(self.at.desk, self.item))
                if isinstance(found, Refusal):
                    self.status.failed(str(found))
                    return
                self._making = this = making(self.at.desk, found, tell)
                try:
                    self.status.said(await asyncio.to_thread(this.make))
                except StoppedError:
                    self.status.said("档案包没有做完，已经停下，什么也没有留下。")
                finally:
                    this.stop.set()  # who leaves does not wait for it
                    self._making = None

        if self._making is None:
            begin(self, "pack", pack)

    def action_back(self) -> None:
        """Stop the package in the making; else leave."""
        if self._making is None:
            if self._among:
                self._among.follow(self._among.at)
            self.dismiss()
        else:
            self._making.stop.set()

    def _offered(self, case: CaseFile) -> tuple[Prospect, ...]:
        person = self.at.desk.person
        return offered(case.prospects, case.item, case.duties, person.id if person else "", self._act)
