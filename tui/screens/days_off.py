"""落在休息日的时限: the matters that are due on days which are worked no more, each brought forward by an act of its own."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.days_off import Fallen, Way, fallen
from desk.terms import serial
from tui.forms.form import form_for
from tui.frame.among import among
from tui.frame.parts import HeadFacts, numbers
from tui.frame.screen import READING, RowList, begin
from tui.screens.browsing import Browsing
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_NO_WAY = "这一步办完以前不能改期，交办、审批时会再核对；前一个工作日已过的，由上级或承办单位改期。"


class _Matters(RowList[Fallen]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "办这一件")]

    def __init__(self, year: int) -> None:
        super().__init__(*_columns(year), key=lambda each: each.item)


def _columns(year: int, found: tuple[Fallen, ...] = ()) -> tuple[ListColumn[Fallen], ...]:
    return (
        numbers(lambda each: serial(each.item, year), found),
        ListColumn("名称", lambda each: each.title),
        ListColumn("落在休息日的", lambda each: "、".join(day.brief for day in each.days), 24, after=44),
        ListColumn("您能办的", lambda each: each.ways[0].label if _open(each) else "—", 8),
    )


class DaysOff(Browsing[None]):
    """The days, and what may be done about each."""

    GUIDE = (
        "节假日安排公布以后，时限落在休息日的在办事项都列在这里。回车办这一件：表单里已填好前一个工作日，看过再按 F10。"
        "F5 从光标处一件接一件地办，每件都要您按 F10 才办。F4 用另一种办法，F7 看事项。不能由您办的，下面写着由谁办。"
    )
    AUTO_FOCUS = "_Matters"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "each", "逐件办"),
        bound("pick", "other", "另一办法"),
        bound("look", "case", "看事项"),
        bound("find", "app.ledger", "台账", show=False),
        Binding("escape", "dismiss", "返回"),
    ]

    ON_ROW = frozenset({"each", "other", "case"})

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Fallen, ...] = ()
        self._under_way = ""

    def body(self) -> ComposeResult:
        """Yield how many there are, the matters, and the ways out of the one under the cursor."""
        yield Static(READING, classes="summary", markup=False)
        yield _Matters(self.at.desk.today.year)
        yield HeadFacts(classes="about")

    async def load(self) -> None:
        """Read them, and go on with the next one where one was done of several."""
        self._found = await self.at.ask(partial(fallen, self.at.desk))
        mine = sum(map(_open, self._found))
        self.query_one(".summary", Static).update(plain(f"时限落在休息日的 {len(self._found)} 件，其中您能办的 {mine} 件"))
        rows = self.query_one(_Matters)
        rows.take_columns(_columns(self.at.desk.today.year, self._found))
        rows.say_empty("没有时限落在休息日的事项，不用办什么。按 Esc 返回。")
        rows.replace(self._found)
        self._tell()
        self._go_on()

    def on_line_list_highlighted(self, _: LineList.Highlighted) -> None:
        """Tell the ways out of the matter that the cursor came to."""
        self._tell()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the form of the first way."""
        self._under_way = ""
        self._open_form(self._found[event.index], 0)

    def action_each(self) -> None:
        """Do one after another, from the one under the cursor."""
        place = self.query_one(_Matters).index or 0
        ahead = next((each for each in self._found[place:] if _open(each)), None)
        if ahead is None:
            self.status.said("从这一件起没有您能办的。")
        else:
            self._under_way = ahead.item
            self._open_form(ahead, 0)

    def action_other(self) -> None:
        """Open the form of the second way."""
        if (chosen := self._chosen) is not None:
            self._under_way = ""
            if len(chosen.ways) > 1:
                self._open_form(chosen, 1)
            else:
                self.status.said("没有另一种办法。")

    def action_case(self) -> None:
        """Open the item."""
        if (chosen := self._chosen) is not None:
            rows = self.query_one(_Matters)
            self.at.open_case(chosen.item, among=among(rows, [each.item if each else None for each in rows.shown], chosen.item))

    @property
    def _chosen(self) -> Fallen | None:
        place = self.query_one(_Matters).index
        return self._found[place] if place is not None and place < len(self._found) else None

    def _go_on(self) -> None:
        """Open the form of the next one, where the one before was done; where it was left, stop there."""
        if not (last := self._under_way):
            return
        self._under_way = ""
        here = next((place for place, each in enumerate(self._found) if each.item == last), None)
        if here is not None and _open(self._found[here]):
            self.query_one(_Matters).cursor = here
            self.status.said(f"停在 {last}。再按 F5 接着办。")
        elif (ahead := next((each for each in self._found if _open(each) and each.item > last), None)) is not None:
            self._under_way = ahead.item
            self._open_form(ahead, 0)
        else:
            self.status.said("逐件办完了。")

    def _open_form(self, matter: Fallen, place: int) -> None:
        if not matter.ways:
            self.status.said(_NO_WAY)
            return
        way = matter.ways[place]
        if way.refusal:
            self.status.said(f"您不能“{way.label}”：{way.refusal}")
            return

        async def go() -> None:
            with self.telling():
                self.app.push_screen(await self.at.ask(partial(form_for, self.at.desk, way.act, matter.item, "", way.words)))

        begin(self, "form", go, on=f"{way.act} {matter.item}")

    def _tell(self) -> None:
        chosen = self._chosen
        ways = [*map(_told, chosen.ways)] or [("怎么办", _NO_WAY)] if chosen else []
        self.query_one(HeadFacts).tell(
            [("事项", f"{chosen.item} {chosen.title}"), ("时限", "、".join(map(str, chosen.days))), *ways] if chosen else []
        )


def _open(each: Fallen) -> bool:
    return bool(each.ways) and each.ways[0].refusal is None


def _told(way: Way) -> tuple[str, str]:
    return way.label, f"{way.to}。" + (f"您不能办：{way.refusal}" if way.refusal else "您可以办。")
