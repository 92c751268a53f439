"""The papers kept beside the register, each under its hash: ``attachments/<aa>/<sha256>`` (Q24; D-14).

They are no part of the history: a clone is whole without them, and what is not there can neither be confirmed nor doubted.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from records.matter.attachments import Attachment
from records.register.scans import MOST
from records.store.disk import plain_bytes, replace_durably, reporting, sync_folder
from records.store.store import StoreError

_FILE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Survey:
    """What is there of the attachments that records name.

    Attributes:
        named: those that records name.
        missing: those of them that are not there.
        damaged: those of them whose bytes are others than the record says; found only where they were read.
        unnamed: what lies there and no record names, by its hash.
        size: bytes of all that lies there.
    """

    named: tuple[Attachment, ...]
    missing: tuple[Attachment, ...]
    damaged: tuple[Attachment, ...]
    unnamed: tuple[str, ...]
    size: int


class Attachments:
    """The folder of a register's attachments; made when the first one is kept.

    Args:
        folder: ``attachments`` in the register's folder, or in a backup.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return where an attachment lies, or would."""
        return self.folder / digest[:2] / digest

    def keep(self, digest: str, data: bytes) -> None:
        """Put bytes under their hash, durably; what lies there whole stays.

        Raises:
            StoreError: the disk refuses.
        """
        path = self.path(digest)
        with reporting("保存附件", path):
            if self.size(digest) != len(data) or not self._is_sound(digest):
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_durably(path, data, 0o640)
                sync_folder(self.folder)

    def read(self, digest: str) -> bytes | None:
        """Return the bytes of an attachment, None where it is not there.

        Raises:
            StoreError: they are not those that the hash names, or cannot be read.
        """
        path = self.path(digest)
        with reporting("读取附件", path):
            try:
                data = plain_bytes(path, MOST)
            except FileNotFoundError:
                return None
        if hashlib.sha256(data).hexdigest() != digest:
            raise StoreError(f"附件 {path} 的内容与记录的摘要不符，已被改动或损坏。请从备份恢复这个文件。")
        return data

    def size(self, digest: str) -> int:
        """Return how many bytes an attachment has, -1 where it is not there."""
        path = self.path(digest)
        with reporting("读取附件", path), suppress(FileNotFoundError):
            return path.stat().st_size
        return -1

    def kept(self) -> Iterator[str]:
        """Yield the hashes of all that lies there, in their order; files of other names are not looked at."""
        with reporting("读取附件目录", self.folder), suppress(FileNotFoundError):
            for folder in sorted(os.listdir(self.folder)):
                if (self.folder / folder).is_dir():
                    yield from (name for name in sorted(os.listdir(self.folder / folder)) if _FILE.fullmatch(name) and name[:2] == folder)

    def survey(self, named: Iterable[Attachment], *, reading: bool = False) -> Survey:
        """Return what is there of the attachments that records name.

        Args:
            named: those.
            reading: whether to read each and hold it against its hash.

        Raises:
            StoreError: the folder cannot be read.
        """
        wanted = {each.digest: each for each in named}
        there = {digest: self.size(digest) for digest in self.kept()}
        return Survey(
            tuple(wanted.values()),
            tuple(each for digest, each in wanted.items() if digest not in there),
            tuple(each for digest, each in wanted.items() if digest in there and reading and not self._is_sound(digest)),
            tuple(digest for digest in there if digest not in wanted),
            sum(there.values()),
        )

    def _is_sound(self, digest: str) -> bool:
        with suppress(StoreError):
            return self.read(digest) is not None
        return False
