"""What Python makes of a text at every start, kept beside the modules: a file of it for each of the three kinds.

The interpreter chooses place and name, another one for each of its versions, and who writes there writes the program. Where nothing may be
written, or what is kept is spoilt, all is made each time as it was before.
"""

import marshal
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any


def place_of(name: str) -> Path:
    """Return the file in which something is kept."""
    return Path(cache_from_source(str(Path(__file__).with_name(name))))


def read_kept(file: Path) -> dict[Any, Any]:
    """Return what is kept in a file, nothing where it is missing or spoilt."""
    with suppress(OSError):
        return unfolded(file.read_bytes())
    return {}


def write_kept(file: Path, kept: dict[Any, Any]) -> None:
    """Keep something as the interpreter keeps a module: whole or not at all, and nothing where it may not."""
    SourceFileLoader("", "").set_data(str(file), marshal.dumps(kept))


def unfolded(kept: bytes) -> dict[Any, Any]:
    """Return what was kept as bytes."""
    with suppress(EOFError, ValueError, TypeError):
        found = marshal.loads(kept)  # noqa: S302  # as the interpreter does with all modules, from the same folder
        if isinstance(found, dict):
            return found
    return {}
