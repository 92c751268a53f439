"""What dataclasses are made of, kept as modules are: the standard library writes a program for each of their methods and compiles it anew.

Beside the modules is kept what was compiled. A class of the usual kind gets what the standard library made for it before
(``schema.class_made``); for any other it writes its programs, and what each was compiled to is kept by its text. Where nothing may be
written, all is made each time as it was before, and an interpreter that makes classes in another way does it in its own.
"""

import atexit
import builtins
import dataclasses
import marshal
import sys
from typing import Any

from schema.kept_code import Kept, place_of, write_kept

_FILE = place_of("dataclasses.py")
_ROOMS = ("schema.", "records.", "documents.", "desk.", "tui.", "textual.", "rich.")
_ASKED = ("init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots", "weakref_slot")
_DESCRIBED = ("default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only")
_TOUCHED = ("_FIELD", "_HAS_DEFAULT_FACTORY", "_DataclassParams", "_is_classvar", "_is_initvar", "_is_type")


class KeptClasses:
    """What is kept of each module: programs by their text, whole classes by their name."""

    def __init__(self) -> None:
        self._modules = Kept(_FILE)
        self._used: dict[str, dict[str, Any]] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self._added = False

    def execute(self, program: str, names: dict[str, Any], local: dict[str, Any]) -> None:
        """Do what ``exec`` does."""
        module = names.get("__name__", "")
        if not self.holds(module):
            builtins.exec(program, names, local)  # noqa: S102  # what the standard library wanted done
            return
        code = self.found(module, program)
        if code is None:
            code = compile(program, "<string>", "exec", dont_inherit=True)
            self.add(module, program, code)
        builtins.exec(code, names, local)  # noqa: S102  # the same, compiled

    @staticmethod
    def holds(module: str) -> bool:
        """Whether classes of a module are kept."""
        return f"{module}.".startswith(_ROOMS)

    def found(self, module: str, name: str) -> Any:  # noqa: ANN401  # as it was given
        """Return what is kept under a name, None if nothing is."""
        if module not in self._known:
            known = self._modules.get(module)
            self._known[module] = known if isinstance(known, dict) else {}
        kept = self._known[module].get(name)
        if kept is not None:
            self._used.setdefault(module, {})[name] = kept
        return kept

    def add(self, module: str, name: str, kept: object) -> None:
        """Keep something, from the end of this process on."""
        if not self._added and not sys.dont_write_bytecode:
            atexit.register(self._write)
        self._added = True
        self._used.setdefault(module, {})[name] = kept

    def used(self, module: str) -> dict[str, Any]:
        """Return what will be kept of a module: what was found and added."""
        return self._used.setdefault(module, {})

    def _write(self) -> None:
        """Keep what the modules of this run were made of, and what is known of others; what changed meanwhile is dropped with that."""
        write_kept(_FILE, Kept(_FILE).pieces() | {module: marshal.dumps(kept) for module, kept in self._used.items()})


def _asked(function: Any) -> tuple[str, ...]:  # noqa: ANN401  # a function of the standard library
    """Return what a function is asked after its first argument."""
    return function.__code__.co_varnames[1 : function.__code__.co_argcount]  # type: ignore[no-any-return]


def keep_class_code() -> None:
    """From now on make dataclasses of what is kept. For where a program starts, before it imports any."""
    library: Any = dataclasses
    kept = KeptClasses()
    library.exec = kept.execute
    make: Any = getattr(library, "_process_class", None)
    as_known = make and _asked(make) == _ASKED and _asked(library.Field.__init__) == _DESCRIBED
    if as_known and all(hasattr(library, name) for name in _TOUCHED):
        from schema.class_made import UsualClasses

        library._process_class = UsualClasses(kept, make).make
