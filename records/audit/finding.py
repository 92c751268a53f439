"""What an audit finds: one thing that is not as the register would have made it, in words that can go into a report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schema.problem import Field
from schema.tables import checker

Kind = Literal["history", "store", "repository", "document", "attachment", "index", "checkpoint"]
"""What is false: acts, Git's objects, what stands round them, papers, a cache, or what was written down elsewhere."""


@dataclass(frozen=True, slots=True)
class Altered:
    """One member of a record that is not as it was, or not as the act would have left it.

    Attributes:
        path: of the record.
        place: in the record.
        label: what the schema calls it.
        old: as it was or should be, plain data; None where nothing stood.
        new: as it is.
    """

    path: str
    place: Field
    label: str
    old: object
    new: object


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


def altered(path: str, kind: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Altered]:
    """Yield the members in which two versions of a record differ, in the order of the record; a list's new entries each as a whole.

    Args:
        path: of the record.
        kind: of record, as its schema is named.
        old: plain data, empty where there was none.
        new: likewise.
    """
    check = checker(kind)
    for place, was, now in _differing(old, new, ()):
        titled = (place[:end] for end in range(len(place), 0, -1))
        label = next((str(title) for part in titled if (title := check.at(part).get("title"))), str(place[-1]))
        yield Altered(path, place, label, was, now)


def _differing(old: object, new: object, place: Field) -> Iterator[tuple[Field, object, object]]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _differing(old.get(key), new.get(key), (*place, key))
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and not isinstance(old, str) and not isinstance(new, str):
        for index in range(max(len(old), len(new))):
            one, other = (each[index] if index < len(each) else None for each in (old, new))
            yield from _differing(one, other, (*place, index))
    else:
        yield place, old, new
