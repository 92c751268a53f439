"""What an app, a screen or a widget keeps of its own bears no name by which Textual keeps something else.

``_closed``, by which a screen knew that nothing could be done, is what tells a message pump that it takes no more messages.
"""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

from textual.message_pump import MessagePump

import tui

_MEANT = frozenset({"_list_visible"})
"""Names that are Textual's and meant so: nothing of ours is kept by them."""


def _kept(kind: type) -> set[str]:
    """The private names by which a class keeps something, those of methods aside."""
    tree = ast.parse(inspect.getsource(kind).lstrip() if kind.__qualname__ == kind.__name__ else "")
    stores = (each for each in ast.walk(tree) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store))
    own = {each.attr for each in stores if isinstance(each.value, ast.Name) and each.value.id == "self"}
    for each in tree.body[0].body if tree.body and isinstance(tree.body[0], ast.ClassDef) else ():
        targets = each.targets if isinstance(each, ast.Assign) else [each.target] if isinstance(each, ast.AnnAssign) else []
        own |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in own if name.startswith("_") and not name.startswith("__")}


def _ours() -> Iterator[type]:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.endswith("__main__"):
            continue
        for _, found in inspect.getmembers(import_module(module.name), inspect.isclass):
            if found.__module__ == module.name and issubclass(found, MessagePump):
                yield found


def test_nothing_of_ours_is_kept_by_a_name_of_textuals() -> None:
    clashes = []
    known: dict[type, set[str]] = {}
    for kind in _ours():
        for base in kind.__mro__:
            if base.__module__.startswith("textual."):
                theirs = known.setdefault(base, _kept(base))
                clashes += [f"{kind.__module__}.{kind.__name__}.{name} ({base.__name__})" for name in _kept(kind) & theirs - _MEANT]
    assert not clashes
    assert "_closed" in known[MessagePump]
