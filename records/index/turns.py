"""Whose turn it is, as the index keeps it: for each matter what ``records.acts.duties.turns`` made of its record.

What is owed in the same places, the same roles of the same bodies, is a group; who that is today is asked once a group, and the matters
are then found by it. Where people or the day must be looked at to know whether an act is owed, the record itself is kept, so that it can
be asked without Git; these are few, since signatures alone are like that.
"""

import json
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar

import msgspec

from records.index.listing import Reading, Scope, seen
from records.index.rows import Excerpt, read_excerpt
from records.index.standing import meta
from records.matter.item import Item
from records.procedure.turn import Places, ToAsk, Turn
from records.rules.clocks import Clock
from records.store.store import StoreError

SCHEMA = """
CREATE TABLE turns (
    n INTEGER NOT NULL, place INTEGER NOT NULL, act TEXT NOT NULL, places TEXT NOT NULL, begins TEXT NOT NULL, clock TEXT,
    over INTEGER NOT NULL, restricted INTEGER NOT NULL, updated TEXT NOT NULL, PRIMARY KEY (n, place)
) WITHOUT ROWID;
CREATE INDEX whose ON turns (places, over, updated, n, place, begins, restricted, act);
CREATE TABLE asked (n INTEGER PRIMARY KEY, places TEXT NOT NULL, acts TEXT NOT NULL, record BLOB NOT NULL, moved TEXT NOT NULL);
CREATE TRIGGER dated AFTER UPDATE OF excerpt ON items BEGIN
    UPDATE turns SET updated = json_extract(NEW.excerpt, '$.updated') WHERE n = NEW.n;
END;
"""
_GROUPS = """
WITH RECURSIVE known(places) AS (
    SELECT MIN(places) FROM turns
    UNION ALL SELECT (SELECT MIN(turns.places) FROM turns WHERE turns.places > known.places) FROM known WHERE known.places NOTNULL
) SELECT places FROM known WHERE places NOTNULL
"""
_EXCERPTS = "SELECT n, CAST(excerpt AS BLOB) FROM items WHERE n IN (SELECT value FROM json_each(?))"
_ASKED = "CAST(excerpt AS BLOB), acts, record, moved"
_CLOCK = msgspec.json.Decoder(Clock)
_PLACES = msgspec.json.Decoder(Places)
_T = TypeVar("_T")

Group = Places
"""The places in which something is owed; the office's where there is none."""


@dataclass(frozen=True)
class Awaited:
    """Something that is owed on an item, in the places of a group."""

    excerpt: Excerpt
    act: str
    group: Group
    clock: Clock | None


@dataclass(frozen=True)
class Asked:
    """An item of which only its record tells whether some acts are owed, with people and the day.

    It is taken apart where somebody looks at it: of most of them nobody does.
    """

    told: bytes
    acts: tuple[str, ...]
    record: bytes
    moved: str
    spoilt: Callable[[], None]

    @property
    def excerpt(self) -> Excerpt:
        """What lists show of it; raises as ``item`` does."""
        return self._read(read_excerpt, self.told)

    @property
    def item(self) -> Item:
        """The record.

        Raises:
            StoreError: it lies damaged in the index, which is made anew.
        """
        found = self._read(_item_decoder().decode, self.record)
        vars(found)["moved_at"] = self.moved  # each act asks since when, and to find it again takes as long as all that the gates do
        return found

    def _read(self, decode: Callable[[bytes], _T], data: bytes) -> _T:
        try:
            return decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:  # a number, or nothing, in its place
            self.spoilt()
            raise StoreError("索引有一处损坏，正在重新建立。请稍后再看；登记簿本身不受影响。") from error


class Turns:
    """Reads whose turn it is.

    Args:
        read: has something read at one moment.
        spoilt: called when something of it cannot be taken apart later.
    """

    def __init__(self, read: Reading, spoilt: Callable[[], None]) -> None:
        self._read, self._spoilt = read, spoilt

    def groups(self) -> list[Group]:
        """Return all groups in which anything is owed."""
        return self._read(lambda db: [_PLACES.decode(places) for (places,) in db.execute(_GROUPS)])

    def open(self, groups: Collection[Group], scope: Scope, day: date) -> list[Awaited]:
        """Return what is owed in some groups on matters that are not over, the oldest number first.

        Args:
            groups: in which.
            scope: which matters count.
            day: the day on which it is owed.
        """

        def work(db: sqlite3.Connection) -> list[Awaited]:
            where, values = _owed(groups, scope, day, over=False)
            return _awaited(db, f"{where} ORDER BY n, place", values)

        return self._read(work)

    def over(self, groups: Collection[Group], scope: Scope, day: date, first: int, most: int) -> tuple[str, list[Awaited]]:
        """Return the commit, and some of what is owed on matters that are over, longest untouched first; further as ``open``.

        Args:
            groups: in which.
            scope: which matters count.
            day: the day on which it is owed.
            first: how many are left out before them.
            most: how many at most, all of them where it is negative.
        """

        def work(db: sqlite3.Connection) -> tuple[str, list[Awaited]]:
            where, values = _owed(groups, scope, day, over=True)
            return meta(db, "commit"), _awaited(db, f"{where} ORDER BY updated, n, place LIMIT ? OFFSET ?", (*values, most, first))

        return self._read(work)

    def count_over(self, groups: Collection[Group], scope: Scope, day: date) -> int:
        """Return how much is owed on matters that are over, as ``over`` gives it."""
        where, values = _owed(groups, scope, day, over=True)
        sql = f"SELECT COUNT(*) FROM turns WHERE {where}"  # noqa: S608  # our own parts
        return self._read(lambda db: int(db.execute(sql, values).fetchone()[0]))

    def numbers(self, scope: Scope | None, day: date) -> list[tuple[Group, int]]:
        """Return each turn of a day by its group and the number of its item; None for the scope is everything that there is."""
        where, values = seen(scope, "turns") if scope else ("TRUE", ())
        sql = f"SELECT places, n FROM turns WHERE begins <= ? AND {where} ORDER BY n, place"  # noqa: S608  # our own parts

        def work(db: sqlite3.Connection) -> list[tuple[Group, int]]:
            rows = db.execute(sql, (day.isoformat(), *values)).fetchall()
            known = {places: _PLACES.decode(places) for places in {places for places, _ in rows}}
            return [(known[places], n) for places, n in rows]

        return self._read(work)

    def first(self, numbers: Collection[int], day: date) -> tuple[dict[int, tuple[str, list[Group]]], list[Asked]]:
        """Return of some items, by their numbers, what is owed first on a day and where, and those of which only records tell.

        Args:
            numbers: of the items.
            day: the day on which it is owed.
        """
        wanted = json.dumps(sorted(numbers))
        owed = "SELECT n, act, places FROM turns WHERE n IN (SELECT value FROM json_each(?)) AND begins <= ? ORDER BY n, place"
        told = f"SELECT {_ASKED} FROM asked JOIN items USING (n) WHERE n IN (SELECT value FROM json_each(?))"  # noqa: S608  # our own parts

        def work(db: sqlite3.Connection) -> tuple[dict[int, tuple[str, list[Group]]], list[Asked]]:
            found: dict[int, tuple[str, list[Group]]] = {}
            for n, act, places in db.execute(owed, (wanted, day.isoformat())):
                first, groups = found.setdefault(n, (act, []))
                if act == first:
                    groups.append(_PLACES.decode(places))
            return found, self._asked(db, told, wanted)

        return self._read(work)

    def concerned(self) -> list[Group]:
        """Return all places that may be concerned by what only the records of matters tell."""
        return self._read(lambda db: [_PLACES.decode(places) for (places,) in db.execute("SELECT DISTINCT places FROM asked")])

    def asked(self, groups: Collection[Group]) -> list[Asked]:
        """Return the matters of which only their records tell whether some acts are owed, the oldest number first.

        Args:
            groups: of those that may concern some places, as ``concerned`` gives them.
        """
        where = "places IN (SELECT value FROM json_each(?)) ORDER BY n"
        sql = f"SELECT {_ASKED} FROM asked CROSS JOIN items USING (n) WHERE {where}"  # noqa: S608  # our own parts
        wanted = json.dumps([_text(group) for group in groups])
        return self._read(lambda db: self._asked(db, sql, wanted))

    def _asked(self, db: sqlite3.Connection, sql: str, wanted: str) -> list[Asked]:
        rows = db.execute(sql, (wanted,))
        return [Asked(told, tuple(acts.split()), record, moved, self._spoilt) for told, acts, record, moved in rows]


@cache
def _item_decoder() -> "msgspec.json.Decoder[Item]":
    return msgspec.json.Decoder(Item)


def put(db: sqlite3.Connection, n: int, found: Collection[Turn], asked: tuple[ToAsk, bytes, str] | None) -> None:
    """Set what is owed on an item that is there.

    Args:
        db: the index, in a transaction.
        n: the item's row number.
        found: whose turn it is.
        asked: what is to be asked besides, the record, and when it was moved last; None for nothing.
    """
    drop(db, n)
    if asked is not None:
        (places, acts), record, moved = asked
        db.execute("INSERT INTO asked VALUES (?, ?, ?, ?, ?)", (n, _text(places), " ".join(acts), record, moved))
    if found:
        of_item = db.execute("SELECT NOT open, restricted, updated FROM items WHERE n = ?", (n,)).fetchone()
        clocks = (msgspec.json.encode(turn.clock).decode() if turn.clock else None for turn in found)
        db.executemany(
            "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (n, place, turn.act, _text(turn.places), turn.begins, clock, *of_item)
                for place, (turn, clock) in enumerate(zip(found, clocks, strict=True))
            ),
        )


def drop(db: sqlite3.Connection, n: int | None) -> None:
    """Forget what is owed on an item."""
    db.execute("DELETE FROM turns WHERE n = ?", (n,))
    db.execute("DELETE FROM asked WHERE n = ?", (n,))


def _text(group: Group) -> str:
    return msgspec.json.encode(group).decode()


def _owed(groups: Collection[Group], scope: Scope, day: date, *, over: bool) -> tuple[str, tuple[object, ...]]:
    narrowed, values = seen(scope, "turns")
    wanted = json.dumps([_text(group) for group in groups])
    sql = f"places IN (SELECT value FROM json_each(?)) AND over = ? AND begins <= ? AND {narrowed}"  # noqa: S608  # our own parts
    return sql, (wanted, over, day.isoformat(), *values)


def _awaited(db: sqlite3.Connection, rest: str, values: tuple[object, ...]) -> list[Awaited]:
    """What a condition leaves of all turns, and an order and a limit; only of these are items read."""
    rows = db.execute(f"SELECT n, act, places, clock FROM turns WHERE {rest}", values).fetchall()  # noqa: S608  # our own parts
    wanted = json.dumps(sorted({n for n, *_ in rows}))
    found = {n: read_excerpt(text) for n, text in db.execute(_EXCERPTS, (wanted,))}
    return [Awaited(found[n], act, _PLACES.decode(places), _CLOCK.decode(clock) if clock else None) for n, act, places, clock in rows]
