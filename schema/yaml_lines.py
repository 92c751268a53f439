"""Records in the form in which the register writes them, read line by line: nearly every file is so, and needs no parser of YAML.

The form is a small part of YAML, in which each line says by itself what it is: ``key: text``, ``key:`` above its block, ``- text``,
``- key: text``, ``key: |`` above a text of several lines; each block stands two blanks further in. Whatever is not exactly so, sound or
not, is not read here but by the library (``yaml_events``), which alone says what is wrong with a file; a test holds both to the same.
"""

import re

DEPTH = 20
"""How many mappings and lists may stand inside one another, the outermost included."""

_KEY = r"[A-Za-z_][A-Za-z0-9_.]{0,99}"
# It begins with nothing that means something to YAML, and holds neither ": " nor " #", nor a blank or a colon at its end.
_PLAIN = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[0-9]))[^\n: ]*(?:(?::(?![ \n])| (?![#\n]))[^\n: ]*)*"
_QUOTED = r"'[^'\n]*(?:''[^'\n]*)*'"
_INSET = r"\1(?(2)    |  )"  # two blanks more than its key, which stands behind a "- " if there is one
# The first line with anything on it has no blank more, so that it tells how far in the text stands; empty lines are quite empty.
_LITERAL = rf"\|([-+]?)\n(\n*{_INSET}[^ \n][^\n]*\n(?:\n|{_INSET}[^\n]*\n)*)"
_LINE = re.compile(
    rf"( *)(- )?(?:({_KEY}):(?: (?!\n)|(?=\n)))?(?:({_PLAIN})\n|({_QUOTED})\n|{_LITERAL}|\n)"  # a line of the form, its text with it
    r"|([^\n]+)"  # any other
)
_LEVELS = {"  " * level: level for level in range(DEPTH - 1)}


def read_lines(text: str) -> dict[str, object] | None:
    """Return what a text in the register's own form holds, with a str at every leaf; None for any other text.

    Args:
        text: of signs that a record may hold, nothing else.
    """
    record: dict[str, object] = {}
    inside: list[dict[str, object] | list[object]] = [record]  # the blocks round the line, by level
    heading = ""  # the key above, whose block begins with this line
    for pad, dash, key, plain, quoted, chomped, literal, other in _LINE.findall(text):
        level = _LEVELS.get(pad)
        if other or level is None or (level != len(inside) if heading else level >= len(inside)):
            return None
        if heading:
            block: dict[str, object] | list[object] = [] if dash else {}
            inside[-1][heading] = block  # type: ignore[call-overload]  # only a mapping has headings
            inside.append(block)
            heading = ""
        else:
            del inside[level + 1 :]
            block = inside[level]
        value = plain or quoted[1:-1].replace("''", "'") or (literal and _dedented(literal, f"{pad}    " if dash else f"{pad}  ", chomped))
        if dash:
            if not isinstance(block, list) or not (key or value or quoted):
                return None
            if not key:
                block.append(value)
                continue
            member: dict[str, object] = {}
            block.append(member)
            inside.append(member)
            block = member
        if isinstance(block, list) or not key or key in block:
            return None
        if value or quoted:
            block[key] = value
        else:
            heading = key
    return None if heading or not text.endswith("\n") else record


def _dedented(literal: str, inset: str, chomped: str) -> str:
    """The text below a ``|``, with as many of its last line feeds as the sign behind it says."""
    text = literal.removeprefix(inset).replace(f"\n{inset}", "\n")
    return text if chomped == "+" else text.rstrip("\n") + ("" if chomped else "\n")
