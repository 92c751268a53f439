"""One supervised item (督办事项) as values: frozen dataclasses whose fields stand in the order in which the YAML is written.

Nothing here has behaviour beyond looking things up in itself; what may happen to an item stands in records.acts.
Field meanings and Chinese names are said once, in the JSON Schemas of the package ``schema``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from records.matter.carried import CarriedIn
from records.matter.changes import (
    Adjustment,
    Amendment,
    Closing,
    Extension,
    LeaderChange,
    Objection,
    Point,
    Reopening,
    Rerouting,
    Suspension,
    TakenBack,
    Transfer,
    Voiding,
    WithdrawnDocument,
)
from records.matter.outgoing import IssuedDocument, Outgoing, document_name
from records.matter.report import Report
from records.matter.stamps import BESIDE, Remark, Signature, Stamp, TextSignature, moves, text_signatures
from schema.tables import signed_text


@dataclass(frozen=True)
class Source:
    """Where the matter comes from.

    ``original`` is the hash of the paper's scan, kept beside the repository (1-0); ``another_paper`` the clerk's word that it is not the
    paper of the item that looks like its own.
    """

    level: str
    kind: str
    organ: str
    ref: str = ""
    received: str = ""
    original: str | None = None
    another_paper: bool | None = None


@dataclass(frozen=True)
class Instruction:
    """Words a leader or organ wrote on the paper, before it reached the register.

    ``leader`` is which of the bureau's own leaders it was (1-5).
    """

    by: str
    at: str
    text: str
    leader: str | None = None


@dataclass(frozen=True)
class Secrecy:
    """Degree and period of secrecy; ``none`` for an ordinary matter."""

    level: str
    years: int | None = None
    copy_number: str | None = None
    work_secret: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Classification(Stamp):
    """A matter classified after it was entered (定密): on what basis; only its shell is kept from then on (D-16)."""

    basis: str


@dataclass(frozen=True)
class Reading(Stamp):
    """The reading (阅示) of the deputy director in charge."""

    decision: str = "agree"
    text: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the proposal may go on as it is."""
        return self.decision != "change"


@dataclass(frozen=True)
class Meeting:
    """The meeting and the clause of its minutes that a matter comes from (1-2)."""

    number: str
    clause: str


@dataclass(frozen=True)
class Suggestion:
    """What a motion, suggestion or proposal adds to a matter (1-7)."""

    proposer: str
    session: str
    number: str
    role: str | None = None
    asked: Remark | None = field(default=None, metadata=BESIDE)
    result_class: str | None = None
    satisfaction: str | None = None
    feedback: Remark | None = field(default=None, metadata=BESIDE)


@dataclass(frozen=True)
class Indicator:
    """One target set by a superior, and what was reached (1-6)."""

    name: str
    target: str
    period: str | None = None
    actual: str | None = None


@dataclass(frozen=True, kw_only=True)
class Urge(Stamp):
    """One urge: by what means, how heavy, whom (None: the lead) for which clock, and what was answered (3-3-1)."""

    means: str
    level: str
    unit: str | None = None
    clock: str | None = None
    text: str
    reply: Remark | None = None


@dataclass(frozen=True, kw_only=True)
class Verification(Stamp):
    """A check on site or by calling back whether what was reported is true."""

    means: str
    finding: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Accountability(Stamp):
    """The record for the body that decides on blame (2-8): persons, consequence, evidence. The program never decides guilt."""

    consequence: str
    persons: tuple[str, ...]
    evidence: tuple[str, ...]
    approved: Remark | None = None
    outcome: Remark | None = None


@dataclass(frozen=True)
class UnitPart:
    """A unit's part in an item: lead or assisting, its receipt, its leader's reading, its opinion.

    ``first_opinion`` is when its opinion was given first, where one that was written anew may have come after its day (D-1);
    ``carried_in`` says that it had the matter in hand already when it was carried in: its receipt was given elsewhere.
    """

    unit: str
    role: str
    signed_for: Stamp | None = None
    read: Remark | None = None
    opinion: Remark | None = field(default=None, metadata=BESIDE)
    first_opinion: Stamp | None = field(default=None, metadata=BESIDE)
    waiver: Remark | None = field(default=None, metadata=BESIDE)
    carried_in: bool | None = None


@dataclass(frozen=True)
class Progress(Stamp):
    """One feedback on progress."""

    percent: int | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One supervised item (督办事项)."""

    id: str
    title: str
    category: int
    subtype: str
    source: Source
    meeting: Meeting | None = None
    suggestion: Suggestion | None = None
    indicators: tuple[Indicator, ...] = ()
    external_due: str | None = None
    instructions: tuple[Instruction, ...] = ()
    importance: str
    urgency: str
    secrecy: Secrecy
    need_to_know: tuple[str, ...] = ()
    handling: str | None = None
    task_team: tuple[str, ...] = ()
    portfolio_leader: str | None = None
    leader_changes: tuple[LeaderChange, ...] = ()
    state: str
    registered: Stamp
    classified: Classification | None = field(default=None, metadata=BESIDE)
    carried_in: CarriedIn | None = None
    amendments: tuple[Amendment, ...] = field(default=(), metadata=BESIDE)
    proposal: Remark | None = None
    reading: Reading | None = None
    points: tuple[Point, ...] = ()
    due: str | None = None
    original_due: str | None = None
    feedback_cycle: str | None = None
    policy: str | None = None
    dispatched: Stamp | None = None
    units: tuple[UnitPart, ...] = ()
    objections: tuple[Objection, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    adjustments: tuple[Adjustment, ...] = field(default=(), metadata=BESIDE)
    extensions: tuple[Extension, ...] = field(default=(), metadata=BESIDE)
    urges: tuple[Urge, ...] = field(default=(), metadata=BESIDE)
    progress: tuple[Progress, ...] = field(default=(), metadata=BESIDE)
    report: Report | None = None
    director_signature: Signature | None = None
    outgoing: Outgoing | None = None
    up_report_waiver: Remark | None = None
    leader_shown: Remark | None = None
    reroutings: tuple[Rerouting, ...] = ()
    verifications: tuple[Verification, ...] = field(default=(), metadata=BESIDE)
    accountability: Accountability | None = field(default=None, metadata=BESIDE)
    concluded: Remark | None = None
    archived: Stamp | None = None
    suspensions: tuple[Suspension, ...] = ()
    closed: Closing | None = None
    reopenings: tuple[Reopening, ...] = ()
    withdrawn: tuple[WithdrawnDocument, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()
    voidings: tuple[Voiding, ...] = field(default=(), metadata=BESIDE)
    documents: tuple[IssuedDocument, ...] = field(default=(), metadata=BESIDE)

    @property
    def lead(self) -> str | None:
        """The one unit that leads, once proposed."""
        return next((part.unit for part in self.units if part.role == "lead"), None)

    @property
    def assisting(self) -> tuple[UnitPart, ...]:
        """The parts of the assisting units."""
        return tuple(part for part in self.units if part.role == "assisting")

    @property
    def narrowed(self) -> bool:
        """Whether nothing of it is published: only a few may know of it, or history still holds its text though it is classified by now."""
        return bool(self.need_to_know) or self.classified is not None

    @property
    def text_to_sign(self) -> str | None:
        """The hash of the text that the office's director and the bureau's leader sign: the outgoing document, else the report."""
        return self.outgoing.hash if self.outgoing else self.report.hash if self.report else None

    @cached_property
    def moved_at(self) -> str:
        """The time of the last step that moved the item: since when whoever holds it has it."""
        helping = tuple(part for part in self.units if part.role == "assisting")
        asides = tuple(each for each in self.objections if each.decided is None and each.unit != self.lead)
        return max([*moves(self, *helping, *asides), *(each.at for each in self.amendments if each.read_again)])

    @property
    def begun(self) -> str | None:
        """When its clocks began to run here: by the dispatch, as it was carried in open, or as it was taken up again."""
        if self.dispatched is not None or self.carried_in is None:
            return self.dispatched.at if self.dispatched else None
        if self.carried_in.state != "concluded":
            return self.registered.at
        return self.reopenings[0].at if self.reopenings else None

    @property
    def dispatched_on(self) -> str | None:
        """The day of its dispatch, also where that was before it was carried in; where nobody told it, when it was begun here."""
        return (self.carried_in and self.carried_in.dispatched) or (self.begun and self.begun[:10])

    @property
    def over_at(self) -> str:
        """When a closed matter came to its end; of one carried in the day that its old ledger tells, else that of its registration here."""
        end = self.concluded or self.closed
        return end.at if end else (self.carried_in and self.carried_in.concluded) or self.registered.at

    def held_since(self, part: UnitPart) -> str | None:
        """Return when a unit had the matter: by its receipt, or as it was carried in, in hand already; None while it has not signed."""
        return part.signed_for.at if part.signed_for else self.registered.at if part.carried_in else None

    @property
    def outgoing_place(self) -> int:
        """Which document going up the one in hand is, from 1: each reopening and each withdrawal begins another."""
        return 1 + len(self.reopenings) + len(self.withdrawn)

    @property
    def withdrawn_files(self) -> Mapping[str, WithdrawnDocument]:
        """The documents that were withdrawn, by the file names that they were issued under."""
        found: dict[str, WithdrawnDocument] = {}
        for before, gone in enumerate(self.withdrawn):
            place = 1 + before + sum(again.at <= gone.at for again in self.reopenings)
            found[document_name(self.id, gone.series, place)] = gone
        return found

    def lead_at(self, at: str) -> str | None:
        """Return the unit that led at a time; an act of the same second as a change of lead is the earlier one's."""
        return next((each.from_unit for each in self.transfers if each.role == "lead" and each.at >= at), None) or self.lead

    def urged(self) -> Iterator[tuple[str, Urge]]:
        """Yield the urges that asked a unit for an answer, each with the unit; no reminder, nor what the office owed (3-3-1; D-1)."""
        for each in self.urges:
            unit = each.unit or self.lead_at(each.at)
            if unit and each.level != "reminder" and each.clock != "extension":
                yield unit, each

    def part(self, unit: str) -> UnitPart | None:
        """Return the part of one unit, None when it has none."""
        return next((part for part in self.units if part.unit == unit), None)


@dataclass(frozen=True)
class Signed:
    """A signature that stands in an item.

    Attributes:
        place: where, as inputs name places: ``report.rounds[-1].consented``.
        signature: what stands there.
        text: the hash of the text as it is now; the signature is for it, or void.
    """

    place: str
    signature: TextSignature
    text: str | None


def signatures(item: Item) -> Iterator[Signed]:
    """Yield every signature over a text in force: on the report in hand, on the outgoing document, and for the bureau's office."""
    holders = {"": item, "report.rounds[-1].": item.report and item.report.round, "outgoing.": item.outgoing}
    for place, holder in holders.items():
        for name, found in text_signatures(holder) if holder else ():
            yield Signed(place + name, found, text_in_force(item, place + name))


def text_in_force(item: Item, place: str) -> str | None:
    """Return the hash of the text that a signature at a place of the item is for, as it stands now; None where there is none."""
    if signed_text(place) == "report":
        return item.report.hash if item.report else None
    return item.text_to_sign
