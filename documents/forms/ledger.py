"""The ledger as a workbook: what the office would otherwise keep by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from documents.forms.terms import day_text
from documents.forms.workbook import WorkbookColumn, WorkbookSheet, render


@dataclass(frozen=True)
class LedgerEntry:
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


_COLUMNS = (
    WorkbookColumn("编号", 14),
    WorkbookColumn("事项名称", 28, text=True),
    WorkbookColumn("类别", 14, text=True),
    WorkbookColumn("来源", 17, text=True),
    WorkbookColumn("收到日期", 12),
    WorkbookColumn("批示或要求", 32, text=True),
    WorkbookColumn("主办单位", 13, text=True),
    WorkbookColumn("协办单位", 17, text=True),
    WorkbookColumn("交办日期", 12),
    WorkbookColumn("办结时限", 12),
    WorkbookColumn("状态", 11),
    WorkbookColumn("灯", 5, colours={"红": "F4B6B6", "黄": "FBE6A2", "绿": "CBE8C6"}),
    WorkbookColumn("剩余工作日", 12),
    WorkbookColumn("文号", 17, text=True),
)


def workbook(title: str, entries: Iterable[LedgerEntry], at: datetime) -> bytes:
    """Return the ledger as the bytes of an .xlsx file, the same for the same ledger and time.

    Args:
        title: the sheet's heading.
        entries: the lines, in their order.
        at: when it is made; stands under the heading and in the file's properties.
    """
    rows = tuple(tuple(vars(entry).values()) for entry in entries)
    caption = f"截至{day_text(at.date().isoformat())}{at:%H:%M}，共{len(rows)}件"
    return render((WorkbookSheet("台账", title, caption, _COLUMNS, rows, frozen=2),), at)
