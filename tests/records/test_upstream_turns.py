"""Servers that push at once are let go in turn: comfort only, nothing rests on it, and a turn that nobody uses holds up nobody for long."""

import os
import subprocess
from pathlib import Path

import pytest

from records.store.branch import MAIN
from records.store.store import MovedError
from tests.githost import git, upstream_at
from tests.records.test_upstream import Servers, messages, put, two


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


def test_who_asks_is_let_go_first_and_the_next_after_him(near: Servers) -> None:
    up = near.upstream
    assert asks(up, "a").communicate()[0].strip() == near.head()
    assert (up / "turn").read_text() == "a\n"
    assert asks(up, "a").wait() == 0  # he has it already
    waiting = asks(up, "b")
    started(up, "b", "hooks/post-receive").wait()
    assert (up / "turn").read_text() == "a\n"  # another's is not given back
    started(up, "a", "hooks/post-receive").wait()
    assert waiting.communicate()[0].strip() == near.head()
    assert (up / "turn").read_text() == "b\n"


def test_whose_turn_it_is_pushes_and_others_wait_for_him_but_not_for_ever(near: Servers) -> None:
    up = near.upstream
    (up / "turn").write_text("a\n")
    assert pushes(up, "a").communicate("")[0] == ""
    assert (up / "turn").exists()  # until it has landed
    other = pushes(up, "b")
    (up / "turn").unlink()
    assert other.communicate("")[0] == ""
    assert other.returncode == 0
    (up / "turn").write_text("gone\n")  # its server died
    late = pushes(up, "b")
    late.communicate("")
    assert (late.returncode, (up / "turn").exists()) == (0, False)


def test_a_server_that_lost_a_race_is_let_go_first_until_it_has_landed(near: Servers) -> None:
    put(near.other, "theirs")
    with pytest.raises(MovedError):
        put(near.one, "ours")
    turn = near.upstream / "turn"
    assert turn.exists()
    assert put(near.one, "ours") == near.head()
    assert not turn.exists()
    assert messages(near.one) == ["first", "theirs", "ours"]


def test_where_servers_crowd_nothing_is_sent_that_is_known_to_be_late(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    put(near.other, "theirs")
    with pytest.raises(MovedError):
        put(near.one, "ours")
    put(near.one, "ours")
    (near.one.path.parent / "upstream/crowded").touch()
    near.other.follow()
    put(near.other, "more")
    monkeypatch.setattr(near.one.upstream, "_push", lambda *_: pytest.fail("it was sent"))
    with pytest.raises(MovedError):
        put(near.one, "late")
    assert near.one.head() == near.head()
    monkeypatch.undo()
    assert put(near.one, "late") == near.head()


def test_without_turns_everything_goes_on(near: Servers) -> None:
    """A foreign host knows of none; one of our own whose files were taken away does not either."""
    for name in ("enter", "hooks/pre-receive", "hooks/post-receive"):
        (near.upstream / name).unlink()
    put(near.other, "theirs")
    with pytest.raises(MovedError):
        put(near.one, "ours")
    assert put(near.one, "ours") == (near.upstream / MAIN).read_text().strip()
    assert git(near.upstream, "fsck", "--strict", "--no-dangling") == ""
