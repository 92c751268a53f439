"""A day is looked at when it is written and again when it is used; what is an estimate is said to be one (2-10; D-10)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from desk.desk import Desk
from desk.inbox import inbox
from desk.terms import guessed
from records.acts import Outcome, World
from records.bureau.calendar import Calendar, CalendarYear, Holiday
from records.register.register import NEW, Receipt, Register
from tests.bureau import CALENDAR, NOW, PROPOSE, REGISTER, STORY, Matter, at, roster
from tui.command import duban

CLERK, DIRECTOR, DAY = "BGS.clerk1", "BGS.director_in_charge", "2027-03-01"
NOTICE = CalendarYear(2027, "国务院办公厅通知", False, (Holiday("春节", "2027-02-05", "2027-03-02"),))


class Noticed(Matter):
    """A matter in a register to which the notice of 2027 has come."""

    @property
    def world(self) -> World:
        return replace(super().world, calendar=Calendar({**CALENDAR.years, 2027: NOTICE}))


def walked(act: str, **propose: object) -> Matter:
    matter = Matter()
    for name, by, inputs in STORY:
        if name == act:
            return matter
        matter.do(name, by, **{**inputs, **(propose if name == "propose" else {})})
    raise ValueError(act)


def noticed(matter: Matter) -> Matter:
    return Noticed(matter.item, matter.series, now=matter.now, roster=matter.roster)


@pytest.mark.parametrize("day", ["2027-01-01", "2027-10-01", "2027-02-08", "2027-05-02"])
def test_a_holiday_of_the_law_is_no_due_date_in_a_year_without_a_notice(day: str) -> None:
    refusal = Matter().until("propose").refused("propose", CLERK, **{**PROPOSE, "due": day})
    assert (refusal.rule, "不是工作日" in refusal.reason) == ("R-09", True)


POINT = [{"text": "三所学校逐一查实", "due": DAY}, {"text": "错峰放学", "unit": "CG"}]


@pytest.mark.parametrize("propose", [{"due": DAY}, {"due": "2027-03-05", "points": POINT}], ids=["due", "point"])
@pytest.mark.parametrize("decision", ["agree", "direct"])
def test_a_proposal_whose_day_has_become_a_holiday_is_proposed_anew(propose: dict[str, object], decision: str) -> None:
    matter = walked("read", **propose)
    matter.do("read", "L03", decision=decision, text="同意。")
    act, inputs = ("dispatch", {}) if decision == "agree" else ("handle_directly", {"task_team": ["BGS.clerk2"]})
    assert isinstance(matter.try_(act, CLERK, **inputs), Outcome)
    after = noticed(matter)
    refusal = after.refused(act, CLERK, **inputs)
    assert (refusal.rule, f"{DAY} 现在是春节，不是工作日。请重新拟办" in str(refusal)) == ("R-09", True)
    assert [duty.act for duty in after.owed] == ["propose"]
    after.do("propose", CLERK, **PROPOSE)


def extension(matter: Matter) -> None:
    matter.do("request_extension", "JJ.main_leader", reason="等待检测结果。", until=DAY)


def adjustment(matter: Matter) -> None:
    matter.do("propose_adjustment", CLERK, points=PROPOSE["points"], due=DAY, basis="省厅来函改期。", reason="上级改期。")


def adjusted_point(matter: Matter) -> None:
    points = [{"text": "三所学校逐一查实", "due": DAY}, {"text": "错峰放学", "unit": "CG"}]
    matter.do("propose_adjustment", CLERK, points=points, due="2027-03-05", basis="省厅来函改期。", reason="上级改期。")


@pytest.mark.parametrize(
    ("asked", "act", "by"),
    [
        (extension, "decide_extension", DIRECTOR),
        (adjustment, "decide_adjustment", "L03"),
        (adjusted_point, "decide_adjustment", "L03"),
    ],
)
def test_a_day_that_has_become_a_holiday_is_not_agreed_to(asked: Callable[[Matter], None], act: str, by: str) -> None:
    matter = walked("draft_report")
    asked(matter)
    assert isinstance(matter.try_(act, by, decision="approved", text="同意。"), Outcome)
    after = noticed(matter)
    refusal = after.refused(act, by, decision="approved", text="同意。")
    assert (refusal.rule, f"{DAY} 现在是春节" in refusal.reason) == ("R-09", True)
    after.do(act, by, decision="rejected", text="另报。")


def test_a_day_that_has_passed_meanwhile_is_not_agreed_to() -> None:
    matter = walked("draft_report")
    matter.do("propose_adjustment", CLERK, points=PROPOSE["points"], due="2026-09-04", reason="领导要求提前。")
    matter.now = at("2026-09-04T23:59")
    assert isinstance(matter.try_("decide_adjustment", "L03", decision="approved", text="同意。"), Outcome)
    matter.now = at("2026-09-05T00:00")
    refusal = matter.refused("decide_adjustment", "L03", decision="approved", text="同意。")
    assert (refusal.rule, refusal.reason) == ("R-09", "新时限 2026-09-04 已过。")
    matter.do("decide_adjustment", "L03", decision="rejected", text="另报。")


def test_a_day_that_stood_already_may_lie_behind_when_another_is_agreed_to() -> None:
    points = [{"text": "查实", "due": "2026-09-01"}, {"text": "整改", "unit": "CG"}]
    matter = Matter()
    for act, by, inputs in STORY[:8]:
        matter.do(act, by, **({**inputs, "points": points, "due": "2026-09-30"} if act == "propose" else inputs))
    matter.now = at("2026-09-03T09:00")
    asked = [*points, {"text": "验收", "due": "2026-09-10"}]
    matter.do("propose_adjustment", CLERK, points=asked, reason="领导要求验收。")
    assert len(matter.do("decide_adjustment", "L03", decision="approved", text="同意。").points) == 3


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register in which a matter is due in a year without a notice."""
    known = roster()
    bureau = replace(known.bureau, demo=True)
    made = Register.create(tmp_path / "register", bureau, known.leaders, tuple(known.units.values()), NOW)
    for name, by, inputs in (STORY[0], ("propose", CLERK, {**PROPOSE, "due": DAY, "feedback_cycle": "none"}), *STORY[2:9]):
        done = made.act(name, NEW if name == "register" else "DB-2026-0001", by, inputs, NOW)
        assert isinstance(done, Receipt), str(done)
    return made


def test_an_estimate_is_said_wherever_the_day_is_shown(register: Register) -> None:
    def told(*argv: str) -> str:
        done = CliRunner().invoke(duban, ["--register", str(register.home), *argv])
        assert done.exit_code == 0, done.output
        return done.output

    shown = told("show", "DB-2026-0001", "--as", CLERK)
    assert shown.count(f"{DAY}（估算）") >= 2
    assert f"{DAY}估" in told("ls", "--as", CLERK)
    assert '"estimated": true' in told("show", "DB-2026-0001", "--as", CLERK, "--json")
    desk = Desk(register, register.view().roster.people["JJ.liaison"], lambda: NOW)
    assert [task.light.estimated for task in inbox(desk) if task.act == "draft_report"] == [True]


def test_an_estimate_is_said_where_a_day_is_taken_on_the_command_line(brief: Register) -> None:
    def told(*words: str) -> str:
        argv = ["--register", str(brief.home), "act", *words]
        done = CliRunner().invoke(duban, argv)
        assert done.exit_code == 0, done.output
        return done.output

    values = {**REGISTER, "received": "2026-11-20", "source_ref": "甘办发〔2026〕77号"}
    told("register", "new", "--as", CLERK, *[part for name, value in values.items() for part in ("--set", f"{name}={value}")])
    proposal = {"lead": "JJ", "points": "查实", "feedback_cycle": "none", "text": "拟由交警主办。"}
    words = [part for name, value in proposal.items() for part in ("--set", f"{name}={value}")]
    note = "2027年放假安排尚未公布，是否工作日为估算"
    assert note in told("propose", "DB-2026-0207", "--as", CLERK, *words, "--set", "due=2027-03-01")
    told("read", "DB-2026-0207", "--as", "L03", "--set", "decision=change", "--set", "text=提前。")
    assert note not in told("propose", "DB-2026-0207", "--as", CLERK, *words, "--set", "due=2026-12-18")


@pytest.mark.parametrize(("text", "said"), [("时限 2027-03-01", True), ("时限 2026-09-07", False), ("第2027-13-45号", False), ("", False)])
def test_only_days_of_years_without_a_notice_are_said_to_be_estimates(text: str, said: bool) -> None:
    assert bool(guessed(text, CALENDAR)) == said
