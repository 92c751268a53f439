"""台账: every item the person may see; one line to search, keys for light, state and order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.widgets import Input, Static

from desk.columns import LEDGER, SCREEN, LedgerColumn, LedgerLine
from desk.desk import CaseFile, Desk
from desk.mine import follow, told_follow
from desk.terms import label
from desk.wording import head, matter
from records.index.search import fold
from schema.problem import Problem
from schema.tables import checker
from tui.frame.parts import Facts, light_look
from tui.frame.reading import ReadingPage
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing
from tui.terminal import OrderedInput, plain
from tui.widgets.line_list import LineList, ListColumn

_ORDERS: tuple[tuple[str, Callable[[LedgerLine], object]], ...] = (
    ("编号，新的在前", lambda line: tuple(-int(part) for part in line.excerpt.id.split("-")[1:])),
    ("时限，急的在前", lambda line: 9999 if line.light.days is None else line.light.days),
    ("主办单位", lambda line: line.excerpt.lead or "~"),
    ("最近办理的在前", lambda line: [-ord(char) for char in line.excerpt.updated]),
)
_COLOURS = {"": "全部", "red": "红", "yellow": "黄", "green": "绿"}


@dataclass(frozen=True)
class _Found:
    """What one reading of the register gave."""

    lines: tuple[LedgerLine, ...] = ()
    texts: tuple[str, ...] = ()
    """What stands in each line of the list, folded for searching."""

    problems: tuple[Problem, ...] = ()


class Ledger(Browsing[None]):
    """The ledger."""

    GUIDE = (
        "这里列出您能看的全部事项。按 F3 输入几个字就能查找，事项里的任何文字都找得到；几个词用空格隔开。"
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

    def __init__(self, only: frozenset[str] | None = None, heading: str = "") -> None:
        """Make a ledger.

        Args:
            only: the items it lists, None for all that the person may see.
            heading: what these are.
        """
        super().__init__()
        self._only, self._heading = only, heading
        self._found = _Found()
        self._colour = ""
        self._state = ""
        self._order = 0

    def body(self) -> ComposeResult:
        """Yield the search line, the list, the pane beside it and the line on broken records."""
        with Horizontal(classes="search"):
            yield Static("查找 ", classes="label", markup=False)
            yield OrderedInput(placeholder="F3 输入编号、名称或内容中的字", compact=True)
            yield Static(classes="summary", markup=False)
        with Horizontal(classes="beside"):
            with Vertical():
                yield RowList(*map(_column, SCREEN), key=lambda line: line.excerpt.id)
                yield Static(classes="broken", markup=False)
            yield Facts(classes="detail")

    async def load(self) -> None:
        """Read every item."""
        self._found = await self.at.ask(partial(_read, self.at.desk, self._only))
        files = {problem.file for problem in self._found.problems}
        broken = self.query_one(".broken", Static)
        broken.display = bool(files)
        broken.update(plain(f"有 {len(files)} 个记录有误，按 F8 查看。其余不受影响。"))
        rows = self.query_one(RowList)
        rows.say_empty("没有符合条件的事项。按 Esc 取消查找和筛选。" if self._found.lines else "台账里还没有事项。")
        rows.replace(self._found.lines, await self._shown())
        await self._search()

    async def _search(self) -> None:
        found, order = self._found, await self._shown()
        if found is not self._found:
            return  # Read again meanwhile, and searched again after that.
        self.query_one(RowList).show(order)
        told = [f"{len(found.lines)} 件中 {len(order)} 件" if len(order) < len(found.lines) else f"共 {len(order)} 件"]
        told = [self._heading, *told] if self._heading else told
        told += [f"灯：{_COLOURS[self._colour]}"] if self._colour else []
        told += [f"状态：{label('state', self._state)}"] if self._state else []
        self.query_one(".summary", Static).update(plain("  ".join(told)))

    async def _shown(self) -> list[int]:
        """The places of the items to show, in their order."""
        words = self.query_one(OrderedInput).value.split()
        wanted = partial(_wanted, self.at.desk, self._found, words, self._colour, self._state, self._order)
        return await self.at.ask(wanted)

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
        self.at.open_case(self._found.lines[event.index].excerpt.id)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Show the item beside the list, where there is room."""
        if event.index is not None and self.has_class("-wide"):
            begin(self, "detail", partial(self._detail, self._found.lines[event.index].excerpt.id))

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
        place = self.query_one(RowList).index

        async def go(item: str) -> None:
            with self.telling():
                self.status.said(told_follow(item, await self.at.ask(partial(follow, self.at.desk, item))))

        if place is not None and place < len(self._found.lines):
            begin(self, "follow", partial(go, self._found.lines[place].excerpt.id))

    def action_turn(self, what: str) -> None:
        """Show the next light, the next state or the next order."""
        if what == "colour":
            self._colour = _next(self._colour, list(_COLOURS))
        elif what == "state":
            present = {line.excerpt.state for line in self._found.lines}
            self._state = _next(self._state, ["", *(state for state in _states() if state in present)])
        else:
            self._order = (self._order + 1) % len(_ORDERS)
            self.status.said(f"排序：{_ORDERS[self._order][0]}")
        self._narrow()

    def action_broken(self) -> None:
        """List the records that cannot be read."""
        lines = [str(problem) for problem in self._found.problems]
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
            await self._search()


def _read(desk: Desk, only: frozenset[str] | None) -> _Found:
    roster = desk.view.roster
    lines = tuple(LedgerLine(excerpt, light, roster) for excerpt, light in desk.ledger() if only is None or excerpt.id in only)
    texts = tuple(fold(" ".join(column.told(line) for column in SCREEN)) for line in lines)
    return _Found(lines, texts, tuple(desk.register.index.problems()))


def _column(column: LedgerColumn) -> ListColumn[LedgerLine]:
    look = (lambda line: light_look(line.light)) if column is LEDGER["light"] else None
    return ListColumn(column.short or column.heading, column.told, column.cells, look)


def _wanted(desk: Desk, found: _Found, words: list[str], colour: str, state: str, order: int) -> list[int]:
    """The places of the items that are wanted, in the order wanted."""
    hits = _hits(desk, found, words) if words else None
    places = [
        place
        for place, line in enumerate(found.lines)
        if (hits is None or line.excerpt.id in hits) and colour in ("", line.light.colour) and state in ("", line.excerpt.state)
    ]
    return sorted(places, key=lambda place: _ORDERS[order][1](found.lines[place]))  # type: ignore[arg-type,return-value]


def _hits(desk: Desk, found: _Found, words: list[str]) -> frozenset[str]:
    """The items in whose text, or in whose line of the list, all words stand."""
    folded = [fold(word) for word in words]
    shown = {line.excerpt.id for line, text in zip(found.lines, found.texts, strict=True) if all(word in text for word in folded)}
    return frozenset(shown | {excerpt.id for excerpt, _ in desk.ledger(" ".join(words))})


def _states() -> list[str]:
    """All states, in the order of the work."""
    found = checker("item").at(("state",))["enum"]
    assert isinstance(found, list)
    return found


def _next(now: str, of: list[str]) -> str:
    return of[(of.index(now) + 1) % len(of)]
