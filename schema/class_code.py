"""What dataclasses are made of, kept as modules are: the standard library writes a program for each of their methods and compiles it anew.

That is four tenths of what a command takes to start. What a program was compiled to is kept beside the modules that it belongs to, by the
program's text, so that nothing kept can be wrong for another class; where nothing may be written, all is compiled each time as before.
"""

import atexit
import builtins
import dataclasses
import marshal
import sys
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType
from typing import Any

_FILE = Path(cache_from_source(str(Path(__file__).with_name("dataclasses.py"))))
"""Where it is kept: the interpreter's own place and name, another one for each of its versions. Who writes there writes the program."""
_ROOMS = ("schema.", "records.", "documents.", "desk.", "tui.", "textual.", "rich.")


class _Kept:
    def __init__(self) -> None:
        self._modules: dict[str, bytes] = _read()
        self._used: dict[str, dict[str, CodeType]] = {}
        self._known: dict[str, dict[str, CodeType]] = {}
        self._added = False

    def execute(self, program: str, names: dict[str, Any], local: dict[str, Any]) -> None:
        """Do what ``exec`` does."""
        module = names.get("__name__", "")
        if not f"{module}.".startswith(_ROOMS):
            builtins.exec(program, names, local)  # noqa: S102  # what the standard library wanted done
            return
        if module not in self._known:
            self._known[module] = _unfolded(self._modules.pop(module, b""))
        code = self._known[module].get(program)
        if code is None:
            code = compile(program, "<string>", "exec", dont_inherit=True)
            if not self._added and not sys.dont_write_bytecode:
                atexit.register(self._write)
            self._added = True
        self._used.setdefault(module, {})[program] = code
        builtins.exec(code, names, local)  # noqa: S102  # the same, compiled

    def _write(self) -> None:
        """Keep what the modules of this run were made of, and what is known of others; what changed meanwhile is dropped with that."""
        kept = _read() | {module: marshal.dumps(codes) for module, codes in self._used.items()}
        SourceFileLoader("", "").set_data(str(_FILE), marshal.dumps(kept))


def _read() -> dict[str, bytes]:
    with suppress(OSError):
        return _unfolded(_FILE.read_bytes())
    return {}


def _unfolded(kept: bytes) -> dict[str, Any]:
    with suppress(EOFError, ValueError, TypeError):
        found = marshal.loads(kept)  # noqa: S302  # as the interpreter does with all modules, from the same folder
        if isinstance(found, dict):
            return found
    return {}


def keep_class_code() -> None:
    """From now on make dataclasses of what is kept. For where a program starts, before it imports any."""
    dataclasses.exec = _Kept().execute  # type: ignore[attr-defined]
