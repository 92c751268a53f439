"""Acts that look other matters up over an index that starts cold: nobody waits for what an act need not know, nor keeps others waiting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partialmethod

import pytest

from desk.desk import Desk
from desk.outlook import outlook
from records.index import building
from records.index import index as indexing
from records.index.building import Builder
from records.procedure.case import Refusal
from records.register.register import NEW, Receipt, Register
from records.store.repository import Repository
from records.store.store import Transaction
from tests.bureau import AFTERWARDS, STORY

NOW = AFTERWARDS
CLERK = "BGS.clerk1"
PAPER = next(dict(inputs) for act, _, inputs in STORY if act == "register")


def _sits(register: Register, person: str = CLERK) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: NOW, hasty=True)


@pytest.fixture
def cold(demo: Register, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """The demo in which one matter was merged into another that is open, without an index."""
    register = _without_index(demo, monkeypatch)
    yield register
    register.close()


def _without_index(register: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    register.close()
    for file in register.home.glob("index.sqlite*"):
        file.unlink()
    monkeypatch.setattr(building, "_COLD", 5)
    monkeypatch.setattr(building, "_NEWEST", 1)
    monkeypatch.setattr(indexing, "_PIECES", 5)
    return Register(register.home)


def _lacking(desk: Desk) -> int:
    desk.catch_up()
    assert desk.missing > 5
    return desk.missing


def test_a_paper_is_registered_and_foretold_while_closed_matters_are_yet_to_be_read(cold: Register) -> None:
    desk = _sits(cold)
    lacked = _lacking(desk)
    found = outlook(desk, "register", NEW, PAPER)
    assert desk.missing == lacked
    assert found is not None
    done = desk.do("register", NEW, PAPER)
    assert isinstance(done, Receipt), str(done)
    assert desk.missing == lacked


def test_a_paper_of_a_matter_that_was_merged_belongs_to_the_one_in_hand_though_it_is_closed(
    demo: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (demo.act("register", NEW, CLERK, {**PAPER, "source_ref": f"兰府〔2026〕{n}号"}, NOW) for n in (901, 902))
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    into = {"merged_into": second.outcome.target, "reason": "同一事项。"}
    assert isinstance(demo.act("merge", first.outcome.target, "L03", into, NOW), Receipt)
    register = _without_index(demo, monkeypatch)
    desk = _sits(register)
    lacked = _lacking(desk)
    assert register.index.excerpt(second.outcome.target)
    found = desk.do("register", NEW, {**PAPER, "source_ref": "兰府〔2026〕901号"})
    assert isinstance(found, Refusal)
    assert second.outcome.target in str(found)
    assert desk.missing == lacked


def test_who_takes_a_step_back_waits_for_the_steps_of_that_matter_and_for_no_other_record(cold: Register) -> None:
    desk = _sits(cold)
    lacked = _lacking(desk)
    done = desk.do("register", NEW, PAPER)
    assert isinstance(done, Receipt), str(done)
    back = desk.do("take_back", done.outcome.target, {"reason": "重复。"})
    assert isinstance(back, Receipt), str(back)
    assert desk.missing == lacked


def test_a_roundup_is_the_same_drawn_up_while_records_are_yet_to_be_read_and_reads_only_what_was_touched_since(
    demo: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = "2026-10"
    whole = demo.rehearse(demo.view(), "draft_roundup", month, CLERK, {}, NOW)[0]
    assert not isinstance(whole, Refusal), str(whole)
    desk = _sits(_without_index(demo, monkeypatch))
    _lacking(desk)
    told = desk.register.rehearse(desk.view, "draft_roundup", month, CLERK, {}, NOW)[0]
    assert not isinstance(told, Refusal), str(told)
    assert told.roundup == whole.roundup
    assert desk.missing > 0


@pytest.mark.parametrize(
    ("act", "inputs"), [("take_back", {"reason": "重复。"}), ("amend", {"source_ref": "兰府〔2026〕903号", "reason": "登错。"})]
)
def test_nobody_is_kept_from_the_register_while_an_index_is_read(
    demo: Register, act: str, inputs: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = demo.act("register", NEW, CLERK, PAPER, NOW)
    assert isinstance(done, Receipt)
    register, held = _without_index(demo, monkeypatch), [False]
    begin, writing = Builder.begin, Repository.writing

    @contextmanager
    def written(store: Repository) -> Iterator[Transaction]:
        with writing(store) as transaction:
            held[0] = True
            yield transaction
        held[0] = False

    def begun(builder: Builder) -> None:
        assert not held[0], "what it takes to bring the index there is done before others are kept waiting"
        begin(builder)

    monkeypatch.setattr(Repository, "writing", written)
    monkeypatch.setattr(Builder, "begin", begun)
    for name in ("read_on", "read", "history"):
        monkeypatch.setattr(Builder, name, partialmethod(_outside, getattr(Builder, name), held))
    found = register.act(act, done.outcome.target, CLERK, inputs, NOW)
    assert isinstance(found, Receipt), str(found)


def _outside(builder: Builder, does: Callable[[Builder, object], object], held: list[bool], most: object) -> object:
    assert not held[0]
    return does(builder, most)
