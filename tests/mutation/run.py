"""One run: which mutants, which tests, what became of them."""

import argparse
import os
import random
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import yaml

from tests.mutation import switch
from tests.mutation.book import Book
from tests.mutation.rows import rows
from tests.mutation.sites import ROOT, Site
from tests.mutation.trial import Found, Jury, Reach, freeze, hold

# What tries threads, processes, disks, other programs or chance tells nothing of a rule, and takes long.
_OTHERWISE = (
    "changed_rules first_rules gitstore hostile_objects index index_unusable kept_registers kinds_of_clones machine plain_data power_cut "
    "reasons register scans store_contract"
)
TESTS = (
    *sorted(
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests/records").glob("test_*.py")
        if path.stem.removeprefix("test_") not in _OTHERWISE.split()
    ),
    "tests/schema/test_tables.py",
    "tests/schema/test_regulation.py",
    "tests/desk",
    "tests/documents/test_second_bureau.py",
)


@dataclass(frozen=True)
class Mutant:
    """A mutant of any kind; ``early`` is one that must be alive while the modules are imported."""

    number: int
    kind: str
    key: str
    place: str
    born: Callable[[], None]
    early: bool = False


def mutants(sites: Sequence[Site]) -> list[Mutant]:
    """Return every mutant there is."""
    found = [Mutant(s.number, s.kind, s.key, f"{s.path}:{s.line}", partial(setattr, switch, "active", s.number), s.early) for s in sites]
    return found + [Mutant(each.number, each.kind, each.key, "schema/regulation.yaml", each.born) for each in rows(len(found))]


def equivalents() -> dict[str, str]:
    """Return the mutants that change nothing, each with the reason."""
    told = yaml.safe_load((ROOT / "tests/mutation/equivalent.yaml").read_text("utf-8")) or {}
    return {str(key): str(reason) for key, reason in told.items()}


class Run:
    """A run over the mutants that were asked for."""

    def __init__(self, sites: Sequence[Site], asked: argparse.Namespace) -> None:
        self._sites, self._asked = sites, asked
        self._until = time.monotonic() + asked.minutes * 60
        self._out = os.fdopen(os.dup(1), "w")  # ours; what pytest and the tests print goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        self._tests = list(asked.tests) or [each for each in TESTS if (ROOT / each).exists()]
        self._found: dict[Mutant, Found] = {}
        self._left = 0
        self._every: list[Mutant] = []
        self._gone: list[str] = []

    def carried_out(self) -> int:
        """Do it, say what came out, and return the exit status."""
        jury = hold(self._alone if self._asked.alone >= 0 else self._all, self._tests)
        for each in (*jury.failed, *(f"said to change nothing, and gone: {key}" for key in self._gone)):
            self._say(each)
        if jury.failed or self._gone or self._asked.alone >= 0:
            return 2 if jury.failed or self._gone else 0
        lived = [mutant for mutant, found in self._found.items() if found.result != "killed"]
        for mutant in lived:
            found = self._found[mutant]
            self._say(f"{found.result:9} {mutant.place}  {mutant.key}  ({found.asked} tests)")
        for kind, count in Counter(mutant.kind for mutant in self._found).items():
            killed = sum(found.result == "killed" for mutant, found in self._found.items() if mutant.kind == kind)
            self._say(f"{kind}: {killed} of {count} noticed")
        if self._left:
            self._say(f"{self._left} not tried yet: the time is up, the same again goes on")
        return 1 if lived else 3 if self._left else 0

    def _say(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()

    def _chosen(self) -> list[Mutant]:
        """The mutants to be tried: those asked for that change something."""
        known, asked = equivalents(), self._asked
        self._every = mutants(self._sites)
        self._gone = sorted(known.keys() - {each.key for each in self._every})
        part, parts = (int(each) for each in asked.shard.split("/"))
        wanted = [
            each
            for each in self._every
            if each.key not in known
            and any(words in each.key for words in asked.only or [""])
            and each.kind in (asked.kind or ("gate", "comparison", "role"))
            and zlib.crc32(each.key.encode()) % parts == part - 1
        ]
        if asked.sample:
            live = [each for each in wanted if not each.early]
            return random.Random(asked.seed).sample(live, min(asked.sample, len(live)))
        return wanted

    def _all(self, jury: Jury) -> None:
        wanted = self._chosen()
        book = None
        if not (self._asked.sample or self._asked.tests):
            book = Book({test.nodeid.partition("::")[0] for test in jury.tests}, [each.key for each in self._every])
        jury.prepare()
        reached = dict(self._reaches(jury, book))
        if jury.failed:
            return
        freeze()
        for n, mutant in enumerate(wanted):
            if time.monotonic() > self._until:
                self._left = len(wanted) - n
                return
            known = book.found(mutant.key) if book else None
            found = known or self._tried(jury, mutant, reached)
            if book and not known:
                book.note(mutant.key, found)
            if found.result != "killed" and not known:
                self._say(f"{n + 1}/{len(wanted)} {found.result} {mutant.place} {mutant.key} ({found.asked} tests)")
            self._found[mutant] = found

    def _tried(self, jury: Jury, mutant: Mutant, reached: Mapping[str, Reach]) -> Found:
        """Have a mutant tried by the tests that come by it, those first that come by little else."""
        by = {mutant.number}
        if mutant.early:  # no test comes by it any more: those are asked that come by anything of its module
            by = {each.number for each in self._sites if each.path == mutant.place.rpartition(":")[0]}
        tests = [test for test in jury.tests if by & reached[test.nodeid].touched]
        tests.sort(key=lambda test: len(reached[test.nodeid].touched))
        asked = [(test, reached[test.nodeid].seconds) for test in tests]
        return (
            self._early(mutant, [test.nodeid for test, _ in asked]) if mutant.early else jury.try_(mutant.born, asked, self._asked.seconds)
        )

    def _reaches(self, jury: Jury, book: Book | None) -> Iterator[tuple[str, Reach]]:
        """What each test comes by; a test that fails as things are stops the run."""
        for test in jury.tests:
            reach = book.reach(test.nodeid) if book else None
            if reach is None:
                reach = jury.watch(test)
                if reach is None:
                    jury.failed.append(f"fails with nothing changed: {test.nodeid}\n{jury.said}")
                    return
                if book:
                    book.note_reach(test.nodeid, reach)
            yield test.nodeid, reach

    def _early(self, mutant: Mutant, tests: Sequence[str]) -> Found:
        """Try one that lives from the start of Python, in a Python of its own."""
        command = [sys.executable, "-m", "tests.mutation", "--alone", str(mutant.number), "--seconds", str(self._asked.seconds), *tests]
        told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=600)
        return Found("survived" if told.returncode == 0 else "killed", "", len(tests)) if tests else Found("untouched")

    def _alone(self, jury: Jury) -> None:
        """Run the tests until one fails, with a mutant alive since the start."""
        begun = time.process_time()
        for test in jury.tests:
            if jury.watch(test) is None:
                jury.failed.append(f"killed by {test.nodeid}")
            if jury.failed or time.process_time() - begun > self._asked.seconds:
                return
