"""What a leader of the bureau asked for is shown to him and to no other, whoever holds office by then (1-5; Q18; D-4)."""

from dataclasses import replace

import pytest

from desk.desk import Desk
from records.acts import Outcome, Refusal
from records.bureau.roster import StandIn
from records.register.register import NEW, Register
from tests.bureau import NOW, REGISTER, STORY, Matter, source_of

OWN = {**REGISTER, **source_of("bureau_leader_instruction"), "subtype": "市局领导批示", "instruction_by": "陈拟山（常务副局长）"}


def to_be_shown(**told: object) -> Matter:
    """A matter that waits for the leader who asked for it, by default L02."""
    matter = Matter()
    matter.do("register", "BGS.clerk1", **{**OWN, "instruction_leader": "L02", **told})
    for name, by, inputs in STORY[1:14]:
        matter.do(name, by, **inputs)
    matter.do("office_review", "BGS.clerk1", answered=[1, 2])
    matter.do("director_sign", "BGS.director_in_charge")
    return matter


def without(matter: Matter, leader: str) -> Matter:
    """The same after a leader left his office."""
    leaders = matter.roster.leaders
    kept = tuple(each for each in leaders.appointments if each.person != leader)
    return replace(matter, roster=replace(matter.roster, leaders=replace(leaders, appointments=kept)))


def test_the_leader_who_gave_the_instruction_sees_the_result_and_no_other() -> None:
    matter = to_be_shown()
    assert [(duty.act, duty.people) for duty in matter.owed] == [("show_leader", ("L02",))]
    refusal = matter.refused("show_leader", "L01", text="阅。")
    assert (refusal.rule, "本件由陈拟山批示" in refusal.reason) == ("R-04", True)
    assert matter.do("show_leader", "L02", text="阅。").leader_shown is not None


def test_who_stands_in_for_him_sees_it_for_him() -> None:
    matter = to_be_shown()
    stand_in = StandIn("bureau_leader", "L05", "L02", "2026-08-31", "2026-08-31", "AB角通知第1号")
    leaders = matter.roster.leaders
    matter.roster = replace(matter.roster, leaders=replace(leaders, stand_ins=(*leaders.stand_ins, stand_in)))
    item = matter.do("show_leader", "L05", text="阅。")
    assert item.leader_shown is not None
    assert item.leader_shown.on_behalf_of == "L02"


def test_once_he_is_out_of_office_the_leader_over_the_matter_sees_it_or_the_office_is_told_that_nobody_does() -> None:
    matter = without(to_be_shown(), "L02")
    assert [(duty.act, duty.people) for duty in matter.owed] == [("show_leader", ("L06",))]
    assert "已不在任，本件应呈主管局领导" in matter.refused("show_leader", "L01", text="阅。").reason
    vacant = without(matter, "L06")
    leaders = vacant.roster.leaders
    vacant.roster = replace(vacant.roster, leaders=replace(leaders, portfolios=()))
    (duty,) = vacant.owed
    assert (duty.act, duty.people) == ("show_leader", ())
    assert duty.refusal is not None
    assert "请主管副局长或主管主任指定主管局领导" in duty.refusal.way_out


def test_of_a_matter_entered_without_his_name_any_leader_sees_it() -> None:
    matter = to_be_shown()
    assert matter.item is not None
    told = tuple(replace(each, leader=None) for each in matter.item.instructions)
    matter.item = replace(matter.item, instructions=told)
    assert matter.do("show_leader", "L01", text="阅。").leader_shown is not None


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"instruction_leader": None}, "没有写明是哪位本局领导的批示"),
        ({"instruction_leader": "JJ.liaison"}, "不是本局领导"),
        ({"instruction": None}, "一并填写"),
    ],
)
def test_a_bureau_leaders_instruction_is_entered_with_who_he_is(told: dict[str, object], words: str) -> None:
    found = Matter().try_("register", "BGS.clerk1", **{**OWN, **told})
    assert isinstance(found, Refusal)
    assert (found.rule, words in found.reason) == ("R-01", True)


def test_who_he_is_can_be_corrected_and_stands_beside_a_further_instruction() -> None:
    matter = to_be_shown()
    assert matter.do("amend", "BGS.clerk1", instruction_leader="L03", reason="实为沈局长批示。").instructions[0].leader == "L03"
    further = {"instruction_by": "孟拟衡（局长）", "instruction_at": "2026-08-31", "instruction": "抓紧。"}
    found = Matter().until("read").try_("add_instruction", "BGS.clerk1", **further, instruction_leader="L01")
    assert isinstance(found, Outcome)
    assert found.item is not None
    assert found.item.instructions[-1].leader == "L01"


def test_the_form_offers_the_leaders_of_the_bureau(demo: Register) -> None:
    desk = Desk(demo, demo.view().roster.people["BGS.clerk1"], lambda: NOW)
    (field,) = [each for each in desk.form("register", None) if each.name == "instruction_leader"]
    assert field.kind == "choice"
    assert [value for value, _ in field.choices] == [each.id for each in demo.view().roster.leaders.people]
    assert NEW
