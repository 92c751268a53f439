"""``duban archive``: the archive package of an item or a year, and the check of one."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desk.archive import ToArchive, item_to_archive, year_to_archive
from records.acts import Refusal
from records.register.register import Register
from schema.problem import Problem
from tui.command.common import as_person, caller_of, desk_of, fail, refused, register_of, say
from tui.command.documents import pdf_printer, without_pdf
from tui.command.help import ChineseCommand, ChineseGroup

if TYPE_CHECKING:
    from documents.archive.containers import Writer
    from documents.archive.verification import Verified

_YEAR = re.compile(r"20\d\d", re.ASCII)
_LISTED = 200  # lines of each kind that are told one by one


@click.group("archive", cls=ChineseGroup)
def archive() -> None:
    """档案包：做一个事项或一年的档案包（pack），核对一个档案包（verify）。"""


@archive.command("pack", cls=ChineseCommand)
@click.argument("target", metavar="ITEM|YEAR")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    default=Path(),
    help="写到这个目录，以编号或年份命名；默认当前目录。",
)
@click.option("--tar", "as_tar", is_flag=True, help="写成一个 .tar 文件，不写成目录。")
@without_pdf
@as_person
@click.pass_context
def pack(context: click.Context, target: str, folder: Path, as_tar: bool, docx_only: bool, person: str | None) -> None:
    r"""做一个已办结事项的、或某年办结的全部事项的档案包：记录、全部经过、公文、扫描件、目录、清单和核对说明。

    \b
    例：duban archive pack DB-2026-0118 --to 移交
        duban archive pack 2026 --to 移交 --tar
    """
    from documents.archive.packing import Packing, pack_item, pack_year
    from documents.layout.profile import standard

    desk = desk_of(context, person)
    of_year = bool(_YEAR.fullmatch(target))
    found = year_to_archive(desk, target, _records) if of_year else item_to_archive(desk, target)
    if isinstance(found, Refusal):
        refused(found)
    guest = caller_of(context).guest
    place = folder / (f"archive-{target}.tar" if guest else f"{target}.tar" if as_tar else target)
    if guest:  # in his box, where the one that he made before gives way
        as_tar = True
        place.unlink(missing_ok=True)
    with (
        pdf_printer(docx_only) as printer,
        _writer(desk.register.describe(found.head).author.time.timestamp(), place, target, as_tar) as writer,
    ):
        packing = Packing(desk.register, found.head, standard(), printer)
        if of_year:
            done = pack_year(packing, target, found.items, found.left, found.hidden, writer, _packing)
        else:
            done = pack_item(packing, found.items[0], writer)
    for each in done.missing[:_LISTED]:
        say(f"缺失 {each}")
    _say_left(found)
    say(
        f"已写出 {place}：{len(found.items)} 件事项，{done.files} 个文件"
        + (f"，缺失 {len(done.missing)} 件" if done.missing else "")
        + "。"
    )
    say(f"SHA256SUMS 的摘要是 {done.sha256}，请记入移交清册。核对用 duban archive verify {place}。")


@contextmanager
def _writer(seconds: float, place: Path, top: str, as_tar: bool) -> "Iterator[Writer]":
    from documents.archive import containers

    with containers.tar(place, top, int(seconds)) if as_tar else containers.folder(place) as writer:
        yield writer


def _say_left(found: ToArchive) -> None:
    for item, reason in found.left[:_LISTED]:
        say(f"未装入 {item}：{reason}")
    if found.hidden:
        say(f"另有 {found.hidden} 件不在您的知悉范围，未装入。")


@archive.command("verify", cls=ChineseCommand)
@click.argument("path", metavar="DIR|FILE", type=click.Path(exists=True, path_type=Path))
@click.option("--compare", is_flag=True, help="再与登记簿的历史对照。")
@click.pass_context
def check(context: click.Context, path: Path, compare: bool) -> None:
    """核对一个档案包（目录或 .tar）：文件有没有增减改动，记录与经过、签字、公文、扫描件是否相符。不加 --compare 的，不需要登记簿。"""
    from documents.archive.containers import opened
    from documents.archive.verification import verify

    with opened(path) as package:
        found = verify(package, _reading)
    if compare:
        found.problems += _compared(register_of(context), found)
    for notice in found.notices[:_LISTED]:
        say(f"请留意：{notice}")
    for problem in found.problems[:_LISTED]:
        say(f"不符：{problem}")
    if found.problems:
        fail(f"{path} 有 {len(found.problems)} 处不符，不能作为完整的档案包接收。")
    say(f"{path} 核对无误：{len(found.items)} 件事项，{found.files} 个文件。SHA256SUMS 的摘要是 {found.sha256}，请与移交清册对照。")
    if compare:
        say("各事项的经过都在登记簿的历史里，中间一笔不少。")
    else:
        say("经过是否在登记簿的历史里，没有核对：有登记簿的加 --compare，有克隆的用 README.txt 第四节的 git 命令。")


def _compared(register: Register, found: "Verified") -> Iterator[Problem]:
    """Yield the items whose history the register does not know, or knows otherwise."""
    register.index.catch_up()
    for item, commits in found.commits.items():
        if tuple(step.commit for step in register.index.history(item)[: len(commits)]) != commits:
            yield Problem("登记簿里这个事项的经过与档案包里的不同。", item)


def _records(done: int, total: int) -> None:
    if sys.stderr.isatty() and (done == total or done % 100 == 0):
        click.echo(f"\r正在读取记录 {done}/{total} ", nl=done == total, err=True)


def _packing(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r正在装包 {done}/{total} ", nl=done == total, err=True)


def _reading(done: int, total: int) -> None:
    if sys.stderr.isatty() and (done == total or done % 100 == 0):
        click.echo(f"\r正在核对 {done}/{total} ", nl=done == total, err=True)


COMMANDS = (archive,)
