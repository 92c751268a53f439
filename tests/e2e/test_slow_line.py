"""What screens and keys send at 80 by 24, counted on a real pty, bounded, with ``--slow`` and without; nothing where nothing happens."""

import os
import select
from collections.abc import Iterator

import pytest

from records.register.register import Register
from tests.e2e.set_clock import duban
from tests.tui.test_terminal_pty import _Line

pytestmark = pytest.mark.e2e

_QUIET = 1500  # milliseconds without a byte after which what a key set off has been sent; nothing computes meanwhile
_STEPS = (
    ("down", "\x1b[B", "", 512, 6000),  # the row, and the three below the list that tell of it
    ("down", "\x1b[B", "", 512, 6000),
    ("ledger", "\x1bOR", "查找", 4000, 24000),
    ("down", "\x1b[B", "", 512, 2000),
    ("matter", "\r", "在谁手里", 3500, 24000),
    ("back", "\x1b", "查找", 4000, 24000),
    ("form", "\x1b[20~", "还缺", 3500, 26000),
    ("a character", "批", "批", 300, 1000),
    ("a character", "示", "批示", 120, 300),
    ("next field", "\t", "", 600, 7500),
)
"""What is pressed one after the other, what is seen then, and how many bytes it may cost with ``--slow`` and without."""
_FIRST = (8000, 22000)


class _Slow(_Line):
    """A person at the end of a slow line."""

    def cost(self, keys: str = "", seen: str = "", patience: int = _QUIET) -> int:
        """Press keys, read until something is seen and nothing has come for a while, and return how many bytes came."""
        before, ready = len(self.raw), select.poll()
        ready.register(self.master, select.POLLIN)
        self.send(keys)
        self.sees(seen)
        while ready.poll(patience):
            self.raw += (data := os.read(self.master, 65536))
            self._stream.feed(data)
        return len(self.raw) - before


@pytest.fixture
def line(demo: Register, usual: bool) -> Iterator[_Slow]:
    _, *words = duban(demo.home, "BGS.clerk1", "--width", "narrow", *([] if usual else ["--slow"]))
    found = _Slow(*words)
    yield found
    found.process.kill()
    found.process.wait()


@pytest.mark.parametrize("usual", [False, True], ids=["slow", "usual"])
def test_what_screens_and_keys_cost(line: _Slow, usual: bool) -> None:
    line.sees("要办什么")
    line.cost()
    costs = [("first", len(line.raw), _FIRST[usual])]
    costs += [(name, line.cost(keys, seen), bounds[usual]) for name, keys, seen, *bounds in _STEPS]
    told = "\n".join(f"{name:12} {cost:6} of {bound}" for name, cost, bound in costs)
    assert all(cost <= bound for _, cost, bound in costs), told
    assert "批示" in line.text()
    assert line.cost() == 0, "an idle line is silent"
