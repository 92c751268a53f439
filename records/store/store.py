"""What a register asks of the place where it is kept: commits of whole files on one branch, written one at a time.

Whoever stands above this room speaks of stores in these words alone. ``repository.Repository`` keeps a register on this disk,
``worktree.WorkTree`` reads a clone. A store that advances by push to a Git server will stand beside them: its objects are the same, only
the way its branch advances is another (``branch.Branch``). ``tests/records/test_store_contract.py`` says what every one of them gives.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

FOLDER = 0o040000
FILE = 0o100644
PATIENCE = 30.0
"""Seconds that whoever writes waits for others, who are let in in the order in which they came."""
DEEPEST = 8
"""Folders in one another that are entered; a record lies in three at most."""
LARGEST = 8 << 20
"""The largest object, and the largest file of a clone, that is read, in bytes; a record has 1 MiB at most, a folder some kilobytes."""


class StoreError(Exception):
    """The register cannot be read or written; the message is for the person at the screen."""


class BusyError(StoreError):
    """Others write all the time that was waited for them; nothing was done."""


class MovedError(StoreError):
    """Another server or program was quicker: nothing was written, the register stands further on, and what rested on it is done again."""

    def __init__(self, told: str = "登记库刚被另一程序改动，本次操作未写入。请重新打开后再试。") -> None:
        super().__init__(told)


class SentError(StoreError):
    """What was sent, or moved the branch, is on record or may be, though something failed then; nothing is said of what stands on it."""


@dataclass(frozen=True, slots=True)
class Ident:
    """Who, and when: the author or the committer of a commit.

    Attributes:
        name: shown as written, except that whatever could break the commit's header becomes a visible sign.
        email: likewise, without the angle brackets.
        time: with its zone; Git keeps whole seconds and the offset in minutes.
    """

    name: str
    email: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; ``parent`` is the first one, None for the first commit of all, ``message`` is without its last line feed."""

    id: str
    parent: str | None
    tree: str
    author: Ident
    committer: Ident
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a folder: its name, Git's mode (``FOLDER``, ``FILE`` or something no register should hold) and object id."""

    name: str
    mode: int
    id: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs between two commits: its blob before and after, None where there is none; equal if only its mode differs.

    A folder that lies deeper than is entered (``DEEPEST``) stands for all that is in it; its path ends with a slash.
    """

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Followed:
    """Where a register stood and where it stands, after it was looked what the upstream has.

    Attributes:
        old: before.
        new: now, which is where the upstream stands.
        count: how many commits came; 0 where there was nothing before.
    """

    old: str | None
    new: str
    count: int


class Transaction(Protocol):
    """A register held for writing, from ``Store.writing``: commit, once or several times, what rests on ``head``.

    Attributes:
        head: the commit that the next one will stand on; None in an empty register.
    """

    head: str | None

    def commit(self, files: Mapping[str, bytes], *, author: Ident, committer: Ident, message: str) -> str:
        """Set files in a commit that the next one stands on; once the block has ended, a power cut takes nothing of it back.

        Files not named stay as they are; there is no way to remove one. Contents equal to those before still make a commit.

        Args:
            files: path to bytes.
            author: the person who acts.
            committer: the service that writes it down.
            message: subject, empty line, body and trailers.

        Returns:
            The commit's id, the ``head`` from now on.

        Raises:
            StoreError: a path is not allowed, or it could not be written. At the end of the block: it could not be made durable, or
                somebody else was quicker (MovedError). The branch has not moved then, unless the message says so.
            ValueError: a time has no zone.
        """

    def let_others_land(self) -> None:
        """Wait until what others wrote before is durable and on the branch, for whoever is to read what follows the branch.

        Raises:
            StoreError: it does not get there.
        """


class Store(Protocol):
    """A register's commits. Commits are named by 40 hex digits, paths are relative to the root with ``/`` between their parts.

    Every method raises StoreError when the store cannot be read or an object is missing or damaged. Safe for several threads. A pickled
    store opens the same register anew in another process.
    """

    def __hash__(self) -> int:
        """A store is one thing among others: what was read of it is kept under it."""

    @property
    def watched(self) -> Path:
        """A folder on this disk in which something changes whenever the head moves, for whoever wants to be told by the system."""

    def head(self) -> str | None:
        """Return the newest commit, None before the first one. Cheap enough for polling."""

    def describe(self, commit: str) -> Commit:
        """Return who made a commit, when, on top of which and with what message."""

    def commits(self, since: str | None, until: str) -> Iterator[Commit]:
        """Yield the commits after ``since`` up to and including ``until``, oldest first, along first parents.

        Args:
            since: None for all from the first.
            until: the newest.

        Raises:
            StoreError: ``since`` is no ancestor of ``until``.
        """

    def changes(self, old: str | None, new: str) -> Iterator[FileChange]:
        """Yield the files that differ between two commits in Git's order.

        Args:
            old: a commit, None for nothing at all.
            new: a commit.
        """

    def entries(self, folder: str, commit: str) -> tuple[TreeEntry, ...]:
        """Return what one folder holds, in Git's order; nothing if there is no such folder. The root is the empty string."""

    def blob_id(self, path: str, commit: str) -> str | None:
        """Return the object id of a file, None if there is no such file.

        Raises:
            StoreError: there is, but as a link or a program: no register writes these, nobody should follow them.
        """

    def read(self, path: str, commit: str) -> bytes | None:
        """Return the bytes of a file, None if there is no such file; raises as ``blob_id`` does."""

    def blob(self, blob_id: str) -> bytes:
        """Return the bytes of a file by its object id."""

    def raw(self, object_id: str, kind: str) -> bytes:
        """Return an object as Git keeps it, checked against its id: what a proof needs, and nobody else.

        Args:
            object_id: 40 hex digits.
            kind: ``blob``, ``tree`` or ``commit``.
        """

    def tree_with(self, commit: str | None, files: Mapping[str, bytes]) -> str:
        """Return the id of the tree that a commit of these files would have on top of a commit; nothing is written.

        Args:
            commit: None for the first commit of all.
            files: as for ``Transaction.commit``.

        Raises:
            StoreError: also where a path is not allowed.
        """

    def batch(self, timeout: float = PATIENCE) -> AbstractContextManager[Transaction]:
        """Hold the register for writing, as ``writing`` does, and land all commits of the block together when it ends.

        One pack, one sync, the branch moved once: a block that ends by an exception, and a process that dies, leave none of them. A
        commit's id is final at once and what it holds can be read, but nothing is promised before the block has ended.

        Args:
            timeout: seconds to wait for other writers.

        Raises:
            StoreError: as ``writing``; at the end of the block also as ``Transaction.commit``.
        """

    def writing(self, timeout: float = PATIENCE) -> AbstractContextManager[Transaction]:
        """Hold the register for writing: nobody else commits until the block ends, however it or its process ends.

        What is read in the block is what the commit builds on; what was committed counts once the block has ended without an error.
        Never hold it while a person is thinking.

        Args:
            timeout: seconds to wait for other writers.

        Raises:
            StoreError: others held it all that time, or it cannot be written, or only read.
        """
