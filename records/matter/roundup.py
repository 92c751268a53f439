"""The month's roundup (领导批示件汇总通报) as a record."""

import json
from dataclasses import dataclass, replace

from records.matter.numbers import Outside
from records.matter.plain_data import to_data
from records.matter.prose import content_hash
from records.matter.stamps import Signature, Stamp


@dataclass(frozen=True, kw_only=True)
class RoundupRow:
    """One item of a roundup, with both clocks of lateness (Q12)."""

    item: str
    title: str
    lead: str
    state: str
    due: str | None = None
    days_late: int | None = None
    feedback_late: int | None = None
    urges: int
    returned: int
    omitted: Outside | None = None


@dataclass(frozen=True)
class Figures:
    """The counts of a period."""

    opened: int = 0
    closed_on_time: int = 0
    closed_late: int = 0
    open_in_time: int = 0
    overdue: int = 0
    returned_reports: int = 0


@dataclass(frozen=True, kw_only=True)
class Roundup:
    """One month's roundup on its way: drafted by office or clock, approved by the deputy director in charge, issued to all units."""

    id: str
    title: str
    since: str
    until: str
    as_of: str
    state: str
    drafted: Stamp
    text: str | None = None
    figures: Figures
    rows: tuple[RoundupRow, ...] = ()
    approved: Signature | None = None
    issued: Stamp | None = None

    @property
    def moved_at(self) -> str:
        """The time of the last step that moved it."""
        return max(stamp.at for stamp in (self.drafted, self.approved, self.issued) if stamp)

    @property
    def hash(self) -> str:
        """The hash of all that is put before the deputy director in charge, which the approval is given for."""
        shown = to_data(replace(self, state="drafted", approved=None, issued=None))
        return content_hash(json.dumps(shown, ensure_ascii=False, sort_keys=True))
