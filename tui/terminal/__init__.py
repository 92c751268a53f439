"""Everything that works around the terminal and Textual 8.2.8, for Chinese over SSH; one module a trap.

Every touch of a private name of Textual or Rich is in this package, each with a test that fails without it; run
``tests/tui/test_terminal_*.py`` at every new version. Importing the package, or anything it names eagerly, does not import
Textual: `settle_widths` must have run by then, and a command must not pay for the app.
"""

from typing import TYPE_CHECKING

from tui.terminal.drafts import Drafts
from tui.terminal.fitness import NOT_UTF8, unfit
from tui.terminal.widths import Widths, settle_widths

if TYPE_CHECKING:
    from tui.terminal.app import ChineseApp
    from tui.terminal.keys import OrderedInput
    from tui.terminal.safety import plain
    from tui.terminal.text_area import OrderedTextArea

__all__ = ["NOT_UTF8", "ChineseApp", "Drafts", "OrderedInput", "OrderedTextArea", "Widths", "plain", "settle_widths", "unfit"]

_NEED_TEXTUAL = {"ChineseApp": "app", "OrderedInput": "keys", "OrderedTextArea": "text_area", "plain": "safety"}


def __getattr__(name: str) -> object:
    """Import what needs Textual at its first use."""
    if name not in _NEED_TEXTUAL:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_NEED_TEXTUAL[name]}"), name)
