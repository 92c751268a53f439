"""The whole product over a register whose index cannot be used: everything is done and shown, and what is wrong is said in one line."""

import shutil
import sys
from pathlib import Path

import pytest

from records.register.register import Register
from tests.tui.playing import NOW, playing
from tui.command import main

ITEM = "DB-2026-0206"
COMMANDS = (
    ("ls",),
    ("show", "DB-2026-0118"),
    ("log", "DB-2026-0118"),
    ("diff", "DB-2026-0118"),
    ("acts", ITEM, "--as", "L03"),
    ("digest",),
    ("score", "DB-2026-0118"),
    ("check",),
    ("tick",),
)


@pytest.fixture
def stricken(demo: Register) -> Register:
    """A demo register in the place of whose index lies a folder."""
    for path in demo.home.glob("index.sqlite*"):
        path.unlink()
    (demo.home / "index.sqlite").mkdir()
    return demo


def run(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *argv: str) -> tuple[str, str]:
    monkeypatch.setattr(sys, "argv", ["duban", "--register", str(home), *argv])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    assert not left.value.code, told.err
    return told.out, told.err


def test_an_act_is_said_to_be_done_and_every_command_answers_as_ever(
    brief: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "stricken"
    shutil.copytree(brief.home, home)
    for path in home.glob("index.sqlite*"):
        path.unlink()
    (home / "index.sqlite").mkdir()
    monkeypatch.setattr("tui.command.environment.now", lambda: NOW)  # both times: a checkpoint is of its moment
    act = ("act", "read", ITEM, "--as", "L03", "--set", "decision=agree", "--set", "text=同意。")
    for argv in (act, *COMMANDS):
        expected, _ = run(brief.home, capsys, monkeypatch, *argv)
        out, err = run(home, capsys, monkeypatch, *argv)
        if argv is act:
            assert out.startswith(f"已办 阅示 {ITEM}")
        else:
            assert out == expected.replace(str(brief.home), str(home))
            assert err.count("索引用不了（文件打不开）") == 1


async def test_in_the_app_an_act_is_done_and_what_ails_the_index_is_said_once(stricken: Register) -> None:
    before = stricken.head()
    async with playing(stricken, "L03") as play:
        assert "索引用不了（文件打不开）" in await play.look()
        await play.press("f3", "f3")
        await play.type(ITEM)
        await play.press("enter", "f5")
        await play.choose("阅示")
        await play.press("enter", "tab")
        await play.type("同意。")
        text = await play.press("f10")
        assert "已办：阅示" in text
        assert "索引用不了" not in text
    assert stricken.head() != before
