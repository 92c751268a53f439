"""The ledger as a workbook: what the office would otherwise keep by hand."""

from collections.abc import Sequence
from datetime import datetime

from documents.forms.terms import day_text
from documents.forms.workbook import WorkbookColumn, WorkbookSheet, render


def workbook(title: str, columns: Sequence[WorkbookColumn], at: datetime) -> bytes:
    """Return the ledger as the bytes of an .xlsx file, the same for the same ledger and time.

    Args:
        title: the sheet's heading.
        columns: its columns with their cells; the first two stay in sight.
        at: when it is made; stands under the heading and in the file's properties.
    """
    caption = f"截至{day_text(at.date().isoformat())}{at:%H:%M}，共{len(columns[0].cells)}件"
    return render((WorkbookSheet("台账", title, caption, columns, frozen=2),), at)
