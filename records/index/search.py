"""The text search of the index: every word typed is looked for anywhere in an item's text, be it one character long.

Chinese is written without spaces, so what is indexed is each character and each pair of neighbours, signs among them; of what is written
in ASCII, numbers above all, each three as well, since any two figures stand in nearly every text. These only narrow the search down:
whether a longer word is there is decided on the text itself, so answers are the same while they are still being filled in.
"""

import json
import re
import sqlite3
import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import add

from records.matter.item import Item
from records.matter.prose import flowing

# Rows of ``pairs`` need no text of their own and no positions. The tokenizer takes whatever is not ASCII as part of a word, in every
# version of Unicode; case and width are folded before, and ASCII signs stand for themselves as what no text holds.
SCHEMA = """
CREATE TABLE texts (n INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE filled (down_to INTEGER NOT NULL);
INSERT INTO filled VALUES (9223372036854775807);
CREATE VIRTUAL TABLE pairs USING fts5(marks, content='', detail=none, columnsize=0, tokenize='ascii');
"""
_NOTHING = (1 << 63) - 1  # pairs are filled in from the newest item downwards; this is above all of them
_UNSEEN = "".join(map(chr, (*range(32), 127)))  # what the tokenizer takes for blanks, so that each mark is one word to it
# The 32 signs, and 32 noncharacters.
_SIGNS = str.maketrans(string.punctuation + _UNSEEN, "".join(map(chr, range(0xFDD0, 0xFDF0))) + " " * len(_UNSEEN))
_ASCII = re.compile(r"[!-~\ufdd0-\ufdef]{3,}")  # its signs as they are, or as they are written in ``pairs``
_APART = 32  # words that are conditions of their own: SQLite takes a thousand at most, and a text that was pasted may have more
_EACH = "NOT EXISTS (SELECT 1 FROM json_each(?) AS each WHERE instr(texts.text, each.value) = 0)"
_MOST = 24  # marks of one word that are asked for; whether the rest is there is seen in the text


@dataclass(frozen=True)
class Query:
    """A search as parts of an SQL statement.

    Attributes:
        tables: to start from; walked in the order of ``row``.
        row: the item's row number in them.
        held: the same where it is held against many numbers: pairs are walked, since to look each of these up takes a walk of its own.
        conditions: what must hold, each with its values.
    """

    tables: str
    row: str
    held: str
    conditions: tuple[tuple[str, tuple[str, ...]], ...]


def fold(text: str) -> str:
    """Return text in the form in which it is compared: width, compatibility forms and case do not count."""
    found = unicodedata.normalize("NFKC", text).casefold()
    return found if unicodedata.is_normalized("NFKC", found) else unicodedata.normalize("NFKC", found)


def searchable(item: Item) -> str:
    """Return all the words of an item that a person may look for, folded, one part a line."""
    return fold("\n".join(flowing(part) if "\n" in part else part for part in _parts(item) if part))


def clear(db: sqlite3.Connection) -> None:
    """Forget every text, and fill the pairs anew from now on."""
    db.execute("DELETE FROM texts")
    db.execute("DELETE FROM filled")
    db.execute("INSERT INTO filled VALUES (?)", (_NOTHING,))
    db.execute("INSERT INTO pairs (pairs) VALUES ('delete-all')")


def put(db: sqlite3.Connection, n: int, text: str) -> None:
    """Set the text of an item.

    Args:
        db: the index, in a transaction.
        n: the item's row number.
        text: as ``searchable`` gives it.
    """
    before = db.execute("SELECT text FROM texts WHERE n = ?", (n,)).fetchone()
    if before == (text,):
        return  # most acts say nothing that is looked for
    db.execute("REPLACE INTO texts VALUES (?, ?)", (n, text))
    if n < _down_to(db):
        return
    if before is None:
        _add(db, n, _marks(text))
    else:  # of a text most stays, and so do its marks
        gone, come = _differing(before[0], text)
        _remove(db, n, gone)
        _add(db, n, come)


def drop(db: sqlite3.Connection, n: int) -> None:
    """Remove the text of an item, if there is one."""
    for (before,) in db.execute("SELECT text FROM texts WHERE n = ?", (n,)).fetchall():
        if n >= _down_to(db):
            _remove(db, n, _marks(before))
        db.execute("DELETE FROM texts WHERE n = ?", (n,))


def fill(db: sqlite3.Connection, most: int) -> None:
    """Fill in the pairs of the newest texts that lack them.

    Args:
        db: the index, in a transaction.
        most: how many texts at most.
    """
    rows = db.execute("SELECT n, text FROM texts WHERE n < ? ORDER BY n DESC LIMIT ?", (_down_to(db), most)).fetchall()
    rows.reverse()  # FTS5 writes a piece at once only if its rows come in ascending order
    db.executemany("INSERT INTO pairs (rowid, marks) VALUES (?, ?)", ((n, " ".join(_marks(text))) for n, text in rows))
    db.execute("UPDATE filled SET down_to = ?", (rows[0][0] if len(rows) == most else 0,))


def filled(db: sqlite3.Connection) -> bool:
    """Say whether every text has its pairs."""
    return _down_to(db) == 0


def query(db: sqlite3.Connection, words: str) -> Query | None:
    """Return the search for texts that hold every one of ``words`` (separated by spaces), None when there are no words."""
    terms = [*dict.fromkeys(fold(words.encode(errors="replace").decode()).split())]  # an argument of a command may hold half a character
    if not terms:
        return None
    terms, others = terms[:_APART], terms[_APART:]
    marks = {term: _wanted(term) for term in terms} if filled(db) else {}
    # A word that is one mark is found by it; any other is looked for in the text as well.
    looked_for = tuple(("instr(texts.text, ?) > 0", (term,)) for term in terms if marks.get(term) != {term})
    if others:
        looked_for += ((_EACH, (json.dumps(others),)),)
    if not marks:
        return Query("texts", "texts.n", "texts.n", looked_for)
    every = sorted(mark.translate(_SIGNS) for mark in set().union(*marks.values()))
    match = " ".join(f'"{mark}"' for mark in every)  # nothing in them for FTS5 to interpret
    tables = "pairs CROSS JOIN texts ON texts.n = pairs.rowid" if looked_for else "pairs"
    return Query(tables, "pairs.rowid", "+pairs.rowid", (("pairs MATCH ?", (match,)), *looked_for))


def _down_to(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT down_to FROM filled").fetchone()[0])


def _add(db: sqlite3.Connection, n: int, marks: set[str]) -> None:
    db.execute("INSERT INTO pairs (rowid, marks) VALUES (?, ?)", (n, " ".join(marks)))


def _remove(db: sqlite3.Connection, n: int, marks: set[str]) -> None:
    """Have an item found by some marks no more; FTS5 keeps no text here, and takes away what it is told was there."""
    db.execute("INSERT INTO pairs (pairs, rowid, marks) VALUES ('delete', ?, ?)", (n, " ".join(marks)))


def _marks(text: str) -> set[str]:
    """All that a text is found by, as it is written in ``pairs``."""
    return _marks_of(text.translate(_SIGNS).split())


def _marks_of(runs: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for run in runs:
        found.update(run, _twos(run), _threes(run))
    return found


def _differing(before: str, now: str) -> tuple[set[str], set[str]]:
    """The marks that a text has no more, and those that are new; of the words that are in both nothing is made."""
    old, new = before.translate(_SIGNS), now.translate(_SIGNS)
    were, are = dict.fromkeys(old.split()), dict.fromkeys(new.split())
    gone, come = _marks_of(run for run in were if run not in are), _marks_of(run for run in are if run not in were)
    # A mark stands in a text exactly where its signs do: blanks part the words, and no mark has any.
    return {mark for mark in gone if mark not in new}, {mark for mark in come if mark not in old}


def _twos(run: str) -> Iterator[str]:
    return map(add, run, run[1:])


def _threes(run: str) -> Iterator[str]:
    for signs in _ASCII.findall(run):
        yield from map(add, _twos(signs), signs[2:])


def _wanted(word: str) -> set[str]:
    """The marks that narrow the search for a word down, the longest ones that tell it whole."""
    if len(word) <= 2:
        return {word}
    threes = set(_threes(word))
    twos = {two for two in _twos(word) if not any(two in three for three in threes)}
    return set(sorted(threes | twos)[:_MOST])


def _parts(item: Item) -> Iterator[str | None]:
    yield from (item.id, item.title, item.subtype, item.source.organ, item.source.ref)
    if item.meeting:
        yield from (item.meeting.number, item.meeting.clause)
    for instruction in item.instructions:
        yield from (instruction.by, instruction.text)
    yield from (point.text for point in item.points)
    yield from (part.unit for part in item.units)
    said = (
        item.proposal,
        item.reading,
        *(remark for part in item.units for remark in (part.read, part.opinion)),
        *item.progress,
        item.concluded,
    )
    yield from (remark.text for remark in said if remark)
    if came := item.carried_in:
        yield from (came.number, came.progress, came.answerable, came.reported)
    if item.report:
        yield from (item.report.number, item.report.title, item.report.body, *item.report.attachments, item.report.attachment_text)
        yield from (entry.returned.comment for entry in item.report.rounds if entry.returned)
    if item.outgoing:
        out = item.outgoing
        yield from (out.number, out.title, out.to, out.body, *out.attachments, out.attachment_text)
