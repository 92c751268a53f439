"""The lock under which a register is written: a file that one process holds at a time, let go by the kernel if that process dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from records.store.disk import reporting
from records.store.store import StoreError
from schema.text import show

_LINE = 80  # bytes: who holds it, written whole each time


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: his process, who he is where that was said, and since when, in seconds on the file system's clock."""

    pid: int
    who: str
    since: float


@contextmanager
def held(path: Path, timeout: float, who: str = "") -> Iterator[float]:
    """Hold the lock until the block ends, and give the time on the file system's clock, by which the age of other files is told.

    Args:
        path: the lock's file; made where it is missing, and left there with who held it last.
        timeout: seconds to wait for others.
        who: whose act it is, for those who wait; one line.

    Raises:
        StoreError: others held it all that time, or the file cannot be opened; the message names who.
    """
    with reporting("锁定登记库", path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        with reporting("锁定登记库", path):
            _wait(descriptor, timeout)
            os.pwrite(descriptor, f"{os.getpid()} {who}".encode()[:_LINE].ljust(_LINE), 0)
            os.utime(descriptor)
            now = os.fstat(descriptor).st_mtime
        yield now
    finally:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough if a process was forked meanwhile
        os.close(descriptor)


def holder(path: Path) -> Holder | None:
    """Return who holds the lock now, None where nobody does.

    Raises:
        StoreError: the file cannot be read.
    """
    with reporting("查看登记库的锁", path), suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # for a moment; whoever comes meanwhile tries again at once
            except BlockingIOError:
                return _named(descriptor)
        finally:
            os.close(descriptor)
    return None


def _named(descriptor: int) -> Holder | None:
    """Who wrote himself into the lock's file; None where that is nobody, as an earlier version of this program left it."""
    pid, _, who = os.pread(descriptor, _LINE, 0).decode(errors="replace").partition(" ")
    return Holder(int(pid), who.strip(), os.fstat(descriptor).st_mtime) if pid.isdecimal() else None


def _wait(descriptor: int, timeout: float) -> None:
    pause = 0.001
    while True:
        with suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if timeout <= 0:
            raise StoreError(
                f"登记库正忙，{_told(_named(descriptor))}的操作尚未完成，本次操作未写入。请稍后重试；一直这样的，请告诉系统管理员。"
            )
        time.sleep(pause)
        timeout -= pause
        pause = min(2 * pause, 0.01)


def _told(found: Holder | None) -> str:
    """How whoever waits is told who it is that he waits for."""
    return show(f"{found.who or '另一个程序'}（进程 {found.pid}）") if found else "其他人"
