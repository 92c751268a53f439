"""What two acts of the same second are to each other: a step in the second of a change belongs to what was before it, or after it.

Clocks count in seconds and people in a hurry, or a program, act twice in one (issue 10 row 27; ``make mutate``).
"""

from dataclasses import replace

import pytest

from records.acts.proposers import discontent, unheard
from records.matter.changes import Reopening, Suspension, WithdrawnDocument
from records.matter.outgoing import document_name
from records.matter.stamps import Remark
from records.rules.clocks import arrived, pauses
from records.rules.timeliness import in_time, lateness
from tests.bureau import CALENDAR, DRAFT, POLICY, STORY, at
from tests.records.test_boundaries import CLERK, DEPUTY, DIRECTOR, GRANTED, HEAD, item_of, later, upto
from tests.records.test_proposers import WORDS, heard, walked

T, BEFORE, AFTER = (f"2026-08-31T09:00:0{n}+08:00" for n in (1, 0, 2))
CYCLE = [step for step in STORY if step[0] not in ("register", "propose", "read", "dispatch", "read_in_unit", "sign_for", "give_opinion")]


def test_an_act_of_the_second_in_which_the_lead_changes_is_the_earlier_leads() -> None:
    matter = upto("sign_for")
    matter.do("change_lead", CLERK, to_unit="ZA", reason="改由治安支队办理。")
    item, moved = item_of(matter), item_of(matter).transfers[0].at
    assert [item.lead_at(moved), item.lead_at(moved.replace("09:00:00", "09:00:01"))] == ["JJ", "ZA"]


def test_a_unit_has_what_came_to_it_from_the_second_after_on() -> None:
    item = item_of(upto("sign_for"))
    changed = later(upto("sign_for"), "2026-09-01T09:00")
    changed.do("change_lead", CLERK, to_unit="ZA", reason="改由治安支队办理。")
    moved, dispatched = item_of(changed), item.dispatched
    assert dispatched is not None
    assert arrived(moved, "ZA", moved.transfers[0].at) == dispatched.at
    assert arrived(moved, "ZA") == moved.transfers[0].at


@pytest.mark.parametrize(("since", "until", "lies"), [(T, T, True), (BEFORE, AFTER, True), (AFTER, AFTER, False), (BEFORE, BEFORE, False)])
def test_a_pause_lies_between_two_times_with_both_their_seconds(since: str, until: str, lies: bool) -> None:
    paused = Suspension(by="L03", at=T, reason="等候鉴定。", from_state="in_progress", resumed=Remark(by=CLERK, at=T, text="已出。"))
    item = replace(item_of(upto("draft_report")), suspensions=(paused,))
    assert pauses(item, since, until) == (((T, T),) if lies else ())


def test_a_late_grant_in_the_second_of_an_acceptance_is_nothing_against_the_next_report() -> None:
    matter = later(upto("draft_report", feedback_cycle="none"), "2026-09-07T09:00")
    matter.do("request_extension", HEAD, reason="等待鉴定。", until="2026-09-15")
    matter.now = at("2026-09-08T09:00")
    matter.do("decide_extension", DIRECTOR, **GRANTED)
    for act, by, inputs in CYCLE[1:]:
        matter.do(act, by, **inputs)
    assert in_time(item_of(matter), CALENDAR) is False
    matter.do("reopen", DEPUTY, reason="上级退回。", due="2026-09-30")
    matter.now = at("2026-09-09T09:00")
    for act, by, inputs in CYCLE[1 : [act for act, _, _ in CYCLE].index("director_sign")]:
        matter.do(act, by, **({**DRAFT, "body": "另写一份。"} if act == "draft_report" else inputs))
    assert in_time(item_of(matter), CALENDAR) is True


def test_feedback_in_the_second_of_a_reopening_is_of_the_new_cycle() -> None:
    matter = upto("archive")
    matter.do("archive", "BGS.archivist")
    matter.now = at("2026-09-20T09:00")
    matter.do("reopen", DEPUTY, reason="上级退回。", due="2026-09-30")
    matter.do("report_progress", "JJ.liaison", text="已重新部署。")
    assert [each for each in lateness(item_of(matter), POLICY, CALENDAR) if each.kind == "feedback"] == []


def test_what_a_proposer_said_in_the_second_of_a_reopening_was_of_the_answer_before() -> None:
    matter = walked("conclude")
    matter.do("ask_proposer", CLERK, **WORDS)
    matter.do("record_satisfaction", CLERK, **heard("dissatisfied"))
    assert (discontent(item_of(matter)), unheard(item_of(matter))) == (True, False)
    matter.do("reopen", DEPUTY, reason="提出人不满意。", due="2026-09-30")
    assert (discontent(item_of(matter)), unheard(item_of(matter))) == (False, True)
    matter.item = replace(item_of(matter), state="director_signed")
    assert "已于" not in str(matter.try_("ask_proposer", CLERK, **WORDS))  # he may be asked about the next one


@pytest.mark.parametrize(("day", "last"), [("2026-09-30", "2026-09-30"), ("2026-10-08", "2026-11-06")])
def test_on_the_last_day_of_the_month_no_other_month_begins(day: str, last: str) -> None:
    matter = walked("conclude")
    matter.do("record_satisfaction", CLERK, **heard("dissatisfied"))
    matter.now = at(f"{day}T09:00")
    refusal = matter.refused("reopen", DEPUTY, reason="提出人不满意。", due="2026-11-30")
    assert f"最迟 {last}" in refusal.reason


@pytest.mark.parametrize(("reopened", "place"), [(BEFORE, 2), (T, 2), (AFTER, 1)])
def test_a_document_withdrawn_in_the_second_of_a_reopening_is_of_the_matter_taken_up_again(reopened: str, place: int) -> None:
    again = Reopening(by="L03", at=reopened, reason="上级退回。", due="2026-09-30")
    gone = WithdrawnDocument(by="L01", at=T, series="special", number="兰公办〔2026〕1号", title="报告", reason="有误。")
    item = replace(item_of(upto("archive")), reopenings=(again,), withdrawn=(gone,))
    assert dict(item.withdrawn_files) == {document_name(item.id, "special", place): gone}
