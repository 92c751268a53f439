"""``duban attachment``: the papers of an item that are kept beside the register, and how to get at them."""

from pathlib import Path

import click

from desk.attachments import fetched, papers
from records.acts import Refusal
from tui.command.common import as_person, desk_of, fail, refused, say, table
from tui.command.help import command
from tui.command.paths import write_file


@command("attachment")
@click.argument("item", metavar="ITEM")
@click.argument("number", metavar="[N]", type=click.IntRange(min=1), required=False)
@as_person
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="写到这个文件；已有的文件不覆盖。")
@click.pass_context
def attachment(context: click.Context, item: str, number: int | None, person: str | None, file: Path | None) -> None:
    r"""附件：列出一个事项的来文扫描件和纸质签字扫描件；写明 --to 时取出第 N 件，核对摘要以后写成文件。

    \b
    例：duban attachment DB-2026-0118
        duban attachment DB-2026-0118 2 --to 阅示.pdf
    """
    desk = desk_of(context, person)
    case = desk.open(item)
    if case is None:
        fail(f"没有 {item} 这个事项，或不在您的职责范围内。")
    known = papers(desk, case.item)
    if file is None and number is None:
        table([(str(n), paper.what, paper.about) for n, paper in enumerate(known, start=1)])
        if not known:
            click.echo(f"{item} 没有附件。", err=True)
        return
    if file is None:
        fail("请用 --to 写明取出到哪个文件。")
    if number is None and len(known) > 1:
        fail(f"{item} 有 {len(known)} 件附件，请写明取第几件（duban attachment {item} 列出各件）。")
    data = fetched(desk, case.item, number or 1)
    if isinstance(data, Refusal):
        refused(data)
    if file.exists():
        fail(f"{file} 已经存在，没有改动。请另写一个文件名。")
    write_file("取出附件", file, data)
    say(f"已取出 {file}：{known[(number or 1) - 1].what}，{known[(number or 1) - 1].about}，与记录的摘要相符。")


COMMANDS = (attachment,)
