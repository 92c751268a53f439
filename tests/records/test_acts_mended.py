"""Faults of the acts that were found in use, each with the way it now goes."""

from dataclasses import replace
from datetime import timedelta

from records.bureau.roster import Appointment
from records.matter.prose import printed_code
from records.register.clock import due_reminders
from tests.bureau import CALENDAR, DRAFT, OUTGOING, POLICY, PROPOSE, REGISTER, STORY, Matter, at


def reopened() -> Matter:
    """Return a matter taken up again after its archive."""
    matter = Matter()
    for name, by, inputs in STORY:
        matter.do(name, by, **inputs)
    matter.do("reopen", "BGS.director_in_charge", reason="核查不属实。", due="2026-09-30")
    return matter


def own(**changed: object) -> dict[str, object]:
    """Return a small matter of the bureau's own, as it is registered."""
    mine = {"category": 1, "source_level": "bureau", "source_kind": "bureau_deployment", "importance": "normal"}
    return {**REGISTER, **mine, **changed}


def test_the_office_can_report_on_an_instruction_it_handles_itself_and_takes_no_units_number() -> None:
    matter = Matter()
    matter.do("register", "BGS.clerk1", **REGISTER)
    matter.do("propose", "BGS.clerk1", **{**PROPOSE, "lead": "BGS", "assisting": [], "points": [{"text": "复盘"}]})
    matter.do("read", "L03", decision="direct", text="由办公室直接办理。")
    matter.do("handle_directly", "BGS.clerk1", task_team=["BGS.section_chief"])
    matter.do("draft_report", "BGS.liaison", **DRAFT)
    item = matter.do("review_report", "BGS.section_chief", verdict="pass")
    assert item.report is not None
    assert item.report.number is None
    matter.do("consent", "BGS.director", decision="agree")
    matter.do("submit", "BGS.liaison")
    matter.do("receive_paper", "BGS.registry", pages=2, copies=1)
    assert matter.refused("office_review", "BGS.section_chief", **{**OUTGOING, "answered": [1]}).rule == "R-15"
    matter.do("office_review", "BGS.clerk1", **{**OUTGOING, "answered": [1]})
    assert matter.refused("director_sign", "BGS.director_in_charge").rule == "R-23"
    matter.do("director_sign", "L03")


def test_a_rejected_objection_in_a_matter_taken_up_again_lets_it_go_on_under_a_number_of_the_new_lead() -> None:
    matter = reopened()
    item = matter.do("change_lead", "BGS.clerk1", to_unit="ZA", reason="改由治安支队办理。")
    assert item.report is not None
    assert item.report.number is None
    matter.do("sign_for", "ZA.liaison")
    assert matter.do("object", "ZA.liaison", kind="hand_back", reason="不属职责。").state == "objection_pending"
    assert matter.do("decide_objection", "BGS.clerk1", decision="rejected", text="照办。").state == "signed_for"


def test_an_amendment_that_makes_a_matter_weighty_sends_it_to_be_read() -> None:
    matter = Matter()
    matter.do("register", "BGS.clerk1", **own())
    assert matter.do("propose", "BGS.clerk1", **PROPOSE).state == "proposed"
    assert matter.do("amend", "BGS.clerk1", importance="important", reason="局长要求。").state == "awaiting_reading"
    assert matter.refused("dispatch", "BGS.clerk1").rule == "R-03"


def test_what_a_leader_wants_changed_comes_before_him_again_however_small_it_has_become() -> None:
    matter = Matter()
    matter.do("register", "BGS.clerk1", **{**own(), "importance": "important"})
    matter.do("propose", "BGS.clerk1", **PROPOSE)
    matter.do("read", "L03", decision="change", text="请改由治安管理支队主办后再报。")
    matter.do("amend", "BGS.clerk1", importance="normal", reason="核实为一般事项。")
    assert matter.do("propose", "BGS.clerk1", **PROPOSE).state == "awaiting_reading"
    assert matter.refused("dispatch", "BGS.clerk1").rule == "R-03"
    assert matter.do("read", "L03", decision="agree", text="同意。").state == "read"


def test_a_leader_who_is_to_read_again_has_the_matter_since_what_he_read_was_corrected() -> None:
    matter = Matter().until("read")
    matter.do("read", "L03", decision="agree", text="同意。")
    matter.now += timedelta(days=3)
    item = matter.do("amend", "BGS.clerk1", title="更正后的名称", reason="更正。")
    assert (item.state, item.reading, item.moved_at) == ("awaiting_reading", None, matter.now.isoformat())
    matter.now += timedelta(days=1)
    assert matter.do("amend", "BGS.clerk1", title="再更正的名称", reason="更正。").moved_at == item.moved_at, (
        "it lay before him all the time"
    )


def test_an_amended_source_is_held_to_the_same_as_a_registered_one() -> None:
    matter = Matter().until("dispatch")
    assert matter.refused("amend", "BGS.clerk1", received="2026-12-01", reason="更正。").rule == "R-01"
    assert matter.refused("amend", "BGS.clerk1", category=7, reason="更正。").rule == "R-01"
    matter.same = "DB-2026-0100"
    assert matter.refused("amend", "BGS.clerk1", source_ref="另一件", reason="更正。").rule == "R-02"
    matter.do("amend", "BGS.clerk1", title="更正后的名称", reason="更正。")


def test_offices_are_looked_at_again_at_the_dispatch() -> None:
    matter = Matter().until("dispatch")
    unit = matter.roster.units["CG"]
    vacant = replace(unit, appointments=tuple(each for each in unit.appointments if each.role != "main_leader"))
    matter.roster = replace(matter.roster, units={**matter.roster.units, "CG": vacant})
    refusal = matter.refused("dispatch", "BGS.clerk1")
    assert refusal.rule == "R-08"
    assert "城关分局" in str(refusal)


def test_what_a_leader_waived_or_saw_does_not_outlive_a_return() -> None:
    matter = Matter()
    matter.do("register", "BGS.clerk1", **own(source_kind="bureau_leader_instruction", category=5, instruction_leader="L01"))
    for name, by, inputs in STORY[1:14]:
        matter.do(name, by, **inputs)
    matter.do("office_review", "BGS.clerk1", answered=[1, 2])
    matter.do("director_sign", "BGS.director_in_charge")
    matter.do("amend", "BGS.clerk1", title="更正名称", reason="更正。")
    assert [duty.act for duty in matter.owed] == ["show_leader"]
    matter.do("show_leader", "L01", text="阅。")
    item = matter.do("return_report", "BGS.clerk1", reasons=["R2"], comment="再核。", redo_due="2026-09-02")
    assert item.leader_shown is None


def test_a_bureau_leaders_matter_that_went_up_by_a_document_needs_no_showing() -> None:
    matter = Matter()
    matter.do("register", "BGS.clerk1", **own(source_kind="bureau_leader_instruction", category=5, instruction_leader="L01"))
    for name, by, inputs in STORY[1:14]:
        matter.do(name, by, **inputs)
    matter.do("office_review", "BGS.clerk1", **{**OUTGOING, "override_reason": "局长要求同时报省领导。"})
    matter.do("decide_override", "L03", decision="approved", text="同意。")
    for name, by, inputs in STORY[15:]:
        matter.do(name, by, **inputs)
    assert matter.item is not None
    assert matter.item.state == "archived"


def test_a_matter_paused_before_its_proposal_is_resumed_without_a_date() -> None:
    matter = Matter().until("propose")
    matter.do("suspend", "L03", reason="等候上级明确。")
    assert matter.do("resume", "BGS.clerk1", text="已明确。").state == "registered"


def test_the_liaison_of_two_units_signs_for_both() -> None:
    matter = Matter().until("sign_for")
    unit = matter.roster.units["CG"]
    both = replace(unit, appointments=(*unit.appointments, Appointment("liaison", "JJ.liaison", "2026-01-01")))
    matter.roster = replace(matter.roster, units={**matter.roster.units, "CG": both})
    matter.do("sign_for", "JJ.liaison")
    item = matter.do("sign_for", "JJ.liaison")
    assert all(part.signed_for for part in item.units)


def test_what_a_state_does_not_allow_is_not_owed() -> None:
    matter = Matter().until("submit")
    matter.do("request_extension", "JJ.main_leader", reason="等候数据。", until="2026-09-14")
    assert "decide_extension" in [duty.act for duty in matter.owed]
    matter.do("submit", "JJ.liaison")
    assert "decide_extension" not in [duty.act for duty in matter.owed]
    pending = Matter().until("read_in_unit")
    item = pending.do("object", "JJ.liaison", kind="hand_back", reason="不属职责。")
    assert not list(due_reminders(item, POLICY, CALENDAR, at("2026-09-10T09:00").date(), "BGS"))


def test_a_report_that_came_late_is_evidence() -> None:
    matter = Matter().until("submit")
    matter.now += timedelta(days=10)
    matter.do("submit", "JJ.liaison")
    item = matter.do("open_accountability", "BGS.clerk1", consequence="造成不良影响。")
    assert item.accountability is not None
    assert any("办结迟于时限 2026-09-07" in each for each in item.accountability.evidence)


def test_same_day_work_needs_a_leaders_word() -> None:
    matter = Matter()
    matter.do("register", "BGS.clerk1", **own(instruction=None, instruction_by=None, instruction_at=None))
    assert matter.refused("propose", "BGS.clerk1", **{**PROPOSE, "due": "2026-08-31"}).rule == "R-09"
    matter.do("add_instruction", "BGS.clerk1", instruction_by="局长", instruction_at="2026-08-31", instruction="今天办完。")
    matter.do("propose", "BGS.clerk1", **{**PROPOSE, "due": "2026-08-31"})


def test_paper_whose_printed_code_is_of_another_text_is_refused() -> None:
    matter = Matter().until("receive_paper")
    assert matter.item is not None
    assert matter.item.report is not None
    refusal = matter.refused("receive_paper", "BGS.registry", pages=3, copies=2, code="0000-0000-0000")
    assert refusal.rule == "R-19"
    assert "R7" in str(refusal)
    assert "没有填写" in matter.refused("receive_paper", "BGS.registry", pages=3, copies=2, code=None).reason
    right = printed_code(matter.item.report.hash)
    typed = right.upper().replace("-", " ")
    item = matter.do("receive_paper", "BGS.registry", pages=3, copies=2, code=typed)
    assert item.report is not None
    assert item.report.round.paper is not None
    assert item.report.round.paper.code == right
