"""Whatever call of an act the system answers with an error, for once or from then on: it is told as what it is, and never half done."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from records.acts import Refusal
from records.register.register import Register
from records.store.repository import Repository
from records.store.store import StoreError
from tests.records.test_gitstore import CLERK, SERVICE, assert_sound, put

WHEN = datetime(2026, 11, 28, 9, tzinfo=timezone(timedelta(hours=8)))
CALLS = (
    *("open", "read", "pread", "write", "pwrite", "fsync", "fstat", "stat", "scandir", "listdir", "link", "replace", "unlink", "utime"),
    *("mkdir", "ftruncate", "posix_fallocate", "posix_fadvise"),
)
"""What an act asks of the disk."""


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    found = Repository.create(tmp_path / "register.git")
    for number in range(256):  # the same calls every time
        (found.path / "objects" / f"{number:02x}").mkdir()
    put(found, {"a": b"0"})
    return found


def failing(at: int, lasting: bool, met: list[str]) -> Callable[[str, Callable[..., Any]], Callable[..., Any]]:
    """Wrap calls so that one of them fails, or all from there on; what failed is noted."""
    calls = count()

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **options: Any) -> Any:
            number = next(calls)
            if number == at or (lasting and number > at):
                met.append(name)
                raise OSError(errno.EIO, "injected")
            return real(*words, **options)

        return call

    return wrapped


def one_by_one(path: Path, data: bytes) -> None:
    put(Repository(path), {"a": data})


def together(path: Path, data: bytes) -> None:
    with Repository(path).batch() as landing:
        for name in "ab":
            landing.commit({name: data}, author=CLERK, committer=SERVICE, message=name)


def tried(act: Callable[[bytes], None], lasting: bool) -> Iterator[tuple[list[str], str]]:
    """Let each call fail once, and yield which failed and what was told then, empty where it was done."""
    for at in count():
        met: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            wrap = failing(at, lasting, met)
            for name in CALLS:
                patch.setattr(os, name, wrap(name, getattr(os, name)))
            told = ""
            try:
                act(b"%d" % at)
            except StoreError as error:
                told = str(error)
        yield met, told
        if not met:
            return


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("act", [one_by_one, together])
def test_it_is_told_as_what_it_is(store: Repository, act: Callable[[Path, bytes], None], lasting: bool, tmp_path: Path) -> None:
    failed: set[str] = set()
    head = store.head()

    def afresh(data: bytes) -> None:
        act(tmp_path / "copy", data)

    shutil.copytree(store.path, tmp_path / "copy")
    for met, told in tried(afresh, lasting):
        failed |= set(met[:1])
        copy = Repository(tmp_path / "copy")
        stands = copy.head()
        if stands == head:
            assert told, f"not on record, and it was said to be: {met}"
        else:
            assert not told or "不要重复操作" in told, f"on record, and it was said: {told}"
        assert copy.describe(put(copy, {"b": b"the next act goes on"})).parent == stands
        if not met or (told and stands != head):
            assert_sound(copy)
        shutil.rmtree(copy.path)
        shutil.copytree(store.path, copy.path)
    assert failed >= {"open", "read", "write", "fsync", "unlink"}


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_an_act_of_the_register_is_told_as_what_it_is(demo: Register, lasting: bool) -> None:
    home, refused = demo.home, 0

    def progress(data: bytes) -> None:
        register = Register(home)
        try:
            text = f"走访商户{data.decode()}家。"
            done = register.act("report_progress", "DB-2026-0171", "JJ.liaison", {"text": text}, WHEN + timedelta(minutes=int(data)))
            assert not isinstance(done, Refusal), done
        finally:
            register.close()

    head = demo.head()
    for _, told in tried(progress, lasting):
        stands = demo.head()
        assert bool(told) or stands != head
        assert stands == head or not told or "不要重复操作" in told, f"on record, and it was said: {told}"
        head, refused = stands, refused + bool(told)
    assert refused > 20
