"""A disk that is full or may only be read, at the Git host and here: nothing is lost, what is told is true, nothing is left behind."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from records.store.opening import opened
from records.store.pushing import Replica
from records.store.repository import Repository
from records.store.store import StoreError
from records.store.upstream import UnreachedError
from tests.disks import Disk, plugged_in
from tests.githost import attached, upstream_at
from tests.records.test_upstream import SERVICE, WHO, Servers, hook, messages, put, server, two

pytestmark = pytest.mark.e2e
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk")
WRITTEN = "Git 主机的库写不进去：磁盘满了（空间或者文件数，用 df、df -i 看）、只能读，或者有文件不归运行的账号"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "host"
    place.mkdir()
    yield from plugged_in(place)


@pytest.fixture
def there(disk: Disk, tmp_path: Path) -> Servers:
    """Two servers whose upstream lies on that disk."""
    up = upstream_at(disk.root / "up.git")
    return two(tmp_path, str(up), up)


def without_room_for_files(folder: Path) -> None:
    folder.mkdir()
    subprocess.run("seq 100000 | xargs touch 2>/dev/null", cwd=folder, shell=True, check=False)


def emptied(folder: Path) -> None:
    for each in folder.iterdir():
        each.unlink()


@AS_ROOT
@pytest.mark.parametrize("how", ["read only", "no more files"])
def test_a_host_that_can_keep_nothing_is_not_put_down_to_who_owns_it(there: Servers, disk: Disk, how: str) -> None:
    """Git says of all of them that it cannot make a folder; ``chown`` would help with none of these two."""
    if how == "read only":
        disk.lock(True)
    else:
        without_room_for_files(disk.root / "many")
    with pytest.raises(StoreError) as refused:
        put(there.one, "a")
    assert str(refused.value).startswith(f"上级库没有收下，本次操作未写入。它说：{WRITTEN}"), str(refused.value)
    if how == "read only":
        disk.lock(False)
    else:
        emptied(disk.root / "many")
    assert put(there.one, "b") == there.head()
    assert messages(there.one) == ["first", "b"]


@AS_ROOT
def test_a_lock_that_cannot_be_made_is_not_one_that_was_left(there: Servers, disk: Disk) -> None:
    """Whoever is told to delete it finds none."""
    many = disk.root / "many"
    many.mkdir()
    hook(there.upstream, "update", f"cd {many} && seq 100000 | xargs touch 2>/dev/null; exit 0")
    with pytest.raises(StoreError, match="上级库没有收下，本次操作未写入。它说：Git 主机的磁盘满了。请腾出空间"):
        put(there.one, "a")
    (there.upstream / "hooks/update").unlink()
    emptied(many)
    assert put(there.one, "b") == there.head()
    assert messages(there.one) == ["first", "b"]


@AS_ROOT
def test_a_replica_whose_disk_filled_goes_on_once_there_is_room(disk: Disk, tmp_path: Path) -> None:
    one = server(tmp_path / "one", str(upstream_at(tmp_path / "up.git")))
    put(one, "first")
    replica = replica_of(disk.root / "replica", one.upstream.address.url)
    much(one)
    size = os.statvfs(disk.root)
    os.posix_fallocate(fill := os.open(disk.root / "fill", os.O_CREAT | os.O_WRONLY), 0, (size.f_bavail * size.f_bsize) - (1 << 20))
    os.close(fill)
    left = os.statvfs(disk.root).f_bavail
    for _ in range(2):
        with pytest.raises(UnreachedError, match="登记簿还在原处。本机的磁盘满了。请腾出空间"):
            replica.follow()
    assert os.statvfs(disk.root).f_bavail >= left - 8
    (disk.root / "fill").unlink()
    assert replica.follow().new == one.head()
    assert not [*replica.path.glob("objects/pack/tmp_*")]


def replica_of(home: Path, url: str) -> Replica:
    attached(home, url, replica=True)
    Repository.create(home / "register.git")
    found = opened(home)
    assert isinstance(found, Replica)
    found.follow()
    return found


def much(store: Repository) -> None:
    """Put two megabytes on record."""
    with store.writing() as transaction:
        files = {f"n/{n}": os.urandom(100_000) for n in range(20)}
        transaction.commit(files, author=WHO, committer=SERVICE, message="much")
