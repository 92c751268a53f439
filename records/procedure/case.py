"""What an act looks at and what it gives back.

An act is a pure function of the item as it stands, the person, what the person supplied, the time and the policy in force.
It gives back a Change, or a Refusal that names the clause, the reason and a way out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from records.bureau.calendar import Calendar
from records.bureau.foundations import LEADERS, Foundation
from records.bureau.policy import Policy, PolicyDraft
from records.bureau.roster import Authority, Roster, role_label
from records.bureau.scoring import Scoring, ScoringDraft, default_scoring
from records.matter.changes import Point
from records.matter.checkpoint import Checkpoint
from records.matter.digests import Digests
from records.matter.item import Indicator, Item, text_in_force
from records.matter.numbers import NumberSeries
from records.matter.outgoing import Outgoing
from records.matter.report import Report
from records.matter.roundup import Roundup
from records.matter.stamps import Stamp
from schema.problem import Problem
from schema.tables import ActSpec, acts
from schema.versions import RULES


@dataclass(frozen=True)
class Refusal:
    """Why an act did not happen; nothing has changed.

    Attributes:
        clause: the clause of the regulation, as 三（一）1.
        reason: what stands against it, a full sentence.
        way_out: what to do instead, a full sentence; empty when the reason says it.
        rule: the domain's number of the refusal (R-01 …), empty for plain mistakes of input.
        problems: mistakes of input, each with the input's name as its field.
        overtaken: whether it would go through once its author has seen what others did meanwhile.
        there: id of the item that stands in its way.
    """

    clause: str
    reason: str
    way_out: str = ""
    rule: str = ""
    problems: tuple[Problem, ...] = ()
    overtaken: bool = False
    there: str = ""

    def __str__(self) -> str:
        """The refusal in a line."""
        return "".join((f"〔{self.clause}〕" if self.clause else "", self.reason, self.way_out))


@dataclass(frozen=True)
class LastStep:
    """The last act that a person did on an item.

    Attributes:
        act: its name; ``label`` what it is called.
        person: who did it; of a signature on paper who entered it.
        at: when.
        stages: gives the item before it, None for a registration, and the item after it: read where they are looked at.
    """

    act: str
    person: str
    at: datetime
    stages: Callable[[], tuple[Item | None, Item]]

    @property
    def before(self) -> Item | None:
        """The item before it, None for a registration."""
        return self.stages()[0]

    @property
    def after(self) -> Item:
        """The item after it."""
        return self.stages()[1]

    @property
    def label(self) -> str:
        """What the act is called."""
        return acts()[self.act].label


@dataclass(frozen=True)
class Head:
    """The commit on which an act stands.

    Attributes:
        rules: the version of the rules that it was made under.
        commit: its id.
        commits: gives how many commits led there, itself included.
        first: gives the id of the first of them.
        digests: gives the hashes over all its files.
        checkpoint: gives the last checkpoint that was taken up to there, None where there was none.
        unmoved: gives when an earlier commit was made, by kind and id of a record and the commit's id; None where it is none of those that
            led there, or the record changed since.
        cut_off: says whether the beginning of the history is out of reach, as in a shallow clone, so that no own signature can be judged;
            never where an act is done.
    """

    rules: int = RULES
    commit: str = ""
    commits: Callable[[], int] = lambda: 0
    first: Callable[[], str] = lambda: ""
    digests: Callable[[], Digests] = lambda: Digests("", "")
    checkpoint: Callable[[], Checkpoint | None] = lambda: None
    unmoved: Callable[[str, str, str], datetime | None] = lambda kind, target, commit: None
    cut_off: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class World:
    """What stands round an item at one commit; everything an act may need beyond the item itself.

    Attributes:
        policy_id: the blob of the policy in force, which a dispatch pins.
        policy_at: gives the policy that an item pins; None is the one in force.
        numbers: gives a series of document numbers of one year, empty when nothing was taken yet.
        same_source: gives the id of the open item that a paper belongs to, told by the paper's key, for the refusal of a second one (R-02).
        items: gives the items that can matter to a roundup of a period that began on a day.
        item: gives an item by its id, None for one that there is not.
        last_step: gives the last act that a person did on an item, where it can still be taken back.
        policy_draft: the version of the policy that was drawn up last.
        scoring: the scoring in force; scoring_draft: the version of it that was drawn up last.
        carried_in: gives the id of the item that came in under a number of another ledger (``papers.carried``), for the refusal of a second
            one.
        is_open: says whether an id is that of a matter still to be seen through.
        every_item: gives all the items that there are.
        head: the commit that all this was read from.
        rules: the version of the rules that an act is done under; an older one where history is run again.
    """

    roster: Roster
    calendar: Calendar
    policy: Policy
    policy_id: str
    policy_at: Callable[[str | None], Policy]
    numbers: Callable[[str, int], NumberSeries]
    same_source: Callable[[str], str | None]
    is_open: Callable[[str], bool]
    items: Callable[[str], Iterable[Item]]
    last_step: Callable[[str], LastStep | None] = lambda item: None
    item: Callable[[str], Item | None] = lambda item: None
    policy_draft: PolicyDraft | None = None
    scoring: Scoring = field(default_factory=default_scoring)
    scoring_draft: ScoringDraft | None = None
    carried_in: Callable[[str], str | None] = lambda number: None
    every_item: Callable[[], Iterable[Item]] = tuple
    head: Head = Head()
    rules: int = RULES

    def foundation(self, kind: str, target: str) -> Foundation | None:
        """Return the record of people, rules or days that acts on a kind of record are done on, by its id; None where there is none yet."""
        match kind:
            case "unit" | "leaders":
                return self.roster.leaders if target == LEADERS else self.roster.units.get(target)
            case "bureau":
                return self.roster.bureau
            case "calendar":
                return self.calendar.years.get(int(target)) if target.isdecimal() else None
            case "policy_draft":
                return self.policy_draft
            case "scoring_draft":
                return self.scoring_draft
            case "checkpoint":
                last = self.head.checkpoint()
                return last if last and last.day == target else None
        return None


@dataclass(frozen=True)
class PaperEntry:
    """A signature given on paper: the clerk who enters it and the hash of its scan (``sha256:`` and 64 hex digits; Q24)."""

    entered_by: str
    scan: str


@dataclass(frozen=True)
class Case:
    """One act about to happen: the row of the table, the item before it, who acts in which standing, and when.

    ``target`` is the id of the item (also of one about to be registered), of the series of document numbers or of the roundup;
    ``roundup`` is the roundup before an act on one.
    """

    spec: ActSpec
    world: World
    item: Item | None
    actor: Authority
    at: datetime
    target: str = ""
    roundup: Roundup | None = None
    paper: PaperEntry | None = None

    @property
    def before(self) -> Item:
        """The item before the act."""
        assert self.item is not None
        return self.item

    @property
    def report(self) -> Report:
        """The unit's report before the act."""
        assert self.before.report is not None
        return self.before.report

    @property
    def outgoing(self) -> Outgoing:
        """The document going up before the act."""
        assert self.before.outgoing is not None
        return self.before.outgoing

    @property
    def foundation(self) -> Foundation | None:
        """The record of people, rules or days that the act is done on, None where there is none yet."""
        return self.world.foundation(self.spec.target, self.target)

    @property
    def policy(self) -> Policy:
        """The policy by which the item is judged: the one its dispatch pinned, before it the one in force."""
        return self.world.policy_at(self.item.policy if self.item else None)

    @property
    def last(self) -> LastStep | None:
        """The last act that a person did on the item, where it can still be taken back."""
        return self.world.last_step(self.before.id)

    @property
    def text_in_force(self) -> str:
        """The hash of the text that the act signs, as it stands; "" for an act that signs none, or where there is none."""
        if self.roundup is not None:
            return self.roundup.hash
        if isinstance(self.foundation, PolicyDraft | ScoringDraft):
            return self.foundation.hash
        return (self.spec.signs and self.item and text_in_force(self.item, self.spec.signs)) or ""

    @property
    def unit_name(self) -> str:
        """The name of the unit in which the actor stands; "" for the bureau's leadership."""
        return self.world.roster.unit_name(self.actor.unit or "")

    @property
    def stamp(self) -> Stamp:
        """Who acts and when, as the record keeps it."""
        entered = (self.paper.entered_by, self.paper.scan) if self.paper else (None, None)
        return Stamp(self.actor.person, self.at.isoformat(), self.actor.on_behalf_of, *entered)

    def signed(self, given: "Given") -> Stamp:
        """Return the stamp of what the act is about, with the actor's own signature if he gave one; its other stamps bear none."""
        return replace(self.stamp, own=given.maybe("signature"))

    @property
    def today(self) -> str:
        """The day of the act, as ISO date."""
        return self.at.date().isoformat()

    def refuse(self, rule: str, reason: str, way_out: str = "", *, clause: str = "", field: str = "", there: str = "") -> Refusal:
        """Return a refusal under this act's clause, or another; ``field`` is the input that it is about, ``there`` the item in its way."""
        problems = (Problem(reason, field=(field,)),) if field else ()
        return Refusal(clause or self.spec.clause, reason, way_out, rule, problems, there=there)

    def who(self, role: str, unit: str | None = None) -> str:
        """Return a role with its holders of the day, as 主管副局长（顾拟宁）."""
        names = "、".join(person.name for person in self.world.roster.holders(role, unit, self.at.date()))
        return f"{role_label(role)}（{names}）" if names else role_label(role)


@dataclass(frozen=True)
class Given:
    """What the actor supplied, checked against the schema and in canonical form."""

    values: Mapping[str, object]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """Return a required text."""
        found = self.values[name]
        assert isinstance(found, str)
        return found

    def maybe(self, name: str) -> str | None:
        """Return an optional text."""
        return self.text(name) if name in self.values else None

    def number(self, name: str) -> int:
        """Return a required number."""
        found = self.values[name]
        assert isinstance(found, int)
        return found

    def names(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty when not supplied."""
        found = self.values.get(name, ())
        assert isinstance(found, list | tuple)
        return tuple(str(entry) for entry in found)

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a list of numbers, empty when not supplied."""
        found = self.values.get(name, ())
        assert isinstance(found, list | tuple)
        return tuple(entry for entry in found if isinstance(entry, int))

    def indicators(self) -> tuple[Indicator, ...]:
        """Return the targets of an indicator matter."""
        found = self.values["indicators"]
        assert isinstance(found, list | tuple)
        return tuple(Indicator(entry["name"], entry["target"], entry.get("period"), entry.get("actual")) for entry in found)

    def texts(self, *names: str) -> dict[str, Any]:
        """Return those of these texts that were supplied, by name."""
        return {name: self.text(name) for name in names if name in self.values}

    def rows(self, name: str) -> tuple[Mapping[str, object], ...]:
        """Return a list of rows, empty when not supplied."""
        found = self.values.get(name, ())
        assert isinstance(found, list | tuple)
        return tuple(each for each in found if isinstance(each, Mapping))

    def points(self) -> tuple[Point, ...]:
        """Return the requirements an item is broken into."""
        found = self.values["points"]
        assert isinstance(found, list | tuple)
        return tuple(Point(entry["text"], entry.get("unit"), entry.get("due")) for entry in found)


NOTHING_GIVEN = Given({})
"""No inputs, for what looks at the record alone."""


@dataclass(frozen=True)
class Change:
    """What an act does.

    Attributes:
        item: the item after it; its state is set by the table unless ``state`` says otherwise. None for an act on numbers alone.
        state: the state that follows, where the act decides.
        roundup: the roundup after it, for an act on one.
        numbers: the series of document numbers that changed.
        items: the items after it that an act on numbers changed.
        foundations: the people, units, rules and days that changed, the one that the act is done on first.
        about: what the commit's subject says after act and item.
        words: the actor's own words, for the commit's body.
        number: the document number taken, issued or voided.
        basis: the document that a change of people, units, rules or days rests on.
    """

    item: Item | None
    state: str | None = None
    roundup: Roundup | None = None
    numbers: tuple[NumberSeries, ...] = ()
    items: tuple[Item, ...] = ()
    foundations: tuple[Foundation, ...] = ()
    about: str = ""
    words: str = ""
    number: str = ""
    basis: str = ""
