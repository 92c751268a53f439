"""Roundups at the edges of a month: nothing to list, a clock that comes late, figures that add up (三（三）; D-1)."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.acts import Outcome, perform
from records.register.register import NEW, Receipt, Register
from tests.bureau import STORY, Matter, at, roster
from tui.command import duban


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register that began on the last day of August with one matter in hand, due on 7 September."""
    known, when = roster(), at("2026-08-31T09:00")
    made = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), when)
    for name, by, inputs in STORY[:7]:
        assert isinstance(made.act(name, NEW if name == "register" else "DB-2026-0001", by, inputs, when), Receipt)
    return made


def drafted(register: Register, now: str) -> list[str]:
    """Let the clock work and tell the subjects of the roundups it drew up."""
    done = [receipt for due, receipt in register.tick(at(now)) if due.act == "draft_roundup"]
    assert all(isinstance(each, Receipt) for each in done), done
    return [each.outcome.about for each in done if isinstance(each, Receipt)]


def test_a_month_with_nothing_to_list_is_a_roundup_that_says_so(tmp_path: Path) -> None:
    world = replace(Matter().world, items=lambda since: ())
    found = perform(world, "draft_roundup", None, "SYSTEM", {}, at("2026-10-08T09:00"), target="2026-09")
    assert isinstance(found, Outcome), str(found)
    assert found.roundup is not None
    assert (found.roundup.rows, found.about) == ((), "列入0件，逾期0件")
    known = roster()
    Register.create(tmp_path / "empty", known.bureau, known.leaders, tuple(known.units.values()), at("2026-09-01T09:00"))
    told = CliRunner().invoke(duban, ["--register", str(tmp_path / "empty"), "roundup", "2026-09", "--as-of", "2026-10-08"])
    assert (told.exit_code, "本期没有列入通报的事项" in told.output) == (0, True), told.output


@pytest.mark.parametrize(("now", "late"), [("2026-09-07T08:00", False), ("2026-09-08T08:00", True), ("2026-09-29T08:00", True)])
def test_a_roundup_that_the_clock_missed_is_drawn_up_late_once_and_says_so(register: Register, now: str, late: bool) -> None:
    (about,) = drafted(register, now)
    assert ("迟于应当生成的 2026-09-07" in about) == late
    assert drafted(register, now) == []


def test_of_the_time_before_the_register_held_anything_there_is_no_roundup(register: Register) -> None:
    assert drafted(register, "2026-08-31T10:00") == []  # of July


def test_every_item_is_counted_once_as_it_came_and_once_as_it_stands(demo: Register) -> None:
    for month, day in (("2026-09", "2026-10-08"), ("2026-10", "2026-11-10"), ("2026-10", "2026-11-23")):
        view = demo.view(demo.commit_at(at(f"{day}T23:59")))
        found = perform(view.world(), "draft_roundup", None, "SYSTEM", {}, at(f"{day}T23:59"), target=month)
        assert isinstance(found, Outcome)
        assert found.roundup is not None
        counts = dict(vars(found.roundup.figures))
        came = counts.pop("carried_over") + counts.pop("opened")
        counts.pop("returned_reports")
        assert came == sum(counts.values()) > 0
