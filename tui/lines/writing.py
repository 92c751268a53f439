"""A text written line by line: kept at each, and changed a line at a time, so that nothing is written twice for one word."""

import re
from collections.abc import Callable

from desk.forms import Field
from schema.text import narrow
from tui.lines.talk import Talk

_END = (".", "。", "．")
_ON = re.compile(r"(改|删|插)\s*(\d{1,4})")
_MORE, _ANEW = "加", "重写"


def written(talk: Talk, field: Field, words: str, keep: Callable[[str], None], command: Callable[[str], bool]) -> str:
    """Have a text written, or one that stands there changed, and return it.

    Args:
        talk: with whom.
        field: what it is for.
        words: what stands there now.
        keep: puts away what is written so far.
        command: does what a word means that is none of the text's own, and says whether it was one; only a first line can be one.
    """
    lines = words.split("\n") if words else []
    if not lines:
        return "\n".join(_added(talk, field, lines, keep, command))
    talk.say(f"现在是 {len(lines)} 行：", *(f"{n}  {line}" for n, line in enumerate(lines, start=1)))
    while True:
        said = talk.ask("回车不改；改1、删1、插1 动一行；加 接着写；重写；- 清空：").strip()
        if not said:
            return "\n".join(lines)
        if said in ("-", "－", "—"):
            return ""
        if said == _ANEW:
            return "\n".join(_added(talk, field, [], keep, command))
        if said == _MORE:
            lines = _added(talk, field, lines, keep, command)
        elif match := _ON.fullmatch(narrow(said)):
            _change(talk, field, lines, match[1], int(match[2]) - 1)
        elif not command(said):
            talk.say("请写：改、删、插和行号，或者 加、重写。要换成别的内容，先写“重写”。")
        keep("\n".join(lines))


def replied(talk: Talk, words: str, keep: Callable[[str], None], command: Callable[[str], bool]) -> str:
    """Have each line answered behind its colon, as the reasons for which a report was returned are; Enter leaves one as it stands.

    Args:
        talk: with whom.
        words: a line each, what is asked before the colon, the answer behind it.
        keep: puts away what is written so far.
        command: as in ``written``.
    """
    lines = words.split("\n")
    for at, line in enumerate(lines):
        asked, colon, before = line.partition("：")
        while True:
            said = talk.ask(f"{asked}{f'［{before}］' if before else ''}：").strip()
            if not command(said):
                break
        if said:
            lines[at] = f"{asked}{colon or '：'}{said}"
            keep("\n".join(lines))
    return "\n".join(lines)


def _change(talk: Talk, field: Field, lines: list[str], how: str, at: int) -> None:
    """Change one line."""
    if at >= len(lines) or at < 0:
        talk.say(f"只有 {len(lines)} 行。")
    elif how == "删":
        talk.say(f"已删：{lines.pop(at)}")
    else:
        if how == "改":
            talk.say(f"原来是：{lines[at]}")
        line = talk.ask(f"第{at + 1}行：")
        after = [*lines[:at], line, *lines[at + (how == "改") :]]
        if reason := field.limit.refusal("\n".join(after)):
            talk.say(f"不行：“{field.label}”{reason}。")
        else:
            lines[:] = after


def _added(talk: Talk, field: Field, lines: list[str], keep: Callable[[str], None], command: Callable[[str], bool]) -> list[str]:
    """Take lines until the one that ends the text; an empty first one is nothing, and in a list each empty one is its end."""
    block = field.kind == "signature"  # which says itself where it ends
    prose = block or field.kind == "prose"
    end = "整块贴在这里" if block else "写完另起一行只写一个句号" if prose else "一行一项，写完再按一次回车"
    talk.say(f"{end}；不写就直接按回车。")
    lines, first = [*lines], True
    while True:
        line = talk.ask(f"{len(lines) + 1}> ")
        told = line.strip()
        if told in _END or (not told and (first or not prose)):
            return _trimmed(lines)
        if first and command(told):
            continue
        first = False
        if reason := field.limit.refusal("\n".join([*lines, line])):
            talk.say(f"不行：“{field.label}”{reason}。这一行没有收下。")
            continue
        lines.append(line)
        keep("\n".join(lines))
        if block and told.startswith("-----END"):
            return lines


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines
