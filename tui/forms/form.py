"""An act as a form, made from its row in the table of acts; what is typed survives refusals, Esc, dropped lines and crashes."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import dropwhile
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Key, Resize
from textual.widgets import Static

from desk.asked import SIGNATURE, Asked, asked
from desk.desk import CaseFile, Desk
from desk.forms import verb
from desk.meanwhile import both, has_room_for_both, meanwhile
from desk.needed import needless
from desk.outlook import Outlook, afterwards, outlook
from desk.signing import done_signed, statement_of
from records.acts import Refusal
from records.matter.item import Item
from records.register.register import NEW, Receipt
from records.store.disk import said
from tui.forms.deciding import Rule
from tui.forms.editors import Tick
from tui.forms.fields import LABEL, LABEL_MOST, Echo, FieldRow, turned
from tui.forms.keeping import Keeping
from tui.forms.kept import Kept
from tui.forms.signing import StatementPage
from tui.forms.two_versions import Answer, TwoVersions
from tui.frame.parts import PaperView
from tui.frame.screen import begin
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.buttons import Buttons

_SAVE_EVERY = 1.5
"""Seconds of typing that a dropped line may cost at most."""


class _Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields, without the keys by which Textual would scroll them: the arrows lead from field to field."""

    def on_resize(self, _: Resize) -> None:
        """Keep the field in sight in which the cursor stands when a refusal takes room below."""
        for row in self.query(FieldRow):
            if row.has_focus_within:
                row.scroll_visible(animate=False)


class Form(Keeping):
    """The form of one act; what was registered by it comes up in its place."""

    GUIDE = "逐栏填写，Tab 或上下键换栏，带 * 的必填。填好按 F10 办理。中途离开不丢内容，下次打开自动恢复。"
    AUTO_FOCUS = "FieldRow Input, FieldRow TextArea, FieldRow Choice, FieldRow Tick, PaperView"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("do", "do", "办理"),
        bound("paper", "more", "更多栏目"),
        bound("paper", "on_paper", "代录纸质签字"),
        bound("compare", "versions", "两稿"),
        bound("pick", "statement", "声明"),
        bound("new", "clear", "重填"),
        Binding("escape", "leave", "返回"),
        Binding("down", "app.focus_next", "下一栏", show=False),
        Binding("up", "app.focus_previous", "上一栏", show=False),
    ]

    def __init__(self, asked: Asked, echo: Echo, *, on_paper: bool = False) -> None:
        """Make a form.

        Args:
            asked: what the act asks.
            echo: says how what stands in a field is understood.
            on_paper: whether it asks at once who signed on paper.
        """
        super().__init__(asked, echo)
        self._to_enter = on_paper and self.enters_paper
        self.target = asked.target
        self.concerns = f"{asked.spec.name} {asked.target}"

    @property
    def item(self) -> Item | None:
        """The item that is acted on; None when it is being registered, and for acts on other records."""
        return self.asked.on.item if isinstance(self.asked.on, CaseFile) else None

    def body(self) -> ComposeResult:
        """Yield what is done, the text it is about, the fields and the refusal."""
        yield Static(plain(self.name_in_full), classes="heading", markup=False)
        yield Static(plain(self.spec.help), classes="effect -brief" if self.decides else "effect", markup=False)
        yield from self.work()
        yield from self.outcome()
        yield Buttons(self.at.key_for("do"), self.at.key_called("escape"))

    @property
    def name_in_full(self) -> str:
        """What is done, its clause, and what it is done on."""
        return f"{self.spec.label}〔{self.spec.clause}〕{self._about()}"

    def work(self) -> ComposeResult:
        """Yield the text the act is about, and the fields."""
        yield from self.deciding(self._filling())

    def _filling(self) -> ComposeResult:
        with _Fields():
            if self.decides:
                yield Rule("填")
            yield from self.rows()
            if all(field.besides for field in self._fields):
                yield Static(plain("不需填写。看清据此办理的内容，按 F10 办理，按 Esc 返回。"), classes="nothing", markup=False)

    def rows(self, *names: str) -> ComposeResult:
        """Yield the rows of these fields, or of all; those that are not needed are out of sight from the first."""
        unneeded = needless(self.spec.name, self.asked.defaults)
        for field in self._fields:
            if not names or field.name in names:
                row = FieldRow(field, field.default, self._echo)
                row.display = row.display and field.name not in unneeded
                yield row

    def on_mount(self) -> None:
        """Bring back what was typed before, and keep it safe from now on; all labels stand in one line where the longest has room."""
        rows = list(self.query(FieldRow))
        longest = max((row.label_cells for row in rows if not row.field.besides), default=0)
        for row in rows if longest > LABEL else ():
            row.widen(min(longest, LABEL_MOST))
        self.show_basis()
        self._day = self.at.desk.today
        self._restore()
        if self._to_enter and not self.paper:
            self.action_on_paper()
        self.show_needed()
        if self.asked.sheet and any(wanted.again for wanted in self.spec.inputs):
            # What stands above is only looked at while one goes on writing; a text that is signed is read first.
            self.query(FieldRow).first().take_focus()
        self.set_interval(_SAVE_EVERY, self._keep_soon)
        self.look_ahead()
        self._say_buttons()

    def on_key(self, event: Key) -> None:
        """Let what is typed while the cursor is in the text above, or on lines to tick, begin the next field: nothing typed is lost."""
        typed = event.character if event.is_printable and event.key != "space" else None
        if typed and isinstance(self.focused, PaperView | Tick) and event.key not in self.active_bindings:
            rows = dropwhile(lambda row: isinstance(self.focused, Tick) and not row.has_focus_within, self.query(FieldRow))
            row = next((row for row in rows if row.display and not row.has_focus_within), None)
            if row is not None and row.begin_with(typed):
                event.stop()

    def on_field_row_changed(self, _: FieldRow.Changed) -> None:
        """Ask again before what was typed since is cleared, and say what handing in means now."""
        self._clearing = False
        self._say_buttons()

    def on_buttons_pressed(self, event: Buttons.Pressed) -> None:
        """Hand the form in, or leave it."""
        if event.does:
            self.action_do()
        else:
            self.action_leave()

    def action_on_paper(self) -> None:
        """Ask who signed on paper, or no longer; what is foretold is another act then."""
        super().action_on_paper()
        self._say_buttons()
        self.look_ahead()

    def _say_buttons(self) -> None:
        words, does = self.words, verb(self.spec, self._fields, self.words)
        for row in self.query(FieldRow):
            row.advise(self.asked.hint(row.field, words, on_paper=self.paper is not None))
        self.query_one(Buttons).tell(f"代录：{does}" if self.paper else does, "不办" if words == self.asked.defaults else "留草稿")

    def action_do(self) -> None:
        """Do it."""
        self._day = turned(self, self._day)
        if outlived := self.asked.outlived(self._day):
            self.complain(outlived)
        elif not self.read_to_the_end():
            self.status.said("要签的文本还没有看完，已翻到下一屏；看到末尾再按 F10。")
        elif self._done_before:
            self.status.said(f"{self._done_before}确需再办一次的，再按 F10。")
            self._done_before = ""
        elif not self._busy:
            with suppress(OSError):
                self.keep()  # until it is through nobody does, and the line may drop
            self.status.said("正在办理…")
            begin(self, "do", self._do)

    def action_versions(self) -> None:
        """Compare what was kept aside with what stands here now, and exchange them or not."""
        mine = self._aside[-1]
        here = {name: words for name, words in self.words.items() if name in mine}

        def take(answer: Answer | None) -> None:
            if answer == "mine":
                for row in self.query(FieldRow):
                    row.words = mine.get(row.field.name, row.words)
            if answer:
                self._aside = [here if answer == "mine" else mine, *self._aside[:-1]]
                self.status.said("已换回您的一稿，换下的按 F6 再看。" if answer == "mine" else "")
                self._keep_soon()

        fields = tuple(field for field in self._fields if field.name in mine)
        self.app.push_screen(TwoVersions(f"{self.spec.label}{self._about()}", [], fields, here, mine), take)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer two versions only where there are two, and a statement where one is signed."""
        if action == "statement":
            return self.asked.signs_himself
        return bool(self._aside) if action == "versions" else super().check_action(action, parameters)

    def action_statement(self) -> None:
        """Show what is to be signed, and how."""
        begin(self, "statement", self._state)

    async def _state(self) -> None:
        desk, words, before = self.at.desk, self.words, self._before
        with self.telling():
            found = await self.at.ask(lambda: statement_of(desk, self.spec.name, self.target, self._inputs(words), before))
            if isinstance(found, Refusal):
                self.complain(found)
                return
            statement, self._before = found
            anew = before is not None and before != self._before and bool(words[SIGNATURE].strip())
            self.status.said("记录此后又有变动，声明已经换成新的，请重新签名。" if anew else "")
            self._keep_soon()
            self.app.push_screen(StatementPage(f"{self.spec.label}{self._about()}", statement))

    @property
    def handed_in(self) -> bool:
        """Whether what it asks was done."""
        return self._done

    def action_leave(self) -> None:
        """Go back; what was typed stays as a draft."""
        if self._busy:
            return
        typed = self.words != self.asked.defaults
        try:
            self.keep()
        except OSError as error:
            if self._lost != (words := self.words):
                self._lost = words
                self.status.failed(f"草稿没有存下（{said(error)}），现在离开会丢失所填内容。再按一次 Esc 离开。")
                return
            self.dismiss()
            self.app.notify("没有办理。所填内容没有存下。", severity="warning")
            return
        self.dismiss()
        if typed:
            self.app.notify("没有办理。所填内容已存为草稿，下次打开这张表时恢复。")

    async def _do(self) -> None:
        self._busy = True
        try:
            with self.telling():
                await self._act()
        finally:
            self._busy = False

    async def _act(self) -> None:
        desk, words, paper = self.at.desk, self.words, self.paper

        def act() -> tuple[Receipt | Refusal, str]:
            named, inputs = self.asked.named(words), self._inputs(words)
            done = done_signed(desk, self.asked.act(words), named, inputs, self._base, paper)
            return done, "" if isinstance(done, Refusal) else afterwards(desk, done)

        done, told = await self.at.ask(act)
        if isinstance(done, Refusal):
            await self._refused(done)
            return
        self._done = True
        with suppress(OSError):
            self.at.drafts.drop(self.asked.key)
        self.dismiss()
        if self.target == NEW and done.outcome.item:
            self.at.open_case(done.outcome.target)
        self.app.notify(told)

    def rehearsal(self) -> Callable[[], Outlook | None]:
        """Return the run of the act with what stands in the fields now."""
        desk, words, base = self.at.desk, self.words, self._base
        paper = self.paper
        return lambda: outlook(desk, self.asked.act(words), self.asked.named(words), self._inputs(words), base, paper=paper)

    def _inputs(self, words: Mapping[str, str]) -> dict[str, object]:
        return self.asked.inputs(self.at.desk, words, self._before)

    async def _refused(self, refusal: Refusal) -> None:
        if refusal.overtaken:
            await self._overtaken(refusal)
            return
        wrong = self.complain(refusal)
        self.status.said("")
        if [row.field.name for row in wrong] == [SIGNATURE] and not wrong[0].words.strip():
            self.action_statement()
        if wrong:
            wrong[0].take_focus()
            self.status.said("光标已到不允许的字符后面，按退格键删去。" if wrong[0].point_out() else "")
            self.call_after_refresh(wrong[0].scroll_visible, animate=False)
        elif any(problem.field == ("hash",) for problem in refusal.problems):
            await self._show_new_text()

    async def _overtaken(self, refusal: Refusal) -> None:
        """Show what others wrote meanwhile against what stands here, and go on with what the person decides."""
        mine = self.words
        found = await self.at.ask(partial(meanwhile, self.at.desk, self.spec.name, self.target, self._base, self.asked.part))
        parted = found.parted(mine)
        theirs = {field.name: field.default for field in parted}
        self.status.said("")

        def take(answer: Answer | None) -> None:
            words, aside = found.settled(mine), self._aside
            if answer == "theirs":
                words, aside = words | theirs, [*aside, {name: mine[name] for name in theirs}]
            elif answer == "both":
                words |= {field.name: both(field.default, mine[field.name]) for field in parted if has_room_for_both(field)}
            if answer:
                begin(self, "settle", partial(self._go_on, Kept("", found.base, "", words, aside)))

        told = [*found.steps, ("", refusal.reason), *found.joined(mine)]
        self.app.push_screen(TwoVersions(f"{self.spec.label}{self._about()}", told, parted, theirs, mine), take)

    async def _go_on(self, words: Kept) -> None:
        """Go on in a form made anew from the record as it stands now."""
        with self.telling():
            form = await self.at.ask(partial(form_for, self.at.desk, self.spec.name, self.target, self.asked.part))
            form._carried = words
            self.app.switch_screen(form)

    async def _show_new_text(self) -> None:
        desk = self.at.desk
        found = await self.at.ask(partial(asked, desk, self.spec.name, self.target, self.asked.part))
        if found.on is not None:
            self.asked = replace(self.asked, on=found.on, sheet=found.sheet, told=found.told)
            self.show_basis("文本已被改动，下面是现在的文本，请看过再签。")
            self.look_ahead()

    def _about(self) -> str:
        about = self.asked.about(self.at.desk.view.roster)
        return f"  {about}" if about else ""


def form_for(desk: Desk, act: str, target: str, row: str = "", filled: Mapping[str, str] | None = None, *, on_paper: bool = False) -> Form:
    """Return the form of an act on a record as it stands now, or on ``new``; reads the register.

    Args:
        desk: the person's.
        act: the act.
        target: id of the item or of the number series, month of the roundup.
        row: the item of the roundup that is meant.
        filled: what stands in fields at first, instead of what usually does.
        on_paper: whether a signature that was given on paper is to be entered; see ``Form.enters_paper``.

    Raises:
        Unreadable: the record is broken.
    """
    found = asked(desk, act, target, row, filled)
    echo = Echo(desk)
    if found.spec.editor == "report":
        from tui.forms.report_editor import ReportEditor

        return ReportEditor(replace(found, sheet=None, told=()), echo)
    return Form(found, echo, on_paper=on_paper)
