"""The ledger as a workbook: what the office would otherwise keep by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from documents.workbook import Sheet, render

_COLOURS = {"红": "F4B6B6", "黄": "FBE6A2", "绿": "CBE8C6"}


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
    """Return the ledger as the bytes of an .xlsx file, the same for the same ledger and time.

    Args:
        title: the sheet's heading.
        entries: the lines, in their order.
        at: when it is made; stands in the heading and in the file's properties.
    """
    rows = tuple(tuple(vars(entry).values()) for entry in entries)
    return render((Sheet("台账", f"{title}（{at:%Y-%m-%d %H:%M}）", _COLUMNS, rows, frozen=2, colours={"灯": _COLOURS}),), at)
