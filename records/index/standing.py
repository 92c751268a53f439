"""Where an index stands: the commit, and what is yet to come."""

import sqlite3


def meta(db: sqlite3.Connection, key: str) -> str:
    """Return a fact about the index itself, empty if unknown.

    ``commit`` is where its records stand, ``below`` the next commit of the history that a cold start has yet to record, ``rewound`` the
    commit at which it stood and that the register no longer had, and the one at which the register then stood.
    """
    found = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(found[0]) if found else ""


def unread(db: sqlite3.Connection) -> int:
    """Return how many records a cold start has yet to read."""
    return int(db.execute("SELECT COUNT(*) FROM unread").fetchone()[0])
