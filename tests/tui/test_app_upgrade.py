"""A register of the first rules in the app: looked at, with why and the way out on every screen, until it is taken over there."""

from pathlib import Path

import pytest

from records.register.register import Register
from schema.versions import RULES
from tests.records.test_first_rules import BUNDLE, git
from tests.tui.playing import playing

BY, BASIS = "BGS.director_in_charge", "市局办公室〔2026〕31号通知"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    home = tmp_path / "register"
    home.mkdir()
    git(home, "clone", "-q", "--bare", str(BUNDLE), "register.git")
    git(home / "register.git", "branch", "-m", "rules1", "main")
    git(home / "register.git", "symbolic-ref", "HEAD", "refs/heads/main")
    return Register(home)


async def test_it_is_read_only_until_it_is_taken_over_on_the_screen_of_the_rules(register: Register) -> None:
    async with playing(register, BY) as play:
        await play.stands("read_only")
        for key in ("f3", "b", "z"):
            text = await play.press(key)
            assert "〔只读〕" in text
            assert "升级以前只能查看" in text
        await play.press("f5")
        await play.stands("read_only_acts")
        await play.choose("升级")
        await play.press("enter")
        await play.press("enter")
        await play.type("江拟川")
        await play.press("enter", "tab")
        await play.type(BASIS)
        await play.stands("upgrade")
        text = await play.press("f10")
        assert "已办：升级 机关" in text
        assert "只读" not in text
        assert "升级以前" not in text
        assert "升级" not in await play.press("f5")
    assert register.view().rules == RULES
    assert register.view().roster.bureau.upgrades[0].keeper == "BGS.clerk2"


async def test_who_cannot_take_it_over_is_told_who_can(register: Register) -> None:
    async with playing(register, "BGS.clerk1") as play:
        await play.press("z", "f5")
        text = await play.choose("升级")
        assert "应由主管主任（田拟霖）、花名册管理员办理" in text
