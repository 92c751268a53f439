"""Lists read a page at a time: which items, in what order, for whom. Nobody holds the rows; what is counted and ordered is narrow indexes.

Each order has an index that holds what lists are narrowed by as well, so that counting and leafing never touch the rows themselves. What
only a day and the rules tell, lights above all, comes in as numbers of items: only open items have any.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal, Protocol, TypeVar

from records.index import search
from records.index.rows import Excerpt, read_excerpt
from records.index.standing import meta, unread

SCHEMA = """CREATE INDEX by_number ON items (n DESC, state, restricted, lead);
CREATE INDEX by_lead ON items (lead, n DESC, state, restricted);
CREATE INDEX by_update ON items (updated DESC, n DESC, state, restricted, lead);
CREATE INDEX by_urges ON items (urges DESC, n DESC, state, restricted, lead);
"""
Order = Literal["number", "lead", "updated", "urged"]
EVERY = 1 << 40
"""More lines than any list has."""
_SOME = 5000  # in the states asked for: of so many the numbers are told
_FEW = 500  # found by words: so few are put in order themselves; of more, enough are met with on the way through an order
_WAYS = 3  # words that are looked for in all ways at once
_KEPT = 16  # counts that are remembered
_T = TypeVar("_T")
_Condition = tuple[str, tuple[object, ...]]


class Reading(Protocol):
    """Has something read of an index at one moment."""

    def __call__(self, work: Callable[[sqlite3.Connection], _T], /) -> _T:
        """Return what the work gives."""


@dataclass(frozen=True)
class Scope:
    """What a person may see: all that is not restricted, or the matters of some units; and of the restricted ones those named.

    Attributes:
        every: whether he sees all that is not restricted.
        units: whose matters he sees where he does not.
        shown: numbers of the restricted items that he may see.
    """

    every: bool
    units: tuple[str, ...] = ()
    shown: tuple[int, ...] = ()


@dataclass(frozen=True)
class Word:
    """A word that is looked for in an item's text, and where else it counts as found.

    Attributes:
        text: as it was typed.
        leads: units that lead, of which the name holds it.
        states: states, of which the label holds it.
        carried: whether it stands in what marks an item that was carried in.
        also: numbers of items in whose line it stands.
    """

    text: str
    leads: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    carried: bool = False
    also: tuple[int, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is found in texts alone."""
        return not (self.leads or self.states or self.carried or self.also)


What = Literal["lead", "unit", "assisting", "state", "category", "leader", "received", "due", "hands", "registered"]


@dataclass(frozen=True)
class Having:
    """What an item must have to be in a list.

    Attributes:
        what: a fact of it; ``unit`` leads or assists, ``due`` is the clock's day, ``hands`` are people who did anything on it,
            ``registered`` those who entered it, both as far as the history is there.
        of: any of these; of days the month, ``2026-09``.
    """

    what: What
    of: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Which items a list holds and in what order.

    Attributes:
        scope: for whom.
        words: all must be found.
        having: what each item has, all of it.
        among: numbers of the only items that count, None for all.
        order: of the items; newest number first where that leaves it open.
        ranked: numbers of items that come before all others, in this order.
    """

    scope: Scope
    words: tuple[Word, ...] = ()
    having: tuple[Having, ...] = ()
    among: tuple[int, ...] | None = None
    order: Order = "number"
    ranked: tuple[int, ...] = ()


class Listings:
    """Reads lists of an index.

    Args:
        read: has something read at one moment.
    """

    def __init__(self, read: Reading) -> None:
        self._read = read
        self._counted: dict[Listing, tuple[str, int]] = {}

    def page(self, wanted: Listing, first: int, most: int) -> tuple[str, list[Excerpt]]:
        """Return the commit at which the list stands, and some of its items.

        Args:
            wanted: the list.
            first: how many are left out before them.
            most: how many at most.
        """

        def work(db: sqlite3.Connection) -> tuple[str, list[Excerpt]]:
            told = _narrower(db, wanted)
            numbers = (ahead := _ahead(db, told))[first : first + most]
            if len(numbers) < most:
                numbers += _column(db, _walk(db, told), " LIMIT ? OFFSET ?", (most - len(numbers), max(0, first - len(ahead))))
            found = dict(db.execute("SELECT n, excerpt FROM items WHERE n IN (SELECT value FROM json_each(?))", (json.dumps(numbers),)))
            return meta(db, "commit"), [read_excerpt(found[n]) for n in numbers]

        return self._read(work)

    def count(self, wanted: Listing, most: int | None = None) -> int:
        """Return how many items there are in a list; no more than so many are counted."""

        def work(db: sqlite3.Connection) -> int:
            if most is not None:
                sql, values = _walk(db, replace(_of_states(db, wanted), order="number", ranked=()))
                return _one(db, (f"SELECT COUNT(*) FROM ({sql} LIMIT ?)", (*values, most)))  # noqa: S608  # our own parts
            stands = f"{meta(db, 'commit')} {unread(db)} {meta(db, 'below')}"
            known = self._counted.get(wanted)
            if known is None or known[0] != stands:
                if len(self._counted) >= _KEPT:
                    self._counted.clear()
                known = self._counted[wanted] = stands, _counted(db, _of_states(db, wanted))
            return known[1]

        return self._read(work)

    def place(self, wanted: Listing, number: int) -> int | None:
        """Return how many items stand before one in a list, None where it is not in it."""

        def work(db: sqlite3.Connection) -> int | None:
            ahead = _ahead(db, wanted)
            if number in ahead:
                return ahead.index(number)
            tables, conditions = _plain(db, _of_states(db, wanted))
            if not _one(db, _select("COUNT(*)", tables, [*conditions, ("items.n = ?", (number,))])):
                return None
            conditions += _behind(wanted)
            same, by = ("items.n > ?", (number,)), _BY[wanted.order]
            if not by.key:
                return len(ahead) + _one(db, _select("COUNT(*)", tables, [*conditions, same]))
            own = db.execute(f"SELECT {by.key} FROM items WHERE n = ?", (number,)).fetchone()  # noqa: S608  # our own parts
            before, level = [(f"items.{by.key} {by.less} ?", own)], [(f"items.{by.key} = ?", own), same]
            return len(ahead) + sum(_one(db, _select("COUNT(*)", tables, [*conditions, *each])) for each in (before, level))

        return self._read(work)

    def asked_for(self, scope: Scope, first: str, last: str) -> list[Excerpt]:
        """Return the open items that whoever they came from wants within some days, both included, the nearest first."""
        day, (sees, values) = "json_extract(excerpt, '$.external_due')", seen(scope)
        sql = f"SELECT excerpt FROM items WHERE open AND {day} BETWEEN ? AND ? AND {sees} ORDER BY {day}, n"  # noqa: S608  # our own parts
        return self._read(lambda db: [read_excerpt(text) for (text,) in db.execute(sql, (first, last, *values))])

    def states(self, wanted: Listing) -> frozenset[str]:
        """Return the states in which there is any item of a list."""
        return self._read(lambda db: frozenset(_column(db, _select("DISTINCT items.state", *_plain(db, wanted)))))


@dataclass(frozen=True)
class _By:
    """An order: its index, how it is told, the column that it goes by before the number, and how what stands before compares in it."""

    index: str
    told: str
    key: str = ""
    less: str = ""


_BY: Mapping[Order, _By] = {
    "number": _By("by_number", "items.n DESC"),
    "lead": _By("by_lead", "items.lead, items.n DESC", "lead", "<"),
    "updated": _By("by_update", "items.updated DESC, items.n DESC", "updated", ">"),
    "urged": _By("by_urges", "items.urges DESC, items.n DESC", "urges", ">"),
}


_GIVEN = "(SELECT value FROM json_each(?))"
_HAVING: Mapping[What, str] = {
    "lead": f"items.lead IN {_GIVEN}",
    "unit": f"items.n IN (SELECT n FROM parts WHERE unit IN {_GIVEN})",  # noqa: S608  # our own parts
    "assisting": f"EXISTS (SELECT 1 FROM json_each(items.excerpt, '$.assisting') AS part WHERE part.value IN {_GIVEN})",  # noqa: S608
    "state": f"items.state IN {_GIVEN}",
    "category": f"CAST(json_extract(items.excerpt, '$.category') AS TEXT) IN {_GIVEN}",
    "leader": f"json_extract(items.excerpt, '$.portfolio_leader') IN {_GIVEN}",
    "received": f"substr(json_extract(items.excerpt, '$.received'), 1, 7) IN {_GIVEN}",
    "due": f"substr(json_extract(items.excerpt, '$.clock_due'), 1, 7) IN {_GIVEN}",
    "hands": f"items.n IN (SELECT n FROM hands WHERE person IN {_GIVEN})",  # noqa: S608  # our own parts
    "registered": f"items.n IN (SELECT n FROM hands WHERE began AND person IN {_GIVEN})",  # noqa: S608  # our own parts
}


def _of_states(db: sqlite3.Connection, wanted: Listing) -> Listing:
    """The same list told by its numbers, where few items are in the states that it asks for."""
    asked = next((each for each in wanted.having if each.what == "state"), None)
    if asked is None:
        return wanted
    sql = f"SELECT n FROM items INDEXED BY states WHERE state IN {_GIVEN}"  # noqa: S608  # our own parts
    some = _column(db, (sql, (json.dumps(asked.of),)), " LIMIT ?", (_SOME + 1,))
    if len(some) > _SOME:
        return wanted
    among = some if wanted.among is None else set(some).intersection(wanted.among)
    return replace(wanted, having=tuple(each for each in wanted.having if each is not asked), among=tuple(sorted(among)))


def _narrower(db: sqlite3.Connection, wanted: Listing) -> Listing:
    """The same list told by its numbers, where words leave few and these are put in another order than they are found in."""
    if not wanted.words:
        return wanted
    wanted = _of_states(db, wanted)
    if wanted.order == "number" and not wanted.ranked:
        return wanted
    few = _column(db, _walk(db, replace(wanted, order="number", ranked=())), " LIMIT ?", (_FEW + 1,))
    return wanted if len(few) > _FEW else replace(wanted, words=(), among=tuple(few))


def _ahead(db: sqlite3.Connection, wanted: Listing) -> list[int]:
    """The numbers of the items of a list that come before all others."""
    if not wanted.ranked:
        return []
    tables, given = "json_each(?) AS given CROSS JOIN items ON items.n = given.value", ("TRUE", (json.dumps(wanted.ranked),))
    return _column(db, _select("items.n", tables, [given, *_conditions(db, wanted)], "given.key"))


def _behind(wanted: Listing) -> list[_Condition]:
    return [("items.n NOT IN (SELECT value FROM json_each(?))", (json.dumps(wanted.ranked),))] if wanted.ranked else []


def _walk(db: sqlite3.Connection, wanted: Listing) -> _Condition:
    """All other items of a list in its order, as far as somebody reads on: what is not read is not looked for."""
    if not wanted.words or len(wanted.words) > _WAYS or wanted.order != "number" or wanted.ranked:
        tables, conditions = _plain(db, wanted)
        return _select("items.n", tables, [*conditions, *_behind(wanted)], _BY[wanted.order].told)
    conditions, ways = [seen(wanted.scope), *_having(wanted)], list[_Condition]()
    # Each word is found in the text, or elsewhere: each way of all words walks by number, and SQLite lays the walks together.
    for elsewhere in product(*((False,) if word.plain else (False, True) for word in wanted.words)):
        told = [_elsewhere(word) for word, other in zip(wanted.words, elsewhere, strict=True) if other]
        found = search.query(db, " ".join(word.text for word, other in zip(wanted.words, elsewhere, strict=True) if not other))
        if found:
            tables = f"{found.tables} CROSS JOIN items ON items.n = {found.row}"
            told = [*found.conditions, *_among(wanted, found.held), *told]
        else:
            tables, given = _given(wanted)
            told = [*given, *told]
        ways.append(_select(f"{found.row if found else 'items.n'} AS n", tables, [*told, *conditions]))
    return " UNION ".join(sql for sql, _ in ways) + " ORDER BY n DESC", tuple(value for _, values in ways for value in values)


def _plain(db: sqlite3.Connection, wanted: Listing) -> tuple[str, list[_Condition]]:
    """The tables and the conditions of all items of a list, each looked at by itself."""
    tables, given = _given(wanted)
    return tables, [*given, *_conditions(db, replace(wanted, among=None))]


def _given(wanted: Listing) -> tuple[str, list[_Condition]]:
    """The tables of all items that may be in a list: those of its numbers, or all in its order."""
    if wanted.among is None:
        return f"items INDEXED BY {_BY[wanted.order].index}", []
    return "json_each(?) AS only CROSS JOIN items ON items.n = only.value", [("TRUE", (json.dumps(wanted.among),))]


def _counted(db: sqlite3.Connection, wanted: Listing) -> int:
    """How many items there are in a list; of all that somebody may see the few that he may not are counted, not the others."""
    if not wanted.scope.every or wanted.words or wanted.having or wanted.among is not None:
        return _one(db, _select("COUNT(*)", *_plain(db, wanted)))
    hidden = "items.restricted AND items.n NOT IN (SELECT value FROM json_each(?))", (json.dumps(wanted.scope.shown),)
    return _one(db, ("SELECT COUNT(*) FROM items", ())) - _one(db, _select("COUNT(*)", "items", [hidden]))


def _conditions(db: sqlite3.Connection, wanted: Listing) -> list[_Condition]:
    return [seen(wanted.scope), *_having(wanted), *_among(wanted, "items.n"), *(_found(db, word) for word in wanted.words)]


def seen(scope: Scope, table: str = "items") -> tuple[str, tuple[object, ...]]:
    """Return the condition under which a person may see an item, with its values; the table has columns ``n`` and ``restricted``."""
    shown = json.dumps(scope.shown)
    if not scope.every:
        of_units = "SELECT n FROM parts WHERE unit IN (SELECT value FROM json_each(?))"
        return f"{table}.n IN ({of_units} UNION ALL SELECT value FROM json_each(?))", (json.dumps(scope.units), shown)  # noqa: S608
    if not scope.shown:
        return f"NOT {table}.restricted", ()
    return f"(NOT {table}.restricted OR {table}.n IN (SELECT value FROM json_each(?)))", (shown,)  # noqa: S608  # our own names


def _having(wanted: Listing) -> list[_Condition]:
    return [(_HAVING[each.what], (json.dumps(each.of),)) for each in wanted.having]


def _among(wanted: Listing, row: str) -> list[_Condition]:
    return [] if wanted.among is None else [(f"{row} IN {_GIVEN}", (json.dumps(wanted.among),))]


def _found(db: sqlite3.Connection, word: Word) -> _Condition:
    """That a word stands in an item's text, or wherever else it counts; asked of one item after the other."""
    found = search.query(db, word.text)
    if found is None:
        return "TRUE", ()
    sql, values = _joined([*found.conditions, (f"{found.row} = items.n", ())])
    text = f"EXISTS (SELECT 1 FROM {found.tables} WHERE {sql})"  # noqa: S608  # our own parts
    if word.plain:
        return text, values
    other, more = _elsewhere(word)
    return f"({other} OR {text})", (*more, *values)


def _elsewhere(word: Word) -> _Condition:
    places: list[_Condition] = []
    for column, of in (("lead", word.leads), ("state", word.states), ("n", word.also)):
        if of:
            places.append((f"items.{column} IN (SELECT value FROM json_each(?))", (json.dumps(of),)))  # noqa: S608  # our own names
    if word.carried:
        places.append(("items.n IN (SELECT n FROM items WHERE json_extract(excerpt, '$.carried_in') IS NOT NULL)", ()))
    return f"({' OR '.join(place for place, _ in places)})", tuple(value for _, values in places for value in values)


def _select(what: str, tables: str, conditions: Sequence[_Condition], order: str = "") -> _Condition:
    sql, values = _joined(conditions)
    return f"SELECT {what} FROM {tables} WHERE {sql}" + (f" ORDER BY {order}" if order else ""), values  # noqa: S608  # our own parts


def _joined(conditions: Sequence[tuple[str, tuple[object, ...]]]) -> _Condition:
    """All of some conditions, in brackets two by two: SQLite takes no more than a thousand, one within the other."""
    told = [sql for sql, _ in conditions] or ["TRUE"]
    while len(told) > 1:
        told = [f"({' AND '.join(told[n : n + 2])})" for n in range(0, len(told), 2)]
    return told[0], tuple(value for _, values in conditions for value in values)


def _column(db: sqlite3.Connection, select: _Condition, more: str = "", values: tuple[object, ...] = ()) -> list[Any]:
    return [found for (found,) in db.execute(select[0] + more, (*select[1], *values))]


def _one(db: sqlite3.Connection, select: _Condition) -> int:
    return int(db.execute(*select).fetchone()[0])
