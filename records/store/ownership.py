"""Whose a repository is: what another account writes into it, root above all, its own could not read any more.

Files are written for their owner and his group. So root, who may write anywhere, would lock a service out of its own register by one act,
and a Git host's account out of the upstream by one command.
"""

import os
from contextlib import suppress
from pathlib import Path

from records.store.disk import reporting
from records.store.store import StoreError


class OthersError(StoreError):
    """A repository is another account's; nothing was done.

    Attributes:
        account: whose it is.
    """

    def __init__(self, folder: Path, owner: int) -> None:
        self.account, me = _named(owner), _named(os.geteuid())
        super().__init__(
            f"{folder} 归账号 {self.account}，由 {me} 写下的 {self.account} 读不了，什么都没有做。请用账号 {self.account} 运行。"
        )


def refuse_others(folder: Path) -> None:
    """Refuse to have files written into a folder of another account's, where there is one.

    Raises:
        OthersError: it is another account's.
        StoreError: it cannot be looked at.
    """
    with reporting("查看是谁的", folder):
        owner = folder.stat().st_uid if folder.exists() else os.geteuid()
    if owner != os.geteuid() and owner != _whose_would_be(folder):
        raise OthersError(folder, owner)


def refuse_root(folder: Path) -> None:
    """Refuse root alone: other accounts that may write there were let in by somebody who thought of it.

    Raises:
        OthersError: it is another account's.
        StoreError: it cannot be looked at.
    """
    if os.geteuid() == 0:
        refuse_others(folder)


def hand_over(path: Path) -> None:
    """Have a file that root made belong to the account whose folder it lies in: it is one that the service must write.

    Raises:
        OSError: it cannot be given away.
    """
    import pwd

    if os.geteuid() == 0 and (owner := path.parent.stat().st_uid):
        with suppress(KeyError):
            os.chown(path, owner, pwd.getpwuid(owner).pw_gid)


def _whose_would_be(folder: Path) -> int:
    """Whose a file is that is made in a folder now: on a share it may be one account's whoever makes it."""
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_uid
    except OSError:
        return os.geteuid()


def _named(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
