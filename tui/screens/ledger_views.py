"""视图和列: how a person looks at the ledger: a view by its digit, filters beside it, the order, and which columns there are."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.widgets import Static

from desk import ledger
from desk.columns import LEDGER, OFFERED, LedgerColumn
from desk.ledger_views import FILTERS, LONGEST, ORDERS, Way, asked, saved, views
from desk.ledger_words import choices, filters, typed
from desk.settings import LedgerView
from desk.terms import label
from records.acts import Refusal
from schema.text import narrow
from tui.frame.naming import NamePage
from tui.frame.picker import Picker
from tui.frame.screen import DeskScreen, RowList, begin
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_ORDER = "排序"
_AGAIN = 0.1
"""Seconds for which views are counted before the counts are shown: the list is not painted for each of them."""
_NEW = LedgerView("存为新视图…")


@dataclass(frozen=True)
class Looks:
    """What a person decided: the way he looks at the ledger, and the columns."""

    way: Way
    columns: tuple[LedgerColumn, ...]


class _Views(RowList[tuple[str, LedgerView]]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", "用这个视图"),
        Binding("delete", "screen.drop", "删去自己的", show=False),
    ]


class _Filters(RowList[str]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", "选")]


class _Columns(RowList[LedgerColumn]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", "显隐"),
        Binding("left", "screen.shift(-1)", "挪位置", key_display="← →"),
        Binding("right", "screen.shift(1)", "往后挪", show=False),
    ]


class ViewsPage(DeskScreen[Looks]):
    """Gives how the ledger is to be looked at from now on, None where nothing is to change."""

    GUIDE = (
        "左边是视图，按数字直接换；中间是另加的筛选和排序，空格或回车选；右边是列，空格显示或不显示，左右键挪位置。"
        "“存为新视图…”把现在的视图、筛选和排序存在一个名称下；光标在自己的视图上按 Delete 删去。都只属于您，不写进登记簿。"
    )
    AUTO_FOCUS = "_Views"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("do", "done", "就按这样看"),
        Binding("tab", "app.focus_next", "换栏"),
        Binding("escape", "dismiss", "不改"),
    ]

    def __init__(self, way: Way, columns: tuple[LedgerColumn, ...]) -> None:
        """Make the page for who looks at the ledger in a way now."""
        super().__init__()
        self._way = way
        self._more, self._rest = filters(way.more)
        self._shown = list(columns)
        self._order = [*columns, *(each for each in OFFERED if each not in columns)]
        self._counts: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """Yield the three lists side by side, and what stands behind the row under the cursor."""
        yield Static(plain("视图和列"), classes="heading", markup=False)
        with Horizontal(classes="looks"):
            yield _Views(
                ListColumn("", lambda row: row[0], 1),
                ListColumn("视图", lambda row: row[1].name),
                ListColumn("", lambda row: self._counts.get(row[1].name, ""), 7),
                key=lambda row: row[1].name,
            )
            yield _Filters(
                ListColumn("", lambda row: row, 4),
                ListColumn("另加的筛选", self._chosen),
                key=lambda row: row,
            )
            yield _Columns(
                ListColumn("", lambda row: "[x]" if row in self._shown else "[ ]", 3),
                ListColumn("列", lambda row: "名称 占余下" if row is LEDGER["title"] else row.short or row.heading),
                key=lambda row: row.name,
            )
        yield Static(classes="strip", markup=False)

    async def load(self) -> None:
        """Show what there is; count the views beside it."""
        rows = self.query_one(_Views)
        first = rows.index is None
        self._list()
        if first:
            self.query_one(_Filters).replace((*FILTERS, _ORDER))
            self.query_one(_Columns).replace(self._order)
            names = [view.name for _, view in views(self.at.settings)]
            rows.cursor = names.index(self._way.view.name) if self._way.view.name in names else len(names) - 1
        self.call_after_refresh(begin, self, "counts", self._count)  # what stands there already waits for no count

    def _list(self) -> None:
        self.query_one(_Views).replace((*views(self.at.settings), ("", _NEW)))

    async def _count(self) -> None:
        left, clock = [view for _, view in views(self.at.settings)], asyncio.get_running_loop().time
        with self.telling():
            while left:
                counted: list[int] = await self.at.ask(partial(self._counted, left, clock))
                for view, count in zip(left, counted, strict=False):
                    self._counts[view.name] = f"{count}{'+' if count == ledger.COUNTED else ''}".rjust(7)
                self.query_one(_Views).refresh()
                left = left[len(counted) :]

    def _counted(self, left: Sequence[LedgerView], clock: Callable[[], float]) -> list[int]:
        """Count what is in views for a moment, one after the other, and one at least."""
        counts, until = list[int](), clock() + _AGAIN
        for view in left:
            counts.append(ledger.count(self.at.desk, asked(self.at.desk, Way(view), "").query, ledger.COUNTED))
            if clock() > until:
                break
        return counts

    def _chosen(self, what: str) -> str:
        if what == _ORDER:
            return ORDERS[self._way.order]
        return "、".join(self._more.get(what, ())) or "全部…"

    def on_key(self, event: Key) -> None:
        """Go to a view by its digit, also where an input method makes it a wide one."""
        digit = narrow(event.character or "")
        found = next((view for each, view in views(self.at.settings) if each == digit), None)
        if found is not None:
            event.stop()
            self._leave(found)

    def on_line_list_highlighted(self, _: LineList.Highlighted) -> None:
        """Say what stands behind the row."""
        self._tell()

    def on_descendant_focus(self) -> None:
        """Say what stands behind the row to which the cursor came from another list."""
        self._tell()

    def _tell(self) -> None:
        told = "数字直接换视图；存下的视图每次登录都在，不写进登记簿。"
        rows = self.focused
        if isinstance(rows, _Views) and rows.row:
            _, view = rows.row
            behind = "您自己选进去的几件" if view.items else view.words or "您能看的全部事项"
            told = f"── {view.name}\n   {'把现在的视图、筛选和排序存在一个名称下' if view is _NEW else behind}"
        elif isinstance(rows, _Filters) and rows.row:
            told = f"── {rows.row}\n   {self._chosen(rows.row)}"
        elif isinstance(rows, _Columns) and rows.row:
            told = f"── {rows.row.heading}\n   空格显示或不显示，左右键挪位置；放不下时右边的先让出来，名称占余下的地方"
        self.query_one(".strip", Static).update(plain(told, lines=True))

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Take a view, choose what a filter lets through, show a column or not."""
        rows = event.list
        if isinstance(rows, _Views) and rows.row:
            _, view = rows.row
            if view is _NEW:
                told = f"{self._now().view.name}  另加 {self._now().more or '无'}  排序 {ORDERS[self._way.order]}"
                self.app.push_screen(NamePage("存为新视图", told, LONGEST), self._save)
            else:
                self._leave(view)
        elif isinstance(rows, _Filters) and rows.row:
            begin(self, "choices", partial(self._choose, rows.row))
        elif isinstance(rows, _Columns) and rows.row:
            self._toggle(rows.row)

    async def _choose(self, what: str) -> None:
        offered = list(ORDERS.values()) if what == _ORDER else await self.at.ask(lambda: list(choices(self.at.desk, what)))
        now = [ORDERS[self._way.order]] if what == _ORDER else self._more.get(what, ())
        picked = [offered.index(value) for value in now if value in offered]

        def take(places: tuple[int, ...] | None) -> None:
            if places is not None and what == _ORDER:
                self._way = replace(self._way, order=list(ORDERS)[places[0]])
            elif places is not None:
                self._more[what] = tuple(offered[place] for place in places)
            self.query_one(_Filters).refresh()
            self._tell()

        column: ListColumn[str] = ListColumn(what, _named if what == "类别" else lambda value: value)
        heading = f"{what}：{'选一种' if what == _ORDER else '选几项，一项也不选就是全部'}"
        self.app.push_screen(Picker(heading, [column], offered, several=what != _ORDER, picked=picked), take)

    def _toggle(self, column: LedgerColumn) -> None:
        if column is LEDGER["title"]:
            self.status.said("名称总是显示。")
        elif column in self._shown:
            self._shown.remove(column)
        else:
            self._shown.append(column)
        self.query_one(_Columns).refresh()

    def action_shift(self, by: int) -> None:
        """Move a column to the left or to the right."""
        rows = self.query_one(_Columns)
        there = rows.cursor + by
        if 0 <= there < len(self._order):
            order = list(self._order)
            order.insert(there, order.pop(rows.cursor))
            self._order = order
            rows.replace(order, cursor=there)

    def action_drop(self) -> None:
        """Forget a view of one's own."""
        row = self.query_one(_Views).row
        own = self.at.settings.views
        if row and row[1] in own:
            self.at.choose(views=tuple(view for view in own if view != row[1]))
            self._list()
            self.status.said(f"已删去视图“{row[1].name}”。")
        else:
            self.status.said("只有自己存下的视图可以删去。")

    def action_done(self) -> None:
        """Look at the ledger so."""
        self._leave(self._now().view)

    def _now(self) -> Way:
        """The way that is put together here; on no view, that of before."""
        row = self.query_one(_Views).row
        view = row[1] if row and row[1] is not _NEW else self._way.view
        return replace(self._way, view=view, more=typed(self._more, self._rest))

    def _leave(self, view: LedgerView) -> None:
        columns = tuple(column for column in self._order if column in self._shown)
        way = replace(self._now(), view=view)
        changed = view != self._way.view
        self.dismiss(Looks(replace(way, order=view.order) if changed and view.order else way, columns))

    def _save(self, name: str | None) -> None:
        if name is None:
            return
        before = self._way.view
        words = f"{before.words} {typed(self._more, self._rest)}".strip()
        view = LedgerView(name, words, self._way.order, before.items)
        kept = saved(self.at.settings, view)
        if isinstance(kept, Refusal):
            self.status.failed(f"{kept.reason}{kept.way_out}")
            return
        self.at.choose(views=kept)
        self._more, self._rest = {}, ""
        self._leave(view)


def _named(category: str) -> str:
    return f"{category} {label('category', int(category)) if category.isdigit() else ''}"
