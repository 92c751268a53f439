"""By what number a process is known to the others of the machine: in a namespace of its own it has another, as many others have."""

import os
from pathlib import Path

_LOCKS = Path("/proc/locks")
_outside: list[int] = []
_locks: list[Path] = []


def number() -> int:
    """Return the number of this process on the machine: by it a lock names its holder, and a new file is no other process's."""
    return _outside[0] if _outside else os.getpid()


def locks() -> Path:
    """Return the file in which the system lists who holds and who waits for locks."""
    return _locks[0] if _locks else _LOCKS


def known_as(outside: int, seen: Path) -> None:
    """Be known by another number than the one that this process has in its namespace.

    Args:
        outside: the number that it has on the machine.
        seen: where the system's list of locks is to be seen from inside.
    """
    _outside[:], _locks[:] = [outside], [seen]
