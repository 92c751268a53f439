"""A clone of the register with its work tree: what stands there in files, read as if it were one more commit.

A person edits records in a clone with any editor; whoever reads the clone under the commit ``WORK_TREE`` sees the files as they lie there,
saved but not committed. Nothing is ever written.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from records.store.disk import plain_bytes, reporting
from records.store.objects import object_id
from records.store.paths import kind_of
from records.store.repository import Repository
from records.store.store import FILE, FOLDER, LARGEST, PATIENCE, Commit, FileChange, StoreError, Transaction, TreeEntry
from schema.text import show

WORK_TREE = ""


class WorkTree:
    """A clone by ``git clone``, or a work tree linked to one; only its branch ``main`` is what is committed. A ``Store`` for reading.

    ``entries``, ``blob_id`` and ``read`` take ``WORK_TREE`` for a commit and then give the files; ``blob`` knows every file that the first
    two told of, as it was then. A link or a program is refused there as in a commit.

    Args:
        root: the folder with the work tree.

    Raises:
        StoreError: it is no clone of a register.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, bytes] = {}
        if (root / "register.git").is_dir():
            raise StoreError(f"{root} 是登记簿本身，不是克隆。请先用 git clone {root / 'register.git'} 克隆一份，再写克隆的目录。")
        home = repository_of(root)
        self._committed = Repository(home)
        head = self.head() if (home / "HEAD").is_file() else None
        if head is None or self.blob_id("bureau.yaml", head) is None:
            raise StoreError(f"{root} 不是登记簿的克隆。请写用 git clone 克隆登记簿得到的目录。")

    @property
    def watched(self) -> Path:
        """A folder in which something changes whenever the head moves; what is saved in the work tree does not show there."""
        return self._committed.watched

    def head(self) -> str | None:
        """Return the commit at which the clone's ``main`` stands."""
        return self._committed.head()

    def describe(self, commit: str) -> Commit:
        """Return who made a commit, when, on top of which and with what message."""
        return self._committed.describe(commit)

    def commits(self, since: str | None, until: str) -> Iterator[Commit]:
        """Yield the commits after ``since`` up to and including ``until``, oldest first, along first parents."""
        return self._committed.commits(since, until)

    def changes(self, old: str | None, new: str) -> Iterator[FileChange]:
        """Yield the files that differ between two commits in Git's order."""
        return self._committed.changes(old, new)

    def raw(self, object_id: str, kind: str) -> bytes:
        """Return a committed object as Git keeps it."""
        return self._committed.raw(object_id, kind)

    def tree_with(self, commit: str | None, files: Mapping[str, bytes]) -> str:
        """Return the id of the tree that a commit of these files would have on top of a commit."""
        return self._committed.tree_with(commit, files)

    def batch(self, timeout: float = PATIENCE) -> AbstractContextManager[Transaction]:
        """Refuse, as ``writing`` does."""
        return self.writing(timeout)

    def writing(self, timeout: float = PATIENCE) -> AbstractContextManager[Transaction]:
        """Refuse: what is decided is decided at the register, and comes here by ``git pull``."""
        raise StoreError(f"{self.root} 是登记簿的克隆，只供查看和编辑草稿，不能在此登记。请到登记簿办理。")

    def changed(self) -> tuple[str, ...]:
        """Return the paths of the records that are not as ``main`` has them: altered, new or deleted. Reads every file."""
        committed = {change.path: change.new for change in self.changes(None, self.head() or "")}
        paths = {path.relative_to(self.root).as_posix() for path in self.root.glob("[!.]*/**/*.yaml")}
        paths |= {path.name for path in self.root.glob("*.yaml")}
        return tuple(sorted(path for path in paths | committed.keys() if kind_of(path) and self._is_other(path, committed.get(path))))

    def entries(self, folder: str, commit: str) -> tuple[TreeEntry, ...]:
        """Return what one folder holds, in the order of the names; nothing if there is no such folder."""
        if commit != WORK_TREE:
            return self._committed.entries(folder, commit)
        found = []
        with reporting("读取工作区", self.root / folder):
            if not (self.root / folder).is_dir():
                return ()
            for entry in sorted(os.scandir(self.root / folder), key=lambda each: each.name):
                path = f"{folder}/{entry.name}".lstrip("/")
                if entry.is_dir(follow_symlinks=False):
                    found.append(TreeEntry(entry.name, FOLDER, ""))
                elif entry.is_file(follow_symlinks=False) and (blob := self.blob_id(path, commit)):
                    found.append(TreeEntry(entry.name, FILE, blob))
        return tuple(found)

    def blob_id(self, path: str, commit: str) -> str | None:
        """Return the id that a file has or would have as a Git object, None if there is no such file."""
        if commit != WORK_TREE:
            return self._committed.blob_id(path, commit)
        data = self._file(path)
        if data is None:
            return None
        self._known[blob := object_id("blob", data)] = data
        return blob

    def read(self, path: str, commit: str) -> bytes | None:
        """Return the bytes of a file, None if there is no such file."""
        return self._file(path) if commit == WORK_TREE else self._committed.read(path, commit)

    def blob(self, blob_id: str) -> bytes:
        """Return the bytes of a file by its object id, committed or not."""
        return self._known[blob_id] if blob_id in self._known else self._committed.blob(blob_id)

    def _is_other(self, path: str, committed: str | None) -> bool:
        with suppress(StoreError):
            data = self._file(path)
            return (None if data is None else object_id("blob", data)) != committed
        return True  # what cannot be read is not what was committed

    def _file(self, path: str) -> bytes | None:
        with reporting("读取工作区", self.root / path):
            try:
                mode = os.lstat(self.root / path).st_mode
                if stat.S_ISREG(mode):
                    return plain_bytes(self.root / path, LARGEST)
            except (FileNotFoundError, NotADirectoryError):
                return None
        if stat.S_ISDIR(mode):
            return None
        raise StoreError(f"{show(path)} 不是普通文件，不予读取。请换成普通文件。")


def repository_of(root: Path) -> Path:
    """Return the repository of a work tree: ``.git``, or where a file of that name leads and, from a linked one, a further file."""
    home = root / ".git"
    if home.is_file():
        home = root / _named(home)
    if (home / "commondir").is_file():
        home /= _named(home / "commondir")
    return home


def _named(file: Path) -> str:
    with reporting("读取克隆", file):
        return os.fsdecode(plain_bytes(file, LARGEST).removeprefix(b"gitdir:").strip())
