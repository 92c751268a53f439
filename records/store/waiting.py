"""The objects of the acts that wait to be made durable together (``line``): a file an act, not synced, gone once all are in their places.

What a power cut takes of them nobody was told of.
"""

import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from records.store.disk import plain_bytes, write_new
from records.store.loose import unfolded
from records.store.store import LARGEST, MovedError

_LENGTH = 16  # digits that say how long the file of an act is
_PLACED = b"+"  # instead of the first of these once its objects lie in their places; it is the same number


class Waiting:
    """The objects of the acts in the line.

    Args:
        folder: where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)  # a path is put together a dozen times an act
        self._read: dict[tuple[str, int], Mapping[str, bytes] | None] = {}  # by name and which file it is; None until it is asked
        self._asked = self._known = False

    @contextmanager
    def seen(self) -> Iterator[None]:
        """Let what waits be found in the block, by whoever holds the register's lock; until he adds something himself no more comes."""
        self._asked, self._known = True, False
        try:
            yield
        finally:
            self._asked = False

    def add(self, line: str, count: int, objects: Mapping[str, bytes]) -> None:
        """Write down the objects of an act.

        Args:
            line: name of the line.
            count: as which one it joins.
            objects: id to the object with its header, the commit last.

        Raises:
            OSError: they cannot be written.
        """
        data = b"".join(b"%s %d\n%s" % (each.encode(), len(folded), folded) for each, folded in objects.items())
        self._known = False
        path, whole = self._place(line, count), b"%0*d%s" % (_LENGTH, len(data), data)
        try:
            write_new(path, whole, 0o640)
        except (FileNotFoundError, FileExistsError):  # the first ever; or one that was killed before he had joined left his
            with suppress(FileExistsError):
                os.mkdir(self._folder, 0o750)
            beside = f"{path}.new"
            with suppress(FileNotFoundError):
                os.unlink(beside)
            write_new(beside, whole, 0o640)
            os.replace(beside, path)  # not taken away before: what comes instead would be the same file to whoever has read that one

    def placed(self, line: str, count: int) -> None:
        """Note that the objects of an act lie in their places, durable.

        Raises:
            OSError: that cannot be written.
        """
        with open(self._place(line, count), "r+b") as file:
            file.write(_PLACED)

    def of(self, line: str, count: int) -> "Brought":
        """Return what an act brought.

        Raises:
            StoreError: it is not there.
        """
        if found := _parsed(self._place(line, count)):
            return found
        raise MovedError

    def find(self, object_id: str) -> bytes | None:
        """Return an object with its header, None where no act in the line has brought it, or one only reads, and sees what Git sees."""
        if not self._asked:
            return None
        with suppress(FileNotFoundError, zlib.error, ValueError):
            if not self._known:
                with os.scandir(self._folder) as entries:
                    files = sorted(((entry.name, entry.inode()) for entry in entries), reverse=True)
                self._read = {file: self._read.get(file) or None for file in files}
                self._known = True  # one that goes meanwhile has been led to its place, and what it held lies there
            for file in self._read:  # from the newest, which has all folders on the way to what it changed
                if (folded := self._held(file).get(object_id)) is not None:
                    return unfolded(folded, object_id)
        return None

    def _held(self, file: tuple[str, int]) -> Mapping[str, bytes]:
        found = self._read[file]
        if found is None:
            brought = _parsed(f"{self._folder}/{file[0]}")
            found = self._read[file] = brought.objects if brought else {}
        return found

    def forget(self, line: str = "", first: int = 0, last: int = 0) -> None:
        """Take away what some acts of a line brought, or all there is of any line."""
        with suppress(OSError):
            places = [self._place(line, each) for each in range(first, last + 1)]
            for path in places if line else [f"{self._folder}/{name}" for name in os.listdir(self._folder)]:
                with suppress(FileNotFoundError):
                    os.unlink(path)

    def _place(self, line: str, count: int) -> str:
        return f"{self._folder}/{line}-{count:08d}"


class Brought(NamedTuple):
    """What an act brought: its objects as they were added, folded, and whether it was noted that they lie in their places."""

    objects: Mapping[str, bytes]
    placed: bool


def _parsed(path: str) -> Brought | None:
    """What the file of an act holds, None where it is not whole."""
    found: dict[str, bytes] = {}
    with suppress(OSError, ValueError):
        data = plain_bytes(path, 4 * LARGEST)
        if len(data) < _LENGTH or int(data[:_LENGTH]) != len(data) - _LENGTH:
            return None
        at = _LENGTH
        while at < len(data):
            head, _, _ = data[at : at + 60].partition(b"\n")
            begin, length = at + len(head) + 1, int(head[41:])
            found[head[:40].decode()] = data[begin : begin + length]
            at = begin + length
        return Brought(found, data.startswith(_PLACED)) if found else None
    return None
