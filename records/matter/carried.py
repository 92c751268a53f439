"""What is known of a matter from before it came into this register (结转登记): words of another ledger, never a signature."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CarriedIn:
    """Where a matter was registered before, and as what it came from there.

    Attributes:
        ledger: the ledger that it stood in; with ``number``, its number there, it tells the matter from every other.
        row: the place in the table from which it was read.
        state: the state in which it came: ``dispatched``, ``in_progress`` or ``concluded``.
        dispatched: the day it was dispatched there.
        answerable: who answered for it, in that ledger's words.
        progress: how it went until then.
        concluded: the day on which it was concluded there.
        reported: how it was reported up, in that ledger's words.
    """

    ledger: str
    number: str
    row: str | None = None
    state: str
    dispatched: str | None = None
    answerable: str | None = None
    progress: str | None = None
    concluded: str | None = None
    reported: str | None = None
