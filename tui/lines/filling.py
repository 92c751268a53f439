"""One act, from what it is decided on to what came of it: each field asked for in turn, told at once where it is wrong, and asked again."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from desk.asked import SIGNATURE, Asked, asked
from desk.desk import Desk, PaperSignature
from desk.forms import Field, as_meant, spoken
from desk.meanwhile import both, has_room_for_both, meanwhile
from desk.needed import derived, has_more, needless
from desk.outlook import Outlook, afterwards, outlook
from desk.paper_entry import PAPER, entered
from desk.signing import Before, done_signed, statement_of
from records.acts import Refusal
from records.register.register import Receipt
from records.signatures.statement import COMMAND
from records.store.disk import said
from tui.forms.kept import Kept, brought_back, done_since, fingerprint, kept
from tui.lines.asking import Asking, Back, Leave
from tui.lines.talk import Talk, numbered
from tui.lines.telling import text_of
from tui.terminal.drafts import Drafts

_DO = ("办", "办理", "是", "y", "Y")
_LEAVE = ("不办", "否", "n", "N", "离开")
_AGAIN = ("据此", "依据")
_MORE = ("更多", "更多栏目")
_UNSAVED = "草稿没有存下（{why}）。请尽快办理，或请管理人员检查磁盘。"


class Filling:
    """An act being filled in by one person.

    Args:
        talk: with him.
        desk: his.
        drafts: his, the same as of the screens.
        form: what the act asks.
        on_paper: whether it is asked at once who signed on paper.
    """

    def __init__(self, talk: Talk, desk: Desk, drafts: Drafts, form: Asked, *, on_paper: bool = False) -> None:
        self._talk, self._desk, self._drafts, self._form = talk, desk, drafts, form
        self._words, self._kept = form.defaults, form.defaults
        self._base = form.base
        self._aside: Sequence[Mapping[str, str]] = ()
        self._before: Before | None = None
        self._followed: dict[str, str] = {}
        self._shown: set[str] = set()
        self._more, self._lost = on_paper, False
        self._ran: tuple[object, Outlook | None] | None = None

    def done(self) -> Receipt | None:
        """Fill it in and do it; None where the person leaves it, and what he typed stays as a draft.

        Raises:
            HungUp: the line is at its end; what was typed is kept.
            StoreError: the register cannot be read or written.
        """
        self._tell()
        self._bring_back()
        try:
            self._fill(self._fields())
            return self._decided()
        except Leave:
            typed = self._words != self._form.defaults
            what = "写过的没有存下。" if self._lost else "写过的已存为草稿，下次接着写。"
            self._talk.say("没有办理。" + (what if typed else ""))
            return None

    def _tell(self) -> None:
        """Say what is done, and what it is decided on to its end."""
        form, spec = self._form, self._form.spec
        self._talk.say("", f"{spec.label}〔{spec.clause}〕{form.about(self._desk.view.roster)}", spec.help)
        if form.sheet or form.told:
            self._talk.say("", "据此办理：", *form.over_text())
            if form.sheet:
                self._talk.say(*text_of(form.sheet))
            self._talk.tell(form.told)

    def _bring_back(self) -> None:
        """Offer what was typed before and not handed in, here or on a screen."""
        found = kept(self._drafts.load(self._form.key))
        if found is None:
            return
        size = sum(len(text) for name, text in found.words.items() if text != self._form.defaults.get(name))
        when = found.at[5:16].replace("T", " ")
        if told := done_since(found, self._form, self._desk.person):
            self._talk.say(told)
        if self._talk.pick(f"有 {when} 的草稿，改过的有 {size} 个字：", ("接着写", "从头来")):
            self._drafts.drop(self._form.key)
            return
        self._base, self._aside, self._before = found.base, found.aside, Before.of(found.before)
        self._words |= brought_back(found, self._form.fields, self._desk.view.calendar, self._desk.today)
        self._kept = dict(self._words)
        if found.filled != fingerprint(self._form.defaults):
            self._talk.say("此后记录已有改动，请核对后再办。")

    def _fields(self) -> list[Field]:
        """The fields that the matter needs with what stands in them, or that hold something."""
        followed = derived(self._form.spec.name, self._words)
        for name in {*followed, *self._followed}:
            if self._words.get(name) in ("", self._followed.get(name, "")):
                self._words[name] = followed.get(name, "")
        self._followed = followed
        hidden = needless(self._form.spec.name, self._words, more=self._more)
        return [each for each in self._form.fields if self._words[each.name] or each.name in self._shown or not self._is_out(each, hidden)]

    def _is_out(self, field: Field, hidden: frozenset[str]) -> bool:
        return field.besides or field.name in hidden

    def _fill(self, fields: list[Field]) -> None:
        """Ask for fields in turn; which of the whole form are needed may change by what is typed."""
        asks, at = {each.name for each in fields}, 0
        whole = len(fields) == len(self._fields())
        while at < len(fields):
            try:
                self._ask(fields[at], f"第{at + 1}栏，共{len(fields)}栏")
                at += 1
            except Back:
                at = max(0, at - 1)
            if whole:
                fields = self._fields()
                asks |= {each.name for each in fields}
            else:
                fields = [each for each in fields if each.name in asks]

    def _ask(self, field: Field, place: str) -> None:
        """Ask for one field until it is right, or the person leaves it as it is."""
        while True:
            before, look = self._words[field.name], self._look()
            if field.name == SIGNATURE and not before:
                self._state()
            hint = self._form.hint(field, self._words, on_paper=self._paper is not None)
            asking = Asking(self._talk, replace(field, hint=hint), lambda words: self._put(field, words))
            said = asking.answer(before, place, wanted=self._is_wanted(field, look))
            self._put(field, said)
            said = self._words[field.name]
            if echo := spoken(field, said, self._desk.view.calendar, self._desk.view.roster, self._desk.today):
                self._talk.say(echo)
            look = self._look()
            reason = _reason(look, field.name).rstrip("。")
            if not reason or not (said.strip() or self._is_wanted(field, look)):
                return
            if said == before:  # it stays as it is; what is still wrong is said once more at the end
                self._talk.say(f"先往下问，办以前还要补上：{reason}。" if not said.strip() else f"先这样：{reason}。")
                return
            self._talk.say(f"不行：{reason}。")

    def _is_wanted(self, field: Field, look: Outlook | None) -> bool:
        usual = self._form.usual(self._words, on_paper=self._paper is not None)
        return field.name not in usual and (field.required or (look is not None and field.name in look.wanted))

    def _put(self, field: Field, words: str) -> None:
        """Take words into a field, days written out as they are meant today, and keep them at once."""
        self._words[field.name] = as_meant(field, words, self._desk.today, self._desk.view.calendar)
        if self._words == self._kept and self._before is None:
            return
        text = Kept(
            self._desk.clock().isoformat(),
            self._base,
            fingerprint(self._form.defaults),
            self._words,
            self._aside,
            self._before.text if self._before else "",
        ).text
        try:
            self._drafts.save(self._form.key, text)
            self._kept, self._lost = dict(self._words), False
        except OSError as error:
            self._lost = True
            self._talk.say(_UNSAVED.format(why=said(error)))

    def _look(self) -> Outlook | None:
        """What the act would come to now; it is not run again while nothing that it depends on has changed."""
        at = self._desk.view.commit, self._base, dict(self._words), self._form.sheet
        if self._ran is None or self._ran[0] != at:
            inputs = self._form.inputs(self._desk, self._words, self._before)
            act, named, paper = self._form.act(self._words), self._form.named(self._words), self._paper
            self._ran = at, outlook(self._desk, act, named, inputs, self._base, paper=paper)
        return self._ran[1]

    @property
    def _paper(self) -> PaperSignature | None:
        return entered(self._words, asked=self._more and any(each.name in PAPER for each in self._form.fields))

    def _state(self) -> None:
        """Read out the statement that the person signs himself, and how that is done."""
        inputs = self._form.inputs(self._desk, self._words, self._before)
        found = statement_of(self._desk, self._form.spec.name, self._form.target, inputs, self._before)
        if isinstance(found, Refusal):
            self._talk.say(f"现在还没有可签的声明：{found.reason}")
            return
        statement, self._before = found
        self._talk.say("", "要签的声明从下一行起，到空行为止，原样存成自己电脑上的 s.txt：", *statement.text.splitlines(), "")
        self._talk.say("在自己的电脑上运行下面一行，再把 s.txt.sig 的全部内容贴在这里：", COMMAND)

    def _decided(self) -> Receipt | None:
        """Say what comes of it, and do it, or change a field, as the person says."""
        while True:
            look = self._look()
            if fields := [each for each in self._form.fields if each.besides and each.name not in self._shown and _reason(look, each.name)]:
                self._shown |= {each.name for each in fields}
                self._fill(fields)
                continue
            fields = self._fields()
            self._foretell(look, fields)
            said = self._talk.ask("写“办”办理，“不办”离开；栏目的序号或名称，改那一栏；“据此”再念：").strip()
            if said in _LEAVE:
                raise Leave
            if said in _DO:
                if done := self._do():
                    return done
            elif said in _AGAIN:
                self._tell()
            elif said in _MORE and has_more(self._form.spec.name, self._words):
                self._more = True
                self._fill([each for each in self._fields() if each not in fields])
            else:
                self._change(said, fields)

    def _foretell(self, look: Outlook | None, fields: list[Field]) -> None:
        self._talk.say("", "填的是：" if fields else "不需填写。")
        for n, field in enumerate(fields, start=1):
            lines = field.spoken(self._words[field.name]).split("\n")
            self._talk.say(f"{n} {field.label}：{lines[0] or '（空着）'}" + (f" 等{len(lines)}行" if len(lines) > 1 else ""))
        if look is None:
            return
        if look.refusal is None:
            self._talk.tell(look.lines)
            return
        missing = [field.label for field in fields if _reason(look, field.name) and not self._words[field.name].strip()]
        if missing and all(not self._words.get(str(each.field[0]), "").strip() for each in look.problems if each.field):
            self._talk.tell([("还缺", "、".join(missing)), *look.lines])
        else:
            self._talk.tell([("还不能办", str(look.refusal))])

    def _change(self, said: str, fields: list[Field]) -> None:
        """Ask again for the field that is meant."""
        named = [n for n, field in enumerate(fields) if said and said in field.label]
        at = numbered(said.removeprefix("改").strip(), len(fields))
        at = named[0] if at is None and len(named) == 1 else at
        if at is None:
            self._talk.say("请写“办”、“不办”，或者要改的栏目。")
            return
        with suppress(Back):
            self._ask(fields[at], f"第{at + 1}栏")

    def _do(self) -> Receipt | None:
        """Do it; where it is refused, say why, and let what is wrong be mended."""
        if outlived := self._form.outlived(self._desk.today):
            self._talk.say("", f"不予办理 {outlived}")
            raise Leave
        inputs = self._form.inputs(self._desk, self._words, self._before)
        act, named = self._form.act(self._words), self._form.named(self._words)
        done = done_signed(self._desk, act, named, inputs, self._base, self._paper)
        if isinstance(done, Receipt):
            with suppress(OSError):
                self._drafts.drop(self._form.key)
            self._talk.say("", afterwards(self._desk, done))
            return done
        if done.overtaken:
            self._settle(done)
            return None
        self._talk.say("", f"不予办理 {done}")
        wrong = [field for field in self._form.fields if any(each.field[:1] == (field.name,) for each in done.problems)]
        for field in wrong:
            self._shown.add(field.name)
            if reason := next((each.reason for each in done.problems if each.field[:1] == (field.name,)), ""):
                self._talk.say(f"{field.label}：{reason}")
        if not wrong and any(each.field == ("hash",) for each in done.problems):
            now = asked(self._desk, self._form.spec.name, self._form.target, self._form.part)
            self._form = replace(self._form, on=now.on, sheet=now.sheet, told=now.told)
            self._talk.say("文本已被改动，下面是现在的文本，请看过再签。")
            self._tell()
        self._fill(wrong)
        return None

    def _settle(self, refusal: Refusal) -> None:
        """Go on from the record as it stands now: fields that others changed too are chosen one by one, and nothing is lost."""
        form = self._form
        found = meanwhile(self._desk, form.spec.name, form.target, self._base, form.part)
        self._talk.say("", "您填写期间别人也办了：")
        self._talk.tell([*found.steps, ("", refusal.reason), *found.joined(self._words)])
        words = found.settled(self._words)
        for field in found.parted(self._words):
            theirs = field.default
            self._talk.say(
                "", f"“{field.label}”两人都改了。", f"您的：{field.spoken(words[field.name])}", f"现在的：{field.spoken(theirs)}"
            )
            chosen = self._talk.pick("用哪一稿：", ("用我的", "用现在的", *(("两段都留，再改",) if has_room_for_both(field) else ())))
            if chosen == 1:
                self._aside = [*self._aside, {field.name: words[field.name]}]
            words[field.name] = (words[field.name], theirs, both(theirs, words[field.name]))[chosen]
        self._form = asked(self._desk, form.spec.name, form.target, form.part)
        self._base = found.base
        for field in self._form.fields:
            self._words.setdefault(field.name, field.default)
        self._words |= {name: text for name, text in words.items() if name in self._form.defaults}
        self._talk.say("已与现在的记录合上，请再看一遍。")


def _reason(look: Outlook | None, name: str) -> str:
    return next((each.reason for each in look.problems if each.field[:1] == (name,)), "") if look else ""
