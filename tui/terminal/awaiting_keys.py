"""The thread that waits for keys sleeps until one comes.

Textual's wakes ten times a second to see whether it is to end, which is most of what an app costs that stands idle, and finds only then
that an Esc came alone: after a tenth of a second more than it waits for what may follow. Here the kernel is told what is waited for, how
long an Esc may be the beginning of another key included.
"""

import os
import select
import threading
from contextlib import suppress
from functools import cache

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

_ESCAPE = 0.025
"""Seconds after which an Esc is one and no other key begins with it. A terminal sends a key in one piece, ssh and tmux hand it on so, and
what has come meanwhile is read first, however late; a serial line of 9,600 baud takes 4 ms for an arrow. tmux waits 10 ms, fish 30, Textual
a tenth of a second."""
_MOST = 4096


class Ending(threading.Event):
    """The word that the thread is to end, which wakes it."""

    def __init__(self) -> None:
        super().__init__()
        self.bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def __del__(self) -> None:
        """Let go of the descriptor."""
        os.close(self.bell)

    def set(self) -> None:
        """Say it."""
        super().set()
        os.eventfd_write(self.bell, 1)

    def clear(self) -> None:
        """Take it back."""
        super().clear()
        with suppress(BlockingIOError):
            os.eventfd_read(self.bell)


def wait_for_keys(driver: LinuxDriver) -> None:
    """Hand on what comes from the terminal until the driver says that it is to end."""
    ending = driver.exit_event
    assert isinstance(ending, Ending)
    parser: XTermParser = vars(linux_driver)["XTermParser"](driver._debug)
    decode = vars(linux_driver)["getincrementaldecoder"]("utf-8")().decode
    ready = select.poll()
    for descriptor in (driver.fileno, ending.bell):
        ready.register(descriptor, select.POLLIN)
    try:
        while not ending.is_set():
            if driver.fileno in dict(ready.poll(_left(parser))):
                data = os.read(driver.fileno, _MOST)
                if not data:  # the line has dropped, which is looked for elsewhere
                    ready.unregister(driver.fileno)
                elif text := decode(data):
                    for message in parser.feed(text):
                        driver.process_message(message)
            for message in parser.tick():
                driver.process_message(message)
    finally:
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass


def _left(parser: XTermParser) -> float | None:
    """Milliseconds until what has come is a key although more may follow; None where nothing has."""
    return None if parser._timeout_time is None else max(0.0, 1000 * (parser._timeout_time - get_time()))


@cache
def sleep_until_keys_come() -> None:
    """Have keys waited for so; a second call changes nothing."""
    from textual import constants

    if "ESCDELAY" not in os.environ:  # by which who sits at a line that parts keys says how long his take
        vars(constants)["ESCAPE_DELAY"] = _ESCAPE
    vars(linux_driver)["Event"] = Ending
    LinuxDriver.run_input_thread = wait_for_keys  # type: ignore[assignment,method-assign]
