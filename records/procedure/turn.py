"""Whose turn it is, whoever has office: what the index keeps of a record, and what ``records.acts.duties`` makes duties of."""

from dataclasses import dataclass

from records.rules.clocks import Clock

Places = tuple[tuple[str, str | None], ...]
"""Roles, each with its body, None for the bureau's leadership."""
ToAsk = tuple[Places, tuple[str, ...]]
"""Acts of which people and the day must be looked at to know whether they are owed on a record: whom they may concern, and the acts."""


@dataclass(frozen=True)
class Turn:
    """Something that is to be done on a record, by whoever has office when.

    Attributes:
        act: the act owed.
        places: where it is open to whoever has office there; none where it is refused in all of them.
        since: since when it is owed, a time of the record.
        begins: the day from which it is owed, empty for at once.
        clock: its clock, None without one.
    """

    act: str
    places: Places
    since: str
    begins: str
    clock: Clock | None
