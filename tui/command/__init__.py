"""The ``duban`` command: the same acts as on the screen, line by line, for operators, scripts and tests.

A command is imported when it is asked for, and with it what it needs: who looks up a record pays for no other command, and for none of
the screen's libraries; ``duban`` alone opens the screen.
"""

import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import cast

import click

from tui.command.caller import REGISTER_HELP, Caller, guarded, importing
from tui.command.help import ChineseGroup
from tui.later import load_without

_MODULES = {
    "act": ("act", "statement", "acts"),
    "look": ("ls", "show", "log", "diff"),
    "numbers": ("numbers",),
    "year_end": ("yearend",),
    "attachments": ("attachment",),
    "documents": ("build", "watch", "verify"),
    "init": ("demo", "init", "check", "doctor"),
    "intake": ("import",),
    "backup": ("backup", "restore"),
    "maintain": ("maintain",),
    "audit": ("audit",),
    "mirror": ("mirror",),
    "clock": ("tick", "digest", "roundup", "score"),
    "checkpoint": ("checkpoint",),
    "foundations": ("roster", "calendar", "policy", "clause"),
    "stats": ("stats",),
    "archive": ("archive",),
    "keys": ("keys",),
    "serve": ("serve",),
    "service": ("service",),
    "homecoming": ("export", "receive"),
    "setup": ("setup",),
    "upstream": ("upstream",),
    "joining": ("sync",),
    "completion": ("completion",),
}
"""Each module of this package that has commands, with their names, in the order in which help lists them."""


class _Commands(Mapping[str, click.Command]):
    """The commands by name; the module of one is imported once somebody asks for it."""

    def __init__(self) -> None:
        self._where = {name: module for module, names in _MODULES.items() for name in names}

    def __getitem__(self, name: str) -> click.Command:
        with importing():
            load_without("msgspec")
            commands: tuple[click.Command, ...] = import_module(f"tui.command.{self._where[name]}").COMMANDS
        return next(each for each in commands if each.name == name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)


@click.group(
    cls=ChineseGroup,
    commands=cast(MutableMapping[str, click.Command], _Commands()),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--register", "place", metavar="DIR", help=REGISTER_HELP)
@click.option("--as", "person", metavar="PERSON", help="打开界面时的身份，只在演示登记簿里可以选；正式登记簿的界面从入口进（ssh）。")
@click.option("--width", type=click.Choice(["auto", "narrow", "wide"]), default="auto", help="“”…—等字符在终端里占几格；默认自动探测。")
@click.option("--slow", is_flag=True, help="慢线路：少色、不用鼠标移动。")
@click.option("--plain", is_flag=True, help="不开界面，一行一行地问答，办的事与界面相同：供读屏软件和很差的线路用。")
@click.version_option(package_name="duban", message="duban %(version)s", help="显示版本。")
@click.pass_context
def duban(context: click.Context, place: str | None, person: str | None, width: str, slow: bool, plain: bool) -> None:
    r"""督办：以 Git 为底账的督办工作系统。不带命令时打开界面。

    \b
    返回值：办成了 0；没有办成、核对有出入 1；命令行写得不对 2（audit 不能核对时也是 2）；
    从入口进来、写法不在名单里的 126；中断 130。
    """
    context.obj = context.obj if isinstance(context.obj, Caller) else Caller(place)
    if context.invoked_subcommand is None and plain:
        with importing():
            from tui.command.lines import open_lines

        sys.exit(open_lines(place, person))
    if context.invoked_subcommand is None:
        with importing():
            from tui.command.app import open_app

        sys.exit(open_app(place, person, width, slow))


def main(caller: Caller | None = None) -> None:
    """Run the command line; whatever goes wrong is said in a line, never as a traceback.

    Args:
        caller: who calls; None for whoever types on the machine itself.
    """
    # A clone or a server may run under LANG=C; texts are UTF-8 whatever the locale says.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(guarded(lambda: duban(standalone_mode=False, obj=caller)))
