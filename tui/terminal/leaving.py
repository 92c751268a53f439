"""Leaving when the line drops: drafts first, then out, quickly.

By default SIGHUP ends the process at once, and what was typed is lost. A process that does not end reads end-of-file in a
tight loop for ever. A line can also drop without a signal (a relay between the person and the app), so the terminal itself
is looked at too.
"""

import asyncio
import select
import signal
import sys
from collections.abc import Callable

from textual.app import App

_LONGEST = 5
"""Seconds that an ordered exit may take (an act being committed, a thread); then the kernel ends the process."""

_LOOK = 1.0
"""Seconds between two looks at the terminal."""


def leave_on_hangup(app: App[object], keep: Callable[[], object]) -> None:
    """Keep drafts and exit when the line drops or the service is told to stop; call in ``on_mount``.

    The exit code is 128 plus the signal's number, as a shell gives it.

    Args:
        app: the running app.
        keep: writes the drafts, synchronously; whatever it raises does not stop the exit.
    """
    loop = asyncio.get_running_loop()

    def leave(number: int) -> None:
        signal.alarm(_LONGEST)
        try:
            keep()
        finally:
            app.exit(128 + number, return_code=128 + number)

    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, leave, number)

    if sys.__stdin__ is not None and not app.is_headless:
        terminal = select.poll()
        terminal.register(sys.__stdin__.fileno(), 0)
        app.set_interval(_LOOK, lambda: leave(signal.SIGHUP) if terminal.poll(0) else None)
