"""The ledger as a workbook: dates are dates, hostile titles stay text, the head repeats in print."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from documents.ledger import Entry, workbook

AT = datetime(2026, 11, 23, 10, 30)


def entry(title: str = "学校周边交通安全隐患") -> Entry:
    return Entry(
        "DB-2026-0118", title, "（四）", "市委办公室", date(2026, 8, 31), "请抓紧查实。", "交通警察支队", "城关分局、治安管理支队",
        date(2026, 8, 31), date(2026, 9, 7), "办理中", "黄", 2, "兰公办〔2026〕14号",
    )  # fmt: skip


def sheet(*entries: Entry) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(workbook("督办台账", entries, AT))).active


def test_dates_and_numbers_are_real_ones() -> None:
    row = [cell.value for cell in sheet(entry())[3]]
    assert row[4] == datetime(2026, 8, 31)
    assert row[9] == datetime(2026, 9, 7)
    assert row[12] == 2


@pytest.mark.parametrize("title", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_title_becomes_a_formula(title: str) -> None:
    cell = sheet(entry(title))["B3"]
    assert (cell.data_type, cell.value) == ("s", title)
    assert cell.quotePrefix


def test_the_head_stays_filters_and_repeats_in_print() -> None:
    found = sheet(entry(), entry("另一件"))
    assert found.freeze_panes == "C3"
    assert found.auto_filter.ref == "A2:N4"
    assert found.print_title_rows == "$2:$2"
    assert found["A2"].value == "编号"


def test_control_characters_cannot_break_the_file() -> None:
    assert "␛" in sheet(entry("标题\x1b]0;x"))["B3"].value
