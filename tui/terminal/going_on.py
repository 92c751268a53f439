"""A process that was stopped from outside goes on with the one terminal that it has.

Textual takes a SIGCONT for the end of a Ctrl+Z, for which it had let the terminal go: it takes the terminal again, with threads of its own
that read keys and write. Whoever is stopped by SIGSTOP (``kill -STOP``, a frozen container) has let nothing go: two threads then read one
keyboard, each gets some of the keys and waits for the others', and a session in which one waits never ends; and what the terminal was like
before the app is forgotten.
"""

import asyncio
from contextlib import suppress
from functools import cache

from textual.drivers.linux_driver import LinuxDriver


def goes_on(driver: LinuxDriver, *_: object) -> None:
    """See to the terminal as soon as the app is at no other work; where none is there yet, or any more, nothing is to be done."""
    if driver._auto_restart:
        with suppress(RuntimeError):
            asyncio.get_running_loop().call_soon_threadsafe(_take_terminal, driver)


def _take_terminal(driver: LinuxDriver) -> None:
    """Take the terminal again, having let it go first where that was not done; an app that is leaving takes none."""
    if not driver._must_signal_resume:
        keys = driver._key_thread
        if keys is None or not keys.is_alive() or driver.exit_event.is_set():
            return
        driver.suspend_application_mode()
    driver.resume_application_mode()
    driver._app.refresh(layout=True)


@cache
def go_on_once() -> None:
    """Have a process that goes on take its terminal so; a second call changes nothing."""
    LinuxDriver._sigcont_application = goes_on  # type: ignore[assignment]
