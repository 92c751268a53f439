"""How the index is filled: what is kept of a record and of a commit, and the steps that bring the file up to the register's head.

Three things are kept: the records as they stand, the history, the pairs of the text search. What is there always stands at the head. A
cold start of many records reads in one transaction what is open and the newest, and notes the others as unread; these, the history and
the pairs follow in pieces, the newest first. Whoever wants all records waits for them; a screen shows what there is, and how much is not.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, partial
from typing import TypeAlias

from records.acts.duties import concerned, waiting_states
from records.acts.duties import turns as turns_of
from records.index import search, turns
from records.index.layout import FAULTS, Progress, Stopped, Unusable
from records.index.rows import IndexRow, item_at, item_id, numbered, row_of, step_of, to_json
from records.index.standing import meta, unread
from records.index.workers import Workers
from records.matter.item import Item
from records.procedure.case import World
from records.procedure.turn import ToAsk, Turn
from records.procedure.unattended import Bodies, emptied
from records.rules.clocks import CLOSED
from records.rules.statistics import Facts, facts
from records.store.paths import item_path, kind_of
from records.store.record_files import Unreadable, check, parse
from records.store.store import Commit, Store, StoreError
from records.store.view import View
from schema.problem import Problem
from schema.tables import rows
from schema.text import show

_COLD = 2000  # records; of more, a cold start reads what is open and the newest first
_NEWEST = 500
_PIECE = 1000  # unread records that are read at a time
_REPORT = 200  # records between two words on progress
_PATIENCE = 600  # tries to get the file for writing, a tenth of a second each: a hundred thousand records are built in less

_RESTED_ON = frozenset({"leaders", "bureau", "policy", "calendar"})
"""Records without which nobody's turn is told; a unit that cannot be read is left out, and stops nobody else."""

_STATE = re.compile(rb"^state: '?(\w+)", re.MULTILINE)


_HANDS = "INSERT INTO hands VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET began = began OR excluded.began"

_Read: TypeAlias = tuple[str, IndexRow | None, tuple[Problem, ...]]
"""A path, and its item if it is a sound one, or its problems; neither for what is not there, or sound but no item."""


class _BusyError(Exception):
    """Another process has the file for writing."""


class Builder:
    """Fills one index file. Every method is one transaction, and looks first at what others have done meanwhile.

    Args:
        db: the file, opened for this alone, in autocommit mode.
        store: the register.
        progress: called with what is done and the total of the step in hand (0 while unknown); returns False to stop.
    """

    def __init__(self, db: sqlite3.Connection, store: Store, progress: Progress | None) -> None:
        self._db = db
        self._store = store
        self._progress = progress
        self._workers = Workers(store)
        db.execute("PRAGMA busy_timeout = 100")  # who finds it taken looks whether the other one did the work

    @property
    def db(self) -> sqlite3.Connection:
        """What it fills; where the index is in memory nobody else may read it meanwhile."""
        return self._db

    def close(self) -> None:
        """End the processes that helped."""
        self._workers.close()

    def records(self) -> None:
        """Bring all records to the register's head, and the history with them unless it starts cold; raises as ``begin``."""
        self.begin()
        while self.read_on(_PIECE):
            pass

    def begin(self) -> None:
        """Bring to the register's head what is there, and after a cold start what is open and the newest.

        Raises:
            StoreError: the register cannot be read.
            Unusable: others keep the file.
            Stopped: nothing has changed then.
        """
        for _ in range(_PATIENCE):
            if meta(self._db, "commit") == (self._store.head() or ""):
                return
            with suppress(_BusyError), self._writing():
                self._advance()
                return
            self._tell(0, 0)
        raise Unusable("一直被另一程序占用")

    def read_on(self, most: int) -> bool:
        """Read up to ``most`` records more of those that a cold start left unread, newest first; False if there are none."""
        if not unread(self._db):
            return False
        with suppress(_BusyError), self._writing():
            self._workers.expect(unread(self._db))
            self._read_on([n for (n,) in self._db.execute("SELECT n FROM unread ORDER BY n DESC LIMIT ?", (most,))])
        return True

    def read(self, numbers: Sequence[int]) -> None:
        """Read the records of items that a cold start left unread, whatever else is; they may have been read meanwhile."""
        with suppress(_BusyError), self._writing():
            self._read_on(numbers)

    def _read_on(self, numbers: Sequence[int]) -> None:
        there = int(self._db.execute("SELECT COUNT(*) FROM items").fetchone()[0])
        self._read_at(meta(self._db, "commit"), [item_path(numbered(n)) for n in numbers], there, there + unread(self._db))
        self._db.executemany("DELETE FROM unread WHERE n = ?", ((n,) for n in numbers))
        self._date(numbers)  # what of the history is there says when
        if not meta(self._db, "below"):
            self._settle(path for n, path in self._broken().items() if n in numbers)

    def history(self, most: int) -> bool:
        """Record up to ``most`` commits more of a history that a cold start left open, newest first; False if there are none."""
        if not meta(self._db, "below"):
            return False
        with suppress(_BusyError), self._writing():
            at: str | None = meta(self._db, "below")
            commits: list[Commit] = []
            while at and len(commits) < most:
                commits.append(self._store.describe(at))
                at = commits[-1].parent
            first = self._first() - 1
            self._keep(commits, range(first, first - len(commits), -1))
            self._note("below", at or "")
            if not at:
                self._settle(self._broken().values())  # of a record that cannot be read, its row is made from history
        self._tell(-self._first(), 0)
        return True

    def text(self, most: int) -> bool:
        """Fill in the pairs of up to ``most`` texts more; False if none lack them."""
        if search.filled(self._db):
            return False
        with suppress(_BusyError), self._writing():
            search.fill(self._db, most)
        if self._progress:
            done = "SELECT IFNULL(SUM(n >= (SELECT down_to FROM filled)), 0), COUNT(*) FROM items"
            self._tell(*self._db.execute(done).fetchone())
        return True

    def _advance(self) -> None:
        head, known = self._store.head() or "", meta(self._db, "commit")
        if head == known:
            return
        line = self._since(known, head) if known and head else None
        if line is None:
            self._anew(head)
            if known and head:
                self._note("rewound", f"{known} {head}")
        else:
            self._forward(known, head, line)
        self._note("commit", head)

    def _since(self, known: str, head: str) -> Sequence[Commit] | None:
        """The commits after the known one; None if the register was rewound or put back from a copy."""
        try:
            return list(self._store.commits(known, head))
        except StoreError:
            return None

    def _anew(self, head: str) -> None:
        for table in ("items", "parts", "problems", "commits", "touches", "hands", "unread", "turns", "asked"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own
        search.clear(self._db)
        paths = [change.path for change in self._store.changes(None, head)] if head else []
        later = self._later(head, paths) if len(paths) >= _COLD else frozenset()
        self._read_at(head, [path for path in paths if item_at(path) not in later], 0, len(paths))
        self._db.executemany("INSERT INTO unread VALUES (?)", ((n,) for n in later))
        self._note("below", head)

    def _later(self, head: str, paths: Sequence[str]) -> frozenset[int]:
        """The numbers of the items that can wait: closed, and not of the newest; a paper may be one in hand by way of a merged one."""
        items = sorted((n, path) for path in paths if (n := item_at(path)) is not None)[:-_NEWEST]
        closed = self._workers.map(partial(_looks_over, head), [path for _, path in items])
        return frozenset(n for (n, _), over in zip(items, closed, strict=True) if over)

    def _forward(self, known: str, head: str, line: Sequence[Commit]) -> None:
        changed = [change.path for change in self._store.changes(known, head)]
        again = [path for path in self._to_judge_anew(known, head, changed) if path not in changed]
        self._read_at(head, [*changed, *again], 0, len(changed) + len(again))
        first = self._db.execute("SELECT IFNULL(MAX(n), -1) FROM commits").fetchone()[0] + 1
        touched = self._keep(line, range(first, first + len(line)))
        self._date(n for path in again if (n := item_at(path)) is not None)
        if not meta(self._db, "below"):
            self._settle(path for n, path in self._broken().items() if n in touched)

    def _to_judge_anew(self, known: str, head: str, changed: Iterable[str]) -> list[str]:
        """The items of which other days, rules or bodies may tell otherwise.

        That is what came late and how long it took, of what was not over before the year of a changed calendar; and whose turn it is, of
        what waits for anybody, under another policy or where a unit is no more. Of people the index keeps nothing; but while they, or the
        rules, cannot be read, nobody's turn is told of anything, and once they can be again it is of whatever may wait for somebody.
        """
        kinds = {kind_of(path) for path in changed}
        found: set[int] = set()
        if years := [path[9:13] for path in changed if kind_of(path) == "calendar"]:
            found.update(n for (n,) in self._db.execute("SELECT n FROM items WHERE ended IS NULL OR ended >= ?", (min(years),)))
        if "policy" in kinds or (kinds & {"unit", "bureau"} and self._bodies(known) != self._bodies(head)):
            found.update(
                n for (n,) in self._db.execute("SELECT n FROM items WHERE open OR n IN (SELECT n FROM turns UNION SELECT n FROM asked)")
            )
        if kinds & _RESTED_ON and self._can_tell(known) != self._can_tell(head):
            sql = "SELECT n FROM items WHERE state IN (SELECT value FROM json_each(?))"
            found.update(n for (n,) in self._db.execute(sql, (to_json(waiting_states()),)))
        return [item_path(numbered(n)) for n in sorted(found)]

    def _can_tell(self, commit: str) -> bool:
        """Whether people and rules can be read, without which nobody's turn is told."""
        with suppress(Unreadable, StoreError):
            _world(self._store, commit)
            return True
        return False

    def _bodies(self, commit: str) -> Bodies | None:
        with suppress(Unreadable):
            return Bodies.of(_view(self._store, commit).roster)
        return None

    def _read_at(self, commit: str, paths: Sequence[str], before: int, of: int) -> None:
        for done, (path, row, problems) in enumerate(self._workers.map(partial(_read, commit), paths), before):
            if done % _REPORT == 0:
                self._tell(done, of)
            self._put(path, row, problems)

    def _put(self, path: str, row: IndexRow | None, problems: tuple[Problem, ...]) -> None:
        n = item_at(path)
        self._db.execute("DELETE FROM problems WHERE path = ?", (show(path),))
        self._db.execute("DELETE FROM unread WHERE n = ?", (n,))
        if problems:  # the item's row stays until the history tells which version to show
            self._db.execute("INSERT INTO problems VALUES (?, ?, ?)", (show(path), n, to_json(problems)))
            turns.drop(self._db, n)  # of what cannot be read nothing is owed until it is mended
        elif row:
            self._put_row(row)
        else:
            self._drop(n)

    def _put_row(self, row: IndexRow) -> None:
        self._db.execute("DELETE FROM parts WHERE n = ?", (row.n,))
        self._db.executemany("INSERT INTO parts VALUES (?, ?)", ((unit, row.n) for unit in row.units))
        self._db.execute("REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row[:8])
        search.put(self._db, row.n, row.text)
        turns.put(self._db, row.n, row.turns, row.asked)

    def _drop(self, n: int | None) -> None:
        if n is not None:
            for table in ("items", "parts"):
                self._db.execute(f"DELETE FROM {table} WHERE n = ?", (n,))  # noqa: S608  # names of our own
            search.drop(self._db, n)
            turns.drop(self._db, n)

    def _keep(self, commits: Sequence[Commit], numbers: Sequence[int]) -> set[int]:
        """Record commits under numbers that rise with time, those of a cold start below zero; return the items they touched."""
        touched: set[int] = set()
        for commit, n, paths in zip(commits, numbers, self._workers.map(_touched, commits), strict=True):
            if n >= 0 and n % _REPORT == 0:
                self._tell(n - numbers[0], len(commits))
            items = {item for path in paths if (item := item_at(path)) is not None}
            step = step_of(commit, item_id(paths[0]) if len(paths) == 1 else None)
            self._db.execute("INSERT INTO commits VALUES (?, ?)", (n, to_json(step)))
            self._db.executemany("INSERT INTO touches VALUES (?, ?)", ((item, n) for item in items))
            self._db.executemany(_HANDS, ((step.person, item, step.act in _begin()) for item in items))
            touched |= items
        self._date(touched)
        return touched

    def _broken(self) -> dict[int, str]:
        return dict(self._db.execute("SELECT n, path FROM problems WHERE n IS NOT NULL"))

    def _settle(self, paths: Iterable[str]) -> None:
        """Give items whose records do not pass the row of their last good version, the same however the index came to its commit."""
        for path in paths:
            n = item_at(path)
            versions = self._db.execute(
                "SELECT json_extract(step, '$.commit') FROM touches CROSS JOIN commits USING (n) WHERE item = ? ORDER BY touches.n DESC",
                (n,),
            ).fetchall()
            read = (_read(commit, self._store, path) for (commit,) in versions)
            _, row, _ = next((found for found in read if found[1] or not found[2]), ("", None, ()))
            if row is None:
                self._drop(n)
            else:
                self._put_row(row._replace(turns=(), asked=None))
                self._db.execute("UPDATE items SET excerpt = json_set(excerpt, '$.unreadable', json('true')) WHERE n = ?", (n,))
                self._date({row.n})

    def _date(self, items: Iterable[int]) -> None:
        """Set when items were last touched, as far as the history is there that knows it."""
        self._db.executemany(
            "UPDATE items SET excerpt = json_set(excerpt, '$.updated', (SELECT json_extract(step, '$.time') FROM touches CROSS"
            " JOIN commits USING (n) WHERE touches.item = items.n ORDER BY touches.n DESC LIMIT 1))"
            " WHERE n = ? AND n IN (SELECT item FROM touches)",
            ((item,) for item in items),
        )

    def _note(self, key: str, value: str) -> None:
        self._db.execute("REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _first(self) -> int:
        return int(self._db.execute("SELECT MIN(0, IFNULL(MIN(n), 0)) FROM commits").fetchone()[0])

    def _tell(self, done: int, total: int) -> None:
        if self._progress is not None and not self._progress(done, total):
            raise Stopped

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that has the file for writing before it reads, so that nobody does the same work at the same time."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise _BusyError from error
            raise
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(*FAULTS):
                self._db.execute("ROLLBACK")
            raise


@cache
def _begin() -> frozenset[str]:
    """The acts with which a matter begins."""
    return frozenset(row.name for row in rows() if row.target == "item" and not row.from_states)


def _looks_over(commit: str, store: Store, path: str) -> bool:
    """Whether a record says that it is over and not gone on with in another, at a glance; what cannot be told does not."""
    with suppress(StoreError):
        found = _STATE.search(store.read(path, commit) or b"")
        return found is not None and (state := found[1].decode()) in CLOSED and state != "merged"
    return False


def _read(commit: str, store: Store, path: str) -> _Read:
    try:
        data = store.read(path, commit)
        if data is None:
            strange = (Problem("登记簿里不应有这个文件夹。", path),) if path.endswith("/") and store.entries(path[:-1], commit) else ()
            return path, None, strange
        if kind_of(path) != "item":
            return path, None, check(data, path)
        item = parse(data, Item, path)
        scans = b"original: " in data or b"scan: " in data
        return path, row_of(item, *_turns(store, commit, item), _facts(store, commit, item), scans), ()
    except Unreadable as broken:
        return path, None, broken.problems
    except StoreError as error:  # a link, a program, a damaged object: this record's problem and no other's
        return path, None, (Problem(str(error), path),)


def _turns(store: Store, commit: str, item: Item) -> tuple[tuple[Turn, ...], ToAsk | None]:
    """Whose turn it is on an item, and what must be asked; nobody's while people or rules cannot be read: nothing can be done then."""
    with suppress(Unreadable, StoreError):
        world = _world(store, commit)
        found, asked = turns_of(world, item)
        return found, (concerned(world, item, asked), asked) if asked else None
    return (), None


def _facts(store: Store, commit: str, item: Item) -> Facts | None:
    """What the figures need of an item; a broken calendar or policy hides no item from lists."""
    with suppress(Unreadable, StoreError):
        view = _view(store, commit)
        return facts(item, view.policy_at(item.policy), view.calendar)
    return None


@lru_cache(2)
def _view(store: Store, commit: str) -> View:
    return View(store, commit)


@lru_cache(2)
def _world(store: Store, commit: str) -> World:
    return emptied(_view(store, commit).world())


def _touched(store: Store, commit: Commit) -> tuple[str, ...]:
    """The paths of the items that a commit changed. The trees say so, not the trailers, which may claim anything."""
    return tuple(change.path for change in store.changes(commit.parent, commit.id) if item_at(change.path) is not None)
