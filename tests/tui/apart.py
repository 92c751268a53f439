"""Work done in a sandbox of a session's, for the tests of what it holds back and what still goes."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from tui.door.sandbox import Sandbox


def within(made: Sandbox, kept: Sequence[Path], work: Callable[[], str]) -> str:
    """Return what some work says in a sandbox, or the kind of error that it ends with.

    The service forks while it has one thread, which a test does not: so this one is forked first as usual.
    """
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        inner = made.fork()
        if inner == 0:
            try:
                made.seal((), kept)
                answer = work()
            except Exception as error:
                answer = type(error).__name__
            os.write(tell, answer.encode())
            os._exit(0)
        os.waitpid(inner, 0)
        os._exit(0)
    os.close(tell)
    os.waitpid(pid, 0)
    with os.fdopen(told) as found:
        return found.read()
