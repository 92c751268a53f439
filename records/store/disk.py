"""The disk under the store: files that no power cut takes back, files of anybody's making, the system's errors with the way out."""

import errno
import os
import stat
import threading
import zlib
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from records.store import process
from records.store.store import StoreError

_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "超过单个文件大小限制",
    errno.EROFS: "文件系统为只读",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件或目录不存在",
    errno.EEXIST: "同名文件已存在",
    errno.ENOTDIR: "上级不是目录",
    errno.EISDIR: "不是文件，是目录",
    errno.ELOOP: "链接成环",
    errno.ENAMETOOLONG: "名称太长",
    errno.EMFILE: "打开的文件过多",
    errno.EIO: "读写出错",
    errno.EAGAIN: "没有可读的内容",
}
_KINDS = {
    stat.S_IFDIR: "目录",
    stat.S_IFIFO: "管道",
    stat.S_IFCHR: "设备",
    stat.S_IFBLK: "设备",
    stat.S_IFSOCK: "套接字",
}
_PIECE = 1 << 20
_LITTLE = 4096  # read beyond what a file says is its size
_A_THREAD = 16  # files that one thread syncs: a thread costs more than it saves where there are fewer
_THREADS = 4


class reporting:  # noqa: N801  # as in contextlib: it is used as a function is
    """Turn an error of the operating system into a StoreError that says what failed, where, and the way out.

    No generator: each act passes through two dozen of these.
    """

    def __init__(self, doing: str, path: Path, kind: type[StoreError] = StoreError) -> None:
        self._doing, self._path, self._kind = doing, path, kind

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if isinstance(error, OSError):
            told = f"{self._doing}失败：{said(error)}（{self._path}）。已有记录未受影响，请排除故障后重试，或联系系统管理员。"
            raise self._kind(told) from error


def said(error: BaseException | None) -> str:
    """Return what the operating system's error means, in a few words."""
    number = error.errno if isinstance(error, OSError) else None
    return _REASONS.get(number or 0, f"系统错误 {number}")


def is_open(path: Path) -> bool:
    """Say whether a process has a file open, as far as this account may see."""
    try:
        wanted = path.stat()
    except FileNotFoundError:
        return False
    for each in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if os.path.samestat(wanted, each.stat()):
                return True
    return False


def read_foreign(path: Path, limit: int) -> bytes:
    """Return the bytes of a file that a person names: a plain one, no larger than allowed. Nothing is waited for.

    Args:
        path: may lead anywhere.
        limit: the largest size allowed, in bytes.

    Raises:
        StoreError: it is no plain file, it is larger, or it cannot be read.
    """
    with reporting("读取文件", path):
        return plain_bytes(path, limit)


def plain_bytes(path: Path | str, limit: int) -> bytes:
    """Return the bytes of a plain file, as ``read_foreign`` does, for whoever has words of his own for what the system says.

    Raises:
        StoreError: it is no plain file, or it is larger.
        OSError: there is none, or it cannot be read.
    """
    descriptor, told = _opened(path, os.O_RDONLY)
    try:
        pieces, size = [], told
        while size <= limit and (piece := os.read(descriptor, asked := min(size + _LITTLE, _PIECE))):
            pieces.append(piece)
            had = sum(map(len, pieces))
            if had == told and len(piece) < asked:  # its end; there are files of the system's that call themselves empty
                break
            size = max(size, had)
    finally:
        os.close(descriptor)
    if size > limit:
        raise StoreError(f"{path} 超过 {limit >> 20} MiB 的上限，不予读取。请核对写的是不是这个文件。")
    return b"".join(pieces)


def open_foreign(path: Path) -> BinaryIO:
    """Return a plain file that a person names, open for reading, for what is too large to be read whole. Nothing is waited for.

    Raises:
        StoreError: it is no plain file.
        OSError: there is none, or it cannot be opened.
    """
    return os.fdopen(_opened(path, os.O_RDONLY)[0], "rb")


def write_foreign(path: Path, data: bytes) -> None:
    """Write a file that a person names, in the place of what it held; whatever is there and is no plain file stays untouched.

    Raises:
        StoreError: it is no plain file.
        OSError: it cannot be written.
    """
    descriptor, _ = _opened(path, os.O_WRONLY | os.O_CREAT)
    try:
        os.ftruncate(descriptor, 0)
        _fill(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path | str, how: int) -> tuple[int, int]:
    """Open a plain file, and say how large it says that it is."""
    try:
        _refuse_unless_plain(path, os.stat(path).st_mode)  # before it is opened: to open a device may already do something
    except FileNotFoundError:
        if not how & os.O_CREAT:
            raise
    descriptor = os.open(path, how | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, 0o666)
    try:
        there = os.fstat(descriptor)
        _refuse_unless_plain(path, there.st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, there.st_size


def _refuse_unless_plain(path: Path | str, mode: int) -> None:
    if not stat.S_ISREG(mode) and (kind := _KINDS.get(stat.S_IFMT(mode))) is not None:
        raise StoreError(f"{path} 是{kind}，不是普通文件，不予读写。请换成普通文件。")


def write_durably(path: Path, data: bytes, mode: int) -> None:
    """Create a file that must not exist yet and sync it; its folder is the caller's to sync.

    Raises:
        OSError: nothing is left behind then.
    """
    write_new(path, data, mode, durably=True)


def replace_durably(path: Path, data: bytes, mode: int, *, exactly: bool = False) -> None:
    """Put a file in the place of what is there, durable with its name: whoever reads it finds what was there, or all of the new one.

    Args:
        path: of the file; its folder exists.
        data: what it is to hold.
        mode: as for a new file.
        exactly: whether the umask leaves the mode as it is.

    Raises:
        OSError: what was there still is, and nothing is left beside it.
    """
    new = path.with_name(f".{zlib.crc32(os.fsencode(path.name)):08x}.{process.number()}.new")  # a name may be as long as names can be
    new.unlink(missing_ok=True)  # of a process of this number that died over it
    write_durably(new, data, mode)
    try:
        if exactly:
            new.chmod(mode)
        os.replace(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_new(path: Path | str, data: bytes, mode: int, *, durably: bool = False) -> None:
    """Create a file that must not exist yet; unless asked for it is the caller's to sync, as its folder is.

    Raises:
        OSError: nothing is left behind then.
    """
    os.close(new_file(path, data, mode, durably=durably))


def new_file(path: Path | str, data: bytes, mode: int, *, durably: bool = False) -> int:
    """Create a file as ``write_new`` does, and return its descriptor, still open, for ``sync_together``."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        _fill(descriptor, data)
        if durably:
            os.fsync(descriptor)
    except BaseException:
        os.close(descriptor)
        os.unlink(path)
        raise
    return descriptor


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: syncing a file does not keep its name."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_together(files: Collection[str | int], *, begin: bool = True) -> None:
    """Make files, and the names in folders, durable at the same time: it takes about as long as one of them; what is gone is passed over.

    All are on their way to the disk before one is waited for, so that the journal that is written for the first holds the others too, and
    they find themselves done. Of many a few threads wait at once.

    Args:
        files: paths, or descriptors of what is open.
        begin: whether there is anything to be sent on its way: of a folder there is not, its names are in the journal.

    Raises:
        OSError: that of the first which could not be synced; no more are begun then.
    """
    for file in files if begin else ():
        _with_open(file, _on_its_way)
    left, lock, faults = iter(files), threading.Lock(), list[BaseException]()

    def work() -> None:
        try:
            while not faults:
                with lock:
                    file = next(left, None)
                if file is None:
                    return
                _with_open(file, os.fsync)
        except BaseException as fault:  # an interrupt too belongs to whoever waits for all of them
            faults.append(fault)

    helpers = [threading.Thread(target=work, name="sync") for _ in range(min(_THREADS, len(files) // _A_THREAD) - 1)]
    for helper in helpers:
        helper.start()
    work()
    for helper in helpers:
        helper.join()
    if faults:
        raise faults[0]


def _with_open(file: str | int, what: Callable[[int], None]) -> None:
    if isinstance(file, int):
        return what(file)
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # a folder that was emptied by a repack went away with it
        return None
    try:
        return what(descriptor)
    finally:
        os.close(descriptor)


def _on_its_way(descriptor: int) -> None:
    """Let the system begin to write a file out, and wait for nothing: what cannot be written is said by whoever syncs it."""
    with suppress(OSError):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _fill(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
