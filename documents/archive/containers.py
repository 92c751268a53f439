"""Where a package lies: in a folder, or in one tar file of the plainest kind (POSIX ustar). Written whole or not at all; read as hostile.

A reader follows no link, opens no device, believes no size, and knows nothing but files and folders.
"""

import io
import os
import re
import shutil
import stat
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from documents.archive.sums import is_name
from records.store.disk import open_foreign, plain_bytes, reporting, sync_folder, write_durably
from records.store.store import StoreError
from schema.problem import Problem

LARGEST = 128 << 20
"""The largest file of a package that is read, in bytes."""

_MANY = 300_000  # files
_DOING = "写出档案包"
_BLOCK = 512
_TEXT = re.compile(rb"[\x20-\x7e]*\0*")
_OCTAL = re.compile(rb" *([0-7]{1,11})[ \0]*")
_PLAIN, _FOLDER = (b"0", b"\0"), b"5"


class Writer(Protocol):
    """Takes the files of a package, in any order."""

    def put(self, name: str, data: bytes) -> None:
        """Add a file by its name in the package."""


class Reader(Protocol):
    """Gives the files of a package."""

    @property
    def files(self) -> Mapping[str, int]:
        """What may be read, each with its size."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What does not belong in any package."""

    def read(self, name: str) -> bytes:
        """Return a file; raises StoreError when it is too large or cannot be read."""


@contextmanager
def folder(target: Path) -> Iterator[Writer]:
    """Write a package as a folder, which stands there under its name only when the block has ended well.

    Raises:
        StoreError: something is there already, or the disk refuses.
    """
    spare = target.with_name(f".{target.name}.part")
    with _whole(target, spare):
        with reporting(_DOING, spare):
            spare.mkdir(parents=True)
        yield _Folder(spare)


@contextmanager
def tar(target: Path, top: str, seconds: int) -> Iterator[Writer]:
    """Write a package as a tar file; the same files in the same order at the same time give the same bytes.

    Args:
        target: the file.
        top: the folder in which all of it lies.
        seconds: the time of every file, since 1970.

    Raises:
        StoreError: something is there already, or the disk refuses.
    """
    spare = target.with_name(f".{target.name}.part")
    with _whole(target, spare):
        with reporting(_DOING, spare):
            spare.parent.mkdir(parents=True, exist_ok=True)
            file = spare.open("xb")
        with file, tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            yield _Tar(archive, top, seconds, spare)
        with reporting(_DOING, spare), spare.open("rb") as written:
            os.fsync(written.fileno())


@contextmanager
def _whole(target: Path, spare: Path) -> Iterator[None]:
    if target.is_symlink() or target.exists():
        raise StoreError(f"{target} 已经存在，没有覆盖。请另写一个目录，或者先把它移走。")
    with reporting(_DOING, spare):
        _clear(spare)  # of a run that was killed
    try:
        yield
        with reporting(_DOING, target):
            os.rename(spare, target)
            sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            _clear(spare)
        raise


def _clear(spare: Path) -> None:
    if spare.is_dir() and not spare.is_symlink():
        shutil.rmtree(spare)
    else:
        spare.unlink(missing_ok=True)


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> None:
        path = self._root / name
        with reporting(_DOING, path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, data, 0o640)


class _Tar:
    def __init__(self, archive: tarfile.TarFile, top: str, seconds: int, path: Path) -> None:
        self._archive, self._top, self._seconds, self._path = archive, top, seconds, path

    def put(self, name: str, data: bytes) -> None:
        told = tarfile.TarInfo(f"{self._top}/{name}")
        told.size, told.mtime, told.mode = len(data), self._seconds, 0o644
        with reporting(_DOING, self._path):
            self._archive.addfile(told, io.BytesIO(data))


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open a package to read it.

    Raises:
        StoreError: there is none, it is neither a folder nor a tar file, or it cannot be read.
    """
    with reporting("读取档案包", path):
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)
    if is_folder:
        yield _FolderReader(path)
        return
    with reporting("读取档案包", path):
        file = open_foreign(path)
    with file:
        yield _TarReader(path, file)


class _FolderReader:
    def __init__(self, root: Path) -> None:
        self._root = root
        self.files: dict[str, int] = {}
        problems: list[Problem] = []
        with reporting("读取档案包", root):
            self._walk("", problems)
        self.problems = tuple(problems)

    def _walk(self, under: str, problems: list[Problem]) -> None:
        for entry in sorted(os.scandir(self._root / under), key=lambda each: each.name):
            name = f"{under}/{entry.name}".lstrip("/")
            if len(self.files) + len(problems) >= _MANY:
                raise StoreError(f"{self._root} 里的文件超过 {_MANY} 个，不是一个档案包。")
            if not is_name(name):
                problems.append(Problem("档案包里不应有这样的文件名。", name))
            elif entry.is_dir(follow_symlinks=False):
                self._walk(name, problems)
            elif entry.is_file(follow_symlinks=False):
                self.files[name] = entry.stat(follow_symlinks=False).st_size
            else:
                problems.append(Problem("是链接、设备或管道，不是普通文件，没有读取。", name))

    def read(self, name: str) -> bytes:
        path = self._root / name
        with reporting("读取档案包", path):
            return plain_bytes(path, LARGEST)


class _TarReader:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self.files: dict[str, int] = {}
        self._places: dict[str, int] = {}
        problems: list[Problem] = []
        with reporting("读取档案包", path):
            self._end = os.fstat(file.fileno()).st_size
            self._walk(problems)
        self.problems = tuple(problems)

    def _walk(self, problems: list[Problem]) -> None:
        at, tops = 0, set()
        while any(head := self._at(at, _BLOCK)):
            name, size, kind = self._header(head)
            place, at = at + _BLOCK, at + _BLOCK + -(-size // _BLOCK) * _BLOCK
            if at > self._end or len(self._places) + len(problems) >= _MANY:
                raise StoreError(f"{self._path} 不完整，或者文件过多，不是一个完整的档案包。")
            top, _, inner = name.partition("/")
            tops.add(top)
            if kind == _FOLDER:
                continue
            if kind not in _PLAIN:
                problems.append(Problem("是链接、设备或其他特殊项，不是普通文件，没有读取。", name))
            elif not is_name(inner) or inner in self.files or len(tops) > 1:
                problems.append(Problem("文件名不合规、重复，或者不在同一个目录下。", name))
            else:
                self.files[inner], self._places[inner] = size, place
        if not self.files:
            raise StoreError(f"{self._path} 里没有档案包。请写 duban archive pack 做成的目录或 .tar 文件。")

    def _header(self, head: bytes) -> tuple[str, int, bytes]:
        counted = sum(head[:148]) + sum(b" " * 8) + sum(head[156:])
        size, told, names = _OCTAL.fullmatch(head[124:136]), _OCTAL.fullmatch(head[148:156]), (head[345:500], head[:100])
        sound = len(head) == _BLOCK and head[257:262] == b"ustar" and size and told and int(told[1], 8) == counted
        if not sound or not size or not all(map(_TEXT.fullmatch, names)):
            raise StoreError(f"{self._path} 不是档案包：应是 duban archive pack 做成的目录或 .tar 文件（ustar 格式），或者已经损坏。")
        return "/".join(each.rstrip(b"\0").decode("ascii") for each in names if each.rstrip(b"\0")), int(size[1], 8), head[156:157]

    def _at(self, place: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, place)

    def read(self, name: str) -> bytes:
        if self.files[name] > LARGEST:
            raise StoreError(f"{name} 超过 {LARGEST >> 20} MiB 的上限，不予读取。")
        with reporting("读取档案包", self._path):
            return self._at(self._places[name], self.files[name])
