"""Tables that people made: .xlsx and .csv as rows of cells, each with its place; what is hostile in them is bounded before it is unfolded.

Offices keep their tables in WPS or Excel: titles above the heading, a heading over two rows, merged cells, dates as text or as serial
numbers, full-width digits, remarks under the last row. Formulas are never worked out: what the program that saved the file put beside
them counts. Cells of a merged area all hold what stands in its first.
"""

import csv
import io
import re
import unicodedata
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

LARGEST = 16 << 20
"""Bytes of a file that is read as a table."""
ROWS, COLUMNS, SIGNS = 20_000, 80, 10_000
"""Rows and columns of a sheet and signs of a cell that are read."""
_UNFOLDED = 160 << 20  # bytes
_MEMBERS = 500  # files in a workbook
_MERGED = 200_000  # cells that merged areas may fill
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_DAY = re.compile(r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*[日号]?(?:[ T]\s*\d{1,2}:\d{2}(?::\d{2})?)?")
_FOOT = re.compile(r"(备注|附注|注|说明|填表\w*|填报\w*|制表\w*|审核\w*|审批\w*|联系\w*|日期|[合总小共]计)([:：].*|$)", re.DOTALL)
_EPOCH = date(1899, 12, 30)  # day 0 of a workbook's serial numbers
_SERIALS = range(20_000, 80_000)  # 1954 to 2119


_DAMAGED = (
    BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    OSError,
    SyntaxError,
    EOFError,
    RuntimeError,
    ArithmeticError,
    zlib.error,
)
"""What a damaged workbook raises: as many ways as its reader has assumptions."""


class TableError(Exception):
    """A file that is no table, or a sheet that is not there; the message is for the person."""


@dataclass(frozen=True)
class Cell:
    """One cell: its value as text, its place as ``C5``, and the day that it holds if it is formatted as one."""

    text: str
    place: str
    day: date | None = None


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet from the top, each a cell a column; trailing empty rows are left out."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


def letter(column: int) -> str:
    """Return the letters of a column counted from 0."""
    found = ""
    column += 1
    while column:
        column, left = divmod(column - 1, 26)
        found = chr(65 + left) + found
    return found


def bare(heading: str) -> str:
    """Return a heading as it is compared: without blanks, what stands in brackets, and width."""
    text = re.sub(r"\(.*?\)|\s", "", unicodedata.normalize("NFKC", heading))
    return text.strip("：:*、，。")


def is_remark(row: Sequence[Cell]) -> bool:
    """Say whether a row under the headings is no row of the table: one text across it, or a remark, who filled it in, a sum."""
    said = [cell.text for cell in row if cell.text]
    return bool(said) and ((len(said) > 1 and len(set(said)) == 1) or _FOOT.match(re.sub(r"\s", "", said[0])) is not None)


def read_sheets(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of a table that hold anything.

    Args:
        data: the file's bytes.
        name: the file's name without folder and ending, the name of the one sheet of a .csv.

    Raises:
        TableError: it is no table, or larger than any ledger.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError("这是旧格式（.xls）或加了密码的文件，不能读取。请用 WPS 或 Excel 另存为 .xlsx，不设密码。")
    found = _workbook(data) if data.startswith(b"PK") else (Sheet(name, _cells(_separated(data), {})),)
    if not (filled := tuple(sheet for sheet in found if sheet.rows)):
        raise TableError("表里没有内容。")
    return filled


def as_day(cell: Cell, year: int | None = None) -> str | None:
    """Return the day that a cell means as ISO date, None where it means none.

    Args:
        cell: a real date, ``2026.3.5``, ``2026年3月5日``, ``20260305``, a serial number, or ``3月5日``.
        year: the year of a day that is written without one; such a day means nothing where that is not known.
    """
    if cell.day is not None:
        return cell.day.isoformat()
    text = unicodedata.normalize("NFKC", cell.text).strip()
    with suppress(ValueError, OverflowError):
        if re.fullmatch(r"(19|20)\d{6}", text):
            return datetime.strptime(text, "%Y%m%d").date().isoformat()  # a day has no zone
        if re.fullmatch(r"\d{5}(\.0+)?", text) and int(float(text)) in _SERIALS:
            return (_EPOCH + timedelta(days=int(float(text)))).isoformat()
        if (match := _DAY.fullmatch(text)) and (match[1] or year):
            return date(int(match[1] or year or 0), int(match[2]), int(match[3])).isoformat()
    return None


def _workbook(data: bytes) -> tuple[Sheet, ...]:
    from openpyxl import load_workbook

    warnings.filterwarnings("ignore", module=r"openpyxl\.")  # it would speak English of a strange file in the midst of a screen
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
        if len(members) > _MEMBERS or sum(each.file_size for each in members) > _UNFOLDED:
            raise TableError("文件展开后过大，不像台账，不予读取。请只留台账的工作表，另存后再用。")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return tuple(_sheet(book[name], data) for name in book.sheetnames if hasattr(book[name], "iter_rows"))
        finally:
            book.close()
    except TableError:
        raise
    except _DAMAGED as error:
        raise TableError("这个 .xlsx 文件已损坏，不能读取。请用 WPS 或 Excel 打开后另存一份。") from error


def _sheet(sheet: "ReadOnlyWorksheet", data: bytes) -> Sheet:
    sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
    with ZipFile(io.BytesIO(data)) as archive:
        merges = tuple(_MERGE.findall(archive.read(sheet._worksheet_path)))
    rows = [list(row) for row in sheet.iter_rows(max_row=ROWS + 1, max_col=COLUMNS + 1, values_only=True)]
    return Sheet(str(sheet.title), _cells(rows, _covered(merges, len(rows))))


def _covered(merges: Sequence[tuple[bytes, bytes, bytes, bytes]], rows: int) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Return the cells that merged areas cover, each with the first cell of its area."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in merges:
        first = int(top) - 1, _column(left)
        for row in range(first[0], min(int(bottom), rows)):
            for column in range(first[1], min(_column(right), COLUMNS) + 1):
                found[row, column] = first
            if len(found) > _MERGED:
                raise TableError("合并的单元格过多，不予读取。请取消合并后再用。")
    return found


def _column(letters: bytes) -> int:
    number = 0
    for each in letters:
        number = number * 26 + each - 64
    return number - 1


def _separated(data: bytes) -> list[list[object]]:
    text = _decoded(data)
    head = text[:5000]
    separator = max(",\t;", key=head.count)
    try:
        rows: list[list[object]] = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(list(row))
            if len(rows) > ROWS:
                break
    except csv.Error as error:
        raise TableError("这个 .csv 文件格式不对，不能读取。请用 WPS 或 Excel 打开后另存为 .xlsx。") from error
    return rows


def _decoded(data: bytes) -> str:
    codes = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for code in codes:
        with suppress(UnicodeDecodeError):
            if "\0" not in (text := data.decode(code)):
                return text
    raise TableError("文件不是 .xlsx，也不是 UTF-8 或 GBK 编码的 .csv，不能读取。请用 WPS 或 Excel 另存为 .xlsx。")


def _cells(rows: Sequence[Sequence[object]], covered: Mapping[tuple[int, int], tuple[int, int]]) -> tuple[tuple[Cell, ...], ...]:
    if len(rows) > ROWS and any(value not in (None, "") for row in rows[ROWS:] for value in row):
        raise TableError(f"表有 {ROWS} 行以上，不像台账，不予读取。请分成几份。")
    width = max((n + 1 for row in rows for n, value in enumerate(row) if value not in (None, "")), default=0)
    if width > COLUMNS:
        raise TableError(f"表有 {COLUMNS} 列以上，不像台账，不予读取。请删去台账以外的列。")
    found = [tuple(_row(rows, row, width, covered)) for row in range(min(len(rows), ROWS))]
    while found and not any(cell.text for cell in found[-1]):
        found.pop()
    return tuple(found)


def _row(rows: Sequence[Sequence[object]], row: int, width: int, covered: Mapping[tuple[int, int], tuple[int, int]]) -> Iterator[Cell]:
    for column in range(width):
        at, across = covered.get((row, column), (row, column))
        values = rows[at] if at < len(rows) else ()
        value = values[across] if across < len(values) else None
        text, place = _text(value), f"{letter(column)}{row + 1}"
        if len(text) > SIGNS:
            raise TableError(f"{place} 有 {len(text)} 个字，超过 {SIGNS} 字的上限，不予读取。请删减后再用。")
        yield Cell(text, place, value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    lines = str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).strip()
