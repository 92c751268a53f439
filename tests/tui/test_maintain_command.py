"""``duban maintain`` and what ``duban doctor`` says of it."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.register.maintenance import last_maintained
from records.register.register import Register
from records.store.lock import held
from tests.bureau import at
from tests.planting import store_of
from tui.command import duban, upkeep
from tui.command.upkeep import upkeep_lines

NIGHT = at("2026-11-29T02:40")


@pytest.fixture
def brief(brief: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    """A register whose last acts lie in files."""
    monkeypatch.setattr("tui.command.maintain.now", lambda: NIGHT)
    store = store_of(brief)
    for number in range(3):
        head = store.describe(store.head() or "")
        with store.writing() as register:
            register.commit({"notes.yaml": f"a: {number}\n".encode()}, author=head.author, committer=head.committer, message="note")
    return brief


def told(register: Register, when: str = "2026-11-30T09:00") -> str:
    return next(f"{mark} {text}" for mark, text in upkeep_lines(register, at(when)) if "散对象" in text)


def run(register: Register) -> str:
    done = CliRunner().invoke(duban, ["--register", str(register.home), "maintain"])
    assert done.exit_code == 0, done.output
    return done.output


def test_it_says_what_it_did_and_doctor_what_there_is(brief: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(r"正常 登记库有散对象 9 个、包 1 个，共 \d+\.\d MB，还没有维护过", told(brief))
    line, *_ = run(brief).splitlines()
    assert re.fullmatch(r"已维护登记库：散对象 9 个、包 1 个，共 \d+\.\d MB，现在散对象 0 个、包 [12] 个，共 \d+\.\d MB，用时\d+秒。", line)
    assert last_maintained(brief.home) == NIGHT
    assert re.fullmatch(r"正常 登记库有散对象 0 个、包 [12] 个，共 \d+\.\d MB，最近一次维护在 2026-11-29 02:40", told(brief))
    box = brief.home / "boxes/JJ.liaison"  # of one who does not come any more
    box.mkdir(parents=True)
    for name, days in (("old.pdf", 31), ("new.pdf", 29)):
        (box / name).write_bytes(b"x")
        os.utime(box / name, ((brief.describe(brief.head() or "").author.time - timedelta(days=days)).timestamp(),) * 2)
    with monkeypatch.context() as ahead:
        ahead.setattr("tui.command.maintain.now", lambda: NIGHT + timedelta(days=400))
        assert "清掉文件柜里满30天的文件 1 个。" in run(brief)
    assert os.listdir(box) == ["new.pdf"], "a clock that runs ahead for a night empties no box"


def test_doctor_tells_who_never_does_it_how_it_is_done(brief: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_LOOSE", 8)
    found = told(brief)
    assert found.startswith("提示 登记库有散对象 9 个")
    assert f" --register {brief.home} maintain" in found
    run(brief)
    store = store_of(brief)
    head = store.describe(store.head() or "")
    for number in range(3):
        with store.writing() as register:
            register.commit({"notes.yaml": f"b: {number}\n".encode()}, author=head.author, committer=head.committer, message="note")
    assert told(brief).startswith("正常")  # tonight it will be done
    assert told(brief, (NIGHT + timedelta(days=4)).isoformat()[:16]).startswith("提示")


def test_a_second_one_at_the_same_time_leaves_it_to_the_first(brief: Register) -> None:
    with held(brief.home / "register.git/duban.maintenance.lock", 0):
        assert run(brief) == "登记簿正在维护，这一次不再另做。\n"
    assert last_maintained(brief.home) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")
def test_nobody_but_the_owner_does_it(brief: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """What root packs is root's, and the service could read its own register no more."""
    os.chown(brief.home / "register.git", 65534, -1)
    done = CliRunner().invoke(duban, ["--register", str(brief.home), "maintain"])
    assert done.exit_code == 1
    assert "归账号 nobody" in str(done.exception)
    assert last_maintained(brief.home) is None
    assert told(brief).startswith("正常 登记库有散对象 9 个、包 1 个")


def test_without_git_it_says_so(brief: Register, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(duban, ["--register", str(brief.home), "maintain"])
    assert done.exit_code == 1
    assert "没有 git 命令" in done.output
