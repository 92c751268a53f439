"""统计: how we stand, a row a group with a bar, and behind every figure its items; another dimension with F4."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Static

from desk.statistics import DIMENSIONS, STATISTICS, NoFigures, Row, Statistics, StatisticsColumn, question, sheets, statistics
from records.rules.statistics import By, FigureName
from schema.text import show
from tui.frame.picker import Picker
from tui.frame.screen import READING, RowList
from tui.screens.browsing import Browsing
from tui.screens.ledger import Ledger
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_SHOWN = tuple(STATISTICS[name] for name in ("dispatched", "concluded", "open", "overdue", "returned", "workdays"))
_CELLS = 4  # of each of these
_NAMED = 28  # of the name
_LEAST_BAR = 8
_BAR: tuple[tuple[str, FigureName], ...] = (("#", "concluded"), ("=", "open"), ("!", "overdue"), ("x", "ended_otherwise"))
_LEGEND = "图：# 办结  = 在办  ! 逾期  x 撤并   "
_TIME = "用时：平均几个工作日，扣除中止"
_BY_YEAR = ("dispatched", "closed")
_BACK = 10
"""Years that are offered, this one and those before."""
_SUMS = ("closure_rate", "on_time_rate", "first_round_rate")


class _Rows(RowList[Row]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "看这些事项"),
        Binding("tab", "screen.figure(1)", "换一项"),
        Binding("shift+tab", "screen.figure(-1)", "前一项", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(*_columns(1), key=lambda row: row.key, least=0)
        self._most = self._longest = 1

    def count(self, rows: Sequence[Row]) -> None:
        """Show rows, their bars to one scale and their figures beside the names."""
        self._most = max((row.figure("dispatched").count for row in rows), default=1) or 1
        self._longest = min(max((cell_len(show(row.name)) for row in rows), default=1), _NAMED)
        self.replace(rows)
        self._fit()

    def on_resize(self, event: Resize) -> None:
        """Have bars where there is room for them."""
        super().on_resize(event)
        self._fit()

    def _fit(self) -> None:
        self.take_columns(_columns(self._longest, self._bar if self.draws else None))

    @property
    def draws(self) -> bool:
        """Whether there is room for bars; a column for none of them would only take it from the names."""
        return self._room >= _LEAST_BAR

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width - 1 - (self._longest + 1) - (_CELLS + 1) * len(_SHOWN)

    def _bar(self, row: Row) -> str:
        """A bar of what became of its matters: two cells a matter while the longest row has room for them."""
        scale = min(2.0, (self._room - len(_BAR)) / self._most)
        late = row.figure("overdue").count
        counts = [(sign, row.figure(name).count - (late if name == "open" else 0)) for sign, name in _BAR]
        return "".join(sign * max(int(count * scale), bool(count)) for sign, count in counts)


class StatisticsScreen(Browsing[None]):
    """The figures of a year by one dimension."""

    GUIDE = "上下键选一行，Tab 选这一行的哪个数字，回车看后面是哪些事项。F4 换口径、年份，F8 存成表格，各数字后面的事项也在里面。"
    AUTO_FOCUS = "_Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("pick", "dimension", "换口径"),
        bound("paper", "save", "存表格"),
        bound("find", "app.ledger", "台账", show=False),
        Binding("escape", "dismiss", "返回"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._by: By = "unit"
        self._year = 0
        self._column = 0
        self._found: Statistics | None = None

    def body(self) -> ComposeResult:
        """Yield the sums, the rows, the legend and what stands behind the row under the cursor."""
        yield Static(READING, classes="summary sums", markup=False)
        yield Static(classes="summary rates", markup=False)
        yield _Rows()
        yield Static(classes="summary legend", markup=False)
        yield Static(classes="behind", markup=False)
        yield Static(classes="summary unnamed", markup=False)

    async def load(self) -> None:
        """Count."""
        found = await self.at.ask(self._count)
        if isinstance(found, str):
            self.status.failed(found)
            return
        self._found = found
        rows, told = self.query_one(_Rows), {name: column.told(found.total) for name, column in STATISTICS.items()}
        sums = f"按{DIMENSIONS[self._by]}  {found.asked.period}  截至 {found.asked.day:%m-%d}"
        self.query_one(".sums", Static).update(
            plain(f"{sums}   交办 {told['dispatched']}  办结 {told['concluded']}  逾期 {told['overdue']}  退回 {told['returned']} 次")
        )
        rates = [f"{STATISTICS[name].brief} {told[name]}" for name in _SUMS]
        self.query_one(".rates", Static).update(plain("  ".join(rates)))
        unnamed = self.query_one(".unnamed", Static)
        unnamed.display = bool(found.hidden)
        unnamed.update(plain(f"{len(found.hidden)} 件限定知悉，只计数"))
        rows.say_empty("这一年没有交办的事项。按 F4 换年份。")
        rows.count(found.rows)
        self._tell()

    def on_line_list_highlighted(self, _: LineList.Highlighted) -> None:
        """Say what stands behind the row."""
        self._tell()

    def on_resize(self, _: Resize) -> None:
        """Say it anew, as far as there is room."""
        self._tell()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """List the items behind the chosen figure."""
        found, column = self._found, self._chosen
        if found is None:
            return
        row = found.rows[event.index]
        behind = column.behind(row)
        if not behind:
            self.status.said(f"{row.name}的{column.heading}后面没有事项。")
        elif behind <= found.hidden:
            self.status.said("这些事项限定知悉范围，只计数，不列名。")
        else:
            unnamed = f"，另有{len(behind & found.hidden)}件限定知悉" if behind & found.hidden else ""
            self.app.push_screen(Ledger(behind - found.hidden, f"{row.name} {column.heading}{unnamed}"))

    def action_figure(self, by: int) -> None:
        """Choose the next figure of the row, or the one before."""
        self._column = (self._column + by) % len(STATISTICS)
        self._tell()

    def action_dimension(self) -> None:
        """Choose by what the rows are, or of which year; where rows are years there is none."""
        today = self.at.desk.today.year
        years = () if self._by in _BY_YEAR else tuple(range(today, today - _BACK, -1))
        rows = [*((f"按{name}", by, 0) for by, name in DIMENSIONS.items()), *((f"{year}年", self._by, year) for year in years)]

        def take(places: tuple[int, ...] | None) -> None:
            if places:
                _, self._by, self._year = rows[places[0]]

        here = next(n for n, (_, by, _) in enumerate(rows) if by == self._by)
        self.app.push_screen(Picker("按什么统计，哪一年", [ListColumn("口径", lambda each: each[0])], rows, picked=(here,)), take)

    def action_save(self) -> None:
        """Write the workbook."""
        if (found := self._found) is not None:
            self.save(f"statistics-{found.asked.by}-{found.asked.day}.xlsx", partial(sheets, self.at.desk, found))

    def _count(self) -> Statistics | str:
        desk = self.at.desk
        year = f"{self._year}" if self._year else ""
        try:
            return statistics(desk, question(self._by, desk.today, year, year))
        except NoFigures as error:
            return str(error)

    @property
    def _chosen(self) -> StatisticsColumn:
        return list(STATISTICS.values())[self._column]

    def _tell(self) -> None:
        """Say all figures of the row under the cursor, the chosen one in brackets; and what the bars mean, where there are any."""
        self.query_one(".legend", Static).update(plain(f"{_LEGEND if self.query_one(_Rows).draws else ''}{_TIME}"))
        place, behind = self.query_one(_Rows).index, self.query_one(".behind", Static)
        if self._found is None or place is None:
            behind.update("")
            return
        row = self._found.rows[place]
        behind.update(plain(f"{row.name}：{'  '.join(self._figures(row))}"))

    def _figures(self, row: Row) -> Iterator[str]:
        for column in STATISTICS.values():
            told = f"{column.brief} {column.told(row)}"
            yield f"【{told}】" if column is self._chosen else told


def _columns(longest: int, bar: Callable[[Row], str] | None = None) -> tuple[ListColumn[Row], ...]:
    """The columns: a name of so many cells, figures beside it and bars last; without bars the name has what the figures leave."""
    name = ListColumn[Row]("名称", lambda row: row.name, longest if bar else None)
    figures = (ListColumn(column.brief, partial(_right, column), _CELLS) for column in _SHOWN)
    return (name, *figures, ListColumn("图", bar)) if bar else (name, *figures)


def _right(column: StatisticsColumn, row: Row) -> str:
    """A number under the end of its heading."""
    told = column.told(row)
    return " " * (_CELLS - cell_len(told)) + told
