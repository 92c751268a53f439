"""The app over a copy of the demo register, on a fixed day, driven by keys and looked at as plain text.

A snapshot is what a person sees, a line a row, for a reviewer to read. Write them anew with ``DUBAN_SNAPSHOTS=write`` and read the
difference; without it a missing one is a failure, never a new file.
"""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from difflib import unified_diff
from pathlib import Path

from rich.cells import cell_len
from textual.events import Key
from textual.pilot import Pilot

from records.register.register import Receipt, Register
from tests.tui.paint import seen
from tui.app import DubanApp

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")
_BOUND = 120.0
"""Seconds after which what does not settle is taken as never settling."""

_QUIET = 2
"""Turns of the event loop in a row after which nothing goes on."""

_SNAPSHOTS = Path(__file__).with_name("snapshots")
_COMMIT = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?![0-9a-f])")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_ALLOWED = re.compile(r"DB|[A-Z]{2,3}|Esc|Tab|Ctrl|PgUp|PgDn|Home|End|items|yaml|x{8}|[a-f]+")
"""All Latin words that may stand on a screen: ids and codes, names of keys, paths."""


class Playing:
    """A person at the app."""

    def __init__(self, app: DubanApp, pilot: Pilot[object]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> str:
        """Press keys, wait until all is done that they set off, and return what is seen."""
        for key in keys:
            self.app.post_message(Key(key, {"space": " ", "slash": "/"}.get(key, key if len(key) == 1 else None)))
            await self.settle()
        if not keys:
            await self.settle()
        return seen(self.app)

    async def burst(self, *keys: str) -> str:
        """Send keys without waiting between them, as one packet of a line brings them."""
        for key in keys:
            self.app.post_message(Key(key, key if len(key) == 1 else None))
        return await self.press()

    async def type(self, text: str) -> str:
        """Type text."""
        for char in text:
            self.app.post_message(Key("enter", "\r") if char == "\n" else Key(char, char))
        await self.settle()
        return seen(self.app)

    async def click(self, text: str) -> str:
        """Click on a text that is seen."""
        y, row = next((y, row) for y, row in enumerate(seen(self.app).splitlines()) if text in row)
        await self._pilot.click(offset=(cell_len(row.partition(text)[0]), y))
        return await self.press()

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        await self._pilot.pause(seconds)

    async def waits_for(self, text: str) -> str:
        """Wait for something that comes by itself."""
        for _ in range(400):
            await self._pilot.pause(0.05)
            if text in seen(self.app):
                return seen(self.app)
        raise AssertionError(f"{text} is not seen:\n{seen(self.app)}")

    async def settle(self) -> None:
        """Wait until all is done that was set off: no message waits, none is being handled, nothing is read, all is drawn.

        It is the state that is looked at, never the clock or how busy the processor is, so that a machine of any speed gives the same.
        """
        quiet, end = 0, time.monotonic() + _BOUND
        while self.app.is_running and self.app.failure is None and quiet < _QUIET:
            assert time.monotonic() < end, f"still busy with {self._busy()}:\n{seen(self.app)}"
            await self._pilot._wait_for_screen(_BOUND)  # whatever waited for the screen, its parts and the app has been handled
            quiet = 0 if self._busy() else quiet + 1
            await asyncio.sleep(0 if quiet else 0.001)

    def _busy(self) -> list[str]:
        """What is still going on; the parts of Textual that tell it are private, and stand in this one place."""
        if not self.app.screen_stack:
            return ["no screen"]
        screen = self.app.screen
        if screen._layout_required or screen._repaint_required or screen._scroll_required or screen._dirty_widgets or screen._callbacks:
            try:
                screen._on_timer_update()  # what its timer would do a moment later
            except Exception as error:
                self.app._handle_exception(error)  # as well
            return ["drawing"]
        if self.app.animator._animations or self.app.animator._scheduled:
            return ["moving"]
        found = [f"worker {worker.group}" for worker in self.app.workers if not worker.is_finished]
        nodes = [self.app, *(node for each in self.app.screen_stack for node in each.walk_children(with_self=True))]
        for node in nodes:
            if not node._message_queue.empty() or node._pending_message or node._next_callbacks:
                found.append(f"messages of {node}")
        return found

    async def choose(self, text: str) -> str:
        """Bring the cursor of a list to the row with a text."""
        place = next(n for n, row in enumerate(seen(self.app).splitlines()[3:]) if f" {text} " in row)
        return await self.press("home", *["down"] * place)

    def looks_like(self, name: str) -> None:
        """Hold the screen against its snapshot; no English may stand on it."""
        text = (
            "\n".join(row if "摘要" in row or "改动" in row else _COMMIT.sub("xxxxxxxx", row) for row in seen(self.app).splitlines()) + "\n"
        )
        foreign = [word for word in _LATIN.findall(text) if not _ALLOWED.fullmatch(word)]
        assert not foreign, f"{foreign} in\n{text}"
        path = _SNAPSHOTS / f"{name}.txt"
        if os.environ.get("DUBAN_SNAPSHOTS") == "write":
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no snapshot {path.name}; look at this and write it with DUBAN_SNAPSHOTS=write\n{text}"
        kept = path.read_text(encoding="utf-8")
        assert text == kept, "\n".join(unified_diff(kept.splitlines(), text.splitlines(), path.name, "what is seen", lineterm=""))


@asynccontextmanager
async def playing(
    register: Register, person: str | None, size: tuple[int, int] = (80, 24), *, faults: int = 0, publish: bool = False
) -> AsyncIterator[Playing]:
    """Sit somebody down at the app, on the morning of the demo's last day; so many faults of the program are written down meanwhile."""
    before = set(register.drafts.glob("error-*.log"))
    who = register.view().roster.people[person] if person else None
    app = DubanApp(register, who, clock=lambda: NOW, publish=publish)
    app.animation_level = "none"  # as the command sets it
    async with app.run_test(size=size) as pilot:
        play = Playing(app, pilot)
        await play.settle()
        yield play
    written = set(register.drafts.glob("error-*.log")) - before
    assert len(written) == faults, "\n".join(log.read_text(encoding="utf-8") for log in written)


def act(register: Register, name: str, target: str, by: str, **inputs: object) -> None:
    """Have somebody else act meanwhile."""
    done = register.act(name, target, by, inputs, NOW)
    assert isinstance(done, Receipt), done
