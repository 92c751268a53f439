"""``duban maintain``: the upkeep of the repository, which the clock has done each night."""

import click

from records.register.maintenance import Inventory, MaintainedNowError, maintain
from records.store.ownership import refuse_others
from tui.command.backup import stock_git
from tui.command.common import register_of, say
from tui.command.environment import now
from tui.command.help import command


@command("maintain")
@click.pass_context
def maintenance(context: click.Context) -> None:
    r"""维护登记库：新的对象收进包，小包并成大包，更新提交图，清掉中断留下的临时文件，收拢索引。办理和查看照常进行。

    由定时任务每天夜里运行（duban setup 一并设好），随时可以再运行，中途断了也不要紧。从不删除历史里的和正在写的。

    \b
    例：duban maintain
    """
    home = register_of(context).home
    refuse_others(home / "register.git")  # what is packed belongs to whoever packs it, and is the only copy then
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
