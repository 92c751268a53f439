"""Whether sessions are kept apart from each other on this machine: what ``duban doctor`` says of it, and what agents wait for."""

import os
import pwd
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui.command.upkeep import FINE, HINT, Line
from tui.door.afresh import reason, wrapping
from tui.door.sandbox import Sandbox, trial

_NOBODY = "nobody"
_ANY = "/usr"  # a folder that every account sees, in the place of the register's


def not_apart(home: Path, account: str = "") -> tuple[str, str]:
    """Return why a session that the service forks is not kept apart from the others, and why one that sshd starts afresh is not.

    Args:
        home: the folder of the register, for whose owner it is tried.
        account: the one for which it is tried where that is root's yet.
    """
    owner = home.stat() if home.exists() else None
    found = (owner.st_uid, owner.st_gid) if owner and owner.st_uid else None
    if os.geteuid() != 0:
        found = None
    elif found is None:
        with suppress(KeyError):
            entry = pwd.getpwnam(_NOBODY)
            with suppress(KeyError):
                entry = pwd.getpwnam(account)
            found = entry.pw_uid, entry.pw_gid
    return trial(Sandbox, (), (), found), reason(wrapping(["--register", _ANY, "serve"]), found)


def apart_lines(home: Path, keys: Path) -> Iterator[Line]:
    """Yield what was found of a register that people come in to, as far as this account can try it."""
    with suppress(OSError):
        if not keys.is_dir() or os.geteuid() not in (0, home.stat().st_uid):
            return
        forked, afresh = not_apart(home)
        if not forked and not afresh:
            yield (
                FINE,
                "会话各自隔离：从服务分出的自己进入命名空间，服务没有运行时经 bubblewrap；可转发密钥代理（duban setup --agents）",
            )
            return
        yield (
            (HINT, f"从服务分出的会话不隔离：{forked}。请允许普通账号使用用户命名空间。") if forked else (FINE, "从服务分出的会话各自隔离")
        )
        yield (HINT, f"服务没有运行时进来的会话不隔离：{afresh}。") if afresh else (FINE, "服务没有运行时进来的会话经 bubblewrap 隔离")
        yield HINT, "不是两样都隔离的，不要许可转发密钥代理；已经许可的，用 duban setup --no-agents 收回。不隔离的会话不用代理，其余照常。"
