"""The line of acts when who leads it is cut off between two steps, or cannot say what befell it: nobody is told what is not so."""

import errno
import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from records.store.line import Line, Place
from records.store.repository import Repository
from records.store.store import StoreError
from tests.records.test_gitstore import assert_sound, forked, git, put

_SLOTS = 2 * 16384
_LONG = 60.0  # seconds, for what never takes so long


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    found = Repository.create(tmp_path / "register.git")
    put(found, {"a": b"0"})
    return found


class Waits:
    """Somebody who stands in the line and looks round only when he is let go."""

    def __init__(self, store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        settle, joined, self._go = Line.settle, threading.Event(), threading.Event()
        self.told = ""

        def stopped(line: Line, place: Place, timeout: float) -> None:
            joined.set()
            self._go.wait(_LONG)
            settle(line, place, timeout)

        def work() -> None:
            try:
                self.told = put(Repository(store.path), {"waits": b"1"}, "waits")
            except StoreError as error:
                self.told = str(error)

        with monkeypatch.context() as patched:
            patched.setattr(Line, "settle", stopped)
            self._thread = threading.Thread(target=work)
            self._thread.start()
            assert joined.wait(_LONG)

    def goes_on(self) -> str:
        """Let him look, and return his commit, or what he was told instead."""
        self._go.set()
        self._thread.join(_LONG)
        return self.told


def killed(store: Repository, lay: Callable[[pytest.MonkeyPatch], None]) -> None:
    """Have another process write on top of the line and lead it, and be killed where that was laid for it."""

    def work() -> None:
        lay(pytest.MonkeyPatch())
        put(Repository(store.path), {"leads": b"1"}, "leads")

    process = forked.Process(target=work)
    process.start()
    process.join(_LONG)
    assert process.exitcode == -signal.SIGKILL


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def on_record(store: Repository, message: str) -> str:
    """The commit of that message; empty where there is none."""
    return git(store, "log", "--format=%H", f"--grep=^{message}$", "main").decode().strip()


def file_of(descriptor: int) -> str:
    return os.readlink(f"/proc/self/fd/{descriptor}")


def failing(monkeypatch: pytest.MonkeyPatch, name: str, hits: Callable[..., bool]) -> None:
    """Have a call of the system fail where it is one of those."""
    real = getattr(os, name)

    def broken(*words: object) -> object:
        if hits(*words):
            raise OSError(errno.EIO, "injected")
        return real(*words)

    monkeypatch.setattr(os, name, broken)


def slot_of_who_leads(descriptor: int, _: bytes, at: int) -> bool:
    return at > 0 and file_of(descriptor).endswith("duban.line")


def test_who_is_interrupted_after_the_branch_has_moved_has_nobody_told_that_nothing_was_written(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Waits(store, monkeypatch)

    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("records.store.branch.sync_folder", interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(store, {"leads": b"1"}, "leads")
    assert on_record(store, "waits")
    assert waits.goes_on() == on_record(store, "waits")
    assert_sound(store)


def once_the_branch_has_moved(child: pytest.MonkeyPatch) -> None:
    child.setattr("records.store.branch.sync_folder", lambda _: dies())


def test_where_who_leads_is_killed_as_the_branch_has_moved_nobody_is_answered_before_that_is_durable(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, real, synced = Waits(store, monkeypatch), os.fsync, list[str]()

    def seen(descriptor: int) -> None:
        synced.append(file_of(descriptor))
        real(descriptor)

    killed(store, once_the_branch_has_moved)
    assert on_record(store, "waits")
    monkeypatch.setattr(os, "fsync", seen)
    assert waits.goes_on() == on_record(store, "waits")
    assert str(store.path / "refs/heads") in synced


def test_where_that_cannot_be_made_durable_it_is_said(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = Waits(store, monkeypatch)
    killed(store, once_the_branch_has_moved)
    failing(monkeypatch, "fsync", lambda descriptor: file_of(descriptor).endswith("refs/heads"))
    assert "本次操作已写入" in waits.goes_on()


def test_who_cannot_say_what_befell_the_line_does_not_say_that_nothing_was_written(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Waits(store, monkeypatch)
    with monkeypatch.context() as patched:
        failing(patched, "fsync", lambda _: True)
        failing(patched, "pwrite", slot_of_who_leads)
        with pytest.raises(StoreError, match="不知道本次操作是否已写入"):
            put(store, {"leads": b"1"}, "leads")
    assert waits.goes_on() == on_record(store, "waits")  # he leads on, and with his act goes that of who could say nothing
    assert on_record(store, "leads")


def test_whoever_has_the_line_led_to_its_end_does_not_try_for_ever(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    waits, tried = Waits(store, monkeypatch), list[int]()

    def in_vain(descriptor: int) -> bool:
        tried.append(descriptor)
        assert len(tried) < 50, "it is tried for ever"
        return True

    with monkeypatch.context() as patched:
        failing(patched, "fsync", in_vain)
        failing(patched, "pwrite", slot_of_who_leads)
        with pytest.raises(StoreError, match="读写出错"), store.batch():
            pytest.fail("the line does not stand at its end")
    assert waits.goes_on() == on_record(store, "waits")


def test_the_line_has_its_room_also_where_a_copy_has_left_it_out(store: Repository) -> None:
    """``cp`` takes room that was taken beforehand for a hole; on a full disk nobody would be told then what befell his act."""
    line = store.path / "duban.line"
    os.truncate(line, 0)
    os.truncate(line, _SLOTS)
    put(store, {"a": b"1"})
    assert 512 * line.stat().st_blocks >= _SLOTS


def test_who_is_killed_over_saying_how_far_he_led_leaves_that_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write is cut by a kill between two pages; the more troubles there were, the more there is to write."""
    store = Repository.create(tmp_path / ("督" * 80) / ("办" * 80) / "register.git")
    put(store, {"a": b"0"})
    with monkeypatch.context() as patched:
        failing(patched, "fsync", lambda _: True)
        for _ in range(9):
            with pytest.raises(StoreError, match="读写出错"):
                put(store, {"a": b"1"})
    waits = Waits(store, monkeypatch)
    put(store, {"b": b"1"})
    real = os.pwrite

    def after_a_page(child: pytest.MonkeyPatch) -> None:
        def cut(descriptor: int, data: bytes, at: int) -> int:
            if not slot_of_who_leads(descriptor, data, at):
                return real(descriptor, data, at)
            real(descriptor, data[:4096], at)
            dies()
            return 0

        failing(child, "fsync", lambda _: True)
        child.setattr(os, "pwrite", cut)

    killed(store, after_a_page)
    assert waits.goes_on() == on_record(store, "waits")


def test_what_befell_the_line_is_told_also_where_the_path_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Repository.create(tmp_path / os.fsdecode("登记簿".encode("gbk")) / "register.git")
    put(store, {"a": b"0"})
    waits = Waits(store, monkeypatch)
    with monkeypatch.context() as patched:
        failing(patched, "fsync", lambda _: True)
        with pytest.raises(StoreError, match="读写出错"):
            put(store, {"a": b"1"})
    assert "读写出错" in waits.goes_on()
    shutil.rmtree(store.path.parent)  # pytest cannot print it


def test_what_one_left_who_was_killed_before_he_joined_is_not_taken_for_what_came_in_its_place(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system may give the number of a file that is gone to the next one, as ext4 does."""
    waits, other, real = Waits(store, monkeypatch), Repository(store.path), os.pwrite

    def before_he_has_joined(child: pytest.MonkeyPatch) -> None:
        def cut(descriptor: int, data: bytes, at: int) -> int:
            if file_of(descriptor).endswith("duban.line"):
                dies()
            return real(descriptor, data, at)

        child.setattr(os, "pwrite", cut)

    def seen() -> bytes | None:
        with other.writing() as transaction:
            assert transaction.head
            return other.read("waits", transaction.head)

    killed(store, before_he_has_joined)
    assert seen() == b"1"
    second = Waits(store, monkeypatch)
    assert seen() == b"1"
    both = waits.goes_on(), second.goes_on()
    assert both == tuple(reversed(on_record(store, "waits").split()))
