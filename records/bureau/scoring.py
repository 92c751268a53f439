"""What is taken off an item's score for what (评分规则): a version each, drawn up and approved as the policy is (D-17).

A bureau that set none goes by the version that ships with the program, schema/scoring.yaml.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from records.bureau.policy import hash_of
from records.matter.plain_data import from_data
from records.matter.stamps import Remark, Signature
from schema.tables import shipped

RuleName = Literal["returned", "late_report", "late_sign_for", "yellow_card", "red_card"]
RULE_NAMES: tuple[RuleName, ...] = get_args(RuleName)


@dataclass(frozen=True)
class ScoringRule:
    """What is taken off for what: ``points`` each time (late_report: each workday), ``most`` on one item."""

    name: RuleName
    title: str
    points: int
    most: int | None = None


@dataclass(frozen=True)
class Scoring:
    """One version of the scoring; a rule that is not in it is off, and so are places where ``ranking`` is."""

    version: str
    title: str
    base: int
    ranking: bool
    rules: tuple[ScoringRule, ...] = ()


@dataclass(frozen=True)
class ScoringDraft:
    """A version of the scoring as it is drawn up by the keeper of the roster, and once approved by the deputy director in charge (D-17)."""

    scoring: Scoring
    drafted: Remark
    approved: Signature | None = None

    @property
    def version(self) -> str:
        """The name of the version."""
        return self.scoring.version

    @property
    def hash(self) -> str:
        """The hash of what is approved: everything the version says."""
        return hash_of(self.scoring)


@cache
def default_scoring() -> Scoring:
    """Return the version that ships with the program."""
    return from_data(shipped("scoring.yaml"), Scoring)
