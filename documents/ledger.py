"""The ledger as a workbook: what the office would otherwise keep by hand, with real dates and numbers, ready to filter and print.

Text from records is written as text whatever it begins with: a title of ``=…`` never becomes a formula.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from schema.text import show

_FILLS = {"红": "F4B6B6", "黄": "FBE6A2", "绿": "CBE8C6"}


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; days are dates, what is not known is None."""

    id: str
    title: str
    category: str
    source: str
    received: date
    instruction: str
    lead: str
    assisting: str
    dispatched: date | None
    due: date | None
    state: str
    light: str
    days_left: int | None
    number: str


_COLUMNS: tuple[tuple[str, int], ...] = (
    ("编号", 14),
    ("事项名称", 40),
    ("类别", 26),
    ("来源", 26),
    ("收到日期", 12),
    ("批示或要求", 44),
    ("主办单位", 16),
    ("协办单位", 24),
    ("交办日期", 12),
    ("办结时限", 12),
    ("状态", 16),
    ("灯", 5),
    ("剩余工作日", 11),
    ("文号", 22),
)


def workbook(title: str, entries: Iterable[Entry], at: datetime) -> bytes:
    """Return the ledger as the bytes of an .xlsx file.

    Args:
        title: the sheet's heading.
        entries: the lines, in their order.
        at: when it is made; stands in the heading and in the file's properties.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "台账"
    book.properties.creator, book.properties.created, book.properties.modified = (
        "督办登记簿",
        at.replace(tzinfo=None),
        at.replace(tzinfo=None),
    )
    _write(sheet, 1, [f"{title}（{at:%Y-%m-%d %H:%M}）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_COLUMNS))
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    _write(sheet, 2, [name for name, _ in _COLUMNS])
    count = 2
    for count, entry in enumerate(entries, start=3):
        _write(sheet, count, list(vars(entry).values()))
        if entry.light in _FILLS:
            sheet.cell(count, 12).fill = PatternFill("solid", start_color=_FILLS[entry.light])
    _dress(sheet, count)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, row: int, values: Sequence[object]) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        assert isinstance(cell, Cell)
        if isinstance(value, str):
            cell.value = show(value, lines=True)
            cell.data_type = "s"  # openpyxl would take “=…” for a formula
            cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
        elif isinstance(value, date):
            cell.value, cell.number_format = value, "yyyy-mm-dd"
        else:
            cell.value = value
        cell.alignment = Alignment(vertical="top", wrap_text=True)


def _dress(sheet: Worksheet, rows: int) -> None:
    """Widths, filter, a head that stays and repeats on every printed page."""
    for column, (_, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(2, column).font = Font(bold=True)
    sheet.freeze_panes = "C3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(_COLUMNS))}{rows}"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
