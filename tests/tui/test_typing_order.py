"""Keys that are typed while something is read or done: what they wait for, and how a person turns away from it."""

import asyncio
from typing import ClassVar

import pytest
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tests.tui.hands import Hands
from tui.terminal import ChineseApp
from tui.terminal.typing_order import TypingOrder


class Reading(Screen[None]):
    """A screen whose F5 reads for as long as the test wants."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "read", "读"),
        Binding("f6", "note('f6')", "记"),
        Binding("escape", "note('escape')", "返回"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.read, self.left = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.noted: list[str] = []

    def action_read(self) -> None:
        self.run_worker(self._read(), group="load")

    def action_note(self, key: str) -> None:
        self.noted.append(key)
        if key == "escape":
            self.left.set()

    async def _read(self) -> None:
        self.begun.set()
        await self.read.wait()
        self.noted.append("read")


async def _waiting(screen: Reading, typing: TypingOrder) -> None:
    """Wait until a key is held back by the reading."""
    async with asyncio.timeout(60):
        await screen.begun.wait()
        while typing.task is None or typing.task.done() or not typing.waits:
            await asyncio.sleep(0.01)  # not 0: keys wait until no task can go on, this one included


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.terminal.typing_order._BUSY", 600.0)
    monkeypatch.setattr("tui.terminal.typing_order._PATIENCE", 0.0)


@pytest.mark.usefixtures("patient")
async def test_a_key_waits_for_what_the_key_before_it_reads() -> None:
    async with ChineseApp().run_test() as pilot:
        screen = Reading()
        await pilot.app.push_screen(screen)
        assert isinstance(pilot.app, ChineseApp)
        hands = Hands(pilot.app)
        hands.send("f5", "f6")
        await _waiting(screen, pilot.app.typing)
        assert screen.noted == []
        screen.read.set()
        await hands.look()
        assert screen.noted == ["read", "f6"]


@pytest.mark.usefixtures("patient")
async def test_whoever_turns_away_meanwhile_waits_no_longer_and_what_he_typed_before_comes_first() -> None:
    """Esc shortened a waiting that it stood behind as it began, and none that was under way."""
    async with ChineseApp().run_test() as pilot:
        screen = Reading()
        await pilot.app.push_screen(screen)
        assert isinstance(pilot.app, ChineseApp)
        Hands(pilot.app).send("f5", "f6")
        await _waiting(screen, pilot.app.typing)
        Hands(pilot.app).send("escape")
        async with asyncio.timeout(60):
            await screen.left.wait()
        assert screen.noted == ["f6", "escape"]
        screen.read.set()
