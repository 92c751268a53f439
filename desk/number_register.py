"""发文登记簿: every number of a year with the document that bears it, as it is printed and bound at the end of the year (三（四）; R-26).

Only what the record holds. What was given up, taken elsewhere or skipped is named with its reason; of a matter that the person may not
know of, the number alone stands here.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.columns import Column
from desk.desk import Desk
from desk.terms import label
from desk.wording import UNKNOWN, written
from records.bureau.roster import Roster
from records.bureau.series import REPORT, REQUEST
from records.matter.item import Item
from records.matter.numbers import NumberEntry, NumberSeries
from records.matter.prose import flowing
from records.matter.stamps import Stamp
from records.store.record_files import Unreadable
from schema.tables import checker

if TYPE_CHECKING:
    from documents.forms.workbook import WorkbookSheet

_GAP = "gap"
_UNUSED = "空号，尚未使用"


@dataclass(frozen=True)
class NumberedPaper:
    """A document that bears, or bore, a number: its title, to whom it goes, and how many copies came in on paper."""

    title: str
    to: str
    copies: int | None = None


@dataclass(frozen=True)
class NumberLine:
    """A line of the register: a number, a run of numbers, or a gap between them.

    Attributes:
        place: which line of its series it is, from 1.
        series: the series.
        entry: what became of the number; of a gap only from where to where it goes.
        roster: gives names.
        item: the record that the number was given to, as far as the person may know of it.
        paper: the document.
        known: whether the person may know of the matter; true where there is none.
    """

    place: int
    series: NumberSeries
    entry: NumberEntry
    roster: Roster
    item: Item | None = None
    paper: NumberedPaper | None = None
    known: bool = True

    @property
    def status(self) -> str:
        """What became of it, in the schema's words."""
        return _UNUSED if self.entry.status == _GAP else checker("numbers").enum_label(("entries", 0, "status"), self.entry.status)

    @property
    def remark(self) -> str:
        """Why it has no document, or was put right: reason, who and when."""
        return "\n".join(self._remarks())

    def _remarks(self) -> Iterator[str]:
        entry, roster = self.entry, self.roster
        if why := entry.voided or entry.outside:
            yield f"{flowing(why.reason) if self.known else UNKNOWN}（{_by(why, roster)}，{why.at[:10]}）"
        if right := entry.corrected:
            moved = f"结转号原登记至第{right.was}号，更正为至第{right.through}号"
            yield f"{moved}：{flowing(right.reason)}（{_by(right, roster)}，{right.at[:10]}）"


def _degree(line: NumberLine) -> str | None:
    level = line.item.secrecy.level if line.item else "none"
    return None if level == "none" else label("secrecy.level", level)


_COLUMNS: tuple[Column[NumberLine], ...] = (
    Column("place", "序号", lambda line: line.place, signs=6),
    Column("number", "文号", lambda line: written(line.entry, line.series), signs=22),
    Column(
        "title", "标题", lambda line: line.paper and line.paper.title, lambda line: line.paper.title if line.paper else "", signs=40,
        running=True,
    ),
    Column("secrecy", "密级", _degree, signs=7),
    Column("to", "主送", lambda line: line.paper and line.paper.to, signs=18, running=True),
    Column("reserved", "编号日期", lambda line: line.entry.reserved and line.entry.reserved.at[:10], signs=12, day=True),
    Column("signer", "签发人", lambda line: line.entry.issued and _by(line.entry.issued, line.roster), signs=10),
    Column("issued", "签发日期", lambda line: line.entry.issued and line.entry.issued.at[:10], signs=12, day=True),
    Column("copies", "份数", lambda line: line.paper and line.paper.copies, signs=6),
    Column(
        "lead", "承办单位", lambda line: line.item and line.item.lead,
        lambda line: line.roster.unit_name(line.item.lead) if line.item and line.item.lead else "", signs=13, running=True,
    ),
    Column("item", "事项编号", lambda line: line.entry.item if line.known else None, signs=14),
    Column("status", "状态", lambda line: line.entry.status, lambda line: line.status, signs=12),
    Column("remark", "备注", lambda line: line.remark or None, signs=34, running=True),
)  # fmt: skip
NUMBER_REGISTER = {column.name: column for column in _COLUMNS}
WORKBOOK = _COLUMNS
LISTED = tuple(NUMBER_REGISTER[name] for name in ("number", "status", "signer", "issued", "item", "title", "remark"))


def number_register(desk: Desk, series: Sequence[NumberSeries]) -> tuple[tuple[NumberLine, ...], ...]:
    """Return the lines of each of these series that took a number, in the order of the numbers, as the person may know them.

    Args:
        desk: the person's.
        series: series that he may see, as ``Desk.number_series`` gives them.
    """
    desk.whole()
    return tuple(tuple(_lines(desk, each)) for each in series if each.entries)


def sheets(desk: Desk, registers: Sequence[Sequence[NumberLine]]) -> "tuple[WorkbookSheet, ...]":
    """Return the register as a workbook, a sheet a series."""
    from documents.forms.terms import day_text
    from documents.forms.workbook import WorkbookSheet  # with it come the libraries of documents, which no list needs

    at, roster = desk.clock(), desk.view.roster
    found = []
    for lines in registers:
        series = lines[0].series
        heading = f"{roster.bureau.name}{roster.series_name(series.series)}{series.year}年发文登记簿"
        caption = f"截至{day_text(at.date().isoformat())}{at:%H:%M}，{counted(lines)}"
        columns = [column.bound(lines) for column in WORKBOOK]
        found.append(WorkbookSheet(series.chars, heading, caption, columns, frozen=2))
    return tuple(found)


def counted(lines: Sequence[NumberLine]) -> str:
    """Return how many numbers of a series there are of each status, in a line."""
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.status] = counts.get(line.status, 0) + _last(line.entry) - line.entry.number + 1
    return f"用到第{lines[0].series.next - 1}号：" + "，".join(f"{status}{count}个" for status, count in counts.items())


def _lines(desk: Desk, series: NumberSeries) -> Iterator[NumberLine]:
    place, expected = 0, 1
    for entry in sorted(series.entries, key=lambda each: each.number):
        if entry.number > expected:  # a count put right downward leaves void ones ahead of the next number
            place += 1
            yield NumberLine(place, series, NumberEntry(expected, _GAP, through=entry.number - 1), desk.view.roster)
        place, expected = place + 1, max(expected, _last(entry) + 1)
        yield _line(desk, place, series, entry)


def _line(desk: Desk, place: int, series: NumberSeries, entry: NumberEntry) -> NumberLine:
    roster = desk.view.roster
    if entry.item is None:
        return NumberLine(place, series, entry, roster)
    excerpt = desk.register.index.excerpt(entry.item)
    if excerpt is None or not desk.sees(excerpt):
        return NumberLine(place, series, entry, roster, paper=NumberedPaper(UNKNOWN, ""), known=False)
    item = None
    with suppress(Unreadable):
        item = desk.view.item(entry.item)
    paper = (_paper(item, series, entry, roster) or _once(desk, item, series, entry)) if item else None
    return NumberLine(place, series, entry, roster, item, paper)


def _paper(item: Item, series: NumberSeries, entry: NumberEntry, roster: Roster) -> NumberedPaper | None:
    """The document of a number as the record stands; None where it stands there no more."""
    name = series.series.rpartition(".")[2]
    number, report, out = series.written(entry.number), item.report, item.outgoing
    if name == REQUEST:
        asked = next((each for each in item.extensions if each.number == number), None)
        return NumberedPaper(asked.titled(item.title), roster.office_name) if asked else None
    if name == REPORT:
        if report is None or report.number != number:
            return None
        copies = [each.paper.copies for each in report.rounds if each.paper]
        return NumberedPaper(report.title, roster.office_name, copies[-1] if copies else None)
    gone = next((each.title for each in item.withdrawn if each.number == number), None)
    if out and (out.number == number or number in {each.number for each in out.voided}):
        return NumberedPaper(gone or out.title, out.to)
    left = next((each for each in item.reroutings if number in {gone.number for gone in each.voided}), None)
    title = gone or (left and left.title)
    return NumberedPaper(title, "") if title else None


def _once(desk: Desk, item: Item, series: NumberSeries, entry: NumberEntry) -> NumberedPaper | None:
    """The document as its number was given or issued, of a matter that was taken up again or lost it; no text that was classified since."""
    if item.classified is not None:
        return None
    number = series.written(entry.number)
    for step in reversed(desk.register.index.history(item.id)):
        if step.number == number:
            view = desk.register.view(step.commit)
            with suppress(Unreadable):
                if (then := view.item(item.id)) and (found := _paper(then, series, entry, view.roster)):
                    return found
    return None


def _by(stamp: Stamp, roster: Roster) -> str:
    behalf = f"（代{roster.name(stamp.on_behalf_of, stamp.at)}）" if stamp.on_behalf_of else ""
    return roster.name(stamp.by, stamp.at) + behalf


def _last(entry: NumberEntry) -> int:
    return entry.through or entry.number
