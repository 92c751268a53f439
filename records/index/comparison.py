"""Whether an index says what the records say: a second one is made from the commits alone, and the two are laid side by side."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from records.index.rows import numbered

_ANSWERS = (
    "SELECT n, * FROM {0}.items",
    "SELECT n, * FROM {0}.parts",
    "SELECT n, * FROM {0}.problems",
    "SELECT n, * FROM {0}.turns",
    "SELECT n, * FROM {0}.asked",
    "SELECT item, step FROM {0}.touches JOIN {0}.commits USING (n)",  # commits are counted from where the index began
)
"""What answers lists, searches by unit, whose turn it is, and histories; the first column tells the item."""


def lies(index: Path, true: Path) -> Iterator[str]:
    """Yield the ids of the items of which an index says anything else than another of the same commit, each once.

    Args:
        index: the file that is doubted.
        true: the file that was made anew.

    Raises:
        sqlite3.Error: one of them cannot be read.
    """
    found: set[int] = set()
    with closing(sqlite3.connect(f"{true.resolve().as_uri()}?mode=ro", uri=True)) as db:
        db.execute("ATTACH ? AS doubted", (f"{index.resolve().as_uri()}?mode=ro",))
        for answer in _ANSWERS:
            one, other = answer.format("main"), answer.format("doubted")
            for rows in (f"{one} EXCEPT {other}", f"{other} EXCEPT {one}"):
                found |= {row[0] for row in db.execute(rows) if row[0] is not None}
    yield from (numbered(number) for number in sorted(found))
