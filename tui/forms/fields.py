"""The fields of a form: a row each, with label, editor, and a line beneath for hints, spoken dates and complaints."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from desk.desk import Desk
from desk.forms import Field, as_meant, spoken
from schema.text import unsafe
from tui.forms.editors import FEW, Checklist, Choice, Edited, Editor, LineEditor, Refused, TextEditor, Tick
from tui.forms.named import NameEditor
from tui.frame.screen import DeskScreen
from tui.terminal import plain

LABEL, LABEL_MOST = 19, 30
"""Cells of a label before its field, as the stylesheet has it, and where it is long."""

_FLAG = (("", "否"), ("是", "是"))


class Echo:
    """Says how what stands in a field is understood, on the day it is; reads the register once, as it is made."""

    def __init__(self, desk: Desk) -> None:
        self.calendar, self._roster, self._desk = desk.view.calendar, desk.view.roster, desk

    def __call__(self, field: Field, words: str) -> str:
        """Return it, empty where that says nothing more."""
        return spoken(field, words, self.calendar, self._roster, self._desk.today)


class FieldRow(Vertical):
    """One field of a form."""

    @dataclass
    class Changed(Message):
        """The person changed what stands in the field."""

        row: "FieldRow"

    def __init__(self, field: Field, words: str, echo: Echo) -> None:
        """Make a row.

        Args:
            field: what is asked.
            words: what stands in it at first.
            echo: says how what is typed is understood.
        """
        super().__init__(classes=f"field -{field.kind}")
        self.display = not field.besides or bool(words)
        self.field = field
        self._echo = echo
        self._demanded = False
        self._complaint = ""
        self._editor = editor_for(field, words)

    def compose(self) -> ComposeResult:
        """Put label, editor and the line beneath in."""
        with Horizontal():
            yield Static(plain(self._label), classes="label", markup=False)
            yield self._editor
        yield Static(classes="note", markup=False)

    def on_mount(self) -> None:
        """Say how it is to be filled in."""
        self._hint()

    @property
    def words(self) -> str:
        """What stands in it."""
        return self._words.words

    @words.setter
    def words(self, words: str) -> None:
        self._words.words = words
        self.display = self.display or bool(words)

    def write_days_out(self, since: date) -> bool:
        """Have days stand as they were meant when they were typed, now that it is another day; return whether any was written out."""
        meant = as_meant(self.field, self.words, since, self._echo.calendar)
        changed = meant != self.words
        if changed:
            self.words = meant
        elif not self.has_class("-wrong"):
            self._hint()
        return changed

    @property
    def label_cells(self) -> int:
        """Cells that its label takes in one line, marked as one that must be filled in."""
        return cell_len(f"{self.field.label} * ")

    def widen(self, cells: int) -> None:
        """Give its label so many cells."""
        self.query_one(".label", Static).styles.width = cells
        self.query_one(".note", Static).styles.padding = (0, 0, 0, cells)

    @property
    def _label(self) -> str:
        return self.field.label + (" *" if self.field.required or self._demanded else "")

    @property
    def _words(self) -> Editor:
        assert isinstance(self._editor, LineEditor | TextEditor | Choice | Checklist)
        return self._editor

    def begin_with(self, sign: str) -> bool:
        """Take a sign that was typed before the cursor came here, and bring it; False where it means nothing, or words stand here already.

        A digit picks where one picks by digits.
        """
        if self.display and sign.isdigit() and isinstance(self._editor, Checklist | Choice):
            self.take_focus()
            self._editor.take_digit(int(sign))
            return True
        if not self.display or not isinstance(self._editor, LineEditor | TextEditor) or self._editor.words:
            return False
        self._editor.focus()
        if isinstance(self._editor, LineEditor):
            self._editor.insert_text_at_cursor(sign)
        else:
            self._editor.insert(sign)
        return True

    def take_focus(self) -> None:
        """Bring the cursor here."""
        target = next(iter(self._editor.query(Tick)), self._editor)
        target.focus()

    def point_out(self) -> bool:
        """Bring the caret behind the sign that is complained of; nobody finds by counting what cannot be seen. False where it is none."""
        editor = self._editor
        if not isinstance(editor, LineEditor | TextEditor):
            return False
        found = unsafe(editor.words, lines=isinstance(editor, TextEditor))
        place = next((place for place, sign in found if sign in self._complaint), None)
        if place is not None:
            self.call_after_refresh(editor.go_to, place + 1)
        return place is not None

    @property
    def wanted(self) -> bool:
        """Whether it must be filled in, as a rule or as things stand."""
        return self.display and (self.field.required or self._demanded)

    def advise(self, hint: str) -> None:
        """Say, while nothing stands in it, what is to be written; where that depends on what stands in other fields."""
        if isinstance(self._editor, TextEditor):
            self._editor.placeholder = _in_brackets(hint)

    def demand(self, wanted: bool) -> None:
        """Mark it as one that must be filled in as things stand, or as one that need not be."""
        if wanted != self._demanded:
            self._demanded = wanted
            if isinstance(self._editor, NameEditor):
                self._editor.wanted = wanted or self.field.required
            self.query_one(".label", Static).update(plain(self._label))

    def complain(self, reason: str) -> None:
        """Say beneath the field what is wrong with it; what was not asked until now is asked."""
        self.display, self._complaint = True, reason
        self.add_class("-wrong")
        self._note(f"× {reason}")

    def on_descendant_focus(self) -> None:
        """Show by the label in which field one is: Textual gives what a row is its look anew then, not what stands in it."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """Be one of the others."""
        self.remove_class("-here")

    def on_resize(self, event: Resize) -> None:
        """Stay in sight with what is said beneath; before this the layout does not know how high that is.

        A hint for which the line has no room stands beneath it. Lines to tick have two columns, below the label where beside it is no room.
        """
        if isinstance(self._editor, Checklist):
            pair = self._editor.pair
            self._editor.set_class(0 < pair <= event.size.width, "-pair")
            self.set_class(0 < pair <= event.size.width < pair + LABEL, "-below")
        if isinstance(self._editor, LineEditor) and self._editor.hint_to(self._editor.size.width) and not self.has_class("-wrong"):
            self._hint()
        if self.has_focus_within:
            self.scroll_visible(animate=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take up what was typed."""
        event.stop()
        self._changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Take up what was typed."""
        event.stop()
        self._changed()

    def on_refused(self, event: Refused) -> None:
        """Say why what was typed did not go in."""
        event.stop()
        self._note(f"× “{self.field.label}”{event.reason}。")

    def on_edited(self, event: Edited) -> None:
        """Take up what was chosen."""
        event.stop()
        self._changed()

    def _changed(self) -> None:
        self.remove_class("-wrong")
        self._hint()
        self.post_message(self.Changed(self))

    def _hint(self) -> None:
        told = self._editor.told if isinstance(self._editor, NameEditor) else ""
        long = self._editor.long_hint if isinstance(self._editor, LineEditor) else ""
        self._note(told or self._echo(self.field, self.words) or long)

    def _note(self, text: str) -> None:
        note = self.query_one(".note", Static)
        note.update(plain(text))
        note.display = bool(text)


def turned(page: DeskScreen[Any], since: date) -> date:
    """Have the days in the fields of a page mean what they meant when they were typed, whatever day it has become; return that.

    Args:
        page: the page.
        since: the day that they counted from until now.
    """
    today = page.at.desk.today
    written = [row for row in page.query(FieldRow) if row.write_days_out(since)] if today != since else []
    if written:
        page.status.said("过了零点：栏里的日期仍按填写的那天算，已写成年月日。")
    return today


def editor_for(field: Field, words: str) -> Widget:
    """Return what a person fills a field in with."""
    hint = _in_brackets(field.hint)
    if field.kind in ("line", "number", "date"):
        return LineEditor(words, hint, field.limit, proposal=field.kind != "line")
    if field.kind == "choice":
        if len(field.choices) >= FEW:
            return _names(field, words, several=False)
        return Choice(field.choices, words)
    if field.kind == "flag":
        # What stands in the record is taken back by a 否 that is told; where nothing stands it is nothing.
        return Choice((("否", "否"), _FLAG[1]) if field.default else _FLAG, words)
    if field.kind == "choices":
        if _are_codes(field):
            return _names(field, words, several=True)
        return Checklist(field.choices, words)
    return TextEditor(words, hint, field.limit)


def _names(field: Field, words: str, *, several: bool) -> NameEditor:
    codes, wanted = _are_codes(field), field.required
    return NameEditor(field.label, field.choices, words, several=several, codes=codes, wanted=wanted)


def _are_codes(field: Field) -> bool:
    """Units are known by code and name, and there are many of them."""
    return bool(field.choices) and all(value.isupper() and value.isalpha() for value, _ in field.choices)


def _in_brackets(hint: str) -> str:
    """So that without colours a hint is not taken for what stands in the field."""
    return f"（{hint}）" if hint else ""
