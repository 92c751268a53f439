"""Whether a bundle of stock Git came whole: on a stick, over a line that broke, onto a disk that was full."""

import hashlib
from pathlib import Path

from records.store.disk import reporting

_LINE, _PIECE, _SUM = 4096, 1 << 20, 20  # bytes: of a line of a bundle's head at most, that are read at once, of the sum of a pack


def is_whole(bundle: Path) -> bool:
    """Whether a bundle ends with the sum of the pack that stands behind its heads, as Git writes it.

    Raises:
        StoreError: the disk refuses.
    """
    with reporting("读取备份", bundle), bundle.open("rb") as file:
        while (line := file.readline(_LINE)) != b"\n":
            if not line.endswith(b"\n"):
                return False
        left = bundle.stat().st_size - file.tell() - _SUM
        summed = hashlib.sha1(usedforsecurity=False)
        while left > 0 and (piece := file.read(min(left, _PIECE))):
            summed.update(piece)
            left -= len(piece)
        return left == 0 and file.read() == summed.digest()
