"""A session that nobody sees, played once by the service before it forks any: what a session does first is then done for all of them.

Code that ran has its shortcuts, style sheets are parsed, schemas are made: every session shares these pages as long as it does not change
them. Without it each took two megabytes more, and a fifth longer to its first screen. The register is a small one of its own in a
temporary folder; that of the bureau is neither read nor written.
"""

import asyncio
import functools
import gc
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from records.demo import build

_STEPS = 12  # acts; a few matters stand in the lists then
_PERSON = "BGS.clerk1"
_COUNTING = ("rich", "textual")  # what they keep in mind may rest on how wide a terminal draws, and each has its own


def rehearse() -> None:
    """Play it; nothing of it stays open.

    Raises:
        StoreError: the temporary folder cannot be used.
    """
    with TemporaryDirectory(prefix="duban-") as folder:
        _play_out(Path(folder) / "register")
    gc.collect()
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and (each.__module__ or "").partition(".")[0] in _COUNTING:
            each.cache_clear()
    gc.collect()


def _play_out(home: Path) -> None:
    """Play it until its threads are gone, for whoever forks must be alone. They are known only here: each knows the app it was begun in."""
    others = threading.enumerate()
    for thread in {*asyncio.run(_played(home)), *threading.enumerate()} - {*others}:
        thread.join()


async def _played(home: Path) -> list[threading.Thread]:
    """Return the threads there were."""
    from tui.app import DubanApp

    register = build(home, most=_STEPS)
    last = register.describe(register.head() or "").author.time
    app = DubanApp(register, register.view().roster.people[_PERSON], clock=lambda: last, publish=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        threads = threading.enumerate()
    register.close()
    return threads
