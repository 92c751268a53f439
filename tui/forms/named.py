"""A field for what is one, or are some, of many: units, people, categories; typed as people call them, or picked from the list."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.events import Blur, Click, Focus

from desk.finding import key
from desk.limits import Limit
from schema.text import narrow, show
from tui.forms.editors import LineEditor
from tui.frame.picker import Picker
from tui.terminal.keymap import bound
from tui.widgets.line_list import ListColumn

_APART = re.compile(r"[、，,;；\s]+")
_NAMED = 4
"""Hits that are named while one types."""
_ROOM = 50
"""Cells of names that a field shows at once; what is longer is told beneath as well."""


class NameEditor(LineEditor):
    """Names, of which each is taken for what it means as soon as it can mean but one; ``words`` are the values.

    What means nothing, or several things, stays as it was typed: the act refuses it, and a draft keeps it.

    Attributes:
        wanted: whether Enter, where nothing stands, shows the list instead of going on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [bound("pick", "open", "从表里选")]

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], words: str, *, several: bool, codes: bool, wanted: bool) -> None:
        """Make a field.

        Args:
            label: what is chosen.
            choices: value and Chinese label of each.
            words: the value chosen, or the values, separated by ``、``.
            several: whether several may be chosen.
            codes: whether the values are codes that people know.
            wanted: whether Enter, where nothing stands, shows the list instead of going on.
        """
        self._label, self._choices, self._several, self._codes, self.wanted = label, choices, several, codes, wanted
        self._labels = _told_apart(choices, several=several)
        self._values = {name: value for value, name in self._labels.items()}
        self._keys = [key((name, value)) for value, name in self._labels.items()]
        self._whole = True  # nothing was typed since the names stood whole
        by = "名称、拼音首字母或代码" if codes else "编号或几个字" if all(map(str.isdigit, self._labels)) else "几个字或拼音首字母"
        super().__init__(self._named(words), f"（输{by}，F4 从表里选）", Limit(), proposal=not several)

    @property
    def words(self) -> str:
        """The values that what stands here means."""
        return "、".join(dict.fromkeys(self._meant(part) or part for part in self._parts))

    @words.setter
    def words(self, words: str) -> None:
        self._whole = True
        self.value = self._named(words)

    @property
    def settled(self) -> bool:
        """Whether Enter goes on from here: all that stands here means one thing each, and something does where something must."""
        return all(map(self._meant, self._parts)) and bool(self._parts or not self.wanted)

    @property
    def told(self) -> str:
        """What is to be said beneath of what is being typed, empty for nothing."""
        for part in self._parts[-1:] if not self._whole else ():
            if part in self._values:
                break
            hits = self._hits(part)
            if meant := self._meant(part):
                return f"→ {self._labels[meant]}"
            some = "、".join(hits[:_NAMED])
            return f"{len(hits)} 个都是：{some}{'…' if len(hits) > _NAMED else ''}；回车挑一个" if hits else "没有找到，F4 看全部"
        return f"{len(self._parts)} 个：{self.value}" if self._several and cell_len(self.value) > _ROOM else ""

    def on_focus(self, event: Focus) -> None:
        """Write on behind what stands here."""
        if self._several:
            self.action_end()

    def on_blur(self, _: Blur) -> None:
        """Write out what was meant."""
        self._write_out()

    def replace(self, text: str, start: int, end: int) -> None:
        """Put in what is typed: in the place of a whole name, or where there may be several, behind it."""
        if text and self._whole and self.value and start == end:
            if not self._several:
                start, end = 0, len(self.value)
            elif start == len(self.value) and not _APART.match(text):
                text = f"、{text}"
        self._whole = False
        super().replace(text, start, end)

    def action_delete_left(self) -> None:
        """Take away a sign, or a name that stands whole."""
        if self._whole and self._parts and self.cursor_position == len(self.value):
            self.value = "、".join(self._parts[:-1])
        else:
            self._whole = False
            super().action_delete_left()

    def on_click(self, _: Click) -> None:
        """Show the list where nothing stands."""
        if not self.value:
            self.action_open()

    async def action_submit(self) -> None:
        """Show what may be meant."""
        self.action_open()

    def action_open(self) -> None:
        """Pick from the list, narrowed by what is not clear yet."""
        text = ListColumn[tuple[str, str]](self._label, lambda choice: choice[1])
        # The value is no column of its own where people do not know it, but typing 4 finds （四）.
        columns = [ListColumn[tuple[str, str]]("代码", _code, 6), text] if self._codes else [text]
        meant = [self._meant(part) for part in self._parts]
        unclear = next((part for part, value in zip(self._parts, meant, strict=True) if not value), "")
        picked = [n for n, (value, _) in enumerate(self._choices) if value in meant]

        def take(places: tuple[int, ...] | None) -> None:
            if places is not None:
                self.words = "、".join(self._choices[place][0] for place in places)
                self.action_end()

        heading = f"选择{self._label}"
        self.app.push_screen(Picker(heading, columns, self._choices, code=_code, several=self._several, picked=picked, words=unclear), take)

    @property
    def _parts(self) -> list[str]:
        parts = _APART.split(self.value) if self._several else [self.value.strip()]
        return [part for part in parts if part]

    def _named(self, words: str) -> str:
        parts = words.split("、") if self._several else [words]
        return "、".join(self._labels.get(part, part) for part in parts if part)

    def _meant(self, part: str) -> str:
        """Return the one value that a name means, empty where it means none or several."""
        folded = narrow(part).casefold()
        exact = [value for value, name in self._labels.items() if folded in (value.casefold(), name.casefold())]
        hits = exact or [self._values[name] for name in self._hits(part)]
        return hits[0] if len(hits) == 1 else ""

    def _hits(self, part: str) -> list[str]:
        """Return the names that a part of one means: those in which it stands as it is, else those that it spells or abbreviates."""
        ranks = [(each.rank(part), name) for each, name in zip(self._keys, self._labels.values(), strict=True)]
        best = min((rank for rank, _ in ranks if rank is not None), default=None)
        return [name for rank, name in ranks if rank is not None and rank == best]

    def _write_out(self) -> None:
        self._whole = all(map(self._meant, self._parts))
        if (names := self._named(self.words)) != self.value:
            self.value = names


def _told_apart(choices: Sequence[tuple[str, str]], *, several: bool) -> dict[str, str]:
    """Return the label of each value as it may stand in a line: no two alike, and of several no sign in any at which they part."""
    labels = {value: _APART.sub("·", show(name)) if several else show(name) for value, name in choices}
    counted = Counter(labels.values())
    return {value: f"{name}〔{value}〕" if counted[name] > 1 else name for value, name in labels.items()}


def _code(choice: tuple[str, str]) -> str:
    return choice[0]
