"""公文: the documents of an item; each is read as text, as it will be printed, and fetched to a person's own computer."""

import os
import pwd
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from desk.documents import Paper, paper_text, papers
from desk.fetching import LONGEST_COPY, fetch_lines
from desk.shown_text import ShownText
from records.matter.item import Item
from records.matter.prose import flowing
from schema.text import show
from tui.frame.parts import HeadFacts, LongFacts, Pages, PaperView
from tui.frame.screen import DeskScreen, RowList, begin
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

if TYPE_CHECKING:
    from documents.publishing.as_text import TextLine

_LOOKING = "正在查看公文…"
_WIDEST = 76
"""Cells of the widest line of a document."""


class _Reading(DeskScreen[None]):
    """A text that is read and copied."""

    AUTO_FOCUS = "Pages"
    BINDINGS: ClassVar[list[BindingType]] = [bound("act", "copy", "复制文本"), Binding("escape", "dismiss", "返回")]

    @property
    def text(self) -> str:
        """What is copied."""
        raise NotImplementedError

    def action_copy(self) -> None:
        """Hand the text to the terminal's clipboard, where it takes such a thing and the text is not too long."""
        text = show(self.text, lines=True)
        if (size := len(text.encode())) > LONGEST_COPY:
            self.status.failed(f"文本 {size / 1000:.0f}KB，超过剪贴板能收的 {LONGEST_COPY // 1000}KB，没有复制。请取回文件。")
        else:
            self.to_clipboard("文本", text)


class PaperPage(_Reading):
    """A text of the record."""

    GUIDE = "这是记录里的文本。PgDn 翻页，F5 把文本交给自己电脑的剪贴板。"

    def __init__(self, sheet: ShownText) -> None:
        super().__init__()
        self._sheet = sheet

    def body(self) -> ComposeResult:
        """Yield what it is, and the text."""
        yield Static(plain(self._sheet.what), classes="heading", markup=False)
        yield PaperView()

    async def load(self) -> None:
        """Show the text; it was read before."""
        self.query_one(PaperView).show(self._sheet)

    @property
    def text(self) -> str:
        """The text with its title."""
        return f"{self._sheet.title}\n\n{flowing(self._sheet.body)}"


class _Sheet(Pages):
    """The lines of a document, each at its side of a page no wider than what reads."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[TextLine] = ()

    def show(self, lines: Sequence["TextLine"]) -> None:
        """Show a document."""
        self._lines = lines
        self.write(self._content())

    def on_resize(self, _: Resize) -> None:
        """Wrap again."""
        self._body.update(self._content())

    def _content(self) -> Content:
        width = max(20, min(_WIDEST, self.scrollable_content_region.width))
        return Content("\n").join(row for line in self._lines for row in _set(line, width))


def _set(line: "TextLine", width: int) -> Iterable[Content]:
    left, tab, right = line.text.partition("\t")
    if tab and right and not left.endswith("."):  # what a tab stop sets at the right edge
        first, last = plain(left), plain(right.replace("\t", " "))
        yield Content.assemble(first, " " * max(1, width - first.cell_length - last.cell_length), last)
        return
    for row in plain(line.text.replace("\t", " ")).wrap(width) or [Content()]:
        free = width - row.cell_length
        yield row if line.side == "left" else row.pad_left(max(0, free if line.side == "right" else free // 2))


class PaperText(_Reading):
    """A document as it will be printed."""

    GUIDE = "这是公文将要印出来的文字，和文件一致。PgDn 翻页，F5 把文本交给自己电脑的剪贴板，F8 看怎样把文件取到自己的电脑。"
    BINDINGS: ClassVar[list[BindingType]] = [bound("paper", "fetch", "取出…")]

    def __init__(self, item: Item, paper: Paper) -> None:
        super().__init__()
        self._item, self._paper = item, paper
        self._lines: tuple[TextLine, ...] = ()

    def body(self) -> ComposeResult:
        """Yield what it is, and the lines."""
        yield Static(plain(f"公文 {self._paper.title}  {self._paper.state}"), classes="heading", markup=False)
        yield _Sheet()

    async def load(self) -> None:
        """Read the document, or make it."""
        from documents.publishing.folder import PublishError

        try:
            found = await self.at.ask(partial(paper_text, self.at.desk, self._item, self._paper.name))
        except PublishError as error:
            self.status.failed(str(error))
            return
        if found is None:
            self.status.said("这份公文现在没有文件可看。")
            return
        self._lines = found
        self.query_one(_Sheet).show(found)

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(line.text for line in self._lines)

    def action_fetch(self) -> None:
        """Show how it is fetched."""
        self.app.push_screen(FetchPage(self._paper))


class FetchPage(DeskScreen[None]):
    """The lines to paste, from the first column on and with nothing beside them, so that a mouse takes them whole."""

    GUIDE = "这些行在自己的电脑上运行，不在这里。整行贴过去，文件就到自己的电脑上。F5 复制第一行。"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [bound("act", "copy", "复制第一行"), Binding("escape", "dismiss", "返回")]

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self._paper = paper

    def body(self) -> ComposeResult:
        """Yield what is fetched, and each line under the computer it is for."""
        yield Static(plain(f"取出 {self._paper.title}  {self._paper.name}"), classes="heading", markup=False)
        with VerticalScroll():
            for place in self._paths:
                yield Static(plain(place), classes="statement", markup=False)
            for where, line in self._lines:
                yield Static(plain(f"在自己的电脑上（{where}）："), classes="how", markup=False)
                yield Static(plain(line), classes="statement", markup=False)
            if self._lines:
                yield Static(plain("用口令登录的，把 @ 前面换成自己的账号。"), classes="how", markup=False)

    @property
    def _lines(self) -> Sequence[tuple[str, str]]:
        if self.at.desk.box is None:
            return ()
        return tuple(fetch_lines(self._paper.name, _account(), os.environ.get("SSH_CONNECTION", "")))

    @property
    def _paths(self) -> Sequence[str]:
        return () if self.at.desk.box is not None else self._paper.places or ("还没有文件。",)

    def action_copy(self) -> None:
        """Hand the first line to the terminal's clipboard."""
        lines = [line for _, line in self._lines] or list(self._paths)
        self.to_clipboard("第一行", show(lines[0]))


def _account() -> str:
    """The account that runs this, which is the one that people come in by; in a sandbox nobody may know its name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "服务账号"


class PapersPage(DeskScreen[None]):
    """The documents of an item."""

    GUIDE = "这件事的公文。回车看文字，和印出来的一致；F8 看怎样把文件取到自己的电脑。"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [bound("paper", "fetch", "取出…"), Binding("escape", "dismiss", "返回")]

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._item = item
        self.concerns = item.id
        self._papers: tuple[Paper, ...] = ()

    def body(self) -> ComposeResult:
        """Yield the list, and what is to be said of the one under the cursor."""
        yield Static(plain(f"公文  {self._item.id} {self._item.title}"), classes="heading", markup=False)
        yield RowList[Paper](
            ListColumn("公文", lambda paper: paper.title, 10),
            ListColumn("文号和状态", lambda paper: paper.state),
            ListColumn("文件名", lambda paper: paper.name, 28),
            key=lambda paper: paper.name,
        )
        yield LongFacts(classes="about")

    async def load(self) -> None:
        """Read which there are, and make those that are missing."""
        self.status.passing(_LOOKING)
        self._papers, told = await self.at.ask(partial(papers, self.at.desk, self._item))
        self.status.passed(_LOOKING)
        rows = self.query_one(RowList)
        rows.say_empty("现在没有公文，为什么见下面。按 Esc 返回。")
        rows.replace(self._papers)
        self.refresh_bindings()
        if told:
            self.status.said(told)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Say where it lies."""
        if event.index is not None:
            paper = self._papers[event.index]
            told = [("文件", "\n".join(paper.places) or "还没有文件")]
            self.query_one(HeadFacts).tell([*told, *([("登记", paper.digest)] if paper.digest else [])])

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Read it."""
        paper = self._papers[event.index]
        begin(self, "text", partial(self._open, paper))

    async def _open(self, paper: Paper) -> None:
        if paper.name.endswith(".docx"):
            self.app.push_screen(PaperText(self._item, paper))
        else:
            self.status.said("这是表格，不在这里看；按 F8 取到自己的电脑打开。")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to fetch only what there is."""
        return bool(self._papers) if action == "fetch" else super().check_action(action, parameters)

    def action_fetch(self) -> None:
        """Show how the document is fetched."""
        if paper := self.query_one(RowList).row:
            self.app.push_screen(FetchPage(paper))
