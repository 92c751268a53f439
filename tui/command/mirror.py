"""Command for inspectors: ``mirror`` keeps a copy of a register on a machine of their own, which no rewriting gets into."""

import os
import shutil
import sys
from pathlib import Path

import click

from records.register.backup import Git
from records.register.mirror import LOG, Mirror, RewrittenError, read_log
from tui.command.common import fail, say
from tui.command.environment import now
from tui.command.help import command

_REACHING = ("HOME", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "USER", "LOGNAME")


@command("mirror")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--from", "url", metavar="URL", help="登记簿的地址，只在第一次写：账号@服务器:register.git，或者本机上的目录。")
@click.option(
    "--compare", "other", type=click.Path(exists=True, path_type=Path), metavar="OTHER", help="与另一份镜像（或者它的 heads.log）比较。"
)
def mirror(folder: Path, url: str | None, other: Path | None) -> None:
    r"""督察自己的镜像：把登记簿新的提交取来，只接着原来的往下取；历史被改写、截短的，不取，并指出从哪一笔以后分开。

    每次看到登记簿到了哪一笔，记在镜像的 heads.log 里。隔十分钟运行一次（crontab 写 */10 * * * * duban mirror DIR）。
    镜像可以用通用的 git 看：git -C DIR changes 逐字标出改动。接得上返回 0，被改写过返回 1。

    \b
    例：duban mirror 镜像 --from duban@server:register.git
    """
    git = _git()
    if url is not None and (folder / LOG).exists():
        fail(f"{folder} 已经是镜像，地址在它的 config 里，不必再写 --from。")
    kept = Mirror.create(folder, url, git) if url is not None else Mirror(folder, git)
    if other is not None:
        found = list(kept.compared(read_log(other / LOG if other.is_dir() else other)))
        for line in found:
            say(line)
        if found:
            sys.exit(1)
        say("两份镜像看到的是同一段历史。")
        return
    before = kept.head()
    try:
        seen = kept.fetch(now())
    except RewrittenError as error:
        fail(str(error))
    say(f"{'没有新的提交' if before == seen.head else '已取到'} {seen.head[:12]}，共 {seen.count} 笔。")


def _git() -> Git:
    path = os.environ.get("PATH", os.defpath)
    program = shutil.which("git", path=path)
    if program is None:
        fail("没有 git 命令，不能建立镜像。请安装 git（Debian：apt-get install git）。")
    return Git(program, path, {name: os.environ[name] for name in _REACHING if name in os.environ})


COMMANDS = (mirror,)
