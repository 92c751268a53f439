"""A person's box: what he sent in and what was made for him, by name, for thirty days. No other file of the machine is within his reach.

Names are what the grammar lets through; the folder is made by the service and holds plain files of its own making alone.
"""

import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from records.acts import Refusal
from records.register.scans import type_of
from records.store.disk import open_foreign, replace_durably, reporting
from tui.door.grammar import NAME

MOST = 20 << 20  # bytes of a file
ROOM = 200 << 20  # bytes of a box
FILES = 500
KEPT = timedelta(days=30)
_TYPES = {
    "pdf": "pdf", "ofd": "ofd", "jpg": "jpeg", "jpeg": "jpeg", "png": "png", "tif": "tiff", "tiff": "tiff",
    "xlsx": "xlsx", "docx": "docx", "tar": "tar", "csv": "text", "yaml": "text", "json": "text", "ics": "text",
}  # fmt: skip
_PACKAGE = re.compile(r"\Aarchive-(?:[0-9]{4}|DB-[0-9]{4}-[0-9]{4,6})\.tar\Z", re.ASCII)
_PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
_MADE_BY_THE_REGISTER = re.compile(r"\A(?:DB-[0-9]{4}-[0-9]{4,6}|roundup-[0-9]{4}-[0-9]{2})[-.]", re.ASCII)


@dataclass(frozen=True)
class Kept:
    """A file in a box: its name, its size in bytes, when it was put there (seconds since 1970)."""

    name: str
    size: int
    since: float


class Box:
    """The box of one person.

    Args:
        folder: where it is; made, for its owner only, when it is first opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def opened(self, at: datetime) -> Path:
        """Return the folder, without what has lain there for too long, or was left half written.

        Raises:
            StoreError: it cannot be made or read.
        """
        with reporting("打开文件柜", self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self.swept(at)
        return self.folder

    def swept(self, at: datetime) -> int:
        """Take away what has lain there for too long, or was left half written, and return how many files that were.

        Raises:
            StoreError: it cannot be read.
        """
        found = 0
        with reporting("清理文件柜", self.folder):
            for name in os.listdir(self.folder):
                with suppress(FileNotFoundError):
                    old = at.timestamp() - os.lstat(self.folder / name).st_mtime
                    if old > (KEPT if NAME.match(name) else timedelta(days=1)).total_seconds():
                        os.unlink(self.folder / name)
                        found += 1
        return found

    def files(self) -> Iterator[Kept]:
        """Yield what lies there, by name.

        Raises:
            StoreError: it cannot be read.
        """
        with reporting("打开文件柜", self.folder):
            for name in sorted(os.listdir(self.folder)):
                found = os.lstat(self.folder / name)
                if NAME.match(name) and stat.S_ISREG(found.st_mode):
                    yield Kept(name, found.st_size, found.st_mtime)

    def full(self) -> Refusal | None:
        """Return why nothing more goes in, None while there is room. A year's package may be larger than all room, and takes none of it.

        Raises:
            StoreError: it cannot be read.
        """
        every = [each for each in self.files() if not _PACKAGE.match(each.name)]
        if sum(each.size for each in every) <= ROOM - MOST and len(every) < FILES:
            return None
        return Refusal("", f"您的文件柜满了（每人 {ROOM >> 20} MB、{FILES} 个文件）。", "满30天的自动清除；急用的请联系系统管理员。")

    def put(self, name: str, stream: BinaryIO) -> str | Refusal:
        """Keep what comes in under a name, in the place of what it held, and return its SHA-256; or why it is not kept.

        Args:
            name: as the grammar lets it through.
            stream: to its end; no more of it is read than a file may have.

        Raises:
            StoreError: the disk refuses; what lay there still does.
        """
        if not NAME.match(name) or (kind := _TYPES.get(name.rpartition(".")[2])) is None:
            return Refusal("", f"不收 {name} 这样的文件。", f"扩展名可以是 {'、'.join(_TYPES)}。")
        if _MADE_BY_THE_REGISTER.match(name):
            return Refusal("", f"{name} 是登记簿自己的公文的名字。", "请换一个名字。")
        if refusal := self.full():
            return refusal
        data = stream.read(MOST + 1)
        if len(data) > MOST:
            return Refusal("", f"文件超过 {MOST >> 20} MB。", "请压缩或者分开以后再传。")
        if not data or _kind(data) != kind:
            return Refusal("", f"{name} 是空的、不完整，或者内容不是 {kind} 格式。", "请核对文件，再传一次。")
        with reporting("存入文件柜", self.folder / name):
            replace_durably(self.folder / name, data, 0o600)
        return hashlib.sha256(data).hexdigest()

    def fetched(self, name: str) -> BinaryIO | None:
        """Return a file, open for reading, None where there is none of that name.

        Raises:
            StoreError: it cannot be read.
        """
        with reporting("读取文件柜", self.folder / name):
            if not NAME.match(name) or not stat.S_ISREG(_mode(self.folder / name)):
                return None
            return open_foreign(self.folder / name)

    def read(self, name: str) -> bytes | Refusal | None:
        """Return the bytes of a file, as ``fetched``, or why it is not read: what the service made may be larger than what comes in.

        Raises:
            StoreError: it cannot be read.
        """
        if (found := self.fetched(name)) is None:
            return None
        with found, reporting("读取文件柜", self.folder / name):
            data = found.read(MOST + 1)
        return data if len(data) <= MOST else Refusal("", f"{name} 超过 {MOST >> 20} MB，不予读取。", "请压缩或者分开以后再传。")


def _mode(path: Path) -> int:
    try:
        return os.lstat(path).st_mode
    except FileNotFoundError:
        return 0


def _kind(data: bytes) -> str:
    """Return of what type these bytes are; empty for none that is taken."""
    if found := type_of(data):
        return found
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(BytesIO(data)) as package:
                names = package.namelist()
                return next((kind for kind, part in _PARTS.items() if part in names), "")
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            return ""
    if data[257:262] == b"ustar":
        return "tar"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "text" if not any(sign < " " and sign not in "\t\r\n" for sign in text) else ""
    return ""
