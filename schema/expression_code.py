"""Regular expressions, kept as modules are: the standard library reads the text of each and compiles it anew at every start.

What one was compiled to is kept by its text and flags, so that nothing kept can be wrong for another, and the matcher looks through it
before it takes it. Only what modules compile while they are imported is kept: any other is made of what people typed.
"""

import atexit
import marshal
import re
import sys
from array import array
from typing import Any

from schema.kept_code import Kept, place_of, write_kept

_FILE = place_of("expressions.py")
_WORD, _ALL = "I", "all"


class _Compiler:
    def __init__(self, compiler: Any) -> None:  # noqa: ANN401  # a module
        self._compiler, self._compile, self._matcher = compiler, compiler.compile, compiler._sre
        self._known: dict[Any, Any] | None = None
        self._added: dict[Any, Any] = {}

    def compile(self, pattern: Any, flags: int = 0) -> "re.Pattern[Any]":  # noqa: ANN401  # or what was read of one
        """Do what the standard library does."""
        if self._known is None:
            self._known = _kept()
        key = (pattern, int(flags), self._matcher.MAGIC) if type(pattern) in (str, bytes) else None  # what marshal takes, and no kind of it
        kept = self._known.get(key)
        if kept is None:
            if key is None or flags & re.DEBUG or sys.dont_write_bytecode or not _importing():
                return self._compile(pattern, flags)  # type: ignore[no-any-return]
            kept = self._added[key] = self._known[key] = self._made(pattern, flags)
            if len(self._added) == 1:
                atexit.register(self._write)
        told, code, groups, names, named = kept
        return self._matcher.compile(pattern, told, array(_WORD, code).tolist(), groups, names, named)  # type: ignore[no-any-return]

    def _made(self, pattern: Any, flags: int) -> tuple[Any, ...]:  # noqa: ANN401  # str or bytes
        parsed = self._compiler._parser.parse(pattern, flags)
        code = array(_WORD, map(int, self._compiler._code(parsed, flags))).tobytes()
        names, named = parsed.state.groupdict, [None] * parsed.state.groups
        for name, group in names.items():
            named[group] = name
        return int(flags | parsed.state.flags), code, parsed.state.groups - 1, names, tuple(named)

    def _write(self) -> None:
        write_kept(_FILE, {_ALL: marshal.dumps(_kept() | self._added)})


def _kept() -> dict[Any, Any]:
    """Return all that is kept, in one piece: most of it is asked for."""
    kept = Kept(_FILE).get(_ALL)
    return kept if isinstance(kept, dict) else {}


def _importing() -> bool:
    """Whether a module is being imported, all the way down to what is compiled."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back  # type: ignore[assignment]
    return frame is not None and frame.f_globals.get("__name__") != "__main__"


def keep_expression_code() -> None:
    """From now on make regular expressions of what is kept. For where a program starts, before it imports what compiles any.

    An interpreter that is made in another way does it in its own.
    """
    compiler: Any = getattr(re, "_compiler", None)
    if all(hasattr(compiler, name) for name in ("compile", "_code", "_parser", "_sre")) and array(_WORD).itemsize == compiler._sre.CODESIZE:
        compiler.compile = _Compiler(compiler).compile
