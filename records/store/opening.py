"""Which store keeps a register: its own repository alone, or one that follows an upstream, where the register's folder names one.

What only several servers need is imported by those alone.
"""

from collections.abc import Callable
from pathlib import Path

from records.store.disk import reporting
from records.store.repository import Repository

FOLDER = "upstream"
"""The folder beside a register's repository: ``url``, ``key``, ``known_hosts``, and the socket of the connection that is kept."""


def has_upstream(home: Path) -> bool:
    """Say whether a register has an upstream.

    Raises:
        StoreError: its folder cannot be read.
    """
    with reporting("查看上级库的地址", home):
        return (home / FOLDER / "url").exists()


def is_replica(home: Path) -> bool:
    """Say whether a register only follows an upstream, and nothing is done in it here.

    Raises:
        StoreError: what its folder says of its upstream is not to be used.
    """
    if not has_upstream(home):
        return False
    from records.store.upstream import Upstream

    return Upstream(home).replica


def opened(home: Path, who: Callable[[], str] = lambda: "") -> Repository:
    """Return the store of a register.

    Args:
        home: the register's folder.
        who: as for ``Repository``.

    Raises:
        StoreError: what the folder says of its upstream is not to be used.
    """
    if not has_upstream(home):
        return Repository(home / "register.git", who)
    from records.store.pushing import Pushing, Replica

    return (Replica if is_replica(home) else Pushing)(home / "register.git", who)
