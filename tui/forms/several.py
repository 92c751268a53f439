"""One act on several matters: the fields once, below them the matters, each with what stands against it; every one a step of its own."""

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from desk.desk import Desk
from desk.forms import Field
from desk.several import Became, Meant, asked_of_all, done_on, looked_at
from records.acts import Refusal
from records.store.disk import said
from records.store.store import StoreError
from schema.tables import ActSpec
from tui.forms.fields import Echo, FieldRow
from tui.frame.screen import DeskScreen, RowList, begin
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.buttons import Buttons
from tui.widgets.line_list import ListColumn

Done = tuple[tuple[Meant, Became], ...]
_SAVE_EVERY = 1.5


class SeveralPage(DeskScreen[Done]):
    """Gives what became of each matter, None where nothing was done."""

    GUIDE = "上面填一次，下面每一件各记一步；“跳过”的写着为什么，不会办。填好按 F10 办理，办的时候按 Esc 停在这一件以后。"
    AUTO_FOCUS = "FieldRow Input, FieldRow TextArea, FieldRow Choice, FieldRow Tick"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("do", "do", "办理"),
        Binding("tab", "app.focus_next", "下一栏"),
        Binding("escape", "leave", "返回"),
    ]

    def __init__(self, spec: ActSpec, fields: Sequence[Field], meant: tuple[Meant, ...], desk: Desk, base: str | None) -> None:
        """Make the page.

        Args:
            spec: the act.
            fields: what is asked once for all.
            meant: the matters.
            desk: the person's.
            base: the commit at which the matters stand so.
        """
        super().__init__()
        self._spec, self._fields, self._meant, self._base = spec, fields, meant, base
        self._echo = Echo(desk)
        self.concerns = spec.name
        self._stopped: bool | None = None
        self._key, self._kept = f"{spec.name} several", ""

    def body(self) -> ComposeResult:
        """Yield what is done, the fields, and the matters."""
        yield Static(plain(f"{self._spec.label}〔{self._spec.clause}〕  选定的 {len(self._meant)} 件"), classes="heading", markup=False)
        with VerticalScroll(can_focus=False, classes="once"):
            yield from (FieldRow(field, field.default, self._echo) for field in self._fields)
        open_ones = sum(each.refusal is None for each in self._meant)
        yield Static(plain(f"能办 {open_ones} 件，跳过 {len(self._meant) - open_ones} 件"), classes="summary", markup=False)
        yield RowList[Meant](
            ListColumn("能否", lambda each: "跳过" if each.refusal else "能办", 4, _dim),
            ListColumn("编号", lambda each: each.item, 12, _dim),
            ListColumn("名称；跳过的，为什么", lambda each: each.refusal.reason if each.refusal else each.title, None, _dim),
            key=lambda each: each.item,
        )
        yield Buttons(self.at.key_for("do"), self.at.key_called("escape"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that a field has of the form of one matter."""
        return action not in ("versions", "clause") and super().check_action(action, parameters)

    async def load(self) -> None:
        """Show the matters."""
        if self.query_one(RowList).index is None:
            self.query_one(RowList).replace(self._meant)

    def on_mount(self) -> None:
        """Bring back what was typed before, and keep it safe from now on."""
        with suppress(ValueError):
            before = json.loads(self.at.drafts.load(self._key) or "{}")
            for row in self.query(FieldRow):
                row.words = str(before.get(row.field.name, row.words))
        self.set_interval(_SAVE_EVERY, self._keep)
        self.query_one(Buttons).tell(self._spec.label, "不办")

    def on_buttons_pressed(self, event: Buttons.Pressed) -> None:
        """Do it on each matter, or go back."""
        if event.does:
            self.action_do()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Stop after the matter in hand; else go back, and keep what was typed."""
        if self._stopped is not None:
            self._stopped = True
        else:
            self._keep()
            self.dismiss()

    def action_do(self) -> None:
        """Do it on each matter."""
        if self._stopped is None:
            begin(self, "do", self._do)

    def _keep(self) -> None:
        words = {row.field.name: row.words for row in self.query(FieldRow)}
        text = json.dumps(words, ensure_ascii=False)
        if self._stopped is None and text != self._kept and any(words.values()):
            try:
                self.at.drafts.save(self._key, text)
                self._kept = text
            except OSError as error:
                self.status.failed(f"草稿没有存下（{said(error)}）。请尽快办理，或请管理人员检查磁盘。")

    async def _do(self) -> None:
        words = {row.field.name: row.words for row in self.query(FieldRow)}
        if not self._complete(words):
            return
        self._keep()
        results: list[tuple[Meant, Became]] = []
        self._stopped, done, broke = False, 0, False
        try:
            with self.telling():
                for each in self._meant:
                    self.status.passing(f"正在办理，已办 {done}/{len(self._meant)} 件。按 Esc 停在这一件以后。")
                    became = await self._done_on(each, words)
                    broke = isinstance(became, StoreError)
                    if isinstance(became, Refusal) and became.problems and not became.rule and not done:
                        self._complain(became)
                        return
                    done += not isinstance(became, Refusal | StoreError)
                    results.append((each, became))
                    if self._stopped or broke:
                        break
        finally:
            self._stopped = None
        left = Refusal("", "没有轮到。")
        if not broke:
            with suppress(OSError):
                self.at.drafts.drop(self._key)
        self.dismiss((*results, *((each, left) for each in self._meant[len(results) :])))

    async def _done_on(self, each: Meant, words: dict[str, str]) -> Became:
        """Do it on one matter; what the store says of it stands with this one, and those after it are left alone."""
        try:
            return await self.at.ask(partial(done_on, self.at.desk, self._spec, each, words, self._base))
        except StoreError as error:
            return error

    def _complete(self, words: dict[str, str]) -> bool:
        empty = [row for row in self.query(FieldRow) if row.wanted and not words[row.field.name].strip()]
        for row in empty:
            row.complain("请填写。")
        if empty:
            empty[0].take_focus()
        return not empty

    def _complain(self, refusal: Refusal) -> None:
        """Say beside the fields what was typed wrong; nothing was done on any matter."""
        self.status.failed(str(refusal))
        for row in self.query(FieldRow):
            for problem in refusal.problems:
                if problem.field[:1] == (row.field.name,):
                    row.complain(problem.reason)


def several_page(desk: Desk, spec: ActSpec, items: Sequence[str]) -> SeveralPage:
    """Return the page of an act on several matters as they stand now; reads the register."""
    base = desk.view.commit
    return SeveralPage(spec, asked_of_all(desk, spec), looked_at(desk, spec, items), desk, base)


def _dim(each: Meant) -> str:
    return "$foreground-muted" if each.refusal else ""
