"""An inspector's own copy of a register: it only ever goes on from where it was, so a history that was rewritten does not get in.

``<mirror>`` is a bare repository that stock Git reads; ``<mirror>/heads.log`` is its own book of where the register stood and when, a line
each time that it had moved. Nothing in it is the server's to change. What the register does not allow in its tree, so that nobody but the
reader decides how he reads, stands here: how stock Git marks what changed in a Chinese sentence.
"""

import fcntl
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from records.register.strays import swept, swept_beside
from records.store.address import Address, holds_secret, without_secret
from records.store.branch import MAIN
from records.store.disk import plain_bytes, reporting, sync_folder, write_durably
from records.store.lock import let_go, locked
from records.store.repository import Repository
from records.store.stock_git import Git, leaving_no_halves
from records.store.store import StoreError
from schema.text import show

LOG = "heads.log"
_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d) ([0-9a-f]{40}) (\d{1,12})", re.ASCII)
_BOOK = 64 << 20  # bytes of a book: a line each ten minutes, day and night, for fifteen years
_LONGEST = 128  # bytes of a line
_CONFIG = """\
[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	quotepath = false
	logAllRefUpdates = always
[remote "origin"]
	url = "{url}"
[gc]
	auto = 0
[fetch]
	fsckObjects = true
	writeCommitGraph = true
[include]
	path = reading.gitconfig
"""
# A word is a number or a name, or a single Chinese character: whatever the locale, whose characters are several bytes to some.
_READING = b"""\
[diff "duban"]
	wordRegex = "[A-Za-z0-9_-]+|[^[:space:]]|[\xc0-\xff][\x80-\xbf]+"
	xfuncname = "^([a-z_]+:.*)$"
[log]
	date = iso
[alias]
	changes = log -p --word-diff=color
"""
_ATTRIBUTES = b"*.yaml diff=duban\n"


@dataclass(frozen=True)
class Seen:
    """Where a register stood when a mirror looked.

    Attributes:
        at: when, with its zone.
        head: the commit.
        count: how many commits there were.
    """

    at: datetime
    head: str
    count: int


class RewrittenError(StoreError):
    """The register does not go on from where the mirror had it."""


class FetchedNowError(StoreError):
    """Another one fetches into the mirror at this moment."""


class Mirror:
    """A mirror of a register.

    Args:
        folder: its folder.
        git: stock Git, with the environment that reaching the register takes.

    Raises:
        StoreError: there is none.
    """

    def __init__(self, folder: Path, git: Git) -> None:
        if not (folder / "reading.gitconfig").is_file():
            raise StoreError(f"{folder} 不是 duban mirror 建立的镜像。第一次请用 --from 写明登记簿的地址。")
        self.folder, self._git = folder, git

    @classmethod
    def create(cls, folder: Path, where: Address, git: Git) -> "Mirror":
        """Make an empty mirror that knows where its register is; one that nothing ever came to is told anew.

        Raises:
            StoreError: there is something at the place.
        """
        url = where.url.replace("\\", "\\\\").replace('"', '\\"')
        if not ((folder / "reading.gitconfig").is_file() and Repository(folder).head() is None):
            Repository.create(folder)
        with reporting("建立镜像", folder):
            for name, data in (
                ("reading.gitconfig", _READING),
                ("info/attributes", _ATTRIBUTES),
                ("config", _CONFIG.format(url=url).encode()),
            ):
                path = folder / name
                path.parent.mkdir(exist_ok=True)
                path.unlink(missing_ok=True)
                write_durably(path, data, 0o640)
            sync_folder(folder)
        return cls(folder, git)

    def fetch(self, at: datetime) -> Seen:
        """Bring what is new, and note it; a history that does not go on from here is refused, and kept apart as evidence.

        Args:
            at: now; whoever asks is alone at it.

        Raises:
            RewrittenError: the register's history is another one; the mirror stays where it was.
            StoreError: it could not be reached or read.
        """
        before = self.head()
        with leaving_no_halves(self.folder):
            fetch = ("-c", "fetch.unpackLimit=1", "fetch", "--quiet", "--no-tags", "origin", f"+{MAIN}:refs/duban/seen")
            self._git.run("取登记簿", "-C", str(self.folder), *fetch)
        seen = self._git.run(
            "读取", "-C", str(self.folder), "rev-parse", "--verify", "--end-of-options", "refs/duban/seen^{commit}"
        ).strip()
        if before and before != seen and not self._holds(before, seen):
            apart = f"refs/refused/{seen[:12]}"
            self._git.run("留存", "-C", str(self.folder), "update-ref", apart, seen)
            raise RewrittenError(self._told(before, seen, apart))
        self._git.run("记下", "-C", str(self.folder), "update-ref", MAIN, seen, before or "0" * 40)
        self._git.run("记下", "-C", str(self.folder), "update-ref", "-d", "refs/duban/seen")
        found = Seen(at, seen, self._count(seen))
        if seen != before or not self._is_noted(seen):
            self._note(found)
            with suppress(StoreError), leaving_no_halves(self.folder):  # comfort: it is tried again with what comes next
                self._git.run("整理", "-C", str(self.folder), "repack", "--quiet", "-d", "--geometric=2")
        return found

    @contextmanager
    def alone(self) -> Iterator[int]:
        """Be the only one who fetches, history or papers; gives how much killed ones had left, which is taken away.

        Raises:
            FetchedNowError: another one is at it; one each ten minutes, they would take the line from one another and none come to its end.
        """
        lock = self.folder / "fetching"
        with reporting("锁定镜像", lock):
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            if not locked(descriptor, fcntl.LOCK_EX, 0):
                raise FetchedNowError("上一次还没有取完，这一次不取。")
            os.utime(descriptor)
            now = os.fstat(descriptor).st_mtime
            yield swept(self.folder, now) + swept_beside(self.folder, now)
        finally:
            let_go(descriptor)

    def head(self) -> str | None:
        """Return the commit at which the mirror stands, None while it holds nothing."""
        return Repository(self.folder).head()

    def url(self) -> str:
        """Return where the register is.

        Raises:
            StoreError: its own configuration does not say so.
        """
        return self._git.run("读取", "config", "--file", str(self.folder / "config"), "remote.origin.url").strip()

    def trouble(self) -> str:
        """Return what is wrong with where it fetches from though it can; empty where nothing is."""
        if not holds_secret(url := self.url()):
            return ""
        way = f"git -C {shlex.quote(str(self.folder.absolute()))} config remote.origin.url 账号@服务器:register"
        told = f"镜像的 config 里，地址 {show(without_secret(url))} 写着口令，读得了它的人都能用"
        return f"{told}。请改用 ssh 的地址（{way}），并请登记簿的管理员换掉那个口令。"

    def seen(self) -> tuple[Seen, ...]:
        """Return where the register stood, oldest first."""
        return read_log(self.folder / LOG)

    def compared(self, others: Sequence[Seen]) -> Iterator[str]:
        """Yield where another mirror's book contradicts this mirror: what it saw does not stand in this history though it should."""
        here = self._count(head) if (head := self.head()) else 0
        for each in others:
            if not self._knows(each.head):
                if each.count <= here:
                    yield f"{each.at:%Y-%m-%d %H:%M} 那一份镜像看到第{each.count}笔是 {each.head[:12]}，这里没有：两处看到的登记簿不同。"
            elif head and not self._holds(each.head, head):
                yield f"{each.at:%Y-%m-%d %H:%M} 那一份镜像看到的 {each.head[:12]} 不在本镜像的历史里：两处看到的登记簿不同。"

    def _told(self, before: str, seen: str, apart: str) -> str:
        common = self._git.run("比较", "-C", str(self.folder), "merge-base", before, seen).strip() if self._related(before, seen) else ""
        since = f"两段历史在 {common[:12]} 以后分开" if common else "两段历史没有共同的一笔"
        return (
            f"登记簿的历史不是从本镜像接下去的：本镜像在 {before[:12]}（第{self._count(before)}笔），"
            f"登记簿现在 {seen[:12]}（第{self._count(seen)}笔），{since}："
            f"被改写、截短过，或者是从旧备份恢复的。本镜像没有改动，登记簿现在的历史另存在 {apart}。"
        )

    def _related(self, one: str, other: str) -> bool:
        return self._says("merge-base", one, other)

    def _holds(self, old: str, new: str) -> bool:
        return self._says("merge-base", "--is-ancestor", old, new)

    def _knows(self, commit: str) -> bool:
        return self._says("cat-file", "-e", f"{commit}^{{commit}}")

    def _says(self, *argv: str) -> bool:
        try:
            self._git.run("比较", "-C", str(self.folder), *argv)
        except StoreError:
            return False
        return True

    def _count(self, commit: str) -> int:
        return int(self._git.run("计数", "-C", str(self.folder), "rev-list", "--count", commit, "--"))

    def _is_noted(self, head: str) -> bool:
        """Whether the book ends with that: it came once already, and the disk was full, or the power was cut, before that was noted."""
        with suppress(StoreError):  # a book that cannot be read is told to whoever reads it
            book = self.seen()
            return bool(book) and book[-1].head == head
        return True

    def _note(self, found: Seen) -> None:
        line = f"{found.at.isoformat(timespec='seconds')} {found.head} {found.count}\n"
        with reporting("记下登记簿的位置", self.folder / LOG), (self.folder / LOG).open("a+b", buffering=0) as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(0, end - _LONGEST))
            last = log.read().rpartition(b"\n")[2]
            if last and _LINE.fullmatch(last.decode(errors="replace")):
                line = f"\n{line}"
            elif last:
                log.truncate(end - len(last))
            log.write(line.encode())
            os.fsync(log.fileno())


def read_log(path: Path) -> tuple[Seen, ...]:
    """Return what a mirror's book says, oldest first; nothing for one that is yet to be begun. A last line that is half written is none.

    Raises:
        StoreError: a line of it is none.
    """
    with reporting("读取镜像的记录", path):
        try:
            whole, _, last = plain_bytes(path, _BOOK).decode(errors="replace").rpartition("\n")
        except FileNotFoundError:
            return ()
    lines = [*whole.splitlines(), *([last] if _LINE.fullmatch(last) else [])]
    found: list[Seen] = []
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        with suppress(ValueError):  # a day that there is not
            if match is not None:
                found.append(Seen(datetime.fromisoformat(match[1]), match[2], int(match[3])))
        if len(found) < number:
            raise StoreError(f"{path} 第{number}行不是镜像记下的样子，可能被改动过。")
    return tuple(found)
