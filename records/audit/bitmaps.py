"""What Git's bitmaps of a pack say stands behind a commit, by which it counts commits where it is told to, and packs what it sends.

The register's upkeep writes none; ``git gc`` and ``git repack -a`` of an operator do. By a forged one ``git rev-list --use-bitmap-index``
leaves out acts, while the commits are as they were. A file or a folder that one leaves out is missed by every clone, so of commits alone is
it asked. The format is that of Git's gitformat-pack and bitmap-format manual pages.
"""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from records.audit.finding import Finding
from records.store.disk import reporting

_BEGINS = b"BITM\0\1"
_WHOLE = 0x1  # it knows all that stands behind a commit; what else one may tell lies behind that, and a Git to come may tell more
_INDEX = b"\xfftOc\0\0\0\2"
_IDS = 8 + 4 * 256
_WORD = (1 << 64) - 1
_WAY = "请删去它，Git 不用它也一样读，只是慢些。"


def bitmaps(repository: Path, history: Sequence[str]) -> Iterator[Finding]:
    """Yield that a bitmap of a repository is none, or has other commits behind one than its history has.

    Args:
        repository: its folder.
        history: the commits that are looked at, oldest first.

    Raises:
        StoreError: a file cannot be read.
    """
    with reporting("核对登记库", repository):
        for path in sorted((repository / "objects/pack").glob("pack-*.bitmap")):
            name = path.relative_to(repository).as_posix()
            with suppress(FileNotFoundError):  # of an upkeep at this moment, which does away with the pack
                try:
                    wrong = next(_wrong(_Pack.of(path), path.read_bytes(), history), "")
                except (LookupError, ValueError, struct.error):
                    yield Finding("repository", f"{name} 不是 Git 的位图，或者已损坏。{_WAY}", paths=(name,))
                    continue
                if wrong:
                    told = f"{name} 说 {wrong[:12]} 以前的提交不是登记簿的那些：Git 照它数提交、列提交的，看到的不是登记簿的历史。{_WAY}"
                    yield Finding("repository", told, wrong, paths=(name,))


@dataclass(frozen=True)
class _Pack:
    """The objects of one pack.

    Attributes:
        ids: of all, in their order.
        places: where each stands in the pack, counted, by its place among the ids.
    """

    ids: bytes
    places: Sequence[int]

    @classmethod
    def of(cls, bitmap: Path) -> "_Pack":
        data = bitmap.with_suffix(".idx").read_bytes()
        count = int.from_bytes(data[_IDS - 4 : _IDS], "big")
        at = _IDS + 24 * count  # behind the ids and their sums
        far = at + 4 * count
        short = struct.unpack_from(f">{count}I", data, at)
        if data[:8] != _INDEX:
            raise ValueError(data[:8])
        begins = [each if each < 1 << 31 else struct.unpack_from(">Q", data, far + 8 * (each & 0x7FFFFFFF))[0] for each in short]
        order = sorted(range(count), key=begins.__getitem__)
        with suppress(FileNotFoundError):
            if bitmap.with_suffix(".rev").read_bytes()[12:-40] != struct.pack(f">{count}I", *order):
                raise ValueError("rev")  # by which Git finds what each bit stands for
        places = array("I", bytes(4 * count))
        for place, each in enumerate(order):
            places[each] = place
        return cls(data[_IDS : _IDS + 20 * count], places)

    def among_ids(self, commit: str) -> int | None:
        name, count = bytes.fromhex(commit), len(self.places)
        place = bisect_left(range(count), name, key=self._id)
        return place if place < count and self._id(place) == name else None

    def _id(self, place: int) -> bytes:
        return self.ids[20 * place : 20 * place + 20]


def _wrong(pack: _Pack, data: bytes, history: Sequence[str]) -> Iterator[str]:
    """Yield the commits behind which the bitmap has others than the history has, the oldest first."""
    commits, behind = _said(data)
    places = [(commit, place) for commit in history if (place := pack.among_ids(commit)) is not None]
    looked_at, own = bytearray(len(pack.places) // 8 + 1), bytearray(len(pack.places) // 8 + 1)
    for _, place in places:
        _set(looked_at, pack.places[place])
    commits &= int.from_bytes(looked_at, "little")
    for commit, place in places:
        _set(own, pack.places[place])
        if place in behind and behind[place] & commits != int.from_bytes(own, "little"):
            yield commit


def _set(bits: bytearray, at: int) -> None:
    bits[at // 8] |= 1 << at % 8


def _said(data: bytes) -> tuple[int, Mapping[int, int]]:
    """Which objects are commits, and what stands behind some of these, by their places among the ids; a bit for each object of the pack."""
    flags, count = struct.unpack_from(">HI", data, len(_BEGINS))
    if data[: len(_BEGINS)] != _BEGINS or not flags & _WHOLE:
        raise ValueError(flags)
    at = len(_BEGINS) + 6 + 20
    kinds: list[int] = []
    for _ in ("commit", "tree", "blob", "tag"):
        bits, at = _unfolded(data, at)
        kinds.append(bits)
    told: list[tuple[int, int]] = []
    for _ in range(count):
        place, back = struct.unpack_from(">IB", data, at)
        bits, at = _unfolded(data, at + 6)
        told.append((place, bits ^ told[-back][1] if back else bits))
    return kinds[0], dict(told)


def _unfolded(data: bytes, at: int) -> tuple[int, int]:
    """Unfold bits that stand somewhere, and return them with where they end: runs of the same, each with words as they are behind it."""
    size, count = struct.unpack_from(">II", data, at)
    words = struct.unpack_from(f">{count}Q", data, at + 8)
    found, place = array("Q"), 0
    while place < count:
        head = words[place]
        run, plain = head >> 1 & 0xFFFFFFFF, head >> 33
        if 64 * (len(found) + run + plain) > size + 63:
            raise ValueError(run)
        found.extend([_WORD if head & 1 else 0] * run)
        found.extend(words[place + 1 : place + 1 + plain])
        place += 1 + plain
    return int.from_bytes(struct.pack(f"<{len(found)}Q", *found), "little"), at + 8 + 8 * count + 4
