"""The graph that Git keeps of the commits: as upkeep has it written it is no finding, and one that says other things is."""

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from records.audit.commit_graph import commit_graph
from records.audit.subject import subject
from records.register.maintenance import maintain
from records.store.paths import item_path
from records.store.repository import Repository
from tests.bureau import at
from tests.records.test_gitstore import git, put
from tests.records.test_maintenance import STOCK

NOW = at("2026-11-23T10:40")
ITEM = "DB-2026-0118"
Change = Callable[[bytearray, dict[bytes, int], int], None]
"""Alters a graph, given where its parts begin and at which place the commit stands."""


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    found = Repository.create(tmp_path / "register.git")
    for number in range(12):
        put(found, {item_path(ITEM): b"%d" % number}, f"反馈\n\nDuban-Act: report_progress\nDuban-Item: {ITEM}\n")
    return found


def history(store: Repository) -> list[str]:
    return git(store, "rev-list", "--reverse", "main").decode().split()


def told(store: Repository) -> list[str]:
    return [each.reason for each in commit_graph(store.path, store, history_before(store), {})]


def history_before(store: Repository) -> list[str]:
    """As this program reads it, which asks no graph."""
    return [each.id for each in store.commits(None, store.head() or "")]


def forged(store: Repository, change: Change) -> str:
    """Have the graph say something else of the last but one commit, with a sum that is right."""
    git(store, "commit-graph", "write", "--reachable", "--changed-paths")
    path, commit = store.path / "objects/info/commit-graph", history(store)[-2]
    data = bytearray(path.read_bytes())
    begins = {bytes(data[n : n + 4]): int.from_bytes(data[n + 4 : n + 12], "big") for n in range(8, 8 + 12 * data[6], 12)}
    ids = [data[begins[b"OIDL"] + 20 * n :][:20].hex() for n in range(12)]
    change(data, begins, ids.index(commit))
    path.chmod(0o644)
    path.write_bytes(data[:-20] + hashlib.sha1(data[:-20], usedforsecurity=False).digest())
    return commit


def test_what_upkeep_has_git_write_is_no_finding_in_one_file_and_in_many(store: Repository, tmp_path: Path) -> None:
    for more in (0, 1, 3, 40, 2):
        for number in range(more):
            put(store, {"b": b"%d %d" % (more, number)}, "办理")
        maintain(tmp_path, STOCK, NOW)
        assert told(store) == []
    assert len(list((store.path / "objects/info/commit-graphs").glob("*.graph"))) > 1
    put(store, {"b": b"after"}, "办理")
    assert told(store) == []
    git(store, "commit-graph", "write", "--reachable")
    assert told(store) == []


def parent(data: bytearray, begins: dict[bytes, int], place: int) -> None:
    at_parent = begins[b"CDAT"] + 36 * place + 20
    data[at_parent : at_parent + 4] = struct.pack(">I", 0x70000000)


def tree(data: bytearray, begins: dict[bytes, int], place: int) -> None:
    data[begins[b"CDAT"] + 36 * place] ^= 1


def time(data: bytearray, begins: dict[bytes, int], place: int) -> None:
    data[begins[b"CDAT"] + 36 * place + 35] ^= 1


def led(data: bytearray, begins: dict[bytes, int], place: int) -> None:
    data[begins[b"CDAT"] + 36 * place + 28] ^= 4


def walked(data: bytearray, begins: dict[bytes, int], place: int) -> None:
    data[begins[b"GDA2"] + 4 * place + 2] ^= 1


def paths(data: bytearray, begins: dict[bytes, int], place: int) -> None:
    ends = [0, *struct.unpack_from(">12I", data, begins[b"BIDX"])]
    for at_bits in range(begins[b"BDAT"] + 12 + ends[place], begins[b"BDAT"] + 12 + ends[place + 1]):
        data[at_bits] = 0


@pytest.mark.parametrize("change", [parent, tree, time, led, walked, paths])
def test_a_graph_that_says_something_else_of_a_commit_is_found(store: Repository, tmp_path: Path, change: Change) -> None:
    commit = forged(store, change)
    if change is parent:
        assert len(history(store)) == 2, "this is what it is done for"
    if change is paths:
        shown = git(store, "log", "--format=%H", "main", "--", item_path(ITEM)).decode().split()
        assert (len(shown), commit in shown) == (11, False), "likewise: one act of a matter is not told"
    (reason,) = told(store)
    assert commit[:12] in reason
    false, _ = subject(tmp_path).surroundings(store.head() or "", history_before(store), whole=True)
    assert reason in [each.reason for each in false]


def test_a_graph_is_not_blamed_for_a_commit_that_touches_another_record_than_it_names(store: Repository) -> None:
    put(store, {item_path("DB-2026-0119"): b"1"}, f"反馈\n\nDuban-Act: report_progress\nDuban-Item: {ITEM}\n")
    git(store, "commit-graph", "write", "--reachable", "--changed-paths")
    shown = git(store, "log", "--format=%H", "main", "--", item_path(ITEM)).decode().split()
    assert len(shown) == 12
    assert told(store) == [], "which the replay finds of the commit itself"


@pytest.mark.parametrize("left", [0, 5, 100, 1000])
def test_a_graph_that_is_none_is_said_to_be_none(store: Repository, left: int) -> None:
    git(store, "commit-graph", "write", "--reachable")
    path = store.path / "objects/info/commit-graph"
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data[:left])
    assert "objects/info/commit-graph 不是 Git 的提交图，或者已损坏" in told(store)[0]
