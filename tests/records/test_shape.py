"""Model and schema hold the same fields in the same order, both ways; what only one of them knows is never read and never lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from pathlib import Path
from types import GenericAlias
from typing import Any

import pytest
import yaml

from records.bureau.roster import Bureau
from records.bureau.series import Series
from records.matter.item import Item
from records.store import record_files
from records.store.record_files import Unreadable, emit, parse
from records.store.shape import differences
from schema.tables import checker
from tests.bureau import Matter

ROOT = Path(__file__).parent.parent.parent
KINDS = tuple(record_files._TYPES.items())


@pytest.mark.parametrize(("kind", "name"), KINDS, ids=[name for _, name in KINDS])
def test_model_and_schema_hold_the_same_in_the_same_order(kind: type, name: str) -> None:
    assert [str(each) for each in differences(kind, checker(name))] == []


def test_a_field_that_only_the_schema_knows_is_refused_where_it_stands() -> None:
    lacking = _without("external_due")
    found = list(differences(lacking, checker("item")))
    assert [(each.field, each.label) for each in found] == [(("external_due",), "“上级要求时限”")]
    assert "读了就会丢失" in found[0].reason


def test_fields_that_only_the_model_knows_or_that_stand_in_another_order_are_told() -> None:
    @dataclass
    class Wrong:
        kind: str
        level: str
        organ: str
        ref: str
        received: str
        original: str
        another_paper: bool
        seal: str = ""

    @dataclass
    class Swapped:
        number: str
        session: str
        proposer: str
        role: str
        asked: str
        result_class: str
        satisfaction: str
        feedback: str

    assert [each.field for each in differences(Wrong, checker("item"), ("source",))] == [("source", "seal")]
    assert "次序" in next(differences(Swapped, checker("item"), ("suggestion",))).reason


SCHEMAS = sorted(path.name for path in (ROOT / "schema").glob("*.yaml") if "$schema" in path.read_text("utf-8"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_left_out_when_it_is_empty_is_required_only_where_it_cannot_be_empty(name: str) -> None:
    """A record leaves out an empty list or text; a schema that demanded it would make a fault of a lawful act."""
    schema = yaml.safe_load((ROOT / "schema" / name).read_text("utf-8"))
    bounds = {"array": {"minItems"}, "string": {"minLength", "enum", "format", "pattern", "const"}}
    bare = [
        place
        for place, wanted in _demanded(schema, schema)
        if (allowed := bounds.get(str(wanted.get("type")))) and not allowed & wanted.keys()
    ]
    assert bare == []


def _demanded(schema: Mapping[str, Any], node: object, place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every property that is required, with what it must be."""
    if isinstance(node, list):
        for each in node:
            yield from _demanded(schema, each, place)
    if isinstance(node, dict):
        properties = node.get("properties")
        demanded = node.get("required", ()) if isinstance(properties, dict) else ()
        for each in demanded:
            wanted = node["properties"].get(each, {})
            ref = str(wanted.get("$ref", "")).removeprefix("#/$defs/")
            yield f"{place}/{each}", {**schema.get("$defs", {}).get(ref, {}), **wanted}
        for name, each in node.items():
            yield from _demanded(schema, each, f"{place}/{name}")


def test_a_field_of_an_entry_in_a_table_by_name_is_compared_too() -> None:
    lacking = make_dataclass("Lacking", [(each.name, each.type) for each in fields(Series) if each.name != "mark"])
    table = GenericAlias(Mapping, (str, lacking))
    model = make_dataclass("Model", [(each.name, table if each.name == "series" else each.type) for each in fields(Bureau)])
    assert [each.field[-1] for each in differences(model, checker("bureau"))] == ["mark"]


def test_a_program_whose_model_lacks_a_field_reads_no_record_rather_than_lose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    matter = Matter().until("propose")
    assert matter.item is not None
    data = emit(matter.item)
    assert parse(data, Item) == matter.item
    lacking = _without("urgency")
    monkeypatch.setattr(record_files, "_TYPES", {**record_files._TYPES, lacking: "item"})
    with pytest.raises(Unreadable) as raised:
        parse(data, lacking, "items/2026/01/DB-2026-0118.yaml")
    assert [(each.file, each.field) for each in raised.value.problems] == [("items/2026/01/DB-2026-0118.yaml", ("urgency",))]


def _without(name: str) -> type:
    """Return the model of an item as a program would have it that does not know one field."""
    return make_dataclass("Lacking", [(each.name, each.type, field(default=None)) for each in fields(Item) if each.name != name])
