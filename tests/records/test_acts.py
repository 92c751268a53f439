"""The acts, one by one: the lawful way, every refusal with its clause and reason, and what an edit makes of a signature."""

from dataclasses import replace

import pytest

from records.acts import Outcome, prospects
from records.bureau.roster import Appointment, StandIn
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.store.record_files import emit, parse
from schema.tables import acts, checker
from tests.bureau import DRAFT, OUTGOING, PROPOSE, REGISTER, SHELL_STORY, STORY, Matter, at


def test_the_lawful_way_leads_from_the_paper_to_the_archive() -> None:
    matter = Matter()
    for name, by, inputs in STORY:
        item = matter.do(name, by, **inputs)
        assert not checker("item").problems(to_data(item))
        assert parse(emit(item), Item) == item
    assert matter.item is not None
    assert matter.item.state == "archived"
    assert matter.item.report is not None
    assert matter.item.report.number == "兰公交报〔2026〕1号"
    assert matter.item.outgoing is not None
    assert matter.item.outgoing.number == "兰公办〔2026〕1号"
    assert [entry.status for each in matter.series.values() for entry in each.entries] == ["issued", "issued"]


SHELL = {**REGISTER, "title": "", "instruction": ""}
# rule, up to which act, act, person, changed inputs, words of the refusal
REFUSALS = [
    ("R-01", "register", "register", "BGS.clerk1", {**REGISTER, "category": None}, "“类别”缺少这一项"),
    ("R-01", "register", "register", "BGS.clerk1", {**REGISTER, "received": ""}, "“收到日期”缺少这一项"),
    ("R-01", "register", "register", "BGS.clerk1", {**REGISTER, "received": "2026-09-01"}, "晚于今天"),
    ("R-01", "register", "register", "BGS.clerk1", {**REGISTER, "instruction_by": ""}, "一并填写"),
    ("R-34", "register", "register", "JJ.liaison", REGISTER, "不属于邵拟行"),
    ("R-28", "register", "register", "BGS.clerk1", {**SHELL, "secrecy": "secret"}, "没有写保密期限"),
    (
        "R-28",
        "register",
        "register",
        "BGS.clerk1",
        {**SHELL, "secrecy": "secret", "secrecy_years": 11, "copy_number": "000001"},
        "10 年",
    ),
    ("R-28", "register", "register", "BGS.clerk1", {**SHELL, "secrecy": "secret", "secrecy_years": 1}, "份号"),
    ("R-03", "propose", "dispatch", "BGS.clerk1", {}, "应当阅示的经主管副局长阅示后"),
    ("R-03", "read", "dispatch", "BGS.clerk1", {}, "下一步是“阅示”，由主管副局长（顾拟宁）"),
    ("R-04", "read", "read", "L02", {"decision": "agree", "text": "同意。"}, "应由主管副局长（顾拟宁）办理"),
    ("R-05", "propose", "propose", "BGS.clerk1", {**PROPOSE, "lead": ""}, "缺少这一项"),
    ("R-05", "propose", "propose", "BGS.clerk1", {**PROPOSE, "assisting": ["CG", "CG"]}, "重复"),
    ("R-06", "propose", "propose", "BGS.clerk1", {**PROPOSE, "assisting": ["JJ"]}, "不能同时是协办单位"),
    ("R-07", "propose", "propose", "BGS.clerk1", {**PROPOSE, "lead": "PCS"}, "花名册里没有单位"),
    ("R-09", "propose", "propose", "BGS.clerk1", {**PROPOSE, "due": ""}, "“办结时限”缺少这一项"),
    ("R-09", "propose", "propose", "BGS.clerk1", {**PROPOSE, "due": "2026-10-01"}, "是国庆节，不是工作日。请改为前一个工作日 2026-09-30"),
    ("R-09", "propose", "propose", "BGS.clerk1", {**PROPOSE, "due": "2026-08-28"}, "早于今天"),
    ("R-10", "propose", "propose", "BGS.clerk1", {**PROPOSE, "points": []}, "“办理要求”缺少这一项"),
    ("R-10", "propose", "propose", "BGS.clerk1", {**PROPOSE, "points": [{"text": "一", "unit": "XJ"}]}, "不是主办或协办单位"),
    ("R-11", "sign_for", "sign_for", "XJ.liaison", {}, "不属于胡拟溪"),
    ("R-11", "read_in_unit", "sign_for", "JJ.liaison", {}, "已由邵拟行于"),
    ("R-14", "draft_report", "draft_report", "JJ.reviewing_head", DRAFT, "应由交通警察支队联络员（邵拟行、汤拟泉）办理"),
    ("", "read_in_unit", "draft_report", "JJ.liaison", DRAFT, "尚未送部门主管领导（张拟云）审阅"),
    ("R-16", "consent", "submit", "JJ.liaison", {}, "须经本单位主要领导同意后方可上报"),
    ("R-17", "consent", "consent", "JJ.main_leader", {"decision": "agree", "hash": "sha256:" + "0" * 64}, "已被改动"),
    ("R-19", "receive_paper", "office_review", "BGS.clerk1", OUTGOING, "齐收以后"),
    ("R-20", "office_review", "return_report", "BGS.clerk1", {"comment": "重写。", "redo_due": "2026-09-02"}, "“退回原因”缺少这一项"),
    ("R-20", "office_review", "return_report", "BGS.clerk1", {"comment": "重写。", "redo_due": "2026-09-05", "reasons": ["R1"]}, "是周六"),
    ("R-22", "office_review", "director_sign", "BGS.director_in_charge", {}, "须经办公室审核后"),
    ("R-24", "office_review", "office_review", "BGS.clerk1", {**OUTGOING, "series": "letter"}, "按来源本件应编“兰公办”"),
    ("R-24", "office_review", "office_review", "BGS.clerk1", {"answered": [1, 2]}, "应以“兰公办”上报"),
    ("R-25", "bureau_sign", "bureau_sign", "JJ.main_leader", {}, "应由局领导"),
    ("R-25", "reserve_number", "bureau_sign", "L01", {}, "编号送签以后"),
    ("R-30", "office_review", "office_review", "BGS.clerk1", {**OUTGOING, "answered": [1]}, "第2项“错峰放学”"),
    ("R-30", "reserve_number", "conclude", "BGS.clerk1", {}, "尚未报出"),
    ("R-35", "report_up", "archive", "BGS.archivist", {}, "办结以后方可归档"),
]


@pytest.mark.parametrize(("rule", "before", "act", "by", "inputs", "words"), REFUSALS)
def test_what_the_regulation_forbids_is_refused_with_clause_and_reason(
    rule: str, before: str, act: str, by: str, inputs: dict[str, object], words: str
) -> None:
    refusal = Matter().until(before).refused(act, by, **inputs)
    assert words in str(refusal)
    assert refusal.rule == rule
    assert refusal.clause


def test_every_field_in_error_is_named_at_once() -> None:
    refusal = Matter().until("propose").refused("propose", "BGS.clerk1", lead="JJ", due="下周", feedback_cycle="常常")
    assert {problem.field[0] for problem in refusal.problems} == {"points", "due", "feedback_cycle", "text"}


def test_a_second_open_item_for_the_same_paper_is_refused() -> None:
    matter = Matter(same="DB-2026-0100")
    refusal = matter.refused("register", "BGS.clerk1", **REGISTER)
    assert refusal.rule == "R-02"
    assert "DB-2026-0100" in str(refusal)


def test_a_consent_no_longer_counts_after_an_edit() -> None:
    matter = Matter().until("submit")
    item = matter.do("draft_report", "JJ.liaison", **{**DRAFT, "body": "另写一份。查处货车23起。"}, void_reason="又查处4起。")
    assert item.report is not None
    assert item.report.round.consented is None
    assert [gone.act for gone in item.report.round.voided] == ["review_report", "consent"]
    refusal = matter.refused("submit", "JJ.liaison")
    assert refusal.rule == "R-16"
    assert "孙拟谨2026-08-31 09:00同意的是改动前的文本，已经失效" in str(refusal)
    matter.do("review_report", "JJ.reviewing_head", verdict="pass")
    matter.refused("submit", "JJ.liaison")
    matter.do("consent", "JJ.main_leader", decision="agree")
    matter.do("submit", "JJ.liaison")


def test_a_consent_that_names_a_hash_of_its_own_is_not_enough() -> None:
    """Were a consent for another text ever on record, submission looks at the hash, not at the state."""
    matter = Matter().until("submit")
    assert matter.item is not None
    assert matter.item.report is not None
    matter.item = replace(matter.item, report=replace(matter.item.report, body="换过的正文。"))
    assert matter.refused("submit", "JJ.liaison").rule == "R-16"


def test_a_returned_report_keeps_its_number_and_must_change() -> None:
    matter = Matter().until("office_review")
    matter.do("return_report", "BGS.clerk1", reasons=["R2", "R1"], comment="没有数字。", redo_due="2026-09-02")
    assert matter.refused("draft_report", "JJ.liaison", **DRAFT).rule == "R-21"
    matter.do("draft_report", "JJ.liaison", **{**DRAFT, "body": "查处货车23起。"})
    for act, by, inputs in STORY[10:14]:
        matter.do(act, by, **inputs)
    item = matter.item
    assert item is not None
    assert item.report is not None
    assert [each.round for each in item.report.rounds] == [1, 2]
    assert item.report.rounds[0].returned is not None
    assert item.report.rounds[0].returned.reasons == ("R1", "R2")
    assert item.report.number == "兰公交报〔2026〕1号"
    assert len(matter.series["JJ.report"].entries) == 1


def test_the_drafter_may_not_review_his_own_report() -> None:
    matter = Matter().until("draft_report")
    unit = matter.roster.units["JJ"]
    both = replace(unit, appointments=(*unit.appointments, Appointment("liaison", "JJ.reviewing_head", "2026-01-01")))
    matter.roster = replace(matter.roster, units={**matter.roster.units, "JJ": both})
    matter.do("draft_report", "JJ.reviewing_head", **DRAFT)
    assert matter.refused("review_report", "JJ.reviewing_head", verdict="pass").rule == "R-15"


def test_a_report_waits_for_the_assisting_opinions_or_their_waiver() -> None:
    matter = Matter()
    for act, by, inputs in STORY[:12]:
        if act != "give_opinion":
            matter.do(act, by, **inputs)
    refusal = matter.refused("submit", "JJ.liaison")
    assert refusal.rule == "R-18"
    assert "城关分局" in str(refusal)
    assert matter.refused("waive_opinion", "BGS.clerk1", unit="XJ", text="无关。").rule == "R-18"
    matter.do("waive_opinion", "BGS.clerk1", unit="CG", text="已当面说明，免提。")
    matter.do("submit", "JJ.liaison")


def test_a_classified_report_stays_on_paper() -> None:
    matter = Matter().until("report_progress", SHELL_STORY)
    assert matter.refused("draft_report", "JJ.liaison", **DRAFT).rule == "R-29"


def test_a_unit_without_its_people_cannot_be_dispatched_to() -> None:
    matter = Matter().until("propose")
    unit = matter.roster.units["CG"]
    without = replace(unit, appointments=tuple(each for each in unit.appointments if each.role != "liaison"))
    matter.roster = replace(matter.roster, units={**matter.roster.units, "CG": without})
    refusal = matter.refused("propose", "BGS.clerk1", **PROPOSE)
    assert refusal.rule == "R-08"
    assert "城关分局" in str(refusal)


def test_a_stand_in_signs_for_the_one_he_stands_in_for_and_only_in_time() -> None:
    matter = Matter().until("read")
    stand_in = StandIn("deputy_director_in_charge", "L02", "L03", "2026-08-31", "2026-08-31", "AB角通知第1号")
    matter.roster = replace(matter.roster, leaders=replace(matter.roster.leaders, stand_ins=(stand_in,)))
    item = matter.do("read", "L02", decision="agree", text="同意。")
    assert item.reading is not None
    assert (item.reading.by, item.reading.on_behalf_of) == ("L02", "L03")
    late = Matter().until("read")
    late.roster, late.now = matter.roster, at("2026-09-01T09:00")
    assert late.refused("read", "L02", decision="agree", text="同意。").rule == "R-04"


def test_a_reading_that_wants_changes_sends_the_proposal_back() -> None:
    matter = Matter().until("read")
    assert matter.do("read", "L03", decision="change", text="请加上治安支队协办。").state == "registered"
    assert matter.do("propose", "BGS.clerk1", **{**PROPOSE, "assisting": ["CG", "ZA"]}).state == "awaiting_reading"


def test_an_ordinary_matter_of_the_bureau_needs_no_reading() -> None:
    matter = Matter()
    own = {"category": 1, "source_level": "bureau", "source_kind": "bureau_deployment", "importance": "normal"}
    matter.do("register", "BGS.clerk1", **{**REGISTER, **own})
    assert matter.do("propose", "BGS.clerk1", **PROPOSE).state == "proposed"
    matter.do("dispatch", "BGS.clerk1")


def test_an_amendment_names_what_it_changed_and_why() -> None:
    matter = Matter().until("dispatch")
    assert "没有一项" in str(matter.refused("amend", "BGS.clerk1", title=REGISTER["title"], reason="核对。"))
    item = matter.do("amend", "BGS.clerk1", source_ref="群众来信摘报第8期（虚构）", title=REGISTER["title"], reason="期号漏填。")
    assert item.source.ref == "群众来信摘报第8期（虚构）"
    assert item.amendments[0].fields == ("source.ref",)
    assert "没有这样的项" in str(matter.refused("amend", "BGS.clerk1", due="2026-09-30", reason="宽限。"))


def test_a_number_given_up_stays_void_and_the_next_one_is_taken() -> None:
    matter = Matter().until("bureau_sign")
    item = matter.do("void_number", "BGS.registry", reason="局领导决定改以电话答复。")
    assert item.outgoing is not None
    assert item.outgoing.number is None
    assert item.outgoing.voided[0].number == "兰公办〔2026〕1号"
    item = matter.do("reserve_number", "BGS.registry")
    assert item.outgoing is not None
    assert item.outgoing.number == "兰公办〔2026〕2号"
    assert [entry.status for entry in matter.series["special"].entries] == ["void", "reserved"]


def test_a_letter_is_signed_by_the_leader_over_the_subject_only() -> None:
    matter = Matter()
    organ = {"source_kind": "organ_assignment", "source_organ": "甘肃省公安厅（虚构来文）"}
    matter.do("register", "BGS.clerk1", **{**REGISTER, **organ})
    for act, by, inputs in STORY[1:14]:
        matter.do(act, by, **inputs)
    letter = {**OUTGOING, "series": "letter", "to": "甘肃省公安厅（虚构来文）"}
    assert "主送应为“甘肃省公安厅（虚构来文）”" in str(matter.refused("office_review", "BGS.clerk1", **{**letter, "to": "公安部"}))
    matter.do("office_review", "BGS.clerk1", **letter)
    matter.do("director_sign", "BGS.director_in_charge")
    matter.do("reserve_number", "BGS.registry")
    assert "须由主管局领导（郑拟义）审签" in str(matter.refused("bureau_sign", "L01"))
    matter.do("bureau_sign", "L06")


def test_prospects_say_of_each_act_whether_it_is_open_and_why_not() -> None:
    matter = Matter().until("consent")
    assert matter.item is not None
    found = {each.spec.name: each.refusal for each in prospects(matter.world, matter.item, "JJ.main_leader", matter.now)}
    assert found["consent"] is None
    assert [name for name, refusal in found.items() if refusal is None] == ["request_extension", "consent"]
    assert set(found) == {
        name
        for name, spec in acts().items()
        if spec.target == "item" and name not in ("register", "carry_in_item", "remind", "record_document")
    }


def test_an_act_that_is_none_is_refused() -> None:
    assert "没有“delete”" in str(Matter().try_("delete", "BGS.clerk1"))
    assert not isinstance(Matter().try_("delete", "BGS.clerk1"), Outcome)
