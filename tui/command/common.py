"""What the commands share: opening the register, sitting down at a desk, printing."""

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from schema.text import show
from tui.command.caller import Caller
from tui.command.environment import Unknown, clock, find_register, whoami

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from desk.desk import Desk
    from records.procedure.case import Refusal
    from records.register.register import Register


def caller_of(context: click.Context) -> Caller:
    """Return who calls."""
    found = context.find_root().obj
    assert isinstance(found, Caller)
    return found


def _people(context: click.Context, param: click.Parameter, begun: str) -> "list[CompletionItem]":
    from tui.command.completing import people_named

    return people_named(context, param, begun)


as_person = click.option("--as", "person", metavar="PERSON", shell_complete=_people, help="身份：人员编号或姓名。只在演示登记簿里可以选。")
at_keys = click.option(
    "--keys",
    "place",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="入口登记簿的目录；默认在登记簿旁边，名字加 -keys。",
)
as_json = click.option("--json", "as_data", is_flag=True, help="以 JSON 输出。")


def register_of(context: click.Context) -> "Register":
    """Return the register that the command line names, one for the whole command; what ails its index is said once, at the end."""
    from records.register.register import Register

    root, caller = context.find_root(), caller_of(context)
    found = root.meta.get(_REGISTER)
    if not isinstance(found, Register):
        found = caller.guest.register if caller.guest else Register(find_register(caller.place), rechecks=False)
        root.meta[_REGISTER] = found
        root.call_on_close(partial(_tell_trouble, found))
    return found


def _tell_trouble(register: "Register") -> None:
    if alarm := register.alarm:
        click.echo(show(alarm), err=True)
    register.close()


_REGISTER = "duban.register"


def desk_of(context: click.Context, person: str | None, *, acting: bool = False) -> "Desk":
    """Return the desk of whoever runs the command: of the person who came in through the door; of the one that is chosen in a demo; else
    nobody's, at which one may look and not act.

    Raises:
        Unknown: an identity is chosen where none may be, or one is needed and there is none.
    """
    from desk.desk import Desk

    register, guest = register_of(context), caller_of(context).guest
    if guest is not None:
        if person is not None:
            raise Unknown("从入口进来的是谁，由密钥或者账号认定，不能用 --as 另选。")
        return Desk(register, guest.person(), clock(register), box=guest.box.folder, agent=guest.agent)
    if person is None and not acting:
        return Desk(register, None, clock(register))
    return Desk(register, whoami(register, person), clock(register))


def desk_of_guest(context: click.Context) -> "Desk | None":
    """Return the desk of the person who came in through the door, None for whoever types on the machine itself."""
    return desk_of(context, None) if caller_of(context).guest else None


def commit_of(register: "Register", start: str, target: str = "") -> str:
    """Return the commit that a person means by the beginning of its id: one of the record's own if one is named, else any."""
    register.index.catch_up()
    own = [step.commit for step in register.index.history(target) if step.commit.startswith(start)] if target else []
    found = sorted(set(own or register.index.commits_starting(start)))
    if len(found) != 1:
        told = f"没有 {start} 这一笔提交" if not found else f"不止一笔提交以 {start} 开头"
        fail(f"{target or '登记簿'} {told}。" + (f"用 duban log {target} 查看各笔提交。" if target else ""))
    return found[0]


def say(text: str = "") -> None:
    """Print text of any origin, made safe for a terminal."""
    click.echo(show(text, lines=True))


def say_data(data: object) -> None:
    """Print data as JSON; escapes keep control characters out, and names that are no UTF-8; Chinese stays readable."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1).encode(errors="backslashreplace").decode())


def fail(text: str) -> NoReturn:
    """Say what is wrong and leave with status 1."""
    click.echo(show(text, lines=True), err=True)
    sys.exit(1)


def refused(refusal: "Refusal") -> NoReturn:
    """Say why an act was refused, with each mistake of input, and leave with status 1."""
    told = [str(problem) for problem in refusal.problems if problem.reason not in refusal.reason]
    fail("\n".join([f"不予办理 {refusal}", *(f"  {line}" for line in told)]))


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns measured in cells; the last column is left as long as it is."""
    shown = [[show(cell) for cell in row] for row in rows]
    if not shown:
        return
    wide = [max(_cells(row[column]) for row in shown) for column in range(len(shown[0]) - 1)]
    for row in shown:
        cells = [cell + " " * (width - _cells(cell)) for cell, width in zip(row[:-1], wide, strict=True)]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


_ONE, _TWO = frozenset("—…“”‘’·×"), frozenset("、。〇《》「」『』【】〔〕！（），：；？")


def _cells(text: str) -> int:
    """How many cells a text takes: of the usual signs it is known, of any other their table knows, which takes a while to load."""
    two = sum("\u4e00" <= char <= "\u9fff" or char in _TWO for char in text)
    if two + sum(char.isascii() or char in _ONE for char in text) == len(text):
        return len(text) + two
    from wcwidth import wcswidth

    return int(wcswidth(text))
