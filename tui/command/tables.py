"""Tables that people give and take: read out of a file, written as a workbook."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from wcwidth import wcswidth

from desk.tables import LARGEST, Sheet, TableError, read_sheets
from records.store.disk import read_foreign
from tui.command.common import fail


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of a table, or leave with the reason why it is none."""
    try:
        return read_sheets(read_foreign(path, LARGEST), path.stem)
    except TableError as error:
        fail(f"{path}：{error}")


def workbook_of(sheets: Mapping[str, Sequence[Sequence[str]]], heading: str, at: datetime) -> bytes:
    """Return sheets, headings first, as a workbook that reads back as they are."""
    from documents.forms.workbook import WorkbookColumn, WorkbookSheet, render

    made = []
    for name, (heads, *rows) in sheets.items():
        columns = [
            WorkbookColumn(head, max(6, min(40, max(wcswidth(text) for text in (head, *values)) + 2)), values)
            for head, *values in zip(heads, *rows, strict=True)
        ]
        made.append(WorkbookSheet(name, heading, name, columns))
    return render(made, at)
