"""The items that meet some conditions, all at once and newest first, for whoever makes something of each; lists go a page at a time."""

import sqlite3
from typing import TypedDict

from records.index import search
from records.index.rows import Excerpt, meeting_pattern, read_excerpt

_TOLD = {
    "state": "items.state = ?",
    "over": "substr(json_extract(items.excerpt, '$.over'), 1, length(?)) = ?",
    "meeting": "items.source LIKE ? ESCAPE '\\'",
    "only_open": "items.open",
    "only_restricted": "items.restricted",
    "naming": "instr(items.excerpt, ?)",
    "since": "(items.open OR items.updated >= ?)",
    "rounds": "json_extract(items.excerpt, '$.round') >= ?",
    "among": "items.n IN (SELECT value FROM json_each(?))",
}
"""What each condition asks of an item's row; its value stands wherever something is left open."""


class Conditions(TypedDict, total=False):
    """What each of the items meets; a condition of nothing, or of nought, is none.

    Attributes:
        words: each of them (spaces between) stands in the item's text, as it is: there are no operators.
        unit: leads or assists.
        state: as in the record.
        over: the year, the month or the day in which it came to its end.
        meeting: stands in the name of the meeting that decided on it (1-2).
        only_open: neither concluded nor archived.
        only_restricted: only a few may know of them.
        naming: their excerpt names it, wherever.
        since: open, or touched on that day or later.
        rounds: so many their report has had at least.
        among: theirs is one of these numbers, as ``rows.numbers_of`` gives them.
    """

    words: str
    unit: str
    state: str
    over: str
    meeting: str
    only_open: bool
    only_restricted: bool
    naming: str
    since: str
    rounds: int
    among: str


def selected(db: sqlite3.Connection, wanted: Conditions, limit: int | None) -> list[Excerpt]:
    """Return the items that meet every condition, newest id first, at most so many."""
    found, unit = search.query(db, wanted.get("words", "")), wanted.get("unit", "")
    # The table walked first stands in the order wanted, so that a page ends the walk.
    tables, row, unit_is = "items", "items.n", "EXISTS (SELECT 1 FROM parts WHERE parts.unit = ? AND parts.n = items.n)"
    if found:
        tables, row = f"{found.tables} CROSS JOIN items ON items.n = {found.row}", found.row
    elif unit:
        tables, row, unit_is = "parts CROSS JOIN items ON items.n = parts.n", "parts.n", "parts.unit = ?"
    conditions: list[tuple[str, tuple[object, ...]]] = [*(found.conditions if found else ()), *([(unit_is, (unit,))] if unit else [])]
    for name, told in _TOLD.items():
        if value := wanted.get(name):
            asked = meeting_pattern(wanted["meeting"]) if name == "meeting" else value
            conditions.append((told, (asked,) * told.count("?")))
    where = " AND ".join(["TRUE", *(condition for condition, _ in conditions)])
    values = [value for _, values in conditions for value in values]
    sql = f"SELECT items.excerpt FROM {tables} WHERE {where} ORDER BY {row} DESC LIMIT ?"  # noqa: S608  # our own parts
    return [read_excerpt(text) for (text,) in db.execute(sql, (*values, -1 if limit is None else limit))]
