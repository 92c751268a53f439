"""人员 and 规则: who holds what, by which rules and days; changed in the app by whoever may."""

from collections.abc import Callable

import pytest
from textual.timer import Timer

from records.register.register import Register
from tests.tui.playing import playing
from tui.frame.screen import DeskScreen

BASIS = "兰公政任〔2026〕12号"


async def test_everybody_sees_who_holds_which_office_and_what_is_vacant(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("p")
        play.looks_like("roster")
        text = await play.press("down", "enter", "down")
        assert "孔拟恒（督办科民警），2026-01-01起，手里" in text
        text = await play.press("f7")
        await play.type("交通 联络员")
        text = await play.press("enter", "enter")
        play.looks_like("roster_found")
        text = await play.press("escape", "f5")
        assert "不属于" in text


async def test_a_wide_terminal_shows_offices_beside_the_units(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief", (120, 40)) as play:
        await play.press("p", "down", "enter")
        play.looks_like("roster_wide")


async def test_the_keeper_relieves_somebody_and_sees_first_what_it_touches(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief") as play:
        await play.press("p", "f7")
        await play.type("交通")
        await play.press("enter", "f5")
        play.looks_like("roster_acts")
        await play.choose("免职")
        await play.press("enter", "enter")
        await play.type("联络员")
        await play.press("enter", "tab", "enter")
        await play.type("邵拟行")
        await play.press("enter", "tab")
        await play.type("今天")
        await play.press("tab", "tab")
        await play.type(BASIS)
        await play.press("tab")
        play.looks_like("roster_relieve")
        await play.press("f10")
    unit = demo.view().roster.units["JJ"]
    assert [each.ended.basis for each in unit.appointments if each.ended] == [BASIS]


async def test_the_rules_in_plain_words_and_a_month_as_a_sheet(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("z")
        play.looks_like("rules")
        text = await play.press("right", "right")
        assert "2027年1月" in text
        assert "估算" in text


async def test_a_wide_terminal_shows_the_month_beside_the_rules(demo: Register) -> None:
    async with playing(demo, "L03", (120, 40)) as play:
        await play.press("z")
        play.looks_like("rules_wide")


async def test_the_word_that_a_reading_takes_long_does_not_come_after_it(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer that went off as the reading ended has its word queued already, and it stood there for good."""
    async with playing(demo, "BGS.clerk1") as play:
        screen = play.app.screen
        assert isinstance(screen, DeskScreen)
        set_timer, late = screen.set_timer, list[Callable[[], None]]()

        def gone_off(delay: float, word: Callable[[], None]) -> Timer:
            late.append(word)
            return set_timer(delay, lambda: None)

        monkeypatch.setattr(screen, "set_timer", gone_off)
        await screen._load()
        for word in late:
            word()
        assert late
        assert "正在读取" not in await play.look()
