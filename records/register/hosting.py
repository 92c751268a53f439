"""What a Git host holds for several servers: a bare repository that loses nothing it has acknowledged, and one entrance to it.

Nothing of ours runs there but Git itself and a few files of the shell's (``host_scripts``). What Git does not do of itself is set: out of
the box it syncs nothing of a small push, and a power cut would take back what servers were told is kept.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from records.audit.surroundings import settings
from records.register.host_scripts import ENTER as ENTRANCE
from records.register.host_scripts import FEED, MARK, POST_RECEIVE, PRE_RECEIVE
from records.register.strays import swept
from records.store.branch import MAIN
from records.store.disk import plain_bytes, replace_durably, reporting
from records.store.repository import CONFIG, Repository
from records.store.stock_git import Git
from records.store.store import LARGEST, StoreError
from records.store.upstream import ENTER, LOCKED, SCRIPTS, STANDBY, STRAYS
from schema.text import show

_LOCKS = f"{LOCKED}."
_OUR_OWN = ("./turn.lock", "turn.lock")  # held by the kernel, and left lying by whoever had it
_WANTED = {
    key: values[-1]
    for key, values in settings(f"{CONFIG}[receive]\n\tunpackLimit = 1\n").items()  # a pack a push: five times cheaper than loose objects
    if key.startswith(("core.fsync", "core.logallrefupdates", "gc.", "maintenance.", "receive.", "transfer."))
}
_SCRIPTS = {
    "feed": (FEED, "feed：送到备用库"),
    "hooks/pre-receive": (PRE_RECEIVE, "钩子 pre-receive：只收 main 一个分支"),
    "hooks/post-receive": (POST_RECEIVE, "钩子 post-receive：几台服务器轮流"),
    ENTER: (ENTRANCE, f"入口 {ENTER}：sshd 只运行它"),
}
"""The files of the shell's by their names: what they say, and what each is for."""
_PATH = re.compile(r"/[^\s\"'\\$`*?\[\]#;&|<>()!]*")


def hosted(place: Path, git: Git) -> Iterator[str]:
    """Make an upstream, or bring one that there is to what this program makes; yield each thing that was done. Safe to run again.

    Args:
        place: the repository; nothing, an empty folder, or a bare repository of Git's.
        git: stock Git.

    Raises:
        StoreError: something else is there, or it cannot be written.
    """
    if not _PATH.fullmatch(str(place)):
        raise StoreError(f"目录名 {show(str(place))} 里有空格、引号一类的字符，写不进 authorized_keys。请换一个目录。")
    if (place / "duban.lock").exists():
        raise StoreError(f"{place} 是一个登记簿自己的库，不能作上级库。请另写一个不存在的目录。")
    if (place / "HEAD").is_file() and (place / "objects").is_dir():
        _fit(place)
    else:
        Repository.create(place)
        yield "建立裸库，落盘设置与登记库相同"
    yield from _configured(place, git)
    for name, (text, what) in _SCRIPTS.items():
        yield from _written(place, name, text, what)
    if strays := swept(place, time.clock_gettime(time.CLOCK_REALTIME)):
        yield f"清掉中断的推送、整理一天以前留下的 {strays} 处"


def wanting(config: str) -> tuple[str, ...]:
    """Return what a repository's configuration lacks to be an upstream that loses nothing, a setting each."""
    found = settings(config)
    return tuple(f"{key} = {value}" for key, value in _WANTED.items() if found.get(key, [""])[-1].lower() != value)


def unlike(state: str) -> tuple[str, ...]:
    """Return the files of the shell's at an upstream of our own that cannot be run, or say something else than this program's.

    Args:
        state: what it tells of itself (``Upstream.state``).
    """
    if f"[{STANDBY}]" not in state:
        return ()  # no entrance of ours has told it
    found = settings(state)
    told = {name: found.get(f"{SCRIPTS}.{name.rpartition('/')[2]}", [""])[-1].partition(" ")[0] for name in _SCRIPTS}
    return tuple(name for name, (text, _) in _SCRIPTS.items() if told[name] != hashlib.sha256(text.encode()).hexdigest())


def locks_left(state: str) -> tuple[str, ...]:
    """Return the locks that have stood at an upstream for a minute, of what it tells of itself (``Upstream.state``)."""
    found = (key.removeprefix(_LOCKS) for key in settings(state) if key.startswith(_LOCKS))
    return tuple(each for each in found if each not in _OUR_OWN)


def strays_left(state: str) -> tuple[str, ...]:
    """Return what killed programs left at an upstream over a day ago, of what it tells of itself (``Upstream.state``)."""
    return tuple(key.removeprefix(f"{STRAYS}.") for key in settings(state) if key.startswith(f"{STRAYS}."))


def line_for(place: Path, key: str, *, reading: bool = False, feeding: bool = False) -> str:
    """Return the line of authorized_keys by which a server comes in.

    Args:
        place: the upstream.
        key: type and base64 of its public key.
        reading: whether it may only fetch.
        feeding: whether it is no server, but the upstream whose standby this is.
    """
    server = hashlib.sha256(key.encode()).hexdigest()[:12]
    how = " feed" if feeding else " read" if reading else ""
    return f'restrict,command="/bin/sh {place / ENTER} {server}{how}" {key}'


def _fit(place: Path) -> None:
    """Refuse a repository that no register can be kept in."""
    with reporting("读取上级库", place):
        head = plain_bytes(place / "HEAD", LARGEST).decode(errors="replace").strip()
        config = settings(plain_bytes(place / "config", LARGEST).decode(errors="replace"))
    if config.get("core.bare") != ["true"]:
        raise StoreError(f"{place} 不是裸库，推送会弄乱它的工作区。请另写一个不存在的目录。")
    Repository(place).head()  # says so where its objects or refs are of a format that is not read
    if head != f"ref: {MAIN}":
        raise StoreError(f"{place} 的 HEAD 指向“{show(head)[:80]}”，应为 {MAIN}。请另写一个不存在的目录，或者先改过来。")


def _configured(place: Path, git: Git) -> Iterator[str]:
    with reporting("读取上级库", place):
        found = settings(plain_bytes(place / "config", LARGEST).decode(errors="replace"))
    for key, value in _WANTED.items():
        was = found.get(key, [])
        if [each.lower() for each in was] != [value]:
            git.run("设置上级库", "config", "--file", str(place / "config"), "--replace-all", key, value)
            yield f"设 {key} = {value}（原来{f'是 {show(was[-1])[:60]}' if was else '没有设'}）"


def _written(place: Path, name: str, text: str, what: str) -> Iterator[str]:
    path, data = place / name, text.encode()
    with reporting("写出上级库的文件", path):
        there = plain_bytes(path, LARGEST) if os.path.lexists(path) else b""
        if there == data and os.access(path, os.X_OK):
            return
        if there and not there.startswith(MARK.encode()):
            raise StoreError(f"{path} 是别人写的，没有改动。请核对它是做什么的，移走以后再运行一次。")
        path.parent.mkdir(exist_ok=True)
        replace_durably(path, data, 0o750)
    yield f"{'改写' if there else '写好'}{what}"
