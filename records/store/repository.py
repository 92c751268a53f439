"""The Git side of the register: a bare repository written by commits of whole files, durable and one at a time.

The module knows paths, bytes and commits, nothing of supervision. A commit is built from objects (the files, the trees on their paths, the
commit itself), so there is no work tree, no Git index and no command to run, and its cost does not grow with the register.
Stock Git may read, fetch, push, pack and prune at the same time. Neither the environment nor Git's configuration files are read here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

from records.store.branch import MAIN, Branch
from records.store.disk import plain_bytes, reporting, sync_folder, write_durably
from records.store.line import Line, Place
from records.store.lock import held, let_go
from records.store.loose import compressed
from records.store.objects import (
    Objects,
    check_tree,
    commit_data,
    object_id,
    parse_commit,
    tree_differences,
    tree_entries,
    tree_find,
    tree_with,
)
from records.store.store import DEEPEST, FILE, FOLDER, LARGEST, PATIENCE, Commit, FileChange, Followed, Ident, StoreError, TreeEntry
from records.store.waiting import Waiting
from schema.text import show, unsafe

_NO_PART = re.compile(r"""\.|git~|.*[\\:*?"<>|]|.*[. ]\Z|(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)""", re.IGNORECASE | re.DOTALL)
CONFIG = """\
[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	quotepath = false
	logAllRefUpdates = always
	sharedRepository = 0640
	fsync = all
	fsyncMethod = fsync
[gc]
	auto = 0
[maintenance]
	auto = false
[pack]
	depth = 4
[receive]
	autogc = false
	denyNonFastForwards = true
	denyDeletes = true
	fsckObjects = true
[transfer]
	fsckObjects = true
"""
"""What a register's own repository says to Git, and nothing more: any other line would be a program's or a weaker guard."""
_FILES = {"config": CONFIG, "HEAD": f"ref: {MAIN}\n"}
_FOLDERS = ("hooks", "objects/info", "objects/pack", "refs/heads", "refs/tags", "logs/refs/heads")

_Names: TypeAlias = "dict[str, _Names | str]"  # folder to what is in it, file to its whole path
_Put: TypeAlias = Callable[[str, bytes], str]  # takes an object by kind and content, gives its id


class Repository:
    """A bare repository with its one branch ``main``. Nothing is opened until something is read; safe for several threads.

    A ``Store``; everything read is checked against its id.

    Args:
        path: the repository, on a local disk: locks and syncs are not to be trusted over a network.
        who: says who writes, for those who wait for him; one line.
        branch: makes its branch, which says how it advances.
        everywhere: whether an object must be the same wherever it lies (``Objects``), as whoever judges wants it.

    Attributes:
        read_only: why nothing can be written here, empty where it can.
    """

    read_only = ""

    def __init__(
        self, path: Path, who: Callable[[], str] = lambda: "", branch: Callable[[Path], Branch] = Branch, *, everywhere: bool = False
    ) -> None:
        self.path, self._who, self._everywhere = path, who, everywhere
        self._branch = branch(path)
        self._waiting = Waiting(path / "waiting")
        self._objects = Objects(path / "objects", waiting=self._waiting.find, everywhere=everywhere)
        self._line = Line(path, self._objects, self._waiting, self._branch)
        self._made: Mapping[str, bytes] = {}
        self._tree = lru_cache(256)(self._read_tree)
        self._commit = lru_cache(256)(lambda commit: parse_commit(commit, self._objects.read(commit, "commit")))
        self._listed = lru_cache(64)(lambda tree: tuple(entry for _, entry in tree_entries(self._tree(tree))))
        self._entry = lru_cache(1024)(lambda tree, name: tree_find(self._tree(tree), name))

    def __reduce__(self) -> "tuple[Callable[[Path], Repository], tuple[Path]]":
        return partial(type(self), everywhere=True) if self._everywhere else type(self), (self.path,)

    @classmethod
    def create(cls, path: Path) -> "Repository":
        """Make an empty repository, durable, without templates or hooks.

        Args:
            path: must not exist, or be an empty folder, or hold what was made here and nothing besides: a full disk or a kill cut it off.

        Raises:
            StoreError: the path holds something else already, or cannot be written.
        """
        folders = [path / name for name in _FOLDERS]
        with reporting("建立登记库", path):
            path.mkdir(mode=0o750, parents=True, exist_ok=True)
            if not _is_ours_alone(path, folders):
                raise StoreError(f"{path} 已有内容，未作任何改动。请另选一个不存在的目录或空目录。")
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            for name, text in _FILES.items():  # HEAD last: only now is it a repository to Git
                (path / name).unlink(missing_ok=True)
                write_durably(path / name, text.encode(), 0o640)
            for folder in (*folders, path / "objects", path / "refs", path / "logs/refs", path / "logs", path, path.parent):
                sync_folder(folder)
        return cls(path)

    @property
    def watched(self) -> Path:
        """A folder in which something changes whenever the head moves."""
        return self._branch.folder

    def follow(self, timeout: float = PATIENCE) -> Followed | None:
        """Go on to where the upstream stands: there is none."""

    def head(self) -> str | None:
        """Return the commit that ``main`` stands at, None before the first one. Costs the reading of one small file."""
        return self._branch.head()

    def describe(self, commit: str) -> Commit:
        """Return who made a commit, when, on top of which and with what message."""
        return self._commit(commit)

    def commits(self, since: str | None, until: str) -> Iterator[Commit]:
        """Yield the commits after ``since`` up to and including ``until``, oldest first, along first parents."""
        line: list[str] = []
        at: str | None = until
        while at is not None and at != since:
            line.append(at)
            at = self.describe(at).parent
        if at != since:
            raise StoreError(f"提交 {since} 不在 {until} 的历史中：登记库可能被改写或恢复过，请与镜像核对。")
        while line:
            yield self.describe(line.pop())

    def changes(self, old: str | None, new: str) -> Iterator[FileChange]:
        """Yield the files that differ between two commits in Git's order; folders that are equal are not entered."""
        return self._differences("", self._root(old) if old else None, self._root(new))

    def entries(self, folder: str, commit: str) -> tuple[TreeEntry, ...]:
        """Return what one folder holds, in Git's order; nothing if there is no such folder. The root is the empty string."""
        tree = self._folder(folder.split("/") if folder else [], commit)
        return self._listed(tree) if tree else ()

    def blob_id(self, path: str, commit: str) -> str | None:
        """Return the object id of a file, None if there is no such file; a link or a program is refused."""
        *folders, name = path.split("/")
        tree = self._folder(folders, commit)
        entry = self._entry(tree, name) if tree else None
        if entry is None or entry.mode == FOLDER:
            return None
        if entry.mode != FILE:
            raise StoreError(f"登记库中的 {show(path)} 不是普通文件（模式 {entry.mode:06o}），不予读取。请核查它由谁提交。")
        return entry.id

    def read(self, path: str, commit: str) -> bytes | None:
        """Return the bytes of a file, None if there is no such file; raises as ``blob_id`` does."""
        blob = self.blob_id(path, commit)
        return self.blob(blob) if blob else None

    def blob(self, blob_id: str) -> bytes:
        """Return the bytes of a file by its object id."""
        return self._objects.read(blob_id, "blob")

    def raw(self, object_id: str, kind: str) -> bytes:
        """Return an object as Git keeps it, checked against its id."""
        return self._objects.read(object_id, kind)

    def commits_starting(self, start: str) -> list[str]:
        """Return the commits that there are whose ids begin with some hex digits, two at least, in any history."""
        found = []
        for each in sorted(self._objects.starting(start)):
            with suppress(StoreError):  # a record or a folder, or damaged
                self._objects.read(each, "commit")
                found.append(each)
        return found

    def tree_with(self, commit: str | None, files: Mapping[str, bytes]) -> str:
        """Return the id of the tree that a commit of these files would have on top of a commit; nothing is written."""
        return self._with(commit, files, object_id)

    @contextmanager
    def writing(self, timeout: float = PATIENCE) -> "Iterator[RepositoryTransaction]":
        """Hold the register for writing: nobody else commits until the block ends; the kernel lets go if the process dies.

        The lock comes before anything is read, so that what is read in the block is what the commit builds on. Others may write while
        what was committed is synced: all that wait for that are served together (``line``).
        """
        with ExitStack() as afterwards, held(self.path / "duban.lock", timeout, self._who()), self._waiting.seen():
            transaction = RepositoryTransaction(self)
            afterwards.callback(transaction.settle, timeout)
            afterwards.callback(transaction.put)
            yield transaction

    @contextmanager
    def batch(self, timeout: float = PATIENCE) -> "Iterator[RepositoryBatch]":
        """Hold the register for writing and land all commits of the block together when it ends: one pack, the branch moved once."""
        with self.still(timeout) as now, self._branch.ready(now), self._objects.gathering():
            transaction = RepositoryBatch(self, now)
            yield transaction
            transaction.land()

    @contextmanager
    def still(self, timeout: float = PATIENCE) -> Iterator[float]:
        """Hold the register with nobody in line and nobody leading: in the block the branch moves by the caller's hand alone.

        Gives the time on the file system's clock. Whoever advances the branch himself holds this; else two may move it at once.
        """
        with held(self.path / "duban.lock", timeout, self._who()) as now:
            self._line.drain(timeout)
            with self._line.alone(timeout):
                yield now

    def _root(self, commit: str) -> str:
        return self.describe(commit).tree

    def _read_tree(self, tree: str) -> bytes:
        made = self._made.get(tree)
        return check_tree(self._objects.read(tree, "tree")) if made is None else made

    def _reread(self, commit: str, made: Mapping[str, bytes]) -> None:
        """Keep in mind a commit and its folders while they are at hand: whoever made it acts or looks on top of it next.

        Folders that were made here of checked ones, and have their ids from what they hold, need not be looked through for it.
        """
        self._commit(commit)
        self._made = {each: whole.partition(b"\0")[2] for each, whole in made.items() if whole.startswith(b"tree ")}
        for each in self._made:
            self._tree(each)
        self._made = {}

    def _folder(self, parts: list[str], commit: str) -> str | None:
        """The tree of a folder, None if there is no such folder."""
        tree = self._root(commit)
        for part in parts:
            entry = self._entry(tree, part)
            if entry is None or entry.mode != FOLDER:
                return None
            tree = entry.id
        return tree

    def _with(self, commit: str | None, files: Mapping[str, bytes], put: _Put) -> str:
        """Return the id of the tree of a commit with these files set, every object of it put as it is made."""
        nested = _nested(files)
        blobs = {path: put("blob", data) for path, data in files.items()}
        return self._folder_with(self._root(commit) if commit else None, nested, blobs, put)

    def _folder_with(self, old: str | None, names: _Names, blobs: Mapping[str, str], put: _Put) -> str:
        data = self._tree(old) if old else b""
        changed = {}
        for name, what in names.items():
            there = tree_find(data, name)
            if there and (there.mode == FOLDER) != isinstance(what, dict):
                raise StoreError(
                    f"路径 {name} 与登记库中已有的同名{'文件夹' if there.mode == FOLDER else '文件'}冲突，未作改动。请改用别的路径。"
                )
            if isinstance(what, dict):
                changed[f"{name}/".encode()] = self._folder_with(there.id if there else None, what, blobs, put)
            else:
                changed[name.encode()] = blobs[what]
        return put("tree", tree_with(data, changed))

    def _differences(self, prefix: str, old: str | None, new: str | None) -> Iterator[FileChange]:
        for key, was, now in tree_differences(self._tree(old) if old else b"", self._tree(new) if new else b""):
            path = prefix + key.decode(errors="surrogateescape")
            ids = was.id if was else None, now.id if now else None
            if key.endswith(b"/") and path.count("/") <= DEEPEST:
                yield from self._differences(path, *ids)
            else:
                yield FileChange(path, *ids)


def _is_ours_alone(path: Path, folders: Iterable[Path]) -> bool:
    """Whether a folder holds nothing but what ``Repository.create`` makes, as far as it came."""
    files = {path / name: text for name, text in _FILES.items()}
    ours = {each for folder in folders for each in (folder, *folder.parents)}
    if any(each not in ours and each not in files for each in path.rglob("*")):
        return False
    return all(not each.exists() or text.encode().startswith(plain_bytes(each, LARGEST)) for each, text in files.items())


class RepositoryTransaction:
    """A ``Transaction``: each commit stands in the line of those that wait to be made durable, on top of the one before it."""

    def __init__(self, store: Repository) -> None:
        self._store = store
        self.head = store._line.end()
        self._places: list[Place] = []

    def commit(self, files: Mapping[str, bytes], *, author: Ident, committer: Ident, message: str) -> str:
        """Set files in a commit on top of the one before; it counts once the block has ended."""
        with self._store._objects.gathering() as made:
            commit, _ = _written(self._store, self.head, files, author, committer, message)
            self._store._reread(commit, made)
            self._places.append(self._store._line.join(self.head, {name: compressed(whole) for name, whole in made.items()}))
        self.head = commit
        return commit

    def let_others_land(self) -> None:
        """Let all that stand in the line reach the branch first."""
        self._store._line.drain(PATIENCE)
        self._store._branch.expect(self.head)

    def put(self) -> None:
        """Put in place what was committed, where moving the branch takes longer than that."""
        if self._places and self._store._branch.is_far:
            self._store._line.put(self._places)

    def settle(self, timeout: float) -> None:
        """Wait until what was committed is durable, the register's lock being free again."""
        while self._places[:-1]:
            let_go(self._places.pop(0).descriptor)
        for place in self._places:
            self._store._line.settle(place, timeout)


class RepositoryBatch:
    """A ``Transaction`` whose commits are gathered in memory, and land together."""

    def __init__(self, store: Repository, now: float) -> None:
        self.head = self._stood = store.head()
        self._store, self._objects = store, store._objects
        self._now, self._last = now, b""

    def commit(self, files: Mapping[str, bytes], *, author: Ident, committer: Ident, message: str) -> str:
        """Make a commit on top of the one before; it counts once the batch has landed."""
        self.head, self._last = _written(self._store, self.head, files, author, committer, message)
        return self.head

    def adopt(self, objects: Iterable[tuple[str, bytes]]) -> None:
        """Take a commit that was made elsewhere, on top of the one before; it counts once the batch has landed.

        Args:
            objects: kind and bytes of each object that is new with it, its own last. What they are was judged before.
        """
        for kind, data in objects:
            self.head, self._last = self._objects.write(kind, data), data

    def let_others_land(self) -> None:
        """Nobody stands in the line: it was drained before the batch began."""

    def land(self) -> None:
        """Make what was gathered durable as one pack, read it back, and only then move ``main`` to the last commit."""
        if self.head is None or self.head == self._stood:
            return
        self._objects.land()
        self._store._branch.advance(self._stood, self.head, self._last, self._now)
        self._objects.loose.sweep(self.head, self._now)


def _written(
    store: Repository, head: str | None, files: Mapping[str, bytes], author: Ident, committer: Ident, message: str
) -> tuple[str, bytes]:
    """Write the objects of a commit, its own last, and return its id and its bytes."""
    tree = store._with(head, files, store._objects.write)
    data = commit_data(tree, head, author, committer, message)
    return store._objects.write("commit", data), data


def _nested(paths: Iterable[str]) -> _Names:
    """Return the paths as nested folders, each leaf its whole path.

    What is refused could not be checked out on some reviewer's computer, is read by Git itself, or leaves the register.
    """
    root: _Names = {}
    for path in paths:
        *folders, name = path.split("/")
        if any(not part or _NO_PART.match(part) or any(unsafe(part)) or len(part.encode()) > 255 for part in (*folders, name)):
            raise StoreError(f"路径 {show(path)} 不合规，未作改动。路径各级名称不得为空、以点开头或含特殊字符。")
        at: _Names | str = root
        for part in folders:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at
        if isinstance(at, str) or at.setdefault(name, path) != path:
            raise StoreError(f"路径 {show(path)} 与同批写入的另一路径冲突，未作改动。请改用别的路径。")
    return root
