"""Names of units where a column has no room for them: head and tail of the name, and never one that could be another unit's."""

from rich.cells import cell_len

from records.bureau.roster import Roster
from schema.text import show

_MORE = "…"
_TAIL = 2
"""Characters at a name's end that say of what kind the unit is: 支队, 分局."""


def unit_within(name: str, roster: Roster, cells: int) -> str:
    """Return a name within so many cells: 经济犯…支队; of another text, and of one that fits, all of it.

    Args:
        name: what is to stand there.
        roster: knows the units.
        cells: cells that there are.
    """
    if cell_len(show(name)) <= cells or name not in (names := [unit.name for unit in roster.units.values()]):
        return name
    found = (_shortened(name, tail, cells - cell_len(_MORE)) for tail in (*range(_TAIL, len(name)), 1, 0))
    meant = ((head, tail) for head, tail in found if head and sum(_means(each, head, tail) for each in names) == 1)
    head, tail = next(meant, ("", ""))
    return f"{head}{_MORE}{tail}" if head else f"{next(unit.id for unit in roster.units.values() if unit.name == name)} {name}"


def _shortened(name: str, tail: int, cells: int) -> tuple[str, str]:
    """Return as much of the head of a name as has room before so many characters of its tail; no head where none has."""
    end, head = name[len(name) - tail :], name[: len(name) - tail - 1]
    while head and cell_len(head) + cell_len(end) > cells:
        head = head[:-1]
    return head, end


def _means(name: str, head: str, tail: str) -> bool:
    return len(name) > len(head) + len(tail) and name.startswith(head) and name.endswith(tail)
