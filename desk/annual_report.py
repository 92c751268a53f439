"""The year's figures put into the annual report: every dimension, by year of dispatch and of closing (Q23), of one commit and day."""

from datetime import date

from desk.columns import NONE
from desk.desk import Desk
from desk.statistics import DIMENSIONS, STATISTICS, Statistics, StatisticsColumn, question, read_facts, statistics
from documents.forms.annual_report import AnnualReport, AnnualSection, AnnualTable
from records.rules.statistics import By

_COUNTS = tuple(column for column in STATISTICS.values() if column.of is None)
_SHARES = tuple(column for column in STATISTICS.values() if column.of is not None)
_OF_THE_YEAR: tuple[By, ...] = ("unit", "category", "leader", "month")
_OF_ALL_YEARS: tuple[By, ...] = ("dispatched", "closed")


def annual_report(desk: Desk, year: int, day: date, commit: str = "") -> AnnualReport:
    """Return the report of a year as of a day.

    Args:
        desk: of whom it is for; what he may see is counted.
        year: which year's matters.
        day: judged on which day.
        commit: by the records of which commit, "" for those in force on the day.

    Raises:
        NoFigures: the day is still to come, or lies before the register.
    """
    counted, whole = read_facts(desk, day, commit), (str(year), str(year))
    asked = (*(question(by, day, *whole) for by in _OF_THE_YEAR), *(question(by, day) for by in _OF_ALL_YEARS))
    sections = [statistics(desk, each, counted) for each in asked]
    first, closed = sections[0], statistics(desk, question("closed", day, *whole), counted)
    last = desk.register.view(first.commit).checkpoint
    return AnnualReport(
        title=f"{desk.view.roster.bureau.name}{year}年督办工作统计报告",
        summary=_summary(first, closed, year),
        sections=tuple(map(_section, sections)),
        meanings=tuple((column.heading, f"{column.meaning}。") for column in STATISTICS.values()),
        basis=f"以上数字{first.basis}，用 duban stats --at {first.commit[:10]} --as-of {day} 可以重新统计，并列出每个数字后面的事项。",
        organ=desk.view.roster.bureau.print_organ,
        day=day,
        checkpoint=last.printed if last else "",
    )


def _summary(found: Statistics, closed: Statistics, year: int) -> str:
    told = {name: column.told(found.total) for name, column in STATISTICS.items()}
    ended = closed.total.figure("concluded").count
    return (
        f"截至{found.asked.day.isoformat()}，{year}年交办{told['dispatched']}件，其中办结{told['concluded']}件，在办{told['open']}件，"
        f"撤销、并案{told['ended_otherwise']}件；现有逾期{told['overdue']}件。办结率{told['closure_rate']}，按期办结率{told['on_time_rate']}，"
        f"签收及时率{told['sign_for_rate']}，反馈及时率{told['feedback_rate']}，一次通过率{told['first_round_rate']}，"
        f"退回重报{told['returned']}次，平均用时{told['workdays']}个工作日。按办结年度统计，{year}年办结{ended}件。"
    )


def _section(found: Statistics) -> AnnualSection:
    name = DIMENSIONS[found.asked.by]

    def table(words: str, columns: tuple[StatisticsColumn, ...]) -> AnnualTable:
        rows = [
            (row.name, *(column.told(row).replace("（", "\n").rstrip("）") for column in columns)) for row in (*found.rows, found.total)
        ]
        said = [row for row in rows[:-1] if not {*row[1:]} <= {"0", NONE}]  # who only assisted has no counts of his own
        return AnnualTable(words, (name, *(column.heading for column in columns)), [*said, rows[-1]])

    period = found.asked.period
    return AnnualSection(f"按{name}", (table(f"{period}的件数和次数", _COUNTS), table(f"{period}的比率和用时", _SHARES)))
