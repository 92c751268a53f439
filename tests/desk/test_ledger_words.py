"""Filters typed among the words of a search: they narrow the ledger to what they say, and never to what nobody meant."""

from dataclasses import replace
from datetime import datetime

import pytest

from desk import ledger
from desk.desk import Desk
from desk.ledger import LedgerQuery
from desk.ledger_words import meant
from records.register.register import Register

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")


def _desk(register: Register, person: str = "BGS.clerk1") -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: NOW)


def _found(desk: Desk, words: str) -> set[str]:
    return {line.excerpt.id for line in ledger.page(desk, meant(desk, LedgerQuery(words)).query, 0, 100).lines}


def _kept(desk: Desk, condition: object) -> set[str]:
    assert callable(condition)
    return {excerpt.id for excerpt, light in desk.ledger() if condition(excerpt, light.colour)}


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        ("单位:交警", lambda each, _: "JJ" in (each.lead, *each.assisting)),
        ("主办：交警", lambda each, _: each.lead == "JJ"),
        ("协办:交警", lambda each, _: "JJ" in each.assisting),
        ("灯:红", lambda _, colour: colour == "red"),
        ("灯:黄灯", lambda _, colour: colour == "yellow"),
        ("状态:办理中", lambda each, _: each.state == "in_progress"),
        ("类别:4", lambda each, _: each.category == 4),
        ("类别:（四）", lambda each, _: each.category == 4),
        ("分管:周拟柏", lambda each, _: each.portfolio_leader == "L04"),
        ("10月", lambda each, _: each.received.startswith("2026-10")),
        ("2026年9月", lambda each, _: each.received.startswith("2026-09")),
        ("单位:交警 灯:红", lambda each, colour: "JJ" in (each.lead, *each.assisting) and colour == "red"),
    ],
)
def test_a_typed_filter_keeps_what_it_says(demo: Register, words: str, condition: object) -> None:
    desk = _desk(demo)
    assert _found(desk, words) == _kept(desk, condition)


def test_other_words_are_looked_for_among_what_is_left(demo: Register) -> None:
    desk = _desk(demo)
    found = meant(desk, LedgerQuery("主办:交警 僵尸车 灯:绿"))
    assert (found.query.words, found.query.colour) == ("僵尸车", "green")
    assert found.told == ("主办：交通警察支队", "灯：绿")
    assert _found(desk, "主办:交警 僵尸车") == {"DB-2026-0188"}


@pytest.mark.parametrize("words", ["灯:紫", "状态:不存在", "单位:无此单位", "分管:无此人"])
def test_what_nobody_can_have_meant_is_told_and_narrows_nothing(demo: Register, words: str) -> None:
    desk = _desk(demo)
    found = meant(desk, LedgerQuery(words))
    assert found.query == LedgerQuery()
    assert words.partition(":")[2] in found.told[0]


def test_nobody_sees_more_by_a_filter_and_a_list_of_some_stays_one_of_these(demo: Register) -> None:
    unit = _desk(demo, "QLH.liaison")
    mine = {excerpt.id for excerpt, _ in unit.ledger()}
    assert _found(unit, "单位:治安") <= mine
    desk = _desk(demo)
    some = replace(LedgerQuery("单位:交警"), only=frozenset({"DB-2026-0188"}))
    assert meant(desk, some).query.only == frozenset({"DB-2026-0188"})


def test_words_without_a_filter_are_asked_for_as_they_stand(demo: Register) -> None:
    query = LedgerQuery("黑作坊 食药", order="lead")
    found = meant(_desk(demo), query)
    assert (found.query, found.told) == (query, ())
