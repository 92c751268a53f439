"""据此办理: no act on an item is done blind, and what is told of it is what is on record."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from desk.basis import basis
from desk.desk import CaseFile, Desk
from records.register.register import Receipt, Register
from schema.tables import acts

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")


def _told(register: Register, person: str, act: str, item: str) -> list[tuple[str, str]]:
    desk = Desk(register, register.view().roster.people[person], lambda: NOW)
    case = desk.open(item)
    assert isinstance(case, CaseFile)
    return list(basis(acts()[act], case, desk.view.roster, desk.view.calendar, person))


def _open_acts(register: Register) -> Iterator[tuple[Desk, CaseFile, str]]:
    for person in ("BGS.clerk1", "L03", "QLH.liaison", "JJ.main_leader", "BGS.registry", "BGS.director_in_charge"):
        desk = Desk(register, register.view().roster.people[person], lambda: NOW)
        for excerpt in desk.register.index.items():
            if case := desk.open(excerpt.id):
                yield from ((desk, case, each.spec.name) for each in case.open_acts)


def test_every_act_that_is_open_shows_what_was_ordered_and_where_it_came_from(demo: Register) -> None:
    met: set[str] = set()
    for desk, case, act in _open_acts(demo):
        assert desk.person is not None
        told = list(basis(acts()[act], case, desk.view.roster, desk.view.calendar, desk.person.id))
        words = "\n".join(said for _, said in told)
        assert all(text for _, text in told), (case.item.id, act)
        assert case.item.source.organ in words, (case.item.id, act)
        assert all(each.by in words for each in case.item.instructions), (case.item.id, act)
        met.add(act)
    assert len(met) > 20


def test_the_leader_reads_the_instruction_the_proposal_and_what_is_asked_of_whom(demo: Register) -> None:
    told = dict(_told(demo, "L03", "read", "DB-2026-0206"))
    assert told["批示"] == "沈拟知（副局长） 11-20：请法制支队牵头，逐案清理超期保管的涉案财物，拿出处置时间表。"
    assert told["拟办"].endswith("妥否，请主管副局长阅示。（江拟川 11-20）")
    assert told["单位"].startswith("主办 法制支队   协办 警务保障处、刑事警察支队")
    assert told["要求3"] == "1 超期财物清单   2 逐案处置意见   3 责任倒查"
    assert "在谁手里" not in told, "it is in his own"


def test_whoever_urges_sees_first_in_whose_hands_it_is_and_how_it_was_urged(demo: Register) -> None:
    told = _told(demo, "BGS.clerk1", "urge", "DB-2026-0162")
    assert told[0] == ("在谁手里", "城关分局联络员 蒋拟恒、阎拟川，自 10-15")
    assert [label for label, _ in told[1:3]] == ["已催", "已催"]
    assert told[1][1].startswith("催办（约见负责人）"), "the newest first"


def test_what_waits_for_a_decision_stands_first_until_it_is_decided(demo: Register) -> None:
    item, act = "DB-2026-0201", partial(demo.act, "decide_objection", "DB-2026-0201", "BGS.clerk1")
    label, said = _told(demo, "BGS.clerk1", "decide_objection", item)[0]
    assert label == "异议"
    assert said.startswith("交通警察支队")
    assert "待裁定" in said
    assert isinstance(act({"decision": "rejected", "text": "照原分工办理。"}, NOW), Receipt)
    assert "异议" not in dict(_told(demo, "BGS.clerk1", "urge", item))


def test_what_the_form_asks_for_again_stands_in_the_form_alone(demo: Register) -> None:
    assert {"拟办", "单位", "时限", "要求3"}.isdisjoint(dict(_told(demo, "BGS.clerk1", "propose", "DB-2026-0206")))


def test_a_report_that_was_returned_shows_why(demo: Register) -> None:
    told = dict(_told(demo, "QLH.liaison", "draft_report", "DB-2026-0194"))
    assert told["退回"].startswith("R3 措施笼统、无责任人和时限；R4 缺协办意见。剖析到位。")
    assert told["退回"].endswith("（2026-11-24 前重报）")
