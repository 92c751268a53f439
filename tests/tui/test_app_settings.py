"""What a person chose for himself holds the next time he comes, and nobody else's."""

import pytest

from records.register.register import Register
from tests.tui.playing import playing


async def test_the_colours_are_remembered_for_the_person(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert play.app.theme == "duban-dark"
        await play.press("ctrl+p")
        await play.type("主题 浅色")
        await play.press("enter")
        assert play.app.theme == "duban-light"
    async with playing(demo, "BGS.clerk1") as play:
        assert play.app.theme == "duban-light"
        play.app.sit(demo.view().roster.people["BGS.clerk2"])
        assert play.app.theme == "duban-dark"


@pytest.mark.parametrize("slow", [False, True], ids=["no colours", "slow"])
async def test_no_colours_and_a_slow_line_hold_whatever_was_chosen(demo: Register, monkeypatch: pytest.MonkeyPatch, slow: bool) -> None:
    folder = demo.drafts / "BGS.clerk1"
    folder.mkdir(parents=True)
    (folder / "settings").write_text('{"theme": "duban-light"}', encoding="ascii")
    if not slow:
        monkeypatch.setenv("NO_COLOR", "1")
    async with playing(demo, "BGS.clerk1", slow=slow) as play:
        assert play.app.theme == "ansi-dark"


async def test_settings_that_cannot_be_read_or_kept_are_a_line_and_no_crash(demo: Register) -> None:
    folder = demo.drafts / "BGS.clerk1"
    (folder / "settings").mkdir(parents=True)
    async with playing(demo, "BGS.clerk1") as play:
        assert "您的设置读不出来" in await play.look()
        await play.press("ctrl+p")
        await play.type("主题 浅色")
        text = await play.press("enter")
        assert play.app.theme == "duban-light"
        assert "这次照用，下次登录要重新设：保存设置失败" in text
