"""Records as YAML: a strict reader that says line and column in Chinese, and the one emitter whose bytes are canonical.

What stands in the register's own form is read line by line (``yaml_lines``), anything else, and whatever has anything wrong with it, by
the library (``yaml_events``), which is loaded then. Every scalar is read as text; the schema gives the type.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from schema.problem import Field, Problem
from schema.text import show, suspect, unsafe
from schema.yaml_lines import DEPTH, read_lines

LIMIT = 1 << 20
"""The largest file that is read, in bytes."""
_LONGEST_KEY = 200  # YAML itself ends a key at 1024 characters
_LARGEST = 10**18 - 1
_SHORT = 40  # characters
_MAPPINGS = (dict, Mapping)  # of which a union would be made anew each time, and what is most is looked for first
_COLLECTIONS = (*_MAPPINGS, list, tuple)

Marks = Mapping[Field, tuple[int, int]]
"""Line and column, from 1, of each entry of a file."""


@dataclass(frozen=True)
class Document:
    """What a file holds.

    Attributes:
        data: nested dicts and lists with a str at every leaf; None when there is any problem.
        marks: where each entry starts (the key of a mapping's member, the item of a list), as line and column from 1.
        problems: everything wrong with the file that can be known at once, in the order of its lines.
    """

    data: dict[str, object] | None
    marks: Marks
    problems: tuple[Problem, ...] = ()

    def within(self, field: Field) -> "Document":
        """Return one entry as a document of its own: its data, and its marks from there on; without data where it is no mapping."""
        found: object = self.data
        for part in field:
            found = found[part] if (isinstance(found, dict) and part in found) or isinstance(found, list) else None  # type: ignore[index]
        inner = {mark[len(field) :]: place for mark, place in self.marks.items() if mark[: len(field)] == field}
        return Document(found if isinstance(found, dict) else None, inner)


def nearest(marks: Marks, field: Field) -> tuple[int, int]:
    """Return line and column of a field, or of the nearest entry round it that has a place in the file; zeros without any."""
    while field and field not in marks:
        field = field[:-1]
    return marks.get(field, (0, 0))


def placed(problems: Iterable[Problem], marks: Marks) -> Iterator[Problem]:
    """Yield problems with line and column of their fields."""
    for problem in problems:
        line, column = nearest(marks, problem.field)
        yield replace(problem, line=line, column=column)


def read(data: bytes, file: str = "") -> Document:
    """Read one record file; whatever is wrong with it comes back as problems, and nothing is raised.

    A byte order mark at the start, CRLF and comments are accepted; none of them is canonical.

    Args:
        data: the file's bytes.
        file: its name, for the problems.
    """
    if (found := _canonical(data)) is not None:
        return Document(found, _Marks(data))
    from schema.yaml_events import read_events

    return Document(*read_events(data, file))


def _canonical(data: bytes) -> dict[str, object] | None:
    """What a file in the register's own form holds; None of any other."""
    if len(data) > LIMIT:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if suspicious(text) else read_lines(text)


class _Marks(Mapping[Field, tuple[int, int]]):
    """The marks of a sound file, looked for when somebody asks: nobody does unless its data does not please him."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __getitem__(self, field: Field) -> tuple[int, int]:
        return self._found[field]

    def __iter__(self) -> Iterator[Field]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def _found(self) -> Marks:
        from schema.yaml_events import read_events

        return read_events(self._data, "").marks


def suspicious(text: str) -> bool:
    """Whether a text of several lines needs looking at character by character; nearly none does."""
    return suspect(text) or not unicodedata.is_normalized("NFC", text)


def faults(line: str) -> Iterator[tuple[int, str]]:
    """Yield position and reason of each character that may not stand in a record."""
    for position, sign in unsafe(line):
        yield position, "有制表符，请改用空格" if line[position] == "\t" else f"有不能用的字符 {sign}，请删去"
    if not unicodedata.is_normalized("NFC", line):
        right = unicodedata.normalize("NFC", line)
        position = next((index for index, char in enumerate(line) if right[index : index + 1] != char), 0)
        written, meant = line[position], right[position : position + 1]
        yield (
            position,
            f"字形编码不规范（Unicode NFC）：U+{ord(written):04X} 处请改为“{meant}”" + (f"（U+{ord(meant):04X}）" if meant else ""),
        )


def write(data: Mapping[str, object]) -> bytes:
    """Return the canonical bytes of a record: what ``read`` gives back as it stood, and stock YAML readers as the same strings.

    Args:
        data: str keys; values str, int, bool, list, tuple or mapping. Keys are written in the order given.

    Raises:
        TypeError: a value of another kind, None included.
        ValueError: what ``read`` would refuse: control characters, text not in NFC, a key of several lines, integers of more
            than 18 digits, nesting deeper than DEPTH, more than LIMIT bytes. Text is to be checked where it enters.
    """
    text = f"{_block(data, '')}\n" if data else "{}\n"
    for line in text.split("\n") if suspicious(text) else ():
        for position, reason in faults(line):
            raise ValueError(f"{show(line[:40])}: column {position + 1}: {reason}")
    encoded = text.encode("utf-8")
    if len(encoded) > LIMIT:
        raise ValueError(f"{len(encoded)} bytes are more than {LIMIT}")
    return encoded


def _block(value: Mapping[str, object] | list[object] | tuple[object, ...], pad: str) -> str:
    """A collection that is not empty; its first line stands without the padding, so that it can follow a ``- ``."""
    if isinstance(value, _MAPPINGS):
        return f"\n{pad}".join([f"{_key(key)}:{_member(member, pad)}" for key, member in value.items()])
    return f"\n{pad}".join([f"- {_entry(entry, pad)}" for entry in value])


def _member(value: object, pad: str) -> str:
    if isinstance(value, str) and len(value) <= _SHORT:  # most are
        return f" {_short(value, pad)}"
    if value and isinstance(value, _COLLECTIONS):
        return f"\n{pad}  {_entry(value, pad)}"
    return f" {_entry(value, pad)}"


def _entry(value: object, pad: str) -> str:
    if isinstance(value, str):
        return _literal(value, f"\n{pad}  ") if "\n" in value else _line(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError("an integer of more than 18 digits")
        return str(value)
    if not isinstance(value, _COLLECTIONS):
        raise TypeError(f"a record cannot hold {type(value).__name__}")
    if len(pad) >= 2 * (DEPTH - 1):
        raise ValueError(f"nested deeper than {DEPTH}")
    return _block(value, f"{pad}  ") if value else "{}" if isinstance(value, Mapping) else "[]"


@lru_cache(maxsize=1024)
def _key(key: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key cannot be {type(key).__name__}")
    if "\n" in key or len(key) > _LONGEST_KEY:
        raise ValueError(f"a key of several lines or more than {_LONGEST_KEY} characters: {show(key[:40])}")
    return _line(key)


@lru_cache(maxsize=4096)
def _short(text: str, pad: str) -> str:
    """A short text: names, numbers, times, of which a record holds the same ones again and again, and so does its next version."""
    return _entry(text, pad)


# What a YAML 1.1 or 1.2 reader could take for something else than this very string. Broader than need be: an ASCII string that
# starts like a number, a date or a time is quoted whatever follows.
_QUOTED = re.compile(
    r"""\s|[-.?:,\[\]{}#&*!|>'"%@`=<~]|[+0-9][ -~]*\Z|(?:y|n|yes|no|on|off|true|false|null)\Z""",
    re.IGNORECASE,
)


def _line(text: str) -> str:
    if not text or _QUOTED.match(text) or ": " in text or " #" in text or text[-1] in ": ":
        return "'" + text.replace("'", "''") + "'"
    return text


def _literal(text: str, line_start: str) -> str:
    """A text of several lines; the marks after ``|`` say where the indentation ends and how many line feeds close the text."""
    indent = "2" if text.lstrip("\n").startswith(" ") else ""
    body = text.removesuffix("\n")
    keep = "-" if body == text else "+" if not body or body.endswith("\n") else ""
    return f"|{indent}{keep}" + "".join([f"{line_start}{line}" if line else "\n" for line in body.split("\n")])
