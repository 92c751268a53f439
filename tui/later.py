"""Modules of the standard library that libraries import and a command does not use: they are loaded once something is wanted of them.

``inspect`` alone, with what it imports to take programs to pieces, is a tenth of what a reading command takes. The standard library's own
``LazyLoader`` loads a module as soon as it is imported a second time, and may give it out half made to another thread.
"""

import importlib
import sys
from importlib.machinery import PathFinder
from threading import RLock
from types import ModuleType

_LATER = ("hashlib", "inspect", "random", "socket")
_DONE_WITHOUT = {"msgspec": "typing_extensions", "asyncio": "ssl"}
"""Libraries, and what each does without where it is not there: of the one msgspec takes what ``typing`` has too, the other is for asyncio's
ciphered lines, of which nobody here has any."""


class _Later:
    """Answers for a module until it is loaded."""

    def __init__(self, name: str) -> None:
        self._lock, self._loading = RLock(), False
        self.module = ModuleType(name)
        self.module.__getattr__ = self  # type: ignore[method-assign]

    def __call__(self, name: str) -> object:
        """Return what the module has under a name; asked for what it lacks, until it is loaded."""
        held = vars(self.module)
        with self._lock:  # one thread loads, and may ask for what it has made already; any other waits for all of it
            if not self._loading and held.get("__getattr__") is self:
                self._load()
        if name not in held:
            raise AttributeError(f"module {self.module.__name__!r} has no attribute {name!r}")
        return held[name]

    def _load(self) -> None:
        spec = PathFinder.find_spec(self.module.__name__)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"No module named {self.module.__name__!r}", name=self.module.__name__)
        self.module.__spec__, self.module.__loader__, self.module.__file__ = spec, spec.loader, spec.origin
        self._loading = True
        try:
            spec.loader.exec_module(self.module)
            del self.module.__getattr__
        finally:
            self._loading = False

    def cleandoc(self, doc: str) -> str:
        """Do what ``inspect`` does with a text, which click wants of each help as it is declared: nothing where it is one line."""
        if "\n" not in doc and "\t" not in doc and doc == doc.strip():
            return doc
        self("__name__")
        cleaned: str = self.module.cleandoc(doc)
        return cleaned

    def get_annotations(self, of: object, **how: object) -> dict[str, object]:
        """Do what ``inspect`` does, which dataclasses want of each class since Python 3.12: nothing but to hand out what a class has."""
        told = vars(of).get("__annotations__") if isinstance(of, type) and not how else None
        if type(told) is dict:
            return {**told}
        self("__name__")
        found: dict[str, object] = self.module.get_annotations(of, **how)
        return found


def load_later() -> None:
    """Have some modules loaded when they are used. For where a command starts, before it imports anything that imports them."""
    for name in _LATER:
        if name not in sys.modules:
            later = _Later(name)
            if name == "inspect":
                later.module.cleandoc, later.module.get_annotations = later.cleandoc, later.get_annotations  # type: ignore[attr-defined]
            sys.modules[name] = later.module


def load_without(library: str) -> None:
    """Import a library as where there is none of what it can do without, and with which much comes."""
    lacking = _DONE_WITHOUT[library]
    if lacking not in sys.modules:
        sys.modules[lacking] = None  # type: ignore[assignment]  # as the interpreter notes what cannot be imported
        try:
            importlib.import_module(library)
        finally:
            del sys.modules[lacking]
