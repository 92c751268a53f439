"""Whoever was cut off, or hangs, holds up nobody for long and leaves nothing behind: at the Git host, at its standby, at a server."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from records.register import joining
from records.register.standby import fed, key_for, made_standby
from records.register.strays import swept
from records.store import stock_git
from records.store import upstream as wire
from records.store.address import address
from records.store.store import StoreError
from records.store.upstream import UnreachedError
from tests.githost import git, upstream_at
from tests.records.test_two_servers import hosts_own
from tests.records.test_upstream import Servers, hook, messages, put, server, two
from tests.records.test_upstream_turns import asks, told
from tests.waiting import PATIENCE, looked_at, until

pytestmark = pytest.mark.e2e


@pytest.fixture
def near(tmp_path: Path) -> Servers:
    up = upstream_at(tmp_path / "up.git")
    return two(tmp_path, str(up), up)


def shortened(up: Path, *, seconds: str) -> None:
    """Have those who wait at an upstream for a turn do so for less than ten seconds."""
    for name in ("enter", "hooks/pre-receive"):
        text = (up / name).read_text()
        assert "flock -w 10 " in text
        (up / name).write_text(text.replace("flock -w 10 ", f"flock -w {seconds} "))


def is_waited_for(lock: Path) -> bool:
    return re.search(rf"-> FLOCK.*:{lock.stat().st_ino} ", Path("/proc/locks").read_text()) is not None


@pytest.mark.parametrize("way", ["pushes", "asks"])
def test_whose_line_was_cut_in_his_turn_holds_the_others_up_once(near: Servers, way: str) -> None:
    """Without a word of the network's sshd keeps his session for hours."""
    up = near.upstream
    shortened(up, seconds="0.1")
    gone = asks(up, "gone")
    assert told(gone) == near.head()
    if way == "pushes":
        assert put(near.one, "a") == near.head()
    else:
        next_one = asks(up, "next")
        assert told(next_one) == near.head()
        next_one.communicate("")
    assert gone.wait() != 0
    assert put(near.one, "b") == near.head()


def test_whoever_waits_takes_no_turn_from_one_who_had_just_begun(near: Servers) -> None:
    up = near.upstream
    first = asks(up, "first")
    assert told(first)
    file = up / "hooks/pre-receive"
    file.write_text(
        file.read_text().replace("flock -w 10 turn.lock true", "{ echo second 1 >turn; false; }")
    )  # it goes on to another meanwhile
    assert put(near.one, "a") == near.head()
    assert first.poll() is None
    first.communicate("")


def test_a_standby_that_hangs_has_one_who_sends_and_one_who_waits(tmp_path: Path) -> None:
    up, standby = upstream_at(tmp_path / "up.git"), upstream_at(tmp_path / "standby.git")
    one = server(tmp_path / "one", str(up))
    put(one, "first")
    made_standby(standby)
    fed(up, address(str(standby)), later=True)
    hook(standby, "update", "test -e gone || : >came; while ! test -e gone; do sleep 0.01; done")
    put(one, "a")
    until((standby / "came").exists)
    put(one, "b")
    until(lambda: is_waited_for(up / "standby/queue"))
    try:
        put(one, "c")
        subprocess.run(["sh", "./feed", "later"], cwd=up, check=True, timeout=30)  # as the hook runs it
    finally:
        (standby / "gone").touch()
    until(lambda: git(standby, "rev-parse", "main") == one.head())
    assert messages(one) == ["first", "a", "b", "c"]


def made_to_wait(up: Path, standby: Path, gives_up: int) -> Path:
    """Have an upstream look at what it sends to its standby a hundred times a second, and give up after so many looks at nothing new."""
    made_standby(standby)
    key_for(up)
    feed = up / "feed"
    text = feed.read_text()
    assert "sleep 5 " in text
    assert "-lt 120 " in text
    feed.write_text(text.replace("sleep 5 ", "sleep 0.01 ").replace("-lt 120 ", f"-lt {gives_up} "))
    return standby


def large_import(near: Servers, standby: Path, at_work: str) -> str:
    """Push to an upstream whose standby decides first, and takes its time."""
    made_to_wait(near.upstream, standby, gives_up=10**9)
    fed(near.upstream, address(str(standby)), later=False)
    hook(standby, "update", at_work)
    return put(near.one, "a")


def test_a_large_import_through_a_standby_is_waited_for_as_long_as_it_moves_there(
    near: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ended in that nobody knew, and was settled by the next act."""
    clock, standby = looked_at(tmp_path, monkeypatch, step=0.5), upstream_at(tmp_path / "standby.git")
    tells = 'read -r _ <&3; echo "Resolving deltas:  50% ($each/100)" >&2'
    commit = large_import(near, standby, f"exec 3<{tmp_path}/sign\nfor each in $(seq 100); do {tells}; done")
    assert commit == near.head() == git(standby, "rev-parse", "main")
    assert clock.at >= 50


def test_a_standby_that_stands_still_is_not_waited_for_without_end(near: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standby = upstream_at(tmp_path / "standby.git")
    monkeypatch.setattr(wire, "_PATIENCE", 0.0)
    monkeypatch.setattr(near.one.upstream, "_quiet", 0.5)
    try:
        with pytest.raises(StoreError, match=r"不知道是否已写入.*没有应答"):
            large_import(near, standby, f"while ! test -e {tmp_path}/gone; do echo 还在核对 >&2; sleep 0.01; done")
    finally:
        (tmp_path / "gone").touch()
    until(lambda: not hosts_own(standby) and not hosts_own(near.upstream))
    assert [*(near.upstream / "standby").glob("lines.*")] == []
    assert [*(near.upstream / "standby").glob("told.*")] == []


def test_a_standby_that_hangs_for_good_is_given_up_by_the_host(near: Servers, tmp_path: Path) -> None:
    """Whoever pushed has gone by then; what ran for him at the host, and who waited for it, went on as long as the standby hung."""
    put(near.one, "a")
    standby = made_to_wait(near.upstream, upstream_at(tmp_path / "standby.git"), gives_up=100)
    hook(standby, "update", f": >{tmp_path}/came; while ! test -e {tmp_path}/gone; do sleep 0.01; done")
    try:
        feeding = {"PATH": os.environ["PATH"], "GIT_DIR": str(near.upstream), "DUBAN_TO": str(standby)}
        done = subprocess.run(
            ["sh", "./feed", "first"], cwd=near.upstream, env=feeding, timeout=PATIENCE, capture_output=True, text=True, check=False
        )
        assert done.returncode
        assert (tmp_path / "came").exists(), done.stdout
    finally:
        (tmp_path / "gone").touch()
    until(lambda: not hosts_own(standby))


def test_what_a_killed_feed_left_goes_after_a_day(near: Servers) -> None:
    folder = key_for(near.upstream).parent
    for name in ("sent", "sent.4711", "told.4711", "lines.4711", "sent.4712"):
        (folder / name).touch()
        os.utime(folder / name, (1, 1) if name != "sent.4712" else (86_000, 86_000))
    assert swept(near.upstream, 100_000.0) == 3
    assert sorted(each.name for each in folder.iterdir()) == ["sent", "sent.4712"]


@pytest.mark.parametrize("which", ["itself", "no standby"])
def test_what_is_no_standby_is_not_fed_and_stops_nobody(near: Servers, tmp_path: Path, which: str) -> None:
    """With the same history there is nothing to push: so nothing refused it, and the first act was told that it had taken over."""
    up, other = near.upstream, upstream_at(tmp_path / "other.git")
    git(up, "push", "--quiet", str(other), "main")
    there = up if which == "itself" else other
    with pytest.raises(StoreError, match=rf"{there} 还不是备用库，什么都没有改。请先在那里运行 duban upstream {there} --standby"):
        fed(up, address(str(there)), later=False)
    assert put(near.one, "a") == near.head()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a web server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/up.git"


def test_a_question_has_half_a_minute_however_long_a_history_takes(silent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a server joins its upstream the register is locked."""
    monkeypatch.setattr(wire, "_TIMEOUT", 0.2)
    with pytest.raises(UnreachedError, match="那台主机没有应答"):
        joining.join(tmp_path / "one", address(silent))


def test_git_gives_up_a_web_server_that_says_nothing_though_its_caller_is_gone(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_git, "_SILENCE", 1)
    git = stock_git.Git(shutil.which("git") or "git", os.environ["PATH"])
    with pytest.raises(StoreError, match="那台主机没有应答"):
        git.run("取登记簿", "ls-remote", silent)
