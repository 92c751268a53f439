"""By which route a matter is reported up (domain 1.5)."""

from collections.abc import Mapping

from records.bureau.series import Series
from records.matter.item import Item


def route(item: Item, series: Mapping[str, Series]) -> str | None:
    """Return the series under which the bureau reports on a matter from that source, None for what is the bureau's own.

    Args:
        item: the matter.
        series: the bureau's series, as ``Roster.series`` gives them.
    """
    return next((name for name, each in series.items() if each.scope == "bureau" and item.source.kind in each.kinds), None)
