"""What is done with matters that were marked in the ledger: acts that may be done on several at once, a workbook, a view of one's own.

Signatures are not among it: nobody signs in one what he has not read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from desk.columns import LedgerLine
from desk.ledger_views import LONGEST, with_items
from desk.mine import follow
from desk.several import MOST, acts_on_several, sheets, told
from records.acts import Refusal
from records.register.register import Receipt
from records.store.store import StoreError
from schema.tables import ActSpec
from tui.forms.several import Done, several_page
from tui.frame.naming import NamePage
from tui.frame.picker import Picker
from tui.frame.reading import ReadingPage
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing
from tui.widgets.line_list import ListColumn


@dataclass(frozen=True)
class _Way:
    """Something to do with what is marked, and what comes of it."""

    name: str
    about: str
    go: Callable[[], object]


class Marking(Browsing[None]):
    """A ledger in which matters are marked; they stay marked whatever is searched, until they are acted on or let go."""

    def __init__(self) -> None:
        super().__init__()
        self._marks: dict[str, None] = {}

    def mark_of(self, line: LedgerLine) -> str:
        """Return the sign before a line."""
        return "*" if line.excerpt.id in self._marks else ""

    def action_mark(self) -> None:
        """Mark the matter under the cursor, or no longer, and go on to the next one."""
        rows = self.query_one(RowList)
        line = rows.row
        if not isinstance(line, LedgerLine):
            return
        if line.excerpt.id in self._marks:
            del self._marks[line.excerpt.id]
        elif len(self._marks) >= MOST:
            self.status.failed(f"一次最多选 {MOST} 件。")
            return
        else:
            self._marks[line.excerpt.id] = None
        rows.refresh()
        rows.action_move(1)
        self._say_marked()

    def action_act(self) -> None:
        """Show what can be done with the matters marked, or, where none is, with the one under the cursor."""
        if self._marks:
            begin(self, "offer", self._offer_several)
        elif isinstance(line := self.query_one(RowList).row, LedgerLine):
            begin(self, "offer", partial(self.offer_on, line.excerpt.id))

    def action_save(self) -> None:
        """Write the matters marked, or the one under the cursor, as a workbook."""
        line = self.query_one(RowList).row
        if items := tuple(self._marks) or ((line.excerpt.id,) if isinstance(line, LedgerLine) else ()):
            title = f"{self.at.desk.view.roster.bureau.name}督办台账（选定事项）"
            self.save("ledger-marked.xlsx", partial(sheets, self.at.desk, items, title))

    async def _offer_several(self) -> None:
        with self.telling():
            specs: tuple[ActSpec, ...] = await self.at.ask(partial(acts_on_several, self.at.desk))
        items = tuple(self._marks)
        ways = [_Way(f"{spec.label}…", f"〔{spec.clause}〕填一次，每件各记一步", partial(self._do, spec, items)) for spec in specs]
        ways += [
            _Way("取出表格", "按台账的栏目写成一张表格文件", self.action_save),
            _Way("加入视图…", "放进自己的一个视图，以后按数字就看", partial(self._into_view, items)),
            _Way("跟踪", "有变动时在已办的“我跟踪的”里说", partial(self._follow, items)),
            _Way("不再选", "去掉选定的记号，什么也不办", self._let_go),
        ]
        columns = [ListColumn[_Way]("办什么", lambda way: way.name, 16), ListColumn[_Way]("说明", lambda way: way.about)]

        def go(places: tuple[int, ...] | None) -> None:
            if places:
                ways[places[0]].go()

        heading = f"对选定的 {len(items)} 件  签字和要看全文的，请逐件打开办"
        self.app.push_screen(Picker(heading, columns, ways, texts=lambda way: (way.name,)), go)

    def _do(self, spec: ActSpec, items: tuple[str, ...]) -> None:
        def after(done: Done | None) -> None:
            if done is None:
                return
            acted = [meant.item for meant, became in done if isinstance(became, Receipt)]
            broke = sum(isinstance(became, StoreError) for _, became in done)
            for item in acted:
                self._marks.pop(item, None)
            self._say_marked()
            heading = f"{spec.label} {len(done)} 件：已办 {len(acted)} 件，跳过 {len(done) - len(acted) - broke} 件" + "，出错 1 件" * broke
            self.app.push_screen(ReadingPage(heading, [("", told(*each)) for each in done]))

        async def go() -> None:
            with self.telling():
                self.app.push_screen(await self.at.ask(partial(several_page, self.at.desk, spec, items)), after)

        begin(self, "form", go, on=f"{spec.name} {len(items)}")

    def _into_view(self, items: tuple[str, ...]) -> None:
        own = [view.name for view in self.at.settings.views if not view.words]

        def take(name: str | None) -> None:
            if name is None:
                return
            kept = with_items(self.at.settings, name, items)
            if isinstance(kept, Refusal):
                self.status.failed(f"{kept.reason}{kept.way_out}")
                return
            self.at.choose(views=kept)
            self._let_go()
            self.status.said(f"{len(items)} 件已放进视图“{name}”，按 F4 看。")

        listed = f"已有：{'、'.join(own)}。写其中一个就加到里面。" if own else "放进一个新的视图，只有您自己看得到。"
        self.app.push_screen(NamePage(f"加入视图  {len(items)} 件", listed, LONGEST, own[0] if own else ""), take)

    def _follow(self, items: tuple[str, ...]) -> None:
        async def go() -> None:
            with self.telling():
                await self.at.ask(lambda: [follow(self.at.desk, item, on=True) for item in items])
                self._let_go()
                self.status.said(f"已跟踪 {len(items)} 件，列在已办的“我跟踪的”里，有变动会说。")

        begin(self, "follow", go)

    def _let_go(self) -> None:
        self._marks.clear()
        self.query_one(RowList).refresh()
        self._say_marked()

    def _say_marked(self) -> None:
        self.status.said(f"已选 {len(self._marks)} 件；F5 一起催办、取出、加入视图…" if self._marks else "")
