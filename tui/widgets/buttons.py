"""The last stop of a form, and of a list of which several are picked: what F10 and Esc do, by Tab or the mouse where no key does it."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from tui.terminal.safety import plain

_APART = 2
"""Cells between two buttons."""


class Buttons(Static, can_focus=True):
    """Two buttons in a row, of which one is under the cursor while the row has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(0)", "换按钮", key_display="← →"),
        Binding("right", "turn(1)", "右边的按钮", show=False),
        Binding("enter,space", "press", "按下"),
    ]

    @dataclass
    class Pressed(Message):
        """A button was pressed."""

        does: bool
        """Whether it is the one that hands the form in."""

    def __init__(self, do: str, leave: str) -> None:
        """Make the row.

        Args:
            do: the key that hands the form in, as the person knows it.
            leave: the key that leaves it.
        """
        super().__init__(markup=False)
        self._keys = do, leave
        self._labels = ("", "")
        self._at = 0

    def tell(self, do: str, leave: str) -> None:
        """Say what each does."""
        if self._labels != (do, leave):
            self._labels = do, leave
            self.refresh()

    def render(self) -> Content:
        """Draw them; the one under the cursor is marked also where there are no colours."""
        drawn = []
        for place, text in enumerate(self._texts):
            here = self.has_focus and place == self._at
            drawn.append(Content.styled(">" if here else " ", "bold" if here else ""))
            drawn.append(plain(text).stylize("reverse bold" if here else "bold"))
            drawn.append(Content(" " * (_APART - 1)))
        return Content.assemble(*drawn)

    def on_focus(self) -> None:
        """Begin with the one that hands the form in."""
        self._at = 0
        self.refresh()

    def on_blur(self) -> None:
        """Mark none."""
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Press the one that was clicked."""
        x, at = event.get_content_offset_capture(self).x, 0
        for place, text in enumerate(self._texts):
            at += 1 + plain(text).cell_length + _APART - 1
            if x < at:
                self._at = place
                self.action_press()
                return

    def action_turn(self, place: int) -> None:
        """Go to the other one."""
        self._at = place
        self.refresh()

    def action_press(self) -> None:
        """Press the one under the cursor."""
        self.post_message(self.Pressed(self._at == 0))

    @property
    def _texts(self) -> tuple[str, ...]:
        return tuple(f"【{label} {key}】" for label, key in zip(self._labels, self._keys, strict=True))
