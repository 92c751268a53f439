"""The demo register: an invented bureau and thirty invented items, each with its true history, replayed act by act.

Nothing is imported: every step is carried out by its person at its time through the same acts as any other, so the demo also proves
that the acts carry thirty whole stories.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from records.acts import Refusal
from records.bureau.roster import Bureau, Leaders, Unit
from records.matter.plain_data import from_data
from records.register.register import Receipt, Register
from schema.data_files import kept_table

OPENED = "2026-01-01T09:00:00+08:00"


@dataclass(frozen=True)
class StoryStep:
    """One act of a story: which, on what, by whom, when, with what."""

    act: str
    target: str
    by: str
    at: str
    inputs: Mapping[str, object]


class DemoError(Exception):
    """A story and the acts do not agree; a fault of the program, never of a user."""


@cache
def steps() -> tuple[StoryStep, ...]:
    """Return all steps of all stories in the order in which they happened."""
    told = _read("stories.yaml")
    found = [StoryStep(each["act"], each["series"], each["by"], each["at"], each.get("set", {})) for each in told["numbers"]]
    for story in told["stories"]:
        found += [StoryStep(each["act"], story["item"], each["by"], each["at"], each.get("set") or {}) for each in story["steps"]]
    return tuple(sorted(found, key=lambda step: step.at))


def build(home: Path, progress: Callable[[int, int], None] = lambda done, total: None, most: int | None = None) -> Register:
    """Make the demo register in an empty folder.

    Args:
        home: where; must not hold a register yet.
        progress: called after each step with the number done and the total.
        most: how many steps are done, the first; None for all.

    Raises:
        StoreError: the folder cannot be used.
        DemoError: a step was refused.
    """
    roster = _read("roster.yaml")
    units = tuple(from_data(unit, Unit) for unit in roster["units"])
    leaders = from_data(roster["leaders"], Leaders)
    register = Register.create(home, from_data(roster["bureau"], Bureau), leaders, units, datetime.fromisoformat(OPENED))
    for done, step in enumerate(steps()[:most], start=1):
        receipt = play(register, step)
        if isinstance(receipt, Refusal):
            raise DemoError(f"{step.at} {step.act} {step.target} {step.by}: {receipt}")
        progress(done, len(steps()))
    return register


def play(register: Register, step: StoryStep) -> Receipt | Refusal:
    """Carry out one step of a story."""
    return register.act(step.act, step.target, step.by, step.inputs, datetime.fromisoformat(step.at))


def _read(name: str) -> dict[str, Any]:
    return kept_table(Path(__file__).with_name(name))
