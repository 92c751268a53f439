"""对比: one round of a report against another, sentence by sentence, under the reasons for which it was returned."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.desk import Desk
from desk.rounds import Compared, answers_given, asked_back, compared, headings, written_by
from records.matter.item import Item
from records.matter.report import Report
from tui.frame.parts import HeadFacts, LongFacts
from tui.frame.picker import Picker
from tui.frame.screen import READING, DeskScreen
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import ListColumn
from tui.widgets.rounds_page import RoundsPage

Pair = tuple[int, int]
_BESIDE = 110
"""Cells from which the rounds stand side by side."""


class Rounds(DeskScreen[None]):
    """The rounds of one report, two by two."""

    GUIDE = (
        "[-删去的-]，{+新写的+}；~ 改过，+ 新增，- 删去。上面是退回的原因和要求，“看来答了”只指出处，答没答由您定。"
        "F7 看下一处改动，在一句上按回车看是谁哪一轮写的、谁同意的，Tab 看全文，F4 换轮次。"
    )
    AUTO_FOCUS = "RoundsPage"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("pick", "choose_rounds", "换轮次"),
        Binding("left", "turn(-1)", "前两轮", show=False),
        Binding("right", "turn(1)", "后两轮", show=False),
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self, item: str, last: int = 0) -> None:
        """Compare a round, by default the last one, with the one before."""
        super().__init__()
        self._item = self.concerns = item
        self._texts: Mapping[int, Report] = {}
        self._matter: Item | None = None
        self._pair: Pair = (last - 1, last)
        self._found: Compared | None = None

    def body(self) -> ComposeResult:
        """Yield which rounds, why the first was returned, and the comparison."""
        yield Static(READING, classes="heading", markup=False)
        yield LongFacts(classes="head")
        yield Static(classes="summary columns", markup=False)
        yield RoundsPage()

    async def load(self) -> None:
        """Read all rounds."""
        self._matter, self._texts = await self.at.ask(partial(_read, self.at.desk, self._item))
        if self._pair[1] <= 0:
            last = max(self._texts, default=0)
            self._pair = (last - 1, last)
        self._show()

    def on_resize(self) -> None:
        """Name the rounds over their columns, where they stand side by side."""
        self._tell()

    def action_turn(self, by: int) -> None:
        """Compare the next two, or the two before."""
        _, last = self._pair
        if last + by in self._texts and last + by - 1 in self._texts:
            self._pair = (last + by - 1, last + by)
            self._show()
        else:
            self.status.said("没有更早的轮次了。" if by < 0 else "没有更晚的轮次了。")

    def action_choose_rounds(self) -> None:
        """Choose any two rounds."""
        numbers = sorted(self._texts)
        pairs = [(one, other) for other in reversed(numbers) for one in reversed(numbers) if one < other]

        def take(places: tuple[int, ...] | None) -> None:
            if places:
                self._pair = pairs[places[0]]
                self._show()

        column = ListColumn[Pair]("轮次", lambda pair: f"第{pair[0]}轮 → 第{pair[1]}轮")
        self.app.push_screen(Picker("换轮次", [column], pairs, picked=[pairs.index(self._pair)] if self._pair in pairs else []), take)

    def on_rounds_page_came(self, event: RoundsPage.Came) -> None:
        """Say which change of how many it is."""
        self.status.said(f"第 {event.number} 处改动，共 {event.total} 处。" if event.number else "两轮一字不差。")

    def on_rounds_page_asked(self, event: RoundsPage.Asked) -> None:
        """Say who wrote the sentence."""
        if self._found:
            self.status.said(written_by(self._found, event.sentence, self.at.desk.view.roster))

    def _show(self) -> None:
        heading = self.query_one(".heading", Static)
        if self._matter is None or self._pair[0] not in self._texts or self._pair[1] not in self._texts:
            heading.update(plain(f"{self._item} 还没有报过两轮，没有可以对比的。按 Esc 返回。"))
            return
        self._found = found = compared(self._matter, self._texts, *self._pair)
        self.query_one(RoundsPage).show(found.passages, [*map("承办单位答：{}".format, answers_given(found))])
        self._tell()

    def _tell(self) -> None:
        """Say what stands above the comparison, as far as there is room."""
        if (found := self._found) is None:
            return
        wide, view = self.app.size.width >= _BESIDE, self.at.desk.view
        which = f"第{self._pair[0]}轮 → 第{self._pair[1]}轮"
        self.query_one(".heading", Static).update(plain(f"对比 {self._item[-4:]} {which}  {found.item.title}"))
        self.query_one(HeadFacts).tell(asked_back(found, view, brief=not wide))
        counted = plain(f"{found.counted}  ~ 改过 + 新增 - 删去")
        self.query_one(".columns", Static).update(self.query_one(RoundsPage).above(*headings(found, view.roster)) or counted)


def reported_twice(desk: Desk, item: str) -> bool:
    """Return whether there are two rounds of a matter's report for the person to compare; reads the register."""
    case = desk.open(item)
    return bool(case and case.item.report and len(case.item.report.rounds) > 1)


def _read(desk: Desk, item: str) -> tuple[Item | None, Mapping[int, Report]]:
    return desk.view.item(item), {number: report for number, (_, report) in desk.rounds(item).items()}
