"""``duban numbers``: the register of document numbers of a year, to look at, to print and to bind."""

from functools import partial
from pathlib import Path

import click

from desk.desk import Desk
from desk.number_register import LISTED, NUMBER_REGISTER, NumberLine, counted, number_register, sheets
from tui.command.common import as_json, as_person, desk_of, fail, say, say_data, table
from tui.command.help import command
from tui.command.tables import as_pdf, as_xlsx, write_book


@command("numbers")
@click.option("--year", type=click.IntRange(2000, 2999), metavar="YEAR", help="哪一年的，默认今年。")
@click.option("--series", "chosen", multiple=True, metavar="SERIES", help="只要这个系列，写机关代字或系列代码（如 JJ.report）；可重复。")
@as_xlsx
@as_pdf
@as_person
@as_json
@click.pass_context
def numbers(
    context: click.Context,
    year: int | None,
    chosen: tuple[str, ...],
    sheet: Path | None,
    pdf: Path | None,
    person: str | None,
    as_data: bool,
) -> None:
    """发文登记簿：一年里每个文号用在哪份公文上，作废、系统外使用、空号的都写明理由。"""
    desk = desk_of(context, person)
    year = year or desk.today.year
    found, problems = desk.number_series(year)
    known = {name: each for each in found for name in (each.series, each.chars)}
    if missing := [name for name in chosen if name not in known]:
        every = "、".join(f"{each.series}（{each.chars}）" for each in found)
        fail(f"没有“{missing[0]}”这个文号系列，或不在您的职责范围内。可选：{every}。")
    registers = number_register(desk, tuple(dict.fromkeys(known[name] for name in chosen)) or found)
    if not registers:
        say(f"{year}年没有用过号。")
    elif as_data:
        say_data([{"series": lines[0].series.series, "numbers": [_data(line) for line in lines]} for lines in registers])
    elif not write_book("写出发文登记簿", sheet, pdf, partial(_book, desk, registers)):
        for lines in registers:
            say(f"{desk.view.roster.series_name(lines[0].series.series)}  {year}年，{counted(lines)}")
            table([[column.told(line) for column in LISTED] for line in lines])
    for problem in problems:
        click.echo(f"记录有误：{problem}", err=True)


def _data(line: NumberLine) -> dict[str, object]:
    return {name: column.data(line) for name, column in NUMBER_REGISTER.items()}


def _book(desk: Desk, registers: tuple[tuple[NumberLine, ...], ...]) -> bytes:
    from documents.forms.workbook import render

    return render(sheets(desk, registers), desk.clock())


COMMANDS = (numbers,)
