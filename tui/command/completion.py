"""The command ``completion``: what lets a shell go on with what is begun when Tab is pressed."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from tui.command.help import command

_SHELLS = ("bash", "zsh", "fish")


@command("completion")
@click.argument("shell", metavar="SHELL", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    r"""写出让 SHELL（bash、zsh、fish）按 Tab 补全命令、动作、事项和人员的一段脚本。

    \b
    bash  在 ~/.bashrc 里加一行  eval "$(duban completion bash)"
    zsh   在 ~/.zshrc 里加一行   eval "$(duban completion zsh)"
    fish  duban completion fish > ~/.config/fish/completions/duban.fish

    事项写编号里的几位数字、名称里的几个字，按 Tab 就补成编号。
    """
    kind = get_completion_class(shell)
    assert kind is not None
    # Not what the class itself does, which tells of an old bash in English.
    click.echo(ShellComplete.source(kind(context.find_root().command, {}, "duban", "_DUBAN_COMPLETE")))


COMMANDS = (completion,)
