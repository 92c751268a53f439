"""Lines of which only those are drawn again that do not show already what they are to show."""

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class DrawnLines(ScrollView):
    """Lines that are drawn one by one: what is read again mostly says what it said, and then nothing is drawn and nothing sent."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._drawn: dict[int, Strip] = {}
        self._comparing = False

    def line(self, y: int) -> Strip:
        """Return what a line of the widget is to show, from 0."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        strip = self._drawn[y] = self.line(y)
        return strip

    def redraw(self) -> None:
        """Draw again the lines that have changed, once all that changes at once has; all of them, where none stands on the screen."""
        if not (self.is_running and self.size):
            self.refresh()
        elif not self._comparing:
            self._comparing = True
            self.call_later(self._compare)

    def _compare(self) -> None:
        self._comparing = False
        for y in range(self.size.height):
            if self._drawn.get(y) != self.line(y):
                self.refresh(Region(0, y, self.size.width, 1))
