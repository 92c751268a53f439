"""The ``duban`` command: the same acts as on the screen, line by line, for operators, scripts and tests.

Commands never import the screen's libraries, so they answer at once; ``duban`` alone opens the screen.
"""

import sys

import click

from tui.command.common import Caller, guarded
from tui.command.environment import REGISTER_HELP
from tui.command.help import ChineseGroup


@click.group(cls=ChineseGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--register", "place", metavar="DIR", help=REGISTER_HELP)
@click.option("--as", "person", metavar="PERSON", help="打开界面时的身份，只在演示登记簿里可以选；正式登记簿的界面从入口进（ssh）。")
@click.option("--width", type=click.Choice(["auto", "narrow", "wide"]), default="auto", help="“”…—等字符在终端里占几格；默认自动探测。")
@click.option("--slow", is_flag=True, help="慢线路：少色、不用鼠标移动。")
@click.version_option(package_name="duban", message="duban %(version)s", help="显示版本。")
@click.pass_context
def duban(context: click.Context, place: str | None, person: str | None, width: str, slow: bool) -> None:
    """督办：以 Git 为底账的督办工作系统。不带命令时打开界面。"""
    context.obj = context.obj if isinstance(context.obj, Caller) else Caller(place)
    if context.invoked_subcommand is None:
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


def _enter() -> None:
    from tui.command import (
        act,
        archive,
        attachments,
        audit,
        backup,
        checkpoint,
        clock,
        documents,
        foundations,
        homecoming,
        init,
        intake,
        keys,
        look,
        mirror,
        numbers,
        serve,
        service,
        setup,
        stats,
        year_end,
    )

    looking = (act, look, numbers, year_end, attachments)
    keeping = (
        documents,
        init,
        intake,
        backup,
        audit,
        mirror,
        clock,
        checkpoint,
        foundations,
        stats,
        archive,
        keys,
        serve,
        service,
        homecoming,
        setup,
    )
    for module in (*looking, *keeping):
        for command in module.COMMANDS:
            duban.add_command(command)


_enter()
