"""``duban maintain``: the upkeep of the repository, which the clock has done each night."""

from datetime import timedelta

import click

from records.register.maintenance import Inventory, MaintainedNowError, maintain
from records.register.register import Register
from records.store.ownership import refuse_others
from tui.command.backup import stock_git
from tui.command.common import register_of, say
from tui.command.environment import now
from tui.command.help import command
from tui.door.box import KEPT, Box


@command("maintain")
@click.pass_context
def maintenance(context: click.Context) -> None:
    r"""维护登记库：新的对象收进包，小包并成大包，更新提交图，清掉中断留下的临时文件、文件柜里满30天的文件，收拢索引。办理和查看照常进行。

    由定时任务每天夜里运行（duban setup 一并设好），随时可以再运行，中途断了也不要紧。从不删除历史里的和正在写的。

    \b
    例：duban maintain
    """
    register = register_of(context)
    home = register.home
    refuse_others(home / "register.git")  # what is packed belongs to whoever packs it, and is the only copy then
    try:
        done = maintain(home, stock_git(), now())
    except MaintainedNowError as busy:
        say(str(busy))
        return
    say(f"已维护登记库：{_lying(done.before)}，现在{_lying(done.after)}，用时{done.seconds:.0f}秒。")
    if done.strays:
        say(f"清掉中断留下的临时文件 {done.strays} 个。")
    if old := _swept(register):
        say(f"清掉文件柜里满{KEPT.days}天的文件 {old} 个。")
    if done.log:
        say(f"索引的日志 {in_megabytes(done.log)} 已并入索引。")
    if done.trouble:
        say(f"索引没有收拢（{done.trouble}），不影响使用，下次再做。")


def _swept(register: Register) -> int:
    """Empty the boxes of what has lain there for too long, also of those who come no more, and return how many files that were.

    A clock that runs far ahead for a night empties none: it goes by the last act where that is longer ago.
    """
    head, boxes = register.head(), register.home / "boxes"
    if head is None or not boxes.is_dir():
        return 0
    at = min(now(), register.describe(head).author.time + timedelta(days=1))
    return sum(Box(folder).swept(at) for folder in boxes.iterdir() if folder.is_dir())


def _lying(found: Inventory) -> str:
    return f"散对象 {found.loose} 个、包 {found.packs} 个，共 {in_megabytes(found.size)}"


def in_megabytes(size: int) -> str:
    """Return bytes in words."""
    return f"{size / 2**20:.1f} MB"


COMMANDS = (maintenance,)
