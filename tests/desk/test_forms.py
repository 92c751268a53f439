"""What forms show, fill in and offer stands in the rows of the table of acts; desk and screens know no act by its name."""

import ast
from pathlib import Path

import pytest

from desk.forms import fields, from_words, in_words
from desk.shown_text import shown
from records.acts import form
from records.matter.plain_data import to_data
from records.procedure.input_places import standing
from records.register.register import Register
from schema.tables import acts
from tests.tui.playing import NOW, act

_ROOT = Path(__file__).parents[2]
_ROOMS = ("desk", "tui/forms", "tui/frame", "tui/screens", "tui/widgets", "tui/terminal")


@pytest.mark.parametrize("path", [path for room in _ROOMS for path in sorted((_ROOT / room).glob("*.py"))], ids=lambda path: path.name)
def test_no_act_is_named(path: Path) -> None:
    constants = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant))
    keys = {"submit"} if path.name == "picker.py" else set()  # Textual's own name of an action
    assert [f"{node.lineno}: {node.value}" for node in constants if node.value in acts().keys() - keys] == []


def test_what_stands_in_the_record_is_gone_on_with_and_comes_back_as_it_stands(demo: Register) -> None:
    view, today, seen = demo.view(), NOW.date(), set()
    for excerpt in demo.index.items():
        item = view.item(excerpt.id)
        assert item is not None
        for spec in (each for each in acts().values() if each.target == "item"):
            filled = {field.name: field.default for field in fields(spec, item, view, today)}
            for wanted in (each for each in spec.inputs if each.again):
                schema, stands = form(spec.name).at((wanted.name,)), standing(wanted, to_data(item))
                written_here = item.secrecy.level == "none" or wanted.name in filled  # the texts of a classified matter are on paper
                if stands not in (None, []) and written_here:
                    assert filled[wanted.name] == in_words(schema, stands)
                    given = from_words(schema, filled[wanted.name], today)
                    assert given == (str(stands) if schema.get("type") == "integer" else stands), (spec.name, wanted.name)
                    seen.add((spec.name, wanted.name))
    again = {(spec.name, wanted.name) for spec in acts().values() for wanted in spec.inputs if wanted.again}
    assert again - seen == {
        ("amend", "need_to_know"),
        ("amend", "suggestion_role"),
        ("draft_report", "attachment_text"),
        ("redraft_document", "attachment_text"),
        ("redraft_document", "override_reason"),
        ("write_roundup", "text"),
    }  # in no item of the demo


def test_an_act_that_signs_a_text_shows_that_text(demo: Register) -> None:
    view = demo.view()
    items = [item for excerpt in demo.index.items() if (item := view.item(excerpt.id)) and item.report]
    for spec in (each for each in acts().values() if each.target == "item" and each.signs):
        for item in items:
            text = shown(spec, item, view.roster)
            assert text is not None
            assert item.report is not None
            assert text.hash == (item.report.hash if spec.signs.startswith("report.") else item.text_to_sign)
    act(demo, "draft_roundup", "2026-10", "BGS.clerk1")
    roundup = demo.view().roundup("2026-10")
    assert roundup is not None
    found = shown(acts()["approve_roundup"], roundup, view.roster)
    assert found is not None
    assert found.hash == roundup.hash
