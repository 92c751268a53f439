"""A record that cannot be read is no more told of to who may not see its matter than a sound one (2-6; D-19)."""

from dataclasses import replace

import pytest

from desk.desk import Desk
from desk.roundups import roundup, roundups
from records.acts import Refusal
from records.register.register import Register
from records.store.paths import item_path, roundup_path
from records.store.record_files import Unreadable, emit
from records.store.store import Ident
from tests.bureau import at
from tests.planting import store_of

ITEM, MONTH, NOW = "DB-2026-0188", "2026-10", at("2026-11-28T09:00")
SOMEBODY = Ident("某人", "x@lzga", NOW)
WORDS = "绝不外传"


def _put(register: Register, path: str, data: bytes) -> None:
    with store_of(register).writing() as transaction:
        transaction.commit({path: data}, author=SOMEBODY, committer=SOMEBODY, message="手改\n")
    register.index.catch_up(lambda done, total: True)


def _break(register: Register, path: str) -> None:
    _put(register, path, (store_of(register).read(path, register.head() or "") or b"") + f"another: {WORDS}\n{WORDS}: 1\n".encode())


def _desk(register: Register, person: str) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: NOW)


def _hears(desk: Desk) -> set[str]:
    """By what the person is told what is wrong with the matter's record."""
    heard = {"problems"} if any(WORDS in str(each) for each in desk.problems) else set()
    try:
        unseen = desk.open(ITEM) is None and desk.rounds(ITEM) == {} and isinstance(desk.unseen("read", ITEM), Refusal)
    except Unreadable as broken:
        return heard | {"open" for each in broken.problems if WORDS in str(each)}
    return heard if unseen else {"sees it"}


def test_what_is_wrong_with_a_matters_record_is_told_to_who_sees_the_matter(demo: Register) -> None:
    _break(demo, item_path(ITEM))
    people = ("BGS.clerk1", "L02", "JJ.liaison", "WA.liaison", "WA.main_leader")
    assert {person: _hears(_desk(demo, person)) for person in people} == {
        "BGS.clerk1": {"problems", "open"},
        "L02": {"problems", "open"},
        "JJ.liaison": {"open"},
        "WA.liaison": set(),
        "WA.main_leader": set(),
    }


def test_what_is_wrong_with_one_that_few_may_know_is_told_to_these(demo: Register) -> None:
    item = demo.view().item(ITEM)
    assert item is not None
    _put(demo, item_path(ITEM), emit(replace(item, need_to_know=("L02",))))
    _break(demo, item_path(ITEM))
    people = ("L02", "JJ.liaison", "BGS.clerk2", "L03", "WA.liaison")
    assert {person: _hears(_desk(demo, person)) for person in people} == {
        "L02": {"problems", "open"},
        "JJ.liaison": {"open"},
        "BGS.clerk2": set(),
        "L03": set(),
        "WA.liaison": set(),
    }


def test_what_is_wrong_with_one_that_never_could_be_read_is_told_to_who_sees_everything(demo: Register) -> None:
    _put(demo, item_path("DB-2026-0999"), f"{WORDS}: 1\n".encode())
    for person, told in (("BGS.clerk1", True), ("WA.liaison", False)):
        desk = _desk(demo, person)
        assert any(WORDS in str(each) for each in desk.problems) is told
        if told:
            with pytest.raises(Unreadable):
                desk.open("DB-2026-0999")
        else:
            assert desk.open("DB-2026-0999") is None


def test_what_is_wrong_with_a_roundup_is_not_told_to_units(demo: Register) -> None:
    assert not isinstance(demo.act("draft_roundup", MONTH, "BGS.clerk1", {}, NOW), Refusal)
    _break(demo, roundup_path(MONTH))
    office, unit = _desk(demo, "BGS.clerk1"), _desk(demo, "WA.liaison")
    assert any(WORDS in str(each) for each in roundups(office)[1])
    with pytest.raises(Unreadable):
        roundup(office, MONTH)
    assert roundups(unit) == ((), ())
    assert roundup(unit, MONTH).roundup is unit.roundup(MONTH) is None
