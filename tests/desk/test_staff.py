"""人员: everybody on the roster is there, found by whatever one knows of him; who held an office before stands in records and history."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.desk import Desk
from desk.staff import Body, Post, bodies, doors, found, meant
from desk.tenures import tenures, told
from records.acts import Refusal
from records.register.register import NEW, Receipt, Register
from tests.bureau import NOW, roster

KEEPER, BASIS = "BGS.section_chief", "兰公政任〔2026〕12号"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    known = roster()
    return Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW - timedelta(days=1))


def desk(register: Register, person: str = KEEPER, at: datetime = NOW) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: at)


def do(register: Register, act: str, target: str, at: datetime = NOW, **inputs: object) -> str:
    done = desk(register, at=at).do(act, target, inputs)
    assert isinstance(done, Receipt), str(done)
    return done.commit


def body(register: Register, name: str) -> Body:
    return next(each for each in bodies(desk(register)) if each.id == name)


def posts(register: Register, name: str, role: str) -> list[Post]:
    return [each for each in body(register, name).posts if each.role == role]


@pytest.mark.parametrize("typed", ["顾拟宁", "gnn", "GNN", "L03", "L03 gnn", "局领导 gnn", "主管副局长"])
def test_the_deputy_director_is_found_by_whatever_one_knows(register: Register, typed: str) -> None:
    every = bodies(desk(register))
    assert [each.id for each in found(every, typed)] == ["leaders"]
    place = meant(every[0], typed)
    assert place is not None
    assert every[0].posts[place].person == "L03"


def test_a_login_and_a_number_of_the_record_find_their_person(register: Register) -> None:
    do(register, "enrol", "JJ", id="JJ.P011234", name="单拟飞", title="民警", login="shanfei", basis=BASIS)
    for typed in ("011234", "shanfei", "snf", "单拟", "交警 dnf"):
        here = next(each for each in found(bodies(desk(register)), typed) if each.id == "JJ")
        place = meant(here, typed)
        assert place is not None
        assert here.posts[place].name == "单拟飞", typed
    assert meant(body(register, "JJ"), "交通警察支队") is None, "the unit was meant"
    assert posts(register, "JJ", "")[0].note == "没有任职"


def test_only_bodies_with_something_vacant_are_shown_when_asked(register: Register) -> None:
    assert found(bodies(desk(register)), "", only_vacant=True) == ()
    for person in ("JJ.liaison", "JJ.liaison_b"):
        do(register, "relieve", "JJ", role="liaison", person=person, day=NOW.date().isoformat(), basis=BASIS)
        alone = posts(register, "JJ", "liaison")
        assert len(alone) == 1
        assert ("没有B角" in alone[0].note) == bool(alone[0].person)
    assert [each.id for each in found(bodies(desk(register)), "", only_vacant=True)] == ["JJ"]
    assert [each.note for each in posts(register, "JJ", "")] == ["没有任职，任联络员至 2026-08-30"] * 2


def test_a_history_of_an_office_says_who_when_why_and_by_which_commit(register: Register) -> None:
    first = next(register.commits()).id
    later = NOW + timedelta(days=1)
    relieved = do(register, "relieve", "JJ", role="liaison", person="JJ.liaison", day="2026-08-31", basis=BASIS)
    enrolled = do(register, "enrol", "JJ", id="JJ.P1", name="曾拟文", title="联络员", basis=BASIS)
    appointed = do(register, "appoint", "JJ", role="liaison", person="JJ.P1", since="2026-08-31", basis="兰公政任〔2026〕13号")
    stands = {"role": "main_leader", "person": "JJ.supervising_leader", "on_behalf_of": "JJ.main_leader"}
    stood = do(register, "stand_in", "JJ", later, **stands, since="2026-09-01", until="2026-09-05", basis=BASIS)
    do(register, "correct_person", "JJ", later, person="JJ.P1", name="曾拟闻", basis=BASIS)
    found_terms = tenures(desk(register), "JJ", "liaison")
    assert [(each.name, each.term.since, each.term.until) for each in found_terms] == [
        ("曾拟文", "2026-08-31", None), ("邵拟行", "2026-01-01", "2026-08-30"), ("汤拟泉", "2026-01-01", None),
    ]  # fmt: skip
    commits = [(each.began and each.began.commit, each.ended and each.ended.commit) for each in found_terms]
    assert commits == [(appointed, None), (first, relieved), (first, None)]
    assert enrolled not in [began for began, _ in commits]
    every = tenures(desk(register), "JJ")
    assert [each.began.commit for each in every if each.began and each.term.role == "main_leader"] == [stood, first]
    text = "\n".join(f"{name}  {line}" for name, line in told(every, register.view().roster))
    assert "，代孙拟谨）" in text
    assert "依据 兰公政任〔2026〕13号；2026-08-31 09:00 谭拟慎登记，提交 " + appointed[:8] in text
    assert "建立登记簿时列入，提交 " + first[:8] in text
    assert "终止 兰公政任〔2026〕12号" in text
    assert tenures(desk(register), "XX") == ()


def test_who_came_from_another_unit_left_his_office_there_by_the_same_commit(register: Register) -> None:
    moved = do(register, "move_person", "QLH", person="JJ.liaison", title="民警", day="2026-08-31", basis=BASIS)
    ended = [each.ended.commit for each in tenures(desk(register), "JJ", "liaison") if each.ended]
    assert ended == [moved]


def test_the_doors_of_a_body_lead_to_what_each_act_is_done_on(register: Register) -> None:
    found_doors = {each.spec.name: (target, each.refusal) for each, target in doors(desk(register), "JJ")}
    assert found_doors["found_unit"] == (NEW, None)
    assert found_doors["correct_bureau"] == ("bureau", None)
    assert found_doors["relieve"] == ("JJ", None)
    assert "set_portfolio" in {each.spec.name for each, _ in doors(desk(register), "leaders")}
    assert all(isinstance(each.refusal, Refusal) for each, _ in doors(desk(register, "BGS.clerk1"), "JJ"))
    refused = desk(register).do(
        "found_unit", NEW, {"name": "甲", "full_name": "乙", "kind": "department", "channel": "丙", "day": "2026-08-31", "basis": "丁"}
    )
    assert isinstance(refused, Refusal), "a unit is never called what stands for one to be named"
    assert refused.rule == "D-17"
