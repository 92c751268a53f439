"""The pages of the app, each one step away from wherever one is, and what they are called where one chooses among them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from textual.app import SystemCommand
from textual.screen import Screen

from desk.mine import Mine
from records.store.store import StoreError
from tui.frame.page_bar import PageBar
from tui.frame.screen import begin
from tui.screens.browsing import Browsing
from tui.screens.inbox import Inbox
from tui.screens.touring import TouredApp


class Page(NamedTuple):
    """A page: what it is called, what stands there, the action that goes there, the screen that it is."""

    name: str
    about: str
    action: str
    screen: str


PAGES = (
    Page("待办", "等我办的事", "inbox", "Inbox"),
    Page("台账", "全部事项", "ledger", "Ledger"),
    Page("已办", "我办过的事", "done", "DoneScreen"),
    Page("统计", "办结、逾期、退回的数字和后面的事项", "statistics", "StatisticsScreen"),
    Page("通报", "各月汇总通报", "roundups", "Roundups"),
    Page("文号", "发文字号登记", "numbers", "Numbers"),
    Page("人员", "单位、职务、任免", "roster", "RosterScreen"),
    Page("规则", "时限规则、日历、规定条文", "rules", "RulesScreen"),
    Page("年终结转", "结转下年的、可以归档的、还没有签发的文号", "year_end", "YearEndScreen"),
)
"""The pages that are a digit away, in this order."""
_BEHIND = (
    Page("规定条文", "规定逐条，和据此办的动作", "clauses", "ClausesScreen"),
    Page("休息日到期", "时限落在休息日的事项", "days_off", "DaysOff"),
    Page("我跟踪的", "选出来跟踪的事项和变动", "followed", "MineScreen"),
    Page("我登记的", "自己登记的事项", "registered", "MineScreen"),
)
"""Those that stand behind a page, and are found by their name from anywhere."""
IN_ROW = PAGES[:-1]
"""Those that stand beside each other in the row of pages, a step to the left or to the right; the year's end is work of one month."""


class PagedApp(TouredApp):
    """An app whose pages replace each other: beneath each of them lies the inbox."""

    def __init__(self, *, theme: str | None = None, wide_lines: bool = False, slow: bool = False) -> None:
        """Make the app, as `TouredApp`."""
        super().__init__(theme=theme, wide_lines=wide_lines, slow=slow)
        self._waiting: dict[str, tuple[object, int]] = {}

    def page_commands(self) -> Iterator[SystemCommand]:
        """Yield the pages, for whoever chooses among them."""
        for page in (*PAGES, *_BEHIND):
            yield SystemCommand(page.name, page.about, getattr(self, f"action_{page.action}"))

    def page_of(self, screen: Screen[Any]) -> int | None:
        """Return the place in the row of pages of a screen that is one, None of any other."""
        return next((place for place, page in enumerate(IN_ROW) if page.screen == type(screen).__name__), None)

    def is_page(self, screen: Screen[Any]) -> bool:
        """Whether a screen is one of the pages, the year's end among them."""
        return any(page.screen == type(screen).__name__ for page in PAGES)

    def forget_counted(self) -> None:
        """Forget how much waits: another person sits there."""
        self._waiting.clear()

    def pages_counted(self) -> Sequence[str]:
        """Return the pages in their order, each with how much waits on it where that is known of the register as it stands."""
        now: object = None
        with suppress(StoreError):  # the page itself says so
            now = self.desk.view.commit, self.desk.today
        known = {name: count for name, (at, count) in self._waiting.items() if at == now}
        return [f"{page.name} {known[page.name]}" if page.name in known else page.name for page in IN_ROW]

    def counted(self, **waiting: int) -> None:
        """Take down how much waits on pages, by their names, as the register stands now."""
        now = self.desk.view.commit, self.desk.today
        self._waiting |= {name: (now, count) for name, count in waiting.items()}
        for bar in self.screen.query(PageBar):
            bar.tell()

    async def action_beside(self, by: int) -> None:
        """Go to the page so many steps to the right, or to the left."""
        here = self.page_of(self.screen)
        if here is not None and 0 <= here + by < len(IN_ROW):
            await self.run_action(IN_ROW[here + by].action)

    async def action_inbox(self) -> None:
        """Go to the inbox."""
        while not isinstance(self.screen, Inbox) and len(self.screen_stack) > self.GROUND:
            await self.pop_screen()

    async def action_ledger(self) -> None:
        """Go to the ledger."""
        from tui.screens.ledger import Ledger

        await self._go(Ledger)

    def find(self, words: str) -> None:
        """Look for words in the whole ledger."""
        from tui.screens.ledger import Ledger

        async def go() -> None:
            await self.action_inbox()
            await self.push_screen(Ledger(words=words))

        begin(self, "find", go)

    async def action_roundups(self) -> None:
        """Go to the roundups."""
        from tui.screens.roundups import Roundups

        await self._go(Roundups)

    async def action_numbers(self) -> None:
        """Go to the document numbers."""
        from tui.screens.numbers import Numbers

        await self._go(Numbers)

    async def action_roster(self) -> None:
        """Go to the people."""
        from tui.screens.roster import RosterScreen

        await self._go(RosterScreen)

    async def action_rules(self) -> None:
        """Go to the rules and the calendar."""
        from tui.screens.rules import RulesScreen

        await self._go(RulesScreen)

    async def action_statistics(self) -> None:
        """Go to the figures."""
        from tui.screens.statistics import StatisticsScreen

        await self._go(StatisticsScreen)

    async def action_done(self) -> None:
        """Go to what the person has done."""
        from tui.screens.done import DoneScreen

        await self._go(DoneScreen)

    async def action_year_end(self) -> None:
        """Go to the list of the year's end."""
        from tui.screens.year_end import YearEndScreen

        await self._go(YearEndScreen)

    async def action_clauses(self) -> None:
        """Go to the regulation, clause by clause."""
        from tui.screens.clauses import ClausesScreen

        await self._go(ClausesScreen)

    async def action_days_off(self) -> None:
        """Go to what is due on days off."""
        from tui.screens.days_off import DaysOff

        await self._go(DaysOff)

    async def action_followed(self) -> None:
        """Go to what the person follows."""
        await self._mine("followed")

    async def action_registered(self) -> None:
        """Go to what the person entered."""
        await self._mine("registered")

    async def _mine(self, what: Mine) -> None:
        from tui.screens.mine import MineScreen

        await self.action_inbox()
        await self.push_screen(MineScreen(what))

    async def _go(self, where: type[Browsing[None]]) -> None:
        """Go back to a screen, or from the inbox to a new one."""
        if not any(isinstance(screen, where) for screen in self.screen_stack):
            await self.action_inbox()
            await self.push_screen(where())
        while not isinstance(self.screen, where):
            await self.pop_screen()
