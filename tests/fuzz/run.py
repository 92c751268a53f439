"""One run of one piece from a seed: so many examples, none of which may crash, or take more than two seconds of processor time."""

import faulthandler
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.pieces import Bench, Piece

LONGEST = 2.0
"""Seconds of processor time that a piece may take over one example."""

_STUCK = 120
"""Seconds of any time after which a C function that hears no signal is taken for hanging: the traceback is printed and the process ends."""


class HangError(Exception):
    """A piece took too long."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Bound the processor time of the block.

    Raises:
        HangError: it took more.
    """

    def over(number: int, frame: FrameType | None) -> None:
        raise HangError(f"more than {seconds} s")

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    faulthandler.dump_traceback_later(_STUCK, exit=True)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        faulthandler.cancel_dump_traceback_later()


def tried(piece: Piece, bench: Bench, number: int, examples: int) -> int:
    """Try a piece with examples from a seed, and return how many were tried; what fails is raised, with the smallest example."""
    count = 0

    @seed(number)
    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink)
    )
    @given(piece.given)
    def run(value: Any) -> None:
        nonlocal count
        count += 1
        with bounded(LONGEST):
            piece.holds(bench, value)

    run()
    return count
