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


def visible(roles: Collection[tuple[str, str | None]], units: Iterable[str | None]) -> bool:
    """Say whether somebody with these roles sees an item that ``units`` lead or assist; an administrator sees none."""
    own = {unit for role, unit in roles if unit and role != "admin"}
    return sees_all(roles) or not own.isdisjoint(units)
