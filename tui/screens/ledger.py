"""台账: every item the person may see; one line to search, keys for light, state and order."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.widgets import Input, Static

from desk import ledger
from desk.columns import LEDGER, SCREEN, LedgerColumn, LedgerLine
from desk.desk import CaseFile
from desk.ledger import LedgerPart, LedgerQuery, LedgerSight, Order
from desk.ledger_words import Meant, meant
from desk.mine import follow, told_follow
from desk.terms import label
from desk.wording import head, matter
from records.rules.clocks import LIGHT_LABELS
from schema.problem import Problem
from tui.frame.parts import Facts, light_look
from tui.frame.reading import ReadingPage
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing, lacking
from tui.terminal import OrderedInput, plain
from tui.widgets.line_list import LineList, ListColumn
from tui.widgets.pages import Pages

_T = TypeVar("_T")
_ORDERS: dict[Order, str] = {
    "number": "编号，新的在前", "time_left": "时限，急的在前", "lead": "主办单位", "updated": "最近办理的在前",
}  # fmt: skip
_ALL = 1 << 40
"""More matters than any register has."""

_COLOURS = {"": "全部", "red": "红", "yellow": "黄", "green": "绿"}


class Ledger(Browsing[None]):
    """The ledger."""

    GUIDE = (
        "这里列出您能看的全部事项。按 F3 输入几个字就能查找，事项里的任何文字都找得到；几个词用空格隔开。"
        "也可写：单位:交警、主办:、协办:、分管:周拟柏、类别:4、灯:红、状态:办理中、9月（收到的月份）。"
        "空格跟踪光标所在的一件，再按不再跟踪。"
    )
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3,slash", "search", "查找"),
        Binding("f5,l", "turn('colour')", "灯"),
        Binding("f6,t", "turn('state')", "状态"),
        Binding("f7,s", "turn('order')", "排序"),
        Binding("space", "follow", "跟踪", show=False),
        Binding("f8", "broken", "有误记录", show=False),
        Binding("f9,n", "app.register", "登记新事项"),
        Binding("escape", "back", "返回"),
        Binding("f2", "app.inbox", "待办", show=False),
        Binding("f4", "app.people", "换身份", show=False),
        Binding("down", "to_list", "到列表", show=False),
    ]

    def __init__(self, only: frozenset[str] | None = None, heading: str = "", *, colour: str = "") -> None:
        """Make a ledger.

        Args:
            only: the items it lists, None for all that the person may see.
            heading: what these are.
            colour: of the light by which it is narrowed at first.
        """
        super().__init__()
        self._only, self._heading = only, heading
        self._lines = Pages[LedgerLine]()
        self._every, self._missing, self._counted = 0, 0, True
        self._commit = ""
        self._problems: tuple[Problem, ...] = ()
        self._meant = Meant(LedgerQuery(only=only, colour=colour), ())
        self._colour = colour
        self._state = ""
        self._order: Order = "number"

    def body(self) -> ComposeResult:
        """Yield the search line, the list, the pane beside it and the line on broken records."""
        with Horizontal(classes="search"):
            yield Static("查找 ", classes="label", markup=False)
            yield OrderedInput(placeholder="F3 输入编号、名称或内容中的字", compact=True)
            yield Static(classes="summary", markup=False)
        with Horizontal(classes="beside"):
            with Vertical():
                yield RowList[LedgerLine](*map(_column, SCREEN), key=lambda line: line.excerpt.id)
                yield Static(classes="broken", markup=False)
                yield Static(classes="strip", markup=False)
            yield Facts(classes="detail")

    async def load(self) -> None:
        """Read what is in sight."""
        await self._read(self.query_one(RowList).cursor)
        self._problems = await self.at.ask(lambda: self.at.desk.problems)
        files = {problem.file for problem in self._problems}
        broken = self.query_one(".broken", Static)
        broken.display = bool(files)
        broken.update(plain(f"有 {len(files)} 个记录有误，按 F8 查看。其余不受影响。"))
        begin(self, "lights", self._lights)

    async def _lights(self) -> None:
        """Have the lights of all open matters told before a key asks for them."""
        with self.telling():
            await self.at.ask(lambda: self.at.desk.open_lights)

    async def _read(self, place: int = 0) -> None:
        """Read what is in sight of what is asked for; the cursor stays with its matter, or goes to a place."""
        query, rows = self._query(), self.query_one(RowList)
        item = rows.row.excerpt.id if rows.row else ""
        desk = self.at.desk

        def look() -> tuple[Meant, LedgerSight]:
            asked = meant(desk, query)
            found = ledger.sight(desk, asked.query, item, place)
            every = found.every if asked.query.only == query.only else ledger.count(desk, query.whole, _ALL)
            return asked, replace(found, every=every)

        asked, found = await self.at.ask(look)
        if query != self._query():
            return  # asked for otherwise meanwhile, and read again after that
        self._meant = asked
        self._lines, self._every, self._commit = Pages(found.part.first + len(found.part.lines)), found.every, found.part.commit
        self._missing = found.missing
        self._lines.put(found.part.first, found.part.lines)
        rows.say_empty("没有符合条件的事项。按 Esc 取消查找和筛选。" if found.every else "台账里还没有事项。")
        self._count(found.found)
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
            rows.replace(lines, cursor=rows.cursor)

    def _query(self) -> LedgerQuery:
        return LedgerQuery(self.query_one(OrderedInput).value, self._colour, self._state, self._order, self._only)

    def _count(self, found: int | None) -> None:
        """Say how many there are, as far as they are counted."""
        self._counted = found is not None
        self._lines.total = self._lines.total if found is None else found
        some = f"{len(self._lines)} 件以上" if found is None else f"{found} 件"
        told = [f"共 {some}" if found == self._every else f"{self._every} 件中 {some}"]
        told = [self._heading, *told] if self._heading else told
        told += [f"灯：{_COLOURS[self._colour]}"] if self._colour else []
        told += [f"状态：{label('state', self._state)}"] if self._state else []
        told += self._meant.told
        self.query_one(".summary", Static).update(plain("  ".join(told) + lacking(self._missing)))

    def on_line_list_missing(self, _: LineList.Missing) -> None:
        """Read what came into sight."""
        begin(self, "page", self._page)

    async def _page(self) -> None:
        rows, lines, query = self.query_one(RowList), self._lines, self._meant.query
        top, bottom = rows.in_sight
        if not lines.missing(top, bottom):
            return
        first = max(0, top - ledger.PAGE // 2)
        with self.telling():
            most = bottom - first + ledger.PAGE // 2
            part: LedgerPart = await self.at.ask(partial(ledger.page, self.at.desk, query, first, most))
            if lines is not self._lines:
                return
            if part.commit != self._commit or (len(part.lines) < most and first + len(part.lines) < lines.total):
                await self._read(rows.cursor)  # the register has moved on: what stood here stands elsewhere
                return
            lines.put(part.first, part.lines)
            rows.filled()

    def on_key(self, event: Key) -> None:
        """Search for Chinese or figures typed while the list is in front: nobody should have to find the field first."""
        field, typed = self.query_one(OrderedInput), event.character
        if not field.has_focus and typed and event.is_printable and (typed.isdigit() or not typed.isascii()):
            event.stop()
            field.focus()
            field.insert_text_at_cursor(typed)

    def on_input_changed(self, _: Input.Changed) -> None:
        """Search as one types."""
        self._narrow()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Go to what was found."""
        self.action_to_list()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the item."""
        if line := self._lines[event.index]:
            self.at.open_case(line.excerpt.id)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Show the item beside the list, where there is room; at the end of what was counted, count on."""
        if event.index and not self._counted and event.index >= len(self._lines) - ledger.PAGE:
            begin(self, "count", self._told_further)
        line = None if event.index is None or event.index >= len(self._lines) else self._lines[event.index]
        self.query_one(".strip", Static).update(plain("\n".join(_in_full(line)) if line else "", lines=True))
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

    def action_to_list(self) -> None:
        """Go to the list."""
        self.query_one(RowList).focus()

    def action_follow(self) -> None:
        """Follow the item under the cursor, or no longer."""
        line = self.query_one(RowList).row

        async def go(item: str) -> None:
            with self.telling():
                self.status.said(told_follow(item, await self.at.ask(partial(follow, self.at.desk, item))))

        if isinstance(line, LedgerLine):
            begin(self, "follow", partial(go, line.excerpt.id))

    def action_turn(self, what: str) -> None:
        """Show the next light, the next state or the next order."""
        if what == "state":
            begin(self, "search", self._next_state)
            return
        if what == "colour":
            self._colour = _next(self._colour, list(_COLOURS))
        else:
            self._order = _next(self._order, list(_ORDERS))
            self.status.said(f"排序：{_ORDERS[self._order]}")
        self._narrow()

    async def _next_state(self) -> None:
        with self.telling():
            present = await self.at.ask(partial(ledger.present_states, self.at.desk, self._meant.query))
            self._state = _next(self._state, ["", *present])
            await self._read()

    def action_broken(self) -> None:
        """List the records that cannot be read."""
        lines = [str(problem) for problem in self._problems]
        self.app.push_screen(ReadingPage("有误的记录", [("", line) for line in lines] or [("", "没有有误的记录。")]))

    def action_back(self) -> None:
        """Undo the search, then the filters, then leave."""
        field = self.query_one(OrderedInput)
        if field.value or field.has_focus:
            field.value = ""
            self.action_to_list()
        elif self._colour or self._state:
            self._colour = self._state = ""
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


def _in_full(line: LedgerLine) -> Iterator[str]:
    """What a narrow list has to cut: the whole name, and in words how it stands."""
    yield f"── {line.excerpt.id} {line.excerpt.title}"
    lead = f"{line.roster.unit_name(line.excerpt.lead)}主办，" if line.excerpt.lead else ""
    again = f"第{line.excerpt.round}轮，" if line.excerpt.round > 1 else ""
    clock = f"{LIGHT_LABELS[line.light.colour]}灯，{line.light.words}（至 {line.light.due}）" if line.light.due else "没有在走的时限"
    yield f"   {lead}{label('state', line.excerpt.state)}，{again}{clock}"


def _column(column: LedgerColumn) -> ListColumn[LedgerLine]:
    look = (lambda line: light_look(line.light)) if column is LEDGER["light"] else None
    return ListColumn(column.short or column.heading, column.told, column.cells, look)


def _next(now: _T, of: list[_T]) -> _T:
    return of[(of.index(now) + 1) % len(of)] if now in of else of[0]
