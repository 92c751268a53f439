"""One commit of a history, as screens and documents tell it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One commit in a history: what its trailers say, safe to show; what they do not say is empty.

    Attributes:
        commit: 40 hex digits.
        item: the one item it is about, None if it touched none or several.
        person: id of the author.
        time: ISO 8601 with offset.
        words: the message between subject and trailers.
        on_behalf_of: ``name <id@bureau>``.
        number: the document number taken, issued or voided.
    """

    commit: str
    item: str | None
    act: str
    person: str
    time: str
    subject: str
    words: str
    unit: str
    on_behalf_of: str
    number: str
