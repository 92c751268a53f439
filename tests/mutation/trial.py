"""The tests as a jury: which of them come by which mutant, and which of these is the first to fail with it alive.

All is imported, collected and made once. A mutant lives in a fork of that process, which runs the tests that come by it, those
first that come by little else, and dies with the first that fails.
"""

import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation import switch

_CACHE = type(cache(lambda: None))


@dataclass(frozen=True)
class Reach:
    """What one test took, in seconds of the processor, and which mutants it came by."""

    seconds: float
    touched: frozenset[int]


@dataclass(frozen=True)
class Found:
    """What became of a mutant: ``killed`` by a test, ``survived``, or ``untouched`` where no test comes by it at all."""

    result: str
    by: str = ""
    asked: int = 0


class Jury:
    """A plugin of pytest that runs ``work`` in the place of the tests."""

    def __init__(self, work: Callable[["Jury"], None]) -> None:
        self._work = work
        self.tests: Sequence[pytest.Item] = ()
        self.failed: list[str] = []
        self.said = ""
        self._held: list[object] = []
        self._caches: list[object] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the work on what was collected."""
        self.tests = session.items
        if session.testsfailed or not self.tests:
            self.failed.append("the tests could not be collected")
            return True
        gc.unfreeze()  # what the suite keeps from the collector is not told of, either
        self._caches = [each for each in gc.get_objects() if type(each) is _CACHE and _is_ours(each.__module__)]
        self._held = [each for each in gc.get_objects() if _is_ours(type(each).__module__) and _cached(type(each))]
        self._work(self)
        return True

    def prepare(self) -> None:
        """Make what lasts a whole session once, here, so that no fork makes it again."""
        for home in ("demo_home", "brief_home"):
            if test := next((each for each in self.tests if home in getattr(each, "fixturenames", ())), None):
                self._run(test)

    def _forget(self) -> None:
        """Empty what was computed once: a mutant must come by it again."""
        for each in self._caches:
            each.cache_clear()  # type: ignore[attr-defined]
        for held in self._held:
            for name in _cached(type(held)):
                vars(held).pop(name, None)

    def _run(self, test: pytest.Item) -> bool:
        """Run a test; say whether it passed. What lasts the session stays."""
        reports = runtestprotocol(test, nextitem=test.session, log=False)  # type: ignore[arg-type]
        self.said = next((str(report.longrepr) for report in reports if report.failed), "")
        return not self.said

    def watch(self, test: pytest.Item) -> Reach | None:
        """Run a test as things are; None when it fails."""
        self._forget()
        switch.touched.clear()
        switch.watching, begun = True, time.process_time()
        passed = self._run(test)
        switch.watching = False
        return Reach(time.process_time() - begun, frozenset(switch.touched)) if passed else None

    def try_(self, born: Callable[[], None], tests: Iterable[tuple[pytest.Item, float]], limit: float) -> Found:
        """Have a mutant tried by tests, each with the seconds that it takes without, as long as they take no longer than ``limit``."""
        chosen: list[pytest.Item] = []
        expected = 0.0
        for test, seconds in tests:
            if expected + seconds > limit and chosen:
                break
            chosen.append(test)
            expected += seconds
        if not chosen:
            return Found("untouched")
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._live(born, chosen, expected, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read().decode().split("\n")
        status = os.waitpid(child, 0)[1]
        if status == 0:
            return Found("survived", asked=len(chosen))
        asked = [each for each in told if each]
        return Found("killed", asked[-1] if asked else "", len(asked))

    def _live(self, born: Callable[[], None], tests: Sequence[pytest.Item], expected: float, writing: int) -> None:
        """Live as a mutant, in a process of its own, until a test fails or none is left. Never comes back."""
        status = 1
        try:
            # What never ends, or eats all memory, has been noticed too.
            limit = int(20 + 10 * expected)
            resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + limit, int(time.process_time()) + limit + 5))
            signal.signal(signal.SIGXCPU, signal.SIG_DFL)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            self._forget()
            born()
            for test in tests:
                os.write(writing, f"{test.nodeid}\n".encode())
                if not self._run(test):
                    break
            else:
                status = 0
        finally:
            os._exit(status)


def hold(work: Callable[[Jury], None], tests: Sequence[str]) -> Jury:
    """Collect tests and have the work done on them; whoever does it prints for himself."""
    jury = Jury(work)
    told = pytest.main(["-s", "-p", "no:cacheprovider", "-p", "no:xdist", *tests], plugins=[jury])
    if told not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and not jury.failed:
        jury.failed.append(f"pytest ended with {told!r}")
    return jury


def _is_ours(module: object) -> bool:
    return isinstance(module, str) and module.startswith(("records.", "tests."))  # what tests keep was made by records


def _cached(kind: type) -> tuple[str, ...]:
    return tuple(name for base in kind.__mro__ for name, value in vars(base).items() if isinstance(value, cached_property))


def freeze() -> None:
    """Keep the collector from touching, and so copying, what all forks share."""
    gc.collect()
    gc.freeze()
    sys.stdout.flush()
