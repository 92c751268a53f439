"""A bell that wakes all who listen for it at once: a named pipe, whose readers are told by the kernel when its writer has gone.

Who rings it holds it open for writing, and it sounds when he lets go, also by dying. Nothing is ever written into it. It is there only
while somebody is about to ring it: whoever copies the folder would stumble over a pipe.
"""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Bell:
    """The bell at a path; where no pipe can be made there it never sounds, and whoever listens wakes when his time is over.

    Args:
        path: of the pipe.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def rung(self) -> Iterator[None]:
        """Ring it when the block ends."""
        with suppress(OSError):
            os.mkfifo(self._path, 0o640)
        descriptor = self._opened(os.O_RDWR)  # alone, writing would wait for somebody who listens
        try:
            yield
        finally:
            with suppress(OSError):
                os.unlink(self._path)
            if descriptor is not None:
                os.close(descriptor)

    @contextmanager
    def heard(self) -> Iterator["Listening"]:
        """Listen from now on: what sounds before it is waited for is heard too; where nobody is about to ring there is nothing to hear."""
        descriptor = self._opened(os.O_RDONLY)
        try:
            yield Listening(descriptor)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _opened(self, how: int) -> int | None:
        with suppress(OSError):
            return os.open(self._path, how | os.O_NONBLOCK | os.O_CLOEXEC)
        return None


class Listening:
    """Somebody who listens."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @property
    def hears(self) -> bool:
        """Whether there is a bell: of somebody who is about to ring it, or left by one who died before the listening began."""
        return self._descriptor is not None

    def wait(self, seconds: float) -> bool:
        """Wait until the bell sounds, at most so long, and say whether it did."""
        poll = select.poll()
        if self._descriptor is not None:
            poll.register(self._descriptor, 0)  # a writer that has gone is told unasked
        return bool(poll.poll(1000 * seconds))
