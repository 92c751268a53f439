"""Textual's command palette in Chinese, without the emoji that many terminals' fonts lack."""

from rich.align import Align
from rich.text import Text
from textual.command import CommandList, CommandPalette
from textual.widgets import Input
from textual.widgets.option_list import Option


class ChinesePalette(CommandPalette):
    """Search for what to do.

    Its background is opaque: a translucent one blends, and so sends again, the whole screen beneath (41 KB).
    """

    DEFAULT_CSS = """
    ChinesePalette {
        background: $background;
        SearchIcon { display: none; }
        & > Vertical { margin-top: 0; background: $background; }
        #--input { border: none; }
        CommandList { border: none; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(placeholder="输入要找的命令", id=id)

    def on_mount(self) -> None:
        """Stop the cursor's blinking: it costs traffic all the time."""
        self.query_one(Input).cursor_blink = False

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Say at once that nothing was found; Textual's own method says it in English, after a while."""
        self._stop_no_matches_countdown()
        if search_value:
            nothing = Option(Align.center(Text("没有找到")), disabled=True, id=self._NO_MATCHES)
            self.query_one(CommandList).add_option(nothing)
        self._list_visible = bool(search_value)
