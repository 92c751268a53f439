"""Tables as offices make them, and as an attacker would: read with the place of every cell, bounded before they are unfolded."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from openpyxl import Workbook

from desk import tables
from desk.tables import Cell, TableError, as_day, letter, read_sheets


def saved(book: Workbook) -> bytes:
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def book(*rows: Sequence[object], merged: tuple[str, ...] = ()) -> bytes:
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(list(row))
    for area in merged:
        made.active.merge_cells(area)
    return saved(made)


def texts(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row] for row in read_sheets(data, "台账")[0].rows]


def test_every_cell_keeps_its_place_and_merged_ones_hold_what_stands_in_the_first() -> None:
    data = book(["台账", None, None], ["甲", "乙", "丙"], [None, "丁", 3.0], [None, None, None], merged=("A1:C1", "A2:A3"))
    (sheet,) = read_sheets(data, "台账")
    assert [[cell.text for cell in row] for row in sheet.rows] == [["台账"] * 3, ["甲", "乙", "丙"], ["甲", "丁", "3"]]
    assert [cell.place for cell in sheet.rows[2]] == ["A3", "B3", "C3"]
    assert [letter(n) for n in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_csv_is_read_in_the_codes_that_programs_save_it_in(code: str, separator: str) -> None:
    rows = (("编号", "事项"), ("1", '"第一行\n第二行"'))
    assert texts("\r\n".join(separator.join(row) for row in rows).encode(code)) == [["编号", "事项"], ["1", "第一行\n第二行"]]


@pytest.mark.parametrize("written", ["2026.3.5", "2026年3月5日", "20260305", "２０２６．３．５", "2026-03-05 09:30", "46086", "2026/3/5"])
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    assert as_day(Cell(written, "A1")) == "2026-03-05"


def test_a_day_without_its_year_takes_none_that_nobody_told() -> None:
    assert (as_day(Cell("3月5日", "A1")), as_day(Cell("3月5日", "A1"), 2026)) == (None, "2026-03-05")
    assert as_day(Cell("x", "A1", date(2026, 3, 5))) == "2026-03-05"
    assert [as_day(Cell(text, "A1")) for text in ("2026.13.1", "2026.2.30", "近期", "99999999", "9" * 40)] == [None] * 5


def test_a_formula_is_never_worked_out() -> None:
    assert texts(book(["编号", "=1+1", "=HYPERLINK(1)"])) == [["编号"]]
    assert texts(b"=cmd|x,2") == [["=cmd|x", "2"]]


def _altered(sound: bytes, old: bytes, new: bytes, **more: bytes) -> bytes:
    """A workbook with other words in its parts, and with parts more, as no program saves it."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive, zipfile.ZipFile(io.BytesIO(sound)) as was:
        for name in was.namelist():
            archive.writestr(name, was.read(name).replace(old, new) if old else was.read(name))
        for name, data in more.items():
            archive.writestr(name, data)
    return found.getvalue()


def _bomb() -> bytes:
    return _altered(book(["编号"]), b"", b"", x=b"\0" * (tables._UNFOLDED + 1))


def _widely_merged() -> bytes:
    return _altered(book(*([["甲"]] * 3000), merged=("A1:B2",)), b"A1:B2", b"A1:XFD1048576")


def _far_away() -> bytes:
    made = Workbook()
    assert made.active is not None
    made.active.cell(1_000_000, 1, "x")
    return saved(made)


HOSTILE = {
    "展开后过大": _bomb,
    "合并的单元格过多": _widely_merged,
    "列以上": lambda: book(["x"] * (tables.COLUMNS + 1)),
    "字的上限": lambda: book(["x" * (tables.SIGNS + 1)]),
    "行以上": lambda: b"x\n" * (tables.ROWS + 1),
    "已损坏": lambda: book(["编号"])[:-400],
    "文件已损坏": lambda: _altered(book(["编号"]), b'numFmtId="0"', b'numFmtId="2147483648"'),
    "旧格式": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "不是 .xlsx": lambda: bytes(range(256)),
    "没有内容": lambda: book([]),
    "表里没有内容": _far_away,
}


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_too_much_or_no_table_is_refused_in_words(words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_sheets(HOSTILE[words](), "台账")
