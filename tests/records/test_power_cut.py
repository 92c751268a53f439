"""A power cut on a disk of its own: what was acknowledged is there when the machine comes up again (X4).

The file system is told to stop as if the power had gone, its journal not written out: what nobody synced is lost, as on the real thing.
"""

import errno
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from records.audit.branch_log import branch_log, read_branch_log
from records.store.repository import Repository
from records.store.store import Ident, StoreError
from tests.disks import Disk, plugged_in
from tests.records.test_gitstore import forked, git

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk")]
WHO = Ident("王敏", "BGS.clerk1@lzga", datetime.fromisoformat("2026-08-31T09:00:00+08:00"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    yield from plugged_in(tmp_path)


def cut(disk: Disk) -> None:
    try:
        disk.fail()
    except OSError as error:
        pytest.skip(f"the power of this file system cannot be cut: {error}")
    disk.plug_in_again()


def writing(path: Path, batch: int, told: Path) -> None:
    """Commit one by one and together, and say what counts."""
    store, done = Repository(path), list[str]()
    for number in range(4):
        with store.writing() as transaction:
            files = {f"items/2026/{batch:02}/x{number}.yaml": b"%d" % number}
            done.append(transaction.commit(files, author=WHO, committer=WHO, message=f"{batch} {number}"))
    with store.batch() as landing:
        done += [landing.commit({f"n{number}.yaml": b"%d" % batch}, author=WHO, committer=WHO, message="together") for number in range(4)]
    told.write_text("\n".join([*told.read_text().split(), *done]))


def test_what_was_acknowledged_outlives_a_power_cut(disk: Disk, tmp_path: Path) -> None:
    path, told = disk.root / "register.git", tmp_path / "told"
    Repository.create(path)
    told.write_text("")
    for batch in range(3):
        writer = forked.Process(target=writing, args=(path, batch, told))  # who has a pack open keeps the disk from being taken out
        writer.start()
        writer.join()
        assert writer.exitcode == 0
        (disk.root / "unsynced").write_bytes(b"x" * 4096)
        cut(disk)
        assert not (disk.root / "unsynced").exists() or not (disk.root / "unsynced").stat().st_size  # it was one
        line = git(Repository(path), "rev-list", "--reverse", "main").decode().split()
        assert line == told.read_text().split()
        git(Repository(path), "fsck", "--strict")
        false, untold = branch_log(read_branch_log(path), line)
        assert not false, "what the power took of the log is no falsehood"
        assert "没有记到现在的" in untold[0], "the test would see nothing if nothing of the log were lost"
    with Repository(path).writing() as transaction:
        line.append(transaction.commit({"last.yaml": b"1"}, author=WHO, committer=WHO, message="last"))
    false, (cut_off,) = branch_log(read_branch_log(path), line)
    assert not false
    assert f"共 {len(line) - 2} 笔" in cut_off, "all but the first, which is noted durably, and the last"


def test_what_the_power_cut_short_is_whole_or_absent(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Repository.create(disk.root / "register.git")
    with store.writing() as transaction:
        head = transaction.commit({"a.yaml": b"1"}, author=WHO, committer=WHO, message="1")
    real, left = os.fsync, 4

    def fsync(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(errno.EIO, "the power is gone")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StoreError), store.writing() as transaction:
        transaction.commit({"a.yaml": b"2"}, author=WHO, committer=WHO, message="2")
    monkeypatch.undo()
    cut(disk)
    store = Repository(disk.root / "register.git")
    assert store.head() == head
    git(store, "fsck", "--strict")
    with store.writing() as transaction:
        assert transaction.head == head
