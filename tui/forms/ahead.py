"""办后 on a form: while one fills it in, its act is run on the record as it stands, and the form says what comes of it."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantBlur
from textual.widgets import Static

from desk.clauses import cited
from desk.outlook import Outlook
from desk.terms import Line
from records.acts import Refusal
from schema.problem import Problem
from tui.forms.fields import FieldRow
from tui.frame.parts import HeadFacts
from tui.frame.reading import ReadingPage
from tui.frame.screen import DeskScreen, begin
from tui.terminal.keymap import bound
from tui.terminal.safety import plain


class _Outlook(HeadFacts, can_focus=False):
    """What comes of the act; says over it by which key one goes on where it has more than there is room for."""

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """Say so, or no longer."""
        self.border_title = "PgDn 看下面" if shown else None


class LookingAhead(DeskScreen[None]):
    """A form that shows what its act comes to with what stands in its fields, and at each field what is wrong with it or wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [bound("look", "clause", "条文")]

    def __init__(self) -> None:
        super().__init__()
        self._cited = ""
        self._stale = self._looking = False
        self._unmended: set[str] | None = None

    def outcome(self) -> ComposeResult:
        """Yield where the form says what comes of the act, and why it was not done."""
        yield _Outlook(classes="outlook")
        yield Static(classes="refusal", markup=False)

    def rehearsal(self) -> Callable[[], Outlook | None]:
        """Return the run of the act with what stands in the fields now, for the thread that reads the register."""
        raise NotImplementedError

    def look_ahead(self) -> None:
        """Run the act with what stands in the fields; what is typed while it runs is taken up by the next run."""
        self._stale = True
        if not self._looking:
            self._looking = True
            begin(self, "outlook", self._look)

    def on_field_row_changed(self, event: FieldRow.Changed) -> None:
        """Take a refusal off the screen with the last of the fields that it is about; one that is about none with the first change."""
        if self._unmended is not None:
            self._unmended.discard(event.row.field.name)
            if not self._unmended:
                self.let_go()
        self.look_ahead()

    def on_descendant_blur(self, _: DescendantBlur) -> None:
        """Say what is wrong with a field when it is left."""
        self.look_ahead()

    def complain(self, refusal: Refusal) -> list[FieldRow]:
        """Say why the act was not done, also beside the fields that it is about, and return these."""
        wrong = {row: reason for row in self.query(FieldRow) if (reason := _reason(row, refusal.problems))}
        for row, reason in wrong.items():
            row.complain(reason)
        self._unmended = {row.field.name for row in wrong}
        box = self.query_one(".refusal", Static)
        box.display = True
        box.update(plain(f"不予办理  {refusal}"))
        self._cite(refusal.clause)
        self.look_ahead()
        return list(wrong)

    def let_go(self) -> None:
        """Take the refusal off the screen."""
        self._unmended = None
        self._cite("")
        self.query_one(".refusal", Static).display = False
        self.query_one(".outlook", HeadFacts).display = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the clause of a refusal while it stands there."""
        return bool(self._cited) if action == "clause" else super().check_action(action, parameters)

    def action_clause(self) -> None:
        """Show the clause on which the refusal rests."""
        self.app.push_screen(ReadingPage(f"规定条文  {self._cited}", cited(self._cited)))

    def _cite(self, number: str) -> None:
        self._cited = number
        self.refresh_bindings()

    async def _look(self) -> None:
        try:
            with self.telling():
                while self._stale:
                    self._stale = False
                    found = await self.at.ask(self.rehearsal())
                    if found and not self._stale:
                        self._foretell(found)
        finally:
            self._looking = False

    def _foretell(self, found: Outlook) -> None:
        rows = list(self.query(FieldRow))
        for row in rows:
            row.demand(row.field.name in found.wanted)
            reason = _reason(row, found.problems)
            if row.field.besides:
                row.display = bool(reason or row.words)
            elif reason and row.words.strip() and not row.has_focus_within:
                row.complain(reason)
        for nothing in self.query(".nothing"):
            nothing.display = not any(row.display for row in rows)
        box = self.query_one(".outlook", HeadFacts)
        box.display = found.refusal is None or self._unmended is None  # what stands against it is said once
        box.tell(_told(found, rows))


def _told(found: Outlook, rows: list[FieldRow]) -> list[Line]:
    """What comes of the act, or what is still missing, or what stands against it."""
    if found.refusal is None:
        return list(found.lines)
    missing = {row.field.name: row.field.label for row in rows if row.wanted and not row.words.strip()}
    if found.refusal.problems and all(problem.field and problem.field[0] in missing for problem in found.refusal.problems):
        return [("还缺", "、".join(missing.values())), *found.lines]
    return [("还不能办", found.refusal.reason)]


def _reason(row: FieldRow, problems: Iterable[Problem]) -> str:
    return next((problem.reason for problem in problems if problem.field[:1] == (row.field.name,)), "")
