"""The row of pages under the title: where one is, what is a step to the left and to the right, and how much waits there."""

from collections.abc import Sequence
from typing import cast

from textual.content import Content, Span
from textual.events import MouseDown, Resize
from textual.style import Style
from textual.widgets import Static

from tui.frame.host import Host

_LEAST = 80
"""Cells below which only the page in front is named."""


class PageBar(Static):
    """The pages, the one in front in 【】; a click goes to another one."""

    ALLOW_SELECT = False

    def __init__(self, here: int) -> None:
        """Make the row.

        Args:
            here: the place of the page in front.
        """
        super().__init__(markup=False)
        self._here = here

    def on_mount(self) -> None:
        """Name the pages."""
        self.tell()

    def on_resize(self, _: Resize) -> None:
        """Name as many as there is room for."""
        self.tell()

    def tell(self) -> None:
        """Name the pages, with what is known of how much waits on each."""
        named = cast(Host, self.app).pages_counted()
        wide = self.app.size.width >= _LEAST
        self.update(self._all(named) if wide else Content(f"{named[self._here]}  {self._here + 1}/{len(named)}  ← →"), layout=False)

    def on_mouse_down(self, event: MouseDown) -> None:
        """Go to the page under the mouse."""
        if (page := event.style.meta.get("page")) is not None:
            self.app.call_later(self.app.run_action, f"app.beside({int(page) - self._here})")

    def _all(self, named: Sequence[str]) -> Content:
        entries = []
        for place, name in enumerate(named):
            entry = Content.styled(f"【{name}】" if place == self._here else f" {name} ", "bold" if place == self._here else "")
            entries.append(entry.add_spans([Span(0, len(entry), Style.from_meta({"page": place}))]))
        return Content.assemble(*entries)
