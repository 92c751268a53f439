"""The lock under which a register is written: a file that one process holds at a time, let go by the kernel if that process dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from records.store.disk import reporting
from records.store.store import StoreError


@contextmanager
def held(path: Path, timeout: float) -> Iterator[float]:
    """Hold the lock until the block ends, and give the time on the file system's clock, by which the age of other files is told.

    Args:
        path: the lock's file; made where it is missing, and left there.
        timeout: seconds to wait for others.

    Raises:
        StoreError: others held it all that time, or the file cannot be opened.
    """
    with reporting("锁定登记库", path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        with reporting("锁定登记库", path):
            _wait(descriptor, timeout)
            os.utime(descriptor)
            now = os.fstat(descriptor).st_mtime
        yield now
    finally:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough if a process was forked meanwhile
        os.close(descriptor)


def _wait(descriptor: int, timeout: float) -> None:
    pause = 0.001
    while True:
        with suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if timeout <= 0:
            raise StoreError("登记库正忙，其他人的操作尚未完成，本次操作未写入。请稍后重试。")
        time.sleep(pause)
        timeout -= pause
        pause = min(2 * pause, 0.01)
