"""Loose objects: each a file of its own, named by its id, as Git keeps what is not packed yet.

What is put there is durable before it has its name, and all that is put there together is synced at the same time: first every file, then
every folder. A name whose content a power cut took would be a damaged object for ever.
"""

import errno
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from records.store.disk import new_file, plain_bytes, reporting, sync_together
from records.store.packs import bounded
from records.store.store import LARGEST, StoreError

_HEADER = 32  # bytes, in which the header of an object ends
_SLACK = 1 << 16  # what zlib may add to what it cannot make smaller
_WINDOW = 13  # as a power of two: 8 KB, as much as most records
_BLOCK = 4096 - 64  # bytes of a block, but those of its frame
_OPEN = 256  # files that are kept open until they are synced; a process may have a thousand
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
        return os.path.exists(self._path(object_id))

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Put objects there, durable; one that is there already stays as it is, made young so that no pruning takes it.

        Packs are not asked: an unreachable object in one may go at the next repack, and a loose double costs one file until then.

        Args:
            objects: id to the object with its header, folded as it lies in its file.

        Raises:
            StoreError: they could not be written, or one that is there is damaged; no temporary file is left.
        """
        with reporting("写入登记库", self._folder), self._beside(objects) as made:
            sync_together([made[each].to_sync if each in made else self._path(each) for each in objects])
            for each in list(made):
                os.replace(made[each].path, self._path(each))
                made.pop(each).close()
            # Also the names that others made, who may have been killed before they synced them.
            sync_together([str(self._folder), *{self._place(each) for each in objects}], begin=False)

    def sweep(self, object_id: str, now: float) -> None:
        """Remove the temporary files that killed processes left, over a day ago, among the packs and in the folder where this object lies.

        A commit's id is as good as random: one folder of 256 a commit, and each has its turn without anybody keeping count.

        Args:
            object_id: 40 hex digits.
            now: seconds since 1970 on the clock of the file system.
        """
        for folder in (self._place(object_id), f"{self._folder}/pack"):
            with suppress(OSError), os.scandir(folder) as found:
                for file in found:
                    if file.name.startswith(("tmp_obj_", "tmp_pack_", "tmp_idx_")) and now - file.stat().st_mtime > _STRAY:
                        os.unlink(file.path)

    def _place(self, object_id: str) -> str:
        return f"{self._folder}/{object_id[:2]}"

    def _path(self, object_id: str) -> str:
        return f"{self._folder}/{object_id[:2]}/{object_id[2:]}"

    @contextmanager
    def _beside(self, objects: Mapping[str, bytes]) -> Iterator[dict[str, "_New"]]:
        """Write those that are not there yet into files beside their places; what has not got its name in the block is removed again."""
        made: dict[str, _New] = {}
        try:
            for each, folded in objects.items():
                if not self._renewed(each, folded):
                    made[each] = self._new(self._place(each), folded)
                    if len(made) > _OPEN:
                        made[each].close()
            yield made
        finally:
            for new in made.values():
                new.close()
                with suppress(OSError):
                    os.unlink(new.path)

    def _renewed(self, object_id: str, folded: bytes) -> bool:
        """Whether the object is there, made young."""
        path = self._path(object_id)
        try:
            os.utime(path)
            data = plain_bytes(path, LARGEST + _SLACK)
        except FileNotFoundError:
            return False
        with suppress(zlib.error, ValueError):
            if unfolded(data, object_id) == unfolded(folded, object_id):
                return True
        raise StoreError(f"登记库中的对象文件 {path} 已损坏。请停止写入，用 git fsck 检查并从备份恢复。")

    def _new(self, folder: str, data: bytes) -> "_New":
        path = f"{folder}/tmp_obj_{os.urandom(8).hex()}"  # noqa: S108  # the name that git prune knows as a stray
        for _ in range(10):  # git gc removes folders it has emptied, and may come between these two lines
            with suppress(FileNotFoundError):
                return _New(path, new_file(path, data, 0o444))
            with suppress(FileExistsError):
                os.mkdir(folder)
        raise FileNotFoundError(errno.ENOENT, "", folder)


@dataclass
class _New:
    """A file that has not got its name yet: where it lies, and its descriptor while it is open."""

    path: str
    open: int | None

    @property
    def to_sync(self) -> str | int:
        return self.path if self.open is None else self.open

    def close(self) -> None:
        if self.open is not None:
            os.close(self.open)
            self.open = None


def compressed(whole: bytes) -> bytes:
    """Return an object with its header as it lies in its file, in a small window: a large one costs more to set up than all the rest.

    What fits into a block of the disk as it is takes as much room there, and ids, of which folders are full, grow no smaller.
    """
    stream = zlib.compressobj(0 if len(whole) <= _BLOCK or whole.startswith(b"tree ") else 1, zlib.DEFLATED, _WINDOW, _WINDOW // 2)
    return stream.compress(whole) + stream.flush()


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
