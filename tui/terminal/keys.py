"""Editors in which keys that arrive together act in the order they were pressed.

Textual inserts a character at once but sends ``←`` or ``Backspace`` on a way round through the app, so of a burst (packets that SSH
joined, a macro, an input method's commit) the letters come first and the movements last
(https://github.com/Textualize/textual/issues/6605).
"""

from textual.events import Key
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
    """One line to edit: burst-proof, without a blinking cursor, and a value that is there stays when the field gets the focus."""

    def __init__(self, value: str | None = None, placeholder: str = "", *, select_on_focus: bool = False, **options: object) -> None:
        super().__init__(value, placeholder, select_on_focus=select_on_focus, **options)  # type: ignore[arg-type]
        self.cursor_blink = False

    async def _on_key(self, event: Key) -> None:
        await _act_at_once(self, event)


class OrderedTextArea(TextArea):
    """Several lines to edit: burst-proof, without a blinking cursor."""

    def __init__(self, text: str = "", **options: object) -> None:
        super().__init__(text, **options)  # type: ignore[arg-type]
        self.cursor_blink = False

    async def _on_key(self, event: Key) -> None:
        await _act_at_once(self, event)
