"""A disk of its own, whose power can be cut: only root mounts one."""

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

_PATIENCE = 60.0
_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2  # EXT4_IOC_SHUTDOWN


class Disk:
    """A disk in a file, with ext4.

    Args:
        place: an empty folder.
        size: of the disk, in bytes.

    Raises:
        OSError: none can be made or mounted here; what fails says why.
    """

    def __init__(self, place: Path, size: int = 24 << 20) -> None:
        self.image, self.root = place / "image", place / "disk"
        self.root.mkdir()
        with self.image.open("wb") as image:
            image.truncate(size)
        _run("mkfs.ext4", "-q", "-m", "0", str(self.image))  # no blocks kept for root

    def mount(self) -> None:
        """Plug it in."""
        _run("mount", "-o", "loop", str(self.image), str(self.root))

    def unmount(self) -> None:
        """Take it out, and wait until it is: a mount namespace that a test beside this one made meanwhile still holds it.

        Mounted again before that it would be the same file system still, with its power cut.
        """
        _run("umount", str(self.root))
        until = time.monotonic() + _PATIENCE
        while _run("losetup", "--noheadings", "--associated", str(self.image)).strip():
            if time.monotonic() > until:
                raise OSError(f"{self.image} is still held by somebody")
            time.sleep(0.01)

    def take_away(self) -> None:
        """Take it out whoever still holds it, if it is not."""
        if self.root.is_mount():
            _run("umount", "-l", str(self.root))

    def lock(self, locked: bool) -> None:
        """Let it only be read, or be written again."""
        _run("mount", "-o", f"remount,{'ro' if locked else 'rw'}", str(self.root))

    def err(self) -> None:
        """Let its file system find a fault in itself: until it is plugged in again it can only be read, by whoever has files open too."""
        _run("mount", "-o", "remount,errors=remount-ro", str(self.root))
        device = _run("findmnt", "--noheadings", "--output", "SOURCE", str(self.root)).strip()
        Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error").write_text("a test", encoding="ascii")

    def fail(self) -> None:
        """Cut its power: its journal is not written out, what nobody synced is lost, and nothing can be written any more."""
        folder = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUTDOWN, _NO_LOG_FLUSH.to_bytes(4, "little"))
        finally:
            os.close(folder)

    def plug_in_again(self) -> None:
        """Mount it as after a power cut."""
        self.unmount()
        self.mount()


def plugged_in(place: Path) -> Iterator[Disk]:
    """Give a disk in an empty folder to a test, and take it out afterwards; where none can be mounted the test is skipped, and says so."""
    try:
        found = Disk(place)
        found.mount()
    except OSError as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    yield found
    with suppress(OSError):
        found.take_away()


def _run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{argv[0]}: {done.stderr.strip()}")
    return done.stdout
