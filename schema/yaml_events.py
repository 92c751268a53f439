"""The strict reader of any YAML that a file may hold, by the library: it says line and column of whatever is wrong, in Chinese.

It walks the events of the C parser and never composes: composing expands aliases, keeps the last of two equal keys without a word, and
crashes the process on deep nesting. Every scalar is read as text; the schema gives the type.
"""

import unicodedata
from collections.abc import Callable
from typing import NamedTuple, TypeGuard, cast

import yaml

from schema.problem import Field, Problem
from schema.text import unsafe
from schema.yaml_lines import DEPTH
from schema.yaml_text import LIMIT, faults, suspicious

_MOST = 50  # a file of the wrong kind has a problem in every line; nobody reads more than this


class Found(NamedTuple):
    """What a file holds, where each entry stands in it, and everything wrong with it; as ``yaml_text.Document`` tells it."""

    data: dict[str, object] | None
    marks: dict[Field, tuple[int, int]]
    problems: tuple[Problem, ...]


class _StopReadingError(Exception):
    """Nothing that follows in the file can be understood; the reason stands among the problems."""


def read_events(data: bytes, file: str) -> Found:
    """Read one file; nothing is raised."""
    reader = _Reader(file)
    try:
        found = reader.document(data)
    except _StopReadingError:
        found = None
    problems = tuple(sorted(reader.problems, key=lambda problem: (problem.line, problem.column)))
    return Found(None if problems else found, reader.marks, problems)


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
        if not suspicious(text):
            return text
        lines = text.split("\n")
        for index, line in enumerate(lines):
            wrong = list(faults(line))
            for position, reason in wrong:
                self._report(reason, (index + 1, position + 1))
            if wrong:
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
                for _, reason in faults(line):
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
