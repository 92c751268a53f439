"""Each of the fifteen checks of the screens has its tests, each drawing its snapshots: ``tests/checks.yaml`` says which."""

from pathlib import Path

import pytest
import yaml

from tests.test_threats import defined

ROOT = Path(__file__).parent.parent
TOLD = yaml.safe_load((ROOT / "tests/checks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("check", range(1, 16))
def test_a_check_has_its_tests(check: int) -> None:
    found = TOLD["checks"][check]
    assert found.keys() <= {"what", "tests", "open"}
    assert found["tests"]
    for test in found["tests"]:
        file, _, name = test.partition("::")
        assert name in defined(file), test


def test_a_drawing_has_its_snapshots() -> None:
    assert len(TOLD["drawings"]) == 28
    there = {path.stem for path in (ROOT / "tests/tui/snapshots").glob("*.txt")}
    assert {name for names in TOLD["drawings"].values() for name in names} <= there
