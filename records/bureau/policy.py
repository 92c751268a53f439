"""What the regulation leaves open and the bureau has set: deadlines and gates, each version a file whose hash an item pins."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from records.matter.item import Item
from records.matter.prose import content_hash
from records.matter.stamps import Remark, Signature

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


Strength = Literal["session", "agent", "own"]
"""How much stands behind a signature: the service's word, the person's agent, the person's key on his own computer."""

_LATER = ("own_signatures", "agent_signatures", "idle_minutes")
"""Settings that were added: a version that does without one has the hash that it had before there was any."""


@dataclass(frozen=True)
class Reminder:
    """One step of the clock's own urging: at how many workdays left (negative: overdue), how heavy, by what means, in what words."""

    days_left: int
    level: str
    means: str
    text: str


@dataclass(frozen=True)
class Policy:
    """One version of the bureau's settings; counts are workdays, keyed by urgency or by feedback cycle.

    ``due_workdays`` is what a proposal starts from (domain 2.2); the office and the deputy director set the actual day.
    ``opinion_workdays`` is how long before the due date an assisting opinion is due (D-1). ``roundup_categories`` are those of which the
    roundup names whatever is late; leaders' instructions stand in it always. ``backdating_workdays`` is how far back an office may take
    effect (D-17). ``full_text`` says that the network is cleared for the text of classified matters; else only their shell is kept (D-16).
    ``own_signatures`` are the acts that the person signs with his own key on his own computer, ``agent_signatures`` those for which the
    agent that he forwards is enough; the others have the service's word. ``idle_minutes`` is after how many minutes without a key a
    session ends; None where the operator says so.
    """

    version: str
    reading_required: str
    due_workdays: Mapping[str, int]
    warning_workdays: Mapping[str, int]
    sign_for_workdays: Mapping[str, int]
    feedback_workdays: Mapping[str, int]
    objection_workdays: int
    quiet_workdays: int
    roundup_workday: int = 5
    opinion_workdays: int = 2
    roundup_categories: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9)
    backdating_workdays: int = 5
    reminders: tuple[Reminder, ...] = ()
    full_text: bool = False
    own_signatures: tuple[str, ...] = ()
    agent_signatures: tuple[str, ...] = ()
    idle_minutes: int | None = None

    def strength(self, act: str) -> Strength:
        """Return how strong a signature under an act must be at least."""
        return "own" if act in self.own_signatures else "agent" if act in self.agent_signatures else "session"

    def needs_reading(self, item: Item) -> bool:
        """Say whether the deputy director in charge must read the item before dispatch (三（一）1; domain Q1)."""
        if self.reading_required == "always":
            return True
        return item.importance != "normal" or item.source.level == "superior" or item.source.kind == "bureau_leader_instruction"


@dataclass(frozen=True)
class PolicyDraft:
    """A version of the policy as it is drawn up by the keeper of the roster, and once approved by the deputy director in charge (D-17)."""

    policy: Policy
    drafted: Remark
    approved: Signature | None = None

    @property
    def version(self) -> str:
        """The name of the version."""
        return self.policy.version

    @property
    def hash(self) -> str:
        """The hash of what is approved: every setting of the version."""
        return hash_of(self.policy)


def hash_of(version: "DataclassInstance") -> str:
    """Return the hash of a version of rules, by which it is approved: of everything it says."""
    said = asdict(version)
    for name in _LATER:
        if not said.get(name, True):
            del said[name]
    return content_hash(json.dumps(said, ensure_ascii=False, sort_keys=True))
