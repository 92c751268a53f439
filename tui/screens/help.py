"""帮助: what a person can do on this screen now, and the keys for it; searched by typing, done by Enter."""

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.frame.picker import Picker
from tui.widgets.line_list import ListColumn

_EVERYWHERE = ("ctrl+q", "ctrl+p")
_HAN = range(0x4E00, 0xA000)


def help_picker(screen: Screen[object], app: App[object]) -> tuple[Picker, tuple[tuple[DOMNode, Binding], ...]]:
    """Return a list of the keys that work on a screen now and, in its order, what each does and where."""
    merged: dict[tuple[int, str], tuple[DOMNode, Binding, list[str]]] = {}
    for node, binding, enabled, _ in screen.active_bindings.values():
        # Editors describe what every editor does in English; the guide says it in a word.
        if enabled and any(ord(char) in _HAN for char in binding.description):
            found = merged.setdefault((id(node), binding.action), (node, binding, []))
            found[2].append(app.get_key_display(binding))
    keys = sorted(merged.values(), key=lambda each: (not each[1].show, each[1].key in _EVERYWHERE))
    rows = [("、".join(dict.fromkeys(names)), binding.description) for _, binding, names in keys]
    guide = getattr(screen, "GUIDE", "")
    picker = Picker(
        guide or "现在能用的键", [ListColumn("按键", 24), ListColumn("做什么（按回车就做）")], rows, empty="没有这样的键。按 Esc 返回。"
    )
    return picker, tuple((node, binding) for node, binding, _ in keys)
