"""A fault of the program in one screen: it is said with a number, the log holds all of it, the session and what was typed go on."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from desk.desk import Desk
from records.register.register import Register
from tests.tui.playing import Playing, playing
from tui.app import DubanApp
from tui.forms.form import Form
from tui.screens.case import CaseScreen
from tui.screens.inbox import Inbox
from tui.terminal import Drafts

ITEM = "DB-2026-0194"
TYPED = "已加装防盗装置三千辆。"


def _fails(*_: object, **__: object) -> NoReturn:
    try:
        raise ZeroDivisionError("除以零")
    except ZeroDivisionError as error:
        raise KeyError(f"坏\x1b[2J {TYPED}") from error


_open = os.open


def _logs(register: Register) -> list[Path]:
    return sorted((register.home / "faults").glob("error-*.log"))


async def _form(play: Playing, label: str) -> str:
    await play.press("f5")
    await play.choose(label)
    return await play.press("enter")


async def _case(play: Playing) -> str:
    await play.press("f3", "f3")
    await play.type(ITEM)
    return await play.press("enter")


async def test_in_the_reading_of_a_screen(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("tui.screens.inbox.page", _fails)
        async with playing(demo, "QLH.liaison", faults=1) as play:
            text = await play.look()
            assert "出错：程序有误（错误 1123-103000-1）" in text
            assert "没有读出来，原因见下面。" in text
            broken.undo()
            assert ITEM[-4:] in await _case(play)
            assert "待办 2 件" in await play.press("f2", "1")


async def test_in_the_making_of_a_form(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(demo, "QLH.liaison", faults=1) as play:
        await _case(play)
        with monkeypatch.context() as broken:
            broken.setattr(Desk, "form", _fails)
            text = await _form(play, "进展反馈")
        assert "出错：程序有误（错误 1123-103000-1）" in text
        assert ITEM[-4:] in text
        await _form(play, "进展反馈")
        await play.press("down")
        await play.type(TYPED)
        assert "已办：进展反馈" in await play.press("f10")
    (log,) = _logs(demo)
    told = log.read_text(encoding="utf-8")
    assert log.name == "error-20261123-103000-1.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    for part in ("2026-11-23T10:30:00+08:00", "QLH.liaison", "form report_progress", f"CaseScreen {ITEM}", "Inbox"):
        assert part in told
    assert told.count("Traceback (most recent call last)") == 2
    assert "ZeroDivisionError: 除以零" in told
    assert "form_for" in told
    assert "\x1b" not in told


async def test_in_an_act(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(demo, "QLH.liaison", faults=1) as play:
        await _case(play)
        await _form(play, "进展反馈")
        await play.press("down")
        await play.type(TYPED)
        with monkeypatch.context() as broken:
            broken.setattr(Desk, "do", _fails)
            text = await play.press("f10")
            assert "错误 1123-103000-1" in text
            assert TYPED in text
            # The same fault again is the same number.
            assert "错误 1123-103000-1" in await play.press("f10")
        assert "已办：进展反馈" in await play.press("f10")
    (log,) = _logs(demo)
    told = log.read_text(encoding="utf-8")
    assert f"Form report_progress {ITEM}" in told
    assert "KeyError" in told
    assert TYPED not in told
    assert "（所填内容）" in told


def _breaks_a_key(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(Form, "action_clear", _fails)


def _breaks_a_message(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(Form, "on_field_row_changed", _fails)


def _breaks_a_widget(broken: pytest.MonkeyPatch) -> None:
    broken.setattr("tui.forms.fields.FieldRow._changed", _fails)


def _breaks_a_timer(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(Drafts, "save", _fails)


@pytest.mark.parametrize(
    ("breaks", "keys"), [(_breaks_a_key, ("f9",)), (_breaks_a_message, ("乙",)), (_breaks_a_widget, ("乙",)), (_breaks_a_timer, ("乙",))]
)
async def test_in_what_a_screen_does_with_keys_messages_and_time(
    demo: Register, monkeypatch: pytest.MonkeyPatch, breaks: Callable[[pytest.MonkeyPatch], None], keys: tuple[str, ...]
) -> None:
    async with playing(demo, "QLH.liaison", faults=1) as play:
        await _case(play)
        await _form(play, "进展反馈")
        await play.press("down")
        await play.type(TYPED)
        with monkeypatch.context() as broken:
            breaks(broken)
            await play.press(*keys)
            assert TYPED in await play.waits_for("错误 1123-103000-1")
        await play.press("escape")
        await _form(play, "进展反馈")
        assert TYPED in await play.press("down")
        assert "已办：进展反馈" in await play.press("f10")


def _breaks_composing(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(Form, "rows", _fails)


def _breaks_composing_a_widget(broken: pytest.MonkeyPatch) -> None:
    broken.setattr("tui.forms.fields.FieldRow.compose", _fails)


def _breaks_mounting(broken: pytest.MonkeyPatch) -> None:
    broken.setattr("tui.forms.keeping.kept", _fails)


def _breaks_drawing(broken: pytest.MonkeyPatch) -> None:
    broken.setattr("tui.forms.editors.TextEditor.render_line", _fails)


@pytest.mark.parametrize("breaks", [_breaks_composing, _breaks_composing_a_widget, _breaks_mounting, _breaks_drawing])
async def test_a_screen_that_does_not_come_up_is_left_and_its_draft_stays(
    demo: Register, monkeypatch: pytest.MonkeyPatch, breaks: Callable[[pytest.MonkeyPatch], None]
) -> None:
    async with playing(demo, "QLH.liaison", faults=1) as play:
        await _case(play)
        await _form(play, "进展反馈")
        await play.press("down")
        await play.type(TYPED)
        await play.press("escape")
        with monkeypatch.context() as broken:
            breaks(broken)
            await _form(play, "进展反馈")
            text = await play.waits_for("错误 1123-103000-1")
            assert "这一屏不能用，已经离开" in text
            assert isinstance(play.app.screen, CaseScreen)
        assert "已恢复 11-23 10:30 的草稿" in await _form(play, "进展反馈")
        assert "已办：进展反馈" in await play.press("f10")


async def test_what_was_typed_into_a_screen_that_can_no_longer_be_drawn_is_a_draft(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(demo, "QLH.liaison", faults=1) as play:
        await _case(play)
        await _form(play, "进展反馈")
        await play.press("down")
        await play.type(TYPED)
        with monkeypatch.context() as broken:
            broken.setattr("tui.forms.editors.TextEditor.render_line", _fails)
            await play.press("甲")
            await play.waits_for("这一屏不能用，已经离开")
        await _form(play, "进展反馈")
        assert f"{TYPED}甲" in await play.press("down")


async def test_in_the_publishing_of_documents(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.publishing.watcher.follow", _fails)
    async with playing(demo, "QLH.liaison", faults=1, publish=True) as play:
        assert "待办 2 件" in await play.waits_for("错误 1123-103000-1")


async def test_two_faults_of_one_second_have_two_numbers(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(demo, "QLH.liaison", faults=2) as play:
        await _case(play)
        with monkeypatch.context() as broken:
            broken.setattr(Desk, "form", _fails)
            assert "错误 1123-103000-1" in await _form(play, "进展反馈")
            assert "错误 1123-103000-2" in await _form(play, "反馈无新进展")
            assert "错误 1123-103000-1" in await _form(play, "进展反馈")


async def test_a_log_that_cannot_be_written_is_said(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await _case(play)
        monkeypatch.setattr(Desk, "form", _fails)
        monkeypatch.setattr("tui.terminal.faults.os.open", _full)
        assert "出错经过没有写下" in await _form(play, "进展反馈")


def _full(path: str | Path, flags: int, mode: int = 0o777, **rest: int) -> int:
    """Opens anything but the log of a fault: the disk is full for that alone."""
    if Path(path).name.startswith("error-"):
        raise OSError(28, "磁盘已满")
    return _open(path, flags, mode, **rest)


@pytest.mark.parametrize(("broken", "method"), [(Inbox, "body"), (Inbox, "on_mount"), (DubanApp, "compose"), (DubanApp, "on_mount")])
async def test_a_fault_of_the_main_screen_ends_the_session_and_the_log_holds_all_of_it(
    demo: Register, monkeypatch: pytest.MonkeyPatch, broken: type, method: str
) -> None:
    monkeypatch.setattr(broken, method, _fails, raising=False)
    with pytest.raises(KeyError):
        async with playing(demo, "QLH.liaison"):
            pass
    (log,) = _logs(demo)
    told = log.read_text(encoding="utf-8")
    assert told.count("Traceback (most recent call last)") == 2
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


async def test_a_session_that_ends_keeps_what_was_typed(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async def write_and_fail() -> None:
        async with playing(demo, "QLH.liaison") as play:
            await _case(play)
            await _form(play, "进展反馈")
            await play.press("down")
            await play.type(TYPED)
            # A fault that cannot be told is one of the app itself.
            monkeypatch.setattr(type(play.app), "report", _fails)
            monkeypatch.setattr(Form, "action_clear", _fails)
            await play.press("f9")

    with pytest.raises(KeyError):
        await write_and_fail()
    assert any(TYPED in text for text in Drafts(demo.drafts / "QLH.liaison").all().values())
