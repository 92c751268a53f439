"""A line to edit in which keys that arrive together act in the order they were pressed; one of several lines is in ``text_area``.

Textual inserts a character at once but sends ``←`` or ``Backspace`` on a way round through the app, so of a burst (packets that SSH
joined, a macro, an input method's commit) the letters come first and the movements last
(https://github.com/Textualize/textual/issues/6605).
"""

from rich.cells import cell_len
from rich.text import Text
from textual.events import Key
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets.input import Selection

from tui.terminal.cutting import edged

STRIPPED = str.maketrans(dict.fromkeys("\a\b\v\f\r", "\u200b"))
"""What Rich takes out of a text as it draws it, so that all behind it would stand a place before its caret; drawn like other such signs."""

_BESIDE = 3
"""Cells at each side of the caret that are seen with it."""


async def act_at_once(editor: Widget, event: Key) -> None:
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

    def watch_has_focus(self, has_focus: bool) -> None:
        """Bring the caret into sight; whoever has left it sees how it begins."""
        super().watch_has_focus(has_focus)
        if has_focus:
            self._watch_selection(self.selection)
        else:
            self.scroll_to(x=0, animate=False)

    def _watch_selection(self, selection: Selection) -> None:
        """Keep what stands beside the caret in sight, so that no sign of what lies beyond the edge stands in its place."""
        super()._watch_selection(selection)
        if self.has_focus:
            around = Region(max(0, self._cursor_offset - _BESIDE), 0, width=2 * _BESIDE + 1, height=1)
            self.scroll_to_region(around, force=True, animate=False)

    @property
    def _value(self) -> Text:
        return Text(self.value.translate(STRIPPED), no_wrap=True, overflow="ignore", end="")

    def render_line(self, y: int) -> Strip:
        """Draw the line, or as much of it as there is room for, with … where it goes on."""
        room = self.scrollable_content_region.width
        if y or not room:
            return super().render_line(y)
        strip, left = super().render_line(y), self.scroll_offset.x if self.value else 0
        caret = self.has_focus and self.cursor_at_end and bool(self.value)
        after = cell_len(self.value or self.placeholder) + caret > left + room
        return edged(strip, room, self.rich_style, before=bool(left), after=after)

    async def _on_key(self, event: Key) -> None:
        await act_at_once(self, event)
