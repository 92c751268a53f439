"""What an index's file is laid out as, and what stops whoever fills it."""

import sqlite3
from collections.abc import Callable
from typing import TypeAlias

from records.index import listing, search, turns

SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
    n INTEGER PRIMARY KEY, open INTEGER NOT NULL, state TEXT NOT NULL, source TEXT NOT NULL, merged TEXT,
    excerpt TEXT NOT NULL, ended TEXT, facts TEXT,
    lead TEXT AS (IFNULL(json_extract(excerpt, '$.lead'), '~')), updated TEXT AS (json_extract(excerpt, '$.updated')),
    restricted INTEGER AS (json_array_length(excerpt, '$.need_to_know') > 0), urges INTEGER AS (json_extract(excerpt, '$.urges'))
);
{listing.SCHEMA}CREATE INDEX open_items ON items (n) WHERE open;
CREATE INDEX states ON items (state);
CREATE INDEX restricted_items ON items (n) WHERE restricted;
CREATE INDEX sources ON items (source);
CREATE INDEX carried_in ON items (json_extract(excerpt, '$.carried_in')) WHERE json_extract(excerpt, '$.carried_in') IS NOT NULL;
CREATE TABLE unread (n INTEGER PRIMARY KEY);
CREATE TABLE parts (unit TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (unit, n)) WITHOUT ROWID;
CREATE INDEX units_of ON parts (n);
CREATE TABLE problems (path TEXT PRIMARY KEY, n INTEGER, found TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE commits (n INTEGER PRIMARY KEY, step TEXT NOT NULL);
CREATE INDEX steps_of ON commits (json_extract(step, '$.person'), json_extract(step, '$.time'));
CREATE INDEX steps_by ON commits (json_extract(step, '$.act'), json_extract(step, '$.time'));
CREATE TABLE touches (item INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (item, n)) WITHOUT ROWID;
CREATE TABLE hands (person TEXT NOT NULL, n INTEGER NOT NULL, began INTEGER NOT NULL, PRIMARY KEY (person, n)) WITHOUT ROWID;
{search.SCHEMA}{turns.SCHEMA}"""

Progress: TypeAlias = Callable[[int, int], bool]


FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What is raised of a file that cannot be used: the library tells of damage in the words that it finds there, which need be no text."""


class Unusable(Exception):
    """The index's file is there and cannot be used; the message says why, in Chinese."""


class Stopped(Exception):
    """Whoever watches the progress wants no more of it."""
