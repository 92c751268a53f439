"""The data files of the program are kept as its modules are: what is kept is never believed where the YAML says otherwise."""

import os
import sys
from pathlib import Path

import pytest
import yaml

from schema import data_files, table_text
from schema.data_files import kept_table


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was read as YAML so far; what is made of it may be kept."""
    found: list[bytes] = []
    whole = table_text.read_table

    def noted(data: bytes) -> dict[str, object]:
        found.append(data)
        return whole(data)

    monkeypatch.setattr(table_text, "read_table", noted)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return found


def test_yaml_is_read_once_and_again_when_it_changes(tmp_path: Path, read: list[bytes]) -> None:
    path = tmp_path / "kinds.yaml"
    path.write_text("a: [1, yes, '𠮷', 1.5]\n2: {b: null}\n", encoding="utf-8")
    first = kept_table(path)
    assert first == {"a": [1, True, "𠮷", 1.5], "2": {"b": None}}
    assert kept_table(path) == first
    assert len(read) == 1
    path.write_text("a: 2\n", encoding="utf-8")
    assert kept_table(path) == {"a": 2}
    assert len(read) == 2


def test_what_is_given_out_is_nobody_elses(tmp_path: Path, read: list[bytes]) -> None:
    path = tmp_path / "kinds.yaml"
    path.write_text("a: {b: 1}\n", encoding="utf-8")
    kept_table(path)["a"]["b"] = 2
    assert kept_table(path) == {"a": {"b": 1}}


def test_a_module_of_the_same_name_is_kept_apart(tmp_path: Path, read: list[bytes]) -> None:
    (tmp_path / "clauses.py").write_text("A = 1\n", encoding="utf-8")
    (tmp_path / "clauses.yaml").write_text("a: 1\n", encoding="utf-8")
    kept_table(tmp_path / "clauses.yaml")
    assert [each.name.split(".")[:2] for each in (tmp_path / "__pycache__").iterdir()] == [["clauses", "yaml"]]


@pytest.mark.parametrize("spoilt", [b"", b"\0" * 16, b"noise" * 100])
def test_what_is_kept_and_spoilt_is_made_anew(tmp_path: Path, read: list[bytes], spoilt: bytes) -> None:
    path = tmp_path / "kinds.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    kept_table(path)
    (kept,) = (tmp_path / "__pycache__").iterdir()
    kept.write_bytes(spoilt)
    assert kept_table(path) == {"a": 1}


def test_where_nothing_may_be_written_it_is_read_each_time(tmp_path: Path, read: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "kinds.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    assert kept_table(path) == kept_table(path) == {"a": 1}
    assert len(read) == 2
    assert os.listdir(tmp_path) == ["kinds.yaml"]


def test_what_is_no_table_is_refused_also_the_second_time(tmp_path: Path, read: list[bytes]) -> None:
    path = tmp_path / "kinds.yaml"
    path.write_text("a: 1\na: 2\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(yaml.YAMLError):
            data_files.kept_table(path)
    with pytest.raises(FileNotFoundError):
        kept_table(tmp_path / "gone.yaml")


def test_a_table_that_says_nothing_sensible_is_refused_until_it_is_changed(tmp_path: Path, read: list[bytes]) -> None:
    def positive(table: dict[str, object]) -> None:
        if table["a"] != 1:
            raise ValueError(table["a"])

    path = tmp_path / "kinds.yaml"
    path.write_text("a: 0\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ValueError, match="0"):
            kept_table(path, positive)
    path.write_text("a: 1\n", encoding="utf-8")
    assert kept_table(path, positive) == kept_table(path, positive) == {"a": 1}
    assert len(read) == 3
