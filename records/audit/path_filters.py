"""What Git's graph of the commits says of the paths that each touched, by which ``git log -- PATH`` leaves out most commits unread.

A filter may say of any path that it was touched, and then Git looks; of a path that it does not hold Git takes it that it was not. The
format and the hash (murmur3, twice, with seeds of Git's) are those of Git's gitformat-commit-graph manual page.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_HEADER = 12  # bytes: version, how many hashes, bits an entry
_MOST_HASHES = 64  # Git has 7
_SEEDS = (0x293AE76F, 0x7E646E2C)
_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class PathFilters:
    """The filters of one file of the graph.

    Attributes:
        ends: where each one ends, four bytes each.
        filters: all of them, one behind the other.
        hashes: how many bits of one stand for a path.
    """

    ends: bytes
    filters: bytes
    hashes: int

    @classmethod
    def of(cls, ends: bytes, filters: bytes) -> "PathFilters":
        """Take what the file holds.

        Raises:
            ValueError: it is none of Git's.
        """
        _, hashes, _ = struct.unpack_from(">III", filters.ljust(_HEADER, b"\xff"))
        if not 0 < hashes <= _MOST_HASHES:
            raise ValueError(hashes)
        return cls(ends, filters[_HEADER:], hashes)

    def leave_out(self, place: int, path: str) -> bool:
        """Whether Git, asked for the history of a path, leaves out the commit at a place of the file."""
        begin = int.from_bytes(self.ends[4 * place - 4 : 4 * place], "big") if place else 0
        end = int.from_bytes(self.ends[4 * place : 4 * place + 4], "big")
        said = self.filters[begin:end]
        return bool(said) and not all(_holds(said, self.hashes, key) for key in _keys(path))


def _keys(path: str) -> Iterator[tuple[int, int]]:
    """The path and the folders that lead to it: Git asks for each of them."""
    parts = path.split("/")
    return (_hashed("/".join(parts[:end])) for end in range(1, len(parts) + 1))


def _holds(said: bytes, hashes: int, key: tuple[int, int]) -> bool:
    bits = (((key[0] + turn * key[1]) & _WORD) % (8 * len(said)) for turn in range(hashes))
    return all(said[bit // 8] >> bit % 8 & 1 for bit in bits)


@lru_cache(4096)
def _hashed(path: str) -> tuple[int, int]:
    data = path.encode()
    return _murmur3(_SEEDS[0], data), _murmur3(_SEEDS[1], data)


def _murmur3(seed: int, data: bytes) -> int:
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        seed ^= _mixed(data[at : at + 4])
        seed = (_turned(seed, 13) * 5 + 0xE6546B64) & _WORD
    seed ^= _mixed(data[whole:]) ^ len(data)
    seed = ((seed ^ seed >> 16) * 0x85EBCA6B) & _WORD
    seed = ((seed ^ seed >> 13) * 0xC2B2AE35) & _WORD
    return seed ^ seed >> 16


def _mixed(block: bytes) -> int:
    return (_turned((int.from_bytes(block, "little") * 0xCC9E2D51) & _WORD, 15) * 0x1B873593) & _WORD


def _turned(word: int, by: int) -> int:
    return (word << by | word >> 32 - by) & _WORD
