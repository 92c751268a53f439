"""The one registry of keys: what each means wherever it is pressed, and which other key a person gave it.

Screens name a meaning and say what it does there (``bound``); footer, help and palette show the key that the person goes by, and the guides
name the one on the keyboard, which always works: a key of one's own comes beside it and never takes it away, so whoever is told on the
telephone to press F3 finds what he is told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from textual.binding import Binding
from textual.events import Key

from schema.text import narrow
from tui.terminal.keys import OrderedInput


@dataclass(frozen=True)
class Meaning:
    """What a key means everywhere.

    Attributes:
        keys: as Textual names them, the one that is shown first; the others are aliases.
        told: what it means, for whoever does not know the key.
        names: English words by which it is found.
        brief: what it is called at the foot of every screen that says nothing else.
    """

    keys: str
    told: str
    names: str = ""
    brief: str = ""

    @property
    def key(self) -> str:
        """The key on the keyboard."""
        return self.keys.partition(",")[0]


KEYS: Mapping[str, Meaning] = {
    "help": Meaning("f1,question_mark", "帮助：这里能按什么键", "help", "帮助"),
    "go": Meaning("f2,ctrl+p", "去哪里、办什么：页、事项、人、单位，输入什么字都行", "go palette", "去…"),
    "find": Meaning("f3,slash", "查找", "find search"),
    "pick": Meaning("f4", "从表里选：视图和列、口径、月份、系列", "pick list"),
    "act": Meaning("f5", "对这一件办什么，不能办的为什么", "act", "办法…"),
    "compare": Meaning("f6", "对比", "compare diff"),
    "look": Meaning("f7", "往下看：下一处、变动、条文、全部", "look next"),
    "paper": Meaning("f8", "公文和表格：看、取出", "paper document save"),
    "new": Meaning("f9", "登记新的", "new register"),
    "do": Meaning("f10,ctrl+s", "办：交出这张表", "do submit"),
    "undo": Meaning("ctrl+z", "撤回：打字时是撤消刚打的字，在已办是撤回刚办的事", "undo"),
}
"""By the name under which a person's choice is kept."""
FIXED = "回车 往下走；Esc 退回，填的不丢；空格 选；Tab 下一栏；数字 选编了号的；方向键、PgUp、PgDn、Home、End 移动"
"""What stands beside them and cannot be given to another key."""
_FREE = re.compile(r"ctrl\+[a-z]|f(?:1[2-9]|20)|insert")
_TAKEN = {
    "ctrl+q": "是退出系统的键", "ctrl+p": "已经是“去哪里、办什么”的键", "ctrl+s": "已经是“办”的键，有的终端还用它停住屏幕",
    "ctrl+c": "在终端里是中断和复制", "ctrl+h": "在终端里就是退格", "ctrl+i": "在终端里就是 Tab", "ctrl+j": "在终端里就是回车",
    "ctrl+m": "在终端里就是回车", "ctrl+b": "是 tmux 的前缀键，到不了这里", "f11": "在 Xshell、PuTTY 里是全屏，到不了这里",
}  # fmt: skip
_KINDS = (
    (re.compile(r"ctrl\+(?:space|at|full_stop|comma)|shift\+space|ctrl\+shift.*|shift"), "输入法用它切换中英文和标点，到不了这里"),
    (re.compile(r"alt\+.*|super\+.*|menu"), "Xshell、PuTTY 用它打开菜单，先按 Esc 再按字也会被当成它"),
    (re.compile(r"shift\+.*"), "终端用它翻看以前的输出、粘贴"),
    (re.compile(r"escape|enter|tab|space|backspace|delete|up|down|left|right|home|end|pageup|pagedown"), "到处都有自己的用处，不能改"),
)
_WIDE = {"？": ("question_mark", "?"), "／": ("slash", "/")}


def bound(meaning: str, action: str, description: str = "", *, also: str = "", show: bool = True, priority: bool = False) -> Binding:
    """Return the binding of a screen for a meaning.

    Args:
        meaning: its name in ``KEYS``.
        action: what is done on this screen.
        description: what that is called there, where it is not what it is called everywhere.
        also: keys that do the same on this screen.
        show: whether it stands at the foot of the screen.
        priority: whether it works in front of whatever the focus would do with the key.
    """
    called = description or KEYS[meaning].brief
    return Binding(f"{KEYS[meaning].keys},{also}".strip(","), action, called, show=show, priority=priority)


def refusal(meaning: str, key: str, own: Mapping[str, str]) -> str:
    """Return why a key cannot be given to a meaning, empty where it can.

    Args:
        meaning: its name in ``KEYS``.
        key: as Textual names it.
        own: the keys that the person gave so far.
    """
    for name, each in KEYS.items():
        if key in each.keys.split(","):
            return f"是“{each.told}”的键，不能再当别的用。" if name != meaning else "本来就是这个键。"
    if other := next((name for name, given in own.items() if given == key and name != meaning), None):
        return f"您已经给了“{KEYS[other].told}”。要换，先把那一个改回去。"
    if key in _TAKEN:
        return f"{_TAKEN[key]}。"
    if told := next((told for pattern, told in _KINDS if pattern.fullmatch(key)), ""):
        return f"{told}。"
    if key in _editing():
        return "正在写字时是编辑的键。"
    if not _FREE.fullmatch(key):
        return "单个的字、数字和符号会被输入法拿走，也会打进正在写的文字里；请用 Ctrl 加一个字母，或者 F12。"
    return ""


class OwnKeys:
    """The keys that a person gave to meanings; what cannot be is left out, so no kept setting takes a key away.

    Args:
        kept: meanings, each with its key, as it was kept.
    """

    def __init__(self, kept: Mapping[str, str]) -> None:
        own: dict[str, str] = {}
        for meaning, key in kept.items():
            if meaning in KEYS and not refusal(meaning, key, own):
                own[meaning] = key
        self.given: Mapping[str, str] = own
        self._means = {key: KEYS[meaning].key for meaning, key in own.items()}
        self._shown = {KEYS[meaning].key: key for meaning, key in own.items()}

    def meant(self, event: Key) -> Key:
        """Return the key on the keyboard that one's own stands for."""
        return Key(self._means[event.key], None) if event.key in self._means else event

    def shown(self, key: str) -> str:
        """Return the key that the person goes by where screens name one on the keyboard."""
        return self._shown.get(key, key)


def widened(event: Key) -> Key:
    """Return the key that a wide sign of an input method stands for where it commands: ``？`` for ?, ``１`` for 1."""
    sign = event.character or ""
    if sign in _WIDE:
        return Key(*_WIDE[sign])
    digit = narrow(sign)
    return Key(digit, digit) if digit != sign and digit.isascii() and digit.isdigit() else event


@cache
def _editing() -> frozenset[str]:
    """Return the keys that do something where a text is edited."""
    from tui.terminal.text_area import OrderedTextArea

    kinds = [vars(kind) for editor in (OrderedInput, OrderedTextArea) for kind in editor.__mro__]
    bound = [each for kind in kinds for each in kind.get("BINDINGS", ())]
    return frozenset(key for each in bound for key in (each.key if isinstance(each, Binding) else each[0]).split(","))
