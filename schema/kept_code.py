"""What Python makes of a text at every start, kept beside the modules: a file of it for each kind, of pieces that are read when asked for.

The interpreter chooses place and name, another one for each of its versions, and who writes there writes the program. Where nothing may be
written, or what is kept is spoilt, all is made each time as it was before. A file is mapped and not read, so that a session has no copy
of it: pieces first, then where each stands, where that begins, and of what interpreter it is.
"""

import marshal
import mmap
import os
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from typing import Any

_END = 8 + len(MAGIC_NUMBER)  # bytes


def place_of(name: str) -> Path:
    """Return the file in which something is kept."""
    return Path(cache_from_source(str(Path(__file__).with_name(name))))


def made_of(source: str) -> tuple[str, int, int]:
    """Return by what a source is known again: its path, its time and its length, as the interpreter knows that of a module.

    Raises:
        OSError: there is none.
    """
    found = os.stat(source)
    return source, found.st_mtime_ns, found.st_size


class Kept:
    """The pieces that are kept in a file, by their names; none where it is missing or spoilt."""

    def __init__(self, file: Path) -> None:
        self._file, self._places = memoryview(b""), {}
        with suppress(OSError, ValueError, EOFError, TypeError), file.open("rb") as opened:
            whole = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
            told = bytes(whole[-_END:])
            if told[8:] == MAGIC_NUMBER:
                places = marshal.loads(whole[int.from_bytes(told[:8], "big") : -_END])  # noqa: S302  # as Python does with all modules
                if isinstance(places, dict):
                    self._file, self._places = whole, places

    def piece(self, name: Any) -> memoryview:  # noqa: ANN401  # what marshal takes
        """Return a piece as it was written, empty where there is none."""
        with suppress(KeyError, TypeError, ValueError):
            start, end, *_ = self._places[name]
            return self._file[start:end]
        return memoryview(b"")

    def told(self, name: Any) -> tuple[Any, ...]:  # noqa: ANN401  # as above
        """Return what was told of a piece as it was written, empty where there is none."""
        told = self._places.get(name, ())
        return told[2:] if isinstance(told, tuple) else ()

    def get(self, name: Any) -> Any:  # noqa: ANN401  # as it was marshalled
        """Return what a piece holds, None where there is none or it is spoilt."""
        with suppress(EOFError, ValueError, TypeError):
            return marshal.loads(self.piece(name))  # noqa: S302  # as above, from the same folder
        return None

    def pieces(self) -> dict[Any, bytes]:
        """Return all pieces as they were written."""
        return {name: bytes(self.piece(name)) for name in self._places}


def write_kept(file: Path, pieces: dict[Any, bytes], told: dict[Any, tuple[Any, ...]] | None = None) -> None:
    """Keep pieces, and what is told of some, as the interpreter keeps a module: whole or not at all, and nothing where it may not."""
    places, at = {}, 0
    for name, piece in pieces.items():
        places[name] = (at, at + len(piece), *(told or {}).get(name, ()))
        at += len(piece)
    SourceFileLoader("", "").set_data(str(file), b"".join([*pieces.values(), marshal.dumps(places), at.to_bytes(8, "big"), MAGIC_NUMBER]))
