"""Records against their JSON Schema, with every problem at once, in Chinese, at file, line and column.

The schema is JSON Schema 2020-12 with a Chinese ``title`` on every property and a few keywords more, which `keywords` reads.
Forms are made from the same schema through ``at``, ``label`` and ``enum_label``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from schema.conversion import convert
from schema.problem import Field, Problem
from schema.yaml_text import Marks, nearest, read

if TYPE_CHECKING:  # it comes with the mail library; whoever checks no record does without
    from jsonschema_rs import Draft202012Validator, ValidationError

_Schema = Mapping[str, Any]  # JSON: whatever its keywords hold
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")  # 18 digits fit every reader's integer
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})")
_QUOTE = 20  # characters of a wrong value that a reason repeats


class Keywords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=lambda name: f"x-{name.replace('_', '-')}"):
    """What a schema says beyond JSON Schema. Values stand in it as text, as keys of YAML and JSON are: a number names nothing.

    Attributes:
        enum_labels: each value of ``enum`` in Chinese.
        suggestions: what is usually written here, by the category of the item.
        reason: what is wrong, in words, where ``pattern`` or whatever else stands beside it cannot explain itself.
        ref: what a text is the id of: ``unit``, ``person``; ``point``: the place in the list of requirements.
        prose: text in sentences and paragraphs, kept in normal form.
        code: the number on a secret paper, kept as it is printed.
        scan: the hash of a scan that is kept beside the repository; a form takes the name of the file.
        own_signature: a person's own signature; a form takes the statement with the block that he made of it.
    """

    enum_labels: dict[str, str] = {}
    suggestions: dict[str, tuple[str, ...]] = {}
    reason: str = ""
    ref: Literal["", "person", "point", "unit", "series"] = ""
    prose: bool = False
    code: bool = False
    scan: bool = False
    own_signature: bool = False


def keywords(schema: Mapping[str, object]) -> Keywords:
    """Return what a schema says beyond JSON Schema.

    Raises:
        msgspec.ValidationError: it holds a keyword that nobody reads, or one of another kind.
    """
    return convert({key: value for key, value in schema.items() if key.startswith("x-")}, Keywords)


def check_keywords(schema: object) -> None:
    """Look through a whole schema for keywords that nobody would read.

    Raises:
        msgspec.ValidationError: a keyword is unknown, or of another kind.
        ValueError: a label stands for no value of its ``enum``, or one is missing.
    """
    if isinstance(schema, dict) and any(str(key).startswith("x-") for key in schema):
        labels, values = keywords(schema).enum_labels, schema.get("enum")
        if labels and values is not None and set(labels) != {str(value) for value in values}:
            raise ValueError(f"x-enum-labels {list(labels)} are not those of enum {values}")
    if isinstance(schema, dict | list):
        for inner in schema.values() if isinstance(schema, dict) else schema:
            if not isinstance(inner, str):
                check_keywords(inner)


_NOTHING: _Schema = {}
"""What is said of a place of which nothing is said: one object, as what is found out of a schema is kept by its ``id``."""


class Checker:
    """What one kind of record must look like, ready to check many of them.

    Properties, ``items``, ``additionalProperties``, local ``$ref`` and ``allOf`` are followed for types, titles and forms; what
    only ``if``, ``anyOf`` or ``oneOf`` says is checked, but gives no type and no title.
    """

    def __init__(self, schema: Mapping[str, object]) -> None:
        """Take a schema; it is compiled when the first record is checked: most commands look up words and forms alone.

        Args:
            schema: the schema as plain data, as `schema.tables` gives it; every key is text.
        """
        self._schema: dict[str, Any] = dict(schema)
        self._views: dict[int, _Schema] = {}
        self._texts: dict[int, bool] = {}
        self._typings: dict[int, tuple[Mapping[str, _Schema], _Schema | None]] = {}

    @cached_property
    def _validator(self) -> "Draft202012Validator":
        """The schema compiled.

        Raises:
            jsonschema_rs.ValidationError: it is no JSON Schema, or asks for a format that nobody checks.
            ValueError: a key is no text.
        """
        from jsonschema_rs import Draft202012Validator

        return Draft202012Validator(
            self._schema, validate_formats=True, ignore_unknown_formats=False, formats={"date": _is_date, "date-time": _is_time}
        )

    def load(self, data: bytes, file: str = "") -> tuple[dict[str, object] | None, tuple[Problem, ...]]:
        """Read and check one record file: the one door through which files of a register are read.

        Args:
            data: the file's bytes.
            file: its name, for the problems.

        Returns:
            The typed record and no problem, or None and every problem that can be known at once.
        """
        document = read(data, file)
        if document.data is None:
            return None, tuple(replace(problem, label=self.label(problem.field)) for problem in document.problems)
        record = cast(dict[str, object], self.typed(document.data))
        problems = self.problems(record, document.marks, file)
        return (None if problems else record), problems

    def typed(self, data: object) -> object:
        """Return data of text leaves with the types of the schema.

        Integers have at most 18 digits and no leading zero, booleans are ``true`` and ``false``. Text that does not fit stays
        text, so that checking reports it.
        """
        return self._typed(data, self._view(self._schema))

    def problems(self, data: object, marks: Marks | None = None, file: str = "") -> tuple[Problem, ...]:
        """Return everything wrong with a typed record, in the order of its lines; empty when it is right.

        Args:
            data: the record as ``typed`` gives it.
            marks: where its entries stand in the file, as ``yaml_text.read`` gives it.
            file: the file's name.
        """
        errors = list(self._validator.iter_errors(cast(dict[str, object], data)))
        if not errors:
            return ()
        found = [
            Problem(reason, file, *nearest(marks or {}, field), field, self.label(field))
            for error in _telling(errors)
            for field, reason in self._explained(error)
        ]
        return tuple(dict.fromkeys(sorted(found, key=lambda problem: (problem.line, problem.column))))

    def at(self, path: Field) -> Mapping[str, object]:
        """Return the schema of what stands at a path, with ``$ref`` and ``allOf`` merged into it.

        What stands beside a ``$ref`` wins over what it refers to, so a shared definition can be given a title of its own.

        Raises:
            KeyError: the schema says nothing about that path.
        """
        if not (found := self._find(path)):
            raise KeyError(path)
        return found

    def label(self, path: Field) -> str:
        """Return a path in the words of the schema: ``“办理要求”第2项“内容”``; a key without a title stands for itself."""
        words = ""
        for end, part in enumerate(path, start=1):
            if isinstance(part, int):
                words += f"第{part + 1}项"
            else:
                # A key that the record invents (the members of an open mapping) says more than the title all of them share.
                named = part in self._properties(path[: end - 1])
                words += f"“{self._find(path[:end]).get('title', part) if named else part}”"
        return words

    def enum_label(self, path: Field, value: object) -> str:
        """Return the Chinese name of one of the values allowed at a path; a value without a name stands for itself."""
        return keywords(self._find(path)).enum_labels.get(str(value), str(value))

    def _typed(self, data: object, view: _Schema) -> object:
        """Data with its types; what holds nothing but text stays the same object."""
        if isinstance(data, str):
            return _scalar(data, view.get("type"))
        if isinstance(data, dict):
            known, others = self._typing(view)
            inner = dict.fromkeys(data.keys() - view.get("properties", {}).keys(), others) if others else {}
            inner |= {key: known[key] for key in known.keys() & data.keys()}
            return data | {key: self._typed(data[key], inner[key]) for key in inner}
        if isinstance(data, list) and not self._is_text(items := self._inner(view, 0)):
            return [self._typed(value, items) for value in data]
        return data

    def _typing(self, view: _Schema) -> tuple[Mapping[str, _Schema], _Schema | None]:
        """The members of a mapping in which anything but text can stand, and the schema of members that it does not name, if such too."""
        if (found := self._typings.get(id(view))) is None:
            known = {key: self._view(inner) for key, inner in view.get("properties", {}).items()}
            others = self._inner(view, "\n")  # a key that no schema names
            found = {key: each for key, each in known.items() if not self._is_text(each)}, None if self._is_text(others) else others
            self._typings[id(view)] = found
        return found

    def _is_text(self, view: _Schema) -> bool:
        """Whether nothing but text can stand at a place and below it."""
        if (known := self._texts.get(id(view))) is None:
            self._texts[id(view)] = False  # as far as it holds itself
            kinds = view.get("type", ())
            inner = [*view.get("properties", {}).values(), view.get("items"), view.get("additionalProperties")]
            known = not {"integer", "boolean"} & {*([kinds] if isinstance(kinds, str) else kinds)}
            known = known and all(self._is_text(self._view(each)) for each in inner if isinstance(each, Mapping))
            self._texts[id(view)] = known
        return known

    def _find(self, path: Field) -> _Schema:
        """The schema at a path, empty where nothing is said."""
        found = self._view(self._schema)
        for part in path:
            found = self._inner(found, part)
        return found

    def _properties(self, path: Field) -> Mapping[str, _Schema]:
        return cast(Mapping[str, _Schema], self._find(path).get("properties", {}))

    def _inner(self, view: _Schema, part: str | int) -> _Schema:
        """The schema of one member or of the items, empty where nothing is said."""
        others = view.get("additionalProperties")
        inner = view.get("items") if isinstance(part, int) else view.get("properties", {}).get(part, others)
        return self._view(inner) if isinstance(inner, Mapping) else _NOTHING

    def _view(self, schema: _Schema) -> _Schema:
        """A schema with its ``$ref`` and ``allOf`` merged in, made once; what it is made of lives as long as the checker."""
        if (view := self._views.get(id(schema))) is None:
            view = self._views[id(schema)] = self._merged(schema)
        return view

    def _merged(self, schema: _Schema) -> _Schema:
        parts = [self._view(part) for part in schema.get("allOf", ())]
        if "$ref" in schema:
            parts.insert(0, self._view(self._walk(schema["$ref"].split("/")[1:])))
        if not parts:
            return schema
        merged: dict[str, Any] = {}
        properties: dict[str, _Schema] = {}
        required: dict[str, None] = {}
        for part in (*parts, {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}):
            merged |= part
            required |= dict.fromkeys(part.get("required", ()))
            for name, inner in part.get("properties", {}).items():
                properties[name] = {"allOf": [properties[name], inner]} if name in properties else inner
        return merged | ({"properties": properties} if properties else {}) | ({"required": list(required)} if required else {})

    def _walk(self, pointer: Iterable[str | int]) -> _Schema:
        found: Any = self._schema
        for part in pointer:
            found = found[part]
        return cast(_Schema, found)

    def _explained(self, error: "ValidationError") -> Iterator[tuple[Field, str]]:
        """Yield the field and the reason of each thing that one error says."""
        from jsonschema_rs import ValidationErrorKind as Kind

        field, kind = tuple(error.instance_path), error.kind
        if isinstance(kind, Kind.Required):
            yield (*field, kind.property), "缺少这一项，必须填写"
        elif isinstance(kind, Kind.AdditionalProperties | Kind.UnevaluatedProperties):
            # One wrong value in an allOf leaves all its members unevaluated: those that the schema knows are not to blame.
            known = self._properties(field) if isinstance(kind, Kind.UnevaluatedProperties) else {}
            for key in kind.unexpected:
                if key not in known:
                    yield (*field, key), f"没有这样的项，{self._near(field, key)}"
        elif isinstance(kind, Kind.Enum):
            names = [(str(option), self.enum_label(field, option)) for option in kind.options]
            options = "、".join(value if name == value else f"{value}（{name}）" for value, name in names)
            yield field, f"{_quoted(error.instance)}不在可选之列，应为：{options}"
        else:
            holder = self._walk(error.schema_path[:-1])
            yield field, _impossible_day(error) or (kind.name in _WORDED and keywords(holder).reason) or _reason(error, holder)

    def _near(self, field: Field, key: str) -> str:
        """The way out for an unknown key: the known key, or the known title, that it resembles most."""
        from difflib import get_close_matches

        known = self._properties(field)
        names = {str(self._find((*field, name)).get("title", name)): name for name in known} | {name: name for name in known}
        if not (close := get_close_matches(key, names, n=1)):
            return "请删去"
        name = names[close[0]]
        return f"是不是“{self._find((*field, name)).get('title', name)}”（{name}）？"


_WORDED = ("pattern", "format", "propertyNames", "not", "anyOf", "oneOf", "contains")
_REASONS = {
    "anyOf": "不符合任何一种写法",
    "const": "应为“{}”",
    "contains": "缺少必须有的一项",
    "exclusiveMaximum": "应小于 {}",
    "exclusiveMinimum": "应大于 {}",
    "falseSchema": "这里不应填写",
    "format": "写法不对",
    "maxItems": "最多 {} 项",
    "maxLength": "太长，最多 {} 个字",
    "maxProperties": "最多 {} 项",
    "maximum": "不能大于 {}",
    "minItems": "至少要有 {} 项",
    "minLength": "太短，至少 {} 个字",
    "minProperties": "至少要有 {} 项",
    "minimum": "不能小于 {}",
    "multipleOf": "应为 {} 的倍数",
    "not": "不能这样填写",
    "oneOf": "应恰好符合一种写法",
    "pattern": "写法不对",
    "propertyNames": "键的写法不对",
}
_FORMATS = {"date": "不是日期，应写作 2026-09-07", "date-time": "不是时间，应写作 2026-09-07T09:20:00+08:00"}
_TYPES = {
    "array": "列表，每项以“- ”开头",
    "boolean": "是或否，写作 true 或 false",
    "integer": "整数（前面不加 0，最多 18 位）",
    "object": "若干“键: 内容”",
    "string": "文字",
}


def _reason(error: "ValidationError", holder: _Schema) -> str:
    from jsonschema_rs import ValidationErrorKind as Kind

    kind, found = error.kind, error.instance
    if isinstance(kind, Kind.Type) and kind.types == ["integer"] and "maximum" in holder:
        return f"{_quoted(found)}应为整数（{holder.get('minimum', 0)} 到 {holder['maximum']}，前面不加 0）"
    if isinstance(kind, Kind.Type):
        return f"{_quoted(found)}应为{'或'.join(_TYPES.get(name, name) for name in kind.types)}"
    if isinstance(kind, Kind.Format) and kind.format in _FORMATS:
        return _FORMATS[kind.format]
    if isinstance(kind, Kind.UniqueItems) and isinstance(found, list):
        twice = next(index for index, value in enumerate(found) if value in found[:index])
        return f"第{found.index(found[twice]) + 1}项和第{twice + 1}项重复"
    if found == "":
        return "不能为空"
    if isinstance(kind, Kind.MaxLength):
        return f"太长，最多 {kind.limit} 个字，现有 {len(str(found))} 个字"
    return _REASONS.get(kind.name, "不符合要求").format(kind.value)


def _impossible_day(error: "ValidationError") -> str:
    written = str(error.instance)
    is_day = getattr(error.kind, "format", "") in _FORMATS and _DATE.match(written)
    return f"没有 {written[:10]} 这一天" if is_day and not _is_date(written[:10]) else ""


# What says nothing new beside another error of the same value: a text that is no date at all fits no pattern of dates either.
_FOLLOWS = {"pattern": {"type", "enum", "const", "format", "minLength"}, "enum": {"type"}, "const": {"type"}}


def _telling(errors: "list[ValidationError]") -> "Iterator[ValidationError]":
    names: dict[Field, set[str]] = {}
    for error in errors:
        names.setdefault(tuple(error.instance_path), set()).add(error.kind.name)
    return (error for error in errors if not names[tuple(error.instance_path)] & _FOLLOWS.get(error.kind.name, set()))


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return f"“{value[:_QUOTE]}…”" if len(value) > _QUOTE else f"“{value}”"
    return "" if isinstance(value, list | dict) else f"“{value}”"


def _scalar(text: str, types: object) -> str | int | bool:
    kinds = types if isinstance(types, list) else [types]
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    return text == "true" if "boolean" in kinds and text in ("true", "false") else text


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and _parses(date.fromisoformat, text)


@lru_cache(1024)  # a record is checked as it is read and as an act leaves it
def _is_time(text: str) -> bool:
    """Whether a text is a time in whole seconds with its offset, as every record writes it and ``datetime`` can hold it."""
    return bool(_TIME.fullmatch(text)) and _parses(datetime.fromisoformat, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
