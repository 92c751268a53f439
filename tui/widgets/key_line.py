"""The line at the foot of a screen with the keys that work there now."""

from textual.content import Content, Span
from textual.events import Leave, MouseDown, MouseMove
from textual.reactive import reactive
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Static

_STAY = ("escape", "f1")
"""Keys that stand last and are always in sight, where they work."""


class KeyLine(Static):
    """The keys that work now and what each does; a click on one presses it.

    It stands in the place of Textual's Footer, which takes down and puts up a widget for each key whenever the focus moves, even where the
    same keys stand there afterwards: a third of all that a screen costs.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        text-wrap: nowrap;
        text-overflow: clip;
    }
    """

    pointed: reactive[str] = reactive("")
    """The key under the mouse; empty where it is over none."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._keys: list[tuple[str, str, str]] = []

    def on_mount(self) -> None:
        """Follow the keys of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[object]) -> None:
        """Show what may be done with the first of its keys; leave the line alone where nothing changed, or nobody is at the terminal."""
        shown: dict[str, tuple[str, str, str]] = {}
        for _, binding, _, _ in screen.active_bindings.values():
            if binding.show:
                shown.setdefault(binding.action, (binding.key, self.app.get_key_display(binding), binding.description))
        if self.app.app_focus and self._keys != (keys := list(shown.values())):
            self._keys = keys
            self._write()

    def render(self) -> Content:
        """Draw as many as there is room for now: what was written before a terminal was made smaller would be cut."""
        return self._drawn()

    def _write(self) -> None:
        self.update(self._drawn(), layout=False)

    def _drawn(self) -> Content:
        return Content.assemble(*(self._entry(*each) for each in self._fitting()))

    def _fitting(self) -> list[tuple[str, str, str]]:
        """The keys for which there is room: none is cut in a word, and the way out and the help stay when others go."""
        kept = [each for each in self._keys if each[0] not in _STAY]
        stay = sorted((each for each in self._keys if each[0] in _STAY), key=lambda each: _STAY.index(each[0]))
        room = self.size.width or self.app.size.width
        while kept and sum(self._entry(*each).cell_length for each in (*kept, *stay)) - 1 > room:  # the last one needs no blank behind it
            kept.pop()
        return [*kept, *stay]

    def _entry(self, key: str, name: str, what: str) -> Content:
        ground = "on $block-hover-background" if key == self.pointed else ""
        parts = (f" {name} ", f"bold $footer-key-foreground {ground}"), (f"{what} ", f"$footer-description-foreground {ground}")
        entry = Content.assemble(*parts)
        return entry.add_spans([Span(0, len(entry), Style.from_meta({"key": key}))])

    def watch_pointed(self) -> None:
        """Show which key a click would press."""
        self._write()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Follow the mouse."""
        self.pointed = event.style.meta.get("key", "")

    def on_leave(self, _: Leave) -> None:
        """The mouse is gone."""
        self.pointed = ""

    def on_mouse_down(self, event: MouseDown) -> None:
        """Press the key under the mouse."""
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)
