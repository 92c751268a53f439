"""A screen is laid out once a size: Textual tells a screen of the size that it has just been laid out in, which lays it out again."""

from functools import cache

from textual.geometry import Size
from textual.screen import Screen


@cache
def lay_out_once() -> None:
    """Have a screen that has its size already stay as it is; a second call changes nothing.

    The first layout of a screen ends with a ``Resize`` to all that came to stand in it, the screen among them, and that is taken for a
    change of the terminal: each screen was laid out and drawn twice as it opened. Whatever else asks for a layout has one all the same.
    """
    resized = Screen._screen_resized

    def taken(self: Screen[object], size: Size) -> None:
        if self._size != size:
            resized(self, size)

    Screen._screen_resized = taken  # type: ignore[method-assign, assignment]
