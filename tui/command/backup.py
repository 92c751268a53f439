"""Commands for the operator: ``backup`` and ``restore``."""

import os
import shutil
import sys
from pathlib import Path

import click

from records.register.backup import Kept, back_up, restore, restore_from
from records.register.register import Register
from records.store.address import nearby
from records.store.stock_git import Git
from tui.command.common import fail, register_of, say
from tui.command.environment import now
from tui.command.help import command
from tui.command.init import audited
from tui.command.mirror import reaching_git


@command("backup")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="备份目录，应在别的磁盘或机器上。",
)
@click.pass_context
def backup(context: click.Context, folder: Path) -> None:
    r"""备份登记簿：全部历史写成一个 Git 文件（.bundle），附件按摘要存放，已有的不再重复；写完读回核对。

    每次写一个新文件，旧的留着，由系统管理员按规定清理。published 目录可以重新生成，草稿属于个人，都不在备份里。

    \b
    例：duban backup --to /mnt/backup/duban
    """
    register = register_of(context)
    kept = back_up(register, folder.absolute(), stock_git(), now(), _progress)
    say(f"{'已备份到' if kept.fresh else '没有新的提交，已有备份读回无误：'} {kept.bundle}，到提交 {kept.head[:10]}。")
    _say_papers(kept)


@command("restore")
@click.argument("source", metavar="BACKUP|URL")
@click.argument("home", metavar="DIR", type=click.Path(path_type=Path))
def bring_back(source: str, home: Path) -> None:
    r"""从备份或者上级库恢复登记簿到一个新的目录 DIR，随后把全部历史重新办理一遍来核对。

    BACKUP 写备份目录（取最新一份）或者其中一个文件。上级库写它的地址或者本机上的目录，用运行这个命令的人自己的 ssh 去取；
    恢复的登记簿独立，不再跟着上级库（要跟着的，用 duban init --upstream），附件另从备份取。

    \b
    例：duban restore /mnt/backup/duban /srv/duban-restored
        duban restore ssh://duban-git@主机/srv/git/duban.git /srv/duban-restored
    """
    place = Path(source)
    kept = None
    if place.exists() and not (place / "HEAD").exists():
        kept = restore(place.absolute(), home.absolute(), stock_git(), _progress)
        say(f"已恢复到 {home}：{kept.bundle.name}，到提交 {kept.head[:10]}。现在核对历史。")
    else:
        where = nearby(source)
        head = restore_from(where, home.absolute(), reaching_git())
        say(f"已从 {where.url} 恢复到 {home}，到提交 {head[:10]}。附件不在上级库里，请另从备份取。现在核对历史。")
    sound = audited(Register(home), history=True)
    if kept is not None:
        _say_papers(kept)
    if not sound:
        sys.exit(1)


def stock_git() -> Git:
    """Return stock Git, with nothing of the caller's surroundings but where it lies."""
    path = os.environ.get("PATH", os.defpath)
    program = shutil.which("git", path=path)
    if program is None:
        fail("没有 git 命令，不能办这一件。请安装 git（Debian：apt-get install git）。")
    return Git(program, path)


def _say_papers(kept: Kept) -> None:
    if kept.all_papers or kept.lost:
        say(f"附件：这次复制 {kept.papers} 件，共 {kept.all_papers} 件。")
    if kept.lost:
        fail("\n".join((*kept.lost, f"有 {len(kept.lost)} 件附件没有复制。")))


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r附件 {done}/{total}", nl=done == total, err=True)


COMMANDS = (backup, bring_back)
