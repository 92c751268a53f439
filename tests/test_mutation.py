"""The jury of ``make mutate`` on a small sample: it finds what a test misses, and what it does not."""

import subprocess
import sys

import pytest
import yaml

from tests.mutation.rows import gates
from tests.mutation.sites import ROOT, sites, switched

pytestmark = pytest.mark.e2e


def mutated(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Mutate in a Python of its own: the modules of this one came without switches."""
    command = [sys.executable, "-m", "tests.mutation", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=600)


# The comparisons of the edges that issue 10 row 27 names, by function and change; each dies by the table of edges alone.
EDGES = {
    "objection window": ("within_the_objection_window", "> → >="),
    "quiet period": ("the_quiet_period_is_kept", "< → <="),
    "more time on the due day": ("asked_before_the_due_date", "> → >="),
    "more time beyond it": ("asks_for_a_later_workday", "<= → <"),
    "dispatch on the due day": ("overtaken", "< → <="),
    "returned for today": ("refuse_day", "< → <="),
    "report on the due day": ("_to_redo", "<= → <"),
    "on time on the due day": ("Clock.missed", "> → >="),
    "last day of office": ("Term.in_force", "<= → <"),
    "stand-in in another role": ("Roster._standing", "in → not in"),
    "legal maximum of secrecy": ("secrecy_in_bounds", "> → >="),
    "roundup on the last day of the month": ("the_month_is_over", "<= → <"),
    "refused request before a second one": ("an_extension_is_asked_for", "== → !="),
}


def test_the_jury_notices_every_edge() -> None:
    every = sites()
    found = {edge: [site.key for site in every if (site.where, site.change) == told] for edge, told in EDGES.items()}
    assert [edge for edge, keys in found.items() if not keys] == []
    only = [key for keys in found.values() for key in keys]
    told = mutated(*(word for key in only for word in ("--only", key)), "--sample", "99", "tests/records/test_boundaries.py")
    assert (told.returncode, told.stdout) == (0, f"comparison: {len(only)} of {len(only)} noticed\n"), told.stderr


def test_a_mutant_that_is_said_to_change_nothing_exists() -> None:
    told = yaml.safe_load((ROOT / "tests/mutation/equivalent.yaml").read_text("utf-8"))
    assert sorted(told.keys() - {site.key for site in sites()}) == []
    assert all(str(reason).strip() for reason in told.values())


def test_with_no_mutant_alive_the_switched_code_says_what_the_code_says() -> None:
    tree, found = switched("records/bureau/calendar.py", 0)
    assert {site.number for site in found} == set(range(len(found)))
    assert len(found) > 5
    compile(tree, "calendar", "exec")
    assert len(gates()) > 100


def test_the_jury_tells_a_mutant_that_the_tests_asked_do_not_miss() -> None:
    told = mutated("--only", "who: archive: registry_clerk", "--sample", "1", "tests/records/test_workdays.py")
    assert (told.returncode, told.stdout.splitlines()[-1]) == (1, "role: 0 of 1 noticed")
