"""Servers that push at once are let go in turn: comfort only, nothing rests on it, and who dies holds up nobody."""

import os
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from records.store.address import address
from records.store.branch import MAIN
from records.store.lock import held
from records.store.store import MovedError
from tests.githost import git, upstream_at
from tests.records.test_upstream import SERVICE, WHO, Servers, messages, put, two
from tests.waiting import until


@pytest.fixture
def near(tmp_path: Path) -> Servers:
    up = upstream_at(tmp_path / "up.git")
    return two(tmp_path, str(up), up)


def started(up: Path, server: str, *argv: str, word: str = "") -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "DUBAN_SERVER": server, "SSH_ORIGINAL_COMMAND": word}
    return subprocess.Popen(["/bin/sh", *argv], cwd=up, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def asks(up: Path, server: str) -> subprocess.Popen[str]:
    return started(up, server, str(up / "enter"), server, word="duban-turn")


def pushes(up: Path, server: str) -> subprocess.Popen[str]:
    return started(up, server, "hooks/pre-receive")


def told(asking: subprocess.Popen[str]) -> str:
    """What somebody is told who has the turn; he waits for it."""
    assert asking.stdout
    return asking.stdout.readline().strip()


def waits(up: Path) -> None:
    """Wait until somebody waits for the turn."""
    number = (up / "turn.lock").stat().st_ino
    until(lambda: re.search(rf"-> FLOCK.*:{number} ", Path("/proc/locks").read_text()) is not None)


def is_taken(up: Path) -> bool:
    """Whether it is anybody's turn."""
    return subprocess.run(["flock", "-n", up / "turn.lock", "true"], check=False).returncode != 0


@pytest.mark.parametrize("said", ["", "0123456789", "0" * 4000], ids=["nothing", "half a line", "no end of a line"])
def test_who_answers_half_or_too_much_gives_no_turn_and_holds_nobody_up(near: Servers, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr("records.store.upstream._TIMEOUT", 0.2)
    (near.upstream / "enter").write_text(f"#!/bin/sh\nprintf '{said}'\nexec sleep 3600\n")
    with near.one.upstream.turn() as stands:
        assert stands is None


def test_who_asks_is_let_go_first_and_the_next_after_him(near: Servers) -> None:
    up = near.upstream
    first = asks(up, "a")
    assert told(first) == near.head()
    assert asks(up, "a").communicate()[0].strip() == near.head()  # his own are let through, and hold nothing up
    second = asks(up, "b")
    waits(up)
    started(up, "b", "hooks/post-receive").wait()
    assert first.poll() is None  # another's is not given back
    started(up, "a", "hooks/post-receive").wait()
    assert first.wait() != 0
    assert told(second) == near.head()
    second.communicate("")


@pytest.mark.parametrize("how", ["dies", "asks no more"])
def test_whose_turn_it_is_pushes_and_others_wait_until_he_is_through_or_gone(near: Servers, how: str) -> None:
    up = near.upstream
    first = asks(up, "a")
    assert told(first)
    assert pushes(up, "a").communicate("")[0] == ""
    other, third = pushes(up, "b"), asks(up, "c")
    waits(up)
    assert other.poll() is None
    if how == "dies":
        first.kill()
    first.communicate("")
    other.communicate("")
    assert other.returncode == 0
    assert told(third) == near.head()
    third.communicate("")


def test_a_server_that_lost_a_race_is_let_go_first_until_it_has_landed(near: Servers) -> None:
    put(near.other, "theirs")
    with pytest.raises(MovedError):
        put(near.one, "ours")
    with near.one.writing() as transaction:
        assert is_taken(near.upstream)
        transaction.commit({"n/ours": b"ours"}, author=WHO, committer=SERVICE, message="ours")
    assert not is_taken(near.upstream)
    assert messages(near.one) == ["first", "theirs", "ours"]


def test_where_servers_crowd_who_acts_stands_where_the_upstream_does_by_then(near: Servers) -> None:
    """With the turn in hand before anything is read: no race is lost, nothing is done again, and the turn is given back."""
    (near.one.path.parent / "upstream/crowded").touch()
    theirs = put(near.other, "theirs")
    with near.one.writing() as transaction:
        assert (transaction.head, near.one.head()) == (theirs, theirs)
        assert is_taken(near.upstream)
        transaction.commit({"n/ours": b"ours"}, author=WHO, committer=SERVICE, message="ours")
    assert near.one.head() == near.head()
    assert not is_taken(near.upstream)
    near.other.follow()
    theirs = put(near.other, "more")
    with near.one.batch() as batch:
        assert (batch.head, is_taken(near.upstream)) == (theirs, True)
        batch.commit({"n/late": b"late"}, author=WHO, committer=SERVICE, message="late")
    assert messages(near.one) == ["first", "theirs", "ours", "more", "late"]


def test_where_servers_crowd_all_who_wait_at_one_go_together(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the turn pushes when those who wait behind him have acted too; and who has acted waits for nobody who comes later."""
    crowded = near.one.path.parent / "upstream/crowded"
    crowded.touch()
    put(near.other, "theirs")
    pushes, push, landed, next_ones = list[str](), near.one.upstream._push, threading.Semaphore(0), list[subprocess.Popen[str]]()

    def pushed(old: str | None, commit: str, again: int) -> object:
        pushes.append(commit)
        answer = push(old, commit, again)
        if not next_ones:
            next_ones.append(asks(near.upstream, "b"))
            assert told(next_ones[0]) == commit
        return answer

    def twice(name: str) -> None:
        put(near.one, name)
        landed.release()
        crowded.touch()  # however long ago that was
        put(near.one, name * 2)

    monkeypatch.setattr(near.one.upstream, "_push", pushed)
    lock, threads = near.one.path / "duban.lock", [threading.Thread(target=twice, args=(name,)) for name in "abcd"]

    def have_come(many: int) -> None:
        while Path("/proc/locks").read_text().count(f":{lock.stat().st_ino} ") < many:
            assert all(each.is_alive() for each in threads)

    with held(lock, 60):
        for each in threads:
            each.start()
        have_come(1 + len(threads))
    for _ in threads:
        assert landed.acquire(timeout=15)
    have_come(len(threads))  # one waits with the lock in hand for his turn, which the next one has, the others for the lock
    next_ones[0].communicate("")
    for each in threads:
        each.join()
    assert len(pushes) == 2
    assert pushes[1] == near.head()
    assert messages(near.one)[:2] == ["first", "theirs"]
    assert sorted(messages(near.one)[2:]) == ["a", "aa", "b", "bb", "c", "cc", "d", "dd"]


def test_where_nobody_gives_turns_a_server_that_just_landed_pauses_and_looks(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    (near.upstream / "enter").unlink()
    put(near.one, "a")
    folder, slept = near.one.path.parent / "upstream", list[float]()
    (folder / "landed").write_text("1.5")
    (folder / "crowded").touch()
    near.other.follow()

    def pausing(seconds: float) -> None:
        slept.append(seconds)
        monkeypatch.undo()
        put(near.other, "theirs")

    monkeypatch.setattr(time, "sleep", pausing)
    assert put(near.one, "b") == near.head()
    assert len(slept) == 1
    assert 0 < slept[0] <= 1.5
    assert messages(near.one) == ["first", "a", "theirs", "b"]


def test_without_turns_everything_goes_on(near: Servers) -> None:
    """A foreign host knows of none; one of our own whose files were taken away does not either."""
    for name in ("enter", "hooks/pre-receive", "hooks/post-receive"):
        (near.upstream / name).unlink()
    put(near.other, "theirs")
    with pytest.raises(MovedError):
        put(near.one, "ours")
    assert put(near.one, "ours") == (near.upstream / MAIN).read_text().strip()
    assert git(near.upstream, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("ssh", ["none", "another machine's"])
def test_where_ssh_cannot_be_run_there_are_no_turns(near: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ssh: str) -> None:
    (tmp_path / "bin").mkdir()
    if ssh != "none":
        (tmp_path / "bin/ssh").write_bytes(b"\x7fELF\x02\x01\x01")
        (tmp_path / "bin/ssh").chmod(0o755)
    monkeypatch.setattr("records.store.upstream._PATH", str(tmp_path / "bin"))
    near.one.upstream.address = address("ssh://duban@host.invalid/up.git")
    with near.one.upstream.turn() as stands:
        assert stands is None
