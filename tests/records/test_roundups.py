"""Roundups at the edges of a month: nothing to list, a clock that comes late, figures that add up (三（三）; D-1)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from records.acts import Outcome, perform
from records.matter.item import Item
from records.matter.report import OfficeReview, Report, Round
from records.matter.stamps import Stamp
from records.register.register import NEW, Receipt, Register
from records.rules.roundup_figures import concerns, figures, issue_by, period
from tests.bureau import CALENDAR, POLICY, STORY, Matter, at, roster
from tui.command import duban

Step = tuple[str, str, dict[str, object]]
SUBMIT, ACCEPT = "submit", "office_review"
REOPEN: Step = ("reopen", "L03", {"reason": "上级退回。", "due": "2026-10-30"})
CANCEL: Step = ("cancel", "L03", {"reason": "不需继续督办。"})
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")


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
        assert counts.pop("returned_reports") + (counts.pop("accepted_since") or 0) <= came
        assert came == sum(counts.values()) > 0


def lived(*days: tuple[str, str | Step]) -> list[tuple[str, Item]]:
    """A matter dispatched on 31 August and due on 7 September: it goes the usual way up to each act, which is done on the day given."""
    matter, done, found = Matter(), 0, []
    for day, step in days:
        last = next((n for n, (act, _, _) in enumerate(STORY) if act == step), -1)
        for act, by, inputs in STORY[done:last] if last >= 0 else ():
            matter.do(act, by, **inputs)
        matter.now = at(f"{day}T10:00")
        act, by, inputs = STORY[last] if isinstance(step, str) else step
        done = last + 1 if last >= 0 else len(STORY)
        found.append((day, matter.do(act, by, **inputs)))
    return found


def told(life: Sequence[tuple[str, Item]], late: int = 0) -> list[str]:
    """What each month's roundup says of a matter, drawn up by the day by which it is issued, or some days later."""
    found = []
    for month in MONTHS:
        since, until = period(month)
        day = date.fromordinal(issue_by(month, CALENDAR, POLICY).toordinal() + late)
        item = next((item for then, item in reversed(life) if then <= day.isoformat()), None)
        counts = vars(figures([item] if item and concerns(item, since) else [], since, until, day, CALENDAR))
        came = [name for name in ("carried_over", "opened") if counts[name]]
        stands = [name for name, count in counts.items() if count and not name.startswith(("carried", "opened", "accepted", "returned"))]
        assert len(came) == len(stands) <= 1
        found.append((stands or ["-"])[0])
    return found


ENDS = ("closed_on_time", "closed_late", "ended_otherwise", "-")
DISPATCH, SUBMITTED, UP = ("2026-08-31", "dispatch"), ("2026-09-04", SUBMIT), "report_up"


@pytest.mark.parametrize(
    ("life", "stands"),
    [
        # Sent up in the one month, accepted in the other: before the roundup of the one is drawn up, and after.
        ([DISPATCH, ("2026-09-30", SUBMIT), ("2026-10-12", ACCEPT)], ["open_in_time", "at_office", "closed_late", "-"]),
        ([DISPATCH, ("2026-09-30", SUBMIT), ("2026-10-05", ACCEPT)], ["open_in_time", "at_office", "closed_late", "-"]),
        ([DISPATCH, SUBMITTED, ("2026-10-05", ACCEPT)], ["at_office", "at_office", "closed_on_time", "-"]),
        ([DISPATCH, SUBMITTED, ("2026-09-30", ACCEPT)], ["at_office", "closed_on_time", "-", "-"]),
        ([DISPATCH, SUBMITTED, ("2026-10-01", ACCEPT)], ["at_office", "at_office", "closed_on_time", "-"]),
        # Both in the month after the one that the roundup is of.
        ([DISPATCH, ("2026-10-02", SUBMIT), ("2026-10-05", ACCEPT)], ["open_in_time", "at_office", "closed_late", "-"]),
        # Taken up again, before and after the roundup of the month in which it was closed.
        ([DISPATCH, SUBMITTED, ("2026-09-10", UP), ("2026-10-05", REOPEN)], ["at_office", "closed_on_time", "overdue", "overdue"]),
        ([DISPATCH, SUBMITTED, ("2026-09-10", UP), ("2026-10-12", REOPEN)], ["at_office", "closed_on_time", "overdue", "overdue"]),
        ([DISPATCH, SUBMITTED, ("2026-09-10", UP), ("2026-09-28", REOPEN)], ["at_office", "open_in_time", "overdue", "overdue"]),
        # Ended without a report.
        ([DISPATCH, ("2026-10-05", CANCEL)], ["open_in_time", "overdue", "ended_otherwise", "-"]),
        ([DISPATCH, ("2026-09-03", CANCEL)], ["open_in_time", "ended_otherwise", "-", "-"]),
        ([DISPATCH, ("2026-09-10", CANCEL)], ["open_in_time", "ended_otherwise", "-", "-"]),
        ([DISPATCH, ("2026-09-03", ("suspend", "L03", {"reason": "等候鉴定。"})), ("2026-10-05", CANCEL)],
         ["suspended", "suspended", "ended_otherwise", "-"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("late", [0, 7])
def test_what_ends_is_told_by_the_roundup_of_the_month_in_which_it_ends(
    life: list[tuple[str, str | Step]], stands: list[str], late: int
) -> None:
    found = told(lived(*life), late)
    assert [each if each in ENDS else "" for each in found] == [each if each in ENDS else "" for each in stands]
    if not late:
        assert found == stands


@pytest.mark.parametrize(("accepted", "since"), [("2026-09-30", None), ("2026-10-05", 1), ("2026-10-12", None)])
def test_what_was_accepted_since_the_month_ended_is_told_beside_what_waits(accepted: str, since: int | None) -> None:
    """It waits at the month's end and not any more when the roundup is drawn up: to say that it waits as of that day would be wrong."""
    (_, item), *_ = reversed([each for each in lived(DISPATCH, SUBMITTED, (accepted, ACCEPT)) if each[0] <= "2026-10-09"])
    found = figures([item], "2026-09-01", "2026-09-30", date(2026, 10, 9), CALENDAR)
    assert (found.at_office, found.accepted_since) == (int(accepted > "2026-09-30"), since)


def report(submitted: date, accepted: date | None) -> Report:
    stamp = Stamp("JJ.liaison", f"{submitted}T10:00:00+08:00")
    review = OfficeReview("BGS.clerk1", f"{accepted}T16:00:00+08:00", answered=(1, 2)) if accepted else None
    return Report(title="报告", rounds=(Round(1, "", stamp, submitted=stamp, office_reviewed=review),))


@settings(max_examples=60, deadline=None)
@given(sent=st.integers(0, 70), waits=st.integers(0, 40), late=st.integers(-4, 20))
def test_no_month_loses_a_matter_and_none_counts_it_twice(sent: int, waits: int, late: int) -> None:
    item = Matter().until("draft_report").item
    assert item is not None
    dispatched = date(2026, 8, 31)
    submitted, accepted = (date.fromordinal(dispatched.toordinal() + days) for days in (sent, sent + waits))
    life = [(f"{dispatched}", item)]
    for day, state, then in ((submitted, "received", None), (accepted, "awaiting_director_sign", accepted)):
        life.append((f"{day}", replace(item, state=state, report=report(submitted, then))))
    found = told(life, late)
    closed = [month for month, stands in zip(MONTHS, found, strict=True) if stands.startswith("closed")]
    assert closed == [f"{accepted}"[:7]] * (f"{accepted}"[:7] in MONTHS)
    assert ("-" in found) == (f"{accepted}"[:7] < MONTHS[-1])  # in each month until then it stands somewhere
