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
    "SELECT n, person, began FROM {0}.hands",
    "SELECT n, text FROM {0}.texts",
)
"""What answers lists, searches by unit, whose turn it is, histories, who did what, and searches; the first column tells the item."""
_ITEMS = "SELECT doc FROM temp.{0}_instance WHERE term = ?"


def lies(index: Path, true: Path) -> Iterator[str]:
    """Yield the ids of the items of which an index says anything else than another of the same commit, each once.

    Args:
        index: the file that is doubted.
        true: the file that was made anew.

    Raises:
        sqlite3.Error, UnicodeDecodeError: one of them cannot be read (``layout.FAULTS``).
    """
    found: set[int] = set()
    with closing(sqlite3.connect(f"{true.resolve().as_uri()}?mode=ro", uri=True)) as db:
        db.execute("ATTACH ? AS doubted", (f"{index.resolve().as_uri()}?mode=ro",))
        for answer in _ANSWERS:
            one, other = answer.format("main"), answer.format("doubted")
            for rows in (f"{one} EXCEPT {other}", f"{other} EXCEPT {one}"):
                found |= {row[0] for row in db.execute(rows) if row[0] is not None}
        found |= _unlike_pairs(db)
    yield from (numbered(number) for number in sorted(found))


def _unlike_pairs(db: sqlite3.Connection) -> set[int]:
    """The items of which the pairs of the search are not the same: of the marks that do not stand in as many texts, who has them."""
    for file in ("main", "doubted"):
        for kind in ("row", "instance"):
            db.execute(f"CREATE VIRTUAL TABLE temp.{file}_{kind} USING fts5vocab({file}, pairs, {kind})")
        db.execute(f"CREATE TABLE temp.{file}_marks AS SELECT term, doc FROM temp.{file}_row")  # noqa: S608  # our own names
    one, other = "SELECT * FROM temp.main_marks", "SELECT * FROM temp.doubted_marks"
    marks = {row[0] for rows in (f"{one} EXCEPT {other}", f"{other} EXCEPT {one}") for row in db.execute(rows)}
    found: set[int] = set()
    for mark in marks:
        these, those = ({item for (item,) in db.execute(_ITEMS.format(file), (mark,))} for file in ("main", "doubted"))
        found |= these ^ those
    return found
