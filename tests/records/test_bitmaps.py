"""Bitmaps over packs: as an operator has Git write them they are no finding, and one that says other things is."""

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from records.audit.bitmaps import bitmaps
from records.audit.subject import subject
from records.register.maintenance import maintain
from records.store.repository import Repository
from tests.bureau import at
from tests.records.test_gitstore import git, put
from tests.records.test_maintenance import STOCK

_COMMITS = 300
"""So many that Git keeps bitmaps of some, each but the first as the difference from one before it."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    store = Repository.create(tmp_path_factory.mktemp("bitmaps") / "register.git")
    for number in range(_COMMITS):
        put(store, {"a": b"%d" % number, "b": b"%d" % (number // 7)}, "办理")
    return store


@pytest.fixture
def store(made: Repository, tmp_path: Path) -> Repository:
    git(made, "clone", "-q", "--bare", str(made.path), str(tmp_path / "register.git"))
    found = Repository(tmp_path / "register.git")
    git(found, "-c", "pack.writeReverseIndex=true", "repack", "-adbq")
    return found


def line(store: Repository) -> list[str]:
    return [each.id for each in store.commits(None, store.head() or "")]


def told(store: Repository) -> list[str]:
    return [each.reason for each in bitmaps(store.path, line(store))]


def file(store: Repository, ending: str) -> Path:
    (path,) = (store.path / "objects/pack").glob(f"*.{ending}")
    path.chmod(0o644)
    return path


def summed(data: bytes) -> bytes:
    return data + hashlib.sha1(data, usedforsecurity=False).digest()


def test_what_an_operator_has_git_write_is_no_finding_whatever_came_since(store: Repository, tmp_path: Path) -> None:
    assert int.from_bytes(file(store, "bitmap").read_bytes()[8:12], "big") > 3
    assert told(store) == []
    assert [*bitmaps(store.path, line(store)[100:])] == [], "an audit that began later"
    put(store, {"a": b"after"}, "办理")
    assert told(store) == []
    maintain(tmp_path, STOCK, at("2026-11-23T10:40"))
    assert told(store) == []
    git(store, "gc", "-q")
    assert told(store) == []
    git(store, "-c", "pack.writeBitmapLookupTable=true", "repack", "-adbq")
    assert file(store, "bitmap").read_bytes()[6:8] > b"\0\x05", "it holds more than the others did"
    assert told(store) == []


def another_commit(store: Repository) -> None:
    """What stands behind one commit is said to stand behind a later one."""
    path = file(store, "bitmap")
    data = bytearray(path.read_bytes()[:-20])
    place = 32
    for _ in range(4):
        place = _behind(data, place)
    second = _behind(data, place + 6)
    data[place : place + 4], data[second : second + 4] = data[second : second + 4], data[place : place + 4]
    path.write_bytes(summed(bytes(data)))


def _behind(data: bytearray, place: int) -> int:
    return place + 12 + 8 * int.from_bytes(data[place + 4 : place + 8], "big")


def other_places(store: Repository) -> None:
    path = file(store, "rev")
    data = bytearray(path.read_bytes()[:-20])
    data[12:16], data[16:20] = data[16:20], data[12:16]
    path.write_bytes(summed(bytes(data)))


def cut_off(store: Repository) -> None:
    path = file(store, "bitmap")
    path.write_bytes(path.read_bytes()[:200])


def endless(store: Repository) -> None:
    """A run of more objects than there are, which would take all of the memory."""
    path = file(store, "bitmap")
    data = bytearray(path.read_bytes()[:-20])
    data[40:48] = struct.pack(">Q", 0xFFFFFFFF << 1)
    path.write_bytes(summed(bytes(data)))


@pytest.mark.parametrize("forge", [another_commit, other_places, cut_off, endless])
def test_a_bitmap_that_says_something_else_is_found(store: Repository, tmp_path: Path, forge: Callable[[Repository], None]) -> None:
    honest = git(store, "rev-list", "--count", "main")
    forge(store)
    assert git(store, "rev-list", "--count", "main") == honest
    (reason,) = told(store)
    assert reason.startswith("objects/pack/pack-")
    false, _ = subject(tmp_path).surroundings(store.head() or "", line(store), whole=True)
    assert reason in [each.reason for each in false]
