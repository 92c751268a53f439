"""All that the snapshots hold is within its terminal, in Chinese, and cut nowhere without a sign that it was (screens.md, check 1)."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from textual.screen import Screen

import tui
from tests.tui.playing import NARROW, WIDE, foreign, screens, snapshots

SIZES = {"wide": WIDE, "broad": (200, 60)}
"""Columns and rows by the last word of a snapshot's name; of all others 80 and 24."""
ROOMS = ("tui.frame.", "tui.forms.", "tui.screens.")
TORN = tuple("“‘（《〈【〔[")
"""No line ends with a mark that opens: what it opens stands with it."""


def test_a_screen_is_within_its_terminal_and_in_chinese() -> None:
    wrong: dict[str, list[str]] = {}
    for name, text in snapshots().items():
        columns, lines = SIZES.get(name.rpartition("_")[2], NARROW)
        rows = text.splitlines()
        wrong[name] = [
            *rows[lines:],
            *(row for row in rows if cell_len(row) > columns or row[-1:] in TORN or "（（" in row),
            *foreign(text),
        ]
    assert {name: found for name, found in wrong.items() if found} == {}
    assert len(wrong) > 70


def test_every_screen_has_a_snapshot_at_either_size_and_none_is_left_over() -> None:
    """A new screen, or a new modal one, is looked at before it is handed over."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.startswith(ROOMS):
            importlib.import_module(module.name)
    classes = {each.__name__ for each in _below(Screen) if each.__module__.startswith(ROOMS) and not each.__subclasses__()}
    assert classes - screens().keys() == set()
    lacking = {screen for screen, names in screens().items() if not any(f"{name}_wide" in names for name in names)}
    assert lacking == set()
    listed = [name for names in screens().values() for name in names]
    assert sorted(listed) == sorted(snapshots())


def _below(base: type[Screen[Any]]) -> Iterator[type[Screen[Any]]]:
    for each in base.__subclasses__():
        yield each
        yield from _below(each)
