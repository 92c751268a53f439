"""The lock under which a register is written: a file that one process holds at a time, let go by the kernel if that process dies.

Who waits is let in by the kernel in the order in which they came, and woken by it. A call that waits for a lock cannot be called off, so a
thread of its own waits in it; whoever has waited long enough goes his way, and the thread lets go of what it may still be given.
"""

import _thread
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from records.store import process
from records.store.disk import reporting
from records.store.ownership import refuse_root
from records.store.store import BusyError
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
        OthersError: root would write in another account's folder.
        BusyError: others held it all that time; the message names who.
        StoreError: the file cannot be opened.
    """
    refuse_root(path.parent)
    with reporting("锁定登记库", path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        with reporting("锁定登记库", path):
            if not locked(descriptor, fcntl.LOCK_EX, timeout):
                raise BusyError(_busy(path))
            os.pwrite(descriptor, f"{process.number()} {who}".encode()[:_LINE].ljust(_LINE), 0)
            os.utime(descriptor)
            now = os.fstat(descriptor).st_mtime
        yield now
    finally:
        let_go(descriptor)


def let_go(descriptor: int) -> None:
    """Let go of a lock, and close its file."""
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


def locked(descriptor: int, how: int, timeout: float) -> bool:
    """Wait for a lock on an open file, and say whether it could be had.

    Args:
        descriptor: of the file.
        how: ``fcntl.LOCK_EX`` or ``fcntl.LOCK_SH``.
        timeout: seconds.

    Raises:
        OSError: the file cannot be locked.
    """
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        return True
    if timeout <= 0:
        return False
    waiter = _Waiter(descriptor, how)
    try:
        waiter.ended.acquire(timeout=timeout)
    finally:
        had = waiter.left_alone()
    if waiter.fault:
        raise waiter.fault
    return had


class _Waiter:
    """Waits for a lock as long as it takes, in a thread of its own: a bare one, of which nobody waits until it has begun."""

    def __init__(self, descriptor: int, how: int) -> None:
        self.ended = _thread.allocate_lock()
        self.ended.acquire()  # until the wait has ended
        self.fault: OSError | None = None
        self._descriptor, self._how = os.dup(descriptor), how  # the same lock, and nobody else's to close
        self._deciding = _thread.allocate_lock()
        self._over = self._alone = False
        _thread.start_new_thread(self._wait, ())

    def _wait(self) -> None:
        try:
            fcntl.flock(self._descriptor, self._how)
        except OSError as error:
            self.fault = error
        with self._deciding:
            self._over = True
            if self._alone:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)
        self.ended.release()

    def left_alone(self) -> bool:
        """Wait no more, and say whether the lock came; what comes later is let go of."""
        with self._deciding:
            self._alone = not self._over
            return self._over and self.fault is None


def _busy(path: Path) -> str:
    """What whoever waited in vain is told: for whom, and how many others wait."""
    with open(path, "rb") as file:
        found, others = _named(file.fileno()), _waiting(os.fstat(file.fileno()))
    queue = f"另有 {others} 个操作在排队，" if others else ""
    return f"登记库正忙，{_told(found)}的操作尚未完成，{queue}本次操作未写入。请稍后重试；一直这样的，请告诉系统管理员。"


def _waiting(file: os.stat_result) -> int:
    """How many others wait for a lock of a file, as far as the system shows them."""
    name = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    with suppress(OSError):
        lines = process.locks().read_text().splitlines()
        pids = {found[1] for line in lines if name in line and (found := re.search(r"-> +FLOCK.* (\d+) [0-9a-f]+:", line))}
        return len(pids - {str(process.number())})
    return 0


def _told(found: Holder | None) -> str:
    """How whoever waits is told who it is that he waits for."""
    return show(f"{found.who or '另一个程序'}（进程 {found.pid}）") if found else "其他人"
