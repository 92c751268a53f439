"""A screen is painted once it stands, and not while it comes: frame, empty lists, then what was read, each drawn and sent in its turn."""

from typing import TypeVar

from textual.screen import Screen

_T = TypeVar("_T")
_SOON = 0.1
"""Seconds after which a screen is painted as far as it is: where reading takes its time, the person must see that his key counted."""


class PaintedWhole(Screen[_T]):
    """A screen that is painted first when ``paint`` is called, or a moment after it came."""

    _held = True

    def on_mount(self) -> None:
        """Wait no longer than a moment."""
        self.set_timer(_SOON, self.paint)

    def paint(self) -> None:
        """Paint all that stands there by now, and from now on whatever changes."""
        if self._held:
            self._held = False
            self._on_timer_update()  # with what is still to be laid out
            if self._compositor._dirty_regions:
                self.refresh()

    def _compositor_refresh(self) -> None:
        if self._held:
            self._dirty_widgets.clear()  # the compositor knows of them by now
        else:
            super()._compositor_refresh()
