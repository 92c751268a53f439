"""The month's roundup (领导批示件汇总通报) as a record."""

import json
from dataclasses import dataclass, replace

from records.matter.numbers import Outside
from records.matter.plain_data import to_data
from records.matter.prose import content_hash
from records.matter.stamps import Signature, Stamp

UNNAMED = "（限定知悉范围的事项）"
"""What a roundup says in the place of the name of a matter that only a few may know of."""


@dataclass(frozen=True, kw_only=True)
class RoundupRow:
    """One item of a roundup and what is late in it (Q12; D-1).

    Attributes:
        days_late: workdays that the report is late, 0 while none has passed since its day; None where it is not late.
        feedback_late: likewise, of the feedback.
        unsigned: units that have not signed for it in time.
        silent: assisting units that have not given their opinion in time.
        came_late: the kinds of clock that came late in the period (迟报).
    """

    item: str
    title: str
    lead: str
    state: str
    due: str | None = None
    days_late: int | None = None
    feedback_late: int | None = None
    unsigned: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    came_late: tuple[str, ...] = ()
    urges: int
    returned: int
    omitted: Outside | None = None


@dataclass(frozen=True)
class Figures:
    """The counts of a period: carried over and opened are as many as all that follow together, but for the returned reports.

    Attributes:
        accepted_since: how many of those at the office were accepted after the period, before the roundup was drawn up; None for none.
    """

    carried_over: int | None = None
    opened: int = 0
    closed_on_time: int = 0
    closed_late: int = 0
    at_office: int | None = None
    accepted_since: int | None = None
    open_in_time: int = 0
    overdue: int = 0
    suspended: int | None = None
    ended_otherwise: int | None = None
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
