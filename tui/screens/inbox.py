"""待办: what awaits the person, most urgent first. The app starts here."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.desk import Desk
from desk.inbox import Awaiting, Task, awaiting
from tui.frame.parts import light_look, light_name
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing, lacking
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn
from tui.widgets.pages import Pages

_PAGE = 50  # lines that are read beside those in sight
_LEAVING = "再按一次 Esc 退出系统；按其他键继续。"


class Inbox(Browsing[None]):
    """The person's own work."""

    GUIDE = "这里列出等您办的事，最急的在最前面。用上下键选一件，按回车打开，打开后按 F5 办理。F7 看统计，F9 看自己办过的事。"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "reload", "待办", show=False),
        Binding("f6", "app.roundups", "通报"),
        Binding("f7", "app.statistics", "统计"),
        Binding("f8", "app.numbers", "文号"),
        Binding("f9", "app.done", "已办", show=False),
        Binding("escape", "leave", "退出"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._tasks = Pages[Task]()
        self._awaiting: Awaiting | None = None
        self._leaving = False

    def body(self) -> ComposeResult:
        """Yield the summary and the list."""
        yield Static(classes="summary", markup=False)
        yield RowList[Task](
            ListColumn("灯", lambda task: light_name(task.light), 2, lambda task: light_look(task.light)),
            ListColumn("事项", lambda task: task.excerpt.title),
            ListColumn("要办什么", lambda task: task.label, 14),
            ListColumn("时限（工作日）", _until, 14),
            ListColumn("自何时", lambda task: task.excerpt.updated[5:10], 6),
            key=lambda task: (task.excerpt.id, task.act),
        )

    async def load(self) -> None:
        """Read what awaits the person."""
        desk, rows = self.at.desk, self.query_one(RowList)
        top, bottom = rows.in_sight
        read = partial(_read, desk, max(0, top - _PAGE), bottom + _PAGE)
        found, tasks, circulars, missing = await self.at.ask(lambda: (*read(), desk.owed_roundups(), desk.missing))
        self._awaiting, self._tasks = found, tasks
        late = sum(task.light.colour == "red" for task in found.open) if found else 0
        soon = sum(task.light.colour == "yellow" for task in found.open) if found else 0
        counted = f"待办 {len(tasks)} 件" + (f"，逾期 {late} 件" if late else "") + (f"，将到期 {soon} 件" if soon else "")
        counted += "".join(f"；{month} 通报等您{label}（按 F6）" for month, label in circulars)
        counted += lacking(missing)
        self.query_one(".summary", Static).update(plain(counted))
        rows.say_empty("没有待办。F3 看台账。")
        rows.replace(tasks)

    def on_line_list_missing(self, _: LineList.Missing) -> None:
        """Read what came into sight."""
        begin(self, "page", self._page)

    async def _page(self) -> None:
        found, tasks = self._awaiting, self._tasks
        top, bottom = self.query_one(RowList).in_sight
        if found is None or not tasks.missing(top, bottom):
            return
        first = max(0, top - _PAGE)
        with self.telling():
            commit, some = await self.at.ask(partial(found.page, first, bottom + _PAGE - first))
            if tasks is self._tasks:
                if commit != found.commit:  # the register has moved on: what stood here stands elsewhere
                    self.reload()
                    return
                tasks.put(first, some)
                self.query_one(RowList).filled()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the item, its act first."""
        if task := self._tasks[event.index]:
            self.at.open_case(task.excerpt.id, task.act)

    def action_reload(self) -> None:
        """Read again; the person is where he wants to go."""
        self.reload()

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


def _read(desk: Desk, first: int, last: int) -> tuple[Awaiting | None, Pages[Task]]:
    """What awaits the person: what is to be done on open matters, and of the rest what stands between two places."""
    found = awaiting(desk)
    tasks = Pages[Task](found.total if found else 0)
    if found:
        tasks.put(0, found.open)
        if tasks.missing(first, last):
            commit, some = found.page(first, last - first)
            tasks.put(first, some if commit == found.commit else [])
    return found, tasks


def _until(task: Task) -> str:
    """The day and how long until it, the day an estimate while the notice of its year is not in (D-10)."""
    day = (task.light.due or "")[5:]
    return f"{day}估{task.light.short}" if task.light.estimated else f"{day} {task.light.short}".strip()
