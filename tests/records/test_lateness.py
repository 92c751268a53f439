"""Whose lateness it is, and what counts as late: after a change of lead, by milestones, over a pause in which a unit took over."""

from dataclasses import replace
from datetime import date

import pytest

from records.bureau.roster import SYSTEM
from records.bureau.roster_changes import Dissolved
from records.register.clock import due_reminders
from records.rules.clocks import clocks
from records.rules.statistics import facts
from records.rules.timeliness import Late, in_time, lateness
from tests.bureau import CALENDAR, PROPOSE, STORY, Matter, at

CLERK = "BGS.clerk1"


def late(matter: Matter) -> list[tuple[str, str | None, str]]:
    assert matter.item is not None
    return [(each.kind, each.unit, each.due) for each in told(matter)]


def told(matter: Matter) -> tuple[Late, ...]:
    assert matter.item is not None
    return lateness(matter.item, matter.policy, matter.calendar)


def urges(matter: Matter, day: str) -> list[tuple[str | None, str, str]]:
    """What the clock sends on a day: the unit, the clock and the weight."""
    assert matter.item is not None
    found = [dict(each.inputs) for each in due_reminders(matter.item, matter.policy, CALENDAR, date.fromisoformat(day), "BGS")]
    return [(each.get("unit"), each["clock"], each["level"]) for each in found]


def to_another(matter: Matter, now: str) -> None:
    matter.now = at(now)
    matter.do("change_lead", CLERK, to_unit="ZA", reason="改由治安管理支队主办。")


def test_what_the_former_lead_was_late_with_is_held_against_nobody_else() -> None:
    matter = Matter().until("report_progress")
    matter.now = at("2026-09-03T10:00")  # daily, from Monday 31 August on
    matter.do("report_progress", "JJ.liaison", text="查处19起。")
    to_another(matter, "2026-09-03T11:00")
    assert late(matter) == [("feedback", "JJ", "2026-09-01")]
    assert matter.item is not None
    counted = facts(matter.item, matter.policy, CALENDAR)
    assert counted is not None
    assert [(each.unit, each.in_time, each.every) for each in counted.answers if each.kind == "feedback"] == [("JJ", 0, 1)]
    item = matter.do("open_accountability", CLERK, consequence="造成不良影响。")
    assert item.accountability is not None
    assert [each for each in item.accountability.evidence if "反馈" in each] == [
        f"2026-09-03 {matter.roster.unit_name('JJ')}反馈迟于时限 2026-09-01，逾2个工作日"
    ]


def test_a_report_that_came_late_stays_its_authors_after_the_matter_was_taken_up_again_by_another() -> None:
    matter = Matter().until("draft_report")
    matter.now = at("2026-09-15T09:00")
    for act, by, inputs in STORY[9:20]:
        matter.do(act, by, **inputs)
    matter.now = at("2026-10-12T09:00")
    matter.do("reopen", "L03", reason="上级退回。", due="2026-10-30")
    to_another(matter, "2026-10-12T09:30")
    assert late(matter) == [("completion", "JJ", "2026-09-07")]


def test_what_was_accepted_in_time_stays_so_when_it_comes_late_after_it_was_taken_up_again() -> None:
    matter = Matter().until("archive")
    matter.now = at("2026-10-12T09:00")
    matter.do("reopen", "L03", reason="上级退回。", due="2026-10-15")
    matter.now = at("2026-10-20T09:00")
    for act, by, inputs in STORY[9:13]:
        item = matter.do(act, by, **({**inputs, "body": "三所学校均已复查，查处12起。"} if act == "draft_report" else inputs))
    assert [each[0] for each in late(matter)] == ["feedback", "completion"] or late(matter)[-1][0] == "completion"
    assert in_time(item, CALENDAR)


def test_more_time_granted_too_late_is_held_against_whoever_asked_too_late() -> None:
    matter = Matter().until("draft_report")
    matter.now = at("2026-09-07T09:00")  # the day itself: no whole workday for the office
    matter.do("request_extension", "JJ.main_leader", reason="等候检测。", until="2026-09-14")
    to_another(matter, "2026-09-07T10:00")
    matter.now = at("2026-09-08T09:00")
    matter.do("decide_extension", "BGS.director_in_charge", decision="approved", text="同意。")
    assert late(matter) == [("extension", "JJ", "2026-09-07")]


def with_a_day_of_its_own(act: str) -> Matter:
    """A matter due on 7 September, one requirement of it by the third, reported on in time."""
    points = [{"text": "查实", "due": "2026-09-03"}, {"text": "整改", "unit": "CG"}]
    matter = Matter()
    for name, by, inputs in STORY:
        if name == act:
            break
        matter.do(name, by, **({**inputs, "points": points} if name == "propose" else inputs))
    return matter


def test_what_was_answered_in_time_and_sent_back_is_late_by_the_day_of_the_return_alone() -> None:
    matter = with_a_day_of_its_own("office_review")
    matter.now = at("2026-09-01T15:00")
    item = matter.do("return_report", CLERK, reasons=["R5"], comment="文号有误。", redo_due="2026-09-11")
    assert [(each.kind, each.due) for each in clocks(item, matter.policy, CALENDAR)] == [("redo", "2026-09-11")]
    assert urges(matter, "2026-09-08") == [(None, "redo", "reminder")]
    # What the system sent for it under the program of before is done again as it was.
    matter.do("remind", SYSTEM, clock="point", means="written", level="yellow_card", text="单项要求已到时限。")
    assert matter.refused("remind", SYSTEM, clock="opinion", means="written", level="yellow_card", text="请提出。").rule == "R-31"


def test_a_requirement_that_was_accepted_is_not_late_when_the_matter_is_taken_up_again() -> None:
    matter = with_a_day_of_its_own("archive")
    matter.now = at("2026-10-12T09:00")
    item = matter.do("reopen", "L03", reason="上级退回。", due="2026-10-30")
    assert {each.kind for each in clocks(item, matter.policy, CALENDAR)} == {"completion", "feedback"}
    assert urges(matter, "2026-10-12") == []
    matter.do("propose_adjustment", CLERK, points=[{"text": "查实", "due": "2026-10-20"}], reason="重新办理。")
    item = matter.do("decide_adjustment", "L03", decision="approved", text="同意。")
    assert ("point", "2026-10-20") in {(each.kind, each.due) for each in clocks(item, matter.policy, CALENDAR)}


def test_a_unit_is_not_spared_because_the_lead_before_it_was_urged() -> None:
    quiet = [(act, by, {**inputs, "feedback_cycle": "none"} if act == "propose" else inputs) for act, by, inputs in STORY]
    matter = Matter().until("draft_report", quiet)
    matter.now = at("2026-09-08T09:00")
    told = {"means": "written", "level": "urge", "text": "请报送。"}
    matter.do("urge", CLERK, **told)
    assert matter.refused("urge", CLERK, **told).rule == "R-31"
    matter.now = at("2026-09-08T10:00")
    matter.do("change_lead", CLERK, to_unit="ZA", reason="改由治安管理支队主办。")
    assert (None, "completion", "urge") in urges(matter, "2026-09-08")
    matter.do("urge", CLERK, **told)


def by_milestones() -> Matter:
    points = [{"text": "查实", "due": "2026-09-02"}, {"text": "整改", "due": "2026-09-03"}, {"text": "验收", "due": "2026-09-07"}]
    matter = Matter()
    for act, by, inputs in STORY[:7]:
        changed = {**PROPOSE, "points": points, "feedback_cycle": "milestone"} if act == "propose" else inputs
        matter.do(act, by, **changed)
    return matter


def test_feedback_by_milestones_is_late_too_and_answers_each_that_has_passed() -> None:
    matter = by_milestones()
    for day, text in (("2026-09-01", "准备。"), ("2026-09-02", "已查实。"), ("2026-09-04", "正在整改。")):
        matter.now = at(f"{day}T10:00")
        matter.do("report_progress", "JJ.liaison", text=text)
    assert late(matter) == [("feedback", "JJ", "2026-09-03")]
    assert matter.item is not None
    counted = facts(matter.item, matter.policy, CALENDAR)
    assert counted is not None
    # What came before its day answered none: two answers, one of them in time.
    assert [(each.in_time, each.every) for each in counted.answers if each.kind == "feedback"] == [(1, 2)]


def test_feedback_after_several_milestones_is_late_for_each() -> None:
    matter = by_milestones()
    matter.now = at("2026-09-04T10:00")
    matter.do("report_progress", "JJ.liaison", text="正在整改。")
    assert late(matter) == [("feedback", "JJ", "2026-09-02"), ("feedback", "JJ", "2026-09-03")]


def test_a_unit_that_took_over_during_a_pause_signs_within_its_time_after_it() -> None:
    matter = Matter().until("sign_for")
    matter.now = at("2026-08-31T10:00")
    matter.do("suspend", "L03", reason="等候鉴定。")
    gone = replace(matter.roster.units["JJ"], dissolved=Dissolved("2026-09-02", "ZA", "兰公政〔2026〕9号（虚构）"))
    matter.roster = replace(matter.roster, units={**matter.roster.units, "JJ": gone})
    matter.now = at("2026-09-02T10:00")
    matter.do("succeed", CLERK)
    matter.now = at("2026-09-10T10:00")
    item = matter.do("resume", CLERK, text="鉴定已出。")
    due = {each.unit: each.due for each in clocks(item, matter.policy, CALENDAR) if each.kind == "sign_for"}
    assert due == {"ZA": "2026-09-10", "CG": "2026-09-10"}
    matter.do("sign_for", "ZA.liaison")
    assert told(matter) == ()


def test_a_unit_that_takes_its_report_back_feeds_back_within_its_time_from_then_on() -> None:
    matter = Matter().until("receive_paper")
    matter.now = at("2026-09-07T09:00")  # a week at the office
    item = matter.do("withdraw_report", "JJ.main_leader", text="数字有误。")
    assert ("feedback", "2026-09-08") in {(each.kind, each.due) for each in clocks(item, matter.policy, CALENDAR)}
    matter.do("report_progress", "JJ.liaison", text="正在更正。")
    assert told(matter) == ()


def corrected(was: str, now: str, signed: str, then: str) -> Matter:
    """A matter of an urgency dispatched on Monday 31 August, signed for at one time, its urgency corrected at another."""
    matter = Matter()
    for act, by, inputs in STORY[:4]:
        matter.do(act, by, **({**inputs, "urgency": was} if act == "register" else inputs))
    steps = {signed: ("sign_for", "JJ.liaison", {}), then: ("amend", CLERK, {"urgency": now, "reason": "核对来文。"})}
    for time in sorted(steps):
        matter.now, (act, by, given) = at(time), steps[time]
        matter.do(act, by, **given)
    return matter


@pytest.mark.parametrize(
    ("was", "now", "signed", "then", "found"),
    [
        ("ordinary", "extra_urgent", "2026-09-01T10:00", "2026-09-02T10:00", []),  # in time as it stood then
        ("ordinary", "extra_urgent", "2026-09-02T10:00", "2026-09-03T10:00", [("sign_for", "JJ", "2026-09-01")]),
        ("ordinary", "extra_urgent", "2026-09-01T16:00", "2026-09-01T10:00", []),  # the day on which it was told
        ("ordinary", "extra_urgent", "2026-09-02T09:00", "2026-09-01T10:00", [("sign_for", "JJ", "2026-09-01")]),
        ("extra_urgent", "ordinary", "2026-09-01T10:00", "2026-09-02T10:00", []),
    ],
)
def test_an_urgency_put_right_makes_no_receipt_late_that_was_in_time(
    was: str, now: str, signed: str, then: str, found: list[tuple[str, str, str]]
) -> None:
    assert [each for each in late(corrected(was, now, signed, then)) if each[1] == "JJ"] == found


def test_a_unit_that_has_not_signed_has_the_time_of_the_new_urgency_from_the_correction_on() -> None:
    matter = Matter()
    for act, by, inputs in STORY[:4]:
        matter.do(act, by, **({**inputs, "urgency": "ordinary"} if act == "register" else inputs))
    matter.now = at("2026-09-01T10:00")
    item = matter.do("amend", CLERK, urgency="extra_urgent", reason="核对来文。")
    assert {each.due for each in clocks(item, matter.policy, CALENDAR) if each.kind == "sign_for"} == {"2026-09-01"}


def test_a_unit_that_takes_a_part_over_has_a_workday_for_its_opinion_from_its_receipt_on() -> None:
    points = [{"text": "查实"}, {"text": "错峰放学", "unit": "CG", "due": "2026-09-02"}]
    matter = Matter()
    for act, by, inputs in STORY[:8]:
        matter.do(act, by, **({**inputs, "points": points} if act == "propose" else inputs))
    assert matter.item is not None
    assert {each.due for each in clocks(matter.item, matter.policy, CALENDAR) if each.kind == "opinion"} == {"2026-09-02"}
    matter.now = at("2026-09-03T09:00")
    matter.do("change_assisting", CLERK, from_unit="CG", to_unit="ZA", reason="职责调整。")
    item = matter.do("sign_for", "ZA.liaison")
    assert {each.due for each in clocks(item, matter.policy, CALENDAR) if each.kind == "opinion"} == {"2026-09-04"}
    matter.now = at("2026-09-04T09:00")
    matter.do("give_opinion", "ZA.liaison", text="已协调。")
    assert [each for each in late(matter) if each[0] == "opinion"] == []
