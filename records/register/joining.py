"""A server joins those that keep one register: it takes the history that is at the upstream, or brings there the one that it has.

What is at the upstream decides. A history that follows from the other is the same register at an earlier time; two that do not are two
registers, and nothing is done.
"""

from dataclasses import dataclass
from pathlib import Path

from records.register.register import lay_out
from records.store.address import Address
from records.store.answers import Taken
from records.store.disk import replace_durably, reporting
from records.store.opening import FOLDER
from records.store.pushing import FollowingBranch, answered
from records.store.repository import Repository
from records.store.store import StoreError
from records.store.upstream import REPLICA, Upstream

_QUIET = 600.0  # seconds: nothing is told while a disk makes a whole history durable


@dataclass(frozen=True)
class Joined:
    """How a server came by its upstream.

    Attributes:
        head: where both stand now.
        sent: whether what was here went there.
        fetched: whether what was there came here.
    """

    head: str
    sent: bool
    fetched: bool


def reached(home: Path, where: Address) -> Upstream:
    """Return an upstream for a folder that may not know of it yet, with the patience that a whole history takes.

    Raises:
        StoreError: the disk refuses.
    """
    with reporting("建立目录", home / FOLDER):
        (home / FOLDER).mkdir(mode=0o750, parents=True, exist_ok=True)
    return Upstream(home, where, kept=False, quiet=_QUIET)


def join(home: Path, where: Address, *, replica: bool = False) -> Joined:
    """Bring a register and its upstream to where the further one of them stands, and have the folder name the upstream from now on.

    Args:
        home: the register's folder; there may be none yet.
        where: the upstream, which holds a register already or is to get this one.
        replica: whether this server is only to read.

    Raises:
        StoreError: neither history follows from the other, the upstream cannot be reached or did not take it; it is not joined then.
    """
    if not (home / "register.git/HEAD").is_file():
        lay_out(home)
    store, upstream = Repository(home / "register.git", lambda: "接入上级库"), reached(home, where)
    branch = FollowingBranch(store.path, upstream, store.describe, store.raw)
    with store.still() as now:
        head, tip = store.head(), upstream.tip()
        sent = head is not None and tip != head and (tip is None or branch.beyond(tip) is not None)
        if sent and head is not None:
            if replica:
                raise StoreError("上级库还没有本机的全部历史，这里不能作副本：什么都没有改。请先让办理的服务器接入。")
            answer = upstream.land(tip, head, store.describe)
            if not isinstance(answer, Taken):
                raise StoreError(answered(answer, head))
        found = branch.follow(now)
        name(home, where, replica=replica)
    return Joined(found.new, sent, found.old != found.new)


def name(home: Path, where: Address, *, replica: bool = False) -> None:
    """Have a register's folder name its upstream; programs that have the register open go by it once they are started anew.

    Raises:
        StoreError: the disk refuses.
    """
    path = home / FOLDER / "url"
    with reporting("写下上级库的地址", path):
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        replace_durably(path, f"{where.url}\n{REPLICA if replica else ''}".rstrip("\n").encode() + b"\n", 0o640)
