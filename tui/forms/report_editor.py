"""The editor of the completion report: the text fills the screen, what it must answer stands beside it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from desk.answers import left_open
from desk.inserts import Insert, inserts
from desk.report_side import report_lacks, report_side, same_again
from records.matter.prose import with_headings
from schema.tables import acts
from tui.forms.editors import TextEditor
from tui.forms.fields import FieldRow
from tui.forms.form import Form
from tui.frame.parts import Facts
from tui.frame.picker import Picker
from tui.terminal.cutting import cut
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import ListColumn

_AFRESH = 1.5
"""Seconds of writing between two looks at what the text has."""


class ReportEditor(Form):
    """Title, text, attachments; the requirements and, after a return, its reasons."""

    GUIDE = (
        "写办结报告。空一行分段。小标题单写一句，前面加“# ”（一级）或“## ”（二级）和一个空格；按 F8 自动认出“一、”“（一）”并整理。"
        "表格每行一写，各格前后加“|”，第一行是表头；从电子表格粘贴的，按 F8 成表。"
        "F7 看退回原因、要求和协办意见，再按回来接着写；F4 插入缺的一项的小标题、没写到的协办意见。"
        "改动以后，原有的审核和同意随即失效。写到一半可按 Esc 离开，内容自动保存。"
    )
    _lacks = ""
    _again: int | None = None
    AUTO_FOCUS = "FieldRow.-prose TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("paper", "tidy", "整理"),
        bound("look", "side", "要求"),
        bound("pick", "insert", "插入…"),
    ]

    def work(self) -> ComposeResult:
        """Yield the text and what it must answer."""
        with Container(classes="work"):
            with Vertical(classes="writing"):
                yield from self.rows("title", "body")
                yield Static(classes="count", markup=False)
                further = (field.name for field in self._fields if field.besides or field.kind == "answers")
                yield from self.rows("attachments", "attachment_text", *further)
            yield Facts(classes="wanted")

    def on_mount(self) -> None:
        """Show what the report must answer."""
        self._looked_at: dict[str, str] = {}
        self._wrote: Widget | None = None
        self._tell_side()
        self.set_interval(_AFRESH, self._tell_side)
        self._row("attachment_text").add_class("-beside")
        self._count()
        if not self.words["title"]:
            self.query(FieldRow).first().take_focus()

    def show_needed(self) -> None:
        """Leave the screen to the text until an attachment is named."""
        super().show_needed()
        beside = self._row("attachment_text")
        beside.display = bool(beside.words.strip() or self._row("attachments").words.strip() or beside.has_focus_within)

    def on_field_row_changed(self, event: FieldRow.Changed) -> None:
        """Count again; what was changed is the same no more, at once."""
        self._count()
        if self._again:
            self._tell_again()

    def action_tidy(self) -> None:
        """Bring the text into its normal form, headings marked."""
        row = self._body
        row.words = with_headings(row.words)
        self._count()
        self.status.said("已整理：一句一行，小标题前加“# ”。请过目；可按 Ctrl+Z 撤回。")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what may be put in, where the key is not needed for a statement."""
        return not self.asked.signs_himself if action == "insert" else super().check_action(action, parameters)

    def action_insert(self) -> None:
        """Put in a heading for a requirement that the text does not have, or what an assisting unit said."""
        found = tuple(inserts(self.item, self.words, self.at.desk.view.roster)) if self.item else ()
        if not found:
            self.status.said("各项要求在正文里都有了，协办意见也写到了。")
            return
        columns = [ListColumn[Insert]("", lambda each: each.kind, 8), ListColumn[Insert]("插入什么", lambda each: each.told)]

        def put(places: tuple[int, ...] | None) -> None:
            if places:
                self._put(found[places[0]])

        self.app.push_screen(Picker("插入  要求的小标题加在文末，协办意见放在光标处", columns, found), put)

    def _put(self, piece: Insert) -> None:
        editor = self._body.query_one(TextEditor)
        editor.focus()
        if piece.below:
            editor.move_cursor(editor.document.end)
        before = "\n\n" if piece.below and editor.text.strip() else ""
        editor.insert(before + piece.text)
        editor.scroll_cursor_visible(animate=False)

    def action_side(self) -> None:
        """Where the two do not stand beside each other, show what the report must answer in the place of the text, or the text again."""
        side = self.query_one(".wanted", Facts)
        self._tell_side()
        if self.has_class("-wide"):
            side.scroll_page_down(animate=False)
        elif self.has_class("-side"):
            self.remove_class("-side")
            (self._wrote or self.query(FieldRow).first()).focus()
        else:
            self._wrote = self.focused
            self.add_class("-side")
            side.focus()

    def _tell_side(self) -> None:
        """Look again where the text has what is asked; it is written between two looks."""
        words = self.words
        if self.item and words != self._looked_at:
            self._looked_at = words
            self.query_one(".wanted", Facts).tell(report_side(self.item, words, self.at.desk.view.roster))
            self._lacks = report_lacks(self.item, words)
            self._count()
            self._tell_again()

    def on_resize(self) -> None:
        """Say again in the heading what there is room for now."""
        self._tell_again()

    def _tell_again(self) -> None:
        """Say at the right of the heading, before it is tried, that the text is still the one that came back."""
        self._again = same_again(self.item, self.words) if self.item else None
        told = plain(f"与第{self._again}轮文字相同，还不能送审") if self._again else Content()
        width = self.app.size.width - 2
        name = cut(plain(self.name_in_full), width - told.cell_length - 2 if told else width)
        free = width - name.cell_length - told.cell_length
        for heading in self.query(".heading").results(Static):
            heading.update(Content.assemble(name, " " * max(0, free), told.stylize("$text-warning")))

    @property
    def _body(self) -> FieldRow:
        return self._row("body")

    def _row(self, name: str) -> FieldRow:
        return next(row for row in self.query(FieldRow) if row.field.name == name)

    def _count(self) -> None:
        letters = sum(not char.isspace() for char in self._body.words)
        left = left_open(self.spec, self.item.report if self.item else None, self.words.get("answers", ""))
        first = f"  {'、'.join(left)} 没有答复，还不能{acts()[self.spec.then].label}" if left else ""
        lacks = f"  {self._lacks}（F7）" if self._lacks else ""
        told = f"正文 {letters} 字{first}{lacks}。" + ("F8 整理。" if first else "空一行分段；“# ”开头的是小标题，F8 整理。")
        self.query_one(".count", Static).update(plain(told))
