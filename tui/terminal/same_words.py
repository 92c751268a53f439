"""A line that says already what it is to say is left alone, and what it says now has the room that the style sheet gave it.

A page is read again whenever somebody has acted, and mostly says what it said. Textual would lay out and draw all of it again for each
line that is given its words, and send it: 6 KB and 10 ms at every desk for every act of anybody. Only a line that is as large as its words
moves what stands around it.
"""

from functools import cache

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


@cache
def say_once() -> None:
    """Have lines left alone so; a second call changes nothing."""
    update = Static.update

    def taken(self: Static, content: VisualType = "", *, layout: bool = True) -> None:
        if not _same(self.content, content):
            update(self, content, layout=layout and _grows(self))

    Static.update = taken  # type: ignore[method-assign]


def _grows(line: Static) -> bool:
    """Whether a line takes the room that its words take."""
    return any(side is not None and side.is_auto for side in (line.styles.width, line.styles.height))


def _same(before: VisualType, now: VisualType) -> bool:
    """Whether two contents look the same; as Textual compares them they do where their words alone are the same."""
    if isinstance(before, Content) and isinstance(now, Content):
        return before.is_same(now)
    return isinstance(before, str) and isinstance(now, str) and before == now
