"""Who did a step and when, with words or with a signature over a text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stamp:
    """Who did a step and when.

    Attributes:
        by: the person.
        at: the time.
        on_behalf_of: the person a stand-in stood in for.
        entered_by: who entered a signature that was given on paper; never shown as a signature in the system (Q24).
        scan: hash of the scanned paper.
    """

    by: str
    at: str
    on_behalf_of: str | None = None
    entered_by: str | None = None
    scan: str | None = None


@dataclass(frozen=True)
class Remark(Stamp):
    """A step with words."""

    text: str | None = None


@dataclass(frozen=True)
class Signature(Stamp):
    """A signature on the exact text that ``hash`` names."""

    hash: str = ""
    text: str | None = None
