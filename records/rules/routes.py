"""What follows from the kind of a source: the categories it is lawful in, its level, by which series it is answered, to whom (D-8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from records.bureau.series import Series
from records.matter.item import Item
from schema.conversion import convert
from schema.tables import shipped


@dataclass(frozen=True)
class Kind:
    """One kind of source; ``schema/kinds.yaml`` says what its fields mean."""

    level: str
    categories: tuple[int, ...]


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of source by name."""
    return convert(shipped("kinds.yaml"), dict[str, Kind])


def lawful_kinds(category: int) -> tuple[str, ...]:
    """Return the kinds of source that a matter of that category may come from."""
    return tuple(name for name, kind in kinds().items() if category in kind.categories)


def route(item: Item, series: Mapping[str, Series]) -> str | None:
    """Return the series under which the bureau reports on a matter from that source, None for what is the bureau's own.

    Args:
        item: the matter.
        series: the bureau's series, as ``Roster.series`` gives them.
    """
    return next((name for name, each in series.items() if each.scope == "bureau" and item.source.kind in each.kinds), None)


def addressees(item: Item, series: Series) -> tuple[str, ...]:
    """Return to whom a document of a series may go: who instructed, or assigned, and else who passed it on (三（四）; D-8).

    A motion or suggestion is answered to its proposer, or to the organ that sent it on; who only assists sends the organ its opinion (1-7).
    """
    organ, asking = item.source.organ, item.suggestion
    proposer = asking.proposer if asking and asking.role != "assisting" else None
    if series.to == "leader":
        return (*(each.by for each in item.instructions), organ)
    return (organ,) if proposer is None else (proposer, organ)
