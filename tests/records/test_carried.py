"""Matters carried in from the ledger that was kept before: in their state, with nobody's signature, and on their way from there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.desk import Desk
from desk.wording import facts
from records.acts import Refusal, prospects
from records.matter.item import signatures
from records.register.register import NEW, Receipt, Register
from records.rules.clocks import clocks, running
from records.rules.roundup_figures import concerns
from tests.bureau import CALENDAR, NOW, POLICY, POLICY_ID, REGISTER, STORY, Matter, at, roster

CARRIED: Mapping[str, object] = {
    **REGISTER,
    "ledger": "2026年督办台账",
    "number": "督办〔2026〕37号",
    "row": "台账.xlsx “2026年”第5行",
    "state": "in_progress",
    "lead": "JJ",
    "assisting": ["CG"],
    "points": [{"text": "三所学校逐一查实"}],
    "due": "2026-08-21",
    "answerable": "交警支队 张三",
    "dispatched": "2026-08-31",
    "progress": "已查实两所。",
}
CONCLUDED: Mapping[str, object] = {
    **CARRIED,
    "state": "concluded",
    "concluded": "2026-08-31",
    "reported": "2026年8月31日以兰公办〔2026〕9号专报报出",
}
REFUSALS = [
    ("R-02", {"ledger": None}, "“原台账”缺少这一项"),
    ("R-02", {"number": None}, "“原编号”缺少这一项"),
    ("R-01", {"source_kind": "organ_assignment", "category": 5}, "来源类型应为"),
    ("R-01", {"instruction": None}, "一并填写"),
    ("R-01", {"dispatched": "2026-09-01"}, "原交办日期 2026-09-01 晚于今天"),
    ("R-01", {"dispatched": "2026-08-30"}, "早于收到日期"),
    ("R-30", {"state": "concluded"}, "没有写原办结日期"),
    ("R-30", {"concluded": "2026-08-31"}, "状态却不是已办结"),
    ("R-05", {"lead": None}, "缺少这一项"),
    ("R-06", {"assisting": ["JJ"]}, "不能同时是协办单位"),
    ("R-08", {"lead": "PCS"}, "花名册里没有单位“PCS”。原单位已撤销、合并的"),
    ("R-08", {"assisting": ["PCS"]}, "花名册里没有单位“PCS”"),
    ("R-09", {"due": None}, "在办的事项没有写办结时限"),
    ("R-09", {"due": "2026-10-01"}, "请改为前一个工作日 2026-09-30"),
    ("R-10", {"points": None}, "“办理要求”缺少这一项"),
    ("R-10", {"points": [{"text": "一", "unit": "XJ"}]}, "不是主办或协办单位"),
    (
        "R-29",
        {"secrecy": "secret", "secrecy_years": 1, "copy_number": "000001", "title": "涉密事项（份号000001）"},
        "原负责人”在涉密事项中",
    ),
]


def carried(**changed: object) -> Matter:
    matter = Matter()
    matter.do("carry_in_item", "BGS.clerk1", **{**CARRIED, **changed})
    return matter


@pytest.mark.parametrize(("rule", "changed", "words"), REFUSALS, ids=[words for _, _, words in REFUSALS])
def test_what_is_carried_in_is_held_to_what_a_registration_is_held_to(rule: str, changed: Mapping[str, object], words: str) -> None:
    refusal = Matter().refused("carry_in_item", "BGS.clerk1", **{**CARRIED, **changed})
    assert (refusal.rule, words in str(refusal)) == (rule, True), str(refusal)


def test_each_refusal_of_a_unit_names_its_own_field() -> None:
    for changed in ({"lead": "PCS"}, {"assisting": ["CG", "PCS"]}):
        (problem,) = Matter().refused("carry_in_item", "BGS.clerk1", **{**CARRIED, **changed}).problems
        assert problem.field == (next(iter(changed)),)


def test_only_an_open_matter_needs_people_in_its_units() -> None:
    known = roster()
    without = replace(known.units["JJ"], appointments=())
    matter = Matter(roster=replace(known, units={**known.units, "JJ": without}))
    assert "没有现任" in matter.refused("carry_in_item", "BGS.clerk1", **CARRIED).reason
    matter.do("carry_in_item", "BGS.clerk1", **CONCLUDED)


def test_a_day_to_come_is_worked_and_one_that_has_passed_stays_the_day() -> None:
    saturday, sunday_before, due = at("2026-09-05T09:00"), "2026-08-30", "2026-09-07"
    for day in ("2026-09-05", sunday_before):
        for changed in ({"due": day}, {"due": due, "points": [{"text": "查实", "due": day}]}):
            matter, inputs = Matter(now=saturday), {**CARRIED, "dispatched": "2026-08-31", **changed}
            if day == sunday_before:
                matter.do("carry_in_item", "BGS.clerk1", **inputs)
            else:
                assert matter.refused("carry_in_item", "BGS.clerk1", **inputs).rule in ("R-09", "R-10")


def test_what_is_open_is_judged_by_the_policy_of_the_day_and_what_was_concluded_by_none() -> None:
    for inputs, policy in ((CARRIED, POLICY_ID), (CONCLUDED, None)):
        matter = Matter()
        assert matter.do("carry_in_item", "BGS.clerk1", **inputs).policy == policy


def test_only_the_supervising_office_carries_in() -> None:
    assert Matter().refused("carry_in_item", "JJ.liaison", **CARRIED).rule == "R-34"


def test_a_number_of_another_ledger_comes_in_once_and_its_paper_is_no_second_open_item() -> None:
    assert "DB-2026-0001" in Matter(carried="DB-2026-0001").refused("carry_in_item", "BGS.clerk1", **CARRIED).reason
    named = {**CARRIED, "source_ref": "兰政督〔2026〕9号"}
    assert Matter(same="DB-2026-0001").refused("carry_in_item", "BGS.clerk1", **named).rule == "R-02"
    # What the other ledger had closed is no open item, and papers without a number it told apart by its own.
    Matter(same="DB-2026-0001").do("carry_in_item", "BGS.clerk1", **{**CONCLUDED, "source_ref": "兰政督〔2026〕9号"})
    Matter(same="DB-2026-0001").do("carry_in_item", "BGS.clerk1", **{**CARRIED, "source_ref": ""})


def test_nothing_that_was_not_given_here_stands_as_a_signature() -> None:
    for matter in (carried(), carried(**CONCLUDED), carried(state="dispatched")):
        item = matter.item
        assert item is not None
        assert list(signatures(item)) == []
        assert (item.dispatched, item.reading, item.proposal, item.concluded, item.director_signature) == (None,) * 5
        assert [(part.signed_for, part.read, part.opinion) for part in item.units] == [(None, None, None)] * 2


def test_a_matter_in_hand_goes_on_to_the_archive_by_the_acts_of_every_other() -> None:
    matter = carried()
    assert matter.item is not None
    assert matter.item.state == "in_progress"
    assert {each.kind for each in running(matter.item)} == {"completion", "opinion"}  # nobody signs for what he had in hand
    assert "不再签收" in matter.refused("sign_for", "JJ.liaison").reason
    names = [name for name, _, _ in STORY]
    for name, by, inputs in STORY[names.index("report_progress") :]:
        assert matter.owed
        matter.do(name, by, **({**inputs, "answered": [1]} if name == "office_review" else inputs))
    assert matter.item.state == "archived"
    assert matter.item.carried_in is not None


def test_one_that_waits_for_its_receipt_is_signed_for_here() -> None:
    matter = carried(state="dispatched", due="2026-09-07")
    assert {(duty.act, duty.body) for duty in matter.owed} == {("sign_for", "JJ"), ("sign_for", "CG")}
    matter.do("sign_for", "JJ.liaison")
    item = matter.do("read_in_unit", "JJ.supervising_leader", text="请办。")
    assert item.state == "in_progress"


def test_a_new_lead_signs_for_what_another_had_in_hand() -> None:
    matter = carried()
    item = matter.do("change_lead", "BGS.clerk1", to_unit="XJ", reason="职责调整。")
    assert item.state == "dispatched"
    assert matter.do("sign_for", "XJ.liaison").state == "signed_for"


def test_a_concluded_one_counts_as_concluded_and_waits_for_the_archive_alone() -> None:
    matter = carried(**CONCLUDED)
    assert matter.item is not None
    assert (matter.item.state, running(matter.item), concerns(matter.item, "2026-08-01")) == ("concluded", (), False)
    assert [duty.act for duty in matter.owed] == ["archive"]
    for person in matter.roster.people:
        assert list(prospects(matter.world, matter.item, person, NOW))  # whoever looks is told what he may do
    matter.do("archive", "BGS.archivist")


def test_a_concluded_one_taken_up_again_is_in_its_units_hands() -> None:
    matter = carried(**CONCLUDED)
    item = matter.do("reopen", "L03", reason="反复。", due="2026-09-07")
    assert {each.kind for each in clocks(item, POLICY, CALENDAR)} == {"completion", "opinion"}
    assert item.begun == NOW.isoformat()
    assert concerns(item, "2026-08-01")


def test_a_record_says_for_ever_that_it_was_carried_in_and_what_history_holds_replays(tmp_path: Path) -> None:
    told = roster()
    register = Register.create(tmp_path / "register", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=1))
    for number, inputs in enumerate((CARRIED, CONCLUDED)):
        done = register.act("carry_in_item", NEW, "BGS.clerk1", {**inputs, "number": f"第{number}号"}, NOW)
        assert isinstance(done, Receipt), str(done)
    again = register.act("carry_in_item", NEW, "BGS.clerk1", {**CONCLUDED, "number": "第 １ 号"}, NOW)
    assert isinstance(again, Refusal)
    assert "DB-2026-0002" in again.reason
    undone = register.act("take_back", "DB-2026-0002", "BGS.clerk1", {"reason": "录错。"}, NOW)
    assert isinstance(undone, Receipt), str(undone)
    anew = register.act("carry_in_item", NEW, "BGS.clerk1", {**CONCLUDED, "number": "第1号"}, NOW)
    assert isinstance(anew, Receipt), str(anew)  # what was taken back comes in again
    assert [problem for _, problem in register.replay().problems() if problem] == []
    desk = Desk(register, register.view().roster.people["BGS.clerk1"], lambda: NOW)
    case = desk.open("DB-2026-0003")
    assert case is not None
    said = dict(facts(case, desk.view.roster, desk.view.calendar))
    assert said["状态"] == "已办结（结转登记）"
    assert said["结转登记"].startswith("2026年督办台账 第1号，结转时已办结\n原交办日期：2026-08-31\n")
    assert "不是在本系统办理、签字的" in said["结转登记"]


def test_rows_carried_in_together_stand_on_each_other_and_are_a_commit_each(tmp_path: Path) -> None:
    told = roster()
    register = Register.create(tmp_path / "register", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=1))
    paper = {**CARRIED, "source_ref": "兰政督〔2026〕9号"}
    rows = ({**paper, "number": "1"}, {**paper, "number": "2"}, {**CONCLUDED, "number": "1"}, {**CARRIED, "number": "3"}, {"number": "4"})
    found = register.act_each([("carry_in_item", NEW, row) for row in rows], "BGS.clerk1", NOW)
    assert [isinstance(each, Receipt) for each in found] == [True, False, False, True, False]
    assert [each.rule for each in found if isinstance(each, Refusal)][:2] == ["R-02", "R-02"]
    register.index.catch_up()
    assert sorted(each.id for each in register.index.items()) == ["DB-2026-0001", "DB-2026-0002"]
    assert len(list(register.commits())) == 3
    assert [problem for _, problem in register.replay().problems() if problem] == []
