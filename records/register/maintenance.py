"""The upkeep of a register's repository: written object by object, it is kept in few packs, with a graph of its commits.

Stock Git packs, from the outside and while people act. What is new goes into a pack of its own by the history that it belongs to: so Git
knows the path of each record, and stores it as the difference from the one before. Packs are rolled into one another (``store.rolling``).
Nothing that no commit refers to is looked for or pruned.

Whoever reads finds what moved by looking again (``store.objects``), so acts and readers go on; the register's lock is held for the
instant in which packs vanish, so that no act meets it half-way. A killed upkeep leaves files that nobody reads; a later one removes them.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from records.index.layout import FAULTS
from records.register.strays import folders, swept, swept_beside
from records.store.branch import MAIN
from records.store.disk import is_open, plain_bytes, replace_durably, reporting
from records.store.lock import held
from records.store.rolling import ALONE, packing, rolled_up, sync_packs, taken_away
from records.store.stock_git import Git
from records.store.store import BusyError, StoreError

_NOTE = "duban.maintained"
_PATIENCE = 30.0  # seconds for those who act just now
_STRAY = 24 * 3600  # seconds after which nobody can still be writing a temporary file
_LARGEST = 1 << 16  # bytes of the note


class MaintainedNowError(StoreError):
    """Somebody else maintains the register at this moment."""


@dataclass(frozen=True)
class Inventory:
    """What a repository's objects lie in.

    Attributes:
        loose: objects in a file each.
        packs: packs.
        size: bytes of all of them, the indexes included.
    """

    loose: int
    packs: int
    size: int


@dataclass(frozen=True)
class Maintained:
    """What an upkeep came to.

    Attributes:
        before: how the objects lay.
        after: how they lie now.
        strays: files that killed programs had left, taken away.
        log: bytes of the index's log, written into the index.
        trouble: why the index could not be tended, empty where it was, or where there is none.
        seconds: how long all of it took.
    """

    before: Inventory
    after: Inventory
    strays: int
    log: int
    trouble: str
    seconds: float


def maintain(home: Path, git: Git, at: datetime) -> Maintained:
    """Maintain a register: pack what is new, roll packs up, bring the graph of commits up to date, tend the index.

    Args:
        home: the register's folder; whoever runs this owns it.
        git: stock Git.
        at: now, to be noted.

    Raises:
        MaintainedNowError: another upkeep is under way.
        StoreError: Git or the disk refuses. Whatever was done until then is whole, and all that was there is there.
    """
    repository, begun = home / "register.git", time.monotonic()
    with _alone(repository) as now:
        before, strays = inventory(repository), swept(repository, now) + swept_beside(home, now)
        _pack_what_is_new(repository, git)
        _roll_up(repository, git)
        _graph(repository, git)
        log, trouble = _tend_index(home / "index.sqlite")
        done = Maintained(before, inventory(repository), strays, log, trouble, time.monotonic() - begun)
        _note(repository, at)
    return done


def last_maintained(home: Path) -> datetime | None:
    """Return when a register was last maintained, None where it was not or nobody can tell."""
    with suppress(OSError, StoreError, ValueError, LookupError, TypeError):
        return datetime.fromisoformat(json.loads(plain_bytes(home / "register.git" / _NOTE, _LARGEST))["at"])
    return None


def inventory(repository: Path) -> Inventory:
    """Return what a repository's objects lie in.

    Raises:
        StoreError: it cannot be read.
    """
    loose = packs = size = 0
    with reporting("查看登记库", repository):
        for folder in folders(repository):
            with suppress(FileNotFoundError), os.scandir(folder) as found:
                for file in found:
                    with suppress(FileNotFoundError):
                        size += file.stat().st_blocks * 512
                    loose += len(folder.name) == 2 and len(file.name) == 38
                    packs += file.name.endswith(".idx")
    return Inventory(loose, packs, size)


@contextmanager
def _alone(repository: Path) -> Iterator[float]:
    """Be the only one who maintains, until the process dies at the latest; gives the time on the file system's clock."""
    place = repository / ALONE
    with ExitStack() as stack:
        try:
            now = stack.enter_context(held(place, 0))
        except BusyError as error:
            raise MaintainedNowError("登记簿正在维护，这一次不再另做。") from error
        yield now


def _pack_what_is_new(repository: Path, git: Git) -> None:
    """Put what is loose and belongs to the history into one pack, then take away what is packed."""
    into = ("--revs", "--unpacked", "--incremental", "--local", "--delta-base-offset", "--non-empty", "--quiet")
    packing(git, repository, "pack-objects", *into, "objects/pack/pack", given=f"{MAIN}\n")
    sync_packs(repository)
    packing(git, repository, "prune-packed", "--quiet")


def _roll_up(repository: Path, git: Git) -> None:
    gone = rolled_up(repository, git)
    with reporting("维护登记库", repository), held(repository / "duban.lock", _PATIENCE, "登记簿维护"):
        taken_away(repository, gone)


def _graph(repository: Path, git: Git) -> None:
    """Write what is new into the graph of the commits, with filters that tell which of them touch a path."""
    for lock in (repository / "objects/info").rglob("commit-graph*.lock"):
        if not is_open(lock):  # of an upkeep that was killed: a git that lives has its lock open
            lock.unlink(missing_ok=True)
    packing(git, repository, "commit-graph", "write", "--reachable", "--changed-paths", "--split", "--no-progress")


def _tend_index(path: Path) -> tuple[int, str]:
    """Write the index's log into it and have SQLite look after its statistics; return the bytes of the log, and what stood in the way."""
    log = path.with_name(f"{path.name}-wal")
    before = log.stat().st_size if log.exists() else 0
    if not path.exists():
        return 0, ""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE, isolation_level=None)) as db:
            db.execute("PRAGMA optimize")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except FAULTS as error:  # it is a cache, and whoever uses it next says what ails it
        return 0, str(error)
    return max(0, before - (log.stat().st_size if log.exists() else 0)), ""


def _note(repository: Path, at: datetime) -> None:
    path = repository / _NOTE
    with reporting("维护登记库", path):
        replace_durably(path, json.dumps({"at": at.isoformat()}).encode(), 0o640)
