"""Somebody at a terminal, over a real line."""

import os
import pty
import select
import termios
import time
from contextlib import suppress

import pyte


class Terminal:
    """Somebody at a terminal, with the app over a real line."""

    def __init__(self, argv: list[str], term: str = "xterm-256color") -> None:
        self.raw = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = term
            termios.tcsetwinsize(0, (self._screen.lines, self._screen.columns))  # as any terminal has a size
            os.execvp(argv[0], argv if "-tt" in argv else [*argv[:1], "-tt", *argv[1:]])
        os.set_blocking(self.file, False)

    def until(self, words: str, patience: float = 60, sent: bytes = b"") -> float:
        """Read until words appear, or some bytes were sent, or the line ends where neither is given; return the seconds that it took."""
        began = time.monotonic()
        while time.monotonic() < began + patience:
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    data = os.read(self.file, 65536)
                except OSError:
                    data = b""
                if not data:
                    break
                self.raw += data
                self._stream.feed(data)
                if (words and words in self.shown) or (sent and sent in self.raw):
                    return time.monotonic() - began
        wanted = words or sent
        assert not wanted, f"“{wanted!r}” never appeared:\n{self.shown}"
        return time.monotonic() - began

    @property
    def shown(self) -> str:
        """What is seen, without spaces."""
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))  # ``display`` fails over half of a wide sign
        return "\n".join("".join(row[x].data for x in range(self._screen.columns)) for row in rows).replace(" ", "")

    def press(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.file, keys)

    def left(self) -> int:
        """Return the exit status once it has ended."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.file)
        return status


def gone(pid: int) -> None:
    """Wait until a process that is not ours is no more."""
    with suppress(ProcessLookupError), os.fdopen(os.pidfd_open(pid)) as there:
        ended = select.poll()
        ended.register(there, select.POLLIN)
        assert ended.poll(1000 * 240)
