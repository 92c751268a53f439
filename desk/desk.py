"""A person's desk: what awaits him, what he may see, what he may do. The screens and the commands both work through it.

Nothing here knows a terminal; the clock comes in as a function, so that tests and demos hold it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path

from desk.forms import Field, fields, from_words
from records.acts import PaperEntry, Prospect, Refusal, form, prospects
from records.bureau.roster import Person
from records.bureau.visibility import sees_all, visible
from records.index.rows import Excerpt
from records.matter.history import Step
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.report import Report
from records.matter.roundup import Roundup
from records.register.register import NEW, Receipt, Register
from records.register.view import View
from records.rules.clocks import CLOSED, Light, feedback_due, light, light_of
from records.rules.duties import Awaited, awaiting, since
from records.rules.report_flags import Flag, flags
from records.store.paths import numbers_path
from records.store.record_files import Unreadable, parse
from records.store.repository import Store
from schema.problem import Problem
from schema.tables import Who, acts

_UNDER_REVIEW = frozenset({"draft", "unit_reviewed", "consented", "awaiting_paper", "received"})
_COMPARED = 100  # reports that one is compared with
_RECENT = 3  # roundups that may still wait for somebody
_HIDDEN = "（限定知悉范围的事项）"
Roles = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Task:
    """One thing that awaits the person: what to do on which item, and how urgent it is."""

    excerpt: Excerpt
    act: str
    label: str
    light: Light


@dataclass(frozen=True)
class PaperSignature:
    """A signature given on paper: who signed, and the hash of the scan."""

    signer: str
    scan: str


@dataclass(frozen=True)
class CaseFile:
    """One item with all that a screen or a command shows of it.

    ``flags`` is what a reviewer should look at in the report in hand: pointed out, never decided.
    """

    item: Item
    light: Light
    awaited: Awaited | None
    since: str
    feedback_due: date | None
    history: tuple[Step, ...]
    prospects: tuple[Prospect, ...]
    flags: tuple[Flag, ...] = ()

    @property
    def open_acts(self) -> tuple[Prospect, ...]:
        """The acts the person may do now."""
        return tuple(each for each in self.prospects if each.refusal is None)


@dataclass(frozen=True)
class RoundupFile:
    """One month's roundup with all that a screen shows of it.

    Attributes:
        roundup: as the person may see it; None where there is none, or none for him.
        to_draft: the month that a roundup would be drafted of now, ``2026-10``.
        prospects: the acts on it, and the drafting of ``to_draft``.
        documents: the files that it was published as.
    """

    roundup: Roundup | None
    to_draft: str
    prospects: tuple[Prospect, ...]
    documents: tuple[Path, ...]


class Desk:
    """The desk of one person at one register.

    Args:
        register: the register.
        person: who sits there; None looks on with the eyes of the whole register and can do nothing (demo registers only).
        clock: gives the time in the bureau's zone, whole seconds.
    """

    def __init__(self, register: Register, person: Person | None, clock: Callable[[], datetime]) -> None:
        self.register = register
        self.person = person
        self.clock = clock
        self._view: View | None = None

    @property
    def view(self) -> View:
        """The register as it stands now."""
        head = self.register.store.head()
        if self._view is None or self._view.commit != head:
            self._view = self.register.view(head)
        return self._view

    @property
    def today(self) -> date:
        """The day it is."""
        return self.clock().date()

    @property
    def roles(self) -> Roles:
        """The roles the person holds today, each with its unit (None: the bureau)."""
        return tuple(self.view.roster.roles(self.person.id, self.today)) if self.person else ()

    def sees(self, excerpt: Excerpt) -> bool:
        """Say whether the person may see an item."""
        return self._sees(self.roles, excerpt)

    def light(self, excerpt: Excerpt) -> Light:
        """Return the light of an item today."""
        view = self.view
        return light_of(excerpt.clock_due, excerpt.urgency, view.policy_at(excerpt.policy), view.calendar, self.today)

    def inbox(self) -> list[Task]:
        """Return what awaits the person, overdue first, then by the day it is due, then longest waiting."""
        self.register.index.catch_up()
        roles = self.roles
        tasks = [task for excerpt in self._awaited() if self._sees(roles, excerpt) for task in self._tasks(excerpt)]
        return sorted(tasks, key=lambda task: (task.light.days if task.light.days is not None else 999, task.excerpt.updated))

    def ledger(self, words: str = "", *, unit: str = "", state: str = "", colour: str = "") -> list[tuple[Excerpt, Light]]:
        """Return the items the person may see, newest first; ``words`` must all be found in the item."""
        self.register.index.catch_up()
        found = self.register.index.items(words=words, unit=unit, state=state)
        roles = self.roles
        rows = ((excerpt, self.light(excerpt)) for excerpt in found if self._sees(roles, excerpt))
        return [(excerpt, light) for excerpt, light in rows if not colour or light.colour == colour]

    def open(self, item: str) -> CaseFile | None:
        """Return one item's case file; None when there is no such item or it is not the person's business.

        Raises:
            Unreadable: the record is broken.
        """
        view = self.view
        found = view.item(item)
        if found is None or not self._may_open(found):
            return None
        self.register.index.catch_up()
        policy = view.policy_at(found.policy)
        return CaseFile(
            item=found,
            light=light(found, policy, view.calendar, self.today),
            awaited=awaiting(found, view.roster, self.today),
            since=since(found),
            feedback_due=feedback_due(found, policy, view.calendar),
            history=tuple(self.register.index.history(item)),
            prospects=tuple(self._prospects(found)),
            flags=flags(found, self._other_reports(found), view.roster.unit_name) if found.state in _UNDER_REVIEW else (),
        )

    def _other_reports(self, item: Item) -> Iterator[tuple[str, str]]:
        """The latest reports of other items, to compare one with."""
        latest = [each.id for each in self.register.index.items(limit=_COMPARED * 2) if each.round and each.id != item.id]
        for each in latest[:_COMPARED]:
            with suppress(Unreadable):
                other = self.view.item(each)
                if other and other.report:
                    yield other.id, other.report.body

    def roundups(self, last: int | None = None) -> tuple[tuple[Roundup, ...], tuple[Problem, ...]]:
        """Return the roundups the person may see, newest first, without their rows, and what is wrong with those that cannot be read.

        Office, leaders and auditors see all of them; units what was issued to them.

        Args:
            last: only so many of the newest, None for all.
        """
        store, commit, roles = self.register.store, self.view.commit, self.roles
        folders = (f"roundups/{year.name}" for year in reversed(store.entries("roundups", commit)))
        files = ((f"{folder}/{entry.name}", entry.id) for folder in folders for entry in reversed(store.entries(folder, commit)))
        found: list[Roundup] = []
        problems: list[Problem] = []
        for path, blob in islice(files, last):
            try:
                found.append(replace(_roundup(store, blob, path), rows=()))
            except Unreadable as broken:
                problems += broken.problems
        return tuple(each for each in found if self._receives(roles, each)), tuple(problems)

    def roundup(self, month: str) -> RoundupFile:
        """Return what the person may see of a month's roundup, and what he may do; ``month`` is empty where there is none to show.

        Raises:
            Unreadable: the record is broken.
        """
        self.register.index.catch_up()
        view, last = self.view, (self.today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
        found = view.roundup(month) if month else None
        to_draft = last if view.roundup(last) is None else self.today.strftime("%Y-%m")
        names = [f"roundup-{month}{kind}" for kind in (".docx", ".xlsx")] if found else []
        return RoundupFile(
            roundup=self._shown(self.roles, found) if found else None,
            to_draft=to_draft,
            prospects=tuple(each for on in (found, to_draft) if on for each in self._prospects(on)),
            documents=tuple(path for name in names if (path := self.register.published / name).exists()),
        )

    def owed_roundups(self) -> tuple[tuple[str, str], ...]:
        """Return the months whose roundups wait for the person, each with the name of what he is to do."""
        waiting = [(each, acts()[_next_act(each)]) for each in self.roundups(_RECENT)[0] if self.person and each.state != "issued"]
        person, roster = self.person.id if self.person else "", self.view.roster
        return tuple((each.id, spec.label) for each, spec in waiting if roster.authority(person, spec.who[0], None, self.today))

    def number_years(self) -> tuple[int, ...]:
        """Return the years in which documents were numbered, and this one, oldest first."""
        years = {int(entry.name) for entry in self.register.store.entries("numbers", self.view.commit)}
        return tuple(sorted(years | {self.today.year}))

    def number_series(self, year: int) -> tuple[tuple[NumberSeries, ...], tuple[Problem, ...]]:
        """Return a year's series of document numbers that the person may see, those in use first, and what is wrong with the others.

        Office, leaders and auditors see all of them, units their own.
        """
        store, view, roles = self.register.store, self.view, self.roles
        every, own = self.person is None or sees_all(roles), _own_units(roles)
        kept = {entry.name.removesuffix(".yaml"): entry.id for entry in store.entries(f"numbers/{year}", view.commit)}
        units = (f"{unit.id}.{kind}" for unit in view.roster.units.values() if unit.char for kind in ("report", "request"))
        found: list[NumberSeries] = []
        problems: list[Problem] = []
        for name in dict.fromkeys(("special", "letter", *units, *kept)):
            if every or name.partition(".")[0] in own:
                try:
                    blob = kept.get(name)
                    found.append(_series(store, blob, numbers_path(name, year)) if blob else view.numbers(name, year))
                except Unreadable as broken:
                    problems += broken.problems
        return tuple(sorted(found, key=lambda each: not each.entries)), tuple(problems)

    def number_acts(self, series: NumberSeries) -> tuple[Prospect, ...]:
        """Return the acts on a series of document numbers."""
        return tuple(self._prospects(series))

    def titles(self, items: Iterable[str]) -> Mapping[str, str]:
        """Return the names of these items, as far as the person may know of them."""
        self.register.index.catch_up()
        roles, found = self.roles, {item: self.register.index.excerpt(item) for item in items}
        return {item: excerpt.title for item, excerpt in found.items() if excerpt and self._sees(roles, excerpt)}

    def subject(self, act: str, target: str) -> CaseFile | Roundup | NumberSeries | None:
        """Return what an act is done on as it stands now; None for what the act begins.

        Raises:
            Unreadable: the record is broken.
        """
        kind = acts()[act].target
        if kind == "roundup":
            return self.roundup(target).roundup
        return self.view.numbers(target, self.today.year) if kind == "numbers" else None if target == NEW else self.open(target)

    def form(self, act: str, record: Item | Roundup | NumberSeries | None, row: str = "") -> tuple[Field, ...]:
        """Return the fields of an act's form; ``row`` is the item of a roundup that the act is meant for."""
        return fields(acts()[act], record, self.view, self.today, row)

    def inputs(self, act: str, words: Mapping[str, str]) -> dict[str, object]:
        """Return what an act takes from what was typed into its form; names that the act does not know are kept for it to refuse."""
        checker = form(act)
        known = {wanted.name for wanted in acts()[act].inputs}
        found = {name: from_words(checker.at((name,)), text, self.today) if name in known else text for name, text in words.items()}
        return {name: value for name, value in found.items() if value is not None}

    def do(self, act: str, target: str, inputs: Mapping[str, object], paper: PaperSignature | None = None) -> Receipt | Refusal:
        """Carry out an act as the person at the desk, or enter one that somebody signed on paper.

        Raises:
            StoreError: the register could not be written.
        """
        if self.person is None:
            return Refusal("", "没有写明身份。", "请先选定身份。")
        if paper is None:
            found = self.register.act(act, target, self.person.id, inputs, self.clock())
        else:
            entry = PaperEntry(self.person.id, paper.scan)
            found = self.register.act(act, target, paper.signer, inputs, self.clock(), paper=entry)
        self.register.index.catch_up()
        return found

    def keep_scan(self, data: bytes) -> str:
        """Keep a scanned paper beside the register and return its hash; the record names it by that."""
        return self.register.keep_attachment(data)

    def rounds(self, item: str) -> Mapping[int, tuple[str, Report]]:
        """Return the report's text at the end of each round, with the commit that keeps it."""
        return self.register.rounds(item)

    def _prospects(self, on: Item | Roundup | NumberSeries | str) -> Iterator[Prospect]:
        if self.person:
            yield from prospects(self.view.world(), on, self.person.id, self.clock())

    def _receives(self, roles: Roles, found: Roundup) -> bool:
        """Whether a roundup is for the person's eyes."""
        return self.person is None or sees_all(roles) or (found.state == "issued" and bool(_own_units(roles)))

    def _shown(self, roles: Roles, found: Roundup) -> Roundup | None:
        """A roundup as the person may see it, None when he may not: what was left out of it is not issued to the units."""
        if not self._receives(roles, found):
            return None
        every = self.person is None or sees_all(roles)
        rows = (row for row in found.rows if every or row.omitted is None)
        return replace(found, rows=tuple(row if self._may_name(roles, row.item) else replace(row, title=_HIDDEN) for row in rows))

    def _may_name(self, roles: Roles, item: str) -> bool:
        """Whether the person may know what an item is about: a roundup names the matters of all units, but not those of a few people."""
        excerpt = self.register.index.excerpt(item)
        return excerpt is not None and (not excerpt.need_to_know or self._sees(roles, excerpt))

    def _sees(self, roles: Roles, excerpt: Excerpt) -> bool:
        if self.person is None:
            return not excerpt.need_to_know
        named = (*excerpt.need_to_know, excerpt.portfolio_leader or "") if excerpt.need_to_know else ()
        return visible(self.person.id, roles, (excerpt.lead, *excerpt.assisting), named)

    def _may_open(self, item: Item) -> bool:
        if self.person is None:
            return not item.need_to_know
        named = (*item.need_to_know, item.portfolio_leader or "") if item.need_to_know else ()
        return visible(self.person.id, self.roles, [part.unit for part in item.units], named)

    def _awaited(self) -> list[Excerpt]:
        """The items that wait for anybody: the open ones, and the closed ones that wait for the archive."""
        index = self.register.index
        return [*index.open_items(), *index.items(state="concluded")]

    def _tasks(self, excerpt: Excerpt) -> Iterator[Task]:
        """What one item wants of the person."""
        for act in dict.fromkeys(self._owed(excerpt)):
            yield Task(excerpt, act, acts()[act].label, self.light(excerpt))

    def _owed(self, excerpt: Excerpt) -> Iterator[str]:
        roles = set(self.roles)
        if excerpt.state in CLOSED and excerpt.next_act != "archive":
            return
        spec = acts().get(excerpt.next_act)
        if spec is not None and excerpt.next_act != "sign_for":
            who = spec.who[0]
            if spec.name == "director_sign" and excerpt.lead == self.view.roster.bureau.office:
                who = Who("deputy_director_in_charge", "bureau")
            body = {"office": self.view.roster.bureau.office, "bureau": None, "lead": excerpt.lead}.get(who.of)
            mine = (who.role, body) in roles
            if excerpt.next_act == "bureau_sign" and excerpt.outgoing_series == "letter":
                mine = self.person is not None and excerpt.portfolio_leader == self.person.id
            if mine:
                yield excerpt.next_act
        for act in excerpt.pending:
            for who in acts()[act].who:
                body = {"office": self.view.roster.bureau.office, "bureau": None, "lead": excerpt.lead}.get(who.of)
                if (who.role, body) in roles:
                    yield act
        if excerpt.dispatched:
            if any(("liaison", unit) in roles for unit in excerpt.unsigned):
                yield "sign_for"
            if any(("liaison", unit) in roles for unit in excerpt.silent if unit not in excerpt.unsigned):
                yield "give_opinion"
            if ("liaison", excerpt.lead) in roles and self._feedback_is_due(excerpt):
                yield "report_progress"

    def _feedback_is_due(self, excerpt: Excerpt) -> bool:
        if excerpt.state not in ("signed_for", "in_progress") or excerpt.feedback_cycle in (None, "none"):
            return False
        view, last = self.view, excerpt.last_feedback or excerpt.dispatched or ""
        cycle = view.policy_at(excerpt.policy).feedback_workdays[excerpt.feedback_cycle or ""]
        return view.calendar.shift(datetime.fromisoformat(last).date(), cycle) <= self.today


def _next_act(found: Roundup) -> str:
    """What a roundup that is not issued waits for."""
    return "issue_roundup" if found.approved else "approve_roundup" if found.text else "write_roundup"


def _own_units(roles: Roles) -> frozenset[str]:
    """The units in which somebody works; an administrator's role counts for nothing."""
    return frozenset(unit for role, unit in roles if unit and role != "admin")


@lru_cache(256)
def _roundup(store: Store, blob: str, path: str) -> Roundup:
    return parse(store.blob(blob), Roundup, path)


@lru_cache(256)
def _series(store: Store, blob: str, path: str) -> NumberSeries:
    return parse(store.blob(blob), NumberSeries, path)
