"""``duban maintain``: the upkeep of the repository, which the clock has done each night."""

import os
import pwd
import shlex

import click

from records.register.maintenance import Inventory, MaintainedNowError, maintain
from tui.command.backup import stock_git
from tui.command.common import fail, register_of, say
from tui.command.environment import now
from tui.command.help import command
from tui.command.upkeep import program


@command("maintain")
@click.pass_context
def maintenance(context: click.Context) -> None:
    r"""维护登记库：新的对象收进包，小包并成大包，更新提交图，清掉中断留下的临时文件，收拢索引。办理和查看照常进行。

    由定时任务每天夜里运行（duban setup 一并设好），随时可以再运行，中途断了也不要紧。从不删除历史里的和正在写的。

    \b
    例：duban maintain
    """
    home = register_of(context).home
    owner = (home / "register.git").stat().st_uid
    if os.geteuid() != owner:  # what is packed belongs to whoever packs it, and is the only copy then
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        again = shlex.quote(f"{program()} --register {shlex.quote(str(home.absolute()))} maintain")
        fail(f"登记库属于账号 {name}，用别的账号维护以后它就读不到了，没有做。请用：su -s /bin/sh {name} -c {again}")
    try:
        done = maintain(home, stock_git(), now())
    except MaintainedNowError as busy:
        say(str(busy))
        return
    say(f"已维护登记库：{_lying(done.before)}，现在{_lying(done.after)}，用时{done.seconds:.0f}秒。")
    if done.strays:
        say(f"清掉中断留下的临时文件 {done.strays} 个。")
    if done.log:
        say(f"索引的日志 {in_megabytes(done.log)} 已并入索引。")
    if done.trouble:
        say(f"索引没有收拢（{done.trouble}），不影响使用，下次再做。")


def _lying(found: Inventory) -> str:
    return f"散对象 {found.loose} 个、包 {found.packs} 个，共 {in_megabytes(found.size)}"


def in_megabytes(size: int) -> str:
    """Return bytes in words."""
    return f"{size / 2**20:.1f} MB"


COMMANDS = (maintenance,)
