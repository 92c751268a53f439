"""One step of an item's history: who, when, on which clause, in which commit, and what it changed in the record."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from desk.classified import NO_LONGER_SHOWN, is_hidden
from desk.step_changes import version
from desk.terms import Line, label, moment
from desk.wording import going_up, handling, matter, reports
from records.bureau.roster import Roster
from records.matter.history import Step
from records.matter.item import Item
from records.register.register import Register
from records.store.paths import item_path
from records.store.view import View
from schema.tables import acts
from tui.frame.parts import HeadFacts, LongFacts
from tui.frame.screen import DeskScreen
from tui.terminal.safety import plain
from tui.widgets.diff_view import DiffView


@dataclass(frozen=True)
class _Texts:
    """The record before and after the step, in words and as it is written."""

    told: tuple[str, str]
    written: tuple[str, str]


class StepPage(DeskScreen[None]):
    """One step."""

    GUIDE = "这一步改动了什么：[-删去的-]，{+新写的+}。按 F6 在文字和记录原文之间切换。"
    AUTO_FOCUS = "DiffView"
    BINDINGS: ClassVar[list[BindingType]] = [("f6", "other", "文字/原文"), ("escape", "dismiss", "返回")]

    def __init__(self, item: str, step: Step) -> None:
        super().__init__()
        self._item, self._step = item, step
        self.concerns = f"{item} {step.commit}"
        self._texts: _Texts | None = None
        self._as_written = False

    def body(self) -> ComposeResult:
        """Yield the facts of the step and the difference."""
        yield Static(plain(self._step.subject), classes="heading", markup=False)
        yield LongFacts(classes="head")
        yield Static(classes="summary", markup=False)
        yield DiffView()

    async def load(self) -> None:
        """Read the record before and after."""
        self.query_one(HeadFacts).tell(_facts(self._step, self.at.desk.view.roster))
        if self._texts is None:
            self._texts = await self.at.ask(partial(_read, self.at.desk.register, self._item, self._step))
            self._show()

    def action_other(self) -> None:
        """Show the record as it is written, or in words."""
        self._as_written = not self._as_written
        self._show()

    def _show(self) -> None:
        if self._texts:
            self.query_one(DiffView).compare(*_changed_part(*(self._texts.written if self._as_written else self._texts.told)))
        told = "记录原文的改动" if self._as_written else "改动"
        self.query_one(".summary", Static).update(plain(f"{told}（[-删去-]{{+新写+}}）"))


def _facts(step: Step, roster: Roster) -> Iterator[Line]:
    spec = acts().get(step.act)
    behalf = f"（代{step.on_behalf_of.split(' <')[0]}）" if step.on_behalf_of else ""
    who = roster.described(step.person, step.time) if step.person in roster.people else roster.name(step.person, step.time)
    yield "何人何时", f"{who}{behalf}  {moment(step.time)}"
    yield "依据", f"规定{spec.clause}" if spec else "不是经办理动作形成的"
    if step.words:
        yield "意见", step.words.strip()
    yield "提交", step.commit


def _read(register: Register, item: str, step: Step) -> _Texts:
    now = register.view().item(item)
    if now is None or is_hidden(now, step):
        return _Texts((NO_LONGER_SHOWN, NO_LONGER_SHOWN), ("", ""))
    path, commit = item_path(item), step.commit
    parent = register.describe(commit).parent
    written = [(register.written(path, at) or b"").decode() if at else "" for at in (parent, commit)]
    told = ["\n".join(_told(version(register, at, item), register.view(commit))) if at else "" for at in (parent, commit)]
    return _Texts((told[0], told[1]), (written[0], written[1]))


def _told(item: Item | None, view: View) -> Iterator[str]:
    if item:
        roster, calendar = view.roster, view.calendar
        yield f"状态：{label('state', item.state)}"
        for part in (matter(item, roster), handling(item, roster, calendar), reports(item, roster, calendar), going_up(item, roster)):
            yield from (f"{name}：{value}" for name, value in part)


def _changed_part(old: str, new: str) -> tuple[str, str]:
    """The lines that differ, with a sign where others are left out."""
    before, after = old.split("\n"), new.split("\n")
    parts = [code for code in SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if code[0] != "equal"]
    return (
        "\n……\n".join("\n".join(before[i1:i2]) for _, i1, i2, _, _ in parts),
        "\n……\n".join("\n".join(after[j1:j2]) for _, _, _, j1, j2 in parts),
    )
