"""Runs a program on a terminal of its own until it has painted what it is asked for."""

import os
import pty
import select
import signal
import termios
import time
from contextlib import suppress

from wcwidth import wcswidth

ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": os.devnull, "TERM": "xterm-256color", "DUBAN_CONFIG": ""}


class Terminal:
    """A program on a terminal of its own, until what it is asked for stands there."""

    def __init__(self, argv: list[str], columns: int = 80, rows: int = 24) -> None:
        self.begun = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            termios.tcsetwinsize(0, (rows, columns))
            os.execve(argv[0], argv, ENVIRONMENT)

    def painted(self, words: str) -> tuple[float, float]:
        """Return after how many seconds the words stood there, by the clock and of the processor, and end the program."""
        shown = b""
        while words.encode() not in shown:
            if not select.select([self._file], [], [], 60.0)[0]:
                raise SystemExit(f"no first screen: {shown[-600:].decode(errors='replace')}")
            with suppress(OSError):
                shown += (data := os.read(self._file, 65536))
                for asked in data.split(b"\x1b[6n")[:-1]:  # where the cursor went, which any terminal says
                    column = wcswidth(asked.rpartition(b"\r")[2].decode(errors="replace")) + 1
                    os.write(self._file, f"\x1b[1;{column}R".encode())
        took = time.perf_counter() - self.begun
        os.kill(self.pid, signal.SIGKILL)
        used = os.wait4(self.pid, 0)[2]
        os.close(self._file)
        return took, used.ru_utime + used.ru_stime
