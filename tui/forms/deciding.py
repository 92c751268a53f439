"""据此办理 on a form: above the fields stands what the act is decided on, the text that is signed or what is on record of the matter."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from desk.asked import Asked
from tui.forms.ahead import LookingAhead
from tui.frame.parts import Facts, Pages, PaperView
from tui.terminal.safety import plain

_LEAST = 2
"""Pages of which it is told on which of them one is."""


class Rule(Static):
    """The name of a part of a form, and at its right how much of it is in sight."""

    def __init__(self, name: str) -> None:
        super().__init__(plain(f"── {name} ──"), classes="rule", markup=False)
        self._title = name

    def tell(self, told: str) -> None:
        """Say something at the right of the name."""
        self.update(plain(f"── {self._title} ──  {told}".rstrip()))


class _Basis(Vertical):
    """What is decided on; when it is given less room or more, there are other screens of it. Its name shows whether the keys move it."""

    def on_descendant_focus(self) -> None:
        """Be where the keys go."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """Be it no more."""
        self.remove_class("-here")

    def on_resize(self) -> None:
        """Count again, once what stands in it has its size."""
        if isinstance(self.screen, Deciding):
            self.call_after_refresh(self.screen.tell_place)


class _Signed(PaperView):
    """The text that is signed; the keys that turn its pages go on behind its end."""

    def action_page_down(self) -> None:
        """Turn a page."""
        self._turn(1)

    def action_page_up(self) -> None:
        """Turn back a page."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if isinstance(self.screen, Deciding):
            self.screen.action_read_on(by)


class Deciding(LookingAhead):
    """A form with what its act is decided on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "read_on(1)", "看下面", show=False),
        Binding("pageup", "read_on(-1)", "看上面", show=False),
    ]

    def __init__(self, asked: Asked) -> None:
        """Make a form of what an act asks."""
        super().__init__()
        self.asked, self.spec = asked, asked.spec
        self._read = False

    @property
    def decides(self) -> bool:
        """Whether there is anything to decide on but the form itself."""
        return self.asked.sheet is not None or bool(self.asked.told)

    def deciding(self, fields: ComposeResult) -> ComposeResult:
        """Yield what is decided on, and below or beside it the fields."""
        with Container(classes="work -paper" if self.decides else "work"):
            if self.decides:
                with _Basis(classes="basis"):
                    yield Rule("据此办理")
                    yield _Signed() if self.asked.sheet else Facts(classes="basis")
            yield from fields

    def on_mount(self) -> None:
        """Follow how much of it is in sight."""
        for pages in self._basis:
            self.watch(pages, "scroll_y", self.tell_place, init=False)
            self.watch(pages, "virtual_size", self.tell_place, init=False)

    def show_basis(self, warning: str = "") -> None:
        """Show it, with a warning over it where the text has become another one."""
        if self.asked.sheet is None:
            for facts in self.query("Facts.basis").results(Facts):
                facts.can_focus = False  # the keys for it are the form's: Tab leads from field to field
                facts.tell(self.asked.told)
        else:
            above = [*([warning] if warning else []), *self.asked.over_text()]
            self.query_one(PaperView).show(self.asked.sheet, above=above, below=self.asked.told)
        self._read = False

    def read_to_the_end(self) -> bool:
        """Say whether the end of a text that is signed was in sight, and go on in it where it was not."""
        self.tell_place()  # a text that took the place of one as long has moved nothing
        if self.asked.sheet is None or not self.spec.signs or self._read:
            return True
        self.action_read_on(1)
        return False

    def action_read_on(self, by: int) -> None:
        """Turn a page of what is decided on, and behind its end of what comes of the act, where that has more than there is room for."""
        behind = self.query_one(".outlook", Pages)
        ended = all(pages.scroll_offset.y >= pages.max_scroll_y for pages in self._basis)
        for pages in (behind,) if (ended if by > 0 else behind.scroll_offset.y) else self._basis:
            (pages.scroll_page_down if by > 0 else pages.scroll_page_up)(animate=False)

    @property
    def _basis(self) -> Iterator[Pages]:
        return self.query(".basis > PaperView, .basis > Facts").results(Pages)

    def tell_place(self) -> None:
        """Say which screen of how many is in sight."""
        for pages in self._basis:
            page = max(1, pages.scrollable_content_region.height)
            count = -(-pages.virtual_size.height // page)
            last = pages.scroll_offset.y >= pages.max_scroll_y
            self._read = self._read or not isinstance(pages, PaperView) or pages.end_in_sight
            place = count if last else pages.scroll_offset.y // page + 1
            self.query(Rule).first().tell(f"第 {place} 屏，共 {count} 屏  PgDn" if count >= _LEAST else "")
