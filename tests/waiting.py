"""Waiting for what comes, however slow the machine."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE = 120.0  # seconds, for what comes in a moment


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


class Clock:
    """A clock on which each look takes a while, and after each somebody who waits for a sign goes on.

    Args:
        sign: the pipe out of which he reads a line for each look.
        step: seconds that a look takes.
    """

    def __init__(self, sign: Path, step: float) -> None:
        self.at, self._sign, self._step = 0.0, os.open(sign, os.O_RDWR), step

    def __call__(self) -> float:
        self.at += self._step
        os.write(self._sign, b"\n")
        return self.at


def looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch, step: float) -> Clock:
    """A clock by which it is seen whether Git moves; who waits for its sign reads ``sign`` in the folder."""
    os.mkfifo(folder / "sign")
    found = Clock(folder / "sign", step)
    monkeypatch.setattr("records.store.stock_git.monotonic", found)
    return found
