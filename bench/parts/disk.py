"""A disk as an office has it: ext4 with its journal, in a file of this machine's disk, which syncs with it.

Where ext4 has no journal, as on many virtual machines, each new file is looked a place for among all that were deleted in the last minutes:
five of them take 0.2 to 1.9 ms of processor time, by what other programs have deleted, and two runs of one bench have nothing in common.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.disks import Disk

_SIZE = 4 << 30  # bytes, of which those that are written take room


@contextmanager
def office_disk() -> Iterator[Path]:
    """Give an empty folder on such a disk; where none may be mounted, on this machine's own, and say so."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        place = Path(folder)
        try:
            disk = Disk(place, _SIZE)
            disk.mount()
        except OSError as error:
            print(f"on the disk of this machine: {error}")
            yield place
            return
        try:
            yield disk.root
        finally:
            disk.take_away()
