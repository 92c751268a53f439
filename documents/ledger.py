"""The ledger as a workbook: what the office would otherwise keep by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from documents.terms import day_text
from documents.workbook import Column, Sheet, render


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


_COLUMNS = (
    Column("编号", 14),
    Column("事项名称", 28, text=True),
    Column("类别", 14, text=True),
    Column("来源", 17, text=True),
    Column("收到日期", 12),
    Column("批示或要求", 32, text=True),
    Column("主办单位", 13, text=True),
    Column("协办单位", 17, text=True),
    Column("交办日期", 12),
    Column("办结时限", 12),
    Column("状态", 11),
    Column("灯", 5, colours={"红": "F4B6B6", "黄": "FBE6A2", "绿": "CBE8C6"}),
    Column("剩余工作日", 12),
    Column("文号", 17, text=True),
)


def workbook(title: str, entries: Iterable[Entry], at: datetime) -> bytes:
    """Return the ledger as the bytes of an .xlsx file, the same for the same ledger and time.

    Args:
        title: the sheet's heading.
        entries: the lines, in their order.
        at: when it is made; stands under the heading and in the file's properties.
    """
    rows = tuple(tuple(vars(entry).values()) for entry in entries)
    caption = f"截至{day_text(at.date().isoformat())}{at:%H:%M}，共{len(rows)}件"
    return render((Sheet("台账", title, caption, _COLUMNS, rows, frozen=2),), at)
