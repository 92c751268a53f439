"""Several lines to edit. Loaded with the first form: Textual's text area and its documents are as large as all screens of a first list."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.events import Key
from textual.reactive import reactive
from textual.widgets import TextArea

from tui.terminal.keys import STRIPPED, act_at_once


class OrderedTextArea(TextArea):
    """Several lines to edit: burst-proof, without a blinking cursor.

    Attributes:
        joins_keys: that a text which comes as keys may be put in as one.
        admits: says whether a text that grew by what is typed or pasted may stand here; None where any may.
    """

    cursor_blink = reactive(False, init=False)
    joins_keys: ClassVar[bool] = True
    admits: Callable[[str], bool] | None = None

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn, sign by sign."""
        return Text(self.document.get_line(line_index).translate(STRIPPED), end="", no_wrap=True)

    def edit(self, edit: Edit) -> EditResult:
        """Make an edit, unless what it puts in is not admitted."""
        start, end = sorted((edit.from_location, edit.to_location))
        if self.admits and len(edit.text) > len(self.get_text_range(start, end)):
            left = f"{self.get_text_range((0, 0), start)}{edit.text}{self.get_text_range(end, self.document.end)}"
            if not self.admits(left):
                return EditResult(self.cursor_location, "")
        return super().edit(edit)

    async def _on_key(self, event: Key) -> None:
        await act_at_once(self, event)
