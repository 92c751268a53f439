"""Who did a step and when, with words or with a signature over a text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any

BESIDE: Mapping[str, bool] = {"beside": True}
"""Metadata of a dataclass field in which stands what goes on beside an item's way and moves it no further."""


@dataclass(frozen=True)
class Stamp:
    """Who did a step and when.

    Attributes:
        by: the person.
        at: the time.
        on_behalf_of: the person a stand-in stood in for.
        entered_by: who entered a signature that was given on paper; never shown as a signature in the system (Q24).
        scan: hash of the scanned paper.
        own: the person's own signature over a statement of it (records/signatures), if he gave one.
    """

    by: str
    at: str
    on_behalf_of: str | None = None
    entered_by: str | None = None
    scan: str | None = None
    own: str | None = None


@dataclass(frozen=True)
class Remark(Stamp):
    """A step with words."""

    text: str | None = None


@dataclass(frozen=True)
class Decision(Stamp):
    """An answer to what was asked for: ``approved`` or ``rejected``, with words."""

    decision: str = "rejected"
    text: str = ""


class TextSignature(Stamp):
    """A stamp for an exact text: what is kept of a review, a consent, a signature.

    A kind of its own: whoever voids, shows, dates or checks signatures goes by it and names none of them. Each is a dataclass with a field
    ``hash``; this class is none, so that every signature decides where that stands among its own fields.
    """

    hash: str

    @property
    def agrees(self) -> bool:
        """Whether it lets the text go on; a text sent back was signed by nobody."""
        return True


@dataclass(frozen=True)
class Signature(TextSignature):
    """A signature on the exact text that ``hash`` names."""

    hash: str = ""
    text: str | None = None


def text_signatures(record: Any) -> Iterator[tuple[str, TextSignature]]:  # noqa: ANN401  # any record, or a part of one
    """Yield the signatures that stand in the fields of a record themselves, each with the field's name, in the order of the fields."""
    for each in fields(record):
        if isinstance(found := getattr(record, each.name), TextSignature):
            yield each.name, found


def stamps(record: object) -> Iterator[Stamp]:
    """Yield the stamps in a record, however deep, each before those that stand in it."""
    if isinstance(record, Stamp):
        yield record
    for part in record if isinstance(record, tuple) else _parts(record):
        if isinstance(part, tuple) or is_dataclass(part):  # most are words, which hold nothing
            yield from stamps(part)


def _parts(record: object) -> Iterator[object]:
    return (getattr(record, name) for name in _names(type(record)))  # type: ignore[arg-type]  # a class is hashable


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()


def moves(record: object, *but: object) -> Iterator[str]:
    """Yield the times of the stamps in a record, however deep, that are not BESIDE its way.

    Args:
        record: a record, a part of one, or a list of parts.
        but: parts of it that move nothing either.
    """
    apart, left = {id(each) for each in but}, [record]
    while left:
        here = left.pop()
        if isinstance(here, tuple):
            left += here
        elif id(here) not in apart:
            if isinstance(here, Stamp):
                yield here.at
            left += filter(None, _moving(type(here))(here))  # type: ignore[arg-type]  # a class is hashable


@cache
def _moving(kind: type) -> Callable[[object], tuple[object, ...]]:
    """What takes out of a record the fields in which a stamp of its way can stand."""
    names = [each.name for each in fields(kind) if each.metadata != BESIDE and each.type not in _WORDS] if is_dataclass(kind) else []
    return attrgetter(*names) if len(names) > 1 else lambda record: tuple(getattr(record, name) for name in names)


_WORDS = (str, int, bool, str | None, int | None, bool | None, tuple[str, ...])
