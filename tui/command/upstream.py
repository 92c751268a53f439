"""Command on the Git host: ``upstream`` makes the repository that several servers of one register push to."""

from pathlib import Path

import click

from records.acts import Refusal
from records.keys.public_key import public_key
from records.register.hosting import hosted, line_for
from tui.command.backup import stock_git
from tui.command.common import refused, say
from tui.command.help import command
from tui.command.paths import read_record
from tui.command.upkeep import program


@command("upstream")
@click.argument("place", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--key", "keys", type=click.Path(path_type=Path), metavar="FILE", multiple=True, help="服务器的公钥（.pub），写出它那一行。")
@click.option("--read", "reading", is_flag=True, help="--key 的服务器只能取，不能推送：副本用。")
def upstream(place: Path, keys: tuple[Path, ...], reading: bool) -> None:
    r"""在 Git 主机上运行：建立几台服务器共用的上级库，写好落盘设置、钩子和 sshd 的入口。已经有的裸库补齐设置；可以反复运行。

    上级库只在 main 上接着写；收下以前，提交和引用都已落盘。用一个专门的账号拥有它，不与别的库共用（docs/machines.md）。

    \b
    例：duban upstream /srv/git/duban.git --key 甲.pub --key 乙.pub
    """
    place = place.absolute()
    done = list(hosted(place, stock_git()))
    for each in done:
        say(each)
    say(f"上级库 {place} {'已建好' if done else '已经齐备，未作改动'}。")
    if not keys:
        say(f"各服务器的密钥怎样放进来：{program()} upstream {place} --key FILE.pub 写出 authorized_keys 里的一行。")
        return
    say("在拥有它的账号的 authorized_keys 里，每台服务器写一行：")
    for file in keys:
        say(line_for(place, _read(file), reading=reading))


def _read(file: Path) -> str:
    found = public_key(read_record(file).decode(errors="replace"))
    if isinstance(found, Refusal):
        refused(found)
    return found


COMMANDS = (upstream,)
