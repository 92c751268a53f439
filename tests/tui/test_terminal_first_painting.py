"""A screen is painted once it stands, and not also while it comes; one that takes its time is painted as far as it is."""

import asyncio

import pytest
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from records.register.register import Register
from tests.tui.hands import hands_on
from tests.tui.playing import playing
from tui.screens.ledger import Ledger
from tui.terminal import ChineseApp, first_painting
from tui.terminal.first_painting import PaintedWhole


class _Coming(PaintedWhole[None]):
    def compose(self) -> ComposeResult:
        yield Static("正在读取…", classes="line")

    def came(self) -> None:
        """Stand."""
        self.query_one(".line", Static).update("读好了")
        self.paint()


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Screen[object], str]]:
    """What was sent to the terminal: the screens, and what stood in each."""
    sent: list[tuple[Screen[object], str]] = []
    display = ChineseApp._display

    def noted(self: ChineseApp, screen: Screen[object], drawn: object) -> None:
        if drawn is not None and not self._batch_count:
            strips = screen._compositor.render_strips()
            sent.append((screen, "\n".join(strip.text for strip in strips)))
        display(self, screen, drawn)  # type: ignore[arg-type]

    monkeypatch.setattr(ChineseApp, "_display", noted)
    return sent


async def test_what_comes_is_painted_when_it_stands(painted: list[tuple[Screen[object], str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_painting, "_SOON", 1e6)
    async with hands_on(ChineseApp(), (30, 6)) as hands:
        screen = _Coming()
        await hands.app.push_screen(screen)
        await hands.look()
        assert [each for each, _ in painted if each is screen] == []
        screen.came()
        await hands.look()
        assert {"读好了" in text for each, text in painted if each is screen} == {True}
        screen.query_one(".line", Static).update("又变了")
        await hands.look()
        assert "又变了" in painted[-1][1], "and from now on whatever changes"


async def test_what_takes_its_time_is_painted_as_far_as_it_is(painted: list[tuple[Screen[object], str]]) -> None:
    async with hands_on(ChineseApp(), (30, 6)) as hands:
        screen = _Coming()
        await hands.app.push_screen(screen)
        while not any(each is screen and "正在读取" in text for each, text in painted):
            await asyncio.sleep(0.01)
        screen.came()
        await hands.look()
        assert "读好了" in painted[-1][1]


async def test_a_page_is_painted_with_what_it_read(
    demo: Register, painted: list[tuple[Screen[object], str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_painting, "_SOON", 1e6)
    async with playing(demo, "BGS.clerk1") as hands:
        first = next(text for each, text in painted if each is hands.app.screen)
        assert "正在读取" not in first
        assert "待办 " in first
        await hands.press("f3")
        await hands.look()
        ledger = hands.app.screen
        assert isinstance(ledger, Ledger)
        first = next(text for each, text in painted if each is ledger)
        assert "正在读取" not in first
        assert "DB-" in first or "督办" in first
