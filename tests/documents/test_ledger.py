"""The ledger as a workbook: dates are dates, hostile titles stay text, the head repeats in print."""

import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest

from desk.columns import WORKBOOK
from documents.forms.ledger import workbook
from documents.forms.workbook import WorkbookColumn

AT = datetime(2026, 11, 23, 10, 30, tzinfo=timezone(timedelta(hours=8)))
MAKE = """
import hashlib
from tests.documents.test_ledger import AT, columns, entry
from documents.forms.ledger import workbook
print(hashlib.sha256(workbook("督办台账", columns(entry(), entry("=另一件")), AT)).hexdigest())
"""


def entry(title: str = "学校周边交通安全隐患") -> tuple[object, ...]:
    return (
        "DB-2026-0118", title, "（四）", "市委办公室", date(2026, 8, 31), "请抓紧查实。", "交通警察支队", "城关分局、治安管理支队",
        date(2026, 8, 31), date(2026, 9, 7), "办理中", "黄", 2, "兰公办〔2026〕14号",
    )  # fmt: skip


def columns(*entries: tuple[object, ...]) -> list[WorkbookColumn]:
    """Return the ledger's own columns with the cells of these lines."""
    cells = zip(*entries, strict=True)
    return [replace(column.bound(()), cells=found) for column, found in zip(WORKBOOK, cells, strict=True)]


def sheet(*entries: tuple[object, ...]) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(workbook("督办台账", columns(*entries), AT))).active


def test_dates_and_numbers_are_real_ones() -> None:
    row = [cell.value for cell in sheet(entry())[4]]
    assert row[4] == datetime(2026, 8, 31)
    assert row[9] == datetime(2026, 9, 7)
    assert row[12] == 2


@pytest.mark.parametrize("title", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_title_becomes_a_formula(title: str) -> None:
    cell = sheet(entry(title))["B4"]
    assert (cell.data_type, cell.value) == ("s", title)
    assert cell.quotePrefix


def test_the_head_stays_filters_and_repeats_in_print() -> None:
    found = sheet(entry(), entry("另一件"))
    assert found.freeze_panes == "C4"
    assert found.auto_filter.ref == "A3:N5"
    assert found.print_title_rows == "$1:$3"
    assert [found[place].value for place in ("A1", "A2", "A3")] == ["督办台账", "截至2026年11月23日10:30，共2件", "编号"]


def test_control_characters_cannot_break_the_file() -> None:
    assert "␛" in sheet(entry("标题\x1b]0;x"))["B4"].value


def test_the_light_is_a_colour_too() -> None:
    row = sheet(entry())[4]
    assert row[11].fill.start_color.rgb == "00FBE6A2"
    assert row[10].fill.fill_type is None


def test_the_same_ledger_gives_the_same_bytes_in_any_process() -> None:
    made = set()
    for seed in ("1", "2"):
        environment = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed, "TZ": f"UTC{seed}"}
        told = subprocess.run(
            [sys.executable, "-c", MAKE], cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=True
        )
        made.add(told.stdout)
    assert len(made) == 1
    assert len(made.pop().strip()) == 64


def test_nothing_in_the_file_tells_when_or_with_which_zlib_it_was_saved() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook("督办台账", columns(entry()), AT))) as archive:
        assert {(member.date_time, member.compress_type) for member in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-11-23T02:30:00Z") == 2
