"""``duban yearend``: the list of the year's end, and the archiving of what it says may be archived."""

import sys
from functools import partial
from pathlib import Path

import click

from desk.desk import Desk
from desk.year_end import LISTED, PARTS, YEAR_END, YearEnd, YearEndLine, archive, in_batches, sheets, told, who_archives, year_end
from records.acts import Refusal
from tui.command.common import as_json, as_person, desk_of, fail, refused, say, say_data, table
from tui.command.help import command
from tui.command.tables import as_pdf, as_xlsx, write_book


@command("yearend")
@click.argument("year", metavar="YEAR", type=click.IntRange(2000, 2999))
@click.option("--archive", "count", type=click.IntRange(1), metavar="N", help="核对清单以后，把“可以归档”的 N 件逐件归档；件数不符就不办。")
@as_xlsx
@as_pdf
@as_person
@as_json
@click.pass_context
def yearend(
    context: click.Context, year: int, count: int | None, sheet: Path | None, pdf: Path | None, person: str | None, as_data: bool
) -> None:
    r"""年终结转：结转下年的、可以归档的、不能归档的（写明理由），没有签发的文号，下年还缺什么，列成一份清单。

    \b
    例：duban yearend 2026
        duban yearend 2026 --pdf 结转清单.pdf
        duban yearend 2026 --archive 12
    结转不用办理：没有办结的事项接着办，编号、时限和承办人都不变。归档是一件一笔的办理，由归档人员办，不能撤回。
    """
    desk = desk_of(context, person, acting=count is not None)
    if year > desk.today.year:
        fail(f"{year}年还没有到。")
    if count is not None and (refusal := who_archives(desk)):
        refused(refusal)
    found = year_end(desk, year)
    if count is not None:
        _archive(desk, found, count)
    elif as_data:
        say_data({"year": year, "commit": found.commit, "hidden": found.hidden, "lines": list(map(_data, found.lines))})
    elif not write_book("写出结转清单", sheet, pdf, partial(_book, desk, found)):
        _tell(found)


def _tell(found: YearEnd) -> None:
    say(f"{found.year}年年终结转：{found.counts}。")
    for part, name in PARTS.items():
        if lines := found.of(part):
            say(f"\n{name}（{len(lines)}）")
            columns = [column for column in LISTED if any(column.data(line) for line in lines)]
            table([[f"  {columns[0].told(line)}", *(column.told(line) for column in columns[1:])] for line in lines])
    if ready := found.of("ready"):
        say(f"\n核对以后，归档人员用 duban yearend {found.year} --archive {len(ready)} 逐件归档。归档不能撤回。")


def _archive(desk: Desk, found: YearEnd, count: int) -> None:
    ready = found.of("ready")
    if len(ready) != count:
        fail(f"可以归档的是 {len(ready)} 件，不是 {count} 件，一件也没有归档。请用 duban yearend {found.year} 重新核对清单。")
    done = 0
    for batch in in_batches(ready):
        for line, became in archive(desk, batch):
            done += not isinstance(became, Refusal)
            say(f"{told(line, became)}  {line.title}")
    say(f"共 {count} 件：已归档 {done} 件，没有归档 {count - done} 件。")
    if done < count:
        sys.exit(1)


def _data(line: YearEndLine) -> dict[str, object]:
    return {name: column.data(line) for name, column in YEAR_END.items()}


def _book(desk: Desk, found: YearEnd) -> bytes:
    from documents.forms.workbook import render

    return render(sheets(desk, found), desk.clock())


COMMANDS = (yearend,)
