"""The pages of the app, each one step away from wherever one is, and what they are called where one chooses among them."""

from collections.abc import Iterator

from textual.app import SystemCommand

from tui.frame.screen import begin
from tui.screens.browsing import Browsing
from tui.screens.inbox import Inbox
from tui.screens.ledger import Ledger
from tui.screens.touring import TouredApp


class PagedApp(TouredApp):
    """An app whose pages replace each other: beneath each of them lies the inbox."""

    def page_commands(self) -> Iterator[SystemCommand]:
        """Yield the pages, for whoever chooses among them."""
        yield SystemCommand("待办", "等我办的事", self.action_inbox)
        yield SystemCommand("台账", "全部事项", self.action_ledger)
        yield SystemCommand("已办", "我办过的事", self.action_done)
        yield SystemCommand("统计", "办结、逾期、退回的数字和后面的事项", self.action_statistics)
        yield SystemCommand("通报", "各月汇总通报", self.action_roundups)
        yield SystemCommand("文号", "发文字号登记", self.action_numbers)
        yield SystemCommand("人员", "单位、职务、任免", self.action_roster)
        yield SystemCommand("规则", "时限规则、日历、规定条文", self.action_rules)
        yield SystemCommand("年终结转", "结转下年的、可以归档的、还没有签发的文号", self.action_year_end)

    async def action_inbox(self) -> None:
        """Go to the inbox."""
        while not isinstance(self.screen, Inbox) and len(self.screen_stack) > self.GROUND:
            await self.pop_screen()

    async def action_ledger(self) -> None:
        """Go to the ledger."""
        await self._go(Ledger)

    def find(self, words: str) -> None:
        """Look for words in the whole ledger."""

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

    async def _go(self, where: type[Browsing[None]]) -> None:
        """Go back to a screen, or from the inbox to a new one."""
        if not any(isinstance(screen, where) for screen in self.screen_stack):
            await self.action_inbox()
            await self.push_screen(where())
        while not isinstance(self.screen, where):
            await self.pop_screen()
