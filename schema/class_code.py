"""What dataclasses are made of, kept as modules are: the standard library writes a program for each of their methods and compiles it anew.

That is four tenths of what a command takes to start. What a program was compiled to is kept beside the modules that it belongs to, by the
program's text, so that nothing kept can be wrong for another class; where nothing may be written, all is compiled each time as before.
"""

import atexit
import builtins
import dataclasses
import marshal
import sys
from types import CodeType
from typing import Any

from schema.kept_code import place_of, read_kept, unfolded, write_kept

_FILE = place_of("dataclasses.py")
_ROOMS = ("schema.", "records.", "documents.", "desk.", "tui.", "textual.", "rich.")


class _Kept:
    def __init__(self) -> None:
        self._modules: dict[str, bytes] = read_kept(_FILE)
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
            self._known[module] = unfolded(self._modules.pop(module, b""))
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
        write_kept(_FILE, read_kept(_FILE) | {module: marshal.dumps(codes) for module, codes in self._used.items()})


def keep_class_code() -> None:
    """From now on make dataclasses of what is kept. For where a program starts, before it imports any."""
    dataclasses.exec = _Kept().execute  # type: ignore[attr-defined]
