"""帮助: what a person can do on this screen now, and the keys for it; searched by typing, done by Enter."""

from typing import NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.frame.chosen import ChosenApp
from tui.frame.picker import Picker
from tui.widgets.line_list import ListColumn

_EVERYWHERE = ("ctrl+q", "f2", "ctrl+p")
_HAN = range(0x4E00, 0xA000)


class _Known(NamedTuple):
    """What can be done, and the keys that do it."""

    node: DOMNode
    binding: Binding
    names: list[str]


class HelpPicker(Picker):
    """The list."""


def help_picker(screen: Screen[object], app: ChosenApp) -> tuple[Picker, tuple[tuple[DOMNode, Binding], ...]]:
    """Return a list of the keys that work on a screen now and, in its order, what each does and where."""
    merged: dict[tuple[int, str], _Known] = {}
    for node, binding, enabled, _ in screen.active_bindings.values():
        # Editors describe what every editor does in English; the guide says it in a word.
        if enabled and any(ord(char) in _HAN for char in binding.description):
            names = merged.setdefault((id(node), binding.action), _Known(node, binding, [])).names
            names += [app.get_key_display(binding), app.key_called(binding.key_display or binding.key)]
    keys = sorted(merged.values(), key=lambda key: (not key.binding.show, key.binding.key in _EVERYWHERE))
    columns = [
        ListColumn[_Known]("按键", lambda key: "、".join(dict.fromkeys(key.names)), 24),
        ListColumn[_Known]("做什么（按回车就做）", lambda key: key.binding.description),
    ]
    picker = HelpPicker(getattr(screen, "GUIDE", "") or "现在能用的键", columns, keys, empty="没有这样的键。按 Esc 返回。")
    return picker, tuple((key.node, key.binding) for key in keys)
