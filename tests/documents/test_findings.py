"""The 督办报告 for the director and the evidence list: what the record says, with its times, and nobody's guilt."""

import io
from dataclasses import replace

import docx
import pytest

from documents.forms.supervision_report import evidence, supervision_report
from documents.layout.official_document import DocumentError
from documents.layout.profile import standard
from records.matter.changes import Reopening
from records.matter.item import Accountability, Item
from records.matter.report import Shell
from records.matter.roundup import RoundupRow
from records.matter.stamps import Remark, Stamp
from tests.bureau import CALENDAR, STORY, Matter, roster
from tests.documents.papers import ISSUED, ROUNDUP, Shown, before, shown

PEOPLE = roster()
RECORD = Accountability(
    by="BGS.clerk1",
    at="2026-09-20T09:00:00+08:00",
    consequence="群众再次来信。",
    persons=("JJ.reviewing_head", "JJ.supervising_leader", "JJ.main_leader"),
    evidence=(
        "2026-09-08 催办：R1、R2路口请说明。",
        "2026-09-10 第1轮报告责成重新上报：R1、R10",
        "2026-09-18 已逾期9个工作日，时限 2026-09-07",
    ),
)


def reported(item: Item, draft: str = "") -> Shown:
    return shown(supervision_report(item, CALENDAR, PEOPLE, standard(), draft))


def listed(record: Accountability, *, of: Item | None = None) -> Shown:
    circular = replace(
        ROUNDUP, issued=ISSUED, rows=(RoundupRow(item="DB-2026-0118", title="", lead="JJ", state="", days_late=2, urges=0, returned=0),)
    )
    item = replace(of or before("consent"), accountability=record)
    return shown(evidence(item, (ROUNDUP, circular), PEOPLE, standard()))


def returned_once() -> Item:
    matter = Matter().until("office_review")
    matter.do("return_report", "BGS.clerk1", reasons=["R1", "R10"], comment="请逐项作答。", redo_due="2026-09-02")
    matter.do("draft_report", "JJ.liaison", title="关于整改情况的报告", body="# 一、查实情况。\n第二轮正文。")
    story = [step for step in STORY if step[0] in ("review_report", "consent", "submit", "receive_paper", "office_review")]
    for name, by, inputs in story:
        matter.do(name, by, **inputs)
    assert matter.item
    return matter.item


def test_the_report_draws_together_what_the_director_decides_on() -> None:
    told = reported(before("director_sign"), "送审稿")
    assert told.over == "送审稿"
    assert told.paragraphs[:2] == ["督办报告", "主管主任："]
    assert told.said["主办单位"] == "兰州市公安局交通警察支队"
    points = told.tables[1]
    assert points[1:] == [["1", "三所学校逐一查实", "交通警察支队", "已答复"], ["2", "错峰放学", PEOPLE.unit_name("CG"), "已答复"]]
    assert told.said[PEOPLE.unit_name("CG")] == "已协调错峰15分钟。"
    assert "《关于整改情况的报告》（兰公交报〔2026〕1号）" in told.paragraphs
    assert "一、查实情况。三所学校均属实。" in told.paragraphs
    assert told.said["办公室审核"].endswith(f"{PEOPLE.name('BGS.clerk1')}　2026-08-31 09:00")
    assert not told.said["主管主任审签"].strip()


def test_what_is_asked_for_stands_before_the_signature_and_what_is_decided_under_it() -> None:
    told = reported(before("director_sign"))
    assert told.paragraphs[-4:] == ["以上办理情况，请审签。", "兰州市公安局办公室", "2026年8月31日", "审核和审签"]
    assert [row[0] for row in told.tables[-1]] == ["办公室审核", "主管主任审签"]
    assert listed(RECORD).paragraphs[-4:] == [
        "以上材料供有权处理的部门依规认定和处理。", "兰州市公安局办公室", "2026年9月20日", "移送和处理",
    ]  # fmt: skip


def test_a_short_table_stays_on_one_side() -> None:
    made = docx.Document(io.BytesIO(supervision_report(before("director_sign"), CALENDAR, PEOPLE, standard())))
    *rows, last = made.tables[-1].rows
    assert len(rows) == 1
    assert all(paragraph.paragraph_format.keep_with_next for row in rows for cell in row.cells for paragraph in cell.paragraphs)
    assert not any(paragraph.paragraph_format.keep_with_next for cell in last.cells for paragraph in cell.paragraphs)


def test_a_point_that_was_not_answered_is_said_so() -> None:
    item = before("director_sign")
    assert item.report
    assert item.report.round.office_reviewed
    this = replace(item.report.round, office_reviewed=replace(item.report.round.office_reviewed, answered=(2,)))
    told = reported(replace(item, report=replace(item.report, rounds=(this,))))
    assert [row[-1] for row in told.tables[1][1:]] == ["未答复", "已答复"]


def test_the_signature_says_who_for_whom_and_whether_on_paper() -> None:
    item = before("reserve_number")
    assert item.director_signature
    assert reported(item).said["主管主任审签"] == f"请局领导审签。\n{PEOPLE.name('BGS.director_in_charge')}　2026-08-31 09:00"
    paper = replace(item.director_signature, on_behalf_of="L03", entered_by="BGS.clerk1")
    told = reported(replace(item, director_signature=paper)).said["主管主任审签"]
    assert f"（代{PEOPLE.name('L03')}）（纸质签字，{PEOPLE.name('BGS.clerk1')}录入）" in told


def test_each_round_says_when_it_was_due_how_late_it_came_and_why_it_went_back() -> None:
    item = returned_once()
    assert item.report
    first, second = item.report.rounds
    late = replace(second, submitted=Stamp("JJ.liaison", "2026-09-04T09:00:00+08:00"))
    told = reported(replace(item, report=replace(item.report, rounds=(first, late))))
    rounds = next(table for table in told.tables if table[0][0] == "轮次")
    assert rounds[1] == ["1", "2026-09-07", "2026-08-31", "—", "2026-08-31 退回：未逐条回应批示要求；敏感信息未处理。\n请逐项作答。"]
    assert rounds[2] == ["2", "2026-09-02", "2026-09-04", "2", "—"]


def test_after_a_reopening_only_what_came_since_is_told() -> None:
    item = returned_once()
    assert item.report
    accepted = replace(item.report.rounds[1], round=1)
    again = replace(item, report=replace(item.report, rounds=(accepted, item.report.rounds[1])))
    again = replace(again, reopenings=(Reopening(by="L03", at="2026-09-20T09:00:00+08:00", reason="来信人不满意。", due="2026-09-30"),))
    told = reported(again)
    assert [row[0] for row in next(table for table in told.tables if table[0][0] == "轮次")] == ["轮次", "2"]
    assert told.said["重新办理"] == "2026年9月20日：来信人不满意。"


def test_the_text_of_a_classified_report_is_not_there() -> None:
    item = before("director_sign")
    assert item.report
    told = reported(replace(item, report=replace(item.report, body="", shell=Shell("光盘", 3, "0" * 64))))
    assert "正文为涉密件，不录入本系统。载体：光盘，共3页。" in told.paragraphs


def test_before_the_review_there_is_nothing_to_sign() -> None:
    with pytest.raises(DocumentError, match="尚未经办公室审核"):
        reported(before("office_review"))
    with pytest.raises(DocumentError, match="没有提请责任追究"):
        evidence(before("consent"), (), PEOPLE, standard())


def test_the_evidence_is_the_record_s_in_the_order_of_its_days() -> None:
    told = listed(RECORD)
    proof = next(table for table in told.tables if table[0][1] == "日期")
    assert proof[1:] == [
        ["1", "2026-09-08", "催办：R1、R2路口请说明。"],
        ["2", "2026-09-10", "第1轮报告责成重新上报：未逐条回应批示要求；敏感信息未处理"],
        ["3", "2026-09-18", "已逾期9个工作日，时限 2026-09-07"],
        ["4", "2026-11-09", f"列入《{ROUNDUP.title}》，逾期2个工作日"],
    ]


def test_persons_stand_with_their_part_by_the_regulation_and_nobody_is_judged() -> None:
    told = listed(RECORD)
    persons = next(table for table in told.tables if table[0][1] == "姓名")
    assert [row[1] for row in persons[1:]] == [PEOPLE.name(each) for each in RECORD.persons]
    assert [row[3] for row in persons[1:]] == ["负责人", "部门主管领导", "主要领导"]
    whole = "".join((*told.paragraphs, *(cell for table in told.tables for row in table for cell in row)))
    assert "不作责任认定" in whole
    assert not any(word in whole for word in ("过错", "失职", "渎职", "应负", "责任人"))


def test_the_referral_is_signed_and_the_outcome_is_left_to_who_decides() -> None:
    assert not listed(RECORD).said["批准移送"].strip()
    approved = replace(RECORD, approved=Remark("L03", "2026-09-21T09:00:00+08:00", text="同意移送督察支队。"))
    told = listed(replace(approved, outcome=Remark("L03", "2026-09-29T09:00:00+08:00", text="已处理。")))
    assert told.said["批准移送"] == f"同意移送督察支队。\n{PEOPLE.name('L03')}　2026-09-21 09:00"
    assert not told.said["处理结果"].strip()
    assert told.paragraphs[-2] == "2026年9月21日"
