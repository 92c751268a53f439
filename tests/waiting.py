"""Waiting for what comes, however slow the machine."""

import time
from collections.abc import Callable

PATIENCE = 120.0  # seconds, for what comes in a moment


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)
