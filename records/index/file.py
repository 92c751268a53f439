"""The file of an index: opened, made, found broken, replaced, done without. What is in it is nobody's business here.

It may be deleted at any time (with its ``-wal`` and ``-shm``), and is made anew without a question when it is missing, broken or of another
version. Where it cannot be used at all (full disk, somebody else's file, a lock that nobody lets go), one in memory takes its place.
"""

import fcntl
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from records.index.layout import FAULTS, SCHEMA, Unusable
from records.store.disk import said
from records.store.ownership import hand_over
from schema.tables import default_text

_LAYOUT = 16  # raise it when what is kept of a record changes
_RULES = ("item", "unit", "leaders", "bureau", "numbers", "calendar", "policy.schema", "regulation")
_BROKEN = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_CONSTRAINT})
_PATIENCE = 100  # tries to have the folder for oneself, a tenth of a second each: it is held only while a file is opened
_REASONS = {
    sqlite3.SQLITE_FULL: "磁盘已满",
    sqlite3.SQLITE_READONLY: "没有写入权限",
    sqlite3.SQLITE_PERM: "没有写入权限",
    sqlite3.SQLITE_CANTOPEN: "文件打不开",
    sqlite3.SQLITE_IOERR: "磁盘读写出错",
    sqlite3.SQLITE_BUSY: "一直被另一程序占用",
    sqlite3.SQLITE_CORRUPT: "文件已损坏，又不能删去",
    sqlite3.SQLITE_NOTADB: "文件已损坏，又不能删去",
}
_T = TypeVar("_T")


class IndexFile:
    """One index on disk. Nothing is opened before it is needed; for several threads, but not across a fork.

    Attributes:
        trouble: what is wrong with the file and the way out, in a line; empty while it serves.

    Args:
        path: the file, on a local disk; its folder exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._reader: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._opened = 0
        self.trouble = ""

    def version(self) -> int:
        """Return a number that is another one whenever the file has changed; costs microseconds, for polling."""

        def number(db: sqlite3.Connection) -> int:
            changes = db.total_changes if self.trouble else int(db.execute("PRAGMA data_version").fetchone()[0])
            return (self._opened << 32) + changes

        return self.reading(number)

    def reading(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Return what is read with the connection for that."""

        def locked() -> _T:
            with self._lock:
                return work(self._connected())

        return self.whole(locked)

    def whole(self, work: Callable[[], _T]) -> _T:
        """Do something with the file: if it turns out broken, once more with a new one; if it is of no use, without it."""
        if not self.trouble:
            try:
                try:
                    return work()
                except (sqlite3.DatabaseError, UnicodeDecodeError, msgspec.DecodeError) as error:
                    if _code(error) not in _BROKEN:
                        raise
                except (TypeError, ValueError, LookupError, AttributeError):
                    if self._is_sound():
                        raise
                self.discard()
                return work()
            except sqlite3.ProgrammingError:  # no fault of the file's
                raise
            except (*FAULTS, msgspec.DecodeError, OSError, Unusable) as error:
                self._do_without(error)
        return work()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to fill the file with; within ``whole``."""
        if self.trouble:
            with self._lock:
                yield self._connected()
            return
        with closing(self._open()) as db:
            yield db

    def close(self) -> None:
        """Let go of the file; it is opened again when something is asked."""
        with self._lock:
            if not self.trouble:
                self._close()

    def _is_sound(self) -> bool:
        """Whether SQLite itself finds nothing wrong: in a damaged file numbers stand for texts, and nothing for what there must be."""
        with suppress(*FAULTS), closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        return False

    def _do_without(self, error: Exception) -> None:
        """Take an index in memory, for as long as this object lives, in the place of the file."""
        if isinstance(error, OSError):
            reason = said(error)
        else:
            reason = str(error) if isinstance(error, Unusable) else _REASONS.get(_code(error), f"系统错误 {_code(error)}")
        with self._lock:
            if self.trouble:
                return
            with suppress(*FAULTS):
                self._close()
            self._reader = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            self._reader.executescript(SCHEMA)
            self._opened += 1
            way_out = f"请管理员检查 {self._path}，或者删去它，它会自动重建。"
            self.trouble = f"索引用不了（{reason}），暂用内存中的索引：办理、查阅都不受影响，只是慢些。{way_out}"

    def _connected(self) -> sqlite3.Connection:
        """The connection for reading, to the file that is there now: somebody may have deleted the one that was open."""
        if self.trouble:
            assert self._reader is not None
            return self._reader
        if self._reader is None or _identity(self._path) != self._file:
            self._close()
            self._reader = self._open()
            self._file = _identity(self._path)
            self._opened += 1
        return self._reader

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def discard(self) -> None:
        """Remove the broken file, unless another process has done so already."""
        with self._lock, _alone(self._path.parent):
            if self.trouble:
                return
            self._close()
            if _identity(self._path) == self._file:
                _remove(self._path)

    def _open(self) -> sqlite3.Connection:
        with _alone(self._path.parent):
            try:
                if db := self._sound():
                    return db
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if _code(error) not in _BROKEN:
                    raise
            _remove(self._path)
            db = self._sound()
            assert db is not None
            return db

    def _sound(self) -> sqlite3.Connection | None:
        """A connection to the file, made if it is missing; None if it is of another version."""
        if _identity(self._path) is None:
            _remove(self._path)  # a log left behind must not be taken for the new file's
            self._path.touch(0o640)
            hand_over(self._path)
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            if (version := db.execute("PRAGMA user_version").fetchone()[0]) == _version():
                return db
            if version == 0 and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                db.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version = {_version()};COMMIT;")
                return db
            if self._opened:  # else two versions of the program would take turns at building
                raise Unusable("督办程序已经更新，请退出后重新进入")
        except BaseException:
            db.close()
            raise
        db.close()
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Opening, making and removing the file happen one at a time; the folder itself is the lock, so no further file lies about."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for _ in range(_PATIENCE):
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(0.1)
        else:
            raise Unusable("一直被另一程序占用")
        yield
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for end in ("-wal", "-shm", ""):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file is there; None for one that is missing or has been emptied."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None


@cache
def _version() -> int:
    """What the file depends on besides the register: its layout, and the rules by which records pass."""
    rules = b"".join(default_text(f"{name}.yaml") for name in _RULES)
    return zlib.crc32(rules, _LAYOUT) & 0x7FFFFFFF | 1


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
