"""``duban checkpoint``: the checkpoints that were taken, and which of them a code on paper is."""

import click

from records.matter.checkpoint import Checkpoint, typed
from records.matter.plain_data import to_data
from records.store.view import View
from schema.problem import Problem
from tui.command.common import as_json, fail, register_of, say, say_data, table
from tui.command.help import command

_SHOWN = 60  # signs of what was typed


@command("checkpoint")
@click.argument("code", required=False, nargs=-1, metavar="[CODE]")
@as_json
@click.pass_context
def checkpoint(context: click.Context, code: tuple[str, ...], as_data: bool) -> None:
    """检查点：定时任务每天取一个，最近的在前；CODE 是公文页脚上印的一串，说明是哪一个、此后又办了几笔。

    要核对此后的历史是不是接着它往下办的，用 duban audit。
    """
    view = register_of(context).view()
    if code:
        _say_one(view, "".join(code), as_data)
        return
    found = list(view.checkpoints())
    if as_data:
        say_data([_data(each) for each in found])
    elif found:
        table([("时间", "笔数", "所记的提交", "检查点"), *((_time(each), str(each.count), each.commit[:10], each.code) for each in found)])
    else:
        click.echo("还没有检查点。运行 duban tick 即取一个，以后每天一个。", err=True)


def _say_one(view: View, text: str, as_data: bool) -> None:
    code = typed(text)
    if isinstance(code, Problem):
        fail(f"“{text[:_SHOWN]}”{code.reason}" if text else code.reason)
    found = next((each for each in view.checkpoints() if each.code == code), None)
    if found is None:
        told = "抄写无误的话，或者这份公文出自另一个登记簿，或者历史被截断、改写过：请保留公文，用 duban audit 核查。"
        fail(f"本登记簿没有检查点 {code}。{told}")
    since = view.count(found)
    if as_data:
        say_data({**_data(found), "since": since})
    else:
        say(f"检查点 {code}：{_time(found)} 取，记到第 {found.count} 笔（提交 {found.commit}），此后又有 {since} 笔。")


def _data(found: Checkpoint) -> dict[str, object]:
    return {"code": found.code, **to_data(found)}


def _time(found: Checkpoint) -> str:
    return found.at[:16].replace("T", " ")


COMMANDS = (checkpoint,)
