"""Conditions seen from both sides: what a rule asks for is there and is not there, is this unit's and another's, is new and settled.

Each of these was a comparison or a role that could be turned round with no test failing (issue 10 row 27; ``make mutate``).
"""

from dataclasses import replace
from datetime import date

import pytest

from records.acts import Outcome, PaperEntry, perform
from records.bureau.roster import SYSTEM, StandIn, Waiver
from records.rules.clocks import due_at, light
from records.rules.roundup_figures import figures, late_words, rows
from records.rules.timeliness import lateness
from tests.bureau import CALENDAR, POLICY, PROPOSE, STORY, Matter, at, roster
from tests.records.test_boundaries import BACK, CLERK, DEPUTY, DIRECTOR, GRANTED, MORE, REFUSED, item_of, upto

OBJECTS = {"kind": "responsibility", "reason": "不属本单位职责。"}
DECLINED = {"decision": "rejected", "text": "照原分工办理。"}


def owed(matter: Matter) -> set[str]:
    return {duty.act for duty in matter.owed}


def test_blame_waits_for_its_approval_and_then_for_its_outcome() -> None:
    blame = {"approve_accountability", "record_outcome"}
    matter = upto("draft_report", "2026-09-10T09:00")
    assert not blame & owed(matter)
    for act, by, inputs, waits in (
        ("open_accountability", CLERK, {"consequence": "群众再次来信。"}, {"approve_accountability"}),
        ("approve_accountability", DEPUTY, {"text": "移送督察。"}, {"record_outcome"}),
        ("record_outcome", "L09", {"text": "诫勉谈话。"}, set()),
    ):
        matter.do(act, by, **inputs)
        assert blame & owed(matter) == waits


@pytest.mark.parametrize(("day", "blamed"), [("2026-09-07", False), ("2026-09-08", True)])
def test_a_day_is_evidence_once_it_has_passed(day: str, blamed: bool) -> None:
    matter = upto("draft_report", f"{day}T09:00", feedback_cycle="none")
    assert isinstance(matter.try_("open_accountability", CLERK, consequence="群众再次来信。"), Outcome) == blamed


def test_the_objection_of_one_unit_keeps_no_other_from_objecting_and_a_settled_one_nobody() -> None:
    matter = upto("sign_for")
    matter.do("object", "CG.liaison", **OBJECTS)
    assert matter.refused("object", "CG.liaison", **OBJECTS).rule == "R-12"
    matter.do("object", "JJ.liaison", **OBJECTS)
    for _ in range(2):
        matter.do("decide_objection", CLERK, **DECLINED)
    matter.do("object", "JJ.liaison", **OBJECTS)


def test_while_the_lead_objects_every_unit_can_sign_for_what_it_has() -> None:
    """The clocks of their receipts run on, so that who could not sign would be late by the time the office took to decide (2-7; D-1)."""
    matter = Matter().until("sign_for")
    matter.do("object", "JJ.liaison", kind="hand_back", reason="不属职责。")
    assert {(duty.act, duty.body) for duty in matter.owed} >= {("sign_for", "JJ"), ("sign_for", "CG"), ("decide_objection", "BGS")}
    for liaison in ("CG.liaison", "JJ.liaison"):
        assert matter.do("sign_for", liaison).state == "objection_pending"
    matter.now = at("2026-09-02T10:00")
    item = matter.do("decide_objection", "BGS.clerk1", decision="rejected", text="照原分工办理。")
    assert item.state == "signed_for"
    assert lateness(item, matter.policy, matter.calendar) == ()


def test_an_assisting_unit_may_take_the_lead_but_not_the_part_of_another_assisting_unit() -> None:
    both = {"assisting": ["CG", "ZA"], "points": [{"text": "一"}]}
    accepted = {"decision": "accepted", "text": "同意。", "to_unit": "ZA"}
    matter = upto("sign_for", **both)
    matter.do("object", "CG.liaison", **OBJECTS)
    assert matter.refused("decide_objection", CLERK, **accepted).rule == "R-06"
    matter = upto("sign_for", **both)
    matter.do("object", "JJ.liaison", **OBJECTS)
    assert matter.do("decide_objection", CLERK, **accepted).lead == "ZA"


def test_what_a_return_has_overtaken_is_refused_and_can_only_be_refused() -> None:
    matter = upto("submit")
    matter.do("submit", "JJ.liaison")
    for act, by, inputs in STORY[13:14]:
        matter.do(act, by, **inputs)
    matter.do(BACK[0], BACK[1], **BACK[2], redo_due="2026-09-09")
    matter.do(MORE[0], MORE[1], **MORE[2])
    item = item_of(matter)
    assert item.report is not None
    back = item.report.rounds[-1].returned
    assert back is not None
    # Were a later day set meanwhile, the one asked for would bring it forward.
    rounds = (*item.report.rounds[:-1], replace(item.report.rounds[-1], returned=replace(back, redo_due="2026-09-10")))
    matter.item = replace(item, report=replace(item.report, rounds=rounds))
    assert matter.refused("decide_extension", DIRECTOR, **GRANTED).rule == "R-13"
    matter.do("decide_extension", DIRECTOR, **REFUSED)


def test_more_time_for_a_second_return_leaves_the_day_of_the_first_as_it_was() -> None:
    matter = upto("submit")
    for day in ("2026-09-03", "2026-09-09"):
        for act, by, inputs in STORY[12:14]:
            matter.do(act, by, **inputs)
        matter.do(BACK[0], BACK[1], **BACK[2], redo_due=day)
        if day == "2026-09-03":
            for act, by, inputs in STORY[9:12]:
                again = {"body": "另写一份。查处货车23起。"} if act == "draft_report" else {}
                matter.do(act, by, **{**inputs, **again})
    matter.do(MORE[0], MORE[1], **MORE[2])
    item = matter.do("decide_extension", DIRECTOR, **GRANTED)
    assert item.report is not None
    assert [each.returned.redo_due for each in item.report.rounds if each.returned] == ["2026-09-03", "2026-09-10"]


@pytest.mark.parametrize("name", ["lead", "assisting"])
def test_a_unit_that_cannot_receive_is_pointed_at_where_it_was_named(name: str) -> None:
    unit: object = "PCS" if name == "lead" else ["PCS"]
    refusal = upto("propose").refused("propose", CLERK, **{**PROPOSE, "points": [{"text": "一"}], name: unit})
    assert [problem.field for problem in refusal.problems] == [(name,)]


def test_two_parts_of_one_unit_are_pointed_at_where_the_second_was_named() -> None:
    for assisting in (["JJ"], ["CG", "CG"]):
        refusal = upto("propose").refused("propose", CLERK, **{**PROPOSE, "points": [{"text": "一"}], "assisting": assisting})
        assert [problem.field for problem in refusal.problems] == [("assisting",)]


def test_the_lead_stands_first_whoever_takes_it() -> None:
    matter = upto("sign_for")
    item = matter.do("change_lead", CLERK, to_unit="ZA", reason="职责调整。")
    assert [(part.unit, part.role) for part in item.units] == [("ZA", "lead"), ("CG", "assisting")]
    item = matter.do("change_assisting", CLERK, to_unit="XJ", reason="需要协办。")
    assert [(part.unit, part.role) for part in item.units] == [("ZA", "lead"), ("CG", "assisting"), ("XJ", "assisting")]


def test_each_assisting_unit_owes_an_opinion_of_its_own_by_its_own_day() -> None:
    points = [{"text": "一", "unit": "CG", "due": "2026-09-02"}, {"text": "二", "unit": "ZA", "due": "2026-09-04"}]
    matter = upto("sign_for", assisting=["CG", "ZA"], points=points)
    matter.do("sign_for", "CG.liaison")
    matter.do("sign_for", "ZA.liaison")
    found = {duty.body: duty for duty in matter.owed if duty.act == "give_opinion"}
    assert {body: duty.people[0] for body, duty in found.items()} == {"CG": "CG.liaison", "ZA": "ZA.liaison"}
    assert {body: duty.clock and (duty.clock.unit, duty.clock.due) for body, duty in found.items()} == {
        "CG": ("CG", "2026-09-02"),
        "ZA": ("ZA", "2026-09-04"),
    }


def test_who_is_to_consent_is_named_by_his_office() -> None:
    matter = upto("submit")
    item = item_of(matter)
    assert item.report is not None
    assert item.report.round.consented is not None
    other = replace(item.report.round, consented=replace(item.report.round.consented, hash="sha256:" + "0" * 64))
    matter.item = replace(item, report=replace(item.report, rounds=(other,)))
    assert "请主要领导（孙拟谨）对现在的文本签字同意" in str(matter.refused("submit", "JJ.liaison"))


def test_whoever_may_not_enter_a_paper_is_told_which_clerk_does() -> None:
    matter = upto("read")
    paper = PaperEntry("JJ.liaison", "sha256:" + "0" * 64)
    said = perform(matter.world, "read", matter.item, DEPUTY, {"decision": "agree", "text": "同意。"}, matter.now, paper=paper)
    assert "请机要文书（" in str(said)


@pytest.mark.parametrize(("by", "signs"), [("L01", False), (DEPUTY, True)])
def test_a_series_that_the_deputy_director_signs_is_signed_by_no_other_leader(by: str, signs: bool) -> None:
    matter = upto("bureau_sign")
    known = matter.roster.series
    own = {**known, "special": replace(known["special"], signer="deputy_director_in_charge")}
    matter.roster = replace(matter.roster, bureau=replace(matter.roster.bureau, series=own))
    assert isinstance(matter.try_("bureau_sign", by, text="同意。"), Outcome) == signs


def test_the_roster_tells_each_person_and_unit_from_every_other() -> None:
    known, day = roster(), date(2026, 9, 2)
    assert [known.unit_of(each) for each in ("JJ.liaison", "CG.liaison", "L03", "Nobody")] == ["JJ", "CG", None, None]
    assert (known.described("Nobody"), known.described("L03")) == ("Nobody", "顾拟宁 副局长（主管督办工作）")
    assert [known.portfolio_leader(unit, day) for unit in ("JJ", "XJ", "ZA", "KX", "Nowhere")] == ["L06", "L04", "L05", "L02", None]
    assert [bool(known.series_of(each)) for each in ("special", "JJ.special", "JJ.report", "report", "Nowhere.report", "none")] == [
        True, False, True, False, False, False,
    ]  # fmt: skip


def test_over_a_matter_stands_the_leader_it_names_while_he_is_in_office() -> None:
    item, known, day = item_of(upto("draft_report")), roster(), date(2026, 9, 2)
    assert [known.leader_over(replace(item, portfolio_leader=each), day) for each in ("L04", "L08", None)] == ["L04", "L06", "L06"]


@pytest.mark.parametrize(("person", "day", "stands_in"), [("P", 2, True), ("P", 1, False), ("Q", 2, False)])
def test_who_stands_in_has_the_role_while_he_does(person: str, day: int, stands_in: bool) -> None:
    known = roster()
    given = StandIn("reviewing_head", "P", "JJ.reviewing_head", "2026-09-02", "2026-09-03", "AB角通知")
    known = replace(known, units={**known.units, "JJ": replace(known.units["JJ"], stand_ins=(given,))})
    assert list(known.roles(person, date(2026, 9, day))) == ([("reviewing_head", "JJ")] if stands_in else [])


def test_what_is_owed_on_the_report_answers_the_clock_of_the_report() -> None:
    matter = upto("review_report", feedback_cycle="weekly", due="2026-09-29")
    duty = next(each for each in matter.owed if each.act == "review_report")
    assert duty.clock is not None
    assert duty.clock.kind == "completion"


def test_more_time_counts_from_when_it_was_granted() -> None:
    matter = upto("draft_report")
    matter.do(MORE[0], MORE[1], **MORE[2])
    matter.now = at("2026-09-01T09:00")
    item = matter.do("decide_extension", DIRECTOR, **GRANTED)
    assert [due_at(item, f"2026-{day}T09:00:00+08:00") for day in ("08-31", "09-01")] == ["2026-09-07", "2026-09-10"]


@pytest.mark.parametrize(("person", "day", "found"), [("JJ.liaison", 2, True), ("JJ.liaison", 4, False), ("JJ.liaison_b", 2, False)])
def test_a_waiver_is_for_one_person_and_a_time(person: str, day: int, found: bool) -> None:
    known = roster()
    written = Waiver("JJ.liaison", "2026-09-01", "2026-09-03", "人员紧张的请示")
    known = replace(known, units={**known.units, "JJ": replace(known.units["JJ"], waivers=(written,))})
    assert (known.waiver(person, "JJ", date(2026, 9, day)) == written) == found
    assert known.waiver(person, "CG", date(2026, 9, day)) is None


def test_the_register_itself_and_a_stranger_have_names_too() -> None:
    assert [roster().name(each) for each in (SYSTEM, "L03", "Nobody")] == ["督办登记簿", "顾拟宁", "Nobody"]


def test_as_long_as_all_is_well_the_light_is_that_of_the_report() -> None:
    item = item_of(upto("draft_report", feedback_cycle="weekly", due="2026-09-29"))
    found = light(item, POLICY, CALENDAR, date(2026, 9, 1))
    assert (found.colour, found.kind) == ("green", "completion")


@pytest.mark.parametrize("act", ["receive_paper", "office_review"])
def test_a_report_that_the_office_has_not_accepted_is_at_the_office(act: str) -> None:
    found = figures([item_of(upto(act))], "2026-08-01", "2026-08-31", date(2026, 9, 8), CALENDAR)
    assert (found.at_office, found.closed_on_time, found.closed_late) == (1, 0, 0)


@pytest.mark.parametrize(("day", "words"), [(8, ("逾期1个工作日",)), (5, ())])
def test_a_roundup_says_of_a_matter_what_is_late_and_of_the_rest_nothing(day: int, words: tuple[str, ...]) -> None:
    item = item_of(upto("draft_report", feedback_cycle="none"))
    (row,) = rows([item], "2026-08-01", "2026-08-31", date(2026, 9, day), CALENDAR, lambda _: POLICY, POLICY)
    assert late_words(row, str) == words
