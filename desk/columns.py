"""Columns, each said once: what it is called, how wide it is, and what stands in it; and those of the ledger.

The screen, ``duban ls``, its JSON and the workbook pick from this list by name, so that a heading and the cells under it cannot part.
The number register and the year's end have lists of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from desk.lights import until
from desk.terms import label, serial
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster
from records.index.rows import Excerpt
from records.matter.item import Item
from records.matter.prose import flowing
from records.rules.clocks import LIGHT_LABELS, Light

if TYPE_CHECKING:
    from documents.forms.workbook import WorkbookColumn

_Line = TypeVar("_Line")
NONE = "—"
"""What stands for a person where nothing is known."""


@dataclass(frozen=True)
class LedgerLine:
    """One item as a line of the ledger; the record, the calendar, the year it is and who has it only where a column asks for them."""

    excerpt: Excerpt
    light: Light
    roster: Roster
    record: Item | None = None
    calendar: Calendar | None = None
    year: int | None = None
    holder: str = ""

    @property
    def serial(self) -> str:
        """Its number within the year it is."""
        return serial(self.excerpt.id, self.year or 0)

    @property
    def item(self) -> Item:
        """The record."""
        assert self.record is not None
        return self.record


@dataclass(frozen=True)
class Column(Generic[_Line]):
    """A column of a list.

    Attributes:
        name: by which it is picked; its key in JSON.
        heading: what stands over it in a workbook.
        data: what stands in it for a program: ids, ISO days, numbers.
        words: what stands in it for a person; by default the data, and nothing known is NONE.
        short: what stands over it on a screen, where that is another word.
        cells: cells that it takes on a screen, None for what the others leave.
        signs: half-width signs that it takes in a workbook.
        running: whether it is running text in a workbook.
        day: whether the data is an ISO day, a real date in a workbook.
        colours: six hex digits by the words of a cell.
    """

    name: str
    heading: str
    data: Callable[[_Line], object]
    words: Callable[[_Line], str] | None = None
    short: str = ""
    cells: int | None = None
    signs: int = 0
    running: bool = False
    day: bool = False
    colours: Mapping[str, str] = field(default_factory=dict)

    def told(self, line: _Line) -> str:
        """Return the cell of a line as people read it."""
        if self.words:
            return self.words(line)
        found = self.data(line)
        return NONE if found is None else str(found)

    def bound(self, lines: Sequence[_Line]) -> "WorkbookColumn":
        """Return the column of a workbook with its cells."""
        from documents.forms.workbook import WorkbookColumn  # with it come the libraries of documents, which no list needs

        return WorkbookColumn(self.heading, self.signs, tuple(map(self._cell, lines)), text=self.running, colours=self.colours)

    def _cell(self, line: _Line) -> object:
        found = self.data(line)
        if self.day:
            return date.fromisoformat(found[:10]) if isinstance(found, str) else None
        return found if self.words is None else "" if found is None else self.words(line)


LedgerColumn = Column[LedgerLine]
"""A column of the ledger."""


def _named(name: str) -> Callable[[LedgerLine], str]:
    """The words for a value of the record, as the schema has them."""
    return lambda line: label(name, getattr(line.excerpt, name))


def _title(line: LedgerLine) -> str:
    """What came in from another ledger says so wherever it is listed."""
    return ("〔结转〕" if line.excerpt.carried_in else "") + line.excerpt.title


def _lead(line: LedgerLine) -> str:
    return line.roster.unit_name(line.excerpt.lead) if line.excerpt.lead else NONE


def _leader(line: LedgerLine) -> str:
    return line.roster.name(line.excerpt.portfolio_leader, line.excerpt.updated) if line.excerpt.portfolio_leader else NONE


def _day(name: str) -> Callable[[LedgerLine], str]:
    return lambda line: (getattr(line.excerpt, name) or NONE)[:10]


def _assisting(line: LedgerLine) -> str:
    return "、".join(line.roster.unit_name(unit) for unit in line.excerpt.assisting)


def _clock_due(line: LedgerLine) -> str:
    """The day, and whether it is an estimate while the notice of its year is not in (D-10)."""
    if (day := line.excerpt.clock_due) is None:
        return NONE
    return day + ("估" if line.calendar and line.calendar.estimated(date.fromisoformat(day)) else "")


def _instructions(line: LedgerLine) -> str:
    return "\n".join(f"{each.by} {each.at}：{flowing(each.text)}" for each in line.item.instructions)


def _meeting(line: LedgerLine) -> str:
    return f"{decided.number} {decided.clause}" if (decided := line.item.meeting) else ""


def _numbers(line: LedgerLine) -> str:
    item = line.item
    return "、".join(number for number in (item.report and item.report.number, item.outgoing and item.outgoing.number) if number)


_LIGHT_COLOURS = {"红": "F4B6B6", "黄": "FBE6A2", "绿": "CBE8C6"}
_COLUMNS = (
    LedgerColumn("id", "编号", lambda line: line.excerpt.id, cells=12, signs=14),
    LedgerColumn("title", "事项名称", lambda line: line.excerpt.title, _title, short="名称", signs=28, running=True),
    LedgerColumn(
        "category",
        "类别",
        lambda line: line.excerpt.category,
        _named("category"),
        cells=14,
        signs=14,
        running=True,
    ),
    LedgerColumn("urgency", "缓急", lambda line: line.excerpt.urgency, _named("urgency"), cells=4),
    LedgerColumn("source", "来源", lambda line: f"{line.item.source.organ} {line.item.source.ref}".rstrip(), signs=17, running=True),
    LedgerColumn("received", "收到日期", lambda line: line.excerpt.received, _day("received"), "收到", 10, signs=12, day=True),
    LedgerColumn("instruction", "批示或要求", _instructions, signs=32, running=True),
    LedgerColumn("meeting", "会议", _meeting, signs=17, running=True),
    LedgerColumn("lead", "主办单位", lambda line: line.excerpt.lead, _lead, "主办", 12, signs=13, running=True),
    LedgerColumn("assisting", "协办单位", lambda line: line.excerpt.assisting, _assisting, "协办", 14, signs=17, running=True),
    LedgerColumn("dispatched", "交办日期", lambda line: line.excerpt.dispatched, _day("dispatched"), "交办", 10, signs=12, day=True),
    LedgerColumn("due", "办结时限", lambda line: line.excerpt.due, cells=10, signs=12, day=True),
    LedgerColumn("clock_due", "现行时限", lambda line: line.excerpt.clock_due, _clock_due),
    LedgerColumn("state", "状态", lambda line: line.excerpt.state, _named("state"), cells=10, signs=11),
    LedgerColumn(
        "light",
        "灯",
        lambda line: line.light.colour,
        lambda line: LIGHT_LABELS[line.light.colour],
        cells=2,
        signs=5,
        colours=_LIGHT_COLOURS,
    ),
    LedgerColumn("days_left", "剩余工作日", lambda line: line.light.days, signs=12),
    LedgerColumn("time_left", "时限", lambda line: line.light.days, lambda line: until(line.light), cells=14),
    LedgerColumn("serial", "年内编号", lambda line: line.excerpt.id, lambda line: line.serial, "编号", 4),
    LedgerColumn("leader", "分管领导", lambda line: line.excerpt.portfolio_leader, _leader, "分管", 8),
    LedgerColumn("round", "报告轮次", lambda line: line.excerpt.round or None, short="轮", cells=2),
    LedgerColumn("holder", "在谁手里", lambda line: line.holder or None, cells=14),
    LedgerColumn("urged", "已催次数", lambda line: line.excerpt.urges or None, short="已催", cells=4),
    LedgerColumn("number", "文号", _numbers, signs=17, running=True),
    LedgerColumn("updated", "最近办理", lambda line: line.excerpt.updated, _day("updated"), cells=10),
)
LEDGER = {column.name: column for column in _COLUMNS}


def pick(*names: str) -> tuple[LedgerColumn, ...]:
    """Return columns of the ledger in the order asked for.

    Raises:
        KeyError: there is no column of that name.
    """
    return tuple(LEDGER[name] for name in names)


def shown(names: Sequence[str]) -> tuple[LedgerColumn, ...]:
    """Return the columns that a person chose, as far as there are such; what the screen usually shows where no name is among them."""
    found = tuple(column for name in dict.fromkeys(names) for column in OFFERED if column.name == name)
    return found if LEDGER["title"] in found else SCREEN


WORKBOOK = pick(
    "id", "title", "category", "source", "received", "instruction", "lead", "assisting", "dispatched", "due", "state", "light", "days_left",
    "number",
)  # fmt: skip
SCREEN = pick("light", "time_left", "lead", "serial", "title", "state")
"""What the screen shows to who chose nothing."""
OFFERED = (
    *SCREEN,
    *pick("leader", "holder", "urged", "assisting", "category", "urgency", "round", "received", "dispatched", "due", "updated"),
)
"""What it may show."""
LISTED = pick("id", "light", "state", "lead", "clock_due", "title")
DECIDED = pick("id", "meeting", "light", "state", "lead", "due", "title")
"""What a list of what a meeting decided holds; each line has its record."""
JSON = pick("id", "title", "category", "state", "urgency", "lead", "assisting", "received", "due", "updated", "light", "days_left")
