"""文号: the registers of document numbers, a series and a year at a time; no number is reused and none is missing."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from desk.desk import Desk
from desk.number_register import number_register, sheets
from desk.terms import moment, serial
from desk.wording import UNKNOWN, numbered, written
from records.bureau.roster import Roster
from records.matter.numbers import NumberEntry, NumberSeries
from records.matter.stamps import Stamp
from schema.problem import Problem
from schema.tables import checker
from tui.frame.among import among
from tui.frame.parts import HeadFacts
from tui.frame.picker import Picker
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_UNUSED = "这个系列本年还没有用号，签发时自动编。要预留、补登的，按 F5。"
_UNCHOSEN = "选了系列，各号就在这里。按 Esc 返回。"


class _SeriesLine(NamedTuple):
    """A series of the year."""

    series: NumberSeries
    roster: Roster

    @property
    def used(self) -> str:
        """The last number that it gave."""
        last = self.series.next - 1
        return f"{last}号" if last else "未用"

    @property
    def void(self) -> int:
        """How many of its numbers were given up."""
        return sum(entry.status == "void" for entry in self.series.entries)


class _EntryLine(NamedTuple):
    """A number of a series; ``title`` is its item's."""

    entry: NumberEntry
    series: NumberSeries
    roster: Roster
    title: str

    @property
    def last(self) -> Stamp | None:
        """What was done with it last."""
        return self.entry.voided or self.entry.outside or self.entry.issued or self.entry.reserved

    @property
    def about(self) -> str:
        """Its item, or why it has none; nothing of a matter that the person may not know of."""
        if self.entry.item and not self.title:
            return UNKNOWN
        why = self.entry.voided or self.entry.outside
        return why.reason.strip().replace("\n", "") if why else f"{serial(self.entry.item or '', self.series.year)} {self.title}".strip()


class _Series(RowList[_SeriesLine]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "看各号")]

    def __init__(self) -> None:
        super().__init__(
            ListColumn("代字", lambda line: line.series.chars, 10),
            ListColumn("系列", lambda line: _name(line.series, line.roster)),
            ListColumn("已用到", lambda line: line.used, 6),
            ListColumn("作废", lambda line: str(line.void or "—"), 4),
            key=lambda line: line.series.series,
        )


def _numbered(entry: NumberEntry) -> str:
    """A number, or a run of numbers, of the series that the list above names."""
    return f"{entry.number}号" if entry.through in (None, entry.number) else f"{entry.number}至{entry.through}号"


class _Entries(RowList[_EntryLine]):
    """The numbers of one series, the last one first."""

    def __init__(self) -> None:
        super().__init__(
            ListColumn("号", lambda line: _numbered(line.entry), 10),
            ListColumn("状态", lambda line: checker("numbers").enum_label(("entries", 0, "status"), line.entry.status), 10),
            ListColumn("事项或理由", lambda line: line.about),
            ListColumn("何人", lambda line: line.roster.name(line.last.by, line.last.at) if line.last else "—", 6),
            ListColumn("何时", lambda line: moment(line.last.at)[:10] if line.last else "—", 10),
            key=lambda line: written(line.entry, line.series),
        )


@dataclass(frozen=True)
class _Found:
    """What one reading of the register gave."""

    years: tuple[int, ...] = ()
    series: tuple[NumberSeries, ...] = ()
    problems: tuple[Problem, ...] = ()
    lines: tuple[_SeriesLine, ...] = ()


class Numbers(Browsing[None]):
    """The series of one year, and the numbers of one of them."""

    GUIDE = (
        "上面选一个文号系列，回车到下面看各号；F4 换年份。在各号中按回车打开事项。"
        "按 F5 登记系统外用去的号和作废的号，F8 把全年发文登记簿存成表格。"
    )
    AUTO_FOCUS = "_Series"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "act"),
        bound("pick", "year", "换年份"),
        bound("paper", "save", "存表格"),
        Binding("escape", "back", "返回"),
    ]

    ON_ROW = frozenset({"act"})

    def __init__(self) -> None:
        super().__init__()
        self._turned_to = 0
        self._found = _Found()
        self._chosen: NumberSeries | None = None
        self._titles: dict[str, str] = {}

    @property
    def _year(self) -> int:
        """The year that is shown: the one it is, whichever that becomes, unless one turned to another."""
        return self._turned_to or self.at.desk.today.year

    def body(self) -> ComposeResult:
        """Yield the year, the series, the numbers of the chosen one, and the number under the cursor."""
        yield Static(classes="summary", markup=False)
        yield Static(classes="broken", markup=False)
        with Container(classes="sides"):
            with Container(classes="pair"):
                yield _Series()
            yield _Entries()
        yield HeadFacts(classes="row")

    async def load(self) -> None:
        """Read the series of the year."""
        self._found = found = await self.at.ask(partial(_read, self.at.desk, self._year))
        used = sum(bool(each.entries) for each in found.series)
        self.query_one(".summary", Static).update(plain(f"{self._year}年  已用号的系列 {used} 个，共 {len(found.series)} 个"))
        broken = self.query_one(".broken", Static)
        broken.display = bool(found.problems)
        broken.update(
            plain(f"有 {len({each.file for each in found.problems})} 个系列记录有误：{found.problems[0]}" if found.problems else "")
        )
        series = self.query_one(_Series)
        series.say_empty("没有您能看的文号系列。各单位只看本单位的。按 Esc 返回。")
        series.replace(found.lines)
        self.refresh_bindings()
        await self._show()

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Show the series, or the number, that the cursor came to."""
        if isinstance(event.control, _Entries):
            self._tell_entry()
        else:
            begin(self, "detail", self._told_show)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Go from the series to the numbers, from there to the item."""
        if isinstance(event.control, _Series):
            self.query_one(_Entries).focus()
        elif (entry := self._entry) and entry.item:
            items = [line.entry.item if line and line.title else None for line in self.query_one(_Entries).shown]
            self.at.open_case(entry.item, among=among(event.list, items, entry.item) if entry.item in items else None)
        else:
            self.status.said("这个号没有对应的督办事项。")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer another year only where there is one."""
        return len(self._years) > 1 if action == "year" else super().check_action(action, parameters)

    def action_year(self) -> None:
        """Turn to another year in which numbers were taken."""
        years = self._years

        def take(places: tuple[int, ...] | None) -> None:
            if places:
                self._turned_to = years[places[0]] if years[places[0]] != self.at.desk.today.year else 0

        here = years.index(self._year)
        self.app.push_screen(Picker("哪一年的文号", [ListColumn("年份", lambda year: f"{year}年")], years, picked=(here,)), take)

    @property
    def _years(self) -> tuple[int, ...]:
        return tuple(sorted({*self._found.years, self._year}, reverse=True))

    def action_act(self) -> None:
        """Show what can be entered in the series, and why it cannot."""

        async def offer() -> None:
            with self.telling():
                chosen = self._chosen
                if chosen and chosen.year == self.at.desk.today.year:
                    prospects = await self.at.ask(partial(self.at.desk.number_acts, chosen))
                    name = _name(chosen, self.at.desk.view.roster)
                    self.offer(f"{chosen.chars}〔{chosen.year}〕 {name}", prospects, lambda _: chosen.series)
                elif chosen:
                    self.status.said(f"只能登记今年的号。请按 F4 回到{self.at.desk.today.year}年再办。")

        begin(self, "offer", offer)

    def action_save(self) -> None:
        """Write the register of the year, every series that the person may see."""
        desk, series = self.at.desk, self._found.series
        if any(each.entries for each in series):
            self.save(f"numbers-{self._year}.xlsx", lambda: sheets(desk, number_register(desk, series)))
        else:
            self.status.said(f"{self._year}年没有用过号。")

    def action_back(self) -> None:
        """Go back to the series, then leave."""
        if self.query_one(_Entries).has_focus:
            self.query_one(_Series).focus()
        else:
            self.dismiss()

    @property
    def _entry(self) -> NumberEntry | None:
        """The number under the cursor."""
        place = self.query_one(_Entries).index
        return self._chosen.entries[-1 - place] if self._chosen and place is not None else None

    async def _told_show(self) -> None:
        with self.telling():
            await self._show()

    async def _show(self) -> None:
        """Show the numbers of the chosen series."""
        place = self.query_one(_Series).index
        chosen = None if place is None else self._found.series[place]
        items = [entry.item for entry in chosen.entries if entry.item] if chosen else []
        self._titles = dict(await self.at.ask(partial(self.at.desk.titles, items)))
        self._chosen, roster = chosen, self.at.desk.view.roster
        rows = self.query_one(_Entries)
        rows.say_empty(_UNUSED if chosen else _UNCHOSEN)
        rows.replace([self._line(entry, chosen, roster) for entry in reversed(chosen.entries)] if chosen else [])
        self._tell_entry()

    def _line(self, entry: NumberEntry, series: NumberSeries, roster: Roster) -> _EntryLine:
        return _EntryLine(entry, series, roster, self._titles.get(entry.item or "", ""))

    def _tell_entry(self) -> None:
        entry, told = self._entry, self.query_one(HeadFacts)
        if entry and self._chosen:
            told.tell(numbered(entry, self._chosen, self.at.desk.view.roster, self._titles.get(entry.item or "", "")))
        else:
            told.tell([])


def _read(desk: Desk, year: int) -> _Found:
    series, problems = desk.number_series(year)
    roster = desk.view.roster
    return _Found(desk.number_years(), series, problems, tuple(_SeriesLine(each, roster) for each in series))


def _name(series: NumberSeries, roster: Roster) -> str:
    return roster.series_name(series.series)
