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
    assert gc.get_threshold()[2] > 1 << 20, "all that there is is gone through at no key"
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


@pytest.mark.parametrize("what", [_at_a_key, _in_the_long_run])
def test_garbage_is_looked_for_while_nobody_waits(what: Callable[[Garbage], None]) -> None:
    def apart() -> None:
        what(Garbage())

    process = forked.Process(target=apart)  # the collector is that of the whole process
    process.start()
    process.join()
    assert process.exitcode == 0
