"""What an office put on record under a version of the rules replays for ever: one register is kept of each (tests/kept_register.py)."""

import subprocess
from pathlib import Path

import pytest

from records.register.register import Register
from schema.versions import FIRST_RULES, RULES
from tests.kept_register import make

DATA = Path(__file__).parents[1] / "data"
HEADS = {2: ("f8164c92d99f15defcdaa1dc38157ec9286b55ed", 101)}
"""The last commit of each, and how many there are. None of them is ever made anew: a program that does not replay one is wrong."""


@pytest.mark.parametrize("rules", range(FIRST_RULES, RULES + 1))
def test_the_register_of_each_version_of_the_rules_replays(rules: int, tmp_path: Path) -> None:
    bundle = DATA / f"office-rules-{rules}.bundle"
    subprocess.run(["git", "clone", "-q", "--bare", "-b", "main", str(bundle), str(tmp_path / "register.git")], check=True)
    register = Register(tmp_path)
    replay = register.replay()
    assert [(commit.message, str(problem)) for commit, problem in replay.problems() if problem] == []
    assert (register.head(), replay.reproduced) == HEADS[rules]
    assert replay.unperformed == 0


def test_the_next_one_can_be_made(tmp_path: Path) -> None:
    register = make(tmp_path / "register")
    assert [(commit.message, str(problem)) for commit, problem in register.replay().problems() if problem] == []
    acts = {commit.message.partition("Duban-Act: ")[2].partition("\n")[0] for commit in register.commits()}
    assert acts >= {"return_report", "draft_report", "relieve", "announce_calendar", "enact_policy", "enact_scoring", "dissolve_unit"}
