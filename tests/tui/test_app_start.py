"""How the app begins: where it must not start, and what a register in earnest does not offer."""

from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from records.bureau.roster import Bureau, Leaders, Unit
from records.matter.plain_data import from_data
from records.register.register import Register
from tests.tui.playing import playing
from tui.command.app import open_app


def test_without_a_terminal_it_says_so_and_names_the_commands(demo: Register, capsys: pytest.CaptureFixture[str]) -> None:
    assert open_app(str(demo.home), "BGS.clerk1", "auto", False) == 1
    said = capsys.readouterr().err
    assert "不能打开全屏界面" in said
    assert "duban ls" in said


async def test_a_register_in_earnest_offers_no_other_identity(tmp_path: Path) -> None:
    told = yaml.safe_load((files("records.demo") / "roster.yaml").read_text(encoding="utf-8"))
    units = tuple(from_data(unit, Unit) for unit in told["units"])
    bureau = from_data(told["bureau"] | {"demo": False}, Bureau)
    start = datetime.fromisoformat("2026-01-01T09:00:00+08:00")
    register = Register.create(tmp_path / "register", bureau, from_data(told["leaders"], Leaders), units, start)
    async with playing(register, "BGS.clerk1") as play:
        text = await play.press("f4")
        assert "换身份" not in text
        assert "待办 0 件" in text


async def test_a_demo_asks_who_sits_there(demo: Register) -> None:
    async with playing(demo, None) as play:
        text = await play.look()
        assert "换身份（演示登记簿里可以扮演任何人）" in text
        text = await play.press("escape")
        assert "（未选身份，只看）" in text


async def test_escape_twice_leaves(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert "再按一次 Esc 退出" in await play.press("escape")
        assert play.app.is_running
        await play.press("escape")
    assert play.app.return_code == 0
