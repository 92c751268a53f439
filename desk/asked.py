"""What an act asks of a person before he fills anything in: fields, what he decides on, the record; the same for screens and lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from desk.answers import answers_in_hand, warned
from desk.basis import basis
from desk.desk import CaseFile, Desk, Subject
from desk.forms import Field, unsaid
from desk.limits import CODE, Limit
from desk.paper_entry import PAPER, entered, paper_fields
from desk.shown_text import ShownText, shown
from desk.signing import Before, handed_in_on
from desk.terms import Line, called
from records.acts import Refusal
from records.bureau.roster import Roster
from records.matter.numbers import NumberSeries
from records.matter.prose import printed_code
from records.matter.roundup import Roundup
from records.register.register import NEW
from schema.tables import ActSpec, acts

NAMED = "target"
"""The field in which stands the id of what an act begins, where the person chooses it."""

SIGNATURE = "signature"
"""The field into which the person pastes his own signature."""

_READ_OFF = "照纸上写的录入"


@dataclass(frozen=True)
class Asked:
    """An act as a form puts it before a person.

    Attributes:
        spec: the act.
        target: id of what is acted on, or ``new``.
        on: that as it stands; None for what the act begins.
        fields: what is asked, with what is known already.
        base: the commit at which the record stands so.
        sheet: the text that the act is about.
        told: what else it is decided on.
        part: the part of the record that may be meant, by the name that a field offers.
        bare: the act that is done instead where nothing is filled in; empty for none, or none that may be done now.
    """

    spec: ActSpec
    target: str
    on: Subject
    fields: tuple[Field, ...]
    base: str
    sheet: ShownText | None = None
    told: tuple[Line, ...] = ()
    part: str = ""
    bare: str = ""

    @property
    def key(self) -> str:
        """The name of its draft; what was typed about one row of a roundup, or the numbers of one year, is none for another."""
        meant = self.part if any(field.default == self.part for field in self.fields) else ""
        year = f"{self.on.year}" if isinstance(self.on, NumberSeries) else ""
        return " ".join(filter(None, (self.spec.name, self.target, year, meant)))

    @property
    def defaults(self) -> dict[str, str]:
        """What stands in the fields at first."""
        return {field.name: field.default for field in self.fields}

    def outlived(self, today: date) -> Refusal | None:
        """Return why it is no longer what would be done: numbers are of a year, and that of those which it was asked of is over."""
        series = self.on
        if not isinstance(series, NumberSeries) or series.year == today.year:
            return None
        reason = f"这张表说的是{series.year}年的文号，现在已经是{today.year}年，办了会记到{today.year}年去。"
        return Refusal(self.spec.clause, reason, "请返回，重新打开这张表。")

    @property
    def signs_himself(self) -> bool:
        """Whether the person signs with a key of his own."""
        return any(field.name == SIGNATURE for field in self.fields)

    def act(self, words: Mapping[str, str]) -> str:
        """Return what is done by handing the form in: another act where nothing stands in it, and one without inputs says just that."""
        said = any(words.get(field.name, "").strip() for field in self.fields if not field.besides and field.name not in PAPER)
        return self.bare if self.bare and not said else self.spec.name

    def named(self, words: Mapping[str, str]) -> str:
        """Return the id of what is acted on; of what the act begins, where the person chooses it, as he typed it."""
        return words.get(NAMED, "").strip().upper() or self.target

    def usual(self, words: Mapping[str, str], *, on_paper: bool = False) -> dict[str, str]:
        """Return what stands in the record for words that were left out; nothing where another's hand signed: it wrote what it wrote.

        Args:
            words: what stands in the fields.
            on_paper: whether it is asked who signed on paper, also while nothing stands there yet.
        """
        return {} if entered(words, asked=on_paper) else unsaid(self.spec, self.fields, words)

    def hint(self, field: Field, words: Mapping[str, str], *, on_paper: bool) -> str:
        """Return what is said in a field in which nothing stands; further as ``usual``."""
        prints = field.name in unsaid(self.spec, self.fields, {**words, field.name: ""})
        return _READ_OFF if prints and field.name not in self.usual({**words, field.name: ""}, on_paper=on_paper) else field.hint

    def inputs(self, desk: Desk, words: Mapping[str, str], before: Before | None = None) -> dict[str, object]:
        """Return what the act takes of words in its fields, and of the text that is before the person's eyes.

        Args:
            desk: the person's.
            words: what stands in the fields.
            before: when the statement was put before him that he signs himself.
        """
        given = {name: said for name, said in words.items() if name not in (NAMED, *PAPER)} | self.usual(words)
        if (act := self.act(words)) != self.spec.name:
            given = {field.name: words[field.name] for field in self.fields if field.besides and words.get(field.name, "").strip()}
        if self.signs_himself:
            given[SIGNATURE] = handed_in_on(given.get(SIGNATURE, ""), before)
        text: dict[str, object] = {"hash": self.sheet.hash} if self.spec.signs and self.sheet else {}
        return {**desk.inputs(act, given), **text}

    def about(self, roster: Roster) -> str:
        """Return what is acted on, in words; empty for what the act begins."""
        if isinstance(self.on, NumberSeries):
            series = self.on
            return f"{series.chars}〔{series.year}〕，已用到第{series.next - 1}号，下一个是第{series.next}号"
        if isinstance(self.on, Roundup):
            return self.on.title
        if isinstance(self.on, CaseFile):
            return f"{self.on.item.id} {self.on.item.title}"
        return "" if self.target == NEW else called(self.target, roster)

    @property
    def _code(self) -> str:
        """The code of the text as its paper bears it; not where it is to be read off the paper, which it should be proof of."""
        told = self.sheet is not None and self.sheet.hash and all(field.limit != CODE for field in self.fields)
        return f"  文本校验码 {printed_code(self.sheet.hash)}" if told and self.sheet else ""

    def over_text(self) -> Iterator[str]:
        """Yield what is to be said over the text: what it is, what a reviewer should look at, how reasons of a return were answered."""
        warning = warned(self.spec, self.on.item.report) if isinstance(self.on, CaseFile) else ""
        if self.sheet is None:
            yield from [f"请留意：{warning}"] if warning else []
            return
        what = "要签的文本" if self.spec.signs else "文本"
        yield f"{what}：{self.sheet.what}{self._code}"
        if warning:
            yield f"请留意：{warning}"
        if self.spec.judges and isinstance(self.on, CaseFile):
            yield from (f"请留意：{flag.text}" for flag in self.on.flags)
            report = self.on.item.report
            yield from (f"答复 {told}" for told in (answers_in_hand(report) if report else ()))


def asked(desk: Desk, act: str, target: str, part: str = "", filled: Mapping[str, str] | None = None) -> Asked:
    """Return what an act asks on a record as it stands now, or on ``new``; reads the register.

    Args:
        desk: the person's.
        act: the act.
        target: id of the item or of the number series, month of the roundup.
        part: the item of the roundup that is meant.
        filled: what stands in fields at first, instead of what usually does.

    Raises:
        Unreadable: the record is broken.
    """
    view, spec = desk.view, acts()[act]  # before the record: what comes in between counts as unseen
    on = desk.subject(act, target)
    record = on.item if isinstance(on, CaseFile) else on
    fields = desk.form(act, record, part)
    fields = tuple(replace(field, default=(filled or {}).get(field.name, field.default)) for field in fields)
    if spec.names and target == NEW:
        fields = (Field(NAMED, spec.names, "line", hint="2至8个字母，例如 JJ；定了以后不改", limit=Limit(8, "A-Za-z", "字母")), *fields)
    told: tuple[Line, ...] = ()
    if isinstance(on, CaseFile) and desk.person is not None:
        told = tuple(basis(spec, on, view.roster, view.calendar, desk.person.id))
    bare = spec.bare if isinstance(on, CaseFile) and spec.bare in {each.spec.name for each in on.open_acts} else ""
    if bare:
        hint = f"不写就是“{acts()[bare].label}”"
        fields = tuple(replace(field, required=False, hint=hint) if field.required else field for field in fields)
    sheet = shown(spec, record, view.roster, (view.policy, view.scoring))
    if isinstance(on, Roundup) and sheet and sheet.hash and (kept := view.roundup(target)):
        sheet = replace(sheet, hash=kept.hash)  # what is approved is the record, also where a name in it is not for his eyes
    fields = (*paper_fields(desk, act, target, on), *fields)
    return Asked(spec, target, on, fields, view.commit, sheet, told, part, bare)
