"""年终结转: what goes on into the next year, what may be archived, what is still open; archiving is confirmed by the number of items."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from desk.columns import Column
from desk.desk import Desk
from desk.terms import Line
from desk.year_end import (
    PARTS,
    SCREEN,
    YEAR_END,
    Part,
    YearEnd,
    YearEndLine,
    archive,
    in_batches,
    sheets,
    told,
    usual_year,
    who_archives,
    year_end,
)
from records.acts import Refusal
from tui.frame.among import among
from tui.frame.parts import HeadFacts, light_look
from tui.frame.reading import ReadingPage
from tui.frame.screen import READING, DeskScreen, RowList, begin
from tui.screens.browsing import Browsing
from tui.terminal import OrderedInput, plain
from tui.terminal.keymap import bound
from tui.widgets.line_list import LineList, ListColumn

_ITEMS = ("carried", "ready", "barred")
_TOLD = ("holder", "due", "note")


class YearEndScreen(Browsing[None]):
    """The list of one year."""

    GUIDE = (
        "一年的清单：结转下年的接着办，不用办理；可以归档的，归档人员按 F5 核对后归档，一件一笔。"
        "回车打开事项，左右键换年份，F4 只看一项，F8 存成表格打印、签字。"
    )
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "file", "归档"),
        bound("pick", "part", "分项"),
        bound("paper", "save", "存表格"),
        Binding("left", "year(-1)", "前一年", show=False),
        Binding("right", "year(1)", "后一年", show=False),
        Binding("escape", "back", "返回"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._year = 0
        self._part: Part | Literal[""] = ""
        self._found: YearEnd | None = None
        self._lines: tuple[YearEndLine, ...] = ()
        self._stopped: bool | None = None  # None while nothing is being archived

    def body(self) -> ComposeResult:
        """Yield the counts, the list, and the line under the cursor in full."""
        yield Static(READING, classes="summary counts", markup=False)
        yield RowList(*map(_column, SCREEN), key=lambda line: (line.part, line.id, line.title))
        yield HeadFacts(classes="row")

    async def load(self) -> None:
        """Read the year."""
        self._year = self._year or usual_year(self.at.desk.today)
        self._found = await self.at.ask(partial(year_end, self.at.desk, self._year))
        self._show()

    def _show(self) -> None:
        if (found := self._found) is None:
            return
        self._lines = tuple(line for line in found.lines if self._part in ("", line.part))
        only = f"  只看{PARTS[self._part]}" if self._part else ""
        self.query_one(".counts", Static).update(plain(f"{found.year}年{only}  {found.counts}"))
        rows = self.query_one(RowList)
        rows.say_empty("没有这样的。按 F4 看别的分项。" if self._part else "这一年没有要结转、归档的。左右键换年份。")
        rows.replace(self._lines)
        self._tell()

    def on_line_list_highlighted(self, _: LineList.Highlighted) -> None:
        """Say the line in full."""
        self._tell()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the item."""
        line = self._lines[event.index]
        if line.part in _ITEMS:
            items = [each.id if each.part in _ITEMS else None for each in self._lines]
            self.at.open_case(line.id, among=among(event.list, items, line.id))
        else:
            self.status.said("这一行没有对应的督办事项。")

    def action_part(self) -> None:
        """Show the next part alone, in the end all of them again."""
        if self._found:
            parts: list[Part | Literal[""]] = ["", *(part for part in PARTS if self._found.of(part))]
            self._part = parts[(parts.index(self._part) + 1) % len(parts)] if self._part in parts else ""
            self._show()

    def action_year(self, by: int) -> None:
        """Turn to another year that has come."""
        if self._year + by > self.at.desk.today.year:
            self.status.said("没有更晚的年份了。")
        else:
            self._year += by
            self.reload()

    def action_save(self) -> None:
        """Write the list as a workbook."""
        if (found := self._found) is not None:
            self.save(f"yearend-{found.year}.xlsx", partial(sheets, self.at.desk, found))

    def action_back(self) -> None:
        """Stop archiving after the batch in hand; else leave."""
        if self._stopped is None:
            self.dismiss()
        else:
            self._stopped = True

    def action_file(self) -> None:
        """Put the items that may be archived before the person, and archive them once he has named how many there are."""

        async def offer() -> None:
            with self.telling():
                ready, refusal = await self.at.ask(partial(_ready, self.at.desk, self._year))
                if refusal:
                    self.status.failed(str(refusal))
                elif not ready:
                    self.status.said("现在没有可以归档的。")
                else:
                    self.app.push_screen(_Confirm(self._year, ready), partial(confirmed, ready))

        def confirmed(ready: Sequence[YearEndLine], sure: bool | None) -> None:
            if sure:
                begin(self, "filing", partial(self._archive, ready), on=f"{self._year}")

        if self._stopped is None:
            begin(self, "offer", offer)

    async def _archive(self, ready: Sequence[YearEndLine]) -> None:
        results: list[tuple[YearEndLine, str]] = []
        done, self._stopped, left = 0, False, "没有轮到"
        try:
            with self.telling():
                for batch in in_batches(ready):
                    self.status.passing(f"正在归档，已归档 {done}/{len(ready)} 件。按 Esc 停在这一批以后。")
                    left = "没有得到结果，请重新打开清单核对"  # stands where the register breaks off
                    became = await self.at.ask(partial(archive, self.at.desk, batch))
                    left = "没有轮到"
                    done += sum(not isinstance(each, Refusal) for _, each in became)
                    results += [(line, told(line, each)) for line, each in became]
                    if self._stopped:
                        break
        finally:
            self._stopped = None
        results += [(line, f"{line.id} {left}") for line in ready[len(results) :]]
        heading = f"归档 {len(ready)} 件：已归档 {done} 件，没有归档 {len(ready) - done} 件"
        self.app.push_screen(ReadingPage(heading, [("", f"{became}  {line.title}") for line, became in results]))

    def _tell(self) -> None:
        place, facts = self.query_one(RowList).index, self.query_one(HeadFacts)
        facts.tell(_in_full(self._lines[place]) if place is not None and place < len(self._lines) else ())


class _Confirm(DeskScreen[bool]):
    """The items that are to be archived, all of them; gives true once their number was typed."""

    GUIDE = "上下键把清单看完，核对无误，输入件数后回车。归档不能撤回。"
    AUTO_FOCUS = "OrderedInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "不办"),
        Binding("down", "list('move(1)')", "下一行", show=False),
        Binding("up", "list('move(-1)')", "上一行", show=False),
        Binding("pagedown", "list('page(1)')", "下一页", show=False),
        Binding("pageup", "list('page(-1)')", "上一页", show=False),
    ]

    def __init__(self, year: int, ready: Sequence[YearEndLine]) -> None:
        super().__init__()
        self._year, self._ready = year, ready
        self.concerns = str(year)

    def body(self) -> ComposeResult:
        """Yield what is asked, the items, and the line for their number."""
        yield Static(plain(f"归档  {self._year}年 {len(self._ready)} 件，归档不能撤回"), classes="heading", markup=False)
        names = ("id", "title", "state", "note")
        rows = RowList(*(ListColumn(YEAR_END[name].heading, YEAR_END[name].told, _WIDE.get(name)) for name in names), key=_id)
        rows.can_focus = False
        yield rows
        with Horizontal(classes="search"):
            yield Static("件数 ", classes="label", markup=False)
            yield OrderedInput(placeholder="核对清单以后，输入件数，回车归档", compact=True)

    async def load(self) -> None:
        """Show the items."""
        rows = self.query_one(RowList)
        if rows.index is None:
            rows.replace(self._ready)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the number for a yes where it is that of the items."""
        if event.value.strip() == str(len(self._ready)):
            self.dismiss(True)
        else:
            self.status.failed(f"清单上是 {len(self._ready)} 件，请核对后输入件数。")

    async def action_list(self, action: str) -> None:
        """Move in the list."""
        await self.app.run_action(action, self.query_one(RowList))


_WIDE = {"id": 13, "state": 8, "note": 18}


def _id(line: YearEndLine) -> str:
    return line.id


def _column(column: Column[YearEndLine]) -> ListColumn[YearEndLine]:
    look = (lambda line: light_look(line.light) if line.light else "") if column is YEAR_END["light"] else None
    return ListColumn(column.heading, column.told, column.cells, look, after=60 if column is YEAR_END["id"] else None)


def _in_full(line: YearEndLine) -> Iterator[Line]:
    yield PARTS[line.part], f"{line.id} {line.title}".strip()
    for name in _TOLD:
        if found := YEAR_END[name].data(line):
            yield YEAR_END[name].heading, str(found)


def _ready(desk: Desk, year: int) -> tuple[tuple[YearEndLine, ...], Refusal | None]:
    refusal = who_archives(desk)
    return ((), refusal) if refusal else (year_end(desk, year).of("ready"), None)
