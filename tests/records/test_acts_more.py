"""The acts beside the straight way: where it bends, what presses, what leaves the bureau, paper, roundup and clock."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from records.acts import Outcome, PaperEntry, Refusal, perform, prospects
from records.bureau.roster import Appointment, Person
from records.bureau.visibility import visible
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.roundup import Roundup
from records.register.clock import due_reminders
from records.register.register import NEW, Receipt, Register
from records.rules.clocks import clock_due, clocks, light
from records.rules.roundup_figures import rows
from records.rules.routes import route
from records.store.record_files import check, emit
from schema.tables import acts
from tests.bureau import CALENDAR, DRAFT, NOW, OUTGOING, POLICY, PROPOSE, REGISTER, SHELL_STORY, STORY, Matter, at, roster, source_of

Inputs = Mapping[str, object]
Step = tuple[str, str, Inputs]

CLERK, DIRECTOR = "BGS.clerk1", "BGS.director_in_charge"
WORDS = {"text": "同意。"}
OTHER = {"hash": "sha256:" + "0" * 64}
NOTHING_GOES_UP = {**dict.fromkeys(OUTGOING), "answered": [1, 2]}
NO_WORDS = {"source_kind": "organ_assignment", **dict.fromkeys(("instruction_by", "instruction_at", "instruction"))}
NO_MEETING = {**source_of("director_meeting"), "meeting_number": None, "meeting_clause": None}
OWN = {"category": 5, "source_level": "bureau", "source_kind": "bureau_leader_instruction", "instruction_leader": "L01"}
ORGAN = {"source_kind": "organ_assignment", "source_organ": "甘肃省公安厅（虚构来文）"}
ANSWER = {"series": "letter", "kind": "reply", "to": "代表"}
DEPUTY = {"category": 7, "source_kind": "npc_suggestion", "proposer": "代表", "session": "十七届一次", "suggestion_number": "第5号"}
DIRECT: Step = ("read", "L03", {"decision": "direct", "text": "由办公室直接办理。"})
TEAM = {"task_team": ["BGS.clerk2", "JJ.liaison"]}
SHELVED: Step = ("register_paper_report", "JJ.liaison", {"carrier": "机要柜3号", "pages": 2, "digest": "登记摘要1"})
ACCEPT = {"decision": "accepted", "text": "同意。"}
OBJECT: Step = ("object", "JJ.liaison", {"kind": "responsibility", "reason": "现场在城关辖区。"})
ASSISTING_OBJECTS: Step = ("object", "CG.liaison", {"kind": "hand_back", "reason": "不属本辖区。"})
EXTEND: Step = ("request_extension", "JJ.main_leader", {"reason": "等待检测结果。", "until": "2026-09-10"})
EXTENDED: Step = ("decide_extension", DIRECTOR, {"decision": "approved", "text": "同意。"})
AGAIN: Step = (*EXTEND[:2], {**EXTEND[2], "until": "2026-09-14"})
RETURN: Step = ("return_report", CLERK, {"reasons": ["R1"], "comment": "没有数字。", "redo_due": "2026-09-04"})
SUSPEND: Step = ("suspend", "L03", {"reason": "等待鉴定。"})
REOPEN: Step = ("reopen", "L03", {"reason": "上级退回。", "due": "2026-09-11"})
URGE: Step = ("urge", CLERK, {"means": "written", "level": "urge", "text": "请报送结果。"})
MERGE: Step = ("merge", "L03", {"merged_into": "DB-2026-0100", "reason": "同一事项。"})
WAIVE: Step = ("waive_up_report", "L06", {"text": "电话答复。"})
BLAME: Step = ("open_accountability", CLERK, {"consequence": "群众再次来信。"})
BLAMED: Step = ("approve_accountability", "L03", {"text": "移送督察。"})


def onward(matter: Matter, since: str, until: str, **changed: Inputs) -> Matter:
    """Walk a part of the lawful way with some steps' inputs changed (None leaves one out)."""
    names = [name for name, _, _ in STORY]
    for name, by, inputs in STORY[names.index(since) : names.index(until)]:
        matter.do(name, by, **{**inputs, **changed.get(name, {})})
    return matter


def then(matter: Matter, *steps: Step, now: str = "") -> Matter:
    """Do further steps, and let it become later."""
    for name, by, inputs in steps:
        matter.do(name, by, **inputs)
    matter.now = at(now) if now else matter.now
    return matter


def ends(matter: Matter, *steps: Step, now: str = "") -> Item:
    """Return the item as it stands after further steps."""
    item = then(matter, *steps, now=now).item
    assert item is not None
    return item


def before(act: str, *steps: Step, now: str = "", **changed: Inputs) -> Matter:
    """Return a matter on the lawful way before an act, after further steps, later on."""
    requests = NumberSeries("JJ.request", 2026, "兰公交请")
    return then(onward(Matter(series={requests.series: requests}), "register", act, **changed), *steps, now=now)


def appointed(matter: Matter, unit: str, role: str, person: str) -> Matter:
    """Return the matter in a bureau where somebody holds one more office."""
    found = matter.roster.units[unit]
    found = replace(found, appointments=(*found.appointments, Appointment(role, person, "2026-01-01")))
    matter.roster = replace(matter.roster, units={**matter.roster.units, unit: found})
    return matter


def to_the_office(act: str) -> Matter:
    """Return an organ's assignment that the office handles itself, before an act."""
    matter = before("read", DIRECT, ("handle_directly", CLERK, TEAM), register=ORGAN)
    people = {"draft_report": "BGS.liaison", "review_report": "BGS.section_chief", "consent": "BGS.director", "submit": "BGS.liaison"}
    names = [name for name, _, _ in STORY]
    for name, by, inputs in STORY[names.index("draft_report") : names.index(act)]:
        letter = {"series": "letter", "to": ORGAN["source_organ"]} if name == "office_review" else {}
        matter.do(name, people.get(name, by), **{**inputs, **letter})
    return matter


def without_portfolio() -> Matter:
    matter = before("propose")
    matter.roster = replace(matter.roster, leaders=replace(matter.roster.leaders, portfolios=()))
    return matter


def without_clock() -> Matter:
    """Were a matter without a deadline ever on record, there would be nothing to urge for."""
    matter = before("draft_report")
    assert matter.item is not None
    matter.item = replace(matter.item, due=None, feedback_cycle="none")
    return matter


def reviewed_by_the_director() -> Matter:
    matter = appointed(before("office_review"), "BGS", "supervision_office", DIRECTOR)
    return then(matter, ("office_review", DIRECTOR, OUTGOING))


def overdue(*steps: Step) -> Matter:
    return then(before("draft_report", now="2026-09-10T09:00"), *steps)


def our_own() -> Matter:
    """Return a bureau leader's own instruction, signed by the office's director: nothing goes up."""
    return before("reserve_number", register=OWN, office_review=NOTHING_GOES_UP)


def asked(satisfaction: str) -> Step:
    return ("record_satisfaction", CLERK, {"result_class": "B", "satisfaction": satisfaction, "text": "措施不实。"})


def dissatisfied() -> Matter:
    return before("reserve_number", asked("dissatisfied"), register=DEPUTY, office_review=ANSWER)


# rule, clause, the matter, act, person, inputs, words of the refusal
REFUSALS: list[tuple[str, str, Callable[[], Matter], str, str, Inputs, str]] = [
    # Registration and proposal
    ("R-01", "一", Matter, "register", CLERK, {**REGISTER, **NO_MEETING}, "会议次数、纪要条目"),
    ("R-01", "一", Matter, "register", CLERK, {**REGISTER, "meeting_number": "第7次"}, "没有填写纪要条目"),
    ("R-01", "一", Matter, "register", CLERK, {**REGISTER, **DEPUTY, "session": None}, "没有填写届次"),
    ("R-05", "二", Matter, "register", CLERK, {**REGISTER, "assisting": ["CG"]}, "没有写主办单位"),
    ("R-06", "二", Matter, "register", CLERK, {**REGISTER, "lead": "JJ", "assisting": ["JJ"]}, "不能同时是协办单位"),
    ("R-07", "二", Matter, "register", CLERK, {**REGISTER, "lead": "PCS"}, "没有单位“PCS”"),
    ("R-07", "二", Matter, "register", CLERK, {**REGISTER, "lead": "JJ", "assisting": ["PCS"]}, "没有单位“PCS”"),
    ("R-09", "二", Matter, "register", CLERK, {**REGISTER, "due": "2026-10-01"}, "请改为前一个工作日 2026-09-30"),
    ("R-09", "二", without_portfolio, "propose", CLERK, PROPOSE, "交通警察支队没有明确主管局领导"),
    ("R-09", "二", lambda: before("propose"), "propose", CLERK, {**PROPOSE, "portfolio_leader": "JJ.liaison"}, "请指定主管局领导"),
    ("R-09", "二", lambda: before("propose", register=NO_WORDS), "propose", CLERK, {**PROPOSE, "due": "2026-08-31"}, "须有领导批示"),
    ("R-07", "二", lambda: before("propose"), "propose", CLERK, {**PROPOSE, "assisting": ["PCS"]}, "只能交各单位的办公室或秘书科"),
    ("", "三（一）1", lambda: before("propose"), "propose", CLERK, {**PROPOSE, "assisting": ["L06"]}, "应为单位代码"),
    ("R-03", "三（一）1", lambda: before("read", DIRECT), "dispatch", CLERK, {}, "阅示意见是由办公室直接办理"),
    ("R-09", "二", lambda: before("dispatch", now="2026-09-08T09:00"), "dispatch", CLERK, {}, "2026-09-07 已过。请重新拟办"),
    # The office's own handling
    ("R-23", "三（一）2", lambda: before("dispatch"), "handle_directly", CLERK, TEAM, "须经主管副局长（顾拟宁）阅示决定"),
    ("R-23", "三（一）2", lambda: before("read", DIRECT), "handle_directly", CLERK, {"task_team": ["Nobody"]}, "没有“Nobody”"),
    ("R-09", "二", lambda: before("read", DIRECT, now="2026-09-08T09:00"), "handle_directly", CLERK, TEAM, "已过"),
    ("R-34", "三（一）2", lambda: before("read", DIRECT), "handle_directly", "L03", TEAM, "应由市局办公室督办人员"),
    ("R-23", "三（二）", lambda: to_the_office("director_sign"), "director_sign", DIRECTOR, {}, "自己承办的事项应由主管副局长"),
    ("R-23", "三（二）", lambda: before("director_sign"), "director_sign", "L03", {}, "本件应由主管主任（田拟霖）审签"),
    ("R-23", "三（二）", reviewed_by_the_director, "director_sign", DIRECTOR, {}, "审核人与审签人不能是同一人"),
    # Objection and change of units
    ("R-12", "二", lambda: before("sign_for", now="2026-09-03T09:00"), *OBJECT, "异议期为交办后2个工作日，已于 2026-09-02 届满"),
    ("R-12", "二", lambda: before("read_in_unit", ASSISTING_OBJECTS), *ASSISTING_OBJECTS, "正在等待裁定"),
    ("R-12", "二", lambda: before("sign_for"), "object", "XJ.liaison", OBJECT[2], "不属于胡拟溪"),
    ("R-12", "二", lambda: before("sign_for"), "change_lead", "JJ.liaison", {"to_unit": "CG", "reason": "转。"}, "应由市局办公室"),
    ("R-12", "二", lambda: before("sign_for", OBJECT), "decide_objection", "JJ.liaison", {**ACCEPT, "to_unit": "CG"}, "不属于邵拟行"),
    ("R-12", "二", lambda: before("sign_for"), "decide_objection", CLERK, ACCEPT, "没有待裁定的异议"),
    ("R-12", "二", lambda: before("sign_for", OBJECT), "decide_objection", CLERK, ACCEPT, "明确改由哪个单位主办"),
    ("R-06", "二", lambda: before("sign_for", OBJECT), "decide_objection", CLERK, {**ACCEPT, "to_unit": "JJ"}, "已是本件的承办单位"),
    ("R-07", "二", lambda: before("sign_for"), "change_lead", CLERK, {"to_unit": "PCS", "reason": "改。"}, "花名册里没有单位“PCS”"),
    ("R-06", "二", lambda: before("sign_for"), "change_lead", CLERK, {"to_unit": "JJ", "reason": "改。"}, "已是本件的承办单位"),
    ("R-05", "二", lambda: before("sign_for"), "change_assisting", CLERK, {"reason": "改。"}, "没有写明撤出或增加"),
    ("R-05", "二", lambda: before("sign_for"), "change_assisting", CLERK, {"from_unit": "XJ", "reason": "改。"}, "不是本件的协办"),
    ("R-06", "二", lambda: before("sign_for"), "change_assisting", CLERK, {"to_unit": "JJ", "reason": "改。"}, "已是本件的承办单位"),
    ("R-34", "二", lambda: before("sign_for"), "change_assisting", "JJ.liaison", {"from_unit": "CG", "reason": "改。"}, "应由市局办公室"),
    # More time
    ("R-13", "三（二）", lambda: before("draft_report", now="2026-09-08T09:00"), *EXTEND, "2026-09-07 已过，不能再申请延期"),
    ("R-13", "三（二）", lambda: before("draft_report", EXTEND), *EXTEND, "已有一份延期请示"),
    ("R-13", "三（二）", lambda: before("draft_report"), *EXTEND[:2], {**EXTEND[2], "until": "2026-09-07"}, "不晚于现在的时限"),
    ("R-13", "二", lambda: before("draft_report"), *EXTEND[:2], {**EXTEND[2], "until": "2026-09-26"}, "是中秋节，不是工作日"),
    ("R-13", "三（二）", lambda: before("draft_report"), "request_extension", "JJ.liaison", EXTEND[2], "应由交通警察支队主要领导"),
    ("R-13", "三（二）", lambda: before("draft_report"), *EXTENDED, "没有待审批的延期请示"),
    ("R-13", "三（二）", lambda: before("draft_report", EXTEND), "decide_extension", "L03", EXTENDED[2], "首次延期由主管主任（田拟霖）"),
    ("R-13", "三（二）", lambda: before("draft_report", EXTEND, EXTENDED, AGAIN), *EXTENDED, "再次延期须由主管副局长（顾拟宁）审批"),
    # Feedback and reports
    ("R-14", "二", lambda: before("draft_report"), "report_progress", CLERK, WORDS, "请联络员（邵拟行、汤拟泉）反馈"),
    ("R-14", "二", lambda: before("draft_report"), "report_no_change", "CG.liaison", {}, "不属于"),
    ("R-11", "二", lambda: before("sign_for"), "give_opinion", "CG.liaison", WORDS, "城关分局尚未签收。请先签收"),
    ("R-29", "三（二）", lambda: before("draft_report"), *SHELVED, "本件不涉密"),
    ("", "三（二）", lambda: Matter().until("read_in_unit", SHELL_STORY), *SHELVED, "尚未送部门主管领导"),
    ("", "三（二）", lambda: before("review_report"), "draft_report", "JJ.liaison", DRAFT, "文本没有改动"),
    ("", "三（二）", lambda: Matter().until("review_report", SHELL_STORY), *SHELVED, "文本没有改动"),
    ("R-17", "二", lambda: before("review_report"), "review_report", "JJ.reviewing_head", {"verdict": "pass", **OTHER}, "已被改动"),
    ("R-17", "三（二）", lambda: before("director_sign"), "director_sign", DIRECTOR, OTHER, "已被改动"),
    ("R-17", "三（四）", lambda: before("bureau_sign"), "bureau_sign", "L01", OTHER, "看过现在的文本再签"),
    ("R-14", "三（二）", lambda: before("submit"), "submit", "JJ.reviewing_head", {}, "应由交通警察支队联络员（邵拟行、汤拟泉）"),
    ("R-34", "二", lambda: before("consent"), "consent", "JJ.supervising_leader", {"decision": "agree"}, "应由交通警察支队主要领导"),
    ("R-19", "三（二）", lambda: before("receive_paper"), *RETURN, "齐收以后方可审核、退回"),
    ("R-20", "三（二）", dissatisfied, *RETURN[:2], {**RETURN[2], "redo_due": "2026-10-09"}, "应在一个月内（最迟 2026-09-30）"),
    # Urging
    ("R-31", "三（三）", lambda: before("office_review"), *URGE, "报告已收齐、中止或办结的事项不再催办"),
    ("R-31", "三（三）", lambda: before("archive"), *URGE, "报告已收齐、中止或办结的事项不再催办"),
    ("R-31", "三（三）", lambda: before("draft_report", SUSPEND), *URGE, "现在是“已中止”"),
    ("R-31", "三（三）", without_clock, *URGE, "不需催办"),
    ("R-31", "三（三）", without_clock, "remind", "SYSTEM", URGE[2], "不需催办"),
    ("R-31", "三（三）", lambda: before("draft_report", URGE), *URGE, "2026-08-31 已催过一次，2026-09-02 以前不再发出同级催办"),
    ("R-31", "三（三）", lambda: before("draft_report", URGE), "remind", "SYSTEM", URGE[2], "2026-09-02 以前"),
    ("R-31", "三（三）", lambda: before("draft_report"), *URGE[:2], {**URGE[2], "level": "red_card"}, "红牌须由主管主任（田拟霖）发出"),
    ("", "三（三）", lambda: before("draft_report"), "remind", CLERK, URGE[2], "不属于孔拟恒"),
    ("", "三（三）", lambda: before("draft_report"), "reply_urge", "JJ.liaison", WORDS, "没有待答复的催办"),
    # Blame
    ("2-8", "二", lambda: before("draft_report"), *BLAME, "没有逾期、催办、退回等"),
    ("2-8", "二", lambda: overdue(BLAME), *BLAME, "已经提请责任追究"),
    ("2-8", "二", overdue, *BLAMED, "没有提请责任追究"),
    ("2-8", "二", lambda: overdue(BLAME, BLAMED), *BLAMED, "已经批准移送"),
    ("2-8", "二", lambda: overdue(BLAME), "record_outcome", "L09", WORDS, "尚未批准移送"),
    ("", "二", lambda: overdue(BLAME, BLAMED), "record_outcome", CLERK, WORDS, "应由督察、纪检（蔡拟湖）"),
    # Up and out
    ("R-26", "三（四）", our_own, "reserve_number", "BGS.registry", {}, "不需行文上报，不编号"),
    ("R-26", "三（四）", lambda: before("reserve_number", WAIVE), "reserve_number", "BGS.registry", {}, "已免予行文，不编号"),
    ("R-04", "三（二）", lambda: before("reserve_number"), "show_leader", "L01", WORDS, "不以呈阅代替"),
    ("R-04", "三（二）", our_own, "show_leader", CLERK, WORDS, "应由局领导"),
    ("R-30", "三（四）", lambda: before("reserve_number"), "waive_up_report", "L01", WORDS, "须由主管局领导（郑拟义）决定"),
    ("R-30", "三（四）", our_own, "conclude", CLERK, {}, "尚未呈批示的局领导阅。请先呈阅"),
    ("R-30", "三（四）", lambda: then(dissatisfied(), WAIVE), "conclude", CLERK, {}, "提出人不满意"),
    ("", "一", lambda: before("conclude"), *asked("fairly"), "征询提出人意见"),
    ("R-34", "三（四）", lambda: before("archive"), "archive", CLERK, {}, "应由档案员（易拟明）"),
    # The end without a result, and the way back
    ("R-02", "一", lambda: before("draft_report"), *MERGE[:2], {**MERGE[2], "merged_into": "DB-2026-0118"}, "不是另一件在办"),
    ("R-02", "一", lambda: before("draft_report"), *MERGE, "DB-2026-0100 不是另一件在办"),
    ("R-09", "二", lambda: before("archive"), *REOPEN[:2], {**REOPEN[2], "due": "2026-09-12"}, "重新办理时限 2026-09-12 是周六"),
]


@pytest.mark.parametrize(("rule", "clause", "stands", "act", "by", "inputs", "words"), REFUSALS)
def test_what_the_regulation_forbids_off_the_straight_way_is_refused_too(
    rule: str, clause: str, stands: Callable[[], Matter], act: str, by: str, inputs: Inputs, words: str
) -> None:
    refusal = stands().refused(act, by, **inputs)
    assert words in str(refusal)
    assert (refusal.rule, refusal.clause) == (rule, clause)


def test_an_accepted_objection_moves_the_lead_and_not_the_clock() -> None:
    matter = before("sign_for", OBJECT)
    old = ends(matter)
    assert old.state == "objection_pending"
    matter.now = at("2026-09-01T10:00")
    item = matter.do("decide_objection", CLERK, decision="accepted", to_unit="XJ", text="改由刑警办理。")
    assert (item.lead, item.state, item.portfolio_leader) == ("XJ", "dispatched", "L04")
    assert (item.due, item.original_due, item.dispatched) == (old.due, old.original_due, old.dispatched)
    (moved,) = item.transfers
    assert (moved.role, moved.from_unit, moved.to_unit, moved.by, moved.reason) == ("lead", "JJ", "XJ", CLERK, "改由刑警办理。")
    assert item.objections[0].decided is not None
    assert matter.refused("sign_for", "JJ.liaison").rule == "R-11"
    # The new lead's own window begins with the hand-over.
    matter.now = at("2026-09-03T10:00")
    then(matter, ("object", "XJ.liaison", OBJECT[2]))


def test_a_rejected_objection_brings_the_item_back_to_where_it_stood() -> None:
    for act, state in (("sign_for", "dispatched"), ("read_in_unit", "signed_for"), ("draft_report", "in_progress")):
        item = before(act, OBJECT).do("decide_objection", CLERK, decision="rejected", text="照原分工办理。")
        assert (item.state, item.lead, item.transfers) == (state, "JJ", ())


def test_an_assisting_objection_holds_nothing_up_and_may_end_the_part() -> None:
    matter = before("read_in_unit", ASSISTING_OBJECTS)
    assert ends(matter).state == "signed_for"
    item = matter.do("decide_objection", CLERK, decision="accepted", text="不再协办。")
    assert (item.state, item.assisting, item.transfers[0].from_unit, item.transfers[0].to_unit) == ("signed_for", (), "CG", None)
    assert item.points[1].unit is None  # the lead answers for it now


def test_an_assisting_unit_that_takes_the_lead_assists_no_more_and_its_objection_still_waits() -> None:
    matter = before("read_in_unit", ASSISTING_OBJECTS)
    item = matter.do("change_lead", CLERK, to_unit="CG", reason="现场在城关。")
    assert [(part.unit, part.role) for part in item.units] == [("CG", "lead")]
    assert item.state == "objection_pending"
    assert matter.do("decide_objection", CLERK, decision="rejected", text="由城关主办。").state == "dispatched"


def test_assisting_units_come_and_go_with_their_points() -> None:
    matter = before("draft_report")
    item = matter.do("change_assisting", CLERK, from_unit="CG", to_unit="XJ", reason="辖区划错。")
    assert ([part.unit for part in item.assisting], item.points[1].unit, item.state) == (["XJ"], "XJ", "in_progress")
    item = matter.do("change_assisting", CLERK, to_unit="ZA", reason="补充。")
    item = matter.do("change_assisting", CLERK, from_unit="XJ", reason="不需。")
    assert ([part.unit for part in item.assisting], len(item.transfers)) == (["ZA"], 3)


def test_an_extension_takes_a_number_moves_the_deadline_and_keeps_the_first_one() -> None:
    matter = before("draft_report", EXTEND)
    item = ends(matter)
    assert (item.extensions[0].number, item.due) == ("兰公交请〔2026〕1号", "2026-09-07")
    item = ends(matter, EXTENDED)
    assert (item.due, item.original_due) == ("2026-09-10", "2026-09-07")
    item = ends(matter, AGAIN, ("decide_extension", "L03", {"decision": "rejected", "text": "抓紧办理。"}))
    assert (item.due, item.original_due, item.extensions[1].number) == ("2026-09-10", "2026-09-07", "兰公交请〔2026〕2号")


def test_a_pause_stops_the_light_and_its_end_brings_the_state_back() -> None:
    matter = before("review_report", SUSPEND)
    assert light(ends(matter), POLICY, CALENDAR, date(2026, 9, 30)).colour == "none"
    item = matter.do("resume", CLERK, text="鉴定已出。")
    assert (item.state, item.due) == ("draft", "2026-09-07")
    assert light(item, POLICY, CALENDAR, date(2026, 9, 30)).colour == "red"
    then(matter, SUSPEND)
    matter.now = at("2026-09-14T09:00")
    item = matter.do("resume", CLERK, text="鉴定已出。")
    assert (item.due, item.original_due, len(item.suspensions)) == ("2026-09-20", "2026-09-07", 2)  # a Sunday that is worked


def test_a_matter_ends_without_a_result_only_by_the_deputy_director() -> None:
    matter = before("draft_report")
    matter.others = ("DB-2026-0100",)
    matter.refused("cancel", CLERK, reason="不需。")
    item = ends(replace(matter), MERGE)
    assert item.closed is not None
    assert (item.state, item.closed.merged_into, item.progress != ()) == ("merged", "DB-2026-0100", True)
    item = matter.do("cancel", "L03", reason="来文单位撤回。")
    assert (item.state, clock_due(item)) == ("cancelled", None)
    assert matter.refused("reopen", "L03", **REOPEN[2]).clause == "三（二）"


def test_a_matter_taken_up_again_has_a_round_and_a_clock_of_its_own() -> None:
    matter = before("archive", ("archive", "BGS.archivist", {}), REOPEN, propose={"feedback_cycle": "none"})
    item = ends(matter)
    assert (item.state, item.due, item.original_due, clock_due(item)) == ("in_progress", "2026-09-11", "2026-09-07", "2026-09-11")
    assert (item.director_signature, item.outgoing, item.concluded, item.archived) == (None, None, None, None)
    assert light(item, POLICY, CALENDAR, date(2026, 9, 12)).words == "已过期"
    assert light(item, POLICY, CALENDAR, date(2026, 9, 14)).words == "逾期1个工作日"
    matter.refused("conclude", CLERK)
    item = ends(onward(matter, "draft_report", "archive", draft_report={"body": "再次核查，查处货车41起。"}))
    assert item.report is not None
    assert [(each.round, each.returned) for each in item.report.rounds] == [(1, None), (2, None)]
    assert item.outgoing is not None
    assert (item.report.number, item.outgoing.number) == ("兰公交报〔2026〕1号", "兰公办〔2026〕2号")


def test_a_report_returned_in_time_is_due_on_the_day_that_was_set() -> None:
    item = ends(before("office_review", RETURN))
    assert light(item, POLICY, CALENDAR, date(2026, 9, 7)).due == "2026-09-04"
    late = onward(before("submit", now="2026-09-08T09:00"), "submit", "office_review")
    assert clock_due(ends(late, (*RETURN[:2], {**RETURN[2], "redo_due": "2026-09-11"}))) == "2026-09-07"


def test_the_office_handles_a_matter_itself_under_the_deputy_directors_signature() -> None:
    matter = then(
        to_the_office("director_sign"), ("director_sign", "L03", {}), ("reserve_number", "BGS.registry", {}), ("bureau_sign", "L06", {})
    )
    item = ends(matter, ("report_up", CLERK, WORDS), ("conclude", CLERK, {}))
    assert (item.handling, item.lead, item.state) == ("direct", "BGS", "concluded")
    assert (item.task_team, item.original_due) == (("BGS.clerk2", "JJ.liaison"), "2026-09-07")
    assert item.outgoing is not None
    assert item.outgoing.number == "兰公督字〔2026〕1号"


def handled_directly() -> Matter:
    """A matter that the office handles itself, two requirements of which the proposal had given to units."""
    points = [{"text": "查实", "unit": "JJ", "due": "2026-09-04"}, {"text": "整改", "unit": "CG"}]
    matter = Matter()
    matter.do("register", CLERK, **{**REGISTER, "importance": "especially_important"})
    matter.do("propose", CLERK, **{**PROPOSE, "points": points, "feedback_cycle": "none"})
    matter.do("read", "L03", decision="direct", text="由办公室直接办理。")
    matter.do("handle_directly", CLERK, task_team=["BGS.clerk2", "JJ.liaison"])
    return matter


def test_what_the_office_handles_itself_is_asked_of_no_unit_and_has_its_days() -> None:
    item = handled_directly().item
    assert item is not None
    assert [(point.unit, point.due) for point in item.points] == [(None, "2026-09-04"), (None, None)]
    assert {(each.kind, each.unit, each.due) for each in clocks(item, POLICY, CALENDAR)} == {
        ("completion", "BGS", "2026-09-07"),
        ("point", "BGS", "2026-09-04"),
    }


def test_more_time_for_the_office_itself_is_the_deputy_directors_to_grant() -> None:
    """The head of the office may be its director in charge too, and would grant what he asked for."""
    matter = handled_directly()
    matter.do("request_extension", "BGS.director", reason="等候鉴定。", until="2026-09-14")
    assert [duty.people for duty in matter.owed if duty.act == "decide_extension"] == [("L03",)]
    refusal = matter.refused("decide_extension", "BGS.director_in_charge", decision="approved", text="同意。")
    assert (refusal.rule, "办公室自己承办" in refusal.reason) == ("R-13", True)
    assert matter.do("decide_extension", "L03", decision="approved", text="同意。").due == "2026-09-14"


def test_a_classified_matter_goes_its_way_on_paper() -> None:
    matter = Matter().until("office_review", SHELL_STORY)
    assert matter.refused("office_review", CLERK, **OUTGOING).rule == "R-29"
    then(matter, (*RETURN[:2], {"reasons": ["R1"], "redo_due": "2026-09-04"}))
    name, by, inputs = SHELVED
    again = matter.refused(name, by, **inputs)
    assert (again.rule, "与退回的第1轮完全相同" in again.reason) == ("R-21", True)
    then(matter, (name, by, {**inputs, "digest": "登记摘要2"}))
    names = [name for name, _, _ in SHELL_STORY]
    item = ends(matter, *SHELL_STORY[names.index("review_report") : names.index("archive")])
    assert item.report is not None
    assert item.outgoing is not None
    assert (item.state, item.report.body, item.outgoing.number) == ("concluded", "", "兰公办〔2026〕1号")


@pytest.mark.parametrize(
    ("kind", "series"),
    [
        ("leader_instruction", "special"),
        ("organ_assignment", "letter"),
        ("indicator", "letter"),
        ("npc_motion", "letter"),
        ("npc_suggestion", "letter"),
        ("cppcc_proposal", "letter"),
        ("party_delegate_proposal", "letter"),
        ("peer_request", "letter"),
        ("bureau_deployment", None),
        ("director_meeting", None),
        ("bureau_leader_instruction", None),
        ("other", None),
    ],
)
def test_each_source_has_its_series(kind: str, series: str | None) -> None:
    matter = before("office_review", register=source_of(kind))
    assert route(ends(matter), matter.roster.series) == series
    other = {**OUTGOING, "series": "letter" if series == "special" else "special"}
    assert matter.refused("office_review", CLERK, **other).rule == "R-24"
    item = ends(matter, ("office_review", CLERK, {**other, "override_reason": "来文单位要求。"}))
    assert item.outgoing is not None
    assert item.outgoing.override_waits


@pytest.mark.parametrize("category", [3, 6])
def test_a_deployment_and_an_indicator_are_reported_up_only_if_a_report_is_asked_for(category: int) -> None:
    asked_for = {**ORGAN, **source_of("indicator" if category == 6 else "organ_assignment", category)}
    assert before("office_review", register=ORGAN).refused("office_review", CLERK, answered=[1, 2]).rule == "R-24"
    quiet = before("reserve_number", ("conclude", CLERK, {}), register=asked_for, office_review=NOTHING_GOES_UP)
    assert ends(quiet).state == "concluded"
    letter = {"series": "letter", "to": ORGAN["source_organ"]}
    assert ends(before("reserve_number", ("reserve_number", "BGS.registry", {}), register=asked_for, office_review=letter)).outgoing


def test_what_a_bureau_leader_asked_for_is_shown_to_the_leader_before_it_is_closed() -> None:
    item = ends(our_own(), ("show_leader", "L01", {"text": "已阅。"}), ("conclude", CLERK, {}))
    assert item.leader_shown is not None
    assert (item.state, item.leader_shown.by, item.leader_shown.text) == ("concluded", "L01", "已阅。")


def test_a_dissatisfied_proposer_is_answered_again() -> None:
    item = ends(dissatisfied(), (*RETURN[:2], {**RETURN[2], "redo_due": "2026-09-30"}))
    assert item.suggestion is not None
    assert (item.state, item.suggestion.result_class, item.suggestion.proposer) == ("returned", "B", "代表")
    sent = then(dissatisfied(), ("reserve_number", "BGS.registry", {}), ("bureau_sign", "L06", {}), ("report_up", CLERK, WORDS))
    assert sent.refused("conclude", CLERK).rule == "R-30"
    assert ends(sent, REOPEN).state == "in_progress"
    assert ends(dissatisfied(), WAIVE, asked("satisfied"), ("conclude", CLERK, {})).state == "concluded"


def test_an_urge_is_answered_once_and_the_telephone_knows_no_quiet_period() -> None:
    matter = before("draft_report", URGE, (*URGE[:2], {**URGE[2], "means": "phone"}))
    then(matter, ("urge", DIRECTOR, {**URGE[2], "level": "red_card"}))
    then(matter, ("reply_urge", "JJ.liaison", {"text": "周五报送。"}), now="2026-09-02T09:00")
    item = ends(matter, URGE)
    assert [bool(each.reply) for each in item.urges] == [True, True, True, False]


def test_small_steps_are_put_on_record_and_move_nothing() -> None:
    matter = before("draft_report")
    found = {"means": "on_site", "finding": "refuted", "text": "货车仍在通行。"}
    targets = [{"name": "货车查处", "target": "100起", "actual": "41起"}]
    steps: tuple[Step, ...] = (
        ("report_no_change", "JJ.liaison_b", {}),
        ("verify", CLERK, found),
        ("record_indicators", "JJ.liaison", {"indicators": targets}),
        ("add_instruction", CLERK, {"instruction_by": "省领导", "instruction_at": "2026-08-31", "instruction": "再查。"}),
    )
    item = ends(matter, *steps)
    assert (item.state, item.progress[-1].text, item.progress[-1].by) == ("in_progress", "自上次反馈以来无新进展。", "JJ.liaison_b")
    assert (item.verifications[0].finding, item.indicators[0].actual, len(item.instructions)) == ("refuted", "41起", 2)


def test_blame_names_people_and_evidence_and_is_decided_by_others() -> None:
    item = ends(overdue(URGE, BLAME, BLAMED, ("record_outcome", "L09", {"text": "诫勉谈话。"})))
    assert item.accountability is not None
    assert item.accountability.persons == ("JJ.reviewing_head", "JJ.supervising_leader", "JJ.main_leader")
    assert item.accountability.evidence == (
        "2026-09-10 催办：请报送结果。",
        "2026-09-10 交通警察支队办结已过时限 2026-09-07，逾3个工作日",
        "2026-09-10 交通警察支队反馈已过时限 2026-09-01，逾7个工作日",
    )
    assert item.accountability.outcome is not None
    returned = ends(before("office_review"), RETURN, BLAME)
    assert returned.accountability is not None
    assert returned.accountability.evidence == ("2026-08-31 第1轮报告责成重新上报：R1",)


def test_a_number_is_taken_once_and_runs_on_from_what_was_used_elsewhere() -> None:
    matter = before("bureau_sign")
    assert "不能再“编发文字号”" in str(matter.refused("reserve_number", "BGS.registry"))

    def numbers(act: str, **inputs: object) -> Outcome | Refusal:
        found = perform(matter.world, act, None, "BGS.registry", inputs, matter.now, target="special")
        matter.series |= {each.series: each for each in found.numbers} if isinstance(found, Outcome) else {}
        return found

    assert isinstance(numbers("record_outside_numbers", through=13, reason="启用时结转。"), Outcome)
    assert isinstance(numbers("record_void_number", reason="系统外编号后作废。"), Outcome)
    refusal = numbers("record_outside_numbers", through=14, reason="重复。")
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, "已用到第14号" in str(refusal)) == ("R-26", True)
    matter.do("void_number", "BGS.registry", reason="改题。")
    item = matter.do("reserve_number", "BGS.registry")
    assert item.outgoing is not None
    assert item.outgoing.number == "兰公办〔2026〕15号"
    entries = [(each.number, each.through, each.status) for each in matter.series["special"].entries]
    assert entries == [(1, None, "void"), (2, 13, "outside"), (14, None, "void"), (15, None, "reserved")]


ITEM = "DB-2026-0001"
SCAN = PaperEntry("BGS.registry", "sha256:" + "a" * 64)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Return a register with one matter in hand, whose reading was given on paper."""
    known = roster()
    made = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)
    for name, by, told in STORY[:7]:
        inputs = {**told, "feedback_cycle": "none"} if name == "propose" else told
        done = made.act(name, NEW if name == "register" else ITEM, by, inputs, NOW, paper=SCAN if name == "read" else None)
        assert isinstance(done, Receipt), str(done)
    return made


def test_a_paper_signature_shows_who_signed_and_who_entered_it(register: Register) -> None:
    item = register.view().item(ITEM)
    assert item is not None
    assert item.reading is not None
    assert (item.reading.by, item.reading.entered_by, item.reading.scan) == ("L03", SCAN.entered_by, SCAN.scan)
    assert item.proposal is not None
    assert item.proposal.entered_by is None
    assert not [str(problem) for _, problem in register.replay().problems() if problem]


@pytest.mark.parametrize(
    ("step", "act", "by", "paper", "words"),
    [
        ("read", "read", "L03", PaperEntry("JJ.liaison", SCAN.scan), "只能由市局办公室录入"),
        ("read", "read", "L03", PaperEntry("L03", SCAN.scan), "只能由市局办公室录入"),
        ("read", "read", "L03", PaperEntry(CLERK, ""), "没有附扫描件"),
        ("read", "read", "L02", SCAN, "应由主管副局长"),
        ("submit", "submit", "JJ.liaison", SCAN, "不能以纸质签字代替"),
        ("review_report", "review_report", "JJ.reviewing_head", SCAN, "不能以纸质签字代替"),
    ],
)
def test_paper_is_entered_by_the_offices_clerks_with_its_scan_and_only_where_it_may_be(
    step: str, act: str, by: str, paper: PaperEntry, words: str
) -> None:
    matter = before(step)
    found = perform(matter.world, act, matter.item, by, {"decision": "agree", "text": "同意。"}, NOW, paper=paper)
    assert isinstance(found, Refusal)
    assert words in str(found)
    assert found.rule in ("R-34", "R-04")


def test_an_administrator_may_do_nothing_and_sees_nothing() -> None:
    matter = Matter()
    office = matter.roster.units["BGS"]
    person = Person("BGS.admin", "卞拟管", "系统管理员")
    known = replace(office, people=(*office.people, person))
    matter.roster = replace(matter.roster, units={**matter.roster.units, "BGS": known})
    appointed(matter, "BGS", "admin", person.id)
    for name, by, inputs in STORY:
        assert "不属于卞拟管" in str(matter.refused(name, person.id, **inputs))
        if matter.item is not None:
            assert not [each for each in prospects(matter.world, matter.item, person.id, NOW) if each.refusal is None]
        found = perform(matter.world, name, matter.item, by, inputs, NOW, target="DB-2026-0118", paper=PaperEntry(person.id, SCAN.scan))
        assert isinstance(found, Refusal)
        matter.do(name, by, **inputs)
    for name, spec in acts().items():
        if spec.target != "item" and not spec.from_states:
            found = perform(matter.world, name, None, person.id, {"through": 9, "reason": "试。"}, NOW, target="2026-07")
            assert isinstance(found, Refusal)
            assert "不属于卞拟管" in str(found)
    roles = tuple(matter.roster.roles(person.id, NOW.date()))
    assert roles == (("admin", "BGS"),)
    assert not visible(person.id, roles, ("BGS", "JJ"), "BGS")


def test_a_unit_may_not_be_called_by_the_characters_of_the_bureaus_own_series() -> None:
    unit = roster().units["JJ"]
    assert check(emit(unit), "units/JJ.yaml") == ()
    for char in "办督":
        (problem,) = check(emit(replace(unit, char=char)), "units/JJ.yaml")
        assert "不能用“办”“督”" in str(problem)


def rounded(act: str, by: str, inputs: Inputs, on: Roundup | None = None, month: str = "2026-09") -> Roundup | Refusal:
    """Try an act on the roundup of a month."""
    deployment = {"category": 1, "source_level": "bureau", "source_kind": "bureau_deployment"}
    ahead = {"due": "2026-10-30"}
    matters = (
        onward(Matter(now=at("2026-09-01T09:00")), "register", "archive"),
        onward(before("submit", now="2026-09-08T09:00"), "submit", "archive"),
        then(before("office_review", now="2026-09-01T09:00"), RETURN),
        before("draft_report", propose=ahead),
        before("draft_report", register=deployment),
        before("draft_report", register=deployment, propose=ahead),
    )
    items = tuple(replace(each.item, id=f"DB-2026-000{n}") for n, each in enumerate(matters, 1) if each.item)
    world = replace(Matter().world, items=lambda since: items)
    found = perform(world, act, None, by, inputs, at("2026-10-08T09:00"), target=month, roundup=on)
    if isinstance(found, Refusal):
        return found
    assert found.roundup is not None
    return found.roundup


def drafted() -> Roundup:
    found = rounded("draft_roundup", CLERK, {})
    assert isinstance(found, Roundup)
    return found


def test_a_roundup_counts_what_the_records_say() -> None:
    roundup = drafted()
    assert (roundup.since, roundup.until, roundup.state) == ("2026-09-01", "2026-09-30", "drafted")
    counted = {name: count for name, count in vars(roundup.figures).items() if count}
    assert counted == {
        "carried_over": 5, "opened": 1, "closed_on_time": 1, "closed_late": 1, "open_in_time": 2, "overdue": 2, "returned_reports": 1,
    }  # fmt: skip
    came = roundup.figures.opened + (roundup.figures.carried_over or 0)
    assert came == sum(count for name, count in counted.items() if not name.startswith(("carried", "opened", "accepted", "returned")))
    found = [(row.item, row.due, row.days_late, row.feedback_late, row.came_late, row.returned) for row in roundup.rows]
    assert found == [
        ("DB-2026-0002", None, None, None, ("completion",), 0),
        ("DB-2026-0003", "2026-09-04", 19, None, (), 1),
        ("DB-2026-0004", "2026-10-30", None, 22, (), 0),
        ("DB-2026-0005", "2026-09-07", 18, 22, (), 0),
        ("DB-2026-0006", "2026-10-30", None, 22, (), 0),
    ]


def test_an_approval_is_for_the_words_that_were_shown() -> None:
    shown = rounded("write_roundup", CLERK, {"text": "逾期因人员调整，十月中旬前清零。"}, drafted())
    assert isinstance(shown, Roundup)
    now = rounded("write_roundup", CLERK, {"text": "均已办结，无须说明。"}, shown)
    assert isinstance(now, Roundup)
    refusal = rounded("approve_roundup", "L03", {"text": "同意。", "hash": shown.hash}, now)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, "之后已被改动" in refusal.reason) == ("R-17", True)
    approved = rounded("approve_roundup", "L03", {"text": "同意。", "hash": now.hash}, now)
    assert isinstance(approved, Roundup)
    assert approved.approved is not None
    assert approved.approved.hash == now.hash == approved.hash


def test_what_few_may_know_stands_in_a_roundup_by_its_number_alone() -> None:
    matter = before("draft_report", propose={"due": "2026-09-10"})
    assert matter.item is not None
    secret = replace(matter.item, need_to_know=("L01",))
    (row,) = rows([secret], "2026-09-01", "2026-09-30", at("2026-10-08T09:00").date(), CALENDAR, lambda _: POLICY, POLICY)
    assert (row.item, row.title) == (secret.id, "（限定知悉范围的事项）")
    assert row.days_late


@pytest.mark.parametrize(
    ("act", "by", "month", "inputs", "rule", "words"),
    [
        ("draft_roundup", CLERK, "2026-10", {}, "R-33", "尚未结束，不能汇总"),
        ("draft_roundup", CLERK, "十月", {}, "R-33", "“十月”不是期次"),
        ("draft_roundup", "JJ.liaison", "2026-09", {}, "R-34", "不属于邵拟行"),
        ("omit_row", CLERK, "2026-09", {"item": "DB-2026-0005"}, "R-33", "“理由”缺少这一项"),
        ("omit_row", CLERK, "2026-09", {"item": "DB-2026-0001", "reason": "未到期。"}, "R-33", "不在本期汇总中"),
        ("write_roundup", CLERK, "2026-09", {"text": "均已办结。", "figures": {"overdue": 0}}, "", "没有这样的项"),
        ("approve_roundup", "L03", "2026-09", {"text": "同意。"}, "R-33", "没有写综述"),
        ("approve_roundup", CLERK, "2026-09", {"text": "同意。"}, "R-34", "应由主管副局长（顾拟宁）"),
        ("issue_roundup", CLERK, "2026-09", {}, "", "现在是“待审批”"),
    ],
)
def test_a_roundup_hides_nothing_and_is_not_doctored(act: str, by: str, month: str, inputs: Inputs, rule: str, words: str) -> None:
    refusal = rounded(act, by, inputs, None if act == "draft_roundup" else drafted(), month)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.clause) == (rule, "三（三）")
    assert words in str(refusal)


def test_a_roundup_is_written_approved_and_issued_and_then_stands() -> None:
    first = roundup = drafted()
    assert "已经存在" in str(rounded("draft_roundup", "SYSTEM", {}, roundup))
    steps: tuple[Step, ...] = (
        ("omit_row", CLERK, {"item": "DB-2026-0005", "reason": "等待省厅检测。"}),
        ("write_roundup", CLERK, {"text": "逾期因人员调整，十月中旬前清零。"}),
        ("approve_roundup", "L03", {"text": "印发。"}),
        ("issue_roundup", CLERK, {}),
    )
    for name, by, inputs in steps:
        found = rounded(name, by, inputs, roundup)
        assert isinstance(found, Roundup), str(found)
        roundup = found
    assert roundup.state == "issued"
    assert roundup.figures == first.figures
    assert [row.omitted.reason if row.omitted else "" for row in roundup.rows] == ["", "", "", "等待省厅检测。", ""]
    for name, by, inputs in steps:
        assert isinstance(rounded(name, by, inputs, roundup), Refusal)


def ticked(register: Register, now: str) -> list[str]:
    """Let the clock do what it owes and tell what that was."""
    found = []
    for due, done in register.tick(at(now)):
        assert isinstance(done, Receipt), str(done)
        told = dict(due.inputs)
        found.append(" ".join(each for each in (told.get("level", due.target), told.get("unit")) if each))
    return found


def test_the_clock_urges_once_a_step_on_workdays_and_a_late_run_only_the_heaviest(register: Register) -> None:
    assert ticked(register, "2026-09-01T08:00") == ["2026-08"]
    assert ticked(register, "2026-09-02T08:00") == ["reminder"]
    assert ticked(register, "2026-09-02T09:00") == []
    assert ticked(register, "2026-09-12T08:00") == []  # a Saturday, and the day for a card is past
    assert ticked(register, "2026-09-14T08:00") == ["yellow_card", "yellow_card CG"]
    assert ticked(register, "2026-09-14T08:00") == []
    assert ticked(register, "2026-09-21T08:00") == []
    item, roundup = register.view().item(ITEM), register.view().roundup("2026-08")
    assert item is not None
    assert roundup is not None
    assert [(each.level, each.unit, each.clock) for each in item.urges] == [
        ("reminder", None, "completion"),
        ("yellow_card", None, "completion"),
        ("yellow_card", "CG", "opinion"),
    ]
    assert (roundup.drafted.by, roundup.figures.opened) == ("SYSTEM", 1)
    assert not [str(problem) for _, problem in register.replay().problems() if problem]


def test_the_clock_leaves_alone_what_somebody_urged_and_what_is_in() -> None:
    late, carded = overdue(URGE).item, overdue((*URGE[:2], {**URGE[2], "level": "yellow_card"})).item
    assert late is not None
    assert carded is not None
    (step,) = due_reminders(late, POLICY, CALENDAR, date(2026, 9, 10), "BGS")
    assert dict(step.inputs)["level"] == "yellow_card"
    assert not list(due_reminders(carded, POLICY, CALENDAR, date(2026, 9, 10), "BGS"))
    handed_in = ends(before("office_review"))
    assert not list(due_reminders(handed_in, POLICY, CALENDAR, date(2026, 9, 10), "BGS"))
