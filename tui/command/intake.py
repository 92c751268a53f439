"""Commands that take in what the office already has: ``import ledger``."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from desk.intake import Intake, left_over, take_in
from desk.ledger_columns import ACT, ColumnMap, guessed, label, read_map, told
from desk.ledger_rows import LedgerRow, ledger_rows
from desk.tables import LARGEST, Sheet, TableError, read_sheets
from records.store.disk import read_foreign
from schema.tables import acts
from tui.command.common import as_person, desk_of, fail, say, table
from tui.command.help import ChineseGroup
from tui.command.paths import read_record, write_file

_SHOWN = 20  # rows of each kind that are told one by one; the rest stands in the list


@click.group("import", cls=ChineseGroup)
def take() -> None:
    """导入办公室已有的台账。"""


@take.command("ledger")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheet", default="", metavar="NAME", help="工作表的名称；不写时取认得出栏目最多的一个。")
@click.option("--map", "chosen", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="MAP.yaml", help="各栏目在哪一列。")
@click.option("--save-map", "kept", type=click.Path(dir_okay=False, path_type=Path), metavar="MAP.yaml", help="写出识别的栏目，供修改。")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="表里没有的一项，各行都照此填写，例如 category=9；可重复。")
@click.option("--left", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx", help="未能导入的写到哪里；默认在原文件旁边。")
@click.option("--dry-run", is_flag=True, help="只检查，不登记。")
@as_person
@click.pass_context
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
    desk = desk_of(context, person, acting=True)
    assert desk.person is not None
    spec = acts()[ACT]
    if not desk.view.roster.authority(desk.person.id, spec.who[0], None, desk.today):
        fail(f"“{spec.label}”由{desk.view.roster.office_name}办理，不属于{desk.person.name}的职责。")
    try:
        page, found = _opened(file, sheet, chosen, pairs)
    except TableError as error:
        fail(str(error))
    say(f"工作表“{page.name}”，表头到第{found.heading}行：")
    table([(f"  {place}列", heading or "（空）", meaning) for place, heading, meaning in told(found, page)])
    for name, value in found.values.items():
        say(f"  各行：{label(name)} = {value}")
    if kept is not None:
        write_file("写出栏目", kept, found.written())
        say(f"已写出 {kept}，改好以后用 --map {kept} 再导入。")
    rows = list(ledger_rows(page, found, desk.view.roster, file.stem, desk.today.isoformat()))
    done = take_in(desk, rows, found, lambda count: _progress(count, len(rows)), keep=not dry_run)
    _say_done(done, rows, dry_run=dry_run)
    if done.left:
        place = left or file.with_name(f"{file.stem.removesuffix('-未导入')}-未导入.xlsx")
        write_file("写出未导入的事项", place, left_over(page, found, done, desk, file.stem))
        say(f"未能导入的 {len(done.left)} 件写在 {place}，原因在最后一栏；改正以后导入这一份即可。")
        sys.exit(1)


def _opened(file: Path, sheet: str, chosen: Path | None, pairs: tuple[str, ...]) -> tuple[Sheet, ColumnMap]:
    sheets = read_sheets(read_foreign(file, LARGEST), file.stem)
    found = read_map(read_record(chosen), str(chosen), sheets) if chosen else guessed(sheets, sheet)
    values = dict(found.values)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in {wanted.name for wanted in acts()[ACT].inputs}:
            raise TableError(f"--set 应写作 栏目=内容，栏目用英文名，收到的是“{pair}”。")
        values[name] = value
    page = next(each for each in sheets if each.name == found.sheet)
    return page, replace(found, values=values)


def _say_done(done: Intake, rows: list[LedgerRow], *, dry_run: bool) -> None:
    for row, item in done.there[:_SHOWN]:
        say(f"第{row.at}行 已是 {item}，跳过。")
    if len(done.there) > _SHOWN:
        say(f"……共跳过 {len(done.there)} 行。")
    for row in [row for row, _ in done.taken if row.warnings][:_SHOWN]:
        say("\n".join(f"请留意：{warning}" for warning in row.warnings))
    for _, reasons in done.left[:_SHOWN]:
        say("\n".join(f"未导入：{reason}" for reason in reasons))
    verb = "可以导入" if dry_run else "已导入"
    say(f"共 {len(rows)} 件：{verb} {len(done.taken)} 件，原已导入 {len(done.there)} 件，未能导入 {len(done.left)} 件。")


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total:
        click.echo(f"\r已处理 {done}/{total}", nl=done == total, err=True)


COMMANDS = (take,)
