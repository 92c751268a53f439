"""Tables that people give and take: read out of a file, written as a workbook or, through LibreOffice, as PDF."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.command.common import fail, say
from tui.command.paths import write_file

if TYPE_CHECKING:
    from desk.tables import Sheet

_FILE = click.Path(dir_okay=False, path_type=Path)
as_xlsx = click.option("--xlsx", "sheet", type=_FILE, metavar="FILE", help="另存为 Excel 表格。")
as_pdf = click.option("--pdf", "pdf", type=_FILE, metavar="FILE", help="排成 PDF，每页有表头和页码；须装有 LibreOffice 和它的表格部件。")


def write_book(doing: str, sheet: Path | None, pdf: Path | None, book: Callable[[], bytes]) -> bool:
    """Write a workbook as the files that were asked for, and say so; return whether any was.

    Args:
        doing: what this is, for the complaint.
        sheet: where the .xlsx goes, if it is wanted.
        pdf: where the PDF goes, if it is wanted.
        book: makes the workbook.

    Raises:
        StoreError: a file cannot be written.
    """
    if sheet is None and pdf is None:
        return False
    data = book()
    printed = None if pdf is None else _printed(data)  # before anything is written: who asked for both gets both or neither
    for path, made in ((sheet, data), (pdf, printed)):
        if path is not None and made is not None:
            write_file(doing, path, made)
            say(f"已写出 {path}。")
    return True


def _printed(book: bytes) -> bytes:
    from documents.libreoffice.installation import find_office
    from documents.libreoffice.printer import Printer, PrintError

    office = find_office(os.environ.get("PATH", os.defpath))
    if office is None:
        fail("本机没有可用的 LibreOffice，不能排成 PDF。请用 --xlsx 另存为表格打印，或请系统管理员安装（duban doctor 说明缺什么）。")
    try:
        with Printer(office) as printer:
            return printer.pdf(book, ".xlsx")
    except PrintError as error:
        fail(str(error))


def sheets_of(path: Path) -> "tuple[Sheet, ...]":
    """Return the sheets of a table, or leave with the reason why it is none."""
    from desk.tables import LARGEST, TableError, read_sheets
    from records.store.disk import read_foreign

    try:
        return read_sheets(read_foreign(path, LARGEST), path.stem)
    except TableError as error:
        fail(f"{path}：{error}")


def workbook_of(sheets: Mapping[str, Sequence[Sequence[str]]], heading: str, at: datetime) -> bytes:
    """Return sheets, headings first, as a workbook that reads back as they are."""
    from wcwidth import wcswidth

    from documents.forms.workbook import WorkbookColumn, WorkbookSheet, render

    made = []
    for name, (heads, *rows) in sheets.items():
        columns = [
            WorkbookColumn(head, max(6, min(40, max(wcswidth(text) for text in (head, *values)) + 2)), values)
            for head, *values in zip(heads, *rows, strict=True)
        ]
        made.append(WorkbookSheet(name, heading, name, columns))
    return render(made, at)
