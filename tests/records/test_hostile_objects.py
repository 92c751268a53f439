"""Git objects that unfold to much more than they are: refused by size before they are unfolded, loose or packed, whole or a change."""

import os
import random
import struct
import subprocess
import tracemalloc
import zlib
from hashlib import sha1
from pathlib import Path

import pytest

from records.store.packs import entry_header, packed
from records.store.record_history import blob_id
from records.store.repository import Repository
from records.store.store import LARGEST, StoreError
from tests.records.test_gitstore import git, put

HUGE = 24 << 20  # bytes of zeros: 24 KB as an object
ALLOWED = 8 << 20  # bytes that reading may take; unfolding takes twice the size


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "register.git")


def planted(store: Repository, size: int, kind: str = "blob") -> str:
    """Write an object of zeros as stock Git would."""
    data = b"%s %d\0" % (kind.encode(), size) + bytes(size)
    object_id = sha1(data, usedforsecurity=False).hexdigest()
    path = store.path / "objects" / object_id[:2] / object_id[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(data))
    return object_id


def refused(store: Repository, object_id: str) -> None:
    tracemalloc.start()
    with pytest.raises(StoreError, match="没有这么大的记录"):
        store.blob(object_id)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < ALLOWED


@pytest.mark.parametrize("packed", [False, True])
def test_an_object_that_unfolds_to_more_than_any_record_is_not_unfolded(store: Repository, packed: bool) -> None:
    put(store, {"a": b"1"})
    blob = planted(store, HUGE)
    if packed:
        packs = store.path / "objects/pack/pack"
        subprocess.run(
            ["git", "-C", str(store.path), "pack-objects", "-q", str(packs)], input=blob.encode(), check=True, capture_output=True
        )
        git(store, "prune-packed")
        assert not (store.path / "objects" / blob[:2] / blob[2:]).exists()
    refused(store, blob)


def test_a_change_upon_a_huge_object_and_one_that_makes_a_huge_one_are_not_unfolded(store: Repository) -> None:
    put(store, {"a": b"1"})
    first = planted(store, HUGE)
    second = git(store, "hash-object", "-w", "--stdin", feed=bytes(HUGE - 1) + b"1").decode().strip()
    packs = store.path / "objects/pack/pack"
    listed = f"{first} same\n{second} same\n".encode()
    made = ["git", "-C", str(store.path), "-c", "core.bigFileThreshold=1g", "pack-objects", "-q", "--window=9", str(packs)]
    subprocess.run(made, input=listed, check=True, capture_output=True)
    git(store, "prune-packed")
    (pack,) = (store.path / "objects/pack").glob("pack-*.idx")
    assert b"chain length = 1: 1 object" in git(store, "verify-pack", "-v", str(pack))
    for blob in (first, second):
        refused(store, blob)


def test_the_largest_object_allowed_is_read_and_one_that_lies_about_its_size_is_damaged(store: Repository) -> None:
    put(store, {"a": b"1"})
    assert store.blob(planted(store, LARGEST)) == bytes(LARGEST)
    blob = planted(store, 99)
    (store.path / "objects" / blob[:2] / blob[2:]).write_bytes(zlib.compress(b"blob 99\0" + bytes(HUGE)))
    with pytest.raises(StoreError, match="已损坏"):
        store.blob(blob)


def test_what_git_packs_as_changes_is_read_as_it_was(store: Repository) -> None:
    text = [f"第{n}行 校园周边交通秩序整治\n".encode() for n in range(3000)]
    versions = []
    for n in range(40):
        text[n * 70] = b"%d\n" % n
        del text[n * 31]
        versions.append((put(store, {"a": b"".join(text)}), b"".join(text)))
    git(store, "repack", "-adfq", "--depth=50", "--window=50")
    fresh = Repository(store.path)
    assert [fresh.read("a", commit) for commit, _ in versions] == [data for _, data in versions]


def test_an_object_that_lies_across_a_gigabyte_of_a_pack_is_read(store: Repository) -> None:
    """A register of half a million acts has such packs; gitdb, which maps a gigabyte at a time, gives half of it."""
    whole = {blob_id(data): b"blob %d\0%s" % (len(data), data) for data in (b"first", random.Random(1).randbytes(4000))}
    first, across = whole
    name, pack, index = packed(whole)
    at = pack.index(entry_header(3, 4000) + zlib.compress(whole[across].partition(b"\0")[2], 1))
    gap = (1 << 30) - at - 100
    folder = store.path / "objects/pack"
    with (folder / f"pack-{name}.pack").open("wb") as file:  # what lies between is a hole, which takes up nothing
        file.write(pack[:at])
        file.seek(gap, os.SEEK_CUR)
        file.write(pack[at:])
    assert index.count(struct.pack(">I", at)) == 1
    (folder / f"pack-{name}.idx").write_bytes(index.replace(struct.pack(">I", at), struct.pack(">I", at + gap)))
    assert store.blob(first) == b"first"
    assert blob_id(store.blob(across)) == across


def test_a_pipe_in_the_place_of_the_branch_is_not_waited_for(store: Repository) -> None:
    os.mkfifo(store.path / "refs/heads/main")
    with pytest.raises(StoreError, match="管道"):
        store.head()
