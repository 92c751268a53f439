"""Whose turn it is: at every step of a matter's way, beside it, and where nobody can go on."""

from dataclasses import replace
from datetime import datetime

import pytest

from records.acts.duties import whose
from records.bureau.roster import Appointment, StandIn
from records.register.register import Register
from tests.bureau import OUTGOING, REGISTER, STORY, Matter, at

LETTER = {**REGISTER, "source_kind": "organ_assignment", "subtype": "上级机关交办"}
# Steps of the story that nobody waits for: one registers of oneself, and feeds back before the cycle has come round.
_OF_ONESELF = ("register", "report_progress")


@pytest.mark.parametrize("step", [step for step in STORY if step[0] not in _OF_ONESELF], ids=lambda step: f"{step[0]} {step[1]}")
def test_each_step_is_owed_by_who_takes_it_since_the_step_before(step: tuple[str, str, dict[str, object]]) -> None:
    act, by, _ = step
    matter = Matter().until(act)
    duty = next(duty for duty in matter.owed if duty.act == act and by in duty.people)
    assert matter.item is not None
    assert duty.since <= matter.item.moved_at
    assert duty.refusal is None


def test_what_the_last_step_asked_for_comes_before_what_is_owed_beside_it() -> None:
    matter = Matter().until("sign_for")
    assert [(duty.act, duty.body) for duty in matter.owed] == [("sign_for", "JJ"), ("sign_for", "CG")]
    matter.now = at("2026-08-31T10:00")
    matter.do("sign_for", "JJ.liaison")
    assert [(duty.act, duty.body, duty.since) for duty in matter.owed] == [
        ("read_in_unit", "JJ", "2026-08-31T10:00:00+08:00"), ("sign_for", "CG", "2026-08-31T09:00:00+08:00"),
    ]  # fmt: skip


def test_a_waiver_is_the_duty_of_the_leader_over_the_matter_and_of_no_other() -> None:
    matter = Matter()
    matter.do("register", "BGS.clerk1", **{**LETTER, "category": 4})
    for name, by, inputs in STORY[1:14]:
        matter.do(name, by, **inputs)
    reviewed = matter.do("office_review", "BGS.clerk1", **{**OUTGOING, "series": "letter", "to": LETTER["source_organ"]})
    matter.item = replace(reviewed, outgoing=None)  # of a classified matter there was no document before rules 2
    matter.do("director_sign", "BGS.director_in_charge")
    assert [(duty.act, duty.people) for duty in matter.owed] == [("waive_up_report", ("L06",))]
    assert matter.refused("waive_up_report", "L01", text="不报。").rule == "R-30"


def test_a_letter_waits_for_the_leader_over_the_subject_and_a_special_report_for_any_leader() -> None:
    special = Matter().until("bureau_sign")
    assert special.owed[0].people == tuple(person.id for person in special.roster.holders("bureau_leader", None, special.now.date()))
    letter = Matter()
    letter.do("register", "BGS.clerk1", **LETTER)
    for name, by, inputs in STORY[1:14]:
        letter.do(name, by, **inputs)
    organ = {"series": "letter", "to": LETTER["source_organ"]}
    letter.do("office_review", "BGS.clerk1", **{**OUTGOING, **organ})
    letter.do("director_sign", "BGS.director_in_charge")
    letter.do("reserve_number", "BGS.registry")
    assert letter.owed[0].people == ("L06",)


def test_a_draft_that_was_sent_back_is_its_drafters_again() -> None:
    matter = Matter().until("review_report")
    assert [(duty.act, duty.role) for duty in matter.owed] == [("review_report", "reviewing_head")]
    matter.do("review_report", "JJ.reviewing_head", verdict="send_back", text="请补数字。")
    assert [(duty.act, duty.role) for duty in matter.owed] == [("draft_report", "liaison")]


def test_a_report_waits_for_the_opinions_it_rests_on_and_not_for_its_sender() -> None:
    matter = Matter().until("give_opinion")
    for name, by, inputs in STORY[9:12]:
        matter.do(name, by, **inputs)
    assert [(duty.act, duty.body) for duty in matter.owed] == [("give_opinion", "CG")]
    matter.do("waive_opinion", "BGS.clerk1", unit="CG", text="已当面协调。")
    assert [(duty.act, duty.body) for duty in matter.owed] == [("submit", "JJ")]


def test_a_duty_that_nobody_can_do_is_the_supervising_offices_with_the_reason() -> None:
    matter = Matter().until("review_report")
    unit = matter.roster.units["JJ"]
    kept = tuple(each for each in unit.appointments if each.role != "reviewing_head")
    drafter = Appointment("reviewing_head", "JJ.liaison", "2026-01-01")
    matter.roster = replace(matter.roster, units={**matter.roster.units, "JJ": replace(unit, appointments=(*kept, drafter))})
    (duty,) = matter.owed
    assert duty.people == ()
    assert duty.refusal is not None
    assert "负责人审核应由另一人办理" in duty.refusal.reason
    office = {person.id for person in matter.roster.holders("supervision_office", "BGS", matter.now.date())}
    assert set(whose(duty, matter.roster, matter.now.date())) == office


def test_what_was_proposed_for_a_day_that_has_passed_is_to_be_proposed_anew() -> None:
    matter = Matter().until("dispatch")
    assert [duty.act for duty in matter.owed] == ["dispatch"]
    matter.now = at("2026-09-08T09:00")
    assert [duty.act for duty in matter.owed] == ["propose"]
    assert matter.refused("dispatch", "BGS.clerk1").rule == "R-09"


def test_who_has_several_standings_acts_in_the_one_that_makes_the_act_lawful() -> None:
    letter = Matter()
    letter.do("register", "BGS.clerk1", **LETTER)
    for name, by, inputs in STORY[1:14]:
        letter.do(name, by, **inputs)
    letter.do("office_review", "BGS.clerk1", **{**OUTGOING, "series": "letter", "to": LETTER["source_organ"]})
    letter.do("director_sign", "BGS.director_in_charge")
    letter.do("reserve_number", "BGS.registry")
    away = StandIn("bureau_leader", "L05", "L06", "2026-08-01", "2026-09-30", "兰公任〔2026〕9号")
    letter.roster = replace(letter.roster, leaders=replace(letter.roster.leaders, stand_ins=(away,)))
    assert letter.owed[0].people == ("L06", "L05")
    item = letter.do("bureau_sign", "L05")
    assert item.outgoing is not None
    assert item.outgoing.signature is not None
    assert (item.outgoing.signature.by, item.outgoing.signature.on_behalf_of) == ("L05", "L06")


def test_nothing_is_owed_on_a_cancelled_matter_and_the_archive_is_owed_a_concluded_one() -> None:
    cancelled = Matter().until("draft_report")
    cancelled.do("cancel", "L03", reason="不需继续督办。")
    assert cancelled.owed == ()
    assert [duty.act for duty in Matter().until("archive").owed] == ["archive"]


def test_the_index_knows_which_matters_wait_also_closed_ones(demo: Register) -> None:
    view, now = demo.view(), datetime.fromisoformat("2026-11-23T10:30:00+08:00")
    from records.acts import duties

    waiting = {each.id for each in demo.index.items(only_waiting=True)}
    owed = {item.id for item in view.all_items() if duties(view.world(), item, now)}
    assert owed == waiting
    assert owed - {each.id for each in demo.index.open_items()}
