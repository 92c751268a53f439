"""A person's desk: what awaits him, what he may see, what he may do. The screens and the commands both work through it.

Nothing here knows a terminal; the clock comes in as a function, so that tests and demos hold it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desk.classified import without_texts
from desk.eyes import Eyes
from desk.judged import Judged
from desk.lights import OpenLights
from records.bureau.foundations import KINDS, Foundation
from records.bureau.policy import PolicyDraft
from records.bureau.roster import Person
from records.bureau.scoring import ScoringDraft
from records.index.rows import Excerpt, item_id, numbers_of
from records.matter.history import Step
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.report import Report
from records.matter.roundup import Roundup
from records.matter.stamps import Remark
from records.procedure.case import PaperEntry, Refusal
from records.register.register import NEW, Receipt, Register
from records.rules.clocks import Light, clock, feedback_due, light, worst
from records.store.paths import kind_of
from records.store.record_files import Unreadable
from records.store.store import StoreError
from schema.problem import Problem
from schema.tables import Target, acts

if TYPE_CHECKING:  # who lists or opens a matter fills in no form, and pays for none
    from desk.forms import Field
    from records.acts import Duty, Prospect
    from records.register.scans import Scan
    from records.rules.report_flags import Flag
    from records.signatures.sshsig import SshSignature, Unfit

_UNDER_REVIEW = frozenset({"draft", "unit_reviewed", "consented", "awaiting_paper", "received"})
_COMPARED = 100  # reports that one is compared with
_BY_AGENT = "留空的，由您转发的密钥代理签；要在自己的电脑上签的，按 F4 看声明，把签名块贴在这里"


@dataclass(frozen=True)
class PaperSignature:
    """A signature given on paper: who signed, and the file of its scan."""

    signer: str
    scan: Path


@dataclass(frozen=True)
class CaseFile:
    """One item with all that a screen or a command shows of it.

    ``flags`` is what a reviewer should look at in the report in hand: pointed out, never decided.
    """

    item: Item
    light: Light
    duties: "tuple[Duty, ...]"
    feedback_due: date | None
    history: tuple[Step, ...]
    prospects: "tuple[Prospect, ...]"
    flags: "tuple[Flag, ...]" = ()

    @property
    def next(self) -> "Duty | None":
        """What the item waits for first; None when nothing is owed."""
        return self.duties[0] if self.duties else None

    @property
    def since(self) -> str:
        """Since when whoever has it has it."""
        return self.next.since if self.next else self.item.moved_at

    @property
    def open_acts(self) -> "tuple[Prospect, ...]":
        """The acts the person may do now."""
        return tuple(each for each in self.prospects if each.refusal is None)


Subject = CaseFile | Roundup | NumberSeries | Foundation | None
"""What an act is done on; None for what it begins."""


class StillMissingError(StoreError):
    """An index that starts cold lacks records without which something would be told wrongly; it can be told once they are there."""


class Desk(Eyes):
    """The desk of one person at one register.

    Args:
        register: the register.
        person: who sits there; None looks on with the eyes of the whole register and can do nothing (demo registers only).
        clock: gives the time in the bureau's zone, whole seconds.
        box: the folder of the files that he may name, where he came in through the door; any file where it is None.
        agent: has the agent that he forwards sign a message, or says why it does not; None where there is none.
        hasty: whether inbox, ledger and case files are shown while an index that starts cold still lacks records (``missing``).
    """

    def __init__(
        self,
        register: Register,
        person: Person | None,
        clock: Callable[[], datetime],
        *,
        box: Path | None = None,
        agent: "Callable[[bytes], SshSignature | Unfit] | None" = None,
        hasty: bool = False,
    ) -> None:
        super().__init__(register, person, clock, box=box)
        self.agent, self._hasty = agent, hasty
        self._lights, self.judged = OpenLights(), Judged()

    @property
    def missing(self) -> int:
        """How many records lists do not have yet."""
        return self.register.index.missing

    def catch_up(self) -> None:
        """Bring the index to where the register stands, as far as lists need it."""
        (self.register.index.begin if self._hasty else self.register.index.catch_up)()

    def whole(self) -> None:
        """Bring the index to where the register stands with all records, for what is wrong without any of them or without their history.

        Raises:
            StillMissingError: screens do not wait for it.
        """
        if not self._hasty:
            self.register.index.catch_up()
            return
        self.catch_up()
        if missing := self.missing:
            raise StillMissingError(f"索引还缺已办结的 {missing} 件，补齐以后这一屏自动显示。")

    def know_history(self) -> str:
        """Have all of the history at hand, for lists that go by who did what; what such a list says where it is shown before that."""
        if not self._hasty:
            self.register.index.whole_history()
        return "" if self.register.index.has_history else "经过还在整理，可能还缺以前的"

    @property
    def read_only(self) -> Refusal | None:
        """Why nothing can be done in the register as it stands, None where it can."""
        return self.register.read_only(self.today)

    @property
    def open_lights(self) -> Mapping[int, Light]:
        """The light of each open item today, by its number in the index; nobody is told of an item that he may not see by this alone."""
        return self._lights.of(self.register.index, self.view, self.today, self.lights)

    def light(self, excerpt: Excerpt) -> Light:
        """Return the light of an item today."""
        return self.lights((excerpt,))[0]

    def lights(self, excerpts: Iterable[Excerpt]) -> list[Light]:
        """Return the lights of items today."""
        view, day, found = self.view, self.today, list[Light]()
        for each in excerpts:
            if each.running:
                policy = view.policy_at(each.policy)
                clocks = (clock(one, policy, view.calendar) for one in each.running)
                found.append(worst(clocks, each.urgency, policy, view.calendar, day))
            else:
                found.append(Light("none"))
        return found

    def ledger(
        self, words: str = "", *, unit: str = "", state: str = "", colour: str = "", meeting: str = "", among: Iterable[str] | None = None
    ) -> list[tuple[Excerpt, Light]]:
        """Return the items the person may see, newest first.

        Args:
            words: all must be found in the item.
            unit: leads or assists.
            state: as in the record.
            colour: of the light.
            meeting: stands in the name of the meeting that decided on it.
            among: the ids of the items that are asked for; None for all.
        """
        self.register.index.catch_up()
        numbers, roles = "" if among is None else numbers_of(among), self.roles
        items = self.register.index.items(words=words, unit=unit, state=state, meeting=meeting, among=numbers)
        found = [excerpt for excerpt in items if self._sees(roles, excerpt)]
        lit = zip(found, self.lights(found), strict=True)
        return [(excerpt, light) for excerpt, light in lit if not colour or light.colour == colour]

    def open(self, item: str) -> CaseFile | None:
        """Return one item's case file; None when there is no such item or it is not the person's business.

        Raises:
            Unreadable: the record is broken.
        """
        read = self.read(item)
        if read is None:
            return None
        from records.acts import duties

        view, (found, history) = self.view, read
        policy = view.policy_at(found.policy)
        return CaseFile(
            item=found,
            light=light(found, policy, view.calendar, self.today),
            duties=duties(view.world(), found, self.clock()),
            feedback_due=feedback_due(found, policy, view.calendar),
            history=history,
            prospects=tuple(self.prospects(found)),
            flags=self._flags(found) if found.state in _UNDER_REVIEW else (),
        )

    def read(self, item: str) -> tuple[Item, tuple[Step, ...]] | None:
        """Return one item and its steps, oldest first, with nothing of what is to be done about it; otherwise as ``open``."""
        found = self.known(item)
        if found is None:
            return None
        self.catch_up()
        return found, tuple(without_texts(found, self.steps(item)))

    def steps(self, item: str) -> list[Step]:
        """Return the steps of an item, oldest first; of those that an index lacks which starts cold nobody waits for any."""
        return self.register.index.history(item, known=self.missing > 0)

    def _flags(self, item: Item) -> "tuple[Flag, ...]":
        from records.rules.report_flags import flags

        return flags(item, self._other_reports(item), self.view.roster.unit_name)

    def _other_reports(self, item: Item) -> Iterator[tuple[str, str]]:
        """The latest reports of other items that the person may see, to compare one with: what is alike is named by its number."""
        others = (each for each in self.register.index.items(limit=_COMPARED * 2) if each.round and each.id != item.id)
        latest = [each.id for each in others if self.sees(each)]
        for each in latest[:_COMPARED]:
            with suppress(Unreadable):
                other = self.view.item(each)
                if other and other.report:
                    yield other.id, other.report.body

    def roundup(self, month: str) -> Roundup | None:
        """Return a month's roundup as the person may see it, None when there is none for him.

        Raises:
            Unreadable: the record is broken.
        """
        found = self.kept_roundup(month)
        return None if found is None or not self.may_read(found) else self.as_known(found)

    def number_years(self) -> tuple[int, ...]:
        """Return the years in which documents were numbered, and this one, oldest first."""
        return tuple(sorted({*self.view.number_years(), self.today.year}))

    def number_series(self, year: int) -> tuple[tuple[NumberSeries, ...], tuple[Problem, ...]]:
        """Return a year's series of document numbers that the person may see, those in use first, and what is wrong with the others.

        Office, leaders and auditors see all of them, units their own.
        """
        view = self.view
        every, own = self.sees_every, self.own_units
        series = view.roster.series
        shared, own_each = ([name for name, each in series.items() if each.scope == scope] for scope in ("bureau", "unit"))
        units = (f"{unit.id}.{kind}" for unit in view.roster.units.values() if unit.char for kind in own_each)
        found: list[NumberSeries] = []
        problems: list[Problem] = []
        for name in dict.fromkeys((*shared, *units, *view.series_in_use(year))):
            if every or name.partition(".")[0] in own:
                try:
                    found.append(view.numbers(name, year))
                except Unreadable as broken:
                    problems += broken.problems
        return tuple(sorted(found, key=lambda each: not each.entries)), tuple(problems)

    def number_acts(self, series: NumberSeries) -> "tuple[Prospect, ...]":
        """Return the acts on a series of document numbers."""
        return tuple(self.prospects(series))

    def subject(self, act: str, target: str) -> Subject:
        """Return what an act is done on as it stands now; None for what the act begins.

        Raises:
            Unreadable: the record is broken.
        """
        kind = acts()[act].target
        if kind == "roundup":
            return self.roundup(target)
        if kind in KINDS:
            return self.foundation(kind, target)
        return self.view.numbers(target, self.today.year) if kind == "numbers" else None if target == NEW else self.open(target)

    def foundation(self, kind: str, target: str) -> Foundation | None:
        """Return a record of people, rules or days, by what acts on it name; of the rules what is in force, where nothing is drawn up."""
        found = self.view.world().foundation(kind, target)
        if kind in ("policy_draft", "scoring_draft") and not (isinstance(found, PolicyDraft | ScoringDraft) and found.approved is None):
            nobody = Remark(by="", at="")
            return PolicyDraft(self.view.policy, nobody) if kind == "policy_draft" else ScoringDraft(self.view.scoring, nobody)
        return found

    def foundation_acts(self, kinds: tuple[Target, ...], target: str) -> "tuple[Prospect, ...]":
        """Return the acts on a record of people, rules or days, with what stands against each for the person at the desk."""
        if self.person is None:
            return ()
        from records.acts import TAKES_OVER, prospects

        found = tuple(prospects(self.view.world(), target, self.person.id, self.clock(), kinds))
        # What takes a register over is offered in one that is to be taken over, and nowhere else.
        return found if self.read_only else tuple(each for each in found if each.spec.name != TAKES_OVER)

    def form(self, act: str, record: Item | Roundup | NumberSeries | Foundation | None, row: str = "") -> "tuple[Field, ...]":
        """Return the fields of an act's form; ``row`` is the item of a roundup that the act is meant for."""
        from desk.forms import fields

        asked = fields(acts()[act], record, self.view, self.today, row)
        if self.signs_by_agent(act):
            asked = tuple(replace(each, required=False, hint=_BY_AGENT) if each.kind == "signature" else each for each in asked)
        if self.box is None:
            return asked
        from desk.scans import with_box

        return tuple(with_box(act, each, self.box) for each in asked)

    def signs_by_agent(self, act: str) -> bool:
        """Say whether the agent that the person forwards signs for him when he does an act."""
        return self.agent is not None and self.view.policy.strength(act) == "agent"

    def inputs(self, act: str, words: Mapping[str, str]) -> dict[str, object]:
        """Return what an act takes from what was typed into its form; names that the act does not know are kept for it to refuse."""
        from records.acts import form

        checker = form(act)
        known = {wanted.name for wanted in acts()[act].inputs}
        from desk.forms import from_words

        read = partial(from_words, today=self.today, roster=self.view.roster, calendar=self.view.calendar)
        found = {name: read(checker.at((name,)), text) if name in known else text for name, text in words.items()}
        return {name: value for name, value in found.items() if value is not None}

    def do(
        self, act: str, target: str, inputs: Mapping[str, object], paper: PaperSignature | None = None, *, base: str | None = None
    ) -> Receipt | Refusal:
        """Carry out an act as the person at the desk, or enter one that somebody signed on paper.

        Args:
            act: the act.
            target: what it is done on.
            inputs: what it takes.
            paper: who signed on paper, and the scan.
            base: the commit at which the record was put before the person; None where he is taken to have seen it as it stands.

        Raises:
            StoreError: the register could not be written.
        """
        from desk.scans import by_hash

        if self.person is None:
            return Refusal("", "没有写明身份。", "请先选定身份。")
        found = self.unseen(act, target) or by_hash(act, inputs, self.box, self.may_name)
        if isinstance(found, Refusal):
            return found
        inputs, scans = found
        if paper is None:
            return self.discreet(self.register.act(act, target, self.person.id, inputs, self.clock(), base=base, scans=scans))
        signed = self.on_paper(paper)
        if isinstance(signed, Refusal):
            return signed
        entry, scan = signed
        done = self.register.act(act, target, paper.signer, inputs, self.clock(), paper=entry, base=base, scans=(*scans, scan))
        return self.discreet(done)

    def on_paper(self, paper: PaperSignature) -> "tuple[PaperEntry, Scan] | Refusal":
        """Return a signature given on paper as the person enters it, with its scan; or why it is none, or the file.

        Raises:
            StoreError: the file cannot be read.
        """
        from desk.scans import scan_of

        assert self.person is not None
        scan = scan_of(paper.signer, paper.scan, self.box)
        return scan if isinstance(scan, Refusal) else (PaperEntry(self.person.id, str(scan.named)), scan)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the records, for those who may see all of them: it names them. Of what few may know these alone are told."""
        found = self.register.index.problems() if self.sees_every else []
        items = {path: item_id(path) for each in found if kind_of(path := each.file) == "item"}
        untold = {path for path, item in items.items() if not self.may_be_told(item)}
        return tuple(each for each in found if each.file not in untold)

    def rounds(self, item: str) -> Mapping[int, tuple[str, Report]]:
        """Return the report's text at the end of each round, with the commit that keeps it; none of a matter classified since (D-16)."""
        found = self.known(item)
        return {} if found is None or found.classified else self.register.rounds(item)

    def prospects(self, on: Item | Roundup | NumberSeries | str) -> "Iterator[Prospect]":
        """Yield the acts on a record, with what stands against each for the person; none where nobody sits at the desk."""
        if self.person:
            from records.acts import prospects

            yield from prospects(self.view.world(last_commit=self.register.last_commit), on, self.person.id, self.clock())
