"""What every store gives, whichever it is: one suite over all of them. A store that advances by push joins the list below."""

import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from records.store.objects import FILE, FOLDER, Ident, StoreError
from records.store.repository import Repository
from records.store.store import FileChange, Store
from records.store.worktree import WorkTree

WHO = Ident("王敏", "BGS.clerk1@lzga", datetime.fromisoformat("2026-08-31T09:00:00+08:00"))
FILES = (
    {"bureau.yaml": b"id: lzga\n", "items/2026/01/DB-2026-0118.yaml": "甲\n".encode()},
    {"items/2026/01/DB-2026-0118.yaml": "乙\n".encode(), "items/2026/01/DB-2026-0119.yaml": "丙\n".encode()},
    {"numbers/2026/special.yaml": b"one\n"},
)


def bare(folder: Path) -> tuple[Store, list[str]]:
    """A register of three commits."""
    store = Repository.create(folder / "register.git")
    made = []
    with store.writing() as transaction:
        for n, files in enumerate(FILES):
            made.append(transaction.commit(files, author=WHO, committer=WHO, message=f"第{n}笔"))
    return store, made


def reopened(folder: Path) -> tuple[Store, list[str]]:
    """The same, packed by stock Git and opened anew."""
    store, made = bare(folder)
    subprocess.run(["git", "-C", str(store.path), "gc", "-q"], check=True)
    return Repository(store.path), made


def clone(folder: Path) -> tuple[Store, list[str]]:
    """A clone of it with its work tree."""
    store, made = bare(folder)
    subprocess.run(["git", "clone", "-q", "-b", "main", str(store.path), str(folder / "clone")], check=True)
    return WorkTree(folder / "clone"), made


STORES = (bare, reopened, clone)
Made = Callable[[Path], tuple[Store, list[str]]]


@pytest.fixture(params=STORES, ids=lambda make: make.__name__)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, list[str]]:
    make: Made = request.param
    return make(tmp_path)


def test_the_head_is_the_last_commit_and_each_is_described(kept: tuple[Store, list[str]]) -> None:
    store, made = kept
    assert store.head() == made[-1]
    told = [store.describe(commit) for commit in made]
    assert [each.parent for each in told] == [None, *made[:-1]]
    assert [(each.id, each.message, each.author, each.committer) for each in told] == [
        (commit, f"第{n}笔", WHO, WHO) for n, commit in enumerate(made)
    ]


def test_commits_come_oldest_first_and_a_stranger_is_refused(kept: tuple[Store, list[str]]) -> None:
    store, made = kept
    assert [each.id for each in store.commits(None, made[-1])] == made
    assert [each.id for each in store.commits(made[0], made[-1])] == made[1:]
    assert list(store.commits(made[1], made[1])) == []
    with pytest.raises(StoreError):
        list(store.commits(made[2], made[1]))


def test_changes_name_what_differs_in_the_order_of_git(kept: tuple[Store, list[str]]) -> None:
    store, made = kept
    assert [change.path for change in store.changes(None, made[0])] == ["bureau.yaml", "items/2026/01/DB-2026-0118.yaml"]
    old, new = (store.blob_id("items/2026/01/DB-2026-0118.yaml", commit) for commit in made[:2])
    assert next(store.changes(made[0], made[1])) == FileChange("items/2026/01/DB-2026-0118.yaml", old, new)
    assert list(store.changes(made[1], made[1])) == []


def test_a_file_is_read_by_its_path_and_by_its_blob_at_any_commit(kept: tuple[Store, list[str]]) -> None:
    store, made = kept
    path = "items/2026/01/DB-2026-0118.yaml"
    assert [store.read(path, commit) for commit in made] == ["甲\n".encode(), "乙\n".encode(), "乙\n".encode()]
    blob = store.blob_id(path, made[0])
    assert blob is not None
    assert store.blob(blob) == "甲\n".encode()
    for nothing in ("items/2026/01/DB-2026-0120.yaml", "items/2026", "elsewhere/x.yaml"):
        assert store.read(nothing, made[2]) is None
        assert store.blob_id(nothing, made[2]) is None


def test_a_folder_lists_what_it_holds_and_a_missing_one_nothing(kept: tuple[Store, list[str]]) -> None:
    store, made = kept
    assert [(each.name, each.mode) for each in store.entries("", made[2])] == [
        ("bureau.yaml", FILE),
        ("items", FOLDER),
        ("numbers", FOLDER),
    ]
    assert [each.name for each in store.entries("items/2026/01", made[2])] == ["DB-2026-0118.yaml", "DB-2026-0119.yaml"]
    assert store.entries("items/2027", made[2]) == ()


def test_what_is_missing_is_an_error_and_a_store_is_one_thing_among_others(kept: tuple[Store, list[str]]) -> None:
    store, _ = kept
    with pytest.raises(StoreError):
        store.describe("0" * 40)
    with pytest.raises(StoreError):
        store.blob("0" * 40)
    assert len({store, store}) == 1


@pytest.mark.parametrize("make", [bare, reopened], ids=lambda make: make.__name__)
def test_who_writes_builds_on_the_head_and_is_seen_at_once(make: Made, tmp_path: Path) -> None:
    store, made = make(tmp_path)
    with store.writing() as transaction:
        assert transaction.head == made[-1]
        commit = transaction.commit({"bureau.yaml": b"id: other\n"}, author=WHO, committer=WHO, message="又一笔")
        assert store.head() == transaction.head == commit
    assert store.read("bureau.yaml", commit) == b"id: other\n"
    with store.writing(), pytest.raises(StoreError, match="登记库正忙"), Repository(store.path).writing(timeout=0.01):
        raise AssertionError
