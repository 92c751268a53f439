"""The packs of one repository: gitdb finds an object in them, and it is unfolded here; a batch of new ones is written as one pack.

An object of a few kilobytes may unfold to gigabytes, and so may what it is the difference from. Each size stands in the pack and is looked
at before anything is unfolded to it, which gitdb does not do; nor can gitdb read what lies across the end of a gigabyte of a pack. The
formats are those of Git's gitformat-pack manual page.
"""

import hashlib
import mmap
import os
import struct
import threading
import zlib
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from records.store.disk import sync_folder, write_durably
from records.store.store import LARGEST, StoreError

KINDS = {b"commit": 1, b"tree": 2, b"blob": 3}
_NAMES = {number: name for name, number in KINDS.items()} | {4: b"tag"}
_BACK, _NAMED = 6, 7  # kinds of a difference: from what lies so far back, from what has this name
_MAPS = threading.RLock()
"""Held while packs are looked into, by all of the process: what maps them (gitdb) is one for all, and is not made for several threads."""

_OPEN: "OrderedDict[_Pack, mmap.mmap]" = OrderedDict()
"""The bytes of the packs that were read last, by all of the process. Each keeps a file open, of which a process may have a thousand."""
_MOST_OPEN = 32

_DEEPEST = 4096  # differences upon one another; stock Git makes no more
_UNFOLDED = 8 << 20  # bytes of objects that are kept as they were unfolded: others are the difference from them


class Packs:
    """The packs that lie in a folder; safe for several threads.

    Args:
        folder: ``objects/pack``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packs: dict[str, _Pack] = {}
        self._unfolded: OrderedDict[tuple[_Pack, int], tuple[bytes, bytes]] = OrderedDict()
        self._size = 0

    def read(self, object_id: str) -> bytes | None:
        """Return an object with its header as a loose one has it, None if no pack that is known holds it; raises as ``copies``."""
        return next(iter(self.copies(object_id, most=1)), None)

    def copies(self, object_id: str, most: int | None = None) -> list[bytes]:
        """Return an object, with its header as a loose one has it, as often as packs that are known hold it, at most so often.

        A pack that vanished under gitdb shows in many ways, hence the wide net: the caller looks again in the packs now there.

        Raises:
            StoreError: it is larger than any record.
        """
        wanted, found = bytes.fromhex(object_id), list[bytes]()
        if not self._packs:
            return found
        from gitdb.exc import ODBError

        with _MAPS:
            for pack in reversed(self._packs.values()):  # what is asked for is mostly what came last
                with suppress(ODBError, OSError, ValueError, AssertionError, LookupError, struct.error, zlib.error):
                    offset = pack.offset(wanted)
                    if offset is not None:
                        kind, data = self._whole(pack, offset, object_id)
                        found.append(b"%s %d\0%s" % (kind, len(data), data))
                if len(found) == most:
                    break
        return found

    def starting(self, start: str) -> Iterator[str]:
        """Yield the ids of the objects that begin with some hex digits, of the packs that are known."""
        least = bytes.fromhex(start.ljust(40, "0"))
        with _MAPS:
            for pack in self._packs.values():
                index = pack.index
                for place in range(bisect_left(range(index.size()), least, key=index.sha), index.size()):
                    if not (found := index.sha(place).hex()).startswith(start):
                        break
                    yield found

    def write(self, objects: Mapping[str, bytes]) -> None:
        """Put objects there as one pack, whole and synced before it has the name by which it is found.

        Args:
            objects: id to the object with its header, as a loose one has it.

        Raises:
            OSError: no temporary file is left then.
        """
        name, pack, index = packed(objects)
        mark = os.urandom(8).hex()
        files = (("tmp_pack_", ".pack", pack), ("tmp_idx_", ".idx", index))  # a pack without its index is none, so the index comes last
        try:
            for temporary, _, data in files:
                write_durably(self._folder / f"{temporary}{mark}", data, 0o444)
            for temporary, ending, _ in files:
                os.replace(self._folder / f"{temporary}{mark}", self._folder / f"pack-{name}{ending}")
            sync_folder(self._folder)
        finally:
            for temporary, _, _ in files:
                (self._folder / f"{temporary}{mark}").unlink(missing_ok=True)

    def look_again(self) -> bool:
        """Open the packs that have come, let go of those that are gone, and say whether there were any."""
        with _MAPS:
            there = os.listdir(self._folder) if self._folder.is_dir() else []  # Git needs none, and one that borrows may have none
            names = {name for name in there if name.endswith(".idx")}
            for each in (gone := self._packs.keys() - names):
                self._packs.pop(each).close()
                self._unfolded.clear()
                self._size = 0
            if gone:
                from gitdb.util import mman

                mman.collect()  # or packs that are gone would take up the disk as long as this process lives
            came = names - self._packs.keys()
            for new in came:
                with suppress(OSError, ValueError):  # gone again, or empty
                    self._packs[new] = _Pack(self._folder / new)
            return bool(gone or came)

    def _whole(self, pack: "_Pack", offset: int, object_id: str) -> tuple[bytes, bytes]:
        """Unfold what stands at an offset; what lies on the way is kept, for a history is mostly one difference upon another."""
        changes: list[tuple[int, bytes]] = []
        at = offset
        while (found := self._unfolded.get((pack, at))) is None:
            kind, size, beneath, start = pack.entry(at)
            bounded(size, object_id)
            if beneath is None:
                found = _NAMES[kind], pack.unfolded(start, size)
                self._note(pack, at, found)
                break
            changes.append((at, pack.unfolded(start, size)))
            if len(changes) > _DEEPEST:
                raise ValueError(offset)
            at = beneath
        else:
            self._unfolded.move_to_end((pack, at))
        for at, change in reversed(changes):
            found = found[0], _changed(found[1], change, object_id)
            self._note(pack, at, found)
        return found

    def _note(self, pack: "_Pack", offset: int, whole: tuple[bytes, bytes]) -> None:
        self._unfolded[pack, offset] = whole
        self._size += len(whole[1])
        while self._size > max(_UNFOLDED, len(whole[1])):
            self._size -= len(self._unfolded.popitem(last=False)[1][1])


class _Pack:
    """One pack: its index, and its bytes as the system maps them once they are read.

    Raises:
        OSError: it cannot be read.
        ValueError: it is empty.
    """

    def __init__(self, index: Path) -> None:
        self._file = index.with_suffix(".pack")
        if not self._file.stat().st_size:
            raise ValueError(self._file)
        from gitdb.pack import PackIndexFile

        self.index = PackIndexFile(str(index))

    @property
    def _bytes(self) -> mmap.mmap:
        if found := _OPEN.get(self):
            _OPEN.move_to_end(self)
            return found
        with open(self._file, "rb") as file:
            found = _OPEN[self] = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        while len(_OPEN) > _MOST_OPEN:
            _OPEN.popitem(last=False)[1].close()
        return found

    def close(self) -> None:
        self.index.close()
        if found := _OPEN.pop(self, None):
            found.close()

    def offset(self, name: bytes) -> int | None:
        """Return where an object stands, None where it does not lie here."""
        place = self.index.sha_to_index(name)
        return None if place is None else int(self.index.offset(place))

    def entry(self, offset: int) -> tuple[int, int, int | None, int]:
        """Return kind and size of the entry at an offset, where what it is a difference from stands, and where its stream begins."""
        data = self._bytes
        byte, at = data[offset], offset + 1
        kind, size, shift = byte >> 4 & 7, byte & 0xF, 4
        while byte & 0x80:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
        if kind == _BACK:
            byte, at = data[at], at + 1
            back = byte & 0x7F
            while byte & 0x80:
                byte, at = data[at], at + 1
                back = (back + 1 << 7) + (byte & 0x7F)
            if not 0 < back <= offset:
                raise ValueError(back)
            return kind, size, offset - back, at
        if kind == _NAMED:
            beneath = self.offset(data[at : at + 20])
            if beneath is None:
                raise ValueError(offset)
            return kind, size, beneath, at + 20
        return kind, size, None, at

    def unfolded(self, start: int, size: int) -> bytes:
        """Return the stream that begins there, of the size that its entry tells."""
        stream = zlib.decompressobj()
        data = stream.decompress(self._bytes[start : start + size + (size >> 8) + 64], size + 1)
        if len(data) != size or not stream.eof:
            raise ValueError(size)
        return data


def packed(objects: Mapping[str, bytes]) -> tuple[str, bytes, bytes]:
    """Return a pack of objects, its index (both version 2) and the name that both go by: nothing in it is the difference from another."""
    pieces, places, at = [b"PACK" + struct.pack(">II", 2, len(objects))], [], 12
    for object_id, whole in objects.items():
        header, _, data = whole.partition(b"\0")
        entry = entry_header(KINDS[header.split(b" ")[0]], len(data)) + zlib.compress(data, 1)
        places.append((bytes.fromhex(object_id), zlib.crc32(entry), at))
        pieces.append(entry)
        at += len(entry)
    body = b"".join(pieces)
    ends = hashlib.sha1(body, usedforsecurity=False).digest()
    places.sort()
    firsts = [name[0] for name, _, _ in places]
    counts = [bisect_right(firsts, first) for first in range(256)]
    index = b"".join(
        (
            b"\xfftOc" + struct.pack(">I", 2),
            struct.pack(">256I", *counts),
            *(name for name, _, _ in places),
            *(struct.pack(">I", check) for _, check, _ in places),
            *(struct.pack(">I", place) for _, _, place in places),  # 31 bits: a batch is no larger
            ends,
        )
    )
    return ends.hex(), body + ends, index + hashlib.sha1(index, usedforsecurity=False).digest()


def entry_header(kind: int, size: int) -> bytes:
    """Return the head of an entry of a pack: kind and size, four bits of it first, then seven bits a byte."""
    found, size = bytearray([kind << 4 | size & 0xF]), size >> 4
    while size:
        found[-1] |= 0x80
        found.append(size & 0x7F)
        size >>= 7
    return bytes(found)


def bounded(size: int, object_id: str) -> int:
    """Return the size of an object that is about to be unfolded.

    Raises:
        StoreError: no record is so large.
    """
    if size > LARGEST:
        raise StoreError(f"对象 {object_id} 展开后有 {size} 字节，登记簿里没有这么大的记录，不予读取。请核查它由谁提交。")
    return size


def _changed(old: bytes, change: bytes, object_id: str) -> bytes:
    """Return what a difference makes of an object."""
    size, at = _number(change, 0)
    if size != len(old):
        raise ValueError(size)
    size, at = _number(change, at)
    left, pieces = bounded(size, object_id), []
    while at < len(change):
        code = change[at]
        at += 1
        if code & 0x80:  # a piece of the old: its start and its length, of whose bytes those that are zero are left out
            numbers = [0] * 7
            for place in range(7):
                if code >> place & 1:
                    numbers[place] = change[at]
                    at += 1
            start, length = int.from_bytes(bytes(numbers[:4]), "little"), int.from_bytes(bytes(numbers[4:]), "little") or 0x10000
            pieces.append(old[start : start + length])
        else:
            pieces.append(change[at : at + code])
            at += code
        left -= len(pieces[-1])
        if left < 0 or not pieces[-1]:
            raise ValueError(left)
    if left:
        raise ValueError(left)
    return b"".join(pieces)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first; return it and where it ends."""
    found = shift = 0
    while True:
        byte = data[at]
        at += 1
        found |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return found, at
