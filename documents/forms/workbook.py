"""Tables as a workbook: real dates and numbers, ready to filter and print, and the same bytes for the same content on any machine.

Text from records is written as text whatever it begins with: a title of ``=…`` never becomes a formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from documents.layout.official_document import chars
from documents.layout.package import archived
from schema.text import show

_CREATOR = "督办登记簿"
_CORE = "docProps/core.xml"
_HEADING, _HEAD, _BODY = Font("方正小标宋简体", 18), Font("黑体", 10.5), Font("宋体", 10.5)
_LINE = Side("thin")
_FRAME = Border(_LINE, _LINE, _LINE, _LINE)
_SIDE, _ENDS, _FOOT = 0.4, 0.55, 0.3  # margins in inches: 10 mm beside the table, 14 mm above and below, the page number at 8 mm
_UNIT = _BODY.size / 2  # points that a column is wide for each sign of its width
_PAD = 8  # points of a column that stay clear of text
_LEADING = 1.5  # height of a line in sizes of its font: no font that may stand in is higher
_HIGHEST = 409  # points that a row may have
_NO_TAB = re.compile(r"[\[\]:*?/\\]")  # what the name of a sheet may not hold, and it may not be longer than 31 signs
_HEAD_ROW = 3  # under heading and caption
Paper = Literal["A3", "A4", "A4 upright"]


@dataclass(frozen=True)
class WorkbookColumn:
    """A column of a table.

    Attributes:
        name: over it.
        width: in half-width signs of the table's text.
        cells: text, numbers, days and None for what is not known, from the top; as many in every column of a table.
        text: set flush left as running text; all else stands in the middle.
        colours: six hex digits by the text of the cell.
    """

    name: str
    width: int
    cells: Sequence[object]
    text: bool = False
    colours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkbookSheet:
    """One table.

    Attributes:
        name: on the tab.
        heading: over the table.
        caption: between heading and table.
        columns: from the left.
        frozen: how many columns stay in sight.
        paper: what it is printed on, lying down but for ``A4 upright``; a table too wide for A4 at 8 points is set on A3.
    """

    name: str
    heading: str
    caption: str
    columns: Sequence[WorkbookColumn]
    frozen: int = 0
    paper: Paper = "A3"


def render(sheets: Sequence[WorkbookSheet], at: datetime) -> bytes:
    """Return the tables as the bytes of an .xlsx file.

    Args:
        sheets: one a tab.
        at: when it is made; stands in the file's properties.
    """
    book = Workbook()
    book.remove(book.active)
    book._named_styles["Normal"].font = _BODY  # its digits are what widths of columns are counted in; openpyxl has no other way to it
    for each in sheets:
        sheet = book.create_sheet(_NO_TAB.sub("", each.name)[:31] or "表")
        _fill(sheet, each)
        _dress(sheet, each)
    saved = io.BytesIO()
    book.save(saved)
    # openpyxl stamps the time of saving, which would make other bytes of the same table.
    made = (at - (at.utcoffset() or timedelta())).replace(tzinfo=None, microsecond=0)
    core = tostring(DocumentProperties(creator=_CREATOR, created=made, modified=made).to_tree())
    with zipfile.ZipFile(saved) as archive:
        return archived({name: core if name == _CORE else archive.read(name) for name in archive.namelist()})


def _fill(sheet: Worksheet, told: WorkbookSheet) -> None:
    width = sum(column.width for column in told.columns)
    for row, text, font, side in ((1, told.heading, _HEADING, "center"), (2, told.caption, _BODY, "right")):
        cell = _cell(sheet, row, 1, text)
        cell.font, cell.alignment = font, Alignment(side, "center", wrap_text=True)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(told.columns))
        _raise(sheet, row, font, (_lines(text, font, width),))
    rows = zip(*((column.name, *column.cells) for column in told.columns), strict=True)
    for row, values in enumerate(rows, start=_HEAD_ROW):
        font = _BODY if row > _HEAD_ROW else _HEAD
        for place, (column, value) in enumerate(zip(told.columns, values, strict=True), start=1):
            cell = _cell(sheet, row, place, value)
            side = "left" if column.text and row > _HEAD_ROW else "center"
            cell.font, cell.border, cell.alignment = font, _FRAME, Alignment(side, "center", wrap_text=True)
            if row > _HEAD_ROW and (colour := column.colours.get(str(value))):
                cell.fill = PatternFill("solid", start_color=colour)
        # Excel finds the height of a row only once somebody edits it, LibreOffice only where a row is not merged.
        _raise(sheet, row, font, (_lines(str(value), font, column.width) for column, value in zip(told.columns, values, strict=True)))


def _cell(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
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
    return cell


def _lines(text: str, font: Font, width: int) -> int:
    """Return how many lines a text takes in a column; a word that does not fit its line may leave a sign or two of it empty."""
    room = max((width * _UNIT - _PAD) / font.size - 0.5, 1)
    return sum(max(ceil(chars(line) / room), 1) for line in text.split("\n"))


def _raise(sheet: Worksheet, row: int, font: Font, lines: Iterable[int]) -> None:
    sheet.row_dimensions[row].height = min(round(max(lines) * font.size * _LEADING + _PAD), _HIGHEST)


def _dress(sheet: Worksheet, told: WorkbookSheet) -> None:
    """Widths, filter, a head that stays in sight, and on every printed page what the table is and of when."""
    for place, column in enumerate(told.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = f"{get_column_letter(told.frozen + 1)}{_HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{get_column_letter(len(told.columns))}{len(told.columns[0].cells) + _HEAD_ROW}"
    sheet.print_title_rows = f"1:{_HEAD_ROW}"
    sheet.page_setup.orientation = "portrait" if told.paper == "A4 upright" else "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3 if told.paper == "A3" else sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(_SIDE, _SIDE, _ENDS, _ENDS, _FOOT, _FOOT)
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
