"""What every screen of the desk has: title above, status line and keys below, and its way of asking the register.

The register is read and written by one thread beside the screen's, never by this one; what it gives is put into widgets here.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.widgets import Static

from desk.desk import StillMissingError
from records.acts import Refusal
from records.store.record_files import Unreadable
from records.store.store import StoreError
from tui.frame.host import Host
from tui.frame.page_bar import PageBar
from tui.terminal.first_painting import PaintedWhole
from tui.terminal.safety import plain
from tui.terminal.status_line import StatusLine
from tui.widgets.key_line import KeyLine
from tui.widgets.line_list import LEAST, LineList, ListColumn, Row

_T = TypeVar("_T")
READING = "正在读取…"
_PATIENCE = 1.0
"""Seconds of reading after which a person is told why it takes so long."""

_SLOW = "正在读取，请稍候。第一次打开大的登记簿要先建立索引。"


class DeskScreen(PaintedWhole[_T]):
    """A full screen; its own part stands in ``body``, and ``load`` reads what it shows."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it as an attribute of the instance
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012 - as above
    GUIDE: ClassVar[str] = ""
    """What a person does here, in a sentence or two, for the help."""

    unread: str = ""
    """Why the last reading failed, which another may not; empty where it did not, and while one is under way."""

    concerns: str = ""
    """What the screen is about, for the log of faults: an act, the id of a record; nothing that was typed."""

    _reading: object | None = None  # the reading that is
    _once_more = False
    _read_only = False  # whether nothing could be done when it was read last

    @property
    def at(self) -> Host:
        """The app, with the desk."""
        return cast(Host, self.app)

    @property
    def status(self) -> StatusLine:
        """The line that says what was done."""
        return self.query_one(StatusLine)

    def compose(self) -> ComposeResult:
        """Put title, body, status line and keys in."""
        self._take_size()
        with Horizontal(classes="title"):
            yield Static(classes="where", markup=False)
            yield Static(classes="today", markup=False)
        if (page := self.at.page_of(self)) is not None:
            yield PageBar(page)
        yield from self.body()
        yield StatusLine()
        yield KeyLine()

    def _take_size(self) -> None:
        """Have the looks of this size before there is anything to look at: told of it later, all that stands here is styled again."""
        size = self.app.size
        for cells, looks in ((size.width, self.HORIZONTAL_BREAKPOINTS), (size.height, self.VERTICAL_BREAKPOINTS)):
            _, fits = max(each for each in looks if each[0] <= cells)
            self.add_class(fits, update=False)

    def body(self) -> ComposeResult:
        """Yield what stands between title and status line."""
        yield from ()

    def on_screen_resume(self) -> None:
        """Read again whenever the screen comes to the front."""
        self.reload()

    def reload(self) -> None:
        """Read again what is shown; a reading that is under way is overtaken, and a screen that is coming or going reads nothing."""
        if not self._whole:
            return
        self._say_whose()
        with suppress(StoreError):  # of a demo, whose day is that of its last step; the reading says so
            self.query_one(".today", Static).update(plain(spoken_day(self.at.desk.today)))
        begin(self, "load", self._load)

    def read_again(self) -> None:
        """Read again what others changed, at once or when the reading under way has ended: were it overtaken, nothing would ever be shown
        where somebody acts more often than a page takes to be read.
        """
        if self._reading is None:
            self.reload()
        else:
            self._once_more = True

    @property
    def stands(self) -> str:
        """What the status line says wherever nothing else was said."""
        return ""

    def to_clipboard(self, what: str, text: str) -> None:
        """Hand a text to the terminal's clipboard, where it takes such a thing, and say what it was."""
        self.app.copy_to_clipboard(text)
        self.status.said(f"{what}已交给终端的剪贴板；贴不出来的，是终端不支持，请用鼠标选取。")

    async def load(self) -> None:
        """Ask the desk and show what it says."""

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Say on the status line why the register could not be read or written, in place of what was to follow."""
        try:
            yield
        except StillMissingError as error:
            if self._whole:
                self.status.said(str(error))
                self._say_unread("还没有读全，见下面。")
        except (StoreError, Unreadable) as error:
            if self._whole:
                self.status.failed(in_words(error))
                self._say_unread()
        except NoMatches:
            # What was read came back to a screen that was left meanwhile.
            if self._whole:
                raise
        except Exception:
            self._say_unread()
            raise

    def _say_read_only(self, closed: Refusal | None) -> None:
        """Say in the title that nothing can be done in the register, and why on the status line where nothing else stands there."""
        self._read_only = closed is not None
        if self._whole:
            self._say_whose()
            self.status.always(str(closed) if closed else self.stands)

    def _say_whose(self) -> None:
        self.query_one(".where", Static).update(plain(("〔只读〕" if self._read_only else "") + self.at.identity))

    def _say_unread(self, why: str = "没有读出来，原因见下面。") -> None:
        for rows in self.query(RowList):
            rows.say_empty(why)
        for line in self.query(Static):
            if line.content == READING:
                line.update("")

    @property
    def _whole(self) -> bool:
        """Whether all of the screen is there: it is neither being put together nor being taken down."""
        return self.is_mounted and len(self.query(".where, .today, StatusLine")) == 3

    async def _load(self) -> None:
        reading = True
        mine = self._reading = object()
        before, self.unread, self._once_more = self.unread, "", False

        def explain() -> None:
            if reading:  # a timer that has gone off is not stopped any more: its word waits among the screen's messages
                self.status.passing(_SLOW)

        patience = self.set_timer(_PATIENCE, explain)
        try:
            with self.telling():
                try:
                    closed = await self.at.ask(lambda: self.at.desk.read_only)
                    await self.load()
                    for bar in self.query(PageBar):
                        bar.tell()
                    self._say_read_only(closed)
                    self.paint()
                except StoreError as error:
                    self.unread = in_words(error)
                    raise
                if before:
                    self.status.mended(before)
        finally:
            # A reading that was overtaken must not speak afterwards either.
            patience.stop()
            reading = False
            self.at.stands()
            if self._whole:
                self.status.passed(_SLOW)
            if self._reading is mine:
                self.paint()
                self._reading = None
                if self._once_more:
                    self.reload()


class RowList(LineList[Row]):
    """A list whose Enter shows among the keys below, and that says it is being read until it is given rows."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "打开")]

    def __init__(self, *columns: ListColumn[Row], key: Callable[[Row], object], least: int = LEAST) -> None:
        """Make a list.

        Args:
            columns: exactly one of them without a width.
            key: what names a row.
            least: cells below which the column without a width does not fall.
        """
        super().__init__(columns, key=key, empty=READING, least=least)


def begin(node: DOMNode, group: str, job: Callable[[], Awaitable[None]], *, on: str = "") -> None:
    """Start a job beside the drawing; one of the same group that is under way is overtaken, and a fault in it is contained.

    Args:
        node: the screen, or the app.
        group: names the job.
        job: what is done.
        on: what it is done on, for the log of faults, beside what the screen is about.
    """

    async def contained() -> None:
        try:
            await job()
        except Exception as error:
            if not cast(Host, node.app).contain(error, node, f"{group} {on}".strip()):
                raise

    # Given as a coroutine, a job overtaken before its start would be one that "was never awaited".
    work: Callable[[], Awaitable[None]] = contained
    node.run_worker(work, group=group, exclusive=True)


def in_words(error: StoreError | Unreadable) -> str:
    """Return what is wrong with the register in a line, with the way out."""
    if isinstance(error, StoreError):
        return str(error)
    first = str(error.problems[0]) if error.problems else "登记簿缺少必要的文件"
    return f"记录有误：{first}。请登记簿管理人员修复。"


def spoken_day(day: date) -> str:
    """Return a day as the title shows it: ``2026-11-23 周一``."""
    return f"{day.isoformat()} 周{'一二三四五六日'[day.weekday()]}"
