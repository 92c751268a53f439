"""The disk under the store: files that no power cut takes back, and the system's errors in words that say the way out."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    errno.EIO: "磁盘读写出错",
}


@contextmanager
def reporting(doing: str, path: Path) -> Iterator[None]:
    """Turn an error of the operating system into a StoreError that says what failed, where, and the way out."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{doing}失败：{said(error)}（{path}）。已有记录未受影响，请排除故障后重试，或联系系统管理员。") from error


def said(error: OSError) -> str:
    """Return what the operating system's error means, in a few words."""
    return _REASONS.get(error.errno or 0, f"系统错误 {error.errno}")


def write_durably(path: Path, data: bytes, mode: int) -> None:
    """Create a file that must not exist yet and sync it; its folder is the caller's to sync.

    Raises:
        OSError: nothing is left behind then.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        _fill(descriptor, data)
    except BaseException:
        os.unlink(path)
        raise
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: syncing a file does not keep its name."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)
