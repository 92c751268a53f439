"""Who sees what, in one place: lists, searches, counts and case files all ask here (design §4; domain 2-6)."""

from collections.abc import Collection, Iterable

_ALL = frozenset(
    {
        "supervision_office",
        "office_director_in_charge",
        "registry_clerk",
        "archivist",
        "bureau_leader",
        "deputy_director_in_charge",
        "auditor",
    }
)


def sees_all(roles: Iterable[tuple[str, str | None]]) -> bool:
    """Say whether somebody with these roles sees every item: the supervising office, the bureau's leaders, the auditors."""
    return any(role in _ALL for role, _ in roles)


def visible(person: str, roles: Collection[tuple[str, str | None]], units: Iterable[str | None], named: Collection[str] = ()) -> bool:
    """Say whether a person sees an item.

    Args:
        person: who looks.
        roles: the roles he holds today, each with its unit; an administrator's count for nothing.
        units: the units that lead or assist.
        named: the item's need-to-know list with the leader over it; when it is not empty, only these and the item's units see it,
            whatever else anybody's roles would show him.
    """
    own = {unit for role, unit in roles if unit and role != "admin"}
    if not own.isdisjoint(units):
        return True
    return person in named if named else sees_all(roles)
