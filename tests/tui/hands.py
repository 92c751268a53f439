"""Hands at an app under test: keys and clicks, each followed until all that it set off is done. The one way to wait for that is here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from rich.cells import cell_len
from textual.app import App
from textual.events import Key, MouseDown, MouseEvent, MouseScrollDown, MouseUp, Resize
from textual.geometry import Size
from textual.screen import Screen

from tests.tui.paint import seen
from tui.app import DubanApp
from tui.terminal import ChineseApp

_BOUND = 60.0
"""Seconds after which an app that does not come to rest is taken as failed. Nothing waits for them to pass."""

_App = TypeVar("_App", bound=App[Any])
_CHARACTERS = {"space": " ", "slash": "/"}


async def settled(app: App[Any]) -> None:
    """Wait until an app shows what it will go on showing until somebody acts or a timer strikes.

    That is: no worker is under way, nor one that another has started; the thread that reads and writes the register has done all that it
    was asked for; no task of the event loop can go on, so app, screens and widgets have dealt with every message; and nothing is left to
    lay out, to draw, or to call after that. Events are waited for, never time.

    Raises:
        AssertionError: it does not come to rest.
    """
    try:
        async with asyncio.timeout(_BOUND):
            while app.is_running and await _had_work(app):
                pass
    except TimeoutError:
        working = [str(worker) for worker in app.workers if not worker.is_finished]
        raise AssertionError(f"does not come to rest; workers: {working}\n{seen(app)}") from None


async def _had_work(app: App[Any]) -> bool:
    """Let the app do what it still has to do, and say whether there was anything."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # what can go on; asyncio has no public word for it
    await asyncio.sleep(0)
    while ready:
        if isinstance(app, ChineseApp) and (typing := app.typing.task) and not typing.done():
            await asyncio.wait({typing})  # which looks itself whether any task can go on: both would see each other for ever
        await asyncio.sleep(0)
    if working := [worker._task for worker in app.workers if worker._task and not worker.is_finished]:
        await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        return True
    if isinstance(app, DubanApp):
        await app.ask(lambda: None)  # the thread answers in order: by now it has done what overtaken workers had asked for
    return bool(ready) or any(not worker.is_finished for worker in app.workers) or _drew(app)


def _drew(app: App[Any]) -> bool:
    """Do now what would be done with the next frame, and say whether there was anything.

    With animations off a movement takes one step. What lies beneath the screen in front is drawn when it comes up.
    """
    moving = bool(app.animator._animations)
    if moving:
        app.animator()
    waiting = [screen for screen in app.screen_stack if screen._callbacks or (screen is app.screen and _undrawn(screen))]
    for screen in waiting:
        try:
            screen._on_timer_update()
        except Exception as error:
            app._handle_exception(error)  # as the frame's timer would have it
    return moving or bool(waiting)


def _undrawn(screen: Screen[Any]) -> bool:
    left = screen._layout_required or screen._scroll_required or screen._repaint_required or screen._recompose_required
    return left or bool(screen._dirty_widgets)


class Hands(Generic[_App]):
    """A person's hands at an app, and his eyes."""

    def __init__(self, app: _App) -> None:
        self.app = app

    async def press(self, *keys: str) -> str:
        """Press keys, each when all is done that the one before it set off, and return what is seen."""
        for key in keys:
            self.send(key)
            await settled(self.app)
        return await self.look()

    async def burst(self, *keys: str) -> str:
        """Send keys in one piece and return what is seen when all is done that they set off."""
        self.send(*keys)
        return await self.look()

    async def type(self, text: str) -> str:
        """Type text."""
        return await self.burst(*("enter" if char == "\n" else char for char in text))

    async def click(self, text: str, times: int = 1) -> str:
        """Click on a text that is seen."""
        y, row = next((y, row) for y, row in enumerate(seen(self.app).splitlines()) if text in row)
        return await self.click_at(cell_len(row.partition(text)[0]), y, times)

    async def click_at(self, x: int, y: int, times: int = 1) -> str:
        """Click on a cell of the screen."""
        for _ in range(times):
            self._point(MouseDown, x, y)
            self._point(MouseUp, x, y)
        return await self.look()

    async def wheel(self, x: int, y: int) -> str:
        """Turn the wheel one step down over a cell."""
        self._point(MouseScrollDown, x, y)
        return await self.look()

    async def look(self) -> str:
        """Return what is seen when the app has come to rest."""
        await settled(self.app)
        return seen(self.app)

    async def resize(self, columns: int, rows: int) -> str:
        """Have a terminal of another size."""
        size = Size(columns, rows)
        self.app._driver._size = size  # type: ignore[union-attr]  # as Textual's own pilot, which waits for time besides
        self.app.post_message(Resize(size, size))
        await settled(self.app)
        self.app._check_resize()  # which a timer would have done that gathers sizes
        return await self.look()

    async def waits_for(self, text: str) -> str:
        """Wait for something that comes by itself, with a timer or from another process."""
        try:
            async with asyncio.timeout(_BOUND):
                while text not in seen(self.app):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{text} is not seen:\n{seen(self.app)}") from None
        return seen(self.app)

    async def passes(self, seconds: float) -> str:
        """Let all timers strike that are due within so many seconds: they strike in their order on a machine of any speed."""
        await asyncio.sleep(seconds)
        return await self.look()

    def send(self, *keys: str) -> None:
        """Send keys without waiting for anything, as one packet of a line brings them."""
        for key in keys:
            self.app.post_message(Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None)))

    def _point(self, what: Callable[..., MouseEvent], x: int, y: int) -> None:
        self.app.post_message(what(None, x, y, 0, 0, button=1, shift=False, meta=False, ctrl=False))


@asynccontextmanager
async def hands_on(app: _App, size: tuple[int, int] = (80, 24), *, notifications: bool = False) -> AsyncIterator[Hands[_App]]:
    """Start an app without a terminal and lay hands on it once it has come to rest."""
    async with app.run_test(size=size, notifications=notifications):
        await settled(app)
        yield Hands(app)
