"""Whose turn it is: at every step of a matter's way, beside it, and where nobody can go on."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from records.acts.duties import duties, fall_to, held, turns, whose
from records.bureau.roster import Appointment, StandIn
from records.index.listing import Scope
from records.procedure.unattended import emptied
from records.register.register import Register
from records.rules.clocks import CLOSED
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


def test_what_the_index_keeps_is_what_is_owed_also_on_closed_matters(demo: Register) -> None:
    view, now, kept, closed = demo.view(), datetime.fromisoformat("2026-11-23T10:30:00+08:00"), demo.index.turns, 0
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    everything = Scope(every=True)
    for owed in (*kept.open(kept.groups(), everything, now.date()), *kept.over(kept.groups(), everything, now.date(), 0, -1)[1]):
        people = fall_to(held(owed.group, view.roster, now.date()), view.roster, now.date())
        found.setdefault(owed.excerpt.id, []).append((owed.act, people))
    for asked in kept.asked(kept.concerned()):
        assert asked.item == view.item(asked.excerpt.id)
        judged = duties(view.world(), asked.item, now, asked.acts)
        found.setdefault(asked.excerpt.id, []).extend((duty.act, whose(duty, view.roster, now.date())) for duty in judged)
    for item in view.all_items():
        owing = [(duty.act, whose(duty, view.roster, now.date())) for duty in duties(view.world(), item, now)]
        assert sorted(found.pop(item.id, [])) == sorted(owing), item.id
        closed += bool(owing) and item.state in CLOSED
    assert not found
    assert closed


def test_what_rests_on_the_record_alone_is_owed_by_whoever_comes_into_office() -> None:
    matter = Matter().until("archive")
    assert matter.item is not None
    (turn,), asked = turns(emptied(matter.world), matter.item)
    assert asked == ()
    assert (turn.act, turn.places, turn.begins) == ("archive", (("archivist", "BGS"),), "")
    new = Appointment("archivist", "BGS.clerk2", "2026-10-01")
    office = matter.roster.units["BGS"]
    later = replace(matter.roster, units={"BGS": replace(office, appointments=(*office.appointments, new))})
    assert [each.person for each in held(turn.places, later, date(2026, 9, 30))] == ["BGS.archivist"]
    assert [each.person for each in held(turn.places, later, date(2026, 10, 1))] == ["BGS.archivist", "BGS.clerk2"]


def test_what_comes_round_is_told_with_its_day() -> None:
    matter = Matter().until("report_progress")
    assert matter.item is not None
    found = {turn.act: turn.begins for turn in turns(emptied(matter.world), matter.item)[0]}
    matter.now = at(f"{found['report_progress']}T09:00")
    assert "report_progress" in {duty.act for duty in matter.owed}
    matter.now -= timedelta(days=1)
    assert "report_progress" not in {duty.act for duty in matter.owed}


def test_a_signature_is_asked_for_with_people_and_nothing_of_it_is_told_by_the_record() -> None:
    matter = Matter().until("consent")
    assert matter.item is not None
    found, asked = turns(emptied(matter.world), matter.item)
    assert asked == ("consent",)
    assert [turn.act for turn in found] == [duty.act for duty in matter.owed if duty.act != "consent"]
    assert [duty.act for duty in duties(matter.world, matter.item, matter.now, asked)] == ["consent"]
