"""What acts rest on beside the matters themselves: people, units, the bureau, its rules and days. Records too, changed by acts (D-17).

A checkpoint is written as they are, though nothing rests on it but what is outside.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from records.bureau.calendar import CalendarYear
from records.bureau.policy import Policy, PolicyDraft
from records.bureau.roster import Bureau, Leaders, Roster, Unit
from records.bureau.scoring import Scoring, ScoringDraft
from records.matter.checkpoint import Checkpoint
from schema.tables import Target

Foundation = Unit | Leaders | Bureau | CalendarYear | Policy | PolicyDraft | Scoring | ScoringDraft | Checkpoint
LEADERS, BUREAU, POLICY, SCORING = "leaders", "bureau", "policy", "scoring"
"""The ids of the records of which there is one; a unit goes by its own, a calendar by its year."""


def with_foundations(roster: Roster, changed: Iterable[Foundation]) -> Roster:
    """Return a roster with some of its records exchanged for what an act made of them, or added; rules and days are none of them."""
    for each in changed:
        if isinstance(each, Unit):
            roster = replace(roster, units={**roster.units, each.id: each})
        elif isinstance(each, Leaders):
            roster = replace(roster, leaders=each)
        elif isinstance(each, Bureau):
            roster = replace(roster, bureau=each)
    return roster


def kinds_named(target: str) -> tuple[Target, ...]:
    """Return of what kinds of rows in the table of acts an id is the target, empty for one that is none of people, rules or days."""
    if target == LEADERS:
        return ("unit", "leaders")
    if target == BUREAU:
        return ("bureau",)
    if target == POLICY:
        return ("policy_draft",)
    if target == SCORING:
        return ("scoring_draft",)
    if re.fullmatch(r"2[0-9]{3}", target):
        return ("calendar",)
    return ("unit",) if re.fullmatch(r"[A-Z]{2,8}", target) else ()


def kind_of_foundation(record: Foundation) -> str:
    """Return which kind of record it is, as schemas are named."""
    return _NAMES[type(record)]


_NAMES: Mapping[type, str] = {
    Unit: "unit",
    Leaders: "leaders",
    Bureau: "bureau",
    CalendarYear: "calendar",
    Policy: "policy",
    PolicyDraft: "policy_draft",
    Scoring: "scoring",
    ScoringDraft: "scoring_draft",
    Checkpoint: "checkpoint",
}
KINDS = frozenset(_NAMES.values())
"""The kinds of these records."""
