"""Command for inspectors: ``mirror`` keeps a copy of a register on a machine of their own, which no rewriting gets into."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryFile

import click

from records.register.attachments import Attachments
from records.register.mirror import LOG, FetchedNowError, Mirror, RewrittenError, read_log
from records.register.mirrored_papers import CUT, bring, given, received
from records.store.address import nearby
from records.store.disk import said
from records.store.stock_git import Git
from records.store.store import StoreError
from tui.command.common import fail, say
from tui.command.environment import now
from tui.command.help import command

_REACHING = ("HOME", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "USER", "LOGNAME", "GIT_SSH_COMMAND")
_LINE_IS_DEAD = 255  # as ssh says it
_SSH = "ssh -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"
"""What ends a minute after the other end is gone: the next of each ten minutes would wait beside it."""
_HOST = re.compile(r"ssh://(?P<account>[^-/:][^/:]*)(?::(?P<port>\d{1,5}))?/.*|(?P<place>[^-/:][^/:]*):(?!//).*", re.ASCII)


@command("mirror")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--from", "url", metavar="URL", help="登记簿的地址，只在第一次写：账号@服务器:register.git，或者本机上的目录；不写口令。")
@click.option(
    "--compare", "other", type=click.Path(exists=True, path_type=Path), metavar="OTHER", help="与另一份镜像（或者它的 heads.log）比较。"
)
def mirror(folder: Path, url: str | None, other: Path | None) -> None:
    r"""督察自己的镜像：把登记簿新的提交取来，只接着原来的往下取；历史被改写、截短的，不取，并指出从哪一笔以后分开。

    记录里写着的附件、扫描件也取来，逐件核对摘要。每次看到登记簿到了哪一笔，记在镜像的 heads.log 里。
    隔十分钟运行一次（crontab 写 */10 * * * * duban mirror DIR）。
    镜像可以用通用的 git 看：git -C DIR changes 逐字标出改动。接得上返回 0，被改写过返回 1。

    \b
    例：duban mirror 镜像 --from duban-ro@server:register
    """
    git = reaching_git()
    if url is not None and (folder / LOG).exists():
        fail(f"{folder} 已经是镜像，地址在它的 config 里，不必再写 --from。")
    kept = Mirror.create(folder, nearby(url, "登记簿"), git) if url is not None else Mirror(folder, git)
    if other is not None:
        found = list(kept.compared(read_log(other / LOG if other.is_dir() else other)))
        for line in found:
            say(line)
        if found:
            sys.exit(1)
        say("两份镜像看到的是同一段历史。")
        return
    if trouble := kept.trouble():
        say(trouble)
    try:
        with kept.alone() as strays:
            if strays:
                say(f"清掉中断时留下的临时文件 {strays} 处。")
            _brought(kept)
    except FetchedNowError as busy:
        say(str(busy))
    except RewrittenError as error:
        fail(str(error))


def _brought(kept: Mirror) -> None:
    before = kept.head()
    seen = kept.fetch(now())
    say(f"{'没有新的提交' if before == seen.head else '已取到'} {seen.head[:12]}，共 {seen.count} 笔。")
    brought = bring(kept.folder, partial(_asked, kept.url()))
    if brought.fetched:
        say(f"附件取到 {brought.fetched} 件。")
    if brought.away:
        say(f"附件有 {brought.away} 件没有取来：登记簿那里没有，或者那里的 duban 还不会送。下次再取。")


def _asked(url: str, wanted: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Fetch papers from where a register is: over SSH as Git reaches it, or from its folder."""
    there = _HOST.fullmatch(url)
    if there is None:
        place = Path(url.removeprefix("file://"))
        homes = (place, place.parent) if place.suffix == ".git" else (place,)
        yield from given(Attachments(next((each for each in homes if (each / "attachments").is_dir()), place) / "attachments"), wanted)
        return
    account, port = there["account"] or there["place"], there["port"]
    ssh = shlex.split(os.environ.get("GIT_SSH_COMMAND", _SSH))
    argv = [*ssh, *(["-p", port] if port else []), "--", account, "papers"]
    with TemporaryFile() as asked:  # not a pipe: the other end answers before it has read all
        asked.write("\n".join(wanted).encode())
        asked.seek(0)
        try:
            with Popen(argv, stdin=asked, stdout=PIPE, stderr=DEVNULL) as run:
                assert run.stdout is not None
                yield from received(run.stdout)
                if run.wait() == _LINE_IS_DEAD:  # what the other end refuses it ends with another status
                    raise StoreError(CUT)
        except OSError as error:
            fail(f"没有 ssh 命令，附件没有取来：{said(error)}。")


def reaching_git() -> Git:
    """Return stock Git with what of the caller's surroundings it takes to reach another machine as he does."""
    path = os.environ.get("PATH", os.defpath)
    program = shutil.which("git", path=path)
    if program is None:
        fail("没有 git 命令，不能办这一件。请安装 git（Debian：apt-get install git）。")
    return Git(program, path, {"GIT_SSH_COMMAND": _SSH} | {name: os.environ[name] for name in _REACHING if name in os.environ})


COMMANDS = (mirror,)
