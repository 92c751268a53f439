"""Tables as a workbook: real dates and numbers, ready to filter and print, and the same bytes for the same content on any machine.

Text from records is written as text whatever it begins with: a title of ``=…`` never becomes a formula.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from documents.official import chars
from documents.package import archived
from schema.text import show

_CREATOR = "督办登记簿"
_CORE = "docProps/core.xml"


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        name: on the tab.
        heading: over the table.
        columns: their names and widths in characters.
        rows: text, numbers, days and None for what is not known, in the order of the columns.
        frozen: how many columns stay in sight.
        colours: for a column by its name, six hex digits by the text of the cell.
    """

    name: str
    heading: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[object]]
    frozen: int = 0
    colours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def render(sheets: Sequence[Sheet], at: datetime) -> bytes:
    """Return the tables as the bytes of an .xlsx file.

    Args:
        sheets: one a tab.
        at: when it is made; stands in the file's properties.
    """
    book = Workbook()
    book.remove(book.active)
    for each in sheets:
        sheet = book.create_sheet(each.name)
        _fill(sheet, each)
        _dress(sheet, each)
    saved = io.BytesIO()
    book.save(saved)
    # openpyxl stamps the time of saving, which would make other bytes of the same table.
    made = (at - (at.utcoffset() or timedelta())).replace(tzinfo=None, microsecond=0)
    core = tostring(DocumentProperties(creator=_CREATOR, created=made, modified=made).to_tree())
    with zipfile.ZipFile(saved) as archive:
        return archived({name: core if name == _CORE else archive.read(name) for name in archive.namelist()})


def _fill(sheet: Worksheet, told: Sheet) -> None:
    _write(sheet, 1, [told.heading])
    _write(sheet, 2, [name for name, _ in told.columns])
    for place, row in enumerate(told.rows, start=3):
        _write(sheet, place, row)
        for column, ((name, _), value) in enumerate(zip(told.columns, row, strict=True), start=1):
            if colour := told.colours.get(name, {}).get(str(value)):
                sheet.cell(place, column).fill = PatternFill("solid", start_color=colour)


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


def _dress(sheet: Worksheet, told: Sheet) -> None:
    """Widths, filter, a head that stays in sight and repeats on every printed page."""
    count = len(told.columns)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=count)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    # Merged cells do not grow with their text; a column is counted in half-width signs of 11 points.
    lines = ceil(chars(told.heading) * 2 * 16 / 11 / sum(width for _, width in told.columns))
    sheet.row_dimensions[1].height = 24 * lines
    for column, (_, width) in enumerate(told.columns, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(2, column).font = Font(bold=True)
    sheet.freeze_panes = f"{get_column_letter(told.frozen + 1)}3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(count)}{len(told.rows) + 2}"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
