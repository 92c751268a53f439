"""What an audit finds: one thing that is not as the register would have made it, in words that can go into a report."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from records.matter.altered import Altered

Kind = Literal["history", "store", "repository", "document", "attachment", "index", "checkpoint"]
"""What is false: acts, Git's objects, what stands round them, papers, a cache, or what was written down elsewhere."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is false.

    Attributes:
        kind: what of the register it is of.
        reason: why it cannot be, in Chinese.
        commit: 40 hex digits, empty where it is of none.
        at: when the commit says that it was made.
        person: whom the commit names as its author, ``name <address>``.
        record: the id of what the act was done on, empty where it is told of none.
        paths: the records that are false from here on.
        altered: what of them is not as it was before, or, where ``made`` is set, not as the act makes it.
        made: whether the act is lawful and only its record is not what it makes.
        rests: whether it was found by doing an act on what stood before, and so may come of an earlier falsehood there.
        follows: the commit of an earlier finding that this one may follow from.
    """

    kind: Kind
    reason: str
    commit: str = ""
    at: datetime | None = None
    person: str = ""
    record: str = ""
    paths: tuple[str, ...] = ()
    altered: tuple[Altered, ...] = ()
    made: bool = False
    rests: bool = False
    follows: str = ""
