"""Records as YAML: a strict reader that says line and column in Chinese, and the one emitter whose bytes are canonical.

The reader walks the events of the C parser and never composes: composing expands aliases, keeps the last of two equal keys
without a word, and crashes the process on deep nesting. Every scalar is read as text; the schema gives the type.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeGuard, cast

import yaml

from schema.problem import Field, Problem
from schema.text import show, suspect, unsafe

LIMIT = 1 << 20
"""The largest file that is read, in bytes."""
DEPTH = 20
"""How many mappings and lists may stand inside one another, the outermost included."""
_MOST = 50  # a file of the wrong kind has a problem in every line; nobody reads more than this
_LONGEST_KEY = 200  # YAML itself ends a key at 1024 characters
_LARGEST = 10**18 - 1

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


class _StopReadingError(Exception):
    """Nothing that follows in the file can be understood; the reason stands among the problems."""


def read(data: bytes, file: str = "") -> Document:
    """Read one record file; whatever is wrong with it comes back as problems, and nothing is raised.

    A byte order mark at the start, CRLF and comments are accepted; none of them is canonical.

    Args:
        data: the file's bytes.
        file: its name, for the problems.
    """
    reader = _Reader(file)
    try:
        found = reader.document(data)
    except _StopReadingError:
        found = None
    problems = tuple(sorted(reader.problems, key=lambda problem: (problem.line, problem.column)))
    return Document(None if problems else found, reader.marks, problems)


class _Reader:
    def __init__(self, file: str) -> None:
        self.marks: dict[Field, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._file = file

    def document(self, data: bytes) -> dict[str, object]:
        text = self._characters(self._decoded(data))
        damaged = bool(self.problems)
        # Only after the end of the stream does the parser give None, and nothing here reads past that.
        self._next = cast(Callable[[], yaml.Event], yaml.CSafeLoader(text).get_event)
        try:
            return self._document()
        except yaml.YAMLError as error:
            if not damaged:  # a refused character may be the whole cause
                reason, mark = _syntax(error)
                self._report(reason, (mark.line + 1, mark.column + 1) if mark else (0, 0))
            raise _StopReadingError from error

    def _decoded(self, data: bytes) -> str:
        if len(data) > LIMIT:
            raise self._stop(f"文件有 {len(data)} 字节，超过 {LIMIT} 字节（1 MiB）的上限；附件请另行存放", (0, 0))
        try:
            return _normal(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            before = _normal(data[: error.start].decode("utf-8")).split("\n")
            reason = f"不是 UTF-8 编码（字节 {data[error.start]:02X}），请另存为 UTF-8"
            raise self._stop(reason, (len(before), len(before[-1]) + 1)) from error

    def _characters(self, text: str) -> str:
        """Report every character that may not stand in a file, comments included; return the text with stand-ins, to read on."""
        if not _suspect(text):
            return text
        lines = text.split("\n")
        for index, line in enumerate(lines):
            faults = list(_faults(line))
            for position, reason in faults:
                self._report(reason, (index + 1, position + 1))
            if faults:
                harmless = "".join("\ufffd" if any(unsafe(char)) else char for char in line.replace("\t", " "))
                lines[index] = unicodedata.normalize("NFC", harmless)
        return "\n".join(lines)

    def _document(self) -> dict[str, object]:
        self._next()
        start = self._next()
        if not isinstance(start, yaml.DocumentStartEvent):
            raise self._stop("文件是空的", (1, 1))
        if start.version or start.tags:
            self._report("不能有以 % 开头的指令行，请删去", _place(start))
        top = self._next()
        if not isinstance(top, yaml.MappingStartEvent):
            empty = isinstance(top, yaml.ScalarEvent) and not top.value
            raise self._stop("文件是空的" if empty else "最外层应是若干“键: 内容”，不能是列表或一段文字", _place(top))
        self.marks[()] = _place(top)
        self._properties(top, ())
        found = self._mapping(())
        self._next()
        if not isinstance(end := self._next(), yaml.StreamEndEvent):
            raise self._stop("一个文件只能有一份记录，请删去“---”及其后的内容", _place(end))
        return found

    def _node(self, event: yaml.Event, field: Field) -> object:
        if _plain(event):
            return event.value
        if isinstance(event, yaml.ScalarEvent):
            self._properties(event, field)
            return self._scalar(event, field)
        if isinstance(event, yaml.CollectionStartEvent):
            self._properties(event, field)
            if len(field) >= DEPTH:
                raise self._stop(f"嵌套超过 {DEPTH} 层", _place(event), field)
            return self._mapping(field) if isinstance(event, yaml.MappingStartEvent) else self._sequence(field)
        self._report("不能用别名（*），请把内容写全", _place(event), field)
        return ""

    def _properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, field: Field) -> None:
        if event.anchor is not None:
            self._report(f"不能用锚点（&{event.anchor}），请删去", _place(event), field)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)
            self._report(f"不能写标签（{tag}），请删去", _place(event), field)

    def _scalar(self, event: yaml.ScalarEvent, field: Field) -> str:
        if event.style == '"':  # an escape can write what the file itself does not show
            for line in event.value.split("\n"):
                for _, reason in _faults(line):
                    self._report(reason, _place(event), field)
        elif not event.style and not event.value:
            self._report("缺少内容；没有内容的，请连同键一起删去", self.marks.get(field) or _place(event), field)
        return event.value

    def _mapping(self, field: Field) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            place = _place(event)
            key = self._key(event, field)
            where = (*field, key)
            if key in found:
                reason = f"“{key}”写了两次（第 {self.marks[where][0]} 行和第 {place[0]} 行），请删去一处"
                self._report(reason, place, where)
                self._node(self._next(), where)
            else:
                self.marks[where] = place
                found[key] = self._node(self._next(), where)
        return found

    def _key(self, event: yaml.Event, field: Field) -> str:
        if _plain(event) and event.value != "<<" and "\n" not in event.value:
            return event.value
        key = self._node(event, (*field, ""))
        if not isinstance(key, str):
            raise self._stop("键只能是一个词，不能是列表或一组内容", _place(event), field)
        if key == "<<" and isinstance(event, yaml.ScalarEvent) and not event.style:
            self._report("不能用合并键（<<），请把内容写全", _place(event), field)
        if "\n" in key:
            self._report("键不能换行", _place(event), field)
        return key

    def _sequence(self, field: Field) -> list[object]:
        found: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            where = (*field, len(found))
            self.marks[where] = _place(event)
            found.append(self._node(event, where))
        return found

    def _report(self, reason: str, place: tuple[int, int], field: Field = ()) -> None:
        self.problems.append(Problem(reason, self._file, *place, field))
        if len(self.problems) == _MOST:
            self.problems.append(Problem(f"问题太多，只列出前 {_MOST} 处，其余从略", self._file, *place))
            raise _StopReadingError

    def _stop(self, reason: str, place: tuple[int, int], field: Field = ()) -> _StopReadingError:
        self._report(reason, place, field)
        return _StopReadingError()


def _plain(event: yaml.Event) -> TypeGuard[yaml.ScalarEvent]:
    """Whether it is text with nothing about it, no quotes, anchor or tag, as nearly all is: there is nothing to say of that."""
    return type(event) is yaml.ScalarEvent and event.anchor is None and event.tag is None and not event.style and bool(event.value)


def _normal(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _suspect(text: str) -> bool:
    """Whether a text of several lines needs looking at character by character; nearly none does."""
    return suspect(text) or not unicodedata.is_normalized("NFC", text)


def _faults(line: str) -> Iterator[tuple[int, str]]:
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


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


# The parser's words (found in its context or its problem), what to say instead, and whether the start of the thing tells more
# than the spot where reading failed.
_SYNTAX = (
    ("directive", "不能有以 % 开头的指令行，请删去", False),
    ("incompatible YAML", "不能有以 % 开头的指令行，请删去", False),
    ("an anchor", "不能用锚点（&）；以 & 开头的内容请用单引号括起", False),
    ("an alias", "不能用别名（*）；以 * 开头的内容请用单引号括起", False),
    ("a tag", "不能写标签（!）；以 ! 开头的内容请用单引号括起", False),
    ("tag handle", "不能写标签（!）；以 ! 开头的内容请用单引号括起", False),
    ("a block scalar", "“|”后面只能换行，正文从下一行起缩进两格", False),
    ("unexpected end of stream", "引号没有配对", True),
    ("unexpected document indicator", "引号没有配对", True),
    ("a quoted scalar", "双引号里的“\\”写法不对；内容请改用单引号括起", False),
    ("could not find expected ':'", "缺少冒号和空格，应写作“键: 内容”", True),
    ("a flow sequence", "方括号没有配对，或两项之间缺少逗号", True),
    ("a flow mapping", "花括号没有配对，或两项之间缺少逗号", True),
    ("mapping values are not allowed", "缩进不对，或内容里有“: ”；含“: ”的内容请用单引号括起", False),
    ("unexpected ':'", "内容里有“:”，请用单引号括起", False),
    ("block sequence entries", "“- ”应另起一行", False),
    ("mapping keys are not allowed", "“? ”不能用在这里；以问号开头的内容请用单引号括起", False),
    ("cannot start any token", "内容不能以这个字符开头，请用单引号括起", False),
    ("expected '-' indicator", "列表里的每一项都应以“- ”开头，并左对齐", False),
    ("expected key", "这里应是“键: 内容”，请检查缩进和引号", False),
    ("expected node content", "这里缺少内容", False),
    ("<document start>", "这里的内容接不上，请检查缩进，冒号后应有空格", False),
)


def _syntax(error: yaml.YAMLError) -> tuple[str, yaml.Mark | None]:
    fallback = "不是合格的 YAML 写法，请检查缩进、冒号和引号"
    if not isinstance(error, yaml.MarkedYAMLError):
        return fallback, None
    words = f"{error.context}; {error.problem}"
    for sign, reason, at_start in _SYNTAX:
        if sign in words:
            return reason, (error.context_mark if at_start else None) or error.problem_mark
    return fallback, error.problem_mark


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
    for line in text.split("\n") if _suspect(text) else ():
        for position, reason in _faults(line):
            raise ValueError(f"{show(line[:40])}: column {position + 1}: {reason}")
    encoded = text.encode("utf-8")
    if len(encoded) > LIMIT:
        raise ValueError(f"{len(encoded)} bytes are more than {LIMIT}")
    return encoded


def _block(value: Mapping[str, object] | list[object] | tuple[object, ...], pad: str) -> str:
    """A collection that is not empty; its first line stands without the padding, so that it can follow a ``- ``."""
    if isinstance(value, Mapping):
        return f"\n{pad}".join([f"{_key(key)}:{_member(member, pad)}" for key, member in value.items()])
    return f"\n{pad}".join([f"- {_entry(entry, pad)}" for entry in value])


def _member(value: object, pad: str) -> str:
    if not isinstance(value, str | int) and isinstance(value, Mapping | list | tuple) and value:
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
    if not isinstance(value, Mapping | list | tuple):
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
