"""Somebody who talks with the desk line by line: what he writes, and what he was told."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

from desk.desk import Desk
from records.register.register import Register
from tests.tui.playing import NOW
from tui.lines.sitting import Sitting
from tui.lines.talk import HungUp, Talk
from tui.terminal.drafts import Drafts

_OFTEN = 3  # times that a form is handed in

_FIELD = re.compile(r"^第\d+栏(?:，共\d+栏)? (.+?)，(?:必填|可以不填)。", re.MULTILINE)


class Said:
    """What one person heard, and how he answers: lines in their order; when these are at an end, by what he was asked last."""

    def __init__(self, *lines: str | bytes, answer: Callable[[str], str] | None = None) -> None:
        self.heard = ""
        self.left = [each if isinstance(each, bytes) else each.encode() for each in lines]
        self._answer = answer
        self.talk = Talk(self._read, self._write)

    @property
    def asked(self) -> str:
        """The field that was asked for last."""
        found = [match[1] for match in _FIELD.finditer(self.heard)]
        return found[-1] if found else ""

    def _read(self) -> bytes | None:
        if not self.left and self._answer is not None:
            self.left = [self._answer(self.heard[self.heard.rfind("\n") + 1 :]).encode()]
        line = self.left.pop(0) if self.left else None
        self.heard += f"{(line or b'').decode(errors='replace')}\n"
        return line

    def _write(self, text: str) -> None:
        self.heard += text


def desk_of(register: Register, person: str) -> Desk:
    """Return somebody's desk on the demo's day."""
    return Desk(register, register.view().roster.people[person], lambda: NOW)


def drafts_of(register: Register, person: str) -> Drafts:
    """Return somebody's drafts."""
    return Drafts(register.drafts / person)


def sat(register: Register, person: str, *lines: str | bytes, fields: Mapping[str, str] | None = None) -> str:
    """Have somebody sit down and write lines, and return what he heard; a script that does not leave ends as a line that drops.

    Args:
        register: the register.
        person: who.
        lines: what he writes.
        fields: what he then writes into the fields of a form, a text's lines apart by line feeds; he hands it in and leaves.
    """
    told = {name: words.split("\n") for name, words in (fields or {}).items()}
    said = Said(*lines)

    def answer(prompt: str) -> str:
        assert said.heard.count("写“办”办理") < _OFTEN, f"it is not done:\n{said.heard}"
        if prompt.startswith(("写“办”", "请选：")):
            return "办" if prompt[0] == "写" else "退出"
        return told[said.asked].pop(0) if told.get(said.asked) else ""

    if fields is not None:
        said = Said(*lines, answer=answer)
    with suppress(HungUp):
        Sitting(said.talk, desk_of(register, person), drafts_of(register, person)).begin()
    assert not said.left, f"nobody asked for {said.left}:\n{said.heard}"
    assert not any(told.values()), f"nobody asked for {told}:\n{said.heard}"
    return said.heard
