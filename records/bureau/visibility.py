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


_HEADS = frozenset({"main_leader", "supervising_leader"})
"""The director and the deputies of the supervising office, who see in it what its clerks see (D-19)."""


def sees_all(roles: Iterable[tuple[str, str | None]], office: str) -> bool:
    """Say whether somebody with these roles sees every item: the supervising office ``office`` and its heads, the leaders, the auditors."""
    return any(role in _ALL or (unit == office and role in _HEADS) for role, unit in roles)


def visible(
    person: str, roles: Collection[tuple[str, str | None]], units: Iterable[str | None], office: str, few: Collection[str] = ()
) -> bool:
    """Say whether a person sees an item.

    Args:
        person: who looks.
        roles: the roles he holds today, each with its unit; an administrator's count for nothing.
        units: the units that lead or assist.
        office: the supervising office.
        few: those who may see an item with a need-to-know list; only these and the people of its units do then, whatever else anybody's
            roles would show him (D-19).
    """
    own = {unit for role, unit in roles if unit and role != "admin"}
    if not own.isdisjoint(units):
        return True
    return person in few if few else sees_all(roles, office)
