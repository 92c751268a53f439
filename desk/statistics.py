"""统计: the figures of supervision work as one person may see them, with the columns in which screen, command and papers show them.

What a need-to-know list hides is counted and never named (D-19). Whom only units concern is shown the figures of his units' matters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from desk.columns import NONE
from desk.desk import Desk
from desk.terms import label
from records.bureau.roster import Roster
from records.rules.roundup_figures import period
from records.rules.statistics import By, Facts, Figure, FigureName, Figures, facts, tally, total

if TYPE_CHECKING:
    from documents.forms.workbook import WorkbookSheet

DIMENSIONS: Mapping[By, str] = {
    "unit": "主办单位",
    "category": "类别",
    "leader": "主管局领导",
    "month": "交办月份",
    "dispatched": "交办年度",
    "closed": "办结年度",
}
_NOTHING = Figure()
_SUBMITTED = "以审核通过的那一轮网上报送的时间为准"
_OWN = "按单位时各算各的；到期没有签收的算一次不及时"
_FIRST, _LAST = "0001-01-01", "9999-12-31"


@dataclass(frozen=True)
class Row:
    """One row: what it is called and its figures."""

    key: str
    name: str
    figures: Figures

    def figure(self, name: FigureName) -> Figure:
        """Return a figure; one that counts nothing is there too."""
        return self.figures.get(name, _NOTHING)


@dataclass(frozen=True)
class StatisticsColumn:
    """A column: a count, or with ``of`` a share or a mean of two figures, of which the second says of how many.

    Attributes:
        name: by which it is picked; its key in JSON.
        heading: what stands over it.
        meaning: what is counted, for the help and under tables.
        part: the figure, or what is divided.
        of: what it is divided by, None for a count.
        mean: whether it is a mean, in workdays, and not a share.
        short: what stands over it where there is little room.
    """

    name: str
    heading: str
    meaning: str
    part: FigureName
    of: FigureName | None = None
    mean: bool = False
    short: str = ""

    @property
    def brief(self) -> str:
        """What stands over it on a screen."""
        return self.short or self.heading

    @property
    def share(self) -> bool:
        """Whether it is a share, told with n/m."""
        return self.of is not None and not self.mean

    def told(self, row: Row) -> str:
        """Return the cell of a row as people read it: a share always with n/m."""
        count = row.figure(self.part).count
        if self.of is None:
            return str(count)
        of = row.figure(self.of).count
        if not of:
            return NONE
        return f"{count / of:.0f}" if self.mean else f"{100 * count / of:.1f}%（{count}/{of}）"

    def data(self, row: Row) -> object:
        """Return the cell of a row for a program: a number, or the two that make a share or a mean."""
        count = row.figure(self.part).count
        return count if self.of is None else {"n": count, "of": row.figure(self.of).count}

    def behind(self, row: Row) -> frozenset[str]:
        """Return the items behind the cell: all that it is a share or a mean of."""
        return row.figure(self.of or self.part).items

    def times(self, row: Row, item: str) -> object:
        """Return what one item adds to the cell."""
        count = row.figure(self.part).times.get(item, 0)
        if self.of is None or self.mean:
            return count or None
        of = row.figure(self.of).times.get(item, 0)
        return f"{count}/{of}" if of else None


_COLUMNS = (
    StatisticsColumn("dispatched", "交办", "期内交办的事项；按办结年度时，为期内办结、撤销、并案的", "dispatched"),
    StatisticsColumn("concluded", "办结", "其中已办结或已归档的", "concluded"),
    StatisticsColumn("open", "在办", "其中没有办结、撤销、并案的，含中止的", "open"),
    StatisticsColumn("ended_otherwise", "撤并", "其中撤销或并入别件的", "ended_otherwise"),
    StatisticsColumn("overdue", "现有逾期", "其中截止日亮红灯的：签收、反馈、办结或重报有一项已过期", "overdue", short="逾期"),
    StatisticsColumn("closure_rate", "办结率", "办结的/交办的", "concluded", "dispatched"),
    StatisticsColumn(
        "on_time_rate", "按期办结率", f"按时报来的/办结的；{_SUBMITTED}，到期以后才批准延期的不算按期", "in_time", "judged", short="按期"
    ),
    StatisticsColumn(
        "sign_for_rate", "签收及时率", f"按时签收的/应签收的，按次计，含协办；{_OWN}", "signed_in_time", "signed", short="签收"
    ),
    StatisticsColumn(
        "feedback_rate",
        "反馈及时率",
        "按时反馈的/应反馈的，按次计；到期没有反馈的算一次不及时",
        "fed_back_in_time",
        "fed_back",
        short="反馈",
    ),
    StatisticsColumn("first_round_rate", "一次通过率", "报告第1轮就审核通过的/办结的", "first_round", "judged", short="一次通过"),
    StatisticsColumn("returned", "退回次数", "报告被责成重新上报的次数", "returned", short="退回"),
    StatisticsColumn(
        "workdays", "平均用时", f"办结的从交办到报来平均几个工作日，扣除中止；{_SUBMITTED}", "workdays", "judged", mean=True, short="用时"
    ),
)
STATISTICS = {column.name: column for column in _COLUMNS}


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        by: what the rows are.
        since: first day of the period.
        until: its last day.
        day: as of the end of which day.
    """

    by: By
    since: str
    until: str
    day: date

    @property
    def period(self) -> str:
        """The period in words: 2026年交办."""
        what = "办结" if self.by == "closed" else "交办"
        if (self.since, self.until) == (_FIRST, _LAST):
            return f"历年{what}"
        if (self.since[5:], self.until[5:]) == ("01-01", "12-31") and self.until != _LAST:
            years = self.since[:4] if self.since[:4] == self.until[:4] else f"{self.since[:4]}至{self.until[:4]}"
            return f"{years}年{what}"
        if self.since == _FIRST:
            return f"{self.until}以前{what}"
        return f"{self.since}至{'今' if self.until == _LAST else self.until}{what}"


@dataclass(frozen=True)
class Statistics:
    """The answer.

    Attributes:
        asked: the question.
        commit: the commit whose records were counted.
        rows: a row a group.
        total: all of them together.
        from_records: whether the records of a past day were read one by one, which takes its time.
        hidden: items that are counted and that the person must not know by name.
    """

    asked: Question
    commit: str
    rows: tuple[Row, ...]
    total: Row
    from_records: bool
    hidden: frozenset[str]

    @property
    def basis(self) -> str:
        """By what the figures can be counted again."""
        return f"截至{self.asked.day.isoformat()}，依据登记簿提交 {self.commit}"


class NoFigures(Exception):
    """There is nothing to count; the message says why and the way out, in Chinese."""


def question(by: By, day: date, since: str = "", until: str = "") -> Question:
    """Return a question about a period, written as years, months or days; by default the year of the day, all years where rows are years.

    Raises:
        ValueError: no period is written so.
    """
    if not since and not until and by not in ("dispatched", "closed"):
        since = until = f"{day:%Y}"
    return Question(by, _edge(since)[0] if since else _FIRST, _edge(until)[1] if until else _LAST, day)


@dataclass(frozen=True)
class Counted:
    """What figures are counted from: read once, whatever is asked of it.

    Attributes:
        commit: the commit whose records were read.
        found: what concerns the person.
        from_records: whether the records of a past day were read one by one.
    """

    commit: str
    found: tuple[Facts, ...]
    from_records: bool


def statistics(desk: Desk, asked: Question, counted: Counted | None = None) -> Statistics:
    """Return the figures of a period as of a day.

    Args:
        desk: the person's.
        asked: the question.
        counted: what is counted for this day, where it was read already; by default it is read.

    Raises:
        NoFigures: the day is still to come, or lies before the register.
        Unreadable: calendar or policy are broken.
    """
    counted = counted or read_facts(desk, asked.day)
    view = desk.register.view(counted.commit)
    rows = tally(counted.found, asked.by, asked.since, asked.until, asked.day, view.calendar, view.policy_at)
    named = tuple(Row(key, _called(asked.by, key, view.roster), figures) for key, figures in rows.items())
    whole = Row("", "合计", total(rows.values()))
    hidden = _unnamed(desk, whole.figure("dispatched").items)
    return Statistics(asked, counted.commit, named, whole, counted.from_records, hidden)


def read_facts(desk: Desk, day: date, commit: str = "") -> Counted:
    """Return what the figures of a day are counted from, as far as it concerns the person.

    Today's come from the index. Those of a past day are of the records as they stood at the last commit up to its end, or at ``commit``.

    Raises:
        NoFigures: the day is still to come, or lies before the register.
        Unreadable: calendar or policy are broken.
    """
    if day > desk.today:
        raise NoFigures(f"{day} 还没有到，只能统计到今天（{desk.today}）。")
    at, found, read = _found(desk, day, commit)
    return Counted(at, tuple(_concerning(desk, found)), read)


def sheets(desk: Desk, found: Statistics) -> "tuple[WorkbookSheet, ...]":
    """Return the figures as a workbook, with what each item that the person may know adds to them on a sheet of its own."""
    from documents.forms.workbook import WorkbookColumn, WorkbookSheet  # with it come the libraries of documents

    heading = f"{desk.view.roster.bureau.name}督办工作统计"
    rows = (*found.rows, found.total)
    names = WorkbookColumn(DIMENSIONS[found.asked.by], 24, [row.name for row in rows], text=True)
    figures = (
        WorkbookColumn(each.heading, 16 if each.of and not each.mean else 9, [_cell(each, row) for row in rows]) for each in _COLUMNS
    )
    named = [(row, item) for row in found.rows for item in _items(row, found.hidden)]
    titles = desk.titles(item for _, item in named)
    own = (
        WorkbookColumn(DIMENSIONS[found.asked.by], 24, [row.name for row, _ in named], text=True),
        WorkbookColumn("编号", 14, [item for _, item in named]),
        WorkbookColumn("事项名称", 40, [titles.get(item, "") for _, item in named], text=True),
        *(WorkbookColumn(each.heading, 10, [each.times(row, item) for row, item in named]) for each in _COLUMNS),
    )
    unnamed = f"；另有{len(found.hidden)}件限定知悉范围的，计入统计，不列名" if found.hidden else ""
    defined = (
        WorkbookColumn("指标", 14, [each.heading for each in _COLUMNS]),
        WorkbookColumn("口径", 80, [each.meaning for each in _COLUMNS], text=True),
    )
    caption = f"{found.asked.period}，{found.basis}"
    return (
        WorkbookSheet("统计", heading, caption, (names, *figures), frozen=1),
        WorkbookSheet("事项", heading, caption + unnamed, own, frozen=3),
        WorkbookSheet("口径", heading, caption, defined),
    )


def in_data(found: Statistics) -> Mapping[str, object]:
    """Return the figures for a program: each with the items behind it that the person may know, and how many more there are."""

    def figures(row: Row) -> Mapping[str, object]:
        return {
            each.name: {
                "value": each.data(row),
                "items": sorted(each.behind(row) - found.hidden),
                "hidden": len(each.behind(row) & found.hidden),
            }
            for each in _COLUMNS
        }

    asked = found.asked
    return {
        "by": asked.by,
        "from": asked.since,
        "to": asked.until,
        "as_of": asked.day.isoformat(),
        "commit": found.commit,
        "rows": [{"key": row.key, "name": row.name, "figures": figures(row)} for row in found.rows],
        "total": figures(found.total),
    }


def _cell(column: StatisticsColumn, row: Row) -> object:
    return row.figure(column.part).count if column.of is None else column.told(row)


def _items(row: Row, hidden: frozenset[str]) -> Sequence[str]:
    return sorted({item for figure in row.figures.values() for item in figure.items} - hidden)


def _found(desk: Desk, day: date, wanted: str) -> tuple[str, Iterable[Facts], bool]:
    """The commit that holds on a day, what it tells, and whether its records had to be read for it."""
    register = desk.register
    desk.whole()
    commit, found = register.index.facts()
    end = datetime.combine(day + timedelta(days=1), time(), desk.clock().tzinfo) - timedelta(seconds=1)
    then = wanted or (commit if day == desk.today else register.commit_at(end))
    if then is None:
        raise NoFigures(f"{day} 登记簿还没有记录。")
    if then == commit:
        return commit, found, False
    view = register.view(then)
    told = (facts(item, view.policy_at(item.policy), view.calendar) for item in view.all_items())
    return then, [each for each in told if each is not None], True


def _concerning(desk: Desk, found: Iterable[Facts]) -> Iterator[Facts]:
    """What is counted for the person: all for those who see the whole ledger, else the matters of his own units."""
    own = _only(desk)
    yield from (each for each in found if own is None or not own.isdisjoint(each.units))


def _unnamed(desk: Desk, items: frozenset[str]) -> frozenset[str]:
    """Those of these items that the person may not know by name today."""
    own, index = _only(desk), desk.register.index
    if own is None:
        return frozenset(each.id for each in index.items(only_restricted=True) if each.id in items and not desk.sees(each))
    return items - {each.id for unit in own for each in index.items(unit=unit) if desk.sees(each)}


def _only(desk: Desk) -> frozenset[str] | None:
    """The units whose matters alone concern the person; None where all do."""
    return None if desk.sees_every else desk.own_units


def _called(by: By, key: str, roster: Roster) -> str:
    if not key:
        return "未定"
    if by == "unit":
        return roster.unit_name(key)
    if by == "leader":
        return roster.name(key)
    if by == "category":
        return label("category", int(key))
    return f"{key}年" if len(key) == 4 else key


def _edge(text: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day."""
    if len(text) == 4:
        return period(f"{text}-01")[0], period(f"{text}-12")[1]
    if len(text) == 7:
        return period(text)
    day = date.fromisoformat(text)
    return day.isoformat(), day.isoformat()
