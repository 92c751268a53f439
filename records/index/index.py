"""The index: a SQLite file beside the register, so that lists, searches and histories need not walk Git. A cache and nothing more.

It is built anew without a question when its file is missing, broken, of another version, or stands at a commit that the register no longer
has: what is on record is done and readable whatever becomes of a cache (``records.index.file``).
"""

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Unpack

import msgspec

from records.index import search
from records.index.file import IndexFile
from records.index.layout import FAULTS, Progress, Stopped, Unusable
from records.index.listing import Listings
from records.index.rows import Excerpt, item_number, numbered, numbers_of, read_excerpt
from records.index.selection import Conditions, selected
from records.index.standing import meta, unread
from records.index.turns import Turns
from records.matter.history import Step
from records.matter.papers import Paper, open_item
from records.rules.statistics import Facts
from records.store.paths import item_path
from records.store.store import Store
from schema.problem import Problem

if TYPE_CHECKING:
    from records.index.building import Builder

_PIECE = 500  # commits or texts: a moment's work, done in passing
_PIECES = 2000  # when somebody waits for all of them
_CLOCKS = timedelta(days=3)  # by which an act may bear an earlier time than one before it
_FACTS = msgspec.json.Decoder(list[Facts])
_STEP = msgspec.json.Decoder(Step)
_FOUND = msgspec.json.Decoder(tuple[Problem, ...])
_OF = (
    "json_extract(step, '$.person') = ? AND json_extract(step, '$.time') >= ? AND json_extract(step, '$.time') < ?"
    " ORDER BY json_extract(step, '$.time') DESC, n DESC"
)
"""What one person did from one time to before another, the newest first, by the index of that name."""
_T = TypeVar("_T")


class Index:
    """What the register holds, as of ``commit``. Nothing is opened before it is needed; for several threads, but not across a fork.

    Every method raises StoreError when the register cannot be read; the file's own faults only make it slower, and stand in ``trouble``.

    Attributes:
        listings: what a list on a screen asks, a page at a time.
        turns: whose turn it is.

    Args:
        path: the file, on a local disk; its folder exists.
        store: the register that it follows.
    """

    def __init__(self, path: Path, store: Store) -> None:
        self._file = IndexFile(path)
        self._store = store
        self._hasty = False
        self.listings, self.turns = Listings(self._read), Turns(self._read, self._spoilt)

    def catch_up(self, progress: Progress | None = None) -> None:
        """Bring the index to the register's head; many processes may do so at once.

        The records always reach the head, so that lists, searches and counts are right. After a cold start the history and the pairs of
        the text search lag; with ``progress`` they are completed here, without it by a moment's work a call. Until then searches are
        slower, ``history`` completes what it needs, ``updated`` is the last step on record, and an unreadable item may be missing.

        Args:
            progress: called with what is done and the total of the step in hand (total 0: not known); returns False to stop.
        """
        if self._lags():
            self._file.whole(lambda: self._catch_up(progress))

    def begin(self) -> None:
        """Bring to the head what is there; after a cold start of many records what is open and the newest, and ``missing`` tells of others.

        For screens, which go on with ``pieces`` beside what they show; whoever must know of every record calls ``catch_up``.
        """
        self._hasty = True
        if not self._at_head():
            self._build(lambda builder: builder.begin())

    def have(self, items: Iterable[str]) -> None:
        """Bring to the head what is there, and after a cold start the records of these items before their turn comes.

        Args:
            items: their ids. Where nobody began in haste it is all records.
        """
        if not self._hasty:
            if self.missing or not self._at_head():
                self._build(lambda builder: builder.records())
            return
        self.begin()
        sql = "SELECT n FROM unread WHERE n IN (SELECT value FROM json_each(?))"
        if wanted := self._file.reading(lambda db: [n for (n,) in db.execute(sql, (numbers_of(items),))]):
            self._build(lambda builder: builder.read(wanted))

    def have_since(self, day: str) -> None:
        """Bring to the head what is there, and after a cold start the records that were touched on a day or later; else as ``have``."""
        self.have(())
        if self.missing:
            self._fill_history(lambda db: _reaches(db, day))
            sql = (
                "SELECT n FROM unread WHERE EXISTS (SELECT 1 FROM touches CROSS JOIN commits ON commits.n = touches.n"
                " WHERE item = unread.n AND json_extract(step, '$.time') >= ?)"
            )
            self.have([numbered(n) for (n,) in self._file.reading(lambda db: db.execute(sql, (_sooner(day),)).fetchall())])

    def pieces(self) -> Iterator[int]:
        """Complete the index a moment's work at a time, records first and history last; yield after each how many records are missing.

        Nothing is yielded where nothing is missing.
        """
        with suppress(*FAULTS, OSError, Unusable):  # whoever asks next sees to what is wrong
            if not self._lags():  # and whoever only reads does without what builds it
                return
            while self.trouble:  # one in memory nobody can read while it is filled, so it is let go of after each
                with self._building(None) as builder:
                    builder.begin()
                    more = builder.read_on(_PIECES) or builder.text(_PIECES) or builder.history(_PIECES)
                yield self.missing
                if not more:
                    return
            with self._building(None) as builder:
                builder.begin()
                yield self.missing
                while builder.read_on(_PIECE) or builder.text(_PIECE) or builder.history(_PIECE):
                    yield self.missing

    @property
    def trouble(self) -> str:
        """What is wrong with the file and the way out, in a line; empty while it serves."""
        return self._file.trouble

    @property
    def searchable(self) -> bool:
        """Whether the text search is complete, and so as fast as it gets."""
        return self._file.reading(search.filled)

    @property
    def missing(self) -> int:
        """How many records are not there yet after a cold start: all of them closed, and none of the newest."""
        return self._file.reading(unread)

    @property
    def has_history(self) -> bool:
        """Whether all of the history is there, which comes last after a cold start."""
        return self._file.reading(lambda db: not meta(db, "below"))

    @property
    def alarm(self) -> str:
        """What whoever uses the register must be told, in a line, empty for nothing: what is wrong with the file, or with history.

        A head that no longer has in its history where the index stood was moved past all acts. It is said until the file is taken away.
        """
        if self.trouble or not (moved := self._file.reading(lambda db: meta(db, "rewound"))):
            return self.trouble
        was, now = moved.split(" ")
        return (
            f"登记簿的历史被改写或退回过：曾在提交 {was[:10]}，后来在 {now[:10]}，前者已不在历史里。请系统管理员停止写入，"
            "用 duban audit 核对，并与镜像、备份比较；查清以后删去 index.sqlite，不再提示。"
        )

    @property
    def commit(self) -> str | None:
        """The commit at which the records stand."""
        return self._read(lambda db: meta(db, "commit")) or None

    @property
    def stands(self) -> tuple[str, int]:
        """What is found out once as long as it is the same: the commit, and how many of its records are not there yet."""
        return self._read(lambda db: (meta(db, "commit"), unread(db)))

    def first(self) -> str | None:
        """Return the commit with which the register's history begins; None where that is not known, or the register has moved on since."""

        def look(db: sqlite3.Connection) -> str | None:
            if meta(db, "commit") != (self._store.head() or "") or meta(db, "below"):
                return None
            found = db.execute("SELECT json_extract(step, '$.commit') FROM commits ORDER BY n LIMIT 1").fetchone()
            return str(found[0]) if found else None

        return self._file.reading(look)

    def passed(self, commit: str) -> bool:
        """Say whether it is known that all records of a commit are sound, each held against its schema as it was read for the index."""

        def look(db: sqlite3.Connection) -> bool:
            return meta(db, "commit") == commit and not unread(db) and db.execute("SELECT 1 FROM problems").fetchone() is None

        return not self.trouble and self._file.reading(look)  # one in memory is asked by nobody who need not wait until it is filled

    def version(self) -> int:
        """Return a number that is another one whenever the index has changed; costs microseconds, for polling."""
        return self._file.version()

    def close(self) -> None:
        """Let go of the file; it is opened again when something is asked."""
        self._file.close()

    def open_items(self, rounds: int = 0) -> list[Excerpt]:
        """Return the items that are neither concluded nor archived, newest id first.

        Args:
            rounds: only those whose report is in that round or a later one.
        """
        return self.items(only_open=True, rounds=rounds)

    def items(self, *, limit: int | None = None, **wanted: Unpack[Conditions]) -> list[Excerpt]:
        """Return the items that meet every condition given, newest id first; at most so many, None for all."""
        return self._read(lambda db: selected(db, wanted, limit))

    def excerpt(self, item: str) -> Excerpt | None:
        """Return one item's excerpt, None if there is no such item."""
        return next(iter(self._told(read_excerpt, "SELECT excerpt FROM items WHERE n = ?", item_number(item))), None)

    def history(self, item: str, *, known: bool = False) -> list[Step]:
        """Return every commit that touched an item's record, oldest first; also of an item whose file is gone.

        After a cold start it is read as far back as the item begins: nobody who looks at one waits for the years before it.

        Args:
            item: its id.
            known: whether only what is there of it is asked for, and nobody waits at all.
        """
        if not known:
            self._fill_history(lambda db: self._begins(db, item))
        sql = "SELECT step FROM touches CROSS JOIN commits USING (n) WHERE item = ? ORDER BY touches.n"
        return [replace(step, item=item) for step in self._told(_STEP.decode, sql, item_number(item))]

    def steps_of(self, person: str, since: str, until: str) -> list[Step]:
        """Return what a person did on one item each from one time to before another, newest first."""
        self._fill_history(lambda db: _reaches(db, since))
        return self._told(_STEP.decode, f"SELECT step FROM commits WHERE {_OF}", person, since, until)  # noqa: S608  # our own parts

    def last_of(self, person: str, limit: int) -> list[Step]:
        """Return the last steps of a person, newest first, as far as the history is there: nobody is kept waiting for older ones."""
        sql = f"SELECT step FROM commits WHERE {_OF} LIMIT ?"  # noqa: S608  # our own parts
        return self._told(_STEP.decode, sql, person, "", "~", limit)

    def commits_starting(self, start: str) -> list[str]:
        """Return the ids of the register's commits that begin with some hex digits; none begin with anything else."""
        if not re.fullmatch(r"[0-9a-f]+", start):
            return []
        self._fill_history()
        sql = "SELECT json_extract(step, '$.commit') AS id FROM commits WHERE substr(id, 1, ?) = ?"
        return self._rows(sql, len(start), start)

    def whole_history(self) -> None:
        """Record what a cold start left open of the history, for whoever asks of all of it."""
        self._fill_history()

    def steps_by(self, acts: Collection[str], since: str = "") -> list[Step]:
        """Return the commits of some acts, oldest first, from a day on."""
        self._fill_history(lambda db: _reaches(db, since))
        sql = (
            "SELECT step FROM commits WHERE json_extract(step, '$.act') IN (SELECT value FROM json_each(?))"
            " AND json_extract(step, '$.time') >= ? ORDER BY n"
        )
        return self._told(_STEP.decode, sql, json.dumps(list(acts)), since)

    def facts(self) -> tuple[str, list[Facts]]:
        """Return what the figures need of every item that was dispatched, and the commit at which it stands; one reading for all."""

        def read(db: sqlite3.Connection) -> tuple[str, list[Facts]]:
            found = db.execute("SELECT facts FROM items WHERE facts IS NOT NULL")
            return meta(db, "commit"), _FACTS.decode(f"[{','.join(text for (text,) in found)}]")

        return self._read(read)

    def latest(self, limit: int) -> list[Step]:
        """Return the last commits of the register, newest first, ``limit`` at most."""
        self._fill_history(lambda db: int(db.execute("SELECT COUNT(*) FROM commits").fetchone()[0]) >= limit, _PIECE)
        return self._told(_STEP.decode, "SELECT step FROM commits ORDER BY n DESC LIMIT ?", limit)

    def problems(self) -> list[Problem]:
        """Return what is wrong with the files of the register at ``commit``, by file and line; the sound ones are there regardless."""
        return [*chain.from_iterable(self._told(_FOUND.decode, "SELECT found FROM problems ORDER BY path"))]

    def same_source(self, key: str) -> str | None:
        """Return the id of the open item that a paper of this key belongs to, the oldest of several (R-02)."""

        def look(db: sqlite3.Connection) -> str | None:
            def papers(where: str, value: object) -> Iterator[Paper]:
                sql = f"SELECT json_extract(excerpt, '$.id'), source, open, merged FROM items WHERE {where}"  # noqa: S608  # our own parts
                yield from (Paper(item, source, bool(still), into) for item, source, still, into in db.execute(sql, (value,)))

            these = papers("source = ? AND (open OR merged IS NOT NULL)", key)
            return open_item(these, lambda item: next(papers("n = ?", item_number(item)), None))

        return self._read(look)

    def papers(self, key: str) -> list[str]:
        """Return the ids of the items that may stand for a paper of this key: open ones, and those that were merged into others."""
        sql = "SELECT json_extract(excerpt, '$.id') FROM items WHERE source = ? AND (open OR merged IS NOT NULL)"
        return self._rows(sql, key)

    def of_paper(self, key: str) -> str | None:
        """Return the id of the first item made of a paper of this key that was not cancelled, open or closed; None without one."""
        sql = "SELECT json_extract(excerpt, '$.id') FROM items WHERE source = ? AND state != 'cancelled' ORDER BY n LIMIT 1"
        return next(iter(self._rows(sql, key)), None)

    def carried_in(self, key: str) -> str | None:
        """Return the id of the item that came in under that number of another ledger (``papers.carried_key``), None without one."""
        found = self._rows("SELECT json_extract(excerpt, '$.id') FROM items WHERE json_extract(excerpt, '$.carried_in') = ? LIMIT 1", key)
        return next(iter(found), None)

    def attachments(self) -> list[str]:
        """Return how the items name the papers that are kept beside the register (``records.matter.attachments``), each once a naming."""
        return self._rows("SELECT value FROM items, json_each(items.excerpt, '$.attachments') ORDER BY items.n")

    def counts(self) -> Mapping[str, int]:
        """Return how many items there are in each state that occurs."""
        return self._read(lambda db: dict(db.execute("SELECT state, COUNT(*) FROM items GROUP BY state")))

    def _catch_up(self, progress: Progress | None) -> None:
        with self._building(progress) as builder:
            builder.records()
            if progress is None:
                builder.history(_PIECE)
                builder.text(_PIECE)
            while progress is not None and (builder.history(_PIECES) or builder.text(_PIECE)):
                builder.records()

    def _build(self, work: "Callable[[Builder], None]") -> None:
        def built() -> None:
            with self._building(None) as builder:
                work(builder)

        self._file.whole(built)

    def _at_head(self) -> bool:
        return self._file.reading(lambda db: meta(db, "commit")) == (self._store.head() or "")

    def _lags(self) -> bool:
        head = self._store.head() or ""
        return self._file.reading(lambda db: meta(db, "commit") != head or bool(unread(db) or meta(db, "below")) or not search.filled(db))

    def _fill_history(self, enough: Callable[[sqlite3.Connection], bool] = lambda _: False, most: int | None = None) -> None:
        def fill(builder: "Builder") -> None:
            while not enough(builder.db) and builder.history(most or _PIECES):
                pass

        if self._read(lambda db: meta(db, "below")):
            self._build(fill)

    def _begins(self, db: sqlite3.Connection, item: str) -> bool:
        """Whether the first commit that is known to have touched an item is the one that brought it."""
        sql = "SELECT step FROM touches CROSS JOIN commits USING (n) WHERE item = ? ORDER BY touches.n LIMIT 1"
        first = [_STEP.decode(text).commit for (text,) in db.execute(sql, (item_number(item),))]
        return any(not (parent := self._store.describe(each).parent) or not self._store.blob_id(item_path(item), parent) for each in first)

    @contextmanager
    def _building(self, progress: Progress | None) -> "Iterator[Builder]":
        from records.index.building import Builder  # and with it all acts, which whoever only reads does without

        with self._file.writing() as db, closing(Builder(db, self._store, progress)) as builder, suppress(Stopped):
            yield builder

    def _spoilt(self) -> None:
        with suppress(OSError, Unusable):  # whoever reads next finds that out
            self._file.discard()

    def _rows(self, sql: str, *values: object) -> list[str]:
        return self._told(str, sql, *values)

    def _told(self, read: Callable[[str], _T], sql: str, *values: object) -> list[_T]:
        """What is asked of one column, read while the file is at hand: what cannot be read is damage, and mended."""
        return self._read(lambda db: [read(found) for (found,) in db.execute(sql, values)])

    def _read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Read the index at one moment; one that stands nowhere is built first, and one that lacks records but for who began in haste."""

        def at_one_moment(db: sqlite3.Connection) -> tuple[bool, _T]:
            db.execute("BEGIN")
            try:
                return bool(meta(db, "commit")) and (self._hasty or not unread(db)), work(db)
            finally:
                with suppress(*FAULTS):
                    db.execute("ROLLBACK")

        whole, found = self._file.reading(at_one_moment)
        if not whole and self._store.head():
            self.catch_up()
            _, found = self._file.reading(at_one_moment)
        return found


def _reaches(db: sqlite3.Connection, since: str) -> bool:
    """Whether the history is known as far back as a time, and some days more, for clocks of servers differ."""
    oldest = db.execute("SELECT json_extract(step, '$.time') FROM commits ORDER BY n LIMIT 1").fetchone()
    return bool(since and oldest) and str(oldest[0]) < _sooner(since)


def _sooner(since: str) -> str:
    return (date.fromisoformat(since[:10]) - _CLOCKS).isoformat()
