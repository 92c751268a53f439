"""Chinese help and complaints for the command line, where the library speaks English."""

import os
from collections.abc import Callable, Sequence

import click

_ROW = 36
"""Characters of a sentence that a row of the list of commands holds beside their names."""
_WORD = 4
"""Characters that say something by themselves."""


class _Chinese(click.Command):
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of usage."""
        pieces = ["[选项]" if piece == "[OPTIONS]" else piece for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it is for; in a raw docstring the sign that keeps lines as they are is two."""
        self.help = (self.help or "").replace("\\b", "\b")
        super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        rows = [row for row in (param.get_help_record(ctx) for param in self.get_params(ctx)) if row is not None]
        if rows:
            with formatter.section("选项"):
                formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option with a Chinese word to it."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这段说明。"
        return option


class Said(click.UsageError):
    """A complaint that is in Chinese as it stands."""


class ChineseCommand(_Chinese):
    """A command whose help is Chinese throughout."""


class ChineseGroup(_Chinese, click.Group):
    """A group of commands whose help is Chinese throughout."""

    command_class = ChineseCommand

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments; one that no path and no name can be is refused before anybody looks where it leads."""
        for given in args:
            try:
                if b"\0" not in os.fsencode(given):
                    continue
            except UnicodeEncodeError:
                pass
            raise Said(f"“{given}”含有不能用的字符（空字符或残缺的字符）。请重新写这一项。", ctx)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        _Chinese.format_options(self, ctx, formatter)
        rows = [(name, _in_short(command.help or "")) for name, command in self.commands.items() if not command.hidden]
        with formatter.section("命令"):
            formatter.write_dl(rows)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the pieces of the line of usage."""
        return ["[选项]", "[命令 …]"]


def _in_short(told: str) -> str:
    """Return what a command is for in a row or two: its first sentence, or what of a long one stands before the colon."""
    sentence = " ".join(told.partition("。")[0].split())
    before = sentence.partition("：")[0]
    return before if len(sentence) > _ROW and len(before) >= _WORD else sentence


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Return the decorator for one command with Chinese help."""
    return click.command(name, cls=ChineseCommand)


def complaint(error: click.ClickException) -> str:
    """Return what is wrong with a command line, in Chinese, with the way out."""
    if isinstance(error, Said):
        return error.message
    context = getattr(error, "ctx", None)
    hint = f"用法见 {context.command_path} --help。" if context else "用法见 duban --help。"
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是 {_or(error.possibilities)}？" if error.possibilities else "。"
        return f"没有 {error.option_name} 这个选项{near}{hint}"
    if isinstance(error, click.MissingParameter):
        name = error.param.get_error_hint(context).strip("'\"") if error.param and context else ""
        return f"缺少 {name}。{hint}"
    if isinstance(error, click.BadParameter):
        name = error.param.human_readable_name if error.param else ""
        if error.param and isinstance(error.param.type, click.Path):
            words = error.message.split("'")  # “File '…' does not exist.” and the like
            place = words[1] if len(words) == 3 else name
            return f"{place} 不存在，或者不是{'文件' if error.param.type.file_okay else '目录'}，或者不能读写。{hint}"
        return f"{name} 写得不对。{hint}"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    if isinstance(error, click.UsageError):
        words = error.message.split("'")
        return f"没有“{words[1]}”这个命令。{hint}" if "No such command" in error.message else f"命令行写得不对。{hint}"
    return f"打不开文件。{hint}" if isinstance(error, click.FileError) else error.message


def _or(options: Sequence[str]) -> str:
    return " 或 ".join(options)
