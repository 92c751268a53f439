"""A heading and the cells under it are one thing, in whatever order and place the ledger's columns are picked."""

import io
import json
from datetime import date, datetime

import openpyxl
import pytest
from click.testing import CliRunner

from desk import columns
from desk.columns import LEDGER, LedgerColumn, LedgerLine, pick
from desk.desk import Desk
from documents.forms.ledger import workbook
from records.register.register import Register
from tests.tui.playing import NOW, playing
from tui.command import duban
from tui.widgets.line_list import LineList


@pytest.fixture
def lines(demo: Register) -> list[LedgerLine]:
    """Every item of the demo with its record."""
    desk = Desk(demo, None, lambda: NOW)
    return [LedgerLine(*row, desk.view.roster, desk.view.item(row[0].id)) for row in desk.ledger()]


def test_no_two_columns_have_one_name_or_one_heading() -> None:
    assert list(LEDGER) == [column.name for column in LEDGER.values()]
    for picked in (columns.WORKBOOK, columns.SCREEN, columns.LISTED, columns.JSON):
        headings = [column.short or column.heading for column in picked]
        assert len(set(headings)) == len(headings)


def test_a_column_that_there_is_not_cannot_be_picked() -> None:
    with pytest.raises(KeyError, match="titel"):
        pick("id", "titel")


def test_whatever_is_swapped_in_a_workbook_the_cells_stay_under_their_heading(lines: list[LedgerLine]) -> None:
    for picked in (columns.WORKBOOK, columns.WORKBOOK[::-1], (*columns.WORKBOOK[5:], *columns.WORKBOOK[:5])):
        book = openpyxl.load_workbook(io.BytesIO(workbook("台账", [column.bound(lines) for column in picked], NOW))).active
        heads = [cell.value for cell in book[3]]
        for n, line in enumerate(lines, start=4):
            found = dict(zip(heads, (cell.value for cell in book[n]), strict=True))
            assert {head: _plain(value) for head, value in found.items()} == {column.heading: _workbook(column, line) for column in picked}


async def test_on_screen_each_cell_stands_under_its_heading(demo: Register, lines: list[LedgerLine]) -> None:
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        await play.press("f3")
        shown = play.app.screen.query_one(LineList)
        by_id = {line.excerpt.id: line for line in lines}
        assert len(shown._rows) == len(lines)
        for row in shown._rows:
            found = {column.title: column.text(row) for column in shown._columns}
            assert found == {column.short or column.heading: column.told(by_id[found["编号"]]) for column in columns.SCREEN}


def test_the_list_and_the_data_of_the_command_line_are_the_same_columns(demo: Register, lines: list[LedgerLine]) -> None:
    told = CliRunner().invoke(duban, ["--register", str(demo.home), "ls", "--json"])
    listed = CliRunner().invoke(duban, ["--register", str(demo.home), "ls"])
    data = json.loads(told.output)
    assert [list(each) for each in data] == [[column.name for column in columns.JSON]] * len(lines)
    assert [each["id"] for each in data] == [line.excerpt.id for line in lines]
    for row, line in zip(listed.output.splitlines(), lines, strict=True):
        place = 0
        for column in columns.LISTED:
            if column.name not in ("light", "days_left"):  # the clock of the command is the machine's
                place = row.index(column.told(line), place)


def _workbook(column: LedgerColumn, line: LedgerLine) -> object:
    """What a column puts into a workbook, said anew from its data and words."""
    data = column.data(line)
    if column.day:
        return None if data is None else date.fromisoformat(str(data)[:10])
    return (data if column.words is None else column.words(line) if data is not None else "") or None


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value
