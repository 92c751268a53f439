"""What ``duban doctor`` says of an upstream: whether it answers, where it stands, whether it loses nothing, whether a lock was left."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.register.hosting import line_for
from records.register.joining import join
from records.register.register import Register
from records.store.address import Address, address
from records.store.upstream import Upstream
from tests import githost
from tests.documents.case import act, created, walk
from tests.githost import git, serving, sshd, upstream_at, with_key
from tests.records.test_two_servers import hosts_own
from tests.waiting import until
from tui.command import doctor, duban
from tui.command.upstream_lines import clocks_apart, upstream_lines

pytestmark = pytest.mark.e2e


@pytest.fixture(params=["path", "ssh"])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A register in use at an upstream; over ssh through the entrance that ``duban upstream`` wrote."""
    up = upstream_at(tmp_path / "up.git")
    walk(created(with_key(tmp_path / "one")), "dispatch")
    where, listening = Address(str(up), "path"), None
    if request.param == "ssh":
        listening = serving(sshd().place, line_for(up, (sshd().place / "key.pub").read_text(), reading=False))
        where = address(listening.url(Path("/up.git")))
    join(tmp_path / "one", where)
    yield Register(tmp_path / "one")
    githost.let_go(tmp_path / "one")
    if listening is not None:
        listening.process.terminate()
        listening.process.wait()


def told(register: Register) -> str:
    return "\n".join(f"{mark} {text}" for mark, text in upstream_lines(register))


def test_a_sound_one_is_told_in_three_lines(register: Register) -> None:
    lines = told(register).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["正常"] * 3
    assert "可达，新连接往返" in lines[0]
    assert lines[1] == f"正常 与上级库同在 {(register.head() or '')[:12]}"
    assert lines[2] == "正常 上级库的落盘设置齐备"


def test_what_it_lacks_and_what_was_left_is_named(register: Register, tmp_path: Path) -> None:
    up = tmp_path / "up.git"
    git(up, "config", "core.fsync", "none")
    (up / "hooks/pre-receive").chmod(0o640)  # Git runs it no more, and says so to nobody
    (up / "feed").write_text("#!/bin/sh\n# duban upstream：an older one\n")
    lock, turn = up / "refs/heads/main.lock", up / "turn.lock"  # the second is our own, and always there once servers have crowded
    for each in (lock, turn):
        each.touch()
    assert "残留的锁" not in told(register)  # somebody may hold it now
    for each in (lock, turn):
        os.utime(each, (time.time() - 120,) * 2)
    assert "提示 上级库断电可能丢掉已经收下的，或者收得慢：缺 core.fsync = all。" in told(register)
    assert "refs/heads/main.lock，一分钟以上没有动" in told(register)
    assert "turn.lock" not in told(register)
    assert "提示 上级库的 feed、hooks/pre-receive 不能运行，或者不是本机这一版程序写的。请在那里" in told(register)


@pytest.mark.parametrize("when", ["gone", "at it"])
def test_what_a_killed_push_left_is_told_and_taken_away_and_never_what_a_push_has_now(
    register: Register, tmp_path: Path, when: str
) -> None:
    """A kill of the Git host leaves all that was sent, each time; Git never takes it away where nothing is pruned."""
    up = tmp_path / "up.git"
    hook = up / "hooks/pre-receive"
    hook.write_text(f"#!/bin/sh\n: >{tmp_path}/came\nwhile ! test -e {tmp_path}/go; do sleep 0.01; done\nexit 1\n")
    git(tmp_path, "clone", "-q", str(up), "clone")
    git(tmp_path / "clone", "commit", "-q", "--allow-empty", "-m", "x")
    argv = ["git", "-C", str(tmp_path / "clone"), "push", "-q", "origin", "HEAD:main"]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as run:
        until((tmp_path / "came").exists)
        (left,) = (up / "objects").glob("*incoming-*")
        for path in (*left.rglob("*"), left):
            os.utime(path, (1, 1))
        if when == "gone":
            for pid in hosts_own(up):
                os.kill(pid, signal.SIGKILL)
            (tmp_path / "go").touch()
            until(lambda: not hosts_own(up))
            until(lambda: not is_told_of(left))
        assert f"中断的推送、整理留下的 1 处，占着磁盘：objects/{left.name}。请在那里" in told(register)
        hook.unlink()  # it is not ours
        said = CliRunner().invoke(duban, ["upstream", str(up)]).output
        assert ("清掉中断的推送、整理一天以前留下的 1 处" in said, left.exists()) == (when == "gone", when != "gone")
        (tmp_path / "go").touch()
        run.wait()
    assert ("中断的推送" in told(register)) == (left.exists())


def is_told_of(place: Path) -> bool:
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if place.name.encode() in (each / "environ").read_bytes():
                return True
    return False


def test_clocks_that_are_apart_are_told_while_nothing_is_spoilt_yet(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "时钟" not in told(register)
    if register.home.joinpath("upstream/url").read_text().startswith("/"):
        return  # the same machine, which has one clock
    now = time.time()
    monkeypatch.setattr("tui.command.upstream_lines.time.time", lambda: now + 3600)
    assert "提示 本机的时钟比 Git 主机快 60 分钟：快的一台办了一笔，慢的各台要等到那时才办得成" in told(register)
    assert "本机的时钟比 Git 主机慢 60 分钟" in clocks_apart(Upstream(register.home).state() or "", now - 3600)


def test_where_both_stand_is_told_and_nothing_is_moved(register: Register, tmp_path: Path) -> None:
    up, was = tmp_path / "up.git", register.head() or ""
    join(tmp_path / "two", address(str(up)))
    act(Register(tmp_path / "two"), "sign_for", "JJ.liaison", {})
    assert "落后于上级库的" in told(register)
    assert register.head() == was
    register.follow()
    git(up, "update-ref", "refs/heads/main", was)
    assert f"上级库只到 {was[:12]}，比本机少 1 笔" in told(register)
    git(up, "update-ref", "-d", "refs/heads/main")
    assert "上级库是空的" in told(register)


def test_one_that_does_not_answer_is_told_in_a_line(register: Register, tmp_path: Path) -> None:
    (tmp_path / "up.git").rename(tmp_path / "away.git")
    (line,) = told(register).splitlines()
    assert line.startswith("提示 上级库连不上")


def test_of_a_foreign_host_it_is_said_what_cannot_be_seen(tmp_path: Path) -> None:
    up = upstream_at(tmp_path / "up.git")
    created(with_key(tmp_path / "one"))
    join(tmp_path / "one", address(sshd().url(up)))
    assert "看不到上级库的落盘设置" in told(Register(tmp_path / "one"))


def test_doctor_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    up = upstream_at(tmp_path / "up.git")
    created(tmp_path / "one")
    doctor.examine(str(tmp_path / "one"))
    assert "上级库" not in capsys.readouterr().out
    join(tmp_path / "one", address(str(up)))
    join(tmp_path / "one", address(str(up)), replica=True)
    doctor.examine(str(tmp_path / "one"))
    out = capsys.readouterr().out
    assert "与上级库同在" in out
    assert "本机是副本" in out


def test_a_password_that_somebody_wrote_into_the_servers_files_is_said_and_not_shown(register: Register, tmp_path: Path) -> None:
    git(tmp_path / "one/register.git", "config", "remote.spare.url", "https://u:geheim@host/x")
    for words, told in ((("doctor",), "config 的 remote.spare.url 应为“（不设）”，现为“https://…@host/x”"), (("sync",), "")):
        done = CliRunner().invoke(duban, ["--register", str(register.home), *words])
        assert (told in done.output, "geheim" in done.output) == (True, False)
    (register.home / "upstream/url").write_text("https://u:geheim@host/x\n")
    for word in ("doctor", "sync"):
        done = CliRunner().invoke(duban, ["--register", str(register.home), word])
        assert done.exit_code == 1
        assert "地址“https://…@host/x”不合规" in f"{done.output}{done.exception}"
        assert "geheim" not in f"{done.output}{done.exception}"
