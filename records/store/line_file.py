"""What ``duban.line`` says: where the line of acts that wait (``line``) ends, and how far it was led.

Each of the two stands in a slot of its own with a sum over it: who reads one while it is written looks again, and what a power cut left
half written counts for nothing.
"""

import os
import time
import zlib
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar

import msgspec

from records.store.store import MovedError, StoreError

_SLOT = 16384  # bytes: one for what was joined, one for how far it was led
_USUAL = 512  # bytes that a slot holds where there were no troubles
_SUM = 8  # digits of the sum over it
_WHOLE = 4000  # bytes written in one piece: who is killed over more may leave one page new and the next old


class Joined(msgspec.Struct, frozen=True):
    """Where the line ends: its name, how many have joined it, and the commit of the last."""

    line: str = ""
    count: int = 0
    commit: str = ""


class Trouble(msgspec.Struct, frozen=True):
    """Why some of a line, from the first to the last (0: whoever joins it), are told that theirs did not go well."""

    line: str
    first: int
    last: int
    words: str
    moved: bool = False  # whether it may go well when it is done again

    def told(self) -> StoreError:
        """What whoever it befell is told."""
        return MovedError(self.words) if self.moved else StoreError(self.words)


class Led(msgspec.Struct, frozen=True):
    """How far a line was led, and the troubles there were lately."""

    line: str = ""
    count: int = 0
    troubles: tuple[Trouble, ...] = ()

    def trouble(self, line: str, count: int) -> Trouble | None:
        """What befell the one who joined a line as that many-th."""
        return next((each for each in self.troubles if each.line == line and each.first <= count <= (each.last or count)), None)


_T = TypeVar("_T", Joined, Led)


def make_room(file: int) -> None:
    """Take the room of both slots, which a copy may have left out: what befalls a line must be told also when the disk is full.

    Raises:
        OSError: there is none.
    """
    there = os.fstat(file)
    if min(there.st_size, 512 * there.st_blocks) < 2 * _SLOT:
        os.posix_fallocate(file, 0, 2 * _SLOT)


def slot(file: int, kind: type[_T]) -> _T:
    """Return what a slot says; of a line that never was where that is not whole, as after a power cut.

    Raises:
        OSError: it cannot be read.
    """
    at = _at(kind)
    for _ in range(100):  # whoever writes it has done so in a moment
        said: _T | None = _said(os.pread(file, _USUAL, at), kind) or _said(os.pread(file, _SLOT, at), kind)
        if said is not None:
            return said
        time.sleep(0.001)
    return kind()


@lru_cache(8)  # whoever waits asks again and again
def _said(data: bytes, kind: type[_T]) -> _T | None:
    """What the bytes of a slot say; None where they are not whole, or not all of them."""
    if not data.strip(b"\0"):
        return kind()
    length, _, rest = data.partition(b" ")
    with suppress(ValueError, msgspec.DecodeError):
        if zlib.crc32(text := rest[_SUM : _SUM + int(length)]) == int(rest[:_SUM], 16) and len(text) == int(length):
            return msgspec.json.decode(text, type=kind)
    return None


def write_slot(file: int, what: Joined | Led) -> None:
    """Write what a slot says; of the troubles as many as are written in one piece, the latest.

    Raises:
        OSError: it cannot be written.
    """
    text = msgspec.json.encode(what)
    while isinstance(what, Led) and len(text) > _WHOLE:
        what = Led(what.line, what.count, what.troubles[1:])
        text = msgspec.json.encode(what)
    os.pwrite(file, b"%d %08x%s" % (len(text), zlib.crc32(text), text), _at(type(what)))


def _at(kind: type[Joined | Led]) -> int:
    return 0 if kind is Joined else _SLOT
