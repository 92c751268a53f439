"""事项: one item. Where it stands is always in sight; beneath it four pages: matter, requirements and units, report, history."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from desk.archive import item_to_archive, offers_package
from desk.desk import CaseFile
from desk.mine import follow, looked, told_follow
from desk.offering import offered
from desk.terms import Line, moment
from desk.wording import going_up, handling, head, matter, reports
from records.acts import Prospect, Refusal
from records.bureau.roster import Roster
from records.matter.history import Step
from records.matter.item import Item
from records.store.view import View
from tui.forms.act_menu import ActMenu
from tui.forms.form import form_for
from tui.frame.parts import Facts, HeadFacts
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing
from tui.screens.packing import Making, StoppedError, making
from tui.screens.step import StepPage
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_NAMED = 4
"""Acts that are named above the pages; all of them stand in the menu."""

_LOOKING = "正在查看公文…"
_PAGES = ("概况", "要求与单位", "报告", "经过")


class _Tab(Static):
    """The name of a page; the one in sight stands in 【】."""

    def __init__(self, place: int) -> None:
        super().__init__(markup=False)
        self._place = place

    def mark(self, chosen: bool) -> None:
        """Show whether its page is in sight."""
        name = f"{self._place + 1} {_PAGES[self._place]}"
        self.update(plain(f"【{name}】" if chosen else f"  {name}  "))
        self.set_class(chosen, "-chosen")

    def on_click(self, event: Click) -> None:
        """Turn to its page."""
        event.stop()
        self.screen.post_message(CaseScreen.Turned(self._place))


@dataclass(frozen=True)
class _Line:
    """A step of the item's history; ``own`` is what its report is called in full."""

    step: Step
    roster: Roster
    own: str


class CaseScreen(Browsing[None]):
    """The case file of one item."""

    @dataclass
    class Turned(Message):
        """The name of a page was clicked."""

        place: int

    GUIDE = "上面是这件事现在在谁手里、下一步是什么；下面分四页，按数字或左右键翻页。按 F5 看现在能办什么、不能办的为什么不能办。"
    AUTO_FOCUS = "Facts.page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "act", "办理"),
        Binding("enter", "act", "办理", show=False),
        Binding("f6", "follow", "跟踪"),
        Binding("f7", "compare", "对比"),
        Binding("f8", "pack", "档案包"),
        Binding("f9", "document", "公文"),
        Binding("f2", "app.inbox", "待办", show=False),
        Binding("f4", "app.people", "换身份", show=False),
        Binding("escape", "back", "返回"),
        Binding("left", "turn(-1)", "前一页", show=False),
        Binding("right", "turn(1)", "后一页", show=False),
        *(Binding(str(n), f"page({n - 1})", name, show=False) for n, name in enumerate(_PAGES, start=1)),
    ]

    def __init__(self, item: str, act: str = "") -> None:
        """Open an item.

        Args:
            item: its id.
            act: the act for which it is opened, to be offered first as long as the person owes it.
        """
        super().__init__()
        self.item, self._act = item, act
        self.concerns = item
        self._page = 0
        self.case: CaseFile | None = None
        self._packs = False
        self._making: Making | None = None

    def body(self) -> ComposeResult:
        """Yield where it stands, the pages' names and the pages."""
        yield Static(classes="heading", markup=False)
        yield HeadFacts(classes="head")
        with Horizontal(classes="tabs"):
            for place in range(len(_PAGES)):
                yield _Tab(place)
        yield Facts(classes="page")
        yield RowList[_Line](
            ListColumn("时间", lambda line: moment(line.step.time)[5:], 11),
            ListColumn("何人", lambda line: line.roster.name(line.step.person, line.step.time), 10),
            ListColumn("办了什么", _done),
            ListColumn("提交", lambda line: line.step.commit[:8], 8),
            key=lambda line: line.step.commit,
        )

    async def load(self) -> None:
        """Read the case file."""
        case = await self.at.ask(partial(self.at.desk.open, self.item))
        if case is None:
            self.dismiss()
            self.app.notify(f"没有 {self.item} 这个事项，或不在您的职责范围内。", severity="warning")
            return
        first, self.case = self.case is None, case
        self._packs = offers_package(self.at.desk, case.item)
        await self.at.ask(lambda: looked(self.at.desk, case.item.id, len(case.history)))
        roster = self.at.desk.view.roster
        (_, title), *standing = head(case, roster, self.at.desk.view.calendar)
        self.query_one(".heading", Static).update(plain(title))
        self.query_one(HeadFacts).tell([*standing, *self._mine(case)])
        steps = self.query_one(RowList)
        steps.say_empty("还没有经过。")
        own = f"{roster.unit_name(case.item.lead or '')}办结报告"
        steps.replace([_Line(step, roster, own) for step in case.history])
        if first:
            steps.cursor = len(case.history) - 1
        self._show()
        self.refresh_bindings()

    def _mine(self, case: CaseFile) -> Iterator[Line]:
        if self.at.desk.person:
            labels = [each.spec.label for each in self._offered(case) if each.refusal is None]
            listed = "、".join(labels[:_NAMED]) + (f"等{len(labels)}项" if len(labels) > _NAMED else "")
            yield "您可办", f"{listed}（按 F5）" if labels else "现在没有您要办的"

    def _show(self) -> None:
        for place, tab in enumerate(self.query(_Tab)):
            tab.mark(place == self._page)
        facts, steps = self.query_one("Facts.page", Facts), self.query_one(RowList)
        facts.display, steps.display = self._page < 3, self._page == 3
        if self.case and self._page < 3:
            facts.tell(_facts(self.case, self.at.desk.view, self._page))
        (steps if steps.display else facts).focus()

    def on_case_screen_turned(self, event: "CaseScreen.Turned") -> None:
        """Turn to the page whose name was clicked."""
        self.action_page(event.place)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Show one step with its commit and what it changed."""
        if self.case:
            self.app.push_screen(StepPage(self.case.item.id, self.case.history[event.index]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer a comparison only where there is something to compare, and the package of what is filed to who files."""
        if action == "pack":
            return self._packs
        if action == "compare":
            report = self.case.item.report if self.case else None
            return report is not None and len(report.rounds) > 1
        return True

    def action_turn(self, by: int) -> None:
        """Turn to another page."""
        self.action_page((self._page + by) % len(_PAGES))

    def action_page(self, place: int) -> None:
        """Turn to a page."""
        self._page = place
        self._show()

    def action_act(self) -> None:
        """Show what can be done now, and why the rest cannot."""

        async def offer() -> None:
            with self.telling():
                await self.load()
                if self.case:
                    self.app.push_screen(ActMenu(f"{self.case.item.id} {self.case.item.title}", self._offered(self.case)), self._chose)

        if self.at.desk.person is None:
            self.status.failed("没有选定身份，只能看。请按 F4 选定身份。")
        else:
            begin(self, "offer", offer)

    def action_compare(self) -> None:
        """Compare the rounds of the report."""
        from tui.screens.rounds import Rounds

        if self.case:
            self.app.push_screen(Rounds(self.case.item.id))

    def action_document(self) -> None:
        """Say where the document lies, and make it where it is missing."""
        from desk.documents import documents
        from tui.frame.reading import ReadingPage

        async def tell(item: Item) -> None:
            self.status.passing(_LOOKING)
            with self.telling():
                found = await self.at.ask(lambda: list(documents(self.at.desk, item)))
                self.status.passed(_LOOKING)
                self.app.push_screen(ReadingPage(f"公文  {item.id} {item.title}", found))

        if self.case:
            begin(self, "document", partial(tell, self.case.item))

    def action_follow(self) -> None:
        """Follow the item, or no longer."""

        async def go() -> None:
            with self.telling():
                self.status.said(told_follow(self.item, await self.at.ask(lambda: follow(self.at.desk, self.item))))

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
            self.dismiss()
        else:
            self._making.stop.set()

    def _chose(self, act: str | None) -> None:
        async def go() -> None:
            with self.telling():
                self.app.push_screen(await self.at.ask(partial(form_for, self.at.desk, act or "", self.item)))

        if act:
            begin(self, "form", go, on=act)

    def _offered(self, case: CaseFile) -> tuple[Prospect, ...]:
        person = self.at.desk.person
        return offered(case.prospects, case.item, case.duties, person.id if person else "", self._act)


def _facts(case: CaseFile, view: View, page: int) -> list[Line]:
    roster, calendar = view.roster, view.calendar
    if page == 0:
        return list(matter(case.item, roster))
    if page == 1:
        return list(handling(case.item, roster, calendar)) or [("", "还没有拟办，没有分解要求和承办单位。")]
    return [*reports(case.item, roster, calendar, case.flags), *going_up(case.item, roster)] or [("", "还没有办结报告。")]


def _done(line: _Line) -> str:
    """What was done; what stands above it anyway, the item and whose report it is, is left out."""
    return line.step.subject.replace(f" {line.step.item}", "", 1).replace(line.own, "办结报告")
