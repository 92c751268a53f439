"""In what two versions of a record differ, member by member, with what the schema calls each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schema.problem import Field
from schema.tables import checker


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
