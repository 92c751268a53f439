"""The history of one record by itself: what stock Git makes of it, what it proves, and packs that are made to hurt whoever opens them."""

import hashlib
import struct
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.store import receipt
from records.store.record_history import RecordHistory, blob_id, cut_out, opened
from records.store.repository import Repository
from records.store.store import StoreError
from tests.records.test_gitstore import git, imported, put

ITEM, OTHER = "items/2026/01/DB-2026-0118.yaml", "items/2026/01/DB-2026-0119.yaml"
TOLD = "办理\n\nDuban-Act: read\nDuban-Item: DB-2026-0118"
ALLOWED = 8 << 20  # bytes that reading may take


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "register.git")


def walked(store: Repository) -> list[str]:
    """Make a register of five commits, three of them on the item; return those."""
    first = put(store, {"bureau.yaml": b"id: lzga\n", OTHER: b"secret 1\n"})
    steps = [put(store, {ITEM: "甲\n".encode()}, TOLD), put(store, {ITEM: bytes(200_000), OTHER: b"secret 2\n"}, "手工改动")]
    put(store, {OTHER: b"secret 3\n"})
    assert first
    return [*steps, put(store, {ITEM: b""}, TOLD)]


def whole(store: Repository) -> RecordHistory:
    commits = walked(store)
    return cut_out(store, ITEM, commits, store.head() or "")


def test_stock_git_clones_it_and_finds_the_registers_own_commits_proven(store: Repository, tmp_path: Path) -> None:
    commits = walked(store)
    history = cut_out(store, ITEM, commits, store.head() or "")
    assert [(step.commit.id, len(step.record)) for step in history.steps] == list(zip(commits, (4, 200_000, 0), strict=True))
    (tmp_path / "h.bundle").write_bytes(history.bundle)
    git(store, "bundle", "verify", str(tmp_path / "h.bundle"))
    git(store, "clone", "-q", "--bare", str(tmp_path / "h.bundle"), str(tmp_path / "alone.git"))
    alone = Repository(tmp_path / "alone.git")
    git(alone, "fsck", "--full", "--strict")
    assert git(alone, "ls-tree", "-r", "--name-only", "main").decode().split() == [ITEM]
    git(alone, "unpack-objects", "-q", feed=history.proof)
    for own, commit in zip(reversed(git(alone, "rev-list", "main").decode().split()), commits, strict=True):
        found, said = alone.describe(commit), alone.describe(own)
        assert (said.author, said.committer) == (found.author, found.committer)
        assert receipt.trailers(said.message)["Duban-Commit"] == commit
        assert git(alone, "rev-parse", f"{commit}:{ITEM}") == git(alone, "rev-parse", f"{own}:{ITEM}")
    assert b"secret" not in history.bundle + history.proof


def test_what_was_made_is_opened_again_and_is_the_same_each_time(store: Repository) -> None:
    history = whole(store)
    assert opened(history.bundle, history.proof, ITEM) == history
    assert cut_out(store, ITEM, [step.commit.id for step in history.steps], store.head() or "") == history


def test_a_commit_left_out_and_a_record_that_moved_on_are_refused(store: Repository) -> None:
    commits = walked(store)
    head = store.head() or ""
    for some in (commits[:1] + commits[2:], commits[1:], commits[:2], []):
        with pytest.raises(StoreError):
            cut_out(store, ITEM, some, head)
    later = put(store, {ITEM: b"later"})
    with pytest.raises(StoreError, match="又有办理"):
        cut_out(store, ITEM, commits, later)


def test_a_commit_of_another_making_is_proven_as_it_is(store: Repository) -> None:
    commits = imported(store, f"M 100644 inline {ITEM}\ndata 1\na")
    history = cut_out(store, ITEM, commits, commits[-1])
    assert opened(history.bundle, history.proof, ITEM).steps[0].commit.id == commits[0]


@given(place=st.integers(0, 10**6), bit=st.integers(0, 7), which=st.booleans())
def test_no_bit_of_bundle_or_proof_can_be_another(made: RecordHistory, place: int, bit: int, which: bool) -> None:
    pieces = [bytearray(made.bundle), bytearray(made.proof)]
    piece = pieces[which]
    piece[place % len(piece)] ^= 1 << bit
    with pytest.raises(StoreError):
        opened(bytes(pieces[0]), bytes(pieces[1]), ITEM)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> RecordHistory:
    return whole(Repository.create(tmp_path_factory.mktemp("made") / "register.git"))


def _pack(*entries: bytes, count: int | None = None) -> bytes:
    body = b"PACK" + struct.pack(">II", 2, len(entries) if count is None else count) + b"".join(entries)
    return body + hashlib.sha1(body).digest()


def _entry(kind: int, size: int, data: bytes) -> bytes:
    head, size = bytearray([kind << 4 | size & 15]), size >> 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head) + zlib.compress(data, 1)


HOSTILE = {
    "says it unfolds to gigabytes": _pack(_entry(3, 1 << 33, b"")),
    "unfolds to more than it says": _pack(_entry(3, 10, bytes(64 << 20))),
    "unfolds to less than it says": _pack(_entry(3, 10, b"x")),
    "says it is empty": _pack(_entry(3, 0, bytes(64 << 20))),
    "four billion objects": _pack(count=2**32 - 1),
    "more objects than there are": _pack(_entry(3, 1, b"x"), count=9),
    "a difference": _pack(_entry(6, 1, b"x")),
    "a kind that there is not": _pack(_entry(5, 1, b"x")),
    "a size without end": _pack(b"\xb0" + b"\x80" * 4096 + b"\0"),
    "something behind": _pack(_entry(3, 1, b"x") + b"more"),
    "nothing": b"",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_pack_made_to_hurt_is_refused_before_it_does(made: RecordHistory, what: str) -> None:
    head = made.bundle[: made.bundle.index(b"\n\n") + 2]
    tracemalloc.start()
    for bundle, proof in ((head + HOSTILE[what], made.proof), (made.bundle, HOSTILE[what])):
        with pytest.raises(StoreError):
            opened(bundle, proof, ITEM)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < ALLOWED


def test_a_file_is_named_as_git_names_it() -> None:
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
