"""Whether the tests of the acts would notice: each gate of the table is taken out once, and some test must fail for it.

``python tests/mutation.py`` runs them once as they are and then once a gate, and prints the gates that nobody missed.
Exit status 0: every removal was noticed; 1: one was not; 2: the tests did not run.
"""

import multiprocessing
import os
import sys
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from records.procedure.table import EnteredGate

ROOT = Path(__file__).parent.parent
TESTS = (
    *(
        f"tests/records/test_{name}.py"
        for name in (
            "acts",
            "acts_more",
            "acts_mended",
            "documents_on_record",
            "duties",
            "routes",
            "papers",
            "proposers",
            "days_used",
            "carry_in",
            "carried",
        )
    ),
    "tests/documents/test_second_bureau.py",
)
Gate = tuple[str, str]  # act, name of the gate's function


def gates() -> list[Gate]:
    """Return every gate before every act, in the order of the table."""
    from records.procedure.table import TABLE

    return [(act, name_of(rule)) for act, rules in TABLE.rules.items() for rule in rules]


def name_of(rule: "EnteredGate") -> str:
    """Return the name of a gate's function."""
    assert isinstance(rule.check, FunctionType)
    return rule.check.__name__


def run_without(gate: Gate | None) -> int:
    """Return pytest's exit status without one gate; runs in a process of its own, forked with everything imported."""
    import pytest

    from records.procedure.table import TABLE

    if gate is not None:
        act, function = gate
        kept = [rule for rule in TABLE.rules[act] if name_of(rule) != function]
        assert len(kept) == len(TABLE.rules[act]) - 1, gate
        TABLE.rules[act] = kept
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *TESTS]))


def main() -> int:
    """Try every gate, two at a time, and say how many removals were noticed."""
    sys.path[0] = str(ROOT)  # Started as a file, Python looks in tests/ first.
    os.chdir(ROOT)
    wanted: list[Gate | None] = [None, *gates()]
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        untouched, *found = pool.map(run_without, wanted, chunksize=1)
    if untouched != 0:
        sys.stderr.write(f"the tests fail with all gates in place: {' '.join(TESTS)}\n")
        return 2
    if strange := [gate for gate, status in zip(wanted[1:], found, strict=True) if status not in (0, 1)]:
        sys.stderr.write(f"the tests could not run without {strange}\n")
        return 2
    survived = [gate for gate, status in zip(gates(), found, strict=True) if status == 0]
    for act, function in survived:
        sys.stdout.write(f"not noticed: {function} before {act}\n")
    sys.stdout.write(f"{len(found) - len(survived)} of {len(found)} removals noticed\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
