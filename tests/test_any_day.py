"""No test hangs on the day on which it runs: a command in the process of a test goes by the clock of the tests, and a test of what goes by
the machine's names no number that the machine's year would give.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from records.demo import steps
from tests.bureau import AFTERWARDS
from tests.test_layers import FORBIDDEN, faults, said
from tui.command import duban, environment

TESTS = sorted(Path(__file__).parent.rglob("*.py"))
NUMBER = re.compile(r"DB-2\d{3}-\d{4}")
DEMO = {step.target for step in steps()}
CLOCKS = {each for each in FORBIDDEN if each[0] in ("datetime", "date", "time")}
FILES = ("test_standby", "test_gitstore", "test_attachments", "test_upstream_lines", "around")
"""Where files are old: to a file the machine gives its own time."""


def _starts_the_program(path: Path) -> bool:
    """Whether it goes by the machine's clock, itself or by the program that it starts without setting the clock there."""
    told = said(path)
    if told.imports & {"tui.command.environment.now", "tests.e2e.doors.DUBAN"}:
        return True
    if "duban" in told.texts and any(name == "with_name" for _, _, name in told.attributes):
        return True
    if any("environment.now = " in text for text in told.texts):
        return False
    return any(re.search(r"from tui\.command import|^tui\.command$", text) for text in told.texts)


def test_a_command_in_the_process_of_a_test_goes_by_the_clock_of_the_tests() -> None:
    assert environment.now().date() == AFTERWARDS.date()
    assert len(duban.commands) > 40
    clocks = {name: module.now for name, module in sys.modules.items() if name.startswith("tui.") and hasattr(module, "now")}
    assert len(clocks) > 10
    assert {name for name, clock in clocks.items() if clock is not environment.now} == set()


def test_no_test_reads_the_clock_by_itself() -> None:
    def asked(path: Path) -> Iterator[object]:
        return (each for each in said(path).attributes if each[1:] in CLOCKS and path.stem not in FILES)

    assert faults(TESTS, asked) == {}


def test_what_goes_by_the_machines_clock_names_no_number_of_a_year() -> None:
    def named(path: Path) -> Iterator[object]:
        numbers = (number for text in said(path).texts for number in NUMBER.findall(text))
        return (number for number in numbers if number not in DEMO)

    real = [path for path in TESTS if path.parent.name == "e2e" or any(name == "e2e" for _, _, name in said(path).attributes)]
    going = [path for path in real if _starts_the_program(path)]
    assert len(going) > 7
    assert faults(going, named) == {}
