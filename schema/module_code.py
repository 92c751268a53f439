"""The code of modules in one file, so that a start need not look for each of them.

For a module the interpreter looks through a folder, finds what it keeps of it, and opens, reads and closes that; there are two hundred in
the shortest command. What is found here is held to the time and length of its source, as the interpreter holds what it keeps; what was
changed since, lies elsewhere or is not here it looks for as ever. Written by whoever loads the whole program once.
"""

import marshal
import os.path
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType

from schema.kept_code import Kept, made_of, place_of, write_kept

_FILE = place_of("modules.py")
_PACKAGES = ("schema.", "records.", "documents.", "desk.", "tui.", "click.", "msgspec.", "textual.", "rich.")


class _Loader(SourceFileLoader):
    """Loads a module of code that is at hand."""

    def __init__(self, name: str, source: str, code: memoryview) -> None:
        super().__init__(name, source)
        self._code = code

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code; what is spoilt is made of its source."""
        with suppress(EOFError, ValueError, TypeError):
            found = marshal.loads(self._code)  # noqa: S302  # as the interpreter does with all modules, from the same folder
            if isinstance(found, CodeType):
                return found
        return super().get_code(fullname)


class _Finder:
    """Finds modules whose code is kept; see ``importlib.abc.MetaPathFinder``."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how a module is loaded, None where that is not known here."""
        known = self._kept.told(name)
        if not known or not path:
            return None
        source = known[0]
        inner = name.rpartition(".")[2]
        package = source == f"{path[0]}/{inner}/__init__.py"
        if not package and source != f"{path[0]}/{inner}.py":
            return None
        with suppress(OSError):
            if known == made_of(source):
                return _spec(name, source, self._kept.piece(name), package=package)
        return None


def _spec(name: str, source: str, code: memoryview, *, package: bool) -> ModuleSpec:
    spec = ModuleSpec(name, _Loader(name, source, code), origin=source)
    spec.has_location, spec.cached = True, str(_FILE)
    if package:
        spec.submodule_search_locations = [os.path.dirname(source)]
    return spec


def find_kept_modules() -> None:
    """From now on find modules in the file of their code. For where a program starts."""
    sys.meta_path.insert(0, _Finder(Kept(_FILE)))


def write_module_code() -> None:
    """Keep the code of the modules that are loaded, those of libraries too."""
    codes, sources = {}, {}
    for name, source, code in _loaded():
        codes[name], sources[name] = code, made_of(source)
    write_kept(_FILE, codes, sources)


def _loaded() -> Iterator[tuple[str, str, bytes]]:
    """Yield the modules that are kept: name, source, and their code as the interpreter keeps it."""
    for name, module in sorted(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if name.startswith(_PACKAGES) and spec is not None and spec.origin and isinstance(spec.loader, SourceFileLoader):
            yield name, spec.origin, marshal.dumps(SourceFileLoader(name, spec.origin).get_code(name))
