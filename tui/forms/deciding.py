"""据此办理 on a form: above the fields stands what the act is decided on, the text that is signed or what is on record of the matter."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from desk.answers import answers_in_hand
from desk.basis import basis
from desk.desk import CaseFile, Desk, Subject
from desk.shown_text import ShownText, shown
from desk.terms import Line
from records.store.view import View
from schema.tables import ActSpec
from tui.forms.ahead import LookingAhead
from tui.frame.parts import Facts, Pages, PaperView
from tui.terminal.safety import plain

_LEAST = 2
"""Pages of which it is told on which of them one is."""


class Rule(Static):
    """The name of a part of a form, and at its right how much of it is in sight."""

    def __init__(self, name: str) -> None:
        super().__init__(plain(f"── {name} ──"), classes="rule", markup=False)
        self._name = name

    def tell(self, told: str) -> None:
        """Say something at the right of the name."""
        self.update(plain(f"── {self._name} ──  {told}".rstrip()))


class Deciding(LookingAhead):
    """A form with what its act is decided on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "read_on(1)", "看下面", show=False),
        Binding("pageup", "read_on(-1)", "看上面", show=False),
    ]

    def __init__(self, spec: ActSpec, on: Subject, sheet: ShownText | None, told: tuple[Line, ...]) -> None:
        """Make a form.

        Args:
            spec: the act.
            on: what is acted on, as it stands.
            sheet: the text that the act is about.
            told: what else it is decided on.
        """
        super().__init__()
        self.spec, self._on, self._sheet, self._told = spec, on, sheet, told
        self._read = False

    @property
    def decides(self) -> bool:
        """Whether there is anything to decide on but the form itself."""
        return self._sheet is not None or bool(self._told)

    def deciding(self, fields: ComposeResult) -> ComposeResult:
        """Yield what is decided on, and below or beside it the fields."""
        with Container(classes="work -paper" if self.decides else "work"):
            if self.decides:
                with Vertical(classes="basis"):
                    yield Rule("据此办理")
                    yield PaperView() if self._sheet else Facts(classes="basis")
            yield from fields

    def on_mount(self) -> None:
        """Follow how much of it is in sight."""
        for pages in self._basis:
            self.watch(pages, "scroll_y", self._tell_place, init=False)
            self.watch(pages, "virtual_size", self._tell_place, init=False)

    def show_basis(self, warning: str = "") -> None:
        """Show it, with a warning over it where the text has become another one."""
        if self._sheet is None:
            for facts in self.query("Facts.basis").results(Facts):
                facts.can_focus = False  # the keys for it are the form's: Tab leads from field to field
                facts.tell(self._told)
        else:
            self.query_one(PaperView).show(
                self._sheet, above=[*([warning] if warning else []), *self._above(self._sheet)], below=self._told
            )
        self._read = False

    def read_to_the_end(self) -> bool:
        """Say whether the end of a text that is signed was in sight, and go on in it where it was not."""
        self._tell_place()  # a text that took the place of one as long has moved nothing
        if self._sheet is None or not self.spec.signs or self._read:
            return True
        self.action_read_on(1)
        return False

    def action_read_on(self, by: int) -> None:
        """Turn a page of what is decided on."""
        for pages in self._basis:
            (pages.scroll_page_down if by > 0 else pages.scroll_page_up)(animate=False)

    @property
    def _basis(self) -> Iterator[Pages]:
        return self.query(".basis > PaperView, .basis > Facts").results(Pages)

    def _tell_place(self) -> None:
        for pages in self._basis:
            page = max(1, pages.scrollable_content_region.height)
            count = -(-pages.virtual_size.height // page)
            last = pages.scroll_offset.y >= pages.max_scroll_y
            self._read = self._read or not isinstance(pages, PaperView) or pages.end_in_sight
            place = count if last else pages.scroll_offset.y // page + 1
            self.query(Rule).first().tell(f"第 {place} 屏，共 {count} 屏  PgDn" if count >= _LEAST else "")

    def _above(self, this: ShownText) -> Iterator[str]:
        what = "要签的文本" if self.spec.signs else "文本"
        yield f"{what}：{this.what}" + (f"  摘要 {short(this.hash)}" if this.hash else "")
        case = self._on if self.spec.judges else None
        if isinstance(case, CaseFile):
            yield from (f"请留意：{flag.text}" for flag in case.flags)
            yield from (f"答复 {told}" for told in (answers_in_hand(case.item.report) if case.item.report else ()))


def paper(spec: ActSpec, on: Subject, view: View) -> ShownText | None:
    """Return the text that an act is about."""
    return shown(spec, on.item if isinstance(on, CaseFile) else on, view.roster, (view.policy, view.scoring))


def known(desk: Desk, spec: ActSpec, on: Subject) -> tuple[Line, ...]:
    """Return what else of an item an act is decided on; nothing for acts on other records."""
    if not isinstance(on, CaseFile) or desk.person is None:
        return ()
    return tuple(basis(spec, on, desk.view.roster, desk.view.calendar, desk.person.id))


def short(content_hash: str) -> str:
    """Return the first eight digits of a text's hash, as records and documents show it."""
    return content_hash.removeprefix("sha256:")[:8]
