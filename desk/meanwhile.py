"""What others did while a person filled in a form, and what becomes of his fields: his own, theirs, or both the same."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher

from desk.desk import CaseFile, Desk, Subject
from desk.forms import Field, fields
from desk.terms import Line, moment
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.roundup import Roundup
from records.store import receipt
from records.store.record_files import Unreadable
from records.store.store import StoreError
from records.store.view import View
from schema.tables import acts

_TOLD = 4  # steps that are told one by one
_SENTENCE = re.compile(r"[^。\n]+。?\n*|。?\n+|。")
_OF_LINES = frozenset({"prose", "names", "points", "rows"})


@dataclass(frozen=True)
class Meanwhile:
    """A record as it stands now, for somebody who filled in a form on it as it stood before.

    Attributes:
        base: the commit that it is read from.
        on: the record.
        fields: the form's fields as the record fills them now.
        before: what it filled them with then, by name; nothing where that can no longer be told.
        steps: who did what in between.
    """

    base: str
    on: Subject
    fields: tuple[Field, ...]
    before: Mapping[str, str]
    steps: tuple[Line, ...]

    def settled(self, words: Mapping[str, str]) -> dict[str, str]:
        """Return a person's words with what others wrote in the fields that he left as they were."""
        now = {field.name: field.default for field in self.fields}
        return {name: now[name] if name in now and text == self.before.get(name) else text for name, text in words.items()}

    def parted(self, words: Mapping[str, str]) -> tuple[Field, ...]:
        """Return the fields in which both he and others wrote, and not the same."""
        return tuple(
            field
            for field in self.fields
            if self._theirs(field) and words.get(field.name) not in (field.default, self.before.get(field.name))
        )

    def joined(self, words: Mapping[str, str]) -> list[Line]:
        """Return, to be said, the fields of others that he did not touch."""
        found = [field.label for field in self.fields if self._theirs(field) and words.get(field.name) == self.before.get(field.name)]
        return [("已合上", f"{'、'.join(found)}：您没有改过，用现在的。")] if found else []

    def _theirs(self, field: Field) -> bool:
        return field.default != self.before.get(field.name)


def has_room_for_both(field: Field) -> bool:
    """Say whether two versions of what stands in a field can stand in it together, to be worked over."""
    return field.kind in _OF_LINES


def both(theirs: str, mine: str) -> str:
    """Return two texts as one: what they have in common once, and where they part the other one's sentences on a line before his own."""
    before, after = _SENTENCE.findall(theirs), _SENTENCE.findall(mine)
    found = ""
    for what, since, until, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        found += "".join(before[since:until])
        if what in ("replace", "insert"):
            found += "\n" if what == "replace" and not found.endswith("\n") else ""
            found += "".join(after[first:last])
    return found


def meanwhile(desk: Desk, act: str, target: str, base: str, part: str = "") -> Meanwhile:
    """Return what came in between; reads the register.

    Args:
        desk: the person's.
        act: the act of the form.
        target: what it is done on.
        base: the commit at which the form was filled.
        part: the part of the record that is meant, if one is.

    Raises:
        Unreadable: the record is broken.
    """
    view = desk.view
    on = desk.subject(act, target)
    before: dict[str, str] = {}
    with suppress(StoreError, Unreadable):
        then = desk.register.view(base)
        record = _record(then, act, target, desk.today.year)
        before = {field.name: field.default for field in fields(acts()[act], record, then, desk.today, part)}
    now = desk.form(act, on.item if isinstance(on, CaseFile) else on, part)
    return Meanwhile(view.commit, on, now, before, tuple(_steps(desk, target, base)))


def _record(view: View, act: str, target: str, year: int) -> Item | Roundup | NumberSeries | None:
    return view.numbers(target, year) if acts()[act].target == "numbers" else view.record(target)


def _steps(desk: Desk, target: str, base: str) -> list[Line]:
    found: list[Line] = []
    try:
        for commit in desk.register.commits(base):
            told = receipt.trailers(commit.message)
            if target == receipt.target_of(told):
                found.append((f"{commit.author.name} {moment(commit.author.time.isoformat())[5:]}", commit.message.partition("\n")[0]))
    except StoreError:
        return [("", "登记簿恢复过，从前的记录不在了，只能与现在的对比。")]
    left_out = len(found) - _TOLD
    return [*([("", f"另有 {left_out} 步在先。")] if left_out > 0 else []), *found[-_TOLD:]]
