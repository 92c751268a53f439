"""Loose objects: each a file of its own, named by its id, as Git keeps what is not packed yet.

What is put there is durable before it has its name, and all that is put there together is synced at the same time: first every file, then
every folder. A name whose content a power cut took would be a damaged object for ever.
"""

import errno
import os
import re
import secrets
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from records.store.disk import plain_bytes, reporting, sync_together, write_new
from records.store.packs import bounded
from records.store.store import LARGEST, StoreError

_HEADER = 32  # bytes, in which the header of an object ends
_SLACK = 1 << 16  # what zlib may add to what it cannot make smaller
_STRAY = 24 * 3600  # seconds; no write lasts a day, so what is older has no owner left
_NAME = re.compile(r"[0-9a-f]{40}")


class Loose:
    """The loose objects of one repository.

    Args:
        folder: the repository's ``objects``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, object_id: str) -> bytes | None:
        """Return an object with its header, None where there is none; nothing of it is checked, and one that is damaged is empty."""
        try:
            return unfolded(plain_bytes(f"{self._folder}/{object_id[:2]}/{object_id[2:]}", LARGEST + _SLACK), object_id)
        except FileNotFoundError:
            return None
        except (zlib.error, ValueError):
            return b""  # no object has this content, so the check of the id says so

    def starting(self, start: str) -> set[str]:
        """Return the ids that begin with some hex digits, two at least.

        Raises:
            OSError: the folder cannot be read.
        """
        folder = self._folder / start[:2]
        names = [f"{start[:2]}{name}" for name in os.listdir(folder)] if folder.is_dir() else []
        return {name for name in names if _NAME.fullmatch(name) and name.startswith(start)}

    def holds(self, object_id: str) -> bool:
        """Say whether there is a file of that name."""
        return self._path(object_id).exists()

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Put objects there, durable; one that is there already stays as it is, made young so that no pruning takes it.

        Packs are not asked: an unreachable object in one may go at the next repack, and a loose double costs one file until then.

        Args:
            objects: id to the object with its header, folded as it lies in its file.

        Raises:
            StoreError: they could not be written, or one that is there is damaged; no temporary file is left.
        """
        with reporting("写入登记库", self._folder), self._beside(objects) as temporary:
            there = [self._path(each) for each in objects if each not in temporary]
            sync_together([*there, *temporary.values()])
            for each in list(temporary):
                os.replace(temporary[each], self._path(each))
                del temporary[each]
            # Also the names that others made, who may have been killed before they synced them.
            sync_together([self._folder, *{self._path(each).parent for each in objects}])

    def sweep(self, object_id: str, now: float) -> None:
        """Remove the temporary files that killed processes left, over a day ago, among the packs and in the folder where this object lies.

        A commit's id is as good as random: one folder of 256 a commit, and each has its turn without anybody keeping count.

        Args:
            object_id: 40 hex digits.
            now: seconds since 1970 on the clock of the file system.
        """
        for folder in (self._path(object_id).parent, self._folder / "pack"):
            with suppress(OSError), os.scandir(folder) as found:
                for file in found:
                    if file.name.startswith(("tmp_obj_", "tmp_pack_", "tmp_idx_")) and now - file.stat().st_mtime > _STRAY:
                        os.unlink(file.path)

    def _path(self, object_id: str) -> Path:
        return Path(f"{self._folder}/{object_id[:2]}/{object_id[2:]}")

    @contextmanager
    def _beside(self, objects: Mapping[str, bytes]) -> Iterator[dict[str, Path]]:
        """Write those that are not there yet into files beside their places; what has not got its name in the block is removed again."""
        made: dict[str, Path] = {}
        try:
            for each, folded in objects.items():
                if not self._renewed(self._path(each), folded):
                    made[each] = self._temporary(self._path(each).parent, folded)
            yield made
        finally:
            for path in made.values():
                with suppress(OSError):
                    os.unlink(path)

    def _renewed(self, path: Path, folded: bytes) -> bool:
        """Whether the object is there, made young."""
        try:
            os.utime(path)
            data = plain_bytes(path, LARGEST + _SLACK)
        except FileNotFoundError:
            return False
        with suppress(zlib.error, ValueError):
            if unfolded(data, path.parent.name + path.name) == unfolded(folded, path.name):
                return True
        raise StoreError(f"登记库中的对象文件 {path} 已损坏。请停止写入，用 git fsck 检查并从备份恢复。")

    def _temporary(self, folder: Path, data: bytes) -> Path:
        path = folder / f"tmp_obj_{secrets.token_hex(8)}"  # the name that git prune knows as a stray
        for _ in range(10):  # git gc removes folders it has emptied, and may come between these two lines
            with suppress(FileNotFoundError):
                write_new(path, data, 0o444)
                return path
            with suppress(FileExistsError):
                os.mkdir(folder)
        raise FileNotFoundError(errno.ENOENT, "", str(folder))


def unfolded(data: bytes, object_id: str) -> bytes:
    """Return an object with its header, unfolded to the size that the header tells, which is looked at first.

    Raises:
        zlib.error: it is damaged.
        ValueError: it has no header, or does not end where that says.
        StoreError: it is larger than any record.
    """
    stream = zlib.decompressobj()
    head = stream.decompress(data, _HEADER)
    _, _, rest = head.partition(b" ")
    size = bounded(int(rest.partition(b"\0")[0]), object_id)
    whole = head + stream.decompress(stream.unconsumed_tail, size + _HEADER)
    if not stream.eof:
        raise ValueError(size)
    return whole
