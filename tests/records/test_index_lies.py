"""The audit's look at an index: whatever answers a list or a search and is not what the records say is found, and of whom (三（三）)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from records.index.comparison import lies
from records.index.index import Index
from records.index.rows import item_number
from records.register.register import Register
from tests.planting import store_of

ITEM = "DB-2026-0118"


@pytest.fixture
def indexes(brief: Register, tmp_path: Path) -> Iterator[tuple[Index, Path]]:
    """An index that somebody has altered, and the file of one made anew."""
    doubted, true = Index(tmp_path / "index.sqlite", store_of(brief)), Index(tmp_path / "anew.sqlite", store_of(brief))
    for index in (doubted, true):
        index.catch_up(lambda done, total: True)
    true.close()
    assert list(lies(tmp_path / "index.sqlite", tmp_path / "anew.sqlite")) == []
    yield doubted, tmp_path / "index.sqlite"
    doubted.close()


def _altered(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        assert db.execute(sql, (item_number(ITEM),)).rowcount != 0


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM hands WHERE n = ?",
        "UPDATE hands SET began = NOT began WHERE n = ?",
        "INSERT INTO hands SELECT 'nobody', n, 1 FROM items WHERE n = ?",
        "UPDATE texts SET text = '别的' WHERE n = ?",
        "DELETE FROM texts WHERE n = ?",
        "DELETE FROM parts WHERE n = ?",
        "UPDATE items SET state = 'cancelled' WHERE n = ?",
    ],
)
def test_a_row_that_says_what_no_record_does_is_found(indexes: tuple[Index, Path], sql: str) -> None:
    _, file = indexes
    _altered(file, sql)
    assert list(lies(file, file.with_name("anew.sqlite"))) == [ITEM]


def test_a_search_that_misses_a_matter_or_finds_one_that_is_none_is_found(indexes: tuple[Index, Path]) -> None:
    index, file = indexes
    missed = "INSERT INTO pairs (pairs, rowid, marks) VALUES ('delete', ?, ?)"
    for sql, mark, before, after in ((missed, "校", [ITEM], []), ("INSERT INTO pairs (rowid, marks) VALUES (?, ?)", "鑫", [], [ITEM])):
        assert [each.id for each in index.items(words=mark)] == before
        with closing(sqlite3.connect(file)) as db, db:
            db.execute(sql, (item_number(ITEM), mark))
        assert [each.id for each in index.items(words=mark)] == after
        assert list(lies(file, file.with_name("anew.sqlite"))) == [ITEM]
