"""In whose hands matters are, for many of them at once: from what the index keeps of turns, never by reading a record each."""

from collections.abc import Iterable, Mapping, Sequence

from desk.desk import Desk
from records.acts.duties import held
from records.index.rows import Excerpt, item_number
from records.index.turns import Group

NOBODY = "无人承办"
_NAMED = 2
"""People who are named; of more the first, and how many there are."""


def in_whose_hands(desk: Desk, found: Sequence[Excerpt]) -> Mapping[str, str]:
    """Return the names of those who have some matters next, by id; of what nothing is owed on there is none.

    Args:
        desk: the person's.
        found: matters that he may see.
    """
    numbers = {n: each.id for each in found if (n := item_number(each.id)) is not None}
    first, asked = desk.register.index.turns.first(numbers, desk.today)
    known: dict[Group, str] = {}
    for group in first.values():
        if group not in known:
            known[group] = _named(desk, (standing.person for standing in held(group, desk.view.roster, desk.today)))
    told = {numbers[n]: known[group] for n, group in first.items()}
    for each, duty in desk.judged.of(asked, desk.view, desk.clock()):
        told.setdefault(each.excerpt.id, _named(desk, duty.people))
    return told


def _named(desk: Desk, people: Iterable[str]) -> str:
    names = list(dict.fromkeys(desk.view.roster.name(person) for person in people))
    if len(names) > _NAMED:
        return f"{names[0]}等{len(names)}人"
    return "、".join(names) or NOBODY
