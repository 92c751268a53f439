"""In whose hands matters are, for many of them at once: from what the index keeps of turns, never by reading a record each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desk.desk import Desk
from records.acts.duties import held
from records.bureau.roster import Roster
from records.index.rows import Excerpt, item_number
from records.index.turns import Group

NOBODY = "无人承办"
_NAMED = 2
"""People who are named; of more the first, and how many there are."""


@dataclass(frozen=True)
class Hands:
    """What is owed on a matter first, and the ids of those who may do it today, in all units that owe it."""

    act: str
    people: tuple[str, ...]


def in_whose_hands(desk: Desk, found: Sequence[Excerpt]) -> Mapping[str, Hands]:
    """Return in whose hands some matters are, by id; of what nothing is owed on there is none.

    Args:
        desk: the person's.
        found: matters that he may see.
    """
    numbers = {n: each.id for each in found if (n := item_number(each.id)) is not None}
    first, asked = desk.register.index.turns.first(numbers, desk.today)
    known: dict[Group, tuple[str, ...]] = {}
    roster = desk.view.roster
    for group in (each for _, groups in first.values() for each in groups):
        if group not in known:
            known[group] = tuple(standing.person for standing in held(group, roster, desk.today))
    told = {numbers[n]: Hands(act, _once(known[group] for group in groups)) for n, (act, groups) in first.items()}
    for each, duties in desk.judged.first(asked, desk.view, desk.clock()):
        told[each.excerpt.id] = Hands(duties[0].act, _once(duty.people for duty in duties))
    return told


def _once(people: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for some in people for person in some))


def named(roster: Roster, hands: Hands | None) -> str:
    """Return who has a matter, by name; empty where nobody is to do anything."""
    names = [roster.name(person) for person in hands.people] if hands else []
    if len(names) > _NAMED:
        return f"{names[0]}等{len(names)}人"
    return "、".join(names) or (NOBODY if hands else "")
