"""The program's own tables: their keys are text, and no keyword of a schema is there that nobody reads."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
import yaml

from schema import tables
from schema.check import check_keywords
from schema.data_files import kept_table
from schema.table_text import read_table
from schema.tables import RECORD_KINDS, schema

_ROOT = Path(__file__).parents[2]


def test_keys_are_text_whatever_they_look_like() -> None:
    assert read_table(b"1: {no: 2, 1.0: 3}\ntrue: [{2026-01-01: 1}]") == {"1": {"no": 2, "1.0": 3}, "true": [{"2026-01-01": 1}]}


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3", "x: {1: a, '1': b}", "? [a]\n: b"])
def test_a_key_that_stands_twice_or_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read_table(text.encode())


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_every_schema_has_text_keys_and_known_keywords(kind: str) -> None:
    assert {type(key) for key in _keys(schema(kind))} == {str}
    check_keywords(schema(kind))


def _keys(data: object) -> Iterator[object]:
    if isinstance(data, Mapping):
        yield from data
    for inner in data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ():
        yield from _keys(inner)


@pytest.mark.parametrize(
    "planted",
    [
        {"x-sugestions": {"1": ["重点工作"]}},
        {"x-enum-labels": {1: "重大决策"}, "enum": [1]},
        {"x-suggestions": {1: ["重点工作"]}},
        {"x-ref": "unti"},
        {"x-prose": "yes"},
        {"enum": ["open", "closed"], "x-enum-labels": {"open": "办理中"}},
        {"enum": ["open"], "x-enum-labels": {"open": "办理中", "close": "已办结"}},
    ],
)
def test_a_keyword_that_nobody_would_read_is_refused(planted: dict[str, object]) -> None:
    with pytest.raises((msgspec.ValidationError, ValueError)):
        check_keywords({"properties": {"a": {"allOf": [planted]}}})


@pytest.mark.parametrize("name", ["item.yaml", "policy_draft.yaml"])
def test_a_schema_that_was_changed_is_looked_through_as_it_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(tables.default_text(name))
    assert kept_table(tmp_path / name, *tables._CHECKS[name])["$defs"]
    (tmp_path / name).write_bytes(tables.default_text(name) + b"x-sugestions: {}\n")
    with pytest.raises(msgspec.ValidationError):
        kept_table(tmp_path / name, *tables._CHECKS[name])


def test_keywords_are_read_in_one_place_which_knows_their_types() -> None:
    raw = [
        f"{path.relative_to(_ROOT)}:{node.lineno}"
        for room in ("records", "documents", "desk", "tui")
        for path in (_ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("x-") and len(node.value) > 2
    ]
    assert raw == []
