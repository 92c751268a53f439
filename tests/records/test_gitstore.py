import errno
import hashlib
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest

from records.store import branch, repository
from records.store.loose import Loose
from records.store.packs import Packs
from records.store.repository import Repository
from records.store.store import FileChange, Ident, StoreError

ROOT = Path(repository.__file__).parents[2]
WHEN = datetime(2026, 3, 2, 9, 30, 15, tzinfo=timezone(timedelta(hours=8)))
CLERK = Ident("王敏", "wangmin@bureau", WHEN)
SERVICE = Ident("督办系统", "duban@bureau", WHEN + timedelta(seconds=2))
forked = multiprocessing.get_context("fork")


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "register.git")


def put(store: Repository, files: dict[str, bytes], message: str = "登记", author: Ident = CLERK) -> str:
    with store.writing() as register:
        return register.commit(files, author=author, committer=SERVICE, message=message)


def git(store: Repository, *words: str, feed: bytes = b"") -> bytes:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment |= {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(["git", "-C", str(store.path), *words], input=feed, capture_output=True, check=True, env=environment).stdout


def assert_sound(store: Repository) -> None:
    assert b"missing" not in git(store, "fsck", "--strict", "--full")  # exit status not 0 raises


def leftovers(store: Repository) -> list[Path]:
    return [path for name in ("tmp_obj_*", "main.lock", "duban.main") for path in store.path.rglob(name)]


def imported(store: Repository, *commits: str) -> list[str]:
    """Commits by stock Git, each given as the lines of fast-import that change its files; their ids."""
    ids: list[str] = []
    for number, lines in enumerate(commits):
        parent = f"from {ids[-1]}\n" if ids else ""
        header = f"commit refs/heads/main\ncommitter x <x@y> {1700000000 + number} +0000\ndata 1\nm\n{parent}"
        git(store, "fast-import", "--quiet", "--force", feed=f"{header}{lines}\n".encode())
        ids.append(git(store, "rev-parse", "main").decode().strip())
    return ids


def inline(path: str, text: str, mode: str = "100644") -> str:
    return f"M {mode} inline {path}\ndata {len(text.encode())}\n{text}"


# Creating


def test_new_register_is_a_bare_repository_that_git_accepts(store: Repository) -> None:
    assert store.head() is None
    assert git(store, "rev-parse", "--is-bare-repository") == b"true\n"
    assert git(store, "symbolic-ref", "HEAD") == b"refs/heads/main\n"
    assert_sound(store)
    assert not list((store.path / "hooks").iterdir())
    for key, value in {
        "gc.auto": "0",
        "maintenance.auto": "false",
        "receive.autogc": "false",
        "core.logAllRefUpdates": "always",
        "receive.denyNonFastForwards": "true",
        "receive.denyDeletes": "true",
        "receive.fsckObjects": "true",
        "transfer.fsckObjects": "true",
        "core.quotepath": "false",
        "core.fsync": "all",
    }.items():
        assert git(store, "config", "--local", key).decode().strip() == value


def test_a_folder_with_contents_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(StoreError, match="已有内容"):
        Repository.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("config", ["[user]\n", "[core]\n\trepositoryformatversion = 1\n"])
def test_a_file_of_somebody_elses_is_left_alone_also_by_the_name_of_one_of_ours(tmp_path: Path, config: str) -> None:
    (tmp_path / "config").write_text(config)
    with pytest.raises(StoreError, match="已有内容"):
        Repository.create(tmp_path)
    assert (tmp_path / "config").read_text() == config


def test_what_was_begun_and_cut_off_is_ended_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a full disk, whichever sync it falls on, and by a kill, which leaves half a file."""
    real, left = os.fsync, 0

    def fails(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(errno.ENOSPC, "injected")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fails)
    for place in count(1):
        (home := tmp_path / str(place)).mkdir()
        left = place
        with suppress(StoreError):
            Repository.create(home)
            break
        if not (home / "HEAD").exists():
            (home / "config").write_text("[core]\n\trep")
        put(Repository.create(home), {"a": b"0"})
        assert_sound(Repository(home))
    assert place > 3


def test_a_wrong_path_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="不存在"):
        Repository(tmp_path / "nowhere").head()
    with pytest.raises(StoreError, match="不存在"), Repository(tmp_path / "nowhere").writing():
        pass


# Commits and reading


def test_stock_git_reads_what_was_committed(store: Repository) -> None:
    first = put(
        store,
        {"items/2026/00/a.yaml": "标题：一\n".encode(), "单位/刑警.yaml": b"x: 1\n"},
        "登记 DB-2026-0001\n\n正文\n\nDuban-Act: register",
    )
    second = put(store, {"items/2026/00/a.yaml": "标题：二\n".encode()}, "签收 DB-2026-0001")
    assert_sound(store)
    shown = git(store, "log", "--format=%H|%P|%an|%ae|%aI|%cn|%cI|%s").decode().splitlines()
    assert shown == [
        f"{second}|{first}|王敏|wangmin@bureau|2026-03-02T09:30:15+08:00|督办系统|2026-03-02T09:30:17+08:00|签收 DB-2026-0001",
        f"{first}||王敏|wangmin@bureau|2026-03-02T09:30:15+08:00|督办系统|2026-03-02T09:30:17+08:00|登记 DB-2026-0001",
    ]
    assert git(store, "show", "main:items/2026/00/a.yaml").decode() == "标题：二\n"
    assert git(store, "log", "-1", "--format=%(trailers:key=Duban-Act,valueonly)", first).strip() == b"register"
    assert git(store, "ls-tree", "-r", "--name-only", "main").decode().split() == ["items/2026/00/a.yaml", "单位/刑警.yaml"]
    assert git(store, "rev-parse", "main@{1}").decode().strip() == first


def test_a_commit_writes_only_the_trees_on_its_path(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, {f"items/2026/{number // 100:02d}/{number}.yaml": b"%d" % number for number in range(1500)})
    names = recorded(monkeypatch, "replace")
    put(store, {"items/2026/07/721.yaml": b"next"})
    assert len(names) == 1 + 4 + 1 + 1  # the blob, the trees, the commit; and the branch


def test_an_object_that_exists_is_not_written_again_but_made_young(store: Repository) -> None:
    blob = store.blob_id("a", put(store, {"a": b"same"}))
    assert blob
    path = store.path / "objects" / blob[:2] / blob[2:]
    os.utime(path, (1, 1))
    before = path.stat()
    put(store, {"b": b"same"})
    assert (path.stat().st_ino, oct(path.stat().st_mode & 0o777 | 0o044)) == (before.st_ino, "0o444")
    assert path.stat().st_mtime > before.st_mtime


@pytest.mark.parametrize("files", [{"good": b"", "../a": b""}, {"a": b"", "a/b": b""}])
def test_a_path_that_is_refused_leaves_no_object(store: Repository, files: dict[str, bytes]) -> None:
    with pytest.raises(StoreError):
        put(store, files)
    assert store.head() is None
    assert not [file for file in (store.path / "objects").rglob("*") if file.is_file()]


def test_a_link_or_a_program_is_not_read_as_a_record(store: Repository) -> None:
    (head,) = imported(store, "\n".join([inline("link", "/etc/passwd", "120000"), inline("run", "x", "100755"), inline("ok", "1")]))
    assert store.read("ok", head) == b"1"
    for path in ("link", "run"):
        with pytest.raises(StoreError, match="不是普通文件"):
            store.read(path, head)


@pytest.mark.parametrize(
    "name", ["张三\nauthor x <y> 1 +0000", "a<b>c", "\0\x1b]0;x\x07", "", " \t", "\u202e王\ud800", "><", "𠮷田", "x" * 9000]
)
def test_hostile_names_cannot_break_the_header(store: Repository, name: str) -> None:
    head = put(store, {"a": b""}, message=f"主题 {name}\n\n正文\0\r\n{name}", author=Ident(name, name, WHEN))
    assert_sound(store)
    shown = store.describe(head)
    assert git(store, "log", "-1", "--format=%an|%ae").decode().strip("\n") == f"{shown.author.name}|{shown.author.email}"
    assert not set("<>\n\0\x1b\x07\u202e") & set(shown.author.name + shown.author.email)
    assert shown.author.name
    assert shown.author.time == WHEN
    assert not set("\0\x1b\r\u202e") & set(shown.message)


def test_commits_come_oldest_first_along_first_parents(store: Repository) -> None:
    ids = [put(store, {"n": b"%d" % number}, f"第{number}次\n\n正文") for number in range(4)]
    side = git(store, "commit-tree", "-p", ids[0], "-m", "side", f"{ids[0]}^{{tree}}").decode().strip()
    merge = git(store, "commit-tree", "-p", ids[3], "-p", side, "-m", "merge", f"{ids[3]}^{{tree}}").decode().strip()
    found = list(store.commits(None, merge))
    assert [commit.id for commit in found] == [*ids, merge]
    assert [commit.parent for commit in found] == [None, *ids]
    assert (found[1].author, found[1].committer, found[1].message) == (CLERK, SERVICE, "第1次\n\n正文")
    assert found[1].author.time.utcoffset() == timedelta(hours=8)
    assert found[1].tree == git(store, "rev-parse", f"{ids[1]}^{{tree}}").decode().strip()
    assert [commit.id for commit in store.commits(ids[1], ids[3])] == ids[2:]
    assert list(store.commits(ids[3], ids[3])) == []
    with pytest.raises(StoreError, match="不在"):
        list(store.commits(side, ids[3]))


@pytest.mark.parametrize("seed", range(6))
def test_changes_are_those_of_git_diff_tree(store: Repository, seed: int) -> None:
    chance = random.Random(seed)
    names = ["a", "b", "b-c", "b.d", "中文"]

    def lines() -> str:
        paths = {"/".join(chance.choices(names, k=chance.randint(1, 3))) for _ in range(9)}
        kept = [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]
        return "\n".join(
            ["deleteall", *(inline(path, str(chance.randrange(3)), chance.choice(["100644"] * 3 + ["100755"])) for path in kept)]
        )

    ids = imported(store, *(lines() for _ in range(5)))
    for old, new in pairwise(ids):
        fields = git(store, "diff-tree", "-r", "-z", "--no-renames", old, new).decode().split("\0")[:-1]
        expected = [FileChange(path, *(one if set(one) != {"0"} else None for one in line.split()[2:4])) for line, path in pairs(fields)]
        assert list(store.changes(old, new)) == expected
    listed = [line.split(None, 2)[2].split("\t") for line in git(store, "ls-tree", "-r", ids[0]).decode().splitlines()]
    assert [(change.new, change.path) for change in store.changes(None, ids[0])] == [(blob, path.strip('"')) for blob, path in listed]


def pairs(fields: list[str]) -> Iterator[tuple[str, str]]:
    return zip(fields[::2], fields[1::2], strict=True)


# Damage


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda data: b"", lambda data: bytes([*data[:9], data[9] ^ 1, *data[10:]])])
def test_a_damaged_object_is_never_shown_as_genuine(store: Repository, damage: Callable[[bytes], bytes]) -> None:
    head = put(store, {"a": b"genuine" * 9})
    blob = store.blob_id("a", head)
    assert blob
    path = store.path / "objects" / blob[:2] / blob[2:]
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(damage(data))
    with pytest.raises(StoreError, match="已损坏"):
        store.read("a", head)
    with pytest.raises(StoreError, match="已损坏"):
        put(store, {"b": b"genuine" * 9})
    path.unlink()
    with pytest.raises(StoreError, match="缺少对象"):
        store.read("a", head)
    assert store.head() == head


def test_ids_are_ids_and_kinds_are_kept_apart(store: Repository) -> None:
    head = put(store, {"a": b"1"})
    for wrong in ("../../etc/passwd", "HEAD", head[:12], head.upper(), ""):
        with pytest.raises(StoreError, match="不合规"):
            store.blob(wrong)
    with pytest.raises(StoreError, match="不是 blob"):
        store.blob(head)
    (store.path / "refs/heads/main").write_text("\0" * 41)
    with pytest.raises(StoreError, match="分支 main 已损坏"):
        store.head()


# Packs, refs and locks of stock Git


def test_an_open_store_survives_every_kind_of_packing(store: Repository) -> None:
    commits = [put(store, {f"items/{number % 7}": b"%d" % number * 500}) for number in range(12)]
    for words in (["repack", "-d"], ["gc", "-q"], ["repack", "-adf"], ["repack", "-d", "--geometric=2"], ["gc", "-q", "--prune=now"]):
        git(store, *words)
        commits.append(put(store, {f"items/{len(commits) % 7}": b"%d" % len(commits) * 500}))
        assert [store.read(f"items/{number % 7}", commit) for number, commit in enumerate(commits)] == [
            b"%d" % number * 500 for number in range(len(commits))
        ]
    assert [commit.id for commit in Repository(store.path).commits(None, commits[-1])] == commits
    assert_sound(store)
    with pytest.raises(StoreError, match="缺少对象"):
        store.blob("0" * 40)  # what is not found makes it look at the packs anew
    held = [line for line in Path("/proc/self/maps").read_text().splitlines() if str(store.path) in line]
    assert held
    assert not [line for line in held if line.endswith("(deleted)")]


@pytest.mark.parametrize("repacks", [1, 2, 5])
def test_packs_may_vanish_again_while_an_object_is_looked_for(store: Repository, monkeypatch: pytest.MonkeyPatch, repacks: int) -> None:
    """An upkeep rolls up the pack that was just found, and the next one that one: whoever reads goes on, and so does whoever acts."""
    head = put(store, {"a": b"1" * 500})
    git(store, "repack", "-adfq")
    look, place, left = Packs.look_again, Loose.put, [repacks]

    def vanishing(packs: Packs) -> Any:
        moved = look(packs)
        if left[0]:
            left[0] -= 1
            git(
                store, "hash-object", "-w", "--stdin", feed=b"%d" % time.monotonic_ns()
            )  # or the pack would have the name of the one before
            old = list((store.path / "objects/pack").glob("*.*"))
            git(
                store,
                "pack-objects",
                "-q",
                "objects/pack/pack",
                feed=git(store, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"),
            )
            for path in old:
                path.unlink()
        return moved

    def taken(loose: Loose, objects: Any) -> None:
        """What the act puts there a second time lies in a pack by then."""
        place(loose, objects)
        git(store, "pack-objects", "-q", "objects/pack/pack", feed="\n".join(objects).encode())
        git(store, "prune-packed")
        left[0] = repacks

    monkeypatch.setattr(Packs, "look_again", vanishing)
    assert Repository(store.path).read("a", head) == b"1" * 500
    monkeypatch.setattr(Loose, "put", taken)
    put(store, {"b": b"1" * 500})
    assert left == [0]
    assert_sound(store)


def test_a_history_in_many_packs_is_read_with_few_files_open(store: Repository) -> None:
    """Each batch that comes home is one pack; a process may have some thousand files open."""
    packs = Packs(store.path / "objects/pack")
    wrote = {hashlib.sha1(whole).hexdigest(): whole for whole in (b"blob 3\0%03d" % number for number in range(100))}
    for name, whole in wrote.items():
        packs.write({name: whole})
    packs.look_again()
    for _ in range(2):
        assert {name: packs.read(name) for name in wrote} == wrote
    held = [entry for entry in Path("/proc/self/fd").iterdir() if ".pack" in os.path.realpath(entry)]
    assert 0 < len(held) < len(wrote) / 2


@pytest.mark.e2e
def test_threads_read_and_write_while_git_packs(store: Repository) -> None:
    commits = [put(store, {"n": b"%d" % number}) for number in range(10)]
    failures: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                fresh = Repository(store.path) if random.random() < 0.1 else store
                number = random.randrange(10)
                assert fresh.read("n", commits[number]) == b"%d" % number
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(6):
        with subprocess.Popen(["git", "-C", str(store.path), *(["gc", "-q"] if number % 2 else ["repack", "-adq"])]) as packing:
            while packing.poll() is None:
                put(store, {"n": b"later"})
    done.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert_sound(store)


def test_a_packed_branch_is_found_and_moved(store: Repository) -> None:
    first = put(store, {"a": b"1"})
    git(store, "tag", "x")
    git(store, "pack-refs", "--all")
    assert not (store.path / "refs/heads/main").exists()
    assert store.head() == first
    second = put(store, {"a": b"2"})
    assert store.head() == second == git(store, "rev-parse", "main").decode().strip()
    assert store.describe(second).parent == first


def test_a_branch_moved_behind_our_back_is_not_overwritten(store: Repository) -> None:
    first = put(store, {"a": b"1"})
    other = git(store, "commit-tree", "-p", first, "-m", "other", f"{first}^{{tree}}").decode().strip()

    def overtaken() -> None:
        with store.writing() as register:
            git(store, "update-ref", "refs/heads/main", other)
            register.commit({"a": b"2"}, author=CLERK, committer=SERVICE, message="x")

    with pytest.raises(StoreError, match="另一程序"):
        overtaken()
    assert store.head() == other
    assert not leftovers(store)
    assert store.describe(put(store, {"a": b"3"})).parent == other


def test_a_fresh_ref_lock_is_respected_and_a_stale_one_removed(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    head = put(store, {"a": b"1"})
    lock = store.path / "refs/heads/main.lock"
    lock.write_text("")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with pytest.raises(StoreError, match="另一 Git 程序"):
        put(store, {"a": b"2"})
    assert lock.exists()
    assert store.head() == head
    os.utime(lock, (time.time() - 3600,) * 2)
    monkeypatch.setattr(branch, "_git_runs", lambda: False)  # other tests run Git beside this one
    assert store.describe(put(store, {"a": b"2"})).parent == head
    assert not lock.exists()


@pytest.mark.e2e
def test_the_lock_of_a_git_that_runs_is_not_taken_away_however_old(
    store: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = put(store, {"a": b"1"})
    other = git(store, "commit-tree", "-p", head, "-m", "other", f"{head}^{{tree}}").decode().strip()
    hook, go_on = store.path / "hooks/reference-transaction", tmp_path / "go on"
    hook.write_text(f"#!/bin/sh\n[ $1 = prepared ] || exit 0\necho held\nread word <'{go_on}'\n")
    hook.chmod(0o755)
    os.mkfifo(go_on)
    lock = store.path / "refs/heads/main.lock"
    moving = ["git", "-C", str(store.path), "update-ref", "refs/heads/main", other]
    with subprocess.Popen(moving, stderr=subprocess.PIPE) as stock, open(os.open(go_on, os.O_RDWR), "wb") as told:
        assert stock.stderr
        assert stock.stderr.readline() == b"held\n"
        os.utime(lock, (time.time() - 3600,) * 2)
        mine = os.stat(lock).st_ino
        with monkeypatch.context() as patched:
            patched.setattr(time, "sleep", lambda _: None)
            with pytest.raises(StoreError, match="没有 git 命令在运行，再删除这个文件"):
                put(store, {"a": b"2"})
        assert os.stat(lock).st_ino == mine
        told.write(b"now\n")
        told.flush()
        assert stock.wait() == 0
    hook.unlink()
    assert store.head() == other  # it lost nothing
    assert store.describe(put(store, {"a": b"2"})).parent == other
    assert not leftovers(store)


def test_old_strays_go_and_young_ones_stay(store: Repository) -> None:
    put(store, {"a": b"1"})
    for number in range(256):
        folder = store.path / "objects" / f"{number:02x}"
        folder.mkdir(exist_ok=True)
        for name, age in (("tmp_obj_old", 2 * 86400), ("tmp_obj_new", 3600)):
            (folder / name).write_bytes(b"")
            os.utime(folder / name, (time.time() - age,) * 2)
    folder = store.path / "objects" / put(store, {"a": b"2"})[:2]
    assert sorted(path.name for path in folder.glob("tmp_obj_*")) == ["tmp_obj_new"]


# The caller's environment


def test_the_callers_environment_means_nothing(store: Repository, tmp_path: Path) -> None:
    script = (
        """if True:
        import sys; from pathlib import Path; from datetime import datetime, timezone
        from records.store.objects import Ident; from records.store.repository import Repository
        who = Ident("王敏", "a@b", datetime(2026, 1, 1, tzinfo=timezone.utc))
        for store in (Repository(Path(sys.argv[1])), Repository.create(Path(sys.argv[2]))):
            with store.writing() as register:
                head = register.commit({"单位/刑警.yaml": b"1"}, author=who, committer=who, message="登记")
            assert store.read("单位/刑警.yaml", head) == b"1" and "单位/刑警.yaml" in [change.path for change in store.changes(None, head)]
        """.replace("单位/刑警", r"\u5355\u4f4d/\u5211\u8b66")
        .replace("王敏", r"\u738b\u654f")
        .replace("登记", r"\u767b\u8bb0")
    )
    put(store, {"a": b"1"})
    trap = tmp_path / "trap"
    trap.mkdir()
    executable = trap / "git"
    executable.write_text(f"#!/bin/sh\ntouch {trap}/sprung\n")
    executable.chmod(0o755)
    hostile = dict.fromkeys(["GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "HOME"], str(trap))
    hostile |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "false", "GIT_AUTHOR_NAME": "mallory"}
    hostile |= {"GIT_PYTHON_GIT_EXECUTABLE": str(executable), "PATH": str(trap), "GIT_NAMESPACE": "x"}
    hostile |= {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-c", script, str(store.path), str(tmp_path / "second.git")]
    outcome = subprocess.run(arguments, env=hostile, check=False, capture_output=True, cwd=tmp_path)
    assert outcome.stderr.decode() == ""
    assert [path.name for path in trap.iterdir()] == ["git"]
    assert git(store, "log", "-1", "--format=%an %s").decode() == "王敏 登记\n"
    assert git(store, "show", "main:单位/刑警.yaml") == b"1"


# Durability and faults


def recorded(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[tuple[str, str, str]]:
    """Record calls as (function, path, second path); a descriptor is told by the path it stands for."""
    calls = []

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(first: Any, *rest: Any, **options: Any) -> Any:
            path = os.readlink(f"/proc/self/fd/{first}") if isinstance(first, int) else str(first)
            calls.append((name, path, str(rest[0]) if rest else ""))
            return real(first, *rest, **options)

        return call

    for name in names:
        monkeypatch.setattr(os, name, wrapped(name, getattr(os, name)))
    return calls


def test_all_is_on_disk_in_order_before_the_branch_moves(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """First every file, then every name, and only then the branch: what is synced together counts together."""
    put(store, {"x": b""})
    calls = recorded(monkeypatch, "fsync", "link", "replace")
    put(store, {"items/2026/00/a.yaml": b"1", "numbers/2026.yaml": b"2"})
    monkeypatch.undo()
    branch, own = str(store.path / "refs/heads/main"), str(store.path / "duban.main")
    assert calls[-4:] == [
        ("fsync", own, ""),
        ("link", own, f"{branch}.lock"),
        ("replace", f"{branch}.lock", branch),
        ("fsync", str(store.path / "refs/heads"), ""),
    ]
    calls = calls[:-4]
    named = [(temporary, final) for name, temporary, final in calls if name == "replace"]
    first, last = (place(number for number, call in enumerate(calls) if call[0] == "replace") for place in (min, max))
    assert {path for _, path, _ in calls[:first]} == {temporary for temporary, _ in named}
    assert {path for _, path, _ in calls[last + 1 :]} == {str(Path(final).parent) for _, final in named} | {str(store.path / "objects")}
    assert {call[0] for call in calls[first : last + 1]} == {"replace"}
    kinds = [git(store, "cat-file", "-t", Path(final).parent.name + Path(final).name).decode().strip() for _, final in named]
    assert sorted(kinds) == ["blob"] * 2 + ["commit"] + ["tree"] * 5


@pytest.mark.parametrize("size", [0, 1, 4000, 4096, 5000, 40_000])
def test_an_object_takes_no_more_of_the_disk_than_its_text_and_stock_git_reads_it(store: Repository, size: int) -> None:
    text = ("办理情况：已走访。\n" * (size // 20 + 1)).encode()[:size]
    commit = put(store, {"a": text, **{f"{number:04}.yaml": b"%d" % number for number in range(size // 100)}})
    assert git(store, "cat-file", "blob", f"{commit}:a") == text == Repository(store.path).read("a", commit)
    assert_sound(store)
    for each in (store.path / "objects").glob("??/*"):
        bare = int(git(store, "cat-file", "-s", each.parent.name + each.name))
        assert -(-each.stat().st_size // 4096) <= -(-(bare + 64) // 4096)


def test_a_large_text_is_made_smaller(store: Repository) -> None:
    """What stands in a dozen reports is on the disk more than once until the next upkeep."""
    text = "办理情况：已走访。\n".encode() * 2000
    blob = git(store, "hash-object", "--stdin", feed=text).decode().strip()
    put(store, {"a": text})
    assert (store.path / "objects" / blob[:2] / blob[2:]).stat().st_size < len(text) / 20


def test_an_object_left_unsynced_by_another_is_synced(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = git(store, "hash-object", "-w", "--stdin", feed=b"1").decode().strip()
    calls = recorded(monkeypatch, "fsync", "link")
    put(store, {"a": b"1"})
    names = [path for _, path, _ in calls]
    path = store.path / "objects" / blob[:2] / blob[2:]
    assert names.index(str(path)) < names.index(str(path.parent)) < [name for name, _, _ in calls].index("link")


def failing_once(function: str, call: int, error: OSError) -> Callable[..., Any]:
    real, left = getattr(os, function), call

    def failing(*arguments: Any, **options: Any) -> Any:
        nonlocal left
        if str(arguments[0]).endswith("duban.bell"):  # a comfort: without it whoever waits looks again by himself
            return real(*arguments, **options)
        left -= 1
        if left == -1:
            raise error
        return real(*arguments, **options)

    return failing


def attempt(store: Repository, files: dict[str, bytes]) -> str:
    """Return what a person is told if a commit fails; nothing if it does not."""
    try:
        put(store, files)
    except StoreError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("code", "reason"), [(errno.ENOSPC, "磁盘已满"), (errno.EROFS, "只读"), (errno.EFBIG, "大小限制")])
@pytest.mark.parametrize(("function", "calls"), [("open", 12), ("write", 6), ("fsync", 11), ("link", 1), ("mkdir", 1), ("replace", 5)])
def test_a_fault_at_any_step_leaves_the_last_commit_and_no_litter(
    store: Repository, monkeypatch: pytest.MonkeyPatch, function: str, calls: int, code: int, reason: str
) -> None:
    for number in range(0 if function == "mkdir" else 256):  # the same calls every time
        (store.path / "objects" / f"{number:02x}").mkdir()
    head = put(store, {"a": b""})
    unconfirmed = []
    for call in count():
        with monkeypatch.context() as patched:
            patched.setattr(os, function, failing_once(function, call, OSError(code, "injected")))
            told = attempt(Repository(store.path), {f"{call}/b": b"%d" % call})
        if not told:
            break
        assert not leftovers(store)
        if "不知道" in told:  # whoever stands in line may have been led by others
            assert reason in told
            assert store.head() == head
        elif "不要重复操作" in told:
            unconfirmed.append(call)
            head = store.head() or ""
        else:
            assert reason in told or (function == "open" and "读回不符" in told)  # a file opened to read the commit back
            assert store.head() == head
    assert call >= calls
    assert unconfirmed == ([call - 1] if function in {"open", "fsync"} else [])  # the folder of the branch, after the swap
    assert_sound(store)


def test_a_reflog_that_cannot_be_written_stops_the_branch(store: Repository) -> None:
    head = put(store, {"a": b"1"})
    log = store.path / "logs/refs/heads/main"
    log.unlink()
    log.mkdir()
    assert "失败" in attempt(store, {"a": b"2"})
    assert store.head() == head
    assert not leftovers(store)


def test_a_file_size_limit_of_the_system_is_a_clean_refusal(store: Repository) -> None:
    head = put(store, {"a": b"1"})

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        with pytest.raises(StoreError, match="大小限制"):
            put(store, {"a": random.Random(1).randbytes(50_000)})

    process = forked.Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == 0
    assert store.head() == head
    assert not leftovers(store)


@pytest.mark.parametrize("function", ["write", "fsync", "link", "replace"])
def test_an_interrupt_leaves_the_last_commit_and_a_free_lock(store: Repository, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    head = put(store, {"a": b"1"})

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, function, interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(store, {"a": b"2"})
    assert store.head() == head
    assert not leftovers(store)
    assert store.describe(put(store, {"a": b"2"})).parent == head


def test_what_a_pruning_took_meanwhile_is_noticed_before_the_branch_moves(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    head = put(store, {"a": b"1"})
    calls = recorded(monkeypatch, "replace")
    real = os.replace

    def pruned(source: Any, target: Any) -> None:
        real(source, target)
        if len(calls) == 2:
            Path(calls[0][2]).unlink()

    monkeypatch.setattr(os, "replace", pruned)
    with pytest.raises(StoreError, match="读回不符"):
        put(store, {"a": b"2"})
    assert store.head() == head
    assert_sound(store)


def counting(path: Path, times: int, acknowledged: Path | None = None) -> None:
    store = Repository(path)
    for _ in range(times):
        with store.writing() as register:
            number = int((store.read("n", register.head) if register.head else None) or b"0") + 1
            commit = register.commit(
                {"n": b"%d" % number, f"items/{number % 9}": b"x"}, author=CLERK, committer=SERVICE, message=str(number)
            )
        if acknowledged:
            with acknowledged.open("a") as file:
                file.write(f"{commit}\n")


@pytest.mark.e2e
def test_four_processes_lose_no_update(store: Repository) -> None:
    writers = [forked.Process(target=counting, args=(store.path, 25)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    assert git(store, "show", "main:n") == b"100"
    assert [int(message) for message in git(store, "log", "--reverse", "--format=%s").split()] == list(range(1, 101))
    assert git(store, "rev-list", "--merges", "main") == b""
    assert_sound(store)


CALLS = ("open", "write", "fsync", "link", "replace", "unlink", "utime")


def killed_before(path: Path, number: int) -> None:
    """Commit, and be killed before that call of those that change the disk."""
    calls = count()

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **options: Any) -> Any:
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*words, **options)

        return call

    for name in CALLS:
        setattr(os, name, dying(getattr(os, name)))
    put(Repository(path), {"a": b"killed before call %d" % number})


@pytest.mark.e2e
def test_after_a_kill_before_any_call_of_an_act_the_next_act_goes_on_at_once(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(256):  # the same calls every time
        (store.path / "objects" / f"{number:02x}").mkdir()
    head, locked = put(store, {"a": b"1"}), 0
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waited for a dead writer"))
    for number in count():
        writer = forked.Process(target=killed_before, args=(store.path, number))
        writer.start()
        writer.join()
        stands = store.head()
        assert stands
        assert stands == head or store.describe(stands).parent == head
        locked += (store.path / "refs/heads/main.lock").exists()
        head = put(store, {"a": b"2"})
        assert store.describe(head).parent == stands
        assert not (store.path / "duban.main").exists()
        if writer.exitcode == 0:
            break
        assert writer.exitcode == -signal.SIGKILL
    assert locked >= 2  # between the taking of the lock and the move of the branch
    assert_sound(store)


def test_a_lock_that_git_takes_beside_what_a_killed_writer_left_is_respected(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    head = put(store, {"a": b"1"})
    lock = store.path / "refs/heads/main.lock"
    for left in (b"", f"{head}\n".encode()):  # just as Git writes it
        (store.path / "duban.main").write_bytes(left)
        lock.write_bytes(left)
        with monkeypatch.context() as patched:
            patched.setattr(time, "sleep", lambda _: None)
            with pytest.raises(StoreError, match="另一 Git 程序"):
                put(store, {"a": b"2"})
        assert lock.read_bytes() == left
        lock.unlink()
        head = put(store, {"a": b"2"})
    assert not leftovers(store)


@pytest.mark.e2e
def test_a_writer_killed_at_any_moment_leaves_whole_commits_and_a_free_lock(store: Repository, tmp_path: Path) -> None:
    chance, acknowledged = random.Random(7), tmp_path / "acknowledged"
    put(store, {"n": b"0"})
    for _ in range(30):
        acknowledged.write_text("")
        writer = forked.Process(target=counting, args=(store.path, 10**6, acknowledged))
        writer.start()
        begun = chance.randrange(4)  # commits that it is let make; then in the midst of the next, wherever that is
        while writer.is_alive() and len(acknowledged.read_text().split()) < begun:
            time.sleep(0.001)
        time.sleep(chance.random() / 50)
        writer.kill()
        writer.join()
        git(store, "fsck", "--connectivity-only", "--strict")
        head = store.head()
        assert head
        line = [commit.id for commit in store.commits(None, head)]
        known = [line.index(commit) for commit in acknowledged.read_text().split()]
        assert not known or max(known) >= len(line) - 2
        counting(store.path, 1)
        assert git(store, "show", "main:n").decode() == str(len(line))
    assert_sound(store)
