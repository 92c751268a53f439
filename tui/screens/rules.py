"""规则: the policy in force in plain words, the version that waits, and the days of a month; changed by acts."""

from datetime import date, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from desk.days_off import falling
from desk.desk import Desk
from desk.rules import plain_words, scoring_in_words, sheet, spoken_today, versions, waiting
from desk.terms import Line, moment
from records.acts import Prospect
from records.bureau.foundations import BUREAU, POLICY, SCORING
from records.bureau.policy import PolicyDraft
from records.bureau.scoring import ScoringDraft
from records.store.view import View
from schema.tables import Target
from tui.frame.parts import Facts
from tui.frame.screen import begin
from tui.screens.browsing import Browsing
from tui.screens.clauses import ClausesScreen
from tui.screens.days_off import DaysOff
from tui.terminal.keymap import bound
from tui.terminal.safety import plain


class _Month(Static, can_focus=True):
    """A month as a sheet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.month(-1)", "换月", key_display="← →"),
        Binding("right", "screen.month(1)", "后一月", show=False),
    ]


class RulesScreen(Browsing[None]):
    """The rules at one side, a month at the other."""

    GUIDE = (
        "左边是现在施行的时限和规则、历次版本、评分规则；右边是当月日历，按 Tab 到日历，左右键换月。"
        "F5 拟定或批准规则，F8 公布一年的节假日安排，"
        "F4 办理时限落在休息日的事项，F7 看规定条文。"
    )
    AUTO_FOCUS = "Facts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "beside", "日历"),
        bound("act", "act"),
        bound("pick", "days_off", "休息日到期"),
        bound("paper", "calendar", "节假日"),
        bound("look", "clauses", "条文"),
        bound("find", "app.ledger", "台账", show=False),
        Binding("escape", "back", "返回"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._month: date | None = None

    def body(self) -> ComposeResult:
        """Yield the month and the rules."""
        yield Static(classes="summary", markup=False)
        with Container(classes="sides"):
            yield Facts()
            yield _Month(classes="month", markup=False)
        yield Static(classes="summary today-is", markup=False)

    async def load(self) -> None:
        """Read the rules in force, and the version that waits."""
        lines, off = await self.at.ask(lambda: (_lines(self.at.desk), tuple(falling(self.at.desk, self.at.desk.view.calendar))))
        view = self.at.desk.view
        told = f"   在办事项的时限落在休息日：{len(off)} 件，按 F4 办" if off else ""
        self.query_one(".summary", Static).update(plain(f"规则  第{view.policy.version}版施行{told}"))
        self.query_one(".today-is", Static).update(plain(spoken_today(view.calendar, self.at.desk.today)))
        self.query_one(Facts).tell(lines)
        self._show_month()

    def action_month(self, by: int) -> None:
        """Turn to the next month, or the one before."""
        first = self._shown
        self._month = (first + timedelta(days=32)).replace(day=1) if by == 1 else (first - timedelta(days=1)).replace(day=1)
        self._show_month()

    def action_beside(self) -> None:
        """Go to the month, or back to the rules; on a low terminal the one takes the place of the other."""
        here = self.query_one(_Month)
        self.set_class(not here.has_focus, "-month")
        (self.query_one(Facts) if here.has_focus else here).focus()

    def action_act(self) -> None:
        """Show what can be done about the rules, and why it cannot."""
        self._offer("规则", ("policy_draft", POLICY), ("scoring_draft", SCORING))

    def action_calendar(self) -> None:
        """Enter the notice of the year that is shown."""
        year = str(self._shown.year)
        self._offer(f"{year}年节假日安排", ("calendar", year))

    def action_days_off(self) -> None:
        """List the matters that are due on days off."""
        self.app.push_screen(DaysOff())

    def action_clauses(self) -> None:
        """Show the regulation clause by clause."""
        self.app.push_screen(ClausesScreen())

    def action_back(self) -> None:
        """Leave."""
        self.dismiss()

    @property
    def _shown(self) -> date:
        return self._month or self.at.desk.today.replace(day=1)

    def _show_month(self) -> None:
        lines = sheet(self.at.desk.view.calendar, self._shown, self.at.desk.today)
        self.query_one(".month", Static).update(Content("\n").join(plain(line) for line in lines))

    def _offer(self, heading: str, *on: tuple[Target, str]) -> None:
        desk, targets = self.at.desk, dict(on)

        def found() -> list[Prospect]:
            if desk.read_only:
                targets["bureau"] = BUREAU  # whose act it is to take the register over
            return [each for kind, target in targets.items() for each in desk.foundation_acts((kind,), target)]

        async def offer() -> None:
            with self.telling():
                self.offer(heading, await self.at.ask(found), lambda each: targets[each.spec.target])

        begin(self, "offer", offer)


def _lines(desk: Desk) -> list[Line]:
    view = desk.view
    lines = [*waiting(view)]
    if lines:
        lines.append(("", ""))
    lines += _approved(view, view.policy_draft)
    lines += plain_words(view.policy)
    lines += [("", ""), ("版本", "")]
    lines += (
        (each.version, f"{each.since} 起，{each.told}" + (f"；在办 {each.items} 件照此版" if each.items else "")) for each in versions(desk)
    )
    return [*lines, ("", ""), *scoring_in_words(view.scoring), *_approved(view, view.scoring_draft)]


def _approved(view: View, draft: PolicyDraft | ScoringDraft | None) -> tuple[Line, ...]:
    return (("批准", f"{view.roster.name(draft.approved.by)} {moment(draft.approved.at)}"),) if draft and draft.approved else ()
