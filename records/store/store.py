"""What a register asks of the place where it is kept: commits of whole files on one branch, written one at a time.

``repository.Repository`` keeps it on this disk. A store that advances by push to a Git server will stand beside it: reading is the same
there, and ``Transaction.commit`` is where it differs.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from records.store.objects import Commit, Ident, TreeEntry


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs between two commits: its blob before and after, None where there is none; equal if only its mode differs."""

    path: str
    old: str | None
    new: str | None


class Transaction(Protocol):
    """A register held for writing.

    Attributes:
        head: the commit that the next one will stand on; None in an empty register.
    """

    head: str | None

    def commit(self, files: Mapping[str, bytes], *, author: Ident, committer: Ident, message: str) -> str:
        """Set files and advance the branch; when this returns, a power cut takes nothing of it back.

        Raises:
            StoreError: it could not be written, or somebody else was quicker; nothing has changed then, unless the message says so.
        """


class Store(Protocol):
    """A register's commits. Commits are named by 40 hex digits, paths are relative to the root with ``/`` between their parts.

    Every method raises StoreError when the store cannot be read or an object is missing or damaged. Safe for several threads.

    Attributes:
        path: the repository on this disk, for whoever opens it anew in a process of his own.
    """

    path: Path

    def __hash__(self) -> int:
        """A store is one thing among others: what was read of it is kept under it."""

    def head(self) -> str | None:
        """Return the newest commit, None before the first one. Cheap enough for polling."""

    def describe(self, commit: str) -> Commit:
        """Return who made a commit, when, on top of which and with what message."""

    def commits(self, since: str | None, until: str) -> Iterator[Commit]:
        """Yield the commits after ``since`` (None: from the first) up to and including ``until``, oldest first."""

    def changes(self, old: str | None, new: str) -> Iterator[FileChange]:
        """Yield the files that differ between two commits (None: nothing at all), in Git's order."""

    def entries(self, folder: str, commit: str) -> tuple[TreeEntry, ...]:
        """Return what one folder holds, in order; nothing if there is no such folder. The root is the empty string."""

    def blob_id(self, path: str, commit: str) -> str | None:
        """Return the object id of a file, None if there is no such file."""

    def read(self, path: str, commit: str) -> bytes | None:
        """Return the bytes of a file, None if there is no such file."""

    def blob(self, blob_id: str) -> bytes:
        """Return the bytes of a file by its object id."""

    def writing(self, timeout: float = 10.0) -> AbstractContextManager[Transaction]:
        """Hold the register for writing until the block ends.

        Raises:
            StoreError: others held it for ``timeout`` seconds, or it cannot be written.
        """
