"""Commands that take in what the office already has: ``import ledger``, ``import minutes``, ``import bundle``."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from desk.desk import Desk
from desk.intake import Intake, left_over, take_in, take_in_minutes
from desk.ledger_rows import ledger_rows
from desk.minutes_rows import meeting_of, minutes_rows
from desk.table_columns import LEDGER, MINUTES, ColumnMap, TableKind, guessed, read_map, told
from desk.tables import LARGEST, Sheet, TableError, read_sheets
from records.acts import Refusal
from records.store.disk import read_foreign
from schema.tables import acts
from tui.command.common import as_person, desk_of, fail, refused, say, table
from tui.command.help import ChineseGroup
from tui.command.homecoming import bundle
from tui.command.paths import read_record, write_file

_SHOWN = 20  # rows of each kind that are told one by one; the rest stands in the list
_OPTIONS = (
    click.option("--sheet", default="", metavar="NAME", help="工作表的名称；不写时取认得出栏目最多的一个。"),
    click.option(
        "--map", "chosen", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="MAP.yaml", help="各栏目在哪一列。"
    ),
    click.option(
        "--save-map", "kept", type=click.Path(dir_okay=False, path_type=Path), metavar="MAP.yaml", help="写出识别的栏目，供修改。"
    ),
    click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="表里没有的一项，各行都照此填写，例如 category=9；可重复。"),
    click.option(
        "--left", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx", help="未能导入的写到哪里；默认在原文件旁边。"
    ),
    click.option("--dry-run", is_flag=True, help="只检查，不登记。"),
    as_person,
    click.pass_context,
)


def _of_a_table(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the file and the options that every import of a table has."""
    decorated: Any = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))(decorated)  # type: ignore[no-any-return]


@click.group("import", cls=ChineseGroup)
def take() -> None:
    """导入办公室已有的台账、会议纪要；收下另一台机器上的办理。"""


@take.command("ledger")
@_of_a_table
def ledger(
    context: click.Context,
    file: Path,
    sheet: str,
    chosen: Path | None,
    kept: Path | None,
    pairs: tuple[str, ...],
    left: Path | None,
    dry_run: bool,
    person: str | None,
) -> None:
    r"""把原来的督办台账（.xlsx 或 .csv）逐行结转登记。已经导入的跳过，中断以后用同一文件再次导入即可。

    \b
    例：duban import ledger 台账.xlsx --save-map 栏目.yaml --dry-run
        duban import ledger 台账.xlsx --map 栏目.yaml --set category=9
    """
    desk = _desk(context, person, LEDGER)
    page, found = _opened(LEDGER, file, sheet, chosen, _values(LEDGER, pairs))
    _tell(page, found, kept)
    rows = list(ledger_rows(page, found, desk.view.roster, file.stem, desk.today.isoformat()))
    done = take_in(desk, rows, found, lambda count: _progress(count, len(rows)), keep=not dry_run)
    _say_done(done)
    verb = "可以导入" if dry_run else "已导入"
    say(f"共 {len(rows)} 件：{verb} {len(done.taken)} 件，原已导入 {len(done.there)} 件，未能导入 {len(done.left)} 件。")
    if done.left:
        place = _left(left, file, left_over(page, found, done, desk, file.stem))
        say(f"未能导入的 {len(done.left)} 件写在 {place}，原因在最后一栏；改正以后导入这一份即可。")
        sys.exit(1)


@take.command("minutes")
@click.option("--meeting", default="", metavar="NAME", help="哪次会议，例如 2026年第18次局长办公会；不写时看表的标题。")
@click.option("--date", "day", default="", metavar="DATE", help="会议日期。")
@click.option("--ref", default="", metavar="NUMBER", help="会议纪要的文号。")
@click.option("--received", default="", metavar="DATE", help="收到纪要的日期；不写的为今天。")
@click.option(
    "--scan", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help="会议纪要的扫描件，随各个事项保存。"
)
@_of_a_table
def minutes(
    context: click.Context,
    file: Path,
    sheet: str,
    chosen: Path | None,
    kept: Path | None,
    pairs: tuple[str, ...],
    left: Path | None,
    dry_run: bool,
    person: str | None,
    meeting: str,
    day: str,
    ref: str,
    received: str,
    scan: Path | None,
) -> None:
    r"""把一次会议的议定事项（.xlsx 或 .csv，一行一条）登记为督办事项，一条一件。有一条不能登记的，全部不登记。

    \b
    例：duban import minutes 议定事项.xlsx --meeting 2026年第18次局长办公会 --date 2026-11-20
        duban import minutes 议定事项.xlsx --date 11月20日 --ref 兰公局纪〔2026〕18号 --scan 纪要.pdf --dry-run
    """
    desk = _desk(context, person, MINUTES)
    said = {"meeting_number": meeting, "instruction_at": day, "source_ref": ref, "received": received}
    page, found = _opened(MINUTES, file, sheet, chosen, {**{name: text for name, text in said.items() if text}, **_values(MINUTES, pairs)})
    found = replace(found, values={**_by_default(desk, page, found, file.stem), **found.values})
    _tell(page, found, kept)
    rows = list(minutes_rows(page, found, desk.view.roster, file.stem))
    done = take_in_minutes(desk, rows, found, scan, keep=not dry_run)
    if isinstance(done, Refusal):
        refused(done)
    _say_done(done)
    for row, item in done.taken if not dry_run else ():
        say(f"{item}  {row.inputs['meeting_clause']}  {row.inputs['title']}")
    if done.left:
        place, wrong = _left(left, file, left_over(page, found, done, desk, file.stem)), sum(bool(reasons) for _, reasons in done.left)
        say(f"共 {len(rows)} 条：{wrong} 条不能登记，全部没有登记。全表写在 {place}，原因在最后一栏；改正以后导入这一份即可。")
        sys.exit(1)
    say(f"共 {len(rows)} 条：{'可以登记' if dry_run else '已登记'} {len(done.taken)} 件。")


def _desk(context: click.Context, person: str | None, kind: TableKind) -> Desk:
    """The desk of somebody who may do the act by which rows come in."""
    desk, spec = desk_of(context, person, acting=True), acts()[kind.act]
    assert desk.person is not None
    if not desk.view.roster.authority(desk.person.id, spec.who[0], None, desk.today):
        fail(f"“{spec.label}”由{desk.view.roster.office_name}办理，不属于{desk.person.name}的职责。")
    return desk


def _values(kind: TableKind, pairs: Sequence[str]) -> Mapping[str, str]:
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in kind.inputs:
            fail(f"--set 应写作 栏目=内容，栏目用英文名，收到的是“{pair}”。")
        values[name] = value
    return values


def _opened(kind: TableKind, file: Path, sheet: str, chosen: Path | None, values: Mapping[str, str]) -> tuple[Sheet, ColumnMap]:
    """The sheet, and what stands where in it, with what was said of every row on the command line."""
    try:
        sheets = read_sheets(read_foreign(file, LARGEST), file.stem)
        found = read_map(kind, read_record(chosen), str(chosen), sheets) if chosen else guessed(kind, sheets, sheet)
    except TableError as error:
        fail(str(error))
    page = next(each for each in sheets if each.name == found.sheet)
    return page, replace(found, values={**found.values, **values})


def _by_default(desk: Desk, page: Sheet, found: ColumnMap, file: str) -> Mapping[str, str]:
    """What holds for every decision where neither the table nor the command says anything else."""
    default = {"meeting_number": meeting_of(page, found, file), "received": desk.today.isoformat()}
    return {name: text for name, text in default.items() if text and name not in found.columns}


def _tell(page: Sheet, found: ColumnMap, kept: Path | None) -> None:
    """Say how the table is understood, and write that down where it is wanted."""
    say(f"工作表“{page.name}”，表头到第{found.heading}行：")
    table([(f"  {place}列", heading or "（空）", meaning) for place, heading, meaning in told(found, page)])
    for name, value in found.values.items():
        say(f"  各行：{found.kind.label(name)} = {value}")
    if kept is not None:
        write_file("写出栏目", kept, found.written())
        say(f"已写出 {kept}，改好以后用 --map {kept} 再导入。")


def _say_done(done: Intake) -> None:
    for row, item in done.there[:_SHOWN]:
        say(f"第{row.at}行 已是 {item}，跳过。" if item else f"第{row.at}行 已经登记，请到办公室查问，跳过。")
    if len(done.there) > _SHOWN:
        say(f"……共跳过 {len(done.there)} 行。")
    for row in [row for row, _ in done.taken if row.warnings][:_SHOWN]:
        say("\n".join(f"请留意：{warning}" for warning in row.warnings))
    for _, reasons in [each for each in done.left if each[1]][:_SHOWN]:
        say("\n".join(f"未导入：{reason}" for reason in reasons))


def _left(left: Path | None, file: Path, data: bytes) -> Path:
    """Write what did not come in beside the table, or where it is wanted, and return where that is."""
    place = left or file.with_name(f"{file.stem.removesuffix('-未导入')}-未导入.xlsx")
    write_file("写出未导入的事项", place, data)
    return place


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total:
        click.echo(f"\r已处理 {done}/{total}", nl=done == total, err=True)


take.add_command(bundle)
COMMANDS = (take,)
