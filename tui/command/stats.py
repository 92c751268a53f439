"""``duban stats``: the figures of supervision work, as of any day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import cast, get_args

import click

from desk.desk import Desk
from desk.statistics import DIMENSIONS, STATISTICS, NoFigures, Statistics, in_data, question, read_facts, sheets, statistics
from records.rules.statistics import By
from tui.command.common import as_json, as_person, commit_of, desk_of, fail, say, say_data, table
from tui.command.help import command
from tui.command.paths import write_file

_FILE = click.Path(dir_okay=False, path_type=Path)
_GROUPS = "、".join(f"{by} {name}" for by, name in DIMENSIONS.items())
_MEANINGS = "\n".join(f"{column.heading}：{column.meaning}。" for column in STATISTICS.values())


@command("stats")
@click.option("--by", type=click.Choice(get_args(By)), default="unit", help=f"怎样分组：{_GROUPS}。默认 unit。")
@click.option(
    "--from", "since", default="", metavar="DATE", help="期间的开头，写作 2026、2026-10 或 2026-10-15；默认当年（按年度分组时不限）。"
)
@click.option("--to", "until", default="", metavar="DATE", help="期间的末尾，写法相同。")
@click.option("--as-of", "day", default="", metavar="DATE", help="截至某一天末了，默认今天；过去的日子要逐件读当时的记录，慢一些。")
@click.option("--xlsx", "sheet", type=_FILE, metavar="FILE", help="另存为 Excel，另有一页是各数字后面的事项。")
@click.option("--at", "commit", default="", metavar="COMMIT", help="按某一笔提交时的记录统计，例如年度报告末尾写明的那一笔。")
@click.option("--docx", "report", type=_FILE, metavar="FILE", help="写成年度统计报告，与 --year 合用。")
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", help="年度报告是哪一年的。")
@as_person
@as_json
@click.pass_context
def stats(
    context: click.Context,
    by: str,
    since: str,
    until: str,
    day: str,
    sheet: Path | None,
    commit: str,
    report: Path | None,
    year: int | None,
    person: str | None,
    as_data: bool,
) -> None:
    """统计：交办、办结、逾期、退回等，每个数字都点得开是哪些事项。"""
    desk = desk_of(context, person)
    if (report is None) != (year is None):
        fail("--docx 须与 --year 合用，例如 duban stats --docx 年度报告.docx --year 2026。")
    with _said():
        told = commit_of(desk.register, commit) if commit else ""
        asked = question(cast(By, by), _day(desk, day, told), since, until)
        if report is not None and year is not None:
            _report(desk, report, year, asked.day, told)
            return
        found = statistics(desk, asked, read_facts(desk, asked.day, told))
    if sheet is not None:
        from documents.forms.workbook import render

        write_file("写出统计", sheet, render(sheets(desk, found), desk.clock()))
        say(f"已写出 {sheet}。")
    elif as_data:
        say_data(in_data(found))
    else:
        _tell(found)
    for problem in desk.problems:
        click.echo(f"记录有误：{problem}", err=True)


@contextmanager
def _said() -> Iterator[None]:
    """Say what cannot be counted in a line."""
    try:
        yield
    except ValueError:
        fail("日期写得不对：期间写作 2026、2026-10 或 2026-10-15，截至的日子写作 2026-10-15。")
    except NoFigures as error:
        fail(str(error))


def _day(desk: Desk, day: str, commit: str) -> date:
    if day:
        return date.fromisoformat(day)
    return desk.register.describe(commit).author.time.date() if commit else desk.today


def _report(desk: Desk, path: Path, year: int, day: date, commit: str) -> None:
    from desk.annual_report import annual_report
    from documents.forms.annual_report import paper
    from documents.layout.profile import standard

    write_file("写出年度报告", path, paper(annual_report(desk, year, day, commit), standard()))
    say(f"已写出 {path}。")


def _tell(found: Statistics) -> None:
    asked, columns = found.asked, STATISTICS.values()
    say(f"按{DIMENSIONS[asked.by]}  {asked.period}  截至 {asked.day}")
    heads = (DIMENSIONS[asked.by], *(column.heading for column in columns))
    table([heads, *((row.name, *(column.told(row) for column in columns)) for row in (*found.rows, found.total))])
    if found.hidden:
        say(f"其中 {len(found.hidden)} 件限定知悉范围，计入统计，不列名。")
    if found.from_records:
        say("按当时的记录逐件统计，比今天的慢。")
    say(f"{found.basis}。")


stats.help = f"{stats.help}\n\n\b\n{_MEANINGS}"
COMMANDS = (stats,)
