"""Every line of the threat list has its test: ``tests/threats.yaml`` says which, and this that they are there. The count is printed."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
LINES = yaml.safe_load((ROOT / "tests/threats.yaml").read_text(encoding="utf-8"))["lines"]
WANTED = [f"{kind}{number}" for kind, last in (("S", 12), ("T", 5), ("G", 12), ("X", 11)) for number in range(1, last + 1)]


@cache
def defined(file: str) -> frozenset[str]:
    """The tests that a file defines."""
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("line", WANTED)
def test_a_line_has_its_tests(line: str) -> None:
    found = LINES[line]
    assert found["what"]
    assert found.keys() == {"what", "tests"}
    assert found["tests"]
    for test in found["tests"]:
        file, _, name = test.partition("::")
        assert name in defined(file), test


def test_there_are_no_other_lines_and_the_count_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(LINES) == WANTED
    tests = {test for line in WANTED for test in LINES[line]["tests"]}
    with capsys.disabled():
        print(f"\nthreat list: {len(WANTED)} of {len(WANTED)} lines are tried by {len(tests)} tests")  # noqa: T201
    assert len(WANTED) == 40
