"""How many sessions a person may have at once: each takes a seat, and the kernel frees it when the process is gone, however it went."""

import fcntl
import os
from pathlib import Path

from records.acts import Refusal
from records.store.disk import reporting

SEATS = 8
"""Sessions of a person at a time: screens, commands and what a site fetches and sends together."""


_held: list[int] = []
"""The seat of this process, which is one session: whoever takes another gives it back."""


def seated(folder: Path, person: str, seats: int = SEATS) -> Refusal | None:
    """Take a seat for this process until it ends, whatever program it becomes; return why there is none.

    Args:
        folder: where the seats of all are; made where it is missing.
        person: the id of whose session this is.
        seats: how many he has.

    Raises:
        StoreError: the disk refuses.
    """
    path = folder / person
    with reporting("登记会话", path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while _held:
            os.close(_held.pop())
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        _held.append(descriptor)  # not closed before the process ends: that would free it
        for number in range(seats):
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except (BlockingIOError, PermissionError):
                continue
            os.set_inheritable(descriptor, True)  # for a program that it becomes; no process that it starts holds a lock of its own
            return None
        os.close(_held.pop())
    return Refusal("", f"您已经开着{seats}个会话，不能再开。", "请先退出用不着的；刚断线的，稍等片刻再登录。")
