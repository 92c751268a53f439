"""What is one bureau's own, its name, its characters, its series, stands in data: another bureau touches no code.

Docstrings may give examples; what a program prints, compares or refuses with may not.
"""

import ast
import re
from pathlib import Path

import pytest

from records.bureau.series import default_series
from schema.tables import checker
from tests.test_layers import MODULES, ROOT, Said, said

WORDS = re.compile("市局|兰公|兰州")
# A series of the bureau by its id, and the end of a unit's counter: ``f"{unit}.report"``.
SERIES = frozenset(name if each.scope == "bureau" else f".{name}" for name, each in default_series().items())
# By file: how a wrong document number ought to be written, and the kind of document 函 (`outgoing.kind`), which is no series.
ALLOWED = {"documents/layout/official_document.py": {"兰公"}, "desk/proposals.py": {"letter"}}


def own(text: str) -> set[str]:
    """Return what of a text is this bureau's own: words of its name, and the whole of it where it names one of its series."""
    return {*WORDS.findall(text), *({text} & SERIES)}


def test_no_word_of_one_bureau_stands_in_code() -> None:
    found = {str(path.relative_to(ROOT)): {word for text in said(path).texts for word in own(text)} for path in MODULES}
    assert {name: words for name, words in found.items() if words} == ALLOWED


def test_such_a_word_would_be_found() -> None:
    planted = """def f(case):
    '兰公办 may be named here.'
    return case.series == "special" or f"请{case.x}报市局办公室" or f"{case.unit}.report"
"""
    assert {word for text in Said.by(ast.parse(planted)).texts for word in own(text)} == {"special", "市局", ".report"}


def test_what_a_bureau_may_leave_out_has_its_default_in_the_schema() -> None:
    assert checker("bureau").at(("short_name",))["default"] == "市局"


@pytest.mark.parametrize("path", sorted((ROOT / "schema").glob("*.yaml")), ids=lambda path: path.name)
def test_no_reason_for_a_wrong_value_names_one_bureau(path: Path) -> None:
    """Such a reason is what a bureau reads that fills in its first roster."""
    reasons = re.findall(r"x-reason: *([^\n}]+)", path.read_text(encoding="utf-8"))
    assert [reason for reason in reasons if WORDS.search(reason)] == []
