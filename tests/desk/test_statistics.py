"""统计 as one person may see it: periods, whose matters count, what is counted and not named; columns of screen, command and workbook."""

import io
import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import openpyxl
import pytest

from desk.desk import Desk
from desk.statistics import DIMENSIONS, STATISTICS, NoFigures, in_data, question, sheets, statistics
from documents.forms.workbook import render
from records.register.register import Register
from records.rules.statistics import By
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.store import Ident
from tests.planting import store_of

NOW = datetime.fromisoformat("2026-11-28T09:00:00+08:00")
SECRET = "DB-2026-0162"


def desk(register: Register, person: str | None = None) -> Desk:
    return Desk(register, register.view().roster.people[person] if person else None, lambda: NOW)


def _restrict(register: Register) -> None:
    """Let only one leader know of an item."""
    item = register.view().item(SECRET)
    assert item is not None
    with store_of(register).writing() as transaction:
        data = emit(replace(item, need_to_know=("L01",)))
        who = Ident("某人", "x@lzga", NOW)
        transaction.commit({item_path(SECRET): data}, author=who, committer=who, message="限定知悉\n")


def test_every_dimension_has_its_name_and_every_column_its_own_heading() -> None:
    assert tuple(DIMENSIONS) == get_args(By)
    assert len({column.heading for column in STATISTICS.values()}) == len(STATISTICS)


@pytest.mark.parametrize(
    ("since", "until", "wanted", "words"),
    [
        ("", "", ("2026-01-01", "2026-12-31"), "2026年交办"),
        ("2025", "2026", ("2025-01-01", "2026-12-31"), "2025至2026年交办"),
        ("2026-02", "2026-02", ("2026-02-01", "2026-02-28"), "2026-02-01至2026-02-28交办"),
        ("2026-03-05", "", ("2026-03-05", "9999-12-31"), "2026-03-05至今交办"),
        ("2026", "", ("2026-01-01", "9999-12-31"), "2026-01-01至今交办"),
        ("", "2026-03-05", ("0001-01-01", "2026-03-05"), "2026-03-05以前交办"),
    ],
)
def test_a_period_is_written_as_years_months_or_days(since: str, until: str, wanted: tuple[str, str], words: str) -> None:
    asked = question("unit", date(2026, 11, 28), since, until)
    assert (asked.since, asked.until) == wanted
    assert asked.period == words


@pytest.mark.parametrize("text", ["26", "2026-13", "2026-02-30", "去年", "2026年", "99999"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        question("unit", date(2026, 11, 28), text)


def test_a_day_to_come_and_one_before_the_register_have_no_figures(demo: Register) -> None:
    for day in (date(2026, 11, 29), date(2025, 12, 31)):
        with pytest.raises(NoFigures, match=str(day)):
            statistics(desk(demo), question("unit", day))


def test_what_few_may_know_is_counted_and_named_to_them_alone(demo: Register) -> None:
    _restrict(demo)
    asked = question("unit", NOW.date())
    for person, hidden in (("L01", set()), ("L02", {SECRET}), ("CG.liaison", set()), (None, {SECRET})):
        mine = desk(demo, person)
        assert (mine.open(SECRET) is None) == bool(hidden), person
        found = statistics(mine, asked)
        assert found.hidden == hidden, person
        row = next(row for row in found.rows if row.key == "CG")
        assert row.figure("dispatched").count == 1
        told = json.dumps(in_data(found), ensure_ascii=False)
        book = openpyxl.load_workbook(io.BytesIO(render(sheets(mine, found), NOW)))
        cells = [str(cell.value) for sheet in book for line in sheet for cell in line]
        assert (SECRET in told) == (SECRET in cells) == (not hidden), person
        assert any("限定知悉" in cell and "不列名" in cell for cell in cells) == bool(hidden), person


def test_whom_only_units_concern_counts_their_matters(demo: Register) -> None:
    found = statistics(desk(demo, "QLH.liaison"), question("category", NOW.date()))
    mine = {excerpt.id for excerpt, _ in desk(demo, "QLH.liaison").ledger() if excerpt.dispatched}
    assert found.total.figure("dispatched").items == mine
    assert not found.hidden


def test_a_share_is_told_with_its_two_numbers_and_opens_to_all_it_is_a_share_of(demo: Register) -> None:
    found = statistics(desk(demo), question("unit", NOW.date()))
    rate = STATISTICS["closure_rate"]
    assert rate.told(found.total) == "37.9%（11/29）"
    assert len(rate.behind(found.total)) == 29
    for column in STATISTICS.values():
        for row in found.rows:
            assert column.share == ("%（" in column.told(row) or (column.share and column.told(row) == "—")), column.name


def test_the_workbook_adds_up_to_the_screen_and_each_figure_stands_with_its_items(demo: Register, tmp_path: Path) -> None:
    found = statistics(desk(demo), question("unit", NOW.date()))
    book = openpyxl.load_workbook(io.BytesIO(render(sheets(desk(demo), found), NOW)))
    heads, *rows = book["统计"].iter_rows(min_row=3, values_only=True)
    assert [[str(cell) for cell in row] for row in rows] == [
        [row.name, *(column.told(row) for column in STATISTICS.values())] for row in (*found.rows, found.total)
    ]
    assert found.commit in str(book["统计"]["A2"].value)
    item_heads, *items = book["事项"].iter_rows(min_row=3, values_only=True)
    for column in STATISTICS.values():
        if column.of is None:
            own = item_heads.index(column.heading)
            for row in found.rows:
                assert sum(line[own] or 0 for line in items if line[0] == row.name) == row.figure(column.part).count
    assert heads[0] == item_heads[0] == "主办单位"
    assert [row[1].value for row in book["口径"].iter_rows(min_row=4)] == [column.meaning for column in STATISTICS.values()]
