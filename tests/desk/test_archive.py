"""Who may make an archive package, and of what: the archivist in a formal register, nobody of what he may not see."""

from dataclasses import replace

import pytest

from desk.archive import ToArchive, item_to_archive, year_to_archive
from desk.desk import Desk
from records.acts import Refusal
from records.matter.item import Classification
from records.register.register import Register
from records.store import receipt
from records.store.paths import item_path
from records.store.record_files import emit
from tests.bureau import at
from tests.planting import store_of

NOW = at("2026-11-24T09:00")
ITEM, OTHER, OPEN = "DB-2026-0118", "DB-2026-0093", "DB-2026-0206"


def plant(register: Register, files: dict[str, bytes]) -> None:
    who = receipt.service(register.view().roster.bureau, register.describe(register.head() or "").author.time)
    with store_of(register).writing() as transaction:
        transaction.commit(files, author=who, committer=who, message="改\n\nDuban-Act: amend\n")


def read_to(done: int, total: int) -> None:
    """Watch the reading without a word."""


def desk(register: Register, person: str | None) -> Desk:
    return Desk(register, register.view().roster.people[person] if person else None, lambda: NOW)


@pytest.fixture
def formal(demo: Register) -> Register:
    """Return the demo as a register in earnest."""
    plant(demo, {"bureau.yaml": emit(replace(demo.view().roster.bureau, demo=False))})
    return demo


@pytest.mark.parametrize("person", ["BGS.clerk1", "BGS.registry", "L03", "JJ.liaison", None])
def test_in_a_formal_register_nobody_but_the_archivist_packs(formal: Register, person: str | None) -> None:
    for found in (item_to_archive(desk(formal, person), ITEM), year_to_archive(desk(formal, person), "2026", read_to)):
        assert isinstance(found, Refusal)
        assert found.rule == "R-34"


def test_the_archivist_packs_what_came_to_its_end(formal: Register) -> None:
    by = desk(formal, "BGS.archivist")
    found = item_to_archive(by, ITEM)
    assert isinstance(found, ToArchive)
    assert [item.id for item in found.items] == [ITEM]
    told: list[tuple[int, int]] = []
    year = year_to_archive(by, "2026", lambda *each: told.append(each))
    assert isinstance(year, ToArchive)
    assert len(year.items) == 12
    assert told == [(n, 12) for n in range(13)], "from the first record on, and of those of the year alone"
    assert (year.left, year.hidden) == ((), 0)
    for target in (OPEN, "DB-2026-9999", "x", ""):
        assert isinstance(item_to_archive(by, target), Refusal)
    assert isinstance(year_to_archive(by, "2025", read_to), Refusal)


def test_what_few_may_know_and_what_was_classified_stays_out_and_is_told_of(formal: Register) -> None:
    view = formal.view()
    few, secret = view.item(ITEM), view.item(OTHER)
    assert few
    assert secret
    stamp = Classification(by="BGS.clerk1", at="2026-11-23T09:00:00+08:00", basis="定密审批表1号")
    told = (replace(few, need_to_know=("L01",)), replace(secret, classified=stamp))
    plant(formal, {item_path(item.id): emit(item) for item in told})
    by = desk(formal, "BGS.archivist")
    for item, words in ((ITEM, "不在您的职责范围内"), (OTHER, "已定密")):
        refusal = item_to_archive(by, item)
        assert isinstance(refusal, Refusal)
        assert words in refusal.reason
    year = year_to_archive(by, "2026", read_to)
    assert isinstance(year, ToArchive)
    assert not {ITEM, OTHER} & {item.id for item in year.items}
    assert [item for item, _ in year.left] == [OTHER]
    assert year.hidden == 1
    assert all(ITEM not in text for pair in year.left for text in pair)


def test_a_record_that_cannot_be_read_is_told_of(formal: Register) -> None:
    plant(formal, {item_path(OTHER): b"id: 1\n"})
    year = year_to_archive(desk(formal, "BGS.archivist"), "2026", read_to)
    assert isinstance(year, ToArchive)
    assert [item for item, _ in year.left] == [OTHER]


def test_in_a_demo_anybody_packs_what_he_sees(demo: Register) -> None:
    assert isinstance(item_to_archive(desk(demo, None), ITEM), ToArchive)
    assert isinstance(item_to_archive(desk(demo, "JJ.liaison"), ITEM), ToArchive)
    assert isinstance(item_to_archive(desk(demo, "WA.liaison"), ITEM), Refusal)
