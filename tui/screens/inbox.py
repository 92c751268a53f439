"""待办: what awaits the person, most urgent first, and what he watches in other hands. The app starts here."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from desk import ledger
from desk.daily import Figure, Line, Page, further, page, why
from desk.desk import Desk
from desk.ledger_views import asked, opening
from desk.roundups import owed_roundups
from desk.terms import Line as Fact
from desk.visits import came, news
from records.bureau.roster import Roster
from tui.forms.kept import kept_on_matters
from tui.frame.among import among
from tui.frame.parts import Facts, light_look, light_name
from tui.frame.screen import RowList, begin
from tui.frame.unit_names import unit_within
from tui.screens.browsing import Browsing, lacking
from tui.screens.inbox_below import InboxBelow
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn
from tui.widgets.pages import Pages

_PAGE = 50  # lines that are read beside those in sight
_NAMED = 4  # acts that are named beside the list
_LEAVING = "再按一次 Esc 退出系统；按其他键继续。"
_REST = 0.2  # seconds after the last movement of the cursor until the matter beside the list is read and drawn
_TITLE = 20  # cells of number and name below which what stands last gives way
_WHAT = 12  # cells of what is to be done, or of the unit
_MOST = 60  # hundredths of the screen that what is to be done takes of it where there is more beneath


class _Duties(RowList[Line]):
    """One of the two lists; the cursor goes from the end of one to the beginning of the other."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "办理"), Binding("enter", "look", "看此件")]
    keeps_cursor = False

    def __init__(self, what: str, last: str, shortened: Callable[[str], str]) -> None:
        super().__init__(
            ListColumn("灯", lambda line: light_name(line.light), 2, lambda line: light_look(line.light), stays=1),
            ListColumn("时限（工作日）", lambda line: line.when, 14, stays=1),
            ListColumn(what, lambda line: shortened(line.what), _WHAT, stays=1),
            ListColumn("编号 事项", lambda line: line.title),
            ListColumn(last, lambda line: line.last, 9),
            key=lambda line: (line.item, line.act),
            least=_TITLE,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what Enter does with the row: its act, or to look at it where none is meant."""
        reads = self.row is not None and not self.row.act
        return reads if action == "look" else super().check_action(action, parameters) and not (action == "choose" and reads)

    def action_look(self) -> None:
        """Look at the row under the cursor."""
        self.action_choose()

    def action_move(self, by: int) -> None:
        """Move the cursor, out of the list where it ends."""
        before = self.cursor
        super().action_move(by)
        if self.cursor == before and isinstance(self.screen, Inbox):
            self.screen.beyond(self, by)


class Inbox(Browsing[None]):
    """The person's own work."""

    GUIDE = (
        "上面是等您办的事，最急的在最前面，按回车就进去办；写了没办的草稿也在这里。下面是别人手里逾期的，按回车就是催办。"
        "F5 看这一件还能办什么，F6 对比它的两轮报告，F7 打开看全部。"
        "要找一件，直接输名称里的字，回车打开。F2 去别的地方，空着按数字换页：已办、统计、通报都在那里。"
    )
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "act"),
        bound("compare", "compare", "对比", show=False),
        bound("look", "open", "看全件"),
        bound("new", "app.register", "登记"),
        *(Binding(str(n), f"figure({n - 1})", f"看第{n}个数后面的事项", show=False) for n in range(1, 4)),
        Binding("escape", "leave", "退出"),
    ]

    ON_ROW = frozenset({"act", "compare", "open"})

    def __init__(self) -> None:
        super().__init__()
        self._page = Page()
        self._roster: Roster | None = None
        self._mine = Pages[Line]()
        self._typed: dict[tuple[str, str], str] = {}
        self._before: str | None = None
        self._leaving = self._beside = False

    def body(self) -> ComposeResult:
        """Yield the summary, the two lists, and what stands behind the row under the cursor."""
        yield Static(classes="summary", markup=False)
        yield Static(classes="summary since", markup=False)
        with Horizontal(classes="beside"):
            with Vertical():
                yield _Duties("要办什么", "最近变动", self._shortened)
                yield Static(classes="summary watched", markup=False)
                yield _Duties("单位", "末次催办", self._shortened)
                yield InboxBelow()
                yield Static(classes="strip", markup=False)
            yield Facts(classes="detail")

    @property
    def stands(self) -> str:
        """What is said to whoever is here for the first time."""
        return self.at.invitation

    async def load(self) -> None:
        """Read what awaits the person."""
        desk, drafts = self.at.desk, kept_on_matters(self.at.drafts)
        _, bottom = self._lists[0].in_sight
        if self._before is None:
            self._before = await self.at.ask(partial(came, desk))
        before = self._before

        def read() -> tuple[Page, str, tuple[tuple[str, str], ...], int, int]:
            found, self._roster = page(desk, drafts, bottom + _PAGE), desk.view.roster
            in_hand = ledger.count(desk, asked(desk, opening(), "").query, ledger.COUNTED)
            return found, news(desk, before, frozenset(line.item for line in found.mine)), owed_roundups(desk), desk.missing, in_hand

        found, told, circulars, missing, in_hand = await self.at.ask(read)
        self.at.counted(待办=found.total, **({"台账": in_hand} if in_hand < ledger.COUNTED else {}))
        self._page, self._typed = found, drafts
        self._mine = Pages[Line](found.total)
        self._mine.put(0, found.mine)
        since = self.query_one(".since", Static)
        since.display = bool(told)
        since.update(plain(told))
        late = sum(line.light.colour == "red" for line in found.mine)
        soon = sum(line.light.colour == "yellow" for line in found.mine)
        counted = f"待办 {found.total} 件" + (f"，逾期 {late} 件" if late else "") + (f"，将到期 {soon} 件" if soon else "")
        counted += lacking(missing)  # before what may be cut
        counted += "".join(f"；{month} 通报等您{label}（按 F2）" for month, label in circulars)
        counted += "".join(f"   {n}. {each.name} {each.count} 件" for n, each in enumerate(found.figures, start=1))
        self.query_one(".summary", Static).update(plain(counted))
        mine, watched = self._lists
        mine.say_empty(desk.why_nothing or "没有待办。F3 看台账。")
        mine.replace(self._mine)
        watched.replace((*found.left, *found.watched))
        self.query_one(InboxBelow).follow(found)
        self._watch(found)

    def _shortened(self, what: str) -> str:
        return unit_within(what, self._roster, _WHAT) if self._roster else what

    def _watch(self, found: Page) -> None:
        """Give both lists their room: what is to be done is short where there is something to watch."""
        mine, watched = self._lists
        told = self.query_one(".watched", Static)
        beneath = bool(found.left or found.watched)
        told.display = watched.display = beneath
        how = "回车就是催办" if any(line.act for line in found.watched) else "回车看"
        some = f"；列最急的 {len(found.watched)} 件" if found.late > len(found.watched) else ""
        parts = [f"写了没办的草稿 {len(found.left)} 件，回车接着写"] if found.left else []
        parts += [f"别人手里逾期的 {found.late} 件，{how}{some}"] if found.watched else []
        told.update(plain("；".join(parts)))
        if beneath and not found.total and self.focused is mine:
            watched.focus()
        mine.styles.height = max(2, found.total + 1) if beneath else "1fr"
        wide = self.has_class("-wide")  # what stands below the lists follows them there
        mine.styles.max_height = f"{_MOST}%" if beneath else max(2, found.total + 1) if wide else None
        watched.styles.max_height = len(found.left) + len(found.watched) + 1 if wide else None

    def on_line_list_missing(self, event: LineList.Missing) -> None:
        """Read what came into sight."""
        if event.list is self._lists[0]:
            begin(self, "page", self._read_on)

    async def _read_on(self) -> None:
        found, lines, rows = self._page, self._mine, self._lists[0]
        if (wanted := lines.to_read(rows.in_sight, _PAGE)) is None:
            return
        with self.telling():
            some = await self.at.ask(partial(further, self.at.desk, found, self._typed, *wanted))
            if lines is not self._mine:
                return
            if some is None:
                self.reload()  # the register has moved on: what stood here stands elsewhere
                return
            lines.put(wanted[0], some)
            rows.filled()

    @property
    def on_a_row(self) -> bool:
        """Whether the cursor is on a row of any of the lists."""
        here = self.focused
        return here.index is not None if isinstance(here, _Duties) else isinstance(here, InboxBelow) and here.row is not None

    @property
    def _lists(self) -> Sequence[_Duties]:
        return tuple(self.query(_Duties))

    def beyond(self, end: _Duties, by: int) -> None:
        """Go from the end of one list to the other."""
        mine, watched = self._lists
        other = watched if end is mine and by > 0 else mine if end is watched and by < 0 else None
        if other is not None and other.display:
            other.action_edge(by < 0)
            other.focus()
        elif by > 0 and self.query_one(InboxBelow).row:
            self.query_one(InboxBelow).focus()

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Say what stands behind the row."""
        if event.list.has_focus and isinstance(event.list, _Duties):
            self._behind(event.list)
            self.refresh_bindings()

    def on_inbox_below_highlighted(self) -> None:
        """Say what stands behind the row of the lower part."""
        self.on_descendant_focus()

    def on_descendant_focus(self) -> None:
        """Say what stands behind the row to which the cursor came from the other list."""
        if isinstance(self.focused, _Duties | InboxBelow):
            self._behind(self.focused)

    def _behind(self, rows: "_Duties | InboxBelow") -> None:
        line, beside = rows.row, self.query_one(Facts)
        begin(self, "detail", partial(self._tell_beside if beside.display else self._tell, line))

    async def _tell(self, line: Line | None) -> None:
        with self.telling():
            told = await self.at.ask(partial(why, self.at.desk, line)) if line else ()
            rows = [f"── {line.title}", *told] if line else []
            self.query_one(".strip", Static).update(plain("\n".join(rows), lines=True))

    async def _tell_beside(self, line: Line | None) -> None:
        """Show the matter beside the list, once the cursor has come to rest on it."""
        if self._beside:
            await asyncio.sleep(_REST)
        with self.telling():
            told = await self.at.ask(partial(_matter, self.at.desk, line)) if line else ()
            self._beside = True
            self.query_one(Facts).tell(told)

    def on_resize(self) -> None:
        """Show what stands behind the row where it has its place now."""
        self._watch(self._page)
        self.on_descendant_focus()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Go to the act, or to the matter where none is meant."""
        line = self._line(event)
        if line is None:
            return
        if line.act:
            begin(self, "form", partial(self._open_form, line), on=f"{line.act} {line.item}")
        else:
            self._go_to(line)

    def _go_to(self, line: Line, act: str = "") -> None:
        """Open a matter; one goes on from there to the others of its list, as far as these were read."""
        listed = (self._mine, (*self._page.left, *self._page.watched))
        for rows, lines in zip(self._lists, listed, strict=True):
            items = [each.item if each else None for each in lines]
            if rows is self.focused and line.item in items:
                self.at.open_case(line.item, act, among(rows, items, line.item))
                return
        self.at.open_case(line.item, act)

    async def _open_form(self, line: Line) -> None:
        """Open the form of an act that is still to be done; else what he wrote for it, or the matter, which says what became of it."""
        from tui.forms.form import form_for
        from tui.forms.kept import goes_on, left_behind
        from tui.forms.left_behind import LeftBehind

        with self.telling():
            desk, drafts = self.at.desk, self.at.drafts
            if not await self.at.ask(lambda: goes_on(desk, drafts, line.act, line.item, desk.open(line.item))):
                left = await self.at.ask(partial(left_behind, desk, drafts, line.act, line.item))
                if left is None:
                    self._go_to(line)
                else:
                    self.app.push_screen(LeftBehind(line.act, line.item, *left))
                return
            self.app.push_screen(await self.at.ask(partial(form_for, self.at.desk, line.act, line.item)))

    def _line(self, event: LineList.Chosen) -> Line | None:
        lines = self._mine if event.list is self._lists[0] else (*self._page.left, *self._page.watched)
        return lines[event.index] if event.index < len(lines) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is done on a matter only where the cursor is on one."""
        if action in ("act", "compare", "open"):
            return isinstance(self.focused, _Duties | InboxBelow) and self.focused.row is not None
        return super().check_action(action, parameters)

    def action_open(self) -> None:
        """Open the matter under the cursor, its act first."""
        if isinstance(self.focused, _Duties | InboxBelow) and (line := self.focused.row):
            self._go_to(line, line.act)

    def action_act(self) -> None:
        """Show what can be done with the matter under the cursor, and why the rest cannot."""
        if isinstance(self.focused, _Duties | InboxBelow) and (line := self.focused.row):
            begin(self, "offer", partial(self.offer_on, line.item, line.act))

    def action_compare(self) -> None:
        """Compare the last rounds of the matter under the cursor."""
        if isinstance(self.focused, _Duties | InboxBelow) and (line := self.focused.row):
            self.compare_on(line.item)

    def action_figure(self, place: int) -> None:
        """Show the matters behind a number."""
        if place < len(self._page.figures):
            self.app.push_screen(_ledger(self._page.figures[place]))

    def action_leave(self) -> None:
        """Leave at the second Esc."""
        if self._leaving:
            self.app.exit()
        self._leaving = True
        self.status.passing(_LEAVING)
        self.set_timer(4, self._stay)

    def _stay(self) -> None:
        self._leaving = False
        self.status.passed(_LEAVING)


def _matter(desk: Desk, line: Line) -> tuple[Fact, ...]:
    """What stands beside the list: why the row is here, and the matter in short."""
    from desk.matter_page import in_short, may_do

    case = desk.open(line.item)
    if case is None:
        return ()
    told = [("", line.title), *in_short(case, desk.view, desk.view.policy_at(case.item.policy), desk.today.isoformat())]
    told += [("", ""), ("最近", "\n".join(why(desk, line)))]
    labels = may_do(case, desk.person.id, line.act) if desk.person else ()
    listed = "、".join(labels[:_NAMED]) + (f"等{len(labels)}项（按 F5）" if len(labels) > _NAMED else "")
    return (*told, *((("您可办", listed),) if labels else ()))


def _ledger(figure: Figure) -> Browsing[None]:
    from tui.screens.ledger import Ledger

    return Ledger(figure.only, figure.name if figure.only is not None else "", colour=figure.colour)
