"""How a register's branch ``main`` stands and advances: the one step in which stores differ.

Before it, every object of a commit lies on this disk, durable and read back; nothing counts until the branch has moved. A store that
advances by push to a Git server takes the same objects, lets the server compare and swap first, and moves this branch to what the server
has confirmed: another ``advance`` with the same promise. Git's own lock of a ref, ``main.lock``, is made and respected here; one at a time
comes here, whoever leads the line of those that wait (``line``).

What stock Git writes into ``main.lock`` looks like what we write. So ours is a second name of a file of our own, ``duban.main``: Git makes
a new file each time, and no two files that exist have one identity. A writer that is killed leaves both names; whoever leads the line next
(``line``) sees that they are one file, whose maker is therefore dead, and goes on at once.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO

from records.store.disk import plain_bytes, reporting, sync_folder, write_durably
from records.store.store import LARGEST, MovedError, SentError, StoreError

MAIN = "refs/heads/main"
MOVE = re.compile(rb"^([0-9a-f]{40}) ([0-9a-f]{40}) [^\n]*$")
"""A line of the branch's log: where it stood, and where it went."""
GOES_ON = "\t接续：此前的移动没有记下".encode()
"""How a line of the log ends that makes good what a power cut took of it."""
_ID = re.compile(rb"[0-9a-f]{40}")
_SET_TO_SHA256 = re.compile(rb"^\s*objectformat\s*=\s*sha256\s*$", re.IGNORECASE | re.MULTILINE)
_LAST = 1 << 16  # bytes at the end of the log in which its last line lies; one that numbers many texts anew is long
_STALE = 60  # seconds; Git holds a ref lock for milliseconds


class Branch:
    """The branch ``main`` of one repository on this disk.

    Args:
        repository: its folder.

    Attributes:
        is_far: whether moving it takes longer than making durable what it moves to.
    """

    is_far = False

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._file = repository / MAIN
        self._main = str(self._file)  # it is read half a dozen times an act
        self._lock = self._file.with_name("main.lock")
        self._own = repository / "duban.main"

    @property
    def folder(self) -> Path:
        """The folder in which something changes whenever the branch moves."""
        return self._file.parent

    def head(self) -> str | None:
        """Return the commit at which the branch stands, None before the first one. Costs the reading of one small file.

        Raises:
            StoreError: it cannot be read, or is no commit's id.
        """
        with reporting("读取登记库", self._repository):
            value: bytes | None
            try:
                value = plain_bytes(self._main, LARGEST).strip()
            except (FileNotFoundError, NotADirectoryError):
                value = self._packed()
            if value is not None and _ID.fullmatch(value):
                return value.decode()
            of_sha256 = self._is_set_to_sha256() if value is None else re.fullmatch(rb"[0-9a-f]{64}", value)
        if of_sha256:
            raise StoreError(
                f"登记库 {self._repository} 用的是 SHA-256 格式的对象，本程序只读 SHA-1 格式。登记簿请用 duban init 建立，"
                "上级库用 duban upstream 另建，克隆请从登记簿用 git clone 重新克隆，不要转换格式。"
            )
        if value is not None:
            raise StoreError(f"登记库 {self._repository} 的分支 main 已损坏。请停止写入，用 git fsck 检查并从备份恢复。")
        return None

    def advance(self, old: str | None, commit: str, data: bytes, now: float) -> None:
        """Compare and swap by Git's own protocol, which stock Git respects and which we respect in it.

        Args:
            old: where the branch must stand.
            commit: where it goes; all its objects are durable.
            data: the commit object, for the reflog.
            now: seconds since 1970 on the clock of the file system.

        Raises:
            SentError: it has moved, which could not be made durable.
            StoreError: another program moved it meanwhile or holds it, or the disk refuses; it has not moved then.
        """
        with ExitStack() as opened:
            with reporting("写入登记库", self._file), self._locked(f"{commit}\n".encode(), now):
                self.expect(old)
                log = opened.enter_context(self._opened_log())
                os.replace(self._lock, self._file)
            self.confirm()
            with suppress(OSError):  # it is on record; the next move says that this one was not noted
                _note(log, old, commit, data)

    def confirm(self) -> None:
        """Make durable where the branch stands; all its objects are.

        Raises:
            SentError: it has moved there, which could not be made durable.
        """
        try:
            sync_folder(self.folder)
        except OSError as error:
            raise SentError("本次操作已写入，但未能确认落盘。请先核对记录、检查磁盘，不要重复操作。") from error

    def ready(self, now: float) -> AbstractContextManager[None]:
        """Hold what is to be held while something is carried out on where the branch stands, by whoever alone may move it: nothing here.

        Args:
            now: seconds since 1970 on the clock of the file system.
        """
        return nullcontext()

    def expect(self, old: str | None) -> None:
        """Say that the branch stands where it must.

        Raises:
            MovedError: another program moved it meanwhile.
        """
        if self.head() != old:
            raise MovedError

    def _is_set_to_sha256(self) -> bool:
        """Whether ids will be long where there is no commit yet: so Git makes repositories from version 3 on, unless it is told."""
        with suppress(FileNotFoundError):
            return _SET_TO_SHA256.search(plain_bytes(self._repository / "config", LARGEST)) is not None
        return False

    def _packed(self) -> bytes | None:
        if (self._repository / "reftable").is_dir():
            raise StoreError(
                f"登记库 {self._repository} 的分支用 reftable 格式保存，本程序只读文件格式。"
                "请在其中运行 git refs migrate --ref-format=files（Git 2.46 以上），或者用 git clone --ref-format=files 重新克隆。"
            )
        try:
            packed = plain_bytes(self._repository / "packed-refs", LARGEST)
        except FileNotFoundError:
            os.stat(self._repository / "HEAD")  # an empty register has one; a wrong path is an error
            return None
        lines = (line.partition(b" ") for line in packed.splitlines())
        return next((value for value, _, name in lines if name == MAIN.encode()), None)

    def _opened_log(self) -> BinaryIO:
        path = self._repository / "logs" / MAIN
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+b", buffering=0)

    @contextmanager
    def _locked(self, line: bytes, now: float) -> Iterator[None]:
        """Hold Git's lock of the branch, with what the branch is to hold in it; let go of it unless it has become the branch."""
        self._let_go()  # of what a writer left that was killed
        try:
            write_durably(self._own, line, 0o640)
            self._take(now)
            yield
        finally:
            with suppress(OSError):
                self._let_go()

    def _let_go(self) -> None:
        """Take our own names away: that of the lock first, and only while it is ours."""
        with suppress(FileNotFoundError):
            if os.path.samestat(os.lstat(self._own), os.lstat(self._lock)):
                os.unlink(self._lock)
                _log("已放开引用锁 %s", self._lock)
        with suppress(FileNotFoundError):
            os.unlink(self._own)  # never written over: by now it may be the branch itself

    def _take(self, now: float) -> None:
        for _ in range(50):
            with suppress(FileExistsError):
                return os.link(self._own, self._lock)
            with suppress(FileNotFoundError):
                if (age := now - os.lstat(self._lock).st_mtime) > _STALE and not _git_runs():
                    os.unlink(self._lock)
                    _log("已清除残留的引用锁 %s（留下已 %d 秒）", self._lock, age)
                    continue
            time.sleep(0.02)
        raise StoreError(
            f"另一 Git 程序正在改动登记库（{self._lock}），本次操作未写入。请稍后重试；"
            "如一直如此，请系统管理员确认没有 git 命令在运行，再删除这个文件。"
        )


def _note(log: BinaryIO, old: str | None, commit: str, data: bytes) -> None:
    """Add a move to Git's log of the branch once it is durable: so the log never tells of one that a power cut took back.

    Git itself notes a move before it, and syncs the log no more than is done here. What a power cut, a kill or a full disk kept from it is
    behind where the branch stands now, and made good by a line of its own, by which an audit knows it (``records.audit.branch_log``).
    """
    end = log.seek(0, os.SEEK_END)
    log.seek(max(0, end - _LAST))
    last = log.read(_LAST)
    before = next((match[2].decode() for line in reversed(last.split(b"\n")) if (match := MOVE.match(line))), None)
    headers, _, message = data.partition(b"\n\n")
    who, subject = headers.rpartition(b"\ncommitter ")[2], message.partition(b"\n")[0]
    lines = b"" if not last or last.endswith(b"\n") else b"\n"
    if old and before and before != old:
        lines += b"%s %s %s%s\n" % (before.encode(), old.encode(), who, GOES_ON)
    log.write(lines + b"%s %s %s\t%s\n" % ((old or "0" * 40).encode(), commit.encode(), who, subject))
    if not end:  # once in its life: what a power cut leaves of it begins somewhere
        os.fsync(log.fileno())
        sync_folder(Path(log.name).parent)


def _git_runs() -> bool:
    """Say whether stock Git runs anywhere on this machine, stopped or not: then a lock that is not ours may be its own.

    Where processes do not show (another container, another user's under hidepid), the age of the lock decides alone.
    """
    for name in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):  # it has ended meanwhile
            if re.fullmatch(rb"git|git-.*", name.read_bytes().strip()):
                return True
    return False


def _log(told: str, *about: object) -> None:
    import logging  # seldom: nobody else who only looks loads it

    logging.getLogger(__name__).info(told, *about)
