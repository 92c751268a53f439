"""One field asked for: by number or name where there are choices, line by line where it is a text; what stands there stays at Enter."""

import re
from collections.abc import Callable, Sequence

from desk.finding import found, key
from desk.forms import Field
from tui.lines.talk import Talk, numbered
from tui.lines.writing import replied, written

_SEPARATORS = re.compile(r"[,，、;；\s]+")
_LISTED = 12
"""Choices that are read out unasked; of more one says a word of the name."""

_MANY = 20
NOTHING = ("-", "－", "—")
"""What is typed to have nothing stand in a field."""

BACK = ("<", "《", "＜", "上一栏")
LEAVE = ("不办", "离开")
_HELP = ("?", "？", "帮助")
_WRITTEN = frozenset({"prose", "names", "points", "answers", "rows"})


class Back(Exception):
    """The field before is to be asked again."""


class Leave(Exception):
    """The form is left; what was typed stays as a draft."""


class Asking:
    """Asks for one field.

    Args:
        talk: with whom.
        field: what is asked.
        keep: puts away what was written as far as it goes, each time there is more.
    """

    def __init__(self, talk: Talk, field: Field, keep: Callable[[str], None]) -> None:
        self._talk, self._field, self._keep = talk, field, keep
        self._choices = field.choices
        if field.kind == "flag":
            # What stands in the record is taken back by a 否 that is told; where nothing stands it is nothing.
            self._choices = (("是", "是"), ("否" if field.default else "", "否"))
        self._keys = [key((value, text)) for value, text in self._choices]
        self._said: Sequence[int] = range(len(self._choices)) if len(self._choices) <= _LISTED else ()

    def answer(self, words: str, place: str, *, wanted: bool) -> str:
        """Ask, and return what stands in the field then.

        Args:
            words: what stands there now.
            place: which field of how many it is.
            wanted: whether it must be filled in.

        Raises:
            Back: the field before is wanted.
            Leave: the form is left.
            HungUp: the line is at its end.
        """
        field = self._field
        self._talk.say("", f"{place} {field.label}，{'必填' if wanted else '可以不填'}。" + (f"{field.hint}。" if field.hint else ""))
        if field.expected:
            self._talk.say(field.expected)
        if field.kind == "answers" and words:
            return replied(self._talk, words, self._keep, self._command)
        if field.kind in _WRITTEN:
            return written(self._talk, field, words, self._keep, self._command)
        self._offer()
        while True:
            now = f"［{self._spoken(words)}］" if words else ""
            said = self._talk.ask(f"{field.label}{now}：").strip()
            if not said:
                return words
            if said in NOTHING:
                return ""
            if self._command(said):
                continue
            if (taken := self._taken(said)) is not None:
                return taken

    def _spoken(self, words: str) -> str:
        named = dict(self._choices)
        return "、".join(named.get(part, part) for part in words.split("、")) if named else words

    def _offer(self) -> None:
        if self._said:
            several = "可选几个，数字用顿号隔开：" if self._field.kind == "choices" else "可选："
            self._talk.say(several, *(f"{n} {self._choices[at][1]}" for n, at in enumerate(self._said, start=1)))
        elif self._choices:
            self._talk.say(f"共 {len(self._choices)} 个可选，写名称、其中几个字、拼音首字母或者代码；写 ? 全部念出来。")

    def _command(self, said: str) -> bool:
        """Do what a word means that is none of the field's own; False for any other."""
        if said in BACK:
            raise Back
        if said in LEAVE:
            raise Leave
        if said not in _HELP:
            return False
        self._talk.say("直接按回车不改；写 - 清空；写 < 回到上一栏；写“不办”离开，写过的存为草稿。")
        if self._choices and len(self._choices) > _LISTED:
            self._said = range(len(self._choices))
        self._offer()
        return True

    def _taken(self, said: str) -> str | None:
        """What was typed as it stands in the field; None where it is to be asked again."""
        if not self._choices:
            text = self._field.limit.narrowed(said)
            if reason := self._field.limit.refusal(text):
                self._talk.say(f"不行：“{self._field.label}”{reason}。")
                return None
            return text
        parts = [part for part in _SEPARATORS.split(said) if part] if self._field.kind == "choices" else [said]
        places = [self._meant(part) for part in parts]
        if None in places:
            return None
        chosen = [self._choices[place][0] for place in dict.fromkeys(places) if place is not None]
        self._talk.say("选的是：" + "、".join(self._spoken(value) if value else "否" for value in chosen))
        return "、".join(chosen)

    def _meant(self, said: str) -> int | None:
        """The place of the one choice that is meant; where it could be several, these are read out."""
        if (at := numbered(said, len(self._said))) is not None:
            return self._said[at]
        exact = [n for n, (value, text) in enumerate(self._choices) if said.casefold() in (value.casefold(), text.casefold())]
        places = exact or found(said, self._keys)
        if len(places) == 1:
            return places[0]
        if not places:
            self._talk.say(f"没有“{said}”这个选项。写 ? 把可选的念一遍。")
        else:
            self._said = places[:_MANY]
            self._talk.say(f"“{said}”可以是 {len(places)} 个，写数字选一个：")
            self._talk.say(*(f"{n} {self._choices[at][1]}" for n, at in enumerate(self._said, start=1)))
        return None
