"""Lists of somebody whose index started cold: what they lacked at first is in them once it is there, and before that they say so."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desk import ledger
from desk.desk import Desk
from desk.inbox import inbox
from desk.ledger import LedgerQuery
from desk.ledger_words import meant
from desk.mine import follow, looked
from desk.mine import mine as followed
from records.index import building
from records.index import index as indexing
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.store import Ident
from tests.bureau import at
from tests.planting import store_of

NOW = at("2026-11-28T09:00")
OVER = ("DB-2026-0012", "DB-2026-0020", "DB-2026-0035")
SOMEBODY = Ident("某人", "x@lzga", NOW)


def _sits(register: Register, person: str, *, hasty: bool) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: NOW, hasty=hasty)


def _found(desk: Desk, words: str) -> set[str]:
    return {line.excerpt.id for line in ledger.page(desk, meant(desk, LedgerQuery(words)).query, 0, 999).lines}


@pytest.fixture
def cold(demo: Register, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """The demo without an index, some of its closed matters such that only one leader may know of them."""
    monkeypatch.setattr(building, "_COLD", 5)
    monkeypatch.setattr(building, "_NEWEST", 1)
    view = demo.view()
    narrowed = {item_path(each): emit(replace(item, need_to_know=("L01",))) for each in OVER if (item := view.item(each))}
    with store_of(demo).writing() as transaction:
        transaction.commit(narrowed, author=SOMEBODY, committer=SOMEBODY, message="限定知悉\n")
    for file in demo.home.glob("index.sqlite*"):
        file.unlink()
    register = Register(demo.home)
    yield register
    register.close()


def test_what_few_may_know_comes_into_their_lists_with_the_rest(cold: Register) -> None:
    few, other = _sits(cold, "L01", hasty=True), _sits(cold, "L02", hasty=True)
    first = ledger.sight(few, LedgerQuery())
    assert first.missing > 0
    assert ledger.sight(other, LedgerQuery()).every == first.every
    assert [*cold.index.pieces()][-1] == 0
    every = {each.id for each in cold.index.items()}
    assert _found(few, "") == every
    assert ledger.sight(few, LedgerQuery()).every == len(every)
    assert _found(other, "") == every - set(OVER)
    assert ledger.sight(other, LedgerQuery()).every == len(every) - len(OVER)


def test_what_is_over_and_waits_for_somebody_comes_into_his_view_with_the_rest(cold: Register) -> None:
    mine = _sits(cold, "BGS.archivist", hasty=True)
    assert _found(mine, "我:待办") == set()
    assert [*cold.index.pieces()][-1] == 0
    assert _found(mine, "我:待办") == {task.excerpt.id for task in inbox(mine)} != set()


@pytest.mark.parametrize("words", ["我:经手", "我:经手、待办"])
def test_what_he_did_is_listed_whole_or_it_is_said_that_it_is_not(cold: Register, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(indexing, "_PIECE", 5)
    hasty = _sits(cold, "BGS.clerk1", hasty=True)
    asked = meant(hasty, LedgerQuery(words))
    assert "经过还在整理" in ledger.sight(hasty, asked.query).lacks + "".join(asked.told)
    patient = _sits(cold, "BGS.clerk1", hasty=False)
    listed = _found(patient, words)
    done = {step.item for step in cold.index.steps_of("BGS.clerk1", "", "9")}
    assert listed >= done & {each.id for each, _ in patient.ledger()} != set()


def test_what_he_looked_at_while_its_steps_were_yet_to_be_read_is_no_news_to_him(cold: Register) -> None:
    mine, over = _sits(cold, "BGS.clerk1", hasty=True), "DB-2026-0118"
    assert follow(mine, over) is True
    whole = len(cold.index.history(over))
    cold.close()
    for file in cold.home.glob("index.sqlite*"):
        file.unlink()
    again = Register(cold.home)
    later = Desk(again, mine.person, lambda: NOW, hasty=True)
    ledger.sight(later, LedgerQuery())
    case = later.read(over)
    assert case is not None
    assert len(case[1]) < whole
    looked(later, over, len(case[1]))
    assert [*again.index.pieces()][-1] == 0
    assert [line.news for line in followed(later, "followed").lines] == [""]
    again.close()
