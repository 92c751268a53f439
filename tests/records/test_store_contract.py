"""What every store gives, whichever it is: one suite over all of them. A store of another kind joins the lists below, and nothing else.

Those that advance by push do it with stock Git, to a repository on this disk and over ssh; ``decides`` is the upstream then.
"""

import multiprocessing
import os
import pickle
import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from records.store.pushing import Pushing
from records.store.repository import Repository
from records.store.store import FILE, FOLDER, FileChange, Ident, Store, StoreError
from records.store.worktree import WorkTree
from tests import githost

WHO = Ident("王敏", "BGS.clerk1@lzga", datetime.fromisoformat("2026-08-31T09:00:00+08:00"))
SERVICE = Ident("督办系统", "duban@lzga", WHO.time + timedelta(seconds=2))
ITEM = "items/2026/01/DB-2026-0118.yaml"
FILES = (
    {"bureau.yaml": b"id: lzga\n", ITEM: "甲\n".encode()},
    {ITEM: "乙\n".encode(), "items/2026/01/DB-2026-0119.yaml": "丙\n".encode(), "items.yaml": b"4", "items-a": b"5"},
    {"numbers/2026/special.yaml": b"one\n"},
)


@dataclass(frozen=True)
class Kept:
    """A store of three commits.

    Attributes:
        store: the store.
        made: its commits, oldest first.
        decides: the repository whose branch decides what counts.
    """

    store: Store
    made: list[str]
    decides: Path


def git(place: Path, *words: str) -> str:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment |= {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(["git", "-C", str(place), *words], capture_output=True, check=True, env=environment, text=True)
    return done.stdout.strip()


def put(store: Store, files: dict[str, bytes], message: str = "又一笔", author: Ident = WHO) -> str:
    with store.writing() as transaction:
        return transaction.commit(files, author=author, committer=SERVICE, message=message)


def filled(store: Store) -> list[str]:
    return [put(store, files, f"第{n}笔\n\n正文") for n, files in enumerate(FILES)]


def bare(folder: Path) -> Kept:
    """A register on this disk."""
    store = Repository.create(folder / "register.git")
    return Kept(store, filled(store), store.path)


def packed(folder: Path) -> Kept:
    """The same, packed by stock Git with its branch, and opened anew."""
    found = bare(folder)
    git(found.decides, "gc", "-q")
    return Kept(Repository(found.decides), found.made, found.decides)


def clone(folder: Path) -> Kept:
    """A clone of it with its work tree."""
    found = bare(folder)
    git(folder, "clone", "-q", "-b", "main", str(found.decides), "clone")
    return Kept(WorkTree(folder / "clone"), found.made, folder / "clone")


def pushing(folder: Path) -> Kept:
    """A register that advances by push to a plain repository on this disk."""
    upstream = Repository.create(folder / "upstream.git").path
    return joined(folder, str(upstream), upstream)


def over_ssh(folder: Path) -> Kept:
    """The same, to one that ``duban upstream`` made, over a connection of ssh's that is kept."""
    upstream = githost.upstream_at(folder / "upstream.git")
    return joined(folder, githost.sshd().url(upstream), upstream)


def joined(folder: Path, url: str, upstream: Path) -> Kept:
    home = githost.attached(folder, url)
    store = Pushing(Repository.create(home / "register.git").path)
    return Kept(store, filled(store), upstream)


Make = Callable[[Path], Kept]
WRITTEN: tuple[Make, ...] = (bare, packed, pushing, over_ssh)
READ: tuple[Make, ...] = (*WRITTEN, clone)


@pytest.fixture(scope="module", params=READ, ids=lambda make: make.__name__)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    make: Make = request.param
    folder = tmp_path_factory.mktemp(make.__name__)
    yield make(folder)
    githost.let_go(folder)


@pytest.fixture(params=WRITTEN, ids=lambda make: make.__name__)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    make: Make = request.param
    yield make(tmp_path)
    githost.let_go(tmp_path)


# Reading


def test_the_head_is_the_last_commit_and_each_is_described(kept: Kept) -> None:
    assert kept.store.head() == kept.made[-1] == git(kept.decides, "rev-parse", "main")
    told = [kept.store.describe(commit) for commit in kept.made]
    assert [each.parent for each in told] == [None, *kept.made[:-1]]
    assert [(each.id, each.message, each.author, each.committer) for each in told] == [
        (commit, f"第{n}笔\n\n正文", WHO, SERVICE) for n, commit in enumerate(kept.made)
    ]
    assert told[0].author.time.utcoffset() == timedelta(hours=8)


def test_commits_come_oldest_first_and_a_stranger_is_refused(kept: Kept) -> None:
    store, made = kept.store, kept.made
    assert [each.id for each in store.commits(None, made[-1])] == made
    assert [each.id for each in store.commits(made[0], made[-1])] == made[1:]
    assert list(store.commits(made[1], made[1])) == []
    with pytest.raises(StoreError, match="不在"):
        list(store.commits(made[2], made[1]))


def test_changes_name_what_differs_in_the_order_of_git(kept: Kept) -> None:
    store, made = kept.store, kept.made
    assert [(change.path, change.old) for change in store.changes(None, made[0])] == [("bureau.yaml", None), (ITEM, None)]
    found = {change.path: change for change in store.changes(made[0], made[1])}
    assert list(found) == ["items-a", "items.yaml", ITEM, "items/2026/01/DB-2026-0119.yaml"]
    assert found[ITEM] == FileChange(ITEM, store.blob_id(ITEM, made[0]), store.blob_id(ITEM, made[1]))
    assert list(store.changes(made[1], made[1])) == []


def test_a_file_is_read_by_its_path_and_by_its_blob_at_any_commit(kept: Kept) -> None:
    store, made = kept.store, kept.made
    assert [store.read(ITEM, commit) for commit in made] == ["甲\n".encode(), "乙\n".encode(), "乙\n".encode()]
    blob = store.blob_id(ITEM, made[0])
    assert blob == git(kept.decides, "rev-parse", f"{made[0]}:{ITEM}")
    assert store.blob(blob) == store.raw(blob, "blob") == "甲\n".encode()


def test_where_no_file_is_nothing_is_read(kept: Kept) -> None:
    for path in ("", "items", "items/", "/items.yaml", "items//2026", "items.yaml/x", "../items.yaml", "none", "none/none"):
        assert kept.store.read(path, kept.made[2]) is None
        assert kept.store.blob_id(path, kept.made[2]) is None


def test_a_folder_lists_what_it_holds_in_the_order_of_git_and_a_missing_one_nothing(kept: Kept) -> None:
    store, made = kept.store, kept.made
    names = [("bureau.yaml", FILE), ("items-a", FILE), ("items.yaml", FILE), ("items", FOLDER), ("numbers", FOLDER)]
    assert [(each.name, each.mode) for each in store.entries("", made[2])] == names
    found = store.entries("items/2026/01", made[2])
    assert [each.name for each in found] == ["DB-2026-0118.yaml", "DB-2026-0119.yaml"]
    assert found[0].id == store.blob_id(ITEM, made[2])
    assert store.entries("items/2027", made[2]) == store.entries("bureau.yaml", made[2]) == ()


def test_what_is_missing_or_no_id_or_of_another_kind_is_an_error(kept: Kept) -> None:
    for wrong in ("0" * 40, "../../etc/passwd", "HEAD", kept.made[0][:12], kept.made[0].upper(), kept.made[0]):
        with pytest.raises(StoreError):
            kept.store.blob(wrong)
    with pytest.raises(StoreError):
        kept.store.describe("0" * 40)


def test_a_store_is_one_thing_among_others_and_opens_anew_in_another_process(kept: Kept) -> None:
    assert len({kept.store, kept.store}) == 1
    kept.store.read(ITEM, kept.made[0])
    anew: Store = pickle.loads(pickle.dumps(kept.store))
    assert (anew.head(), anew.read(ITEM, kept.made[0])) == (kept.made[-1], "甲\n".encode())


def test_several_threads_read_at_once(kept: Kept) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: kept.store.read(ITEM, kept.made[n % 3]), range(60)))
    assert found == [kept.store.read(ITEM, kept.made[n % 3]) for n in range(60)]


# Writing


def test_who_writes_builds_on_the_head_and_is_seen_when_the_block_has_ended(written: Kept) -> None:
    store, made = written.store, written.made
    anew: Store = pickle.loads(pickle.dumps(store))
    with store.writing() as transaction:
        assert transaction.head == made[-1]
        commit = transaction.commit({"bureau.yaml": b"id: other\n"}, author=WHO, committer=SERVICE, message="又一笔")
        assert (transaction.head, anew.head()) == (commit, made[-1])  # it counts once it is durable
        assert store.read("bureau.yaml", commit) == b"id: other\n"
    assert store.head() == anew.head() == commit == git(written.decides, "rev-parse", "main")
    assert (anew.describe(commit).parent, anew.read("bureau.yaml", commit)) == (made[-1], b"id: other\n")
    assert anew.read(ITEM, commit) == "乙\n".encode()  # what is not named stays
    assert git(written.decides, "fsck", "--strict", "--full", "--no-dangling") == ""


def test_several_commits_in_one_transaction_stand_on_each_other(written: Kept) -> None:
    with written.store.writing() as transaction:
        for number in range(3):
            commit = transaction.commit({"n": b"%d" % number}, author=WHO, committer=SERVICE, message=str(number))
            assert (transaction.head, written.store.read("n", commit)) == (commit, b"%d" % number)
    assert [each.message for each in written.store.commits(written.made[-1], commit)] == ["0", "1", "2"]


def test_the_commits_of_a_batch_land_together_in_one_pack_and_the_branch_moves_once(written: Kept) -> None:
    packs, loose = _packs(written.store), _loose(written.store)
    with written.store.batch() as batch:
        made = [batch.commit({f"n/{n}": b"%d" % n}, author=WHO, committer=SERVICE, message=str(n)) for n in range(30)]
        assert (batch.head, written.store.read("n/7", made[7])) == (made[-1], b"7")  # what comes next can rest on it
        assert written.store.head() == written.made[-1]  # and nobody else sees it yet
    anew: Store = pickle.loads(pickle.dumps(written.store))
    assert anew.head() == made[-1] == git(written.decides, "rev-parse", "main")
    assert [each.id for each in anew.commits(written.made[-1], made[-1])] == made
    assert anew.read(ITEM, made[-1]) == "乙\n".encode()
    assert git(written.decides, "fsck", "--strict", "--full", "--no-dangling") == ""
    assert (len(_packs(written.store) - packs), _loose(written.store)) == (1, loose)
    assert put(anew, {"n/after": b"x"}) == git(written.decides, "rev-parse", "main")


def test_a_batch_that_ends_by_an_error_leaves_nothing_and_one_without_commits_is_none(written: Kept) -> None:
    packs = _packs(written.store)
    with suppress(KeyError), written.store.batch() as batch:
        batch.commit({"n": b"1"}, author=WHO, committer=SERVICE, message="1")
        raise KeyError
    with written.store.batch():
        pass
    assert (written.store.head(), _packs(written.store)) == (written.made[-1], packs)
    with pytest.raises(StoreError):
        written.store.describe(str(batch.head))


def test_a_kill_leaves_whole_batches(tmp_path: Path) -> None:
    store = bare(tmp_path).store
    process = multiprocessing.get_context("fork").Process(target=_batches_without_end, args=(store,))
    process.start()
    start = store.head()
    while len(list(store.commits(start, store.head() or ""))) < 3 * _SIZE:
        assert process.is_alive()  # it is in the middle of a batch, wherever that is
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    landed = [each.message for each in store.commits(start, store.head() or "")]
    assert len(landed) % _SIZE == 0
    assert landed == [str(n) for n in range(len(landed))]
    assert git(store.watched.parent.parent, "fsck", "--strict", "--full", "--no-dangling") == ""
    put(store, {"after": b"x"})


_SIZE = 20


def _batches_without_end(store: Store) -> None:
    n = 0
    while True:
        with store.batch() as batch:
            for _ in range(_SIZE):
                batch.commit({f"n/{n % 50}": b"%d" % n}, author=WHO, committer=SERVICE, message=str(n))
                n += 1


def _packs(store: Store) -> set[Path]:
    return set((store.watched.parent.parent / "objects/pack").glob("*.pack"))


def _loose(store: Store) -> set[Path]:
    return set((store.watched.parent.parent / "objects").glob("[0-9a-f][0-9a-f]/*"))


def test_contents_equal_to_those_before_still_make_a_commit(written: Kept) -> None:
    commit = put(written.store, {ITEM: "乙\n".encode()})
    assert written.store.head() == commit
    assert list(written.store.changes(written.made[-1], commit)) == []


def test_a_large_attachment_comes_back_whole(written: Kept) -> None:
    data = random.Random(1).randbytes(2_000_000)
    assert written.store.read("attachments/ab/x", put(written.store, {"attachments/ab/x": data})) == data


def test_only_one_writes_at_a_time_and_the_lock_ends_with_the_block(written: Kept) -> None:
    anew: Store = pickle.loads(pickle.dumps(written.store))
    with written.store.writing(), pytest.raises(StoreError, match="登记库正忙"), anew.writing(timeout=0.02):
        pass
    with suppress(RuntimeError), written.store.writing():
        raise RuntimeError
    with anew.writing():
        pass


def test_who_was_slower_than_another_program_writes_nothing(written: Kept) -> None:
    last = written.made[-1]
    other = git(written.decides, "commit-tree", "-p", last, "-m", "other", f"{last}^{{tree}}")

    def overtaken() -> None:
        with written.store.writing() as transaction:
            git(written.decides, "update-ref", "refs/heads/main", other)
            transaction.commit({"a": b"2"}, author=WHO, committer=SERVICE, message="x")

    with pytest.raises(StoreError):
        overtaken()
    assert git(written.decides, "rev-parse", "main") == other
    assert written.store.head() in (last, other)


LEAVING = ["", "/a", "a/", "a//b", "../a", "a/../b", "./a"]
GITS_OWN = [".git/config", "a/.GIT", ".gitattributes", "git~1", "\u200c.git"]
NOT_ON_WINDOWS = ["a\\b", "a:b", "a ", "a.", "con.yaml", "items/NUL", "x" * 256]


def test_paths_that_git_or_a_reviewers_computer_would_take_amiss_are_refused(written: Kept) -> None:
    for path in (*LEAVING, *GITS_OWN, *NOT_ON_WINDOWS, "a\nb", "\ud800"):
        with pytest.raises(StoreError, match="不合规"):
            put(written.store, {"good": b"", path: b""})
    assert written.store.head() == written.made[-1]


def test_a_path_cannot_be_file_and_folder(written: Kept) -> None:
    same_act = ({"a": b"", "a/b": b""}, {"a/b": b"", "a": b""}, {"a/b": b"", "a/x/b": b"", "a/b/c": b""})
    for files in (*same_act, {"items": b""}, {"bureau.yaml/a": b""}):
        with pytest.raises(StoreError, match="冲突"):
            put(written.store, files)
    assert written.store.head() == written.made[-1]


def test_a_time_without_a_zone_makes_no_commit(written: Kept) -> None:
    with pytest.raises(ValueError, match="zone"):
        put(written.store, {"a": b""}, author=Ident("a", "b", WHO.time.replace(tzinfo=None)))
    assert written.store.head() == written.made[-1]


def test_something_changes_in_the_watched_folder_whenever_the_head_moves(written: Kept) -> None:
    def lying() -> set[tuple[str, int]]:
        return {(path.name, path.stat().st_ino) for path in written.store.watched.iterdir()}

    before = lying()
    put(written.store, {"a": b"1"})
    assert lying() != before


def test_a_clone_is_read_and_never_written(tmp_path: Path) -> None:
    kept = clone(tmp_path)
    with pytest.raises(StoreError, match=r"是登记簿的克隆.*请到登记簿办理"), kept.store.writing():
        pass
    assert not list((tmp_path / "clone").rglob("duban.lock"))
