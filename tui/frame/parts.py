"""Parts that several screens show: labelled facts, a paper to read, the light of an item."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from desk.terms import Line
from records.matter.prose import Paragraph, attachment_texts, paragraphs
from records.rules.clocks import LIGHT_LABELS, Light
from tui.terminal.safety import plain
from tui.widgets.line_list import ListColumn, Row

if TYPE_CHECKING:
    from desk.shown_text import ShownText

_LABEL = 10
"""Cells that the labels of facts take at least, so that most pages have their values in one line."""

_NUMBER = 4
"""Cells of a matter's number within its year."""

_LIGHT_STYLES = {"red": "bold $text-error", "yellow": "$text-warning", "green": "$text-success"}


class Pages(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Something to read, moved by the arrow keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "上移", show=False),
        Binding("down,j", "scroll_down", "下移", show=False),
        Binding("pageup", "page_up", "上一页", show=False),
        Binding("pagedown,space", "page_down", "下一页", show=False),
        Binding("home,g", "scroll_home", "开头", show=False),
        Binding("end,G", "scroll_end", "末尾", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self._body = Static(markup=False)

    def compose(self) -> ComposeResult:
        """Put the text in."""
        yield self._body

    def write(self, content: Content) -> None:
        """Show a text from its beginning."""
        self._body.update(content)
        self.scroll_home(animate=False)


class Facts(Pages):
    """Labels at the left, what they name at the right, wrapped beneath itself."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self._facts: Sequence[Line] = ()

    def tell(self, facts: Iterable[Line]) -> None:
        """Show facts; the place in sight stays where the same facts are told again."""
        facts = tuple(facts)
        if facts != self._facts:
            self._facts = facts
            self.write(self._content())

    def on_mount(self) -> None:
        """Wrap again wherever a scrollbar comes and takes a cell of each line."""
        self.watch(self, "show_vertical_scrollbar", self.on_resize, init=False)

    def on_resize(self) -> None:
        """Wrap again."""
        self._body.update(self._content())

    def _content(self) -> Content:
        label_width = max(_LABEL, *(plain(label).cell_length + 2 for label, _ in self._facts), 0)
        width = max(20, self.scrollable_content_region.width)
        return Content("\n").join(line for fact in self._facts for line in _wrapped(*fact, label_width, width))


class HeadFacts(Facts, can_focus=False):
    """Facts that stay in sight above others; as high as they need."""


class LongFacts(HeadFacts, can_focus=False):
    """Such facts as may need more than there is: the cursor comes to them then, for else only a wheel would bring the rest into sight."""

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """Be one more place for Tab as long as there is more than is in sight."""
        self.can_focus = shown


class PaperView(Pages):
    """A document as it is read: title, addressee, indented paragraphs, attachments; beneath it what it is held against."""

    _paper = Content("")

    @property
    def end_in_sight(self) -> bool:
        """Whether the last row of the document is in sight, or was passed."""
        width, height = self._body.content_size.width, self.scrollable_content_region.height
        rows = sum(max(1, len(line.wrap(width))) for line in self._paper.split("\n", allow_blank=True)) if width else 0
        return bool(width) and self.scroll_offset.y + height >= rows

    def show(self, sheet: "ShownText", *, above: Sequence[str] = (), below: Sequence[Line] = ()) -> None:
        """Show a document, with lines over its title that are made conspicuous, and facts that it is to be held against at its end."""
        parts = [plain(line).stylize("$text-warning") for line in above]
        parts += [plain(sheet.title).stylize("bold")]
        parts += [plain(f"{sheet.to}：")] if sheet.to else []
        parts += _read(paragraphs(sheet.body))
        listed = [f"{n}. {name}" for n, name in enumerate(sheet.attachments, start=1)]
        parts += [plain("附件：" + "；".join(listed))] if listed else []
        parts += [plain("抄送：" + "、".join(sheet.copy_to))] if sheet.copy_to else []
        for name, text in attachment_texts(sheet.attachment_text):
            parts += [Content(""), plain(f"附件正文：{name}").stylize("bold"), *_read(text)]
        self._paper = Content("\n").join(parts)
        held = [Content.assemble(plain(f"{label}  ").stylize("bold"), plain(said, lines=True)) for label, said in below]
        self.write(Content("\n").join([self._paper, *([Content("")] if held else []), *held]))


def _read(text: Iterable[Paragraph]) -> Iterable[Content]:
    for paragraph in text:
        heading = plain("　　" + paragraph.heading).stylize("bold") if paragraph.heading else Content("　　")
        yield Content.assemble(heading, plain(paragraph.text)) if not paragraph.rows else plain(paragraph.words, lines=True)


def numbers(told: Callable[[Row], str], rows: Iterable[Row] = ()) -> ListColumn[Row]:
    """Return the column of the numbers of matters, as wide as the longest of them: the room is the name's."""
    return ListColumn("编号", told, max(_NUMBER, *(len(told(row)) for row in rows), 0))


def light_look(light: Light) -> str:
    """Return the style in which the name of a light stands."""
    return _LIGHT_STYLES.get(light.colour, "")


def light_name(light: Light) -> str:
    """Return the light as one character: 红, 黄, 绿, or — where no clock runs."""
    return LIGHT_LABELS[light.colour]


def _wrapped(label: str, value: str, label_width: int, width: int) -> Iterable[Content]:
    """Yield the lines of a fact; one without a label takes the whole width."""
    room = label_width if label else 0
    first = plain(label).pad_right(room - plain(label).cell_length).stylize("$foreground-muted")
    lines = [line for paragraph in value.split("\n") for line in plain(paragraph).wrap(width - room) or [Content("")]]
    yield from (Content.assemble(Content(" " * room) if n else first, line) for n, line in enumerate(lines))
