"""Editors in which keys that arrive together act in the order they were pressed.

Textual inserts a character at once but sends ``←`` or ``Backspace`` on a way round through the app, so of a burst (packets that SSH
joined, a macro, an input method's commit) the letters come first and the movements last
(https://github.com/Textualize/textual/issues/6605).
"""

from collections.abc import Callable

from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.events import Key
from textual.reactive import reactive
from textual.widgets import Input, TextArea


async def _act_at_once(editor: Input | TextArea, event: Key) -> None:
    """Run the editor's own binding for this key now, instead of when the event has come back from the app."""
    if event.is_printable:
        return
    for binding in editor._bindings.key_to_bindings.get(event.key, ()):
        if not binding.priority and await editor.app.run_action(binding.action, editor):
            event.stop()
            event.prevent_default()
            return


class OrderedInput(Input):
    """One line to edit: burst-proof, without a blinking cursor; getting the focus never selects (a key would wipe) what is there."""

    cursor_blink = reactive(False, init=False)

    def on_mount(self) -> None:
        """Leave the value alone when the focus comes; Textual selects it all unless told otherwise."""
        self.select_on_focus = False

    async def _on_key(self, event: Key) -> None:
        await _act_at_once(self, event)


class OrderedTextArea(TextArea):
    """Several lines to edit: burst-proof, without a blinking cursor.

    Attributes:
        admits: says whether a text that grew by what is typed or pasted may stand here; None where any may.
    """

    cursor_blink = reactive(False, init=False)
    admits: Callable[[str], bool] | None = None

    def edit(self, edit: Edit) -> EditResult:
        """Make an edit, unless what it puts in is not admitted."""
        start, end = sorted((edit.from_location, edit.to_location))
        if self.admits and len(edit.text) > len(self.get_text_range(start, end)):
            left = f"{self.get_text_range((0, 0), start)}{edit.text}{self.get_text_range(end, self.document.end)}"
            if not self.admits(left):
                return EditResult(self.cursor_location, "")
        return super().edit(edit)

    async def _on_key(self, event: Key) -> None:
        await _act_at_once(self, event)
