"""Keys in the order they were pressed, across widgets and screens: each finds done what the one before it set off.

Textual hands a key to the widget that has the focus at that moment, also where the key before it is still on its way back to the app, or
has asked the register for the list that it opens: of Enter, 4, Enter the first row was picked, not the fourth, and what was typed behind a
Tab went into the field that was being left.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from itertools import takewhile
from typing import Any

from textual.app import App, ScreenStackError
from textual.events import Event, Key, Paste
from textual.screen import Screen

_PATIENCE = 0.5
"""Seconds a command waits for what is only looked up beside it; and every key for a reading, where one waits to leave."""
_BUSY = 30.0
"""Seconds a key waits for all else that the key before it set off; on a busy server a reading takes a while, five were short, and what came
too early would be lost or meant for another row. What is stuck for longer is overtaken."""

_BURST = 16
"""Keys of text in one piece from which they are taken for a paste: nobody types so many between two turns of the loop."""

_LEAVING = frozenset({"escape", "ctrl+q", "f2", "f3"})
"""Keys by which a person turns away from what takes too long."""
_MOVES = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})


class TypingOrder:
    """What was typed and is not yet handed on.

    Text follows text into the same field at once. A command waits until the app is at rest, and so does what follows a command. At rest
    is an app in which no task can go on, for whose screen in front nothing is being read or done, and which has drawn that screen.
    """

    def __init__(
        self,
        app: App[Any],
        hand_on: Callable[[Event], Awaitable[None]],
        *,
        meant: Callable[[Key], Key],
        aside: frozenset[str],
    ) -> None:
        """Make it.

        Args:
            app: the app.
            hand_on: hands an event to whatever has the focus.
            meant: says which key a command means where the focus is.
            aside: groups of workers that lead nowhere: they look up something that stands beside.
        """
        self._app, self._hand_on, self._meant, self._aside = app, hand_on, meant, aside
        self._waiting: deque[Key | Paste] = deque()
        self._led: Key | None = None  # the one before, where it was a command
        self._drawn: Screen[Any] | None = None
        self._turned: asyncio.Future[None] | None = None  # comes when a person turns away from what is waited for
        self.task: asyncio.Task[None] | None = None

    def take(self, event: Key | Paste) -> None:
        """Hand this on when its turn comes."""
        self._waiting.append(event)
        if self._turned and not self._turned.done() and _leaves(event):
            self._turned.set_result(None)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._hand_on_all(), name="typing order")

    @property
    def waits(self) -> bool:
        """Whether a key is held back until something that is read or done has ended."""
        return self._turned is not None

    async def _hand_on_all(self) -> None:
        while self._waiting:
            try:
                await self._join_burst()
                await self._hand_on_next(self._waiting[0])
            except Exception as error:
                self._app._handle_exception(error)
            finally:
                self._waiting.popleft()

    async def _join_burst(self) -> None:
        """Make one paste of what waits for a text area, where a terminal without bracketed paste sends it as keys.

        A text of thousands of characters is one edit then, drawn once and taken back at once.
        """
        if not (getattr(self._app.focused, "joins_keys", False) and self._is_text(self._waiting[0])):
            return
        come = 0
        while come < len(self._waiting):  # those that the terminal has sent already come in, one a turn of the loop
            come = len(self._waiting)
            await asyncio.sleep(0)
        typed = list(takewhile(bool, map(_typed, self._waiting)))
        if len(typed) >= _BURST:
            for _ in typed:
                self._waiting.popleft()
            self._waiting.appendleft(Paste("".join(typed)))

    async def _hand_on_next(self, event: Key | Paste) -> None:
        if self._led or not self._is_text(event):
            await self._rest(aside=not self._is_text(event))
        if self._is_text(event):
            self._led = None
        elif isinstance(event, Key):
            self._led = event = self._meant(event)
            if event.key in {"tab", "shift+tab"} and await self._app._check_bindings(event.key):
                return
        await self._hand_on(event)

    def _is_text(self, event: Key | Paste) -> bool:
        """Whether this is for the field that has the focus; in a list a letter is a command."""
        if isinstance(event, Paste):
            return True
        focused = self._app.focused
        return event.is_printable and focused is not None and focused.check_consume_key(event.key, event.character)

    async def _rest(self, *, aside: bool) -> None:
        """Wait until the app is at rest.

        Args:
            aside: whether also for what is looked up beside.
        """
        clock = asyncio.get_running_loop().time
        begun = clock()
        with suppress(TimeoutError, ScreenStackError):
            async with asyncio.timeout(_BUSY):
                while True:
                    await _nothing_can_go_on()
                    screen = self._app.screen
                    under_way = {task: until for task, until in self._under_way(screen, aside) if clock() < begun + until}
                    if under_way:
                        await self._ended(under_way, begun + min(under_way.values()) - clock())
                    elif screen is self._drawn:
                        return
                    else:
                        await _drawn(screen)
                        self._drawn = screen

    async def _ended(self, under_way: Iterable["asyncio.Task[None]"], left: float) -> None:
        """Wait until a job has ended, these seconds are over, or a person turns away meanwhile."""
        self._turned = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait({*under_way, self._turned}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._turned = None

    def _under_way(self, screen: Screen[Any], aside: bool) -> Iterator[tuple["asyncio.Task[None]", float]]:
        """Each job of the screen and of the app, and for how many seconds one waits for it."""
        leaves = any(map(_leaves, self._waiting))
        for worker in self._app.workers:
            if worker.is_finished or worker.node not in (screen, self._app) or worker._task is None:
                continue
            if worker.group not in self._aside:
                yield worker._task, _PATIENCE if leaves else _BUSY
            elif aside and not (self._led and self._led.key in _MOVES):  # a key held down goes through a list
                yield worker._task, _PATIENCE


def _typed(event: Key | Paste) -> str:
    """Return what a key puts into a text, empty where it is a command."""
    if isinstance(event, Paste):
        return ""
    return "\n" if event.key == "enter" else event.character or "" if event.is_printable else ""


def _leaves(event: Key | Paste) -> bool:
    return isinstance(event, Key) and event.key in _LEAVING


async def _nothing_can_go_on() -> None:
    """Wait until no task of the event loop can go on: app, screens and widgets have dealt with every message."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # asyncio has no public word for it
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


async def _drawn(screen: Screen[Any]) -> None:
    """Wait until a screen has come and was drawn, before which no widget knows how large it is; or has gone."""
    drawn = asyncio.get_running_loop().create_future()
    if screen.call_after_refresh(drawn.set_result, None):
        await asyncio.wait({drawn, screen._task} if screen._task else {drawn}, return_when=asyncio.FIRST_COMPLETED)
