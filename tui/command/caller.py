"""Who calls the command line, and what a person is told of whatever goes wrong. Imports nothing of the records until there is need."""

import gc
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tui.command.help import complaint

if TYPE_CHECKING:
    from tui.door.guest import Guest


REGISTER_HELP = "登记簿所在目录；不写时取环境变量 DUBAN_REGISTER，再取当前目录下的 register，最后取 /srv/duban。"


@dataclass(frozen=True)
class Caller:
    """Who calls a command, and for which register.

    Attributes:
        place: the folder of the register, as the command line names it.
        guest: who came in through the door; None for whoever types on the machine itself.
    """

    place: str | None = None
    guest: "Guest | None" = None


@contextmanager
def importing() -> Iterator[None]:
    """Keep the collector of garbage from what is imported: none of it ever is, and to look through it takes a sixth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if before:
            gc.enable()


def guarded(work: Callable[[], int | None]) -> int:
    """Do something for a person and return the exit status; whatever goes wrong is said in a line, never as a traceback."""
    try:
        return work() or 0
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except click.ClickException as error:
        _say(complaint(error))
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (KeyboardInterrupt, click.Abort):
        _say("已中断。")
        return 130
    except Exception as error:  # the last resort: a person never sees a traceback
        if isinstance(error, ImportError) and (parts := _displaced()):  # nothing else can be relied on, the rule on texts neither
            click.echo("\n".join(f"缺失  {each}" for each in parts), err=True)
            return 1
        if (told := _told(error)) is None:
            if os.environ.get("DUBAN_DEBUG"):
                raise
            told = f"程序出错，未能完成：{type(error).__name__} {error}。请把这一行交管理员（设 DUBAN_DEBUG=1 可看详情）。"
        _say(told)
    return 1


def _displaced() -> list[str]:
    from tui.parts import displaced

    return list(displaced())


def _told(error: Exception) -> str | None:
    """What is said of an error that is none of the program's own; None of any other."""
    from records.store.disk import said
    from records.store.ownership import OthersError
    from records.store.record_files import Unreadable
    from records.store.store import StoreError
    from tui.command.environment import Unknown

    if isinstance(error, OthersError):
        return f"{error}\nsu -s /bin/sh {error.account} -c {shlex.quote(shlex.join(sys.argv))}"
    if isinstance(error, StoreError | Unknown):
        return str(error)
    if isinstance(error, Unreadable):
        return "\n".join(map(str, error.problems))
    if isinstance(error, OSError):
        where = f"（{error.filename}）" if error.filename else ""
        return f"读写失败：{said(error)}{where}。请排除故障后重试，或联系系统管理员。"
    return None


def _say(text: str) -> None:
    from schema.text import show

    click.echo(show(text, lines=True), err=True)
