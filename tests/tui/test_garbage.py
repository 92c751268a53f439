"""When a running app looks for garbage: never at a key."""

import gc
import multiprocessing
from collections.abc import Callable

import pytest

from tui.terminal.garbage import Garbage

forked = multiprocessing.get_context("fork")


class _Ring:
    """Garbage that only the collector finds."""

    found = 0

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        type(self).found += 1


def _at_a_key(garbage: Garbage) -> None:
    before = gc.get_freeze_count()
    assert not gc.isenabled(), "nothing stands yet"
    garbage.rest()
    assert gc.get_freeze_count() == before
    garbage.stands()
    assert gc.isenabled()
    assert gc.get_threshold()[2] > 10, "all that there is is gone through seldom at a key"
    _Ring()
    garbage.keyed()
    garbage.rest()
    assert gc.get_freeze_count() == before, "somebody is at the keys"
    garbage.rest()
    assert _Ring.found == 1
    assert gc.get_freeze_count() > before, "what begins an app is not gone through again"


def _in_the_long_run(garbage: Garbage) -> None:
    garbage.stands()
    garbage.rest()
    kept: list[list[int]] = [[] for _ in range(1000)]
    _Ring()
    garbage.rest()
    assert _Ring.found == 0, "not for so little"
    for _ in range(20):
        gc.collect(1)
    garbage.rest()
    assert _Ring.found == 1
    assert len(kept) == 1000


def _where_nobody_rests(garbage: Garbage) -> None:
    garbage.stands()
    garbage.rest()
    for _ in range(400):  # Python waits until as much as a quarter of all there is came anew
        screens = [_Ring() for _ in range(10_000)]
        gc.collect(1)  # they grow old
        screens.clear()  # and are left for others
        garbage.keyed()
        garbage.rest()
        if _Ring.found:
            return
    raise AssertionError("what was done away with piles up")


@pytest.mark.parametrize("what", [_at_a_key, _in_the_long_run, _where_nobody_rests])
def test_garbage_is_looked_for_while_nobody_waits(what: Callable[[Garbage], None]) -> None:
    def apart() -> None:
        gc.set_threshold(700, 10, 10)  # as Python begins
        what(Garbage())

    process = forked.Process(target=apart)  # the collector is that of the whole process
    process.start()
    process.join()
    assert process.exitcode == 0
