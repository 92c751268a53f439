"""Filters typed among the words of a search: they narrow the ledger to what they say, and never to what nobody meant."""

from dataclasses import replace
from datetime import datetime

import pytest

from desk import ledger
from desk.desk import Desk
from desk.inbox import inbox
from desk.ledger import LedgerQuery
from desk.ledger_views import ALL, Way, asked, elsewhere, opening, saved, standing, views, way_left, with_items
from desk.ledger_words import choices, filters, meant, typed
from desk.settings import LedgerView, Settings
from records.acts import Refusal
from records.register.register import Register
from records.rules.clocks import CLOSED

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
        ("类别:４", lambda each, _: each.category == 4),
        ("到期:１１月", lambda each, _: (each.clock_due or "").startswith("2026-11")),
        ("分管:周拟柏", lambda each, _: each.portfolio_leader == "L04"),
        ("主办:交警、城关", lambda each, _: each.lead in ("JJ", "CG")),
        ("灯:红、黄", lambda _, colour: colour in ("red", "yellow")),
        ("灯:红、黄 灯:黄、绿", lambda _, colour: colour == "yellow"),
        ("灯:红 灯:绿", lambda _, colour: False),
        ("状态:在办", lambda each, _: each.state not in CLOSED),
        ("到期:11月", lambda each, _: (each.clock_due or "").startswith("2026-11")),
        ("到期:本月", lambda each, _: (each.clock_due or "").startswith("2026-11")),
        ("收到:2026-10、9月", lambda each, _: each.received[:7] in ("2026-10", "2026-09")),
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


@pytest.mark.parametrize("words", ["灯:紫", "类别:十", "类别:12", "状态:不存在", "单位:无此单位", "分管:无此人", "我:不知", "到期:十三月"])
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
    found = {line.excerpt.id for line in ledger.page(desk, meant(desk, some).query, 0, 100).lines}
    assert found == {"DB-2026-0188"}


def test_words_without_a_filter_are_asked_for_as_they_stand(demo: Register) -> None:
    query = LedgerQuery("黑作坊 食药", order="lead")
    found = meant(_desk(demo), query)
    assert (found.query, found.told) == (query, ())


def _viewed(desk: Desk, way: Way, words: str = "", only: frozenset[str] | None = None) -> set[str]:
    return {line.excerpt.id for line in ledger.page(desk, asked(desk, way, words, only).query, 0, 100).lines}


def test_each_standing_view_lists_what_its_name_says(demo: Register) -> None:
    desk = _desk(demo)
    named = {view.name: _viewed(desk, Way(view)) for view in (*standing(), ALL)}
    done = {step.item for step in demo.index.steps_of("BGS.clerk1", "", "9")}
    assert named == {
        "在办": _kept(desk, lambda each, _: each.state not in CLOSED),
        "红灯": _kept(desk, lambda _, colour: colour == "red"),
        "我经手的": _kept(desk, lambda each, _: each.id in done),
        "等我办的": {task.excerpt.id for task in inbox(desk)},
        "退回重报": _kept(desk, lambda each, _: each.state == "returned"),
        "未签收": _kept(desk, lambda each, _: each.state == "dispatched"),
        "全部": _kept(desk, lambda each, _: True),
    }
    assert all(named.values())


def test_what_stands_beside_a_view_narrows_it_and_is_told(demo: Register) -> None:
    desk = _desk(demo)
    red = next(view for view in standing() if view.name == "红灯")
    found = asked(desk, Way(red, "主办:城关"), "夜市")
    assert found.told == ("主办：城关分局",)
    assert _viewed(desk, Way(red, "主办:城关"), "夜市") == {"DB-2026-0162"}
    assert _viewed(desk, Way(red, "灯:绿")) == set()
    some = LedgerView("几件", items=("DB-2026-0162", "DB-2026-0188", "DB-2026-9999"))
    assert _viewed(desk, Way(some)) == {"DB-2026-0162", "DB-2026-0188"}
    assert _viewed(desk, Way(some), only=frozenset({"DB-2026-0188"})) == {"DB-2026-0188"}
    assert _viewed(_desk(demo, "QLH.liaison"), Way(some)) == set()


def test_the_ledger_opens_on_what_is_open_the_most_pressing_first_unless_the_person_left_it_otherwise(demo: Register) -> None:
    assert way_left(Settings()) == way_left(Settings(view="没有了", order="lead")) == opening()
    assert (opening().view.name, opening().order) == ("在办", "time_left")
    assert way_left(Settings(view="全部", order="lead")) == Way(ALL, order="lead")
    assert way_left(Settings(view="在办", order="number")) == replace(opening(), order="number")
    # What is over is in no such view: it is said how many there are elsewhere, where any were looked for.
    desk = _desk(demo)
    over = next(excerpt.id for excerpt, _ in desk.ledger() if excerpt.state in CLOSED)
    assert _viewed(desk, opening(), over) == set()
    assert elsewhere(desk, opening(), over) == 1
    assert elsewhere(desk, opening(), over, frozenset({"DB-2026-9999"})) == 0
    assert elsewhere(desk, Way(), over) == elsewhere(desk, opening(), " ") == 0
    assert elsewhere(_desk(demo, "QLH.liaison"), opening(), "DB-2026-0185") == 0


@pytest.mark.parametrize("what", ["单位", "主办", "协办", "分管", "类别", "灯", "状态", "收到", "到期"])
def test_every_value_that_is_offered_is_understood(demo: Register, what: str) -> None:
    desk = _desk(demo)
    for value in choices(desk, what):
        assert meant(desk, LedgerQuery(f"{what}:{value}")).told[0].startswith(f"{what}："), value
    words = f"夜市 {what}:{'、'.join(choices(desk, what)[:2])} 噪声"
    chosen, rest = filters(words)
    assert (chosen, rest) == ({what: choices(desk, what)[:2]}, "夜市 噪声")
    assert typed(chosen, rest) == f"{what}:{'、'.join(choices(desk, what)[:2])} 夜市 噪声"


def test_three_views_of_ones_own_stand_on_the_digits_after_the_standing_ones() -> None:
    known = Settings()
    for name in ("甲", "乙", "丙"):
        kept = saved(known, LedgerView(name, "灯:红"))
        assert not isinstance(kept, Refusal)
        known = replace(known, views=kept)
    assert [(digit, view.name) for digit, view in views(known)][6:] == [("7", "甲"), ("8", "乙"), ("9", "丙"), ("0", "全部")]
    assert isinstance(saved(known, LedgerView("丁")), Refusal)
    assert isinstance(saved(known, LedgerView("红灯")), Refusal)
    assert isinstance(saved(known, LedgerView("")), Refusal)
    again = saved(known, LedgerView("乙", "灯:黄"))
    assert again == (known.views[0], LedgerView("乙", "灯:黄"), known.views[2])
    assert isinstance(with_items(known, "甲", ["DB-2026-0001"]), Refusal)
    more = with_items(replace(known, views=(LedgerView("几件", items=("DB-2026-0002",)),)), "几件", ["DB-2026-0001", "DB-2026-0002"])
    assert more == (LedgerView("几件", items=("DB-2026-0002", "DB-2026-0001")),)


_NOWHERE = "绝无此字"


@pytest.mark.parametrize(
    ("words", "short"),
    [
        (" ".join(f"字{n}" for n in range(1200)), _NOWHERE),
        (" ".join(map(chr, range(0x4E00, 0x4E00 + 3000))), _NOWHERE),
        (" ".join(["交警"] * 1200), "交警"),
        (" ".join(f"交警{n}" for n in range(1200)), _NOWHERE),
        (" ".join(["单位:交警"] * 1200), "单位:交警"),
        (" ".join(f"收到:{2000 + n // 12}-{n % 12 + 1}" for n in range(1200)), _NOWHERE),
        ("的" * 100_000, _NOWHERE),
    ],
    ids=lambda words: words[:5],
)
def test_however_much_is_pasted_it_is_looked_for_and_the_index_stays_as_it_is(demo: Register, words: str, short: str) -> None:
    mine, file = _desk(demo), demo.home / "index.sqlite"
    ledger.sight(mine, LedgerQuery())
    stood = file.stat().st_ino, file.stat().st_ctime_ns
    wanted, found = meant(mine, LedgerQuery(words)).query, _found(mine, words)
    assert found == _found(mine, short)
    for order in ("number", "time_left", "updated"):
        assert len(ledger.sight(mine, replace(wanted, order=order)).part.lines) == ledger.count(mine, wanted, 999) == len(found)
    assert {each.id for each in demo.index.items(words=words)} == {each.id for each in demo.index.items(words=short)}
    assert demo.index.trouble == ""
    assert (file.stat().st_ino, file.stat().st_ctime_ns) == stood


def test_each_of_many_words_is_looked_for_wherever_it_stands(demo: Register) -> None:
    mine = _desk(demo)
    (line,) = ledger.page(mine, LedgerQuery("DB-2026-0118"), 0, 9).lines
    words = " ".join(text[:n] for text in (line.excerpt.id, line.excerpt.title) for n in range(1, len(text) + 1))
    assert len(set(words.split())) > 32
    assert _found(mine, words) == {"DB-2026-0118"}
    assert _found(mine, f"{words} {_NOWHERE}") == set()
    assert [each.id for each in demo.index.items(words=words)] == ["DB-2026-0118"]
    assert demo.index.items(words=f"{words} {_NOWHERE}") == []
