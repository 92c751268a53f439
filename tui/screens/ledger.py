"""台账: every item the person may see; one line to search, views by digit, columns of one's own."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from desk import ledger
from desk.columns import LedgerColumn, LedgerLine, shown
from desk.desk import CaseFile, Desk
from desk.hits import told_of
from desk.ledger import LedgerPart, LedgerQuery, LedgerSight
from desk.ledger_views import ALL, ORDERS, Way, asked, elsewhere, opening, way_left
from desk.ledger_words import Meant
from desk.wording import head, matter
from records.rules.clocks import LIGHT_LABELS
from records.store.record_files import Unreadable
from records.store.store import StoreError
from schema.problem import Problem
from tui.frame.among import Among
from tui.frame.parts import Facts
from tui.frame.reading import ReadingPage
from tui.frame.screen import RowList, begin
from tui.screens.browsing import lacking
from tui.screens.ledger_lines import in_full, line_column
from tui.screens.ledger_marks import Marking
from tui.screens.ledger_views import Looks, ViewsPage
from tui.terminal import OrderedInput, plain
from tui.terminal.keymap import bound
from tui.widgets.line_list import LineList, ListColumn
from tui.widgets.pages import Pages

_TITLE = 24
"""Cells below which the title does not fall: other columns give way, those first that the line below tells in full."""

_NARROWED = "没有符合条件的事项。按 Esc 取消查找和筛选。"
_FIRST = "台账里还没有事项。按 F9 登记第一件。"
_NOT_YET = "还没有您能看的事项，登记以后就在这里。按 Esc 返回。"


class Ledger(Marking):
    """The ledger."""

    GUIDE = (
        "先列出在办的，最急的在前；F4 再按 0，您能看的全部事项都在。"
        "按 F3 或者直接输入汉字就能查找，回车打开第一件，按 ↓ 到列表；事项里的任何文字都找得到，下面写着在哪里；几个词用空格隔开。"
        "也可写：单位:交警、主办:、协办:、分管:周拟柏、类别:4、灯:红、状态:办理中、9月（收到的月份）、到期:本月、我:经手，几项用顿号隔开。"
        "F4 换视图、筛选、排序和列；空格选几件，F5 一起催办、取出表格、放进自己的视图。"
    )
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "选"),
        bound("find", "search", "查找"),
        bound("pick", "views", "视图和列…"),
        bound("act", "act"),
        bound("compare", "compare", "对比", show=False),
        bound("look", "broken", "有误记录", show=False),
        bound("paper", "save", "取出表格", show=False),
        bound("new", "app.register", "登记", also="n"),
        Binding("escape", "back", "返回"),
        Binding("down", "to_list", "到列表", show=False),
    ]

    ON_ROW = frozenset({"mark", "act", "compare", "save"})

    def __init__(self, only: frozenset[str] | None = None, heading: str = "", *, colour: str = "", words: str = "") -> None:
        """Make a ledger.

        Args:
            only: the items it lists, None for all that the person may see, in the view in which he left them.
            heading: what these are.
            colour: of the light by which it is narrowed at first.
            words: what is looked for at first.
        """
        super().__init__()
        self._only, self._heading, self._sought = only, heading, words
        self._lines = Pages[LedgerLine]()
        self._every, self._missing, self._lacks, self._counted = 0, 0, "", True
        self._elsewhere = 0
        self._commit = ""
        self._problems: tuple[Problem, ...] = ()
        self._meant = Meant(LedgerQuery(only=only), ())
        self._way = Way(more=f"灯:{LIGHT_LABELS[colour]}") if colour else Way()
        self._usual = Way()
        self._remembered = only is None and not colour
        self._columns: tuple[LedgerColumn, ...] = ()
        self._serial = 0
        self._places: dict[str, str] = {}
        self._placing = False

    def body(self) -> ComposeResult:
        """Yield the search line, how one looks at the list, the list, the pane beside it and the line on broken records."""
        chosen = self.at.settings
        if self._remembered:
            self._way, self._usual = way_left(chosen), opening()
        with Horizontal(classes="search"):
            yield Static("查找 ", classes="label", markup=False)
            yield OrderedInput(self._sought, placeholder="F3 输入编号、名称或内容中的字", compact=True)
            yield Static(classes="summary", markup=False)
        yield Static(classes="looking", markup=False)
        with Horizontal(classes="beside"):
            with Vertical():
                yield RowList[LedgerLine](*self._listed(shown(chosen.columns)), key=lambda line: line.excerpt.id, least=_TITLE)
                yield Static(classes="broken", markup=False)
                yield Static(classes="strip", markup=False)
            yield Facts(classes="detail")

    def on_mount(self) -> None:
        """Let whoever looks for something type on."""
        if self._sought:
            self.query_one(OrderedInput).focus()

    async def load(self) -> None:
        """Read what is in sight."""
        await self._read(self.query_one(RowList).cursor)
        self._problems = await self.at.ask(lambda: self.at.desk.problems)
        files = {problem.file for problem in self._problems}
        broken = self.query_one(".broken", Static)
        broken.display = bool(files)
        broken.update(plain(f"有 {len(files)} 个记录有误，按 F7 查看。其余不受影响。"))
        begin(self, "lights", self._lights)

    async def _lights(self) -> None:
        """Have the lights of all open matters told before a key asks for them."""
        with self.telling():
            await self.at.ask(lambda: self.at.desk.open_lights)

    async def _read(self, place: int = 0) -> None:
        """Read what is in sight of what is asked for; the cursor stays with its matter, or goes to a place."""
        wanted, rows = self._wanted, self.query_one(RowList)
        item = rows.row.excerpt.id if rows.row else ""
        desk, high = self.at.desk, rows.size.height

        def look() -> tuple[Meant, LedgerSight, int, dict[str, str]]:
            meant = asked(desk, *wanted, self._only)
            found = ledger.sight(desk, meant.query, item, place)
            first = found.at - found.part.first
            places = _places(desk, found.part.lines[first : first + high // 2], meant.query.words)
            return meant, found, 0 if found.part.lines else elsewhere(desk, *wanted, self._only), places

        asks, found, others, places = await self.at.ask(look)
        if wanted != self._wanted:
            return  # asked for otherwise meanwhile, and read again after that
        if asks.query.words != self._meant.query.words or found.part.commit != self._commit:
            self._places = {}
        self._places |= places
        self._meant = asks
        self._lines, self._every, self._commit = Pages(found.part.first + len(found.part.lines)), found.every, found.part.commit
        self._missing, self._lacks = found.missing, found.lacks
        self._put(found.part)
        self._elsewhere = others
        rows.say_empty(self._why_empty(others) if found.every else self._why_none())
        rows.say_under(self._where if asks.query.words else None)
        self._count(found.found)
        self._say_how()
        rows.replace(self._lines, cursor=found.at)
        if found.found is None:
            await self._go_on()

    async def _go_on(self) -> None:
        """Count further what words find, and let the list have it."""
        rows, lines = self.query_one(RowList), self._lines
        most = len(lines) + ledger.COUNTED
        count: int = await self.at.ask(partial(ledger.count, self.at.desk, self._meant.query, most))
        if lines is self._lines:
            lines.total = max(lines.total, count)
            self._count(None if count == most else lines.total)
            rows.lengthened()

    @property
    def _wanted(self) -> tuple[Way, str]:
        return self._way, self.query_one(OrderedInput).value

    def _count(self, found: int | None) -> None:
        """Say how many there are, as far as they are counted."""
        self._counted = found is not None
        self._lines.total = self._lines.total if found is None else found
        some = f"{len(self._lines)} 件以上" if found is None else f"{found} 件"
        counted = [f"共 {some}" if found == self._every else f"{self._every} 件中 {some}"]
        counted = [self._heading, *counted] if self._heading else counted
        self.query_one(".summary", Static).update(plain("  ".join(counted) + lacking(self._missing, self._lacks)))

    def _say_how(self) -> None:
        """Say in which view and order the list stands, and what narrows it besides: nothing is left out unsaid."""
        how = f"视图 {self._way.view.name}   排序 {ORDERS[self._way.order]}   另加 {'、'.join(self._meant.told) or '无'}"
        self.query_one(".looking", Static).update(plain(how))

    def _why_empty(self, others: int) -> str:
        """Say why nothing is listed, and what to do: what is looked for may be over, and so not in the view."""
        if others:
            counted = f"{others} 件{'以上' if others >= ledger.COUNTED else ''}"
            return f"“{self._way.view.name}”里没有，全部事项里有 {counted}，按回车看。"
        narrowed = self._way.more or self.query_one(OrderedInput).value or self._way.view == ALL
        return _NARROWED if narrowed else f"“{self._way.view.name}”里没有事项。按 F4 换视图，0 是全部。"

    def _why_none(self) -> str:
        """Why the whole ledger is empty to the person."""
        return self.at.desk.why_nothing or (_FIRST if self.at.registers else _NOT_YET)

    def _put(self, part: LedgerPart) -> None:
        """Take lines that were read; the numbers get the room that the longest of them needs."""
        self._lines.put(part.first, part.lines)
        if (longest := max((len(line.serial) for line in part.lines), default=0)) > self._serial:
            self._serial = longest
            self.query_one(RowList).take_columns(self._listed(self._columns))

    def _listed(self, columns: tuple[LedgerColumn, ...]) -> tuple[ListColumn[LedgerLine], ...]:
        self._columns = columns
        mark = ListColumn[LedgerLine]("", self.mark_of, 1, stays=4)
        return (mark, *(line_column(column, self._serial) for column in columns))

    def _where(self, line: LedgerLine) -> Content:
        """Say below a line where in the matter the words stand; what came into sight since it was read is looked up beside the drawing."""
        if line.excerpt.id not in self._places and not self._placing:
            self._placing = True
            self.call_later(begin, self, "where", self._find_places)
        return plain(f"    {self._places.get(line.excerpt.id, '')}")

    async def _find_places(self) -> None:
        self._placing = False
        rows, lines, words = self.query_one(RowList), self._lines, self._meant.query.words
        top, bottom = rows.in_sight
        wanted = [line for line in lines[top:bottom] if line and line.excerpt.id not in self._places]

        with self.telling():
            try:
                found = await self.at.ask(lambda: told_of(self.at.desk, wanted, words))
            except Exception:
                self._places |= {line.excerpt.id: "" for line in wanted}  # what cannot be read is not asked for again and again
                raise
            if words == self._meant.query.words:
                self._places |= found
                rows.refresh()

    def on_line_list_missing(self, _: LineList.Missing) -> None:
        """Read what came into sight."""
        begin(self, "page", self._page)

    async def _page(self) -> None:
        rows, lines, query = self.query_one(RowList), self._lines, self._meant.query
        if (wanted := lines.to_read(rows.in_sight, ledger.PAGE // 2)) is None:
            return
        first, most = wanted
        with self.telling():
            part: LedgerPart = await self.at.ask(partial(ledger.page, self.at.desk, query, first, most))
            if lines is not self._lines:
                return
            if part.commit != self._commit or (len(part.lines) < most and first + len(part.lines) < lines.total):
                await self._read(rows.cursor)  # the register has moved on: what stood here stands elsewhere
                return
            self._put(part)
            rows.filled()

    def sought_by(self, sign: str) -> bool:
        """Return whether one looks for something by beginning to type with a sign: here also any figure."""
        return sign.isdigit() or super().sought_by(sign)

    def on_input_changed(self, _: Input.Changed) -> None:
        """Search as one types."""
        self._narrow()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Open what was found, in all matters where it is in the view no more; Down goes to the list, for whoever wants another."""
        if self._elsewhere:
            alone, self._way = self._elsewhere == 1, replace(self._way, view=ALL)
            begin(self, "search", partial(self._told_elsewhere, alone=alone))
        else:
            self.query_one(RowList).action_choose()

    async def _told_elsewhere(self, *, alone: bool) -> None:
        """Show what was found in all matters; what is the only one is opened."""
        await self._told_search()
        if alone:
            self.query_one(RowList).action_choose()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the item."""
        if line := self._lines[event.index]:
            self.at.open_case(line.excerpt.id, among=self._among(event.index))

    def _among(self, place: int) -> Among:
        """The list as it stands now, in which one goes on from the matter at a place; further ones are read as one comes to them."""
        rows, query, desk = self.query_one(RowList), self._meant.query, self.at.desk

        def item(at: int) -> str:
            return next((line.excerpt.id for line in ledger.page(desk, query, at, 1).lines), "")

        def follow(at: int) -> None:
            rows.cursor = at

        return Among(len(self._lines), place, item, follow)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Show the item beside the list, where there is room; at the end of what was counted, count on."""
        if event.index and not self._counted and event.index >= len(self._lines) - ledger.PAGE:
            begin(self, "count", self._told_further)
        self._tell()

    def on_resize(self) -> None:
        """Show what the cursor is on where it has its place now."""
        self._tell()

    def _tell(self) -> None:
        line = self.query_one(RowList).row
        self.query_one(".strip", Static).update(plain("\n".join(in_full(line)) if line else "", lines=True))
        if line and self.has_class("-wide"):
            begin(self, "detail", partial(self._detail, line.excerpt.id))

    async def _detail(self, item: str) -> None:
        with self.telling():
            case = await self.at.ask(partial(self.at.desk.open, item))
            if isinstance(case, CaseFile):
                roster = self.at.desk.view.roster
                self.query_one(Facts).tell([*head(case, roster, self.at.desk.view.calendar), *matter(case.item, roster)])

    def action_search(self) -> None:
        """Go to the search line; what stands there gives way to what is typed now."""
        field = self.query_one(OrderedInput)
        field.focus()
        field.select_all()

    def action_compare(self) -> None:
        """Compare the last rounds of the matter under the cursor."""
        if line := self.query_one(RowList).row:
            self.compare_on(line.excerpt.id)

    def action_to_list(self) -> None:
        """Go to the list."""
        self.query_one(RowList).focus()

    def action_views(self) -> None:
        """Choose how to look at the ledger; what everything is looked at with is remembered for the next time."""

        def take(looks: Looks | None) -> None:
            if looks is None:
                return
            self._way = looks.way
            self.query_one(RowList).take_columns(self._listed(looks.columns))
            chosen: dict[str, object] = {"columns": tuple(column.name for column in looks.columns)}
            if self._remembered:
                chosen |= {"view": looks.way.view.name, "order": looks.way.order}
            self.at.choose(**chosen)
            self.reload()  # which the same as this screen comes to the front overtakes: what was asked for is read once

        self.app.push_screen(ViewsPage(self._way, self._columns), take)

    def action_broken(self) -> None:
        """List the records that cannot be read."""
        lines = [str(problem) for problem in self._problems]
        self.app.push_screen(ReadingPage("有误的记录", [("", line) for line in lines] or [("", "没有有误的记录。")]))

    def action_back(self) -> None:
        """Undo the search, then the filters and the view, then leave."""
        field = self.query_one(OrderedInput)
        if field.value or field.has_focus:
            field.value = ""
            self.action_to_list()
        elif self._way.more or self._way.view not in (self._usual.view, ALL):
            self._way = replace(self._way, more="") if self._way.view in (self._usual.view, ALL) else self._usual
            self._narrow()
        else:
            self.dismiss()

    def _narrow(self) -> None:
        begin(self, "search", self._told_search)

    async def _told_search(self) -> None:
        with self.telling():
            await self._read()

    async def _told_further(self) -> None:
        with self.telling():
            await self._go_on()


def _places(desk: Desk, lines: Sequence[LedgerLine], words: str) -> dict[str, str]:
    """Where words stand in matters that come into sight at once; what cannot be read is told when the line is drawn."""
    with suppress(StoreError, Unreadable):
        return told_of(desk, lines if words else (), words)
    return {}
