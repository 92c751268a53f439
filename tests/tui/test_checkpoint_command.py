"""The clock takes a checkpoint a day, whatever day it is; ``duban checkpoint`` lists them and knows a code read off a paper."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from records.acts import Refusal
from records.matter import digests as hashing
from records.register.register import NEW, Register
from records.store import receipt
from records.store.paths import checkpoint_path
from records.store.record_files import emit
from tests.bureau import REGISTER, at
from tests.planting import store_of
from tests.tui.test_command import Shell
from tests.tui.test_doctor_upkeep import created, line
from tui.command import upkeep

MONDAY, TUESDAY, SATURDAY = "2026-08-31T09:00", "2026-09-01T09:00", "2026-09-05T09:00"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register that nobody has used yet."""
    return created(tmp_path / "register")


@pytest.fixture
def shell(register: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("tui.command.environment.now", lambda: at(MONDAY))
    return Shell(register.home, capsys, monkeypatch)


def done(register: Register, when: str) -> None:
    found = register.act("register", NEW, "BGS.clerk1", {**REGISTER, "source_ref": when}, at(when))
    assert not isinstance(found, Refusal), str(found)


def on(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setattr("tui.command.environment.now", lambda: at(when))


def test_tick_takes_one_a_day_also_on_a_day_off_and_says_its_code(
    shell: Shell, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shell.ok("tick")
    (taken,) = register.view().checkpoints()
    assert first == f"共 0 件。\n检查点 {taken.code}（第1笔）\n"
    assert shell.ok("tick") == "共 0 件。\n"
    on(monkeypatch, SATURDAY)
    assert shell.ok("tick") == "共 0 件。\n", "nothing was done since"
    done(register, "2026-09-04T17:00")
    last = shell.ok("tick").splitlines()
    assert last[-1].startswith("检查点 ")
    assert "（第3笔）" in last[-1]
    assert register.view().checkpoint is not None
    assert shell.ok("tick") == "共 0 件。\n"
    assert shell.ok("check", "--history").startswith("没有发现问题。")


def test_a_first_tick_that_broke_off_leaves_the_checkpoint_to_the_next(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(hashing, "has_sm3", lambda: False)
        status, out, err = shell("tick")
        assert (status, out) == (1, "共 0 件。\n")
        assert err.startswith("没有取检查点：")
        assert "OpenSSL" in err
    assert "检查点 " in shell.ok("tick")


def test_they_are_listed_newest_first_and_a_code_is_found_as_it_is_typed(
    shell: Shell, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = shell("checkpoint")
    assert (status, out, err) == (0, "", "还没有检查点。运行 duban tick 即取一个，以后每天一个。\n")
    shell.ok("tick")
    done(register, MONDAY)
    on(monkeypatch, SATURDAY)
    shell.ok("tick")
    new, old = register.view().checkpoints()
    listed = shell.ok("checkpoint").splitlines()
    assert [row.split()[-1] for row in listed] == ["检查点", new.code, old.code]
    assert listed[1].split()[:4] == ["2026-09-05", "09:00", "3", new.commit[:10]]
    assert [each["code"] for each in json.loads(shell.ok("checkpoint", "--json"))] == [new.code, old.code]
    said = f"检查点 {old.code}：2026-08-31 09:00 取，记到第 1 笔（提交 {old.commit}），此后又有 3 笔。\n"
    assert shell.ok("checkpoint", old.code) == shell.ok("checkpoint", *old.code.upper().split("-")) == said
    told = json.loads(shell.ok("checkpoint", new.code, "--json"))
    assert (told["code"], told["since"], told["sm3"]) == (new.code, 1, new.sm3)


def test_a_code_of_another_register_is_not_this_ones_and_a_slip_is_said(shell: Shell, tmp_path: Path) -> None:
    shell.ok("tick")
    (own,) = Register(shell.home).view().checkpoints()
    status, _, err = shell("checkpoint", replace(own, count=7).code)
    assert (status, "本登记簿没有检查点" in err, "duban audit" in err) == (1, True, True)
    status, _, err = shell("checkpoint", f"{own.code[:-1]}{'1' if own.code[-1] != '1' else '2'}")
    assert (status, "校验位不符" in err) == (1, True)
    assert shell("checkpoint", "--json", "a\x1b[31m")[2].startswith("“a␛[31m”第2位“␛”不是检查点里的字符：")
    assert shell("checkpoint", "")[2].startswith("现有0位")


def test_doctor_says_when_the_last_was_taken_and_when_that_is_too_long_ago(shell: Shell, register: Register) -> None:
    assert line(register, "检查点").startswith("提示 还没有检查点")
    shell.ok("tick")
    assert line(register, "检查点", "2026-09-30T09:00").endswith("2026-08-31 09:00 取，此后没有新的办理")
    done(register, MONDAY)
    told = line(register, "检查点", "2026-09-02T09:00")
    assert told.startswith("正常")
    assert "此后 2 笔没有外部凭据" in told
    assert line(register, "检查点", "2026-09-02T09:01").startswith("提示")


def test_a_checkpoint_of_another_history_is_said_by_doctor_and_by_the_clock(
    shell: Shell, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.ok("tick")
    false = replace(next(register.view().checkpoints()), commit="c" * 40, at=f"{TUESDAY}:00+08:00")
    who = receipt.service(register.view().roster.bureau, at(TUESDAY))
    with store_of(register).writing() as transaction:
        transaction.commit({checkpoint_path(false.day): emit(false)}, author=who, committer=who, message="by hand")
    assert line(register, "接不上", TUESDAY).startswith("缺失 最近的检查点")
    on(monkeypatch, SATURDAY)
    status, _, err = shell("tick")
    assert (status, err.startswith("没有取检查点："), "的历史中" in err) == (1, True, True)


def test_doctor_says_that_sm3_is_missing(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [text for _, text in upkeep.upkeep_lines(register, at(MONDAY)) if "SM3" in text]
    monkeypatch.setattr(upkeep, "has_sm3", lambda: False)
    assert line(register, "SM3").startswith("提示")
