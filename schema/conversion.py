"""Plain data as the classes of the program, by msgspec, for several threads at once."""

import threading
from typing import TypeVar

import msgspec

_T = TypeVar("_T")

_known: set[object] = set()
_learning = threading.Lock()


def convert(data: object, kind: type[_T], *, strict: bool = True) -> _T:
    """Return plain data as ``kind``.

    Args:
        data: what stands there.
        kind: the class.
        strict: whether a number must be a number; else text that says one is one.

    Raises:
        msgspec.ValidationError: the data is not of that shape.
    """
    if kind in _known:
        return msgspec.convert(data, kind, strict=strict)
    # What msgspec learns of a class at its first use lies open to other threads half made: they would crash on it, and the app with them.
    with _learning:
        try:
            return msgspec.convert(data, kind, strict=strict)
        finally:
            _known.add(kind)
