"""The thread that reads and writes the register for the app, so that no screen ever waits for the disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from records.keys.closed import ClosedError
from records.register.register import Register
from records.store.store import StoreError

_T = TypeVar("_T")
_WORTH = 2000
"""Records after which a list is worth reading again while the index is being made."""
_GIVES_WAY = 0.1
"""Seconds for which nobody has asked for anything when the making of the index goes on: a page asks for several things in turn."""


class RegisterThread:
    """The thread.

    Args:
        register: the register.
        warn: told once what ails the index, and once that nothing does any more.
        shut: told that the person may be here no more.
        lacks: told that the index, which was made to its end, starts cold once more: somebody took it away, or it had to be replaced.
    """

    def __init__(
        self, register: Register, warn: Callable[[str], None], shut: Callable[[ClosedError], None], lacks: Callable[[], None]
    ) -> None:
        self._register, self._warn, self._shut, self._lacks = register, warn, shut, lacks
        self._made, self._lacking = False, False
        self._hands = ThreadPoolExecutor(1, "register thread")
        self._told = self._alarm = ""
        self._asking, self._asked = 0, 0.0

    async def ask(self, work: Callable[[], _T]) -> _T:
        """Have something done, and return what it gives."""
        self._asking += 1
        try:
            return await self._done(work)
        finally:
            self._asking -= 1
            self._asked = asyncio.get_running_loop().time()
            if self._made and self._lacking:
                self._made = False
                self._lacks()

    async def complete(self, grown: Callable[[], None]) -> None:
        """Complete an index that starts cold, a piece at a time between whatever else is asked; what lists show grows meanwhile.

        While records are missing, who is at the keys waits for the piece in hand and for no other. In the end they are read once more: that
        somebody touched a matter last is known when its history is.

        Args:
            grown: called when what is shown is worth reading again.
        """
        clock = asyncio.get_running_loop().time
        pieces, shown, done = self._register.index.pieces(), 0, -1
        self._made = False
        with suppress(StoreError):  # whoever reads next is told
            while (missing := await self._done(partial(next, pieces, None))) is not None:
                done += 1
                while missing and (self._asking or clock() - self._asked < _GIVES_WAY):
                    await asyncio.sleep(_GIVES_WAY)
                if shown and shown - missing >= _WORTH:
                    grown()
                if not shown or shown - missing >= _WORTH:
                    shown = missing
            if done > 0:
                grown()
        self._made = True

    def end(self) -> None:
        """Let it do what it was asked for, and be no thread more."""
        self._hands.shutdown(wait=False)

    async def _done(self, work: Callable[[], _T]) -> _T:
        def done() -> _T:
            try:
                return work()
            finally:
                self._alarm = self._register.alarm  # asked here: it is read from the index, for which another may make one wait
                self._lacking = not self._register.index.has_history

        try:
            return await asyncio.get_running_loop().run_in_executor(self._hands, done)
        except ClosedError as closed:
            self._shut(closed)
            raise
        finally:
            if self._alarm != self._told:
                self._told = self._alarm
                self._warn(self._alarm)
