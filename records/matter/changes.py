"""What bends the way of an item: corrections, objections, other units, more time, pauses, ends, fresh starts (二; 三（二）; domain 1.3)."""

from dataclasses import dataclass

from records.matter.outgoing import VoidedNumber
from records.matter.stamps import Decision, Remark, Stamp


@dataclass(frozen=True)
class Amendment(Stamp):
    """A correction of facts: which ones and why; the words before it stand in the commit before it.

    Attributes:
        instruction: which instruction was corrected, from 1.
        read_again: whether the matter went back to be read, since what was read was not so.
    """

    reason: str = ""
    instruction: int | None = None
    fields: tuple[str, ...] = ()
    read_again: bool | None = None


@dataclass(frozen=True)
class ObjectionDecision(Stamp):
    """The office's decision on an objection; only it moves an item to another unit (2-7)."""

    decision: str = "rejected"
    to_unit: str | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Objection(Stamp):
    """A unit's objection to its part, made within the objection window (2-7)."""

    unit: str
    kind: str
    reason: str
    decided: ObjectionDecision | None = None


@dataclass(frozen=True, kw_only=True)
class Transfer(Stamp):
    """A change of lead or assisting unit, with the receipt of the one that is out; the clock runs on (2-7)."""

    role: str
    from_unit: str | None = None
    to_unit: str | None = None
    reason: str
    signed_for: Stamp | None = None


@dataclass(frozen=True, kw_only=True)
class LeaderChange(Stamp):
    """Another bureau leader put over the matter than the one who was (D-4)."""

    from_leader: str | None = None
    reason: str


@dataclass(frozen=True)
class ExtensionDecision(Decision):
    """The decision on an extension; granted, which clock it moved (``redo``, else the item's due date) and the day that was before."""

    clock: str | None = None
    was: str | None = None


@dataclass(frozen=True, kw_only=True)
class Extension(Stamp):
    """A request (兰公×请) for more time, signed by the unit's main leader before the due date (3-2-2)."""

    number: str
    reason: str
    until: str
    decided: ExtensionDecision | None = None

    @staticmethod
    def titled(matter: str) -> str:
        """Return what the request is called for a matter of a name."""
        return f"关于延长“{matter}”办理时限的请示"


@dataclass(frozen=True)
class Point:
    """One requirement to be answered; without a unit it is the lead's, without a day it runs with the matter."""

    text: str
    unit: str | None = None
    due: str | None = None


@dataclass(frozen=True)
class AdjustmentDecision(Decision):
    """The decision on an adjustment; where it moved the due date, the day that was before."""

    was: str | None = None


@dataclass(frozen=True, kw_only=True)
class Adjustment(Stamp):
    """What is to be asked for from now on, with the new due date if it moves and the paper of whoever moved it back (D-11)."""

    points: tuple[Point, ...]
    due: str | None = None
    basis: str | None = None
    reason: str
    decided: AdjustmentDecision | None = None


@dataclass(frozen=True, kw_only=True)
class MovedDate:
    """A date that moved: ``due``, ``redo`` or ``point`` (its place, from 1), with the day before and after (D-3)."""

    what: str
    point: int | None = None
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Suspension(Stamp):
    """A pause of the matter, with the state it comes back to, and the dates that moved by the workdays it lasted."""

    reason: str
    from_state: str
    resumed: Remark | None = None
    moved: tuple[MovedDate, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Closing(Stamp):
    """The end of a matter without a result: cancelled, or merged into another one."""

    reason: str
    merged_into: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reopening(Stamp):
    """A closed matter taken up again, with its new deadline."""

    reason: str
    due: str


@dataclass(frozen=True, kw_only=True)
class Rerouting(Stamp):
    """A correction by which a matter the office had reviewed is answered otherwise: the document drawn up before is void (D-8)."""

    series: str | None = None
    title: str | None = None
    voided: tuple[VoidedNumber, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WithdrawnDocument(Stamp):
    """A document that was issued with a mistake and withdrawn; where it had gone up, whom the notice of it went to and when (D-13)."""

    series: str
    number: str
    title: str
    reason: str
    notice_to: str | None = None
    notice_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class TakenBack(Stamp):
    """An act that its author took back: which, of what time, and why (D-11)."""

    act: str
    of: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Voiding(Stamp):
    """Why a step did away with signatures of others; which they were shows in the records before and after it."""

    act: str
    reason: str
