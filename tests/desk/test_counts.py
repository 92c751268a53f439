"""Every number that is shown equals the length of the list it stands for, whoever looks, before and after people and units change."""

from collections.abc import Iterator

import pytest

from desk import daily, ledger
from desk.desk import Desk
from desk.inbox import awaiting, in_hand
from desk.ledger import LedgerQuery
from desk.ledger_views import standing
from desk.ledger_words import choices, meant
from desk.staff import bodies
from records.register.register import Receipt, Register
from tests.bureau import AFTERWARDS

CLERK, KEEPER, BASIS = "BGS.clerk1", "BGS.section_chief", {"basis": "兰公政任〔2026〕12号"}
FILTERS = ("单位", "主办", "协办", "分管", "类别", "灯", "状态", "收到", "到期")
WORDS = ("", "%", "_", '"', "*", "'", "😀", "ＤＢ", "“", "NEAR(交 通)", "交 OR 通", "\u3000", "\x01", "我:经手", "我:待办", "我:经手、待办")


def _merged(register: Register) -> None:
    """One unit goes into another, which has another name from then on."""
    names = {"name": "治安交管支队", "full_name": "兰州市公安局治安交管支队"}
    for act, target, inputs in (("dissolve_unit", "JJ", {"successor": "ZA"}), ("rename_unit", "ZA", names)):
        done = register.act(act, target, KEEPER, {**inputs, **BASIS, "day": "2026-11-24"}, AFTERWARDS)
        assert isinstance(done, Receipt), str(done)
    for due, found in register.tick(AFTERWARDS):
        assert isinstance(found, Receipt), f"{due}: {found}"


def _desks(register: Register, *some: str) -> Iterator[Desk]:
    people = register.view().roster.people
    yield Desk(register, None, lambda: AFTERWARDS)
    for person in some or people:
        yield Desk(register, people[person], lambda: AFTERWARDS)


def _asked(desk: Desk) -> Iterator[str]:
    yield from WORDS
    yield from (view.words for view in standing())
    for what in FILTERS:
        yield from (f"{what}:{value}" for value in choices(desk, what))


@pytest.fixture(params=[False, True], ids=["as it is", "units merged"])
def register(demo: Register, request: pytest.FixtureRequest) -> Register:
    if request.param:
        _merged(demo)
    demo.index.catch_up()
    return demo


def test_the_ledger_counts_what_it_lists(register: Register) -> None:
    for mine in _desks(register, CLERK, "L03", "ZA.liaison", "JJ.main_leader"):
        seen = {excerpt.id for excerpt, _ in mine.ledger()}
        assert ledger.sight(mine, LedgerQuery()).every == len(seen)
        told = dict.fromkeys(_asked(mine)) if mine.person and mine.person.id in (CLERK, "ZA.liaison") else WORDS
        for words in told:
            query = meant(mine, LedgerQuery(words)).query
            found = [line.excerpt.id for line in ledger.page(mine, query, 0, 999).lines]
            assert (len(set(found)), set(found) <= seen) == (len(found), True), words
            assert ledger.count(mine, query, 999) == len(found), words
            assert ledger.sight(mine, query).found in (None, len(found)), words


def test_what_awaits_somebody_is_as_much_as_is_said_on_every_page(register: Register) -> None:
    for mine in _desks(register):
        page = daily.page(mine, {})
        for figure in page.figures:
            assert figure.count == len(ledger.page(mine, LedgerQuery(colour=figure.colour, only=figure.only), 0, 999).lines), figure.name
        if mine.sees_every and mine.person:
            assert page.late == len(page.watched)
        if mine.person is None or (found := awaiting(mine)) is None:
            continue
        tasks = found.page()[1]
        assert page.total == found.total == len(tasks) == len(in_hand(mine).get(mine.person.id, ()))
        due = ledger.page(mine, meant(mine, LedgerQuery("我:待办")).query, 0, 999).lines
        assert {line.excerpt.id for line in due} == {task.excerpt.id for task in tasks}


def test_a_unit_has_as_much_in_hand_as_is_listed_for_it(register: Register) -> None:
    _, mine = _desks(register, CLERK)
    for body in bodies(mine):
        if body.id in mine.view.roster.units:
            listed = ledger.page(mine, meant(mine, LedgerQuery(f"单位:{body.name} 状态:在办")).query, 0, 999).lines
            assert sorted(body.items) == sorted(line.excerpt.id for line in listed), body.name
