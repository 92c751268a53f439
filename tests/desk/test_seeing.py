"""Who sees what: the whole ledger, one's own unit's matters, and those that only a few may know of (2-6; D-19)."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from desk.desk import Desk
from desk.inbox import inbox
from desk.outlook import outlook
from records.bureau.roster import Roster, StandIn
from records.bureau.visibility import visible
from records.register.register import NEW, Receipt, Register
from tests.bureau import NOW, STORY, as_read, at, roster

ITEM, TODAY = "DB-2026-0001", at("2026-11-23T10:40")
OFFICE = {"BGS.director", "BGS.director_in_charge", "BGS.section_chief", "BGS.clerk1", "BGS.clerk2", "BGS.registry", "BGS.archivist"}
LEADERS = {f"L0{n}" for n in range(1, 10)} - {"L08"}  # who left at the end of June
UNITS = ("JJ", "CG", "XJ")
RELIEVED = {"role": "supervision_office", "person": "BGS.clerk1", "day": "2026-11-23", "basis": "兰公政任〔2026〕12号"}
FEW = {"L01", "L06", "BGS.clerk1"}  # named, the leader over it and its clerk

# Who of the office and the leaders handles it once a step is done, beside the few; nobody where one of the few does.
HANDLING = {
    "propose": {"L03"}, "submit": {"BGS.registry"}, "office_review": {"BGS.director_in_charge"}, "conclude": {"BGS.archivist"},
}  # fmt: skip


def desk(register: Register, person: str, now: datetime = TODAY) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: now)


def seeing(register: Register, now: datetime) -> set[str]:
    """Return who of office, leaders and some units sees the matter; list, search, and case file must agree on it."""
    found = set()
    for person in (each for each in register.view().roster.people if each.split(".")[0] in ("BGS", *UNITS) or each in LEADERS):
        mine = desk(register, person, now)
        listed = ITEM in [excerpt.id for excerpt, _ in mine.ledger()]
        assert listed == (mine.open(ITEM) is not None), person
        assert not [task for task in inbox(mine) if task.excerpt.id == ITEM] or listed, person
        found |= {person} if listed else set()
    return found


def of_units(known: Roster, *units: str) -> set[str]:
    return {person.id for unit in units for person in known.units[unit].people}


@pytest.mark.parametrize("person", sorted(OFFICE | LEADERS))
def test_office_its_heads_and_the_leaders_see_the_whole_ledger(demo: Register, person: str) -> None:
    assert len(desk(demo, person).ledger()) == len(demo.index.items())


@pytest.mark.parametrize(("role", "unit", "sees"), [
    *((role, None, True) for role in ("bureau_leader", "deputy_director_in_charge", "auditor")),
    *((role, "BGS", True) for role in ("supervision_office", "office_director_in_charge", "registry_clerk", "archivist")),
    *((role, "BGS", True) for role in ("main_leader", "supervising_leader")),
    *((role, "BGS", False) for role in ("liaison", "reviewing_head", "roster_keeper", "admin")),
    *((role, "JJ", False) for role in ("main_leader", "supervising_leader", "reviewing_head", "liaison")),
])  # fmt: skip
def test_each_role_by_itself_shows_the_whole_ledger_or_not(role: str, unit: str | None, sees: bool) -> None:
    """Whoever holds several in the demo would not tell them apart."""
    assert visible("X", {(role, unit)}, ("QLH",), "BGS") == sees
    assert not visible("X", {(role, unit)}, ("QLH",), "BGS", few=("L01",))


@pytest.mark.parametrize("person", ["JJ.main_leader", "JJ.supervising_leader", "XC.main_leader", "BGS.liaison"])
def test_heads_of_other_units_and_the_offices_liaison_see_their_own_units_matters(demo: Register, person: str) -> None:
    unit = person.partition(".")[0]
    wanted = {each.id for each in demo.index.items(unit=unit)}
    assert {excerpt.id for excerpt, _ in desk(demo, person).ledger()} == wanted


@pytest.fixture
def register(tmp_path: Path) -> Register:
    known = roster()
    return Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)


def walked(register: Register, act: str, by: str, inputs: dict[str, object]) -> None:
    target = NEW if act == "register" else ITEM
    item = None if target == NEW else register.view().item(ITEM)
    done = register.act(act, target, by, as_read(act, inputs, item), NOW)
    assert isinstance(done, Receipt), str(done)


def test_what_a_few_may_know_is_seen_by_them_and_by_who_handles_it_now_and_by_nobody_else(register: Register) -> None:
    known = register.view().roster
    for act, by, inputs in STORY:
        walked(register, act, by, {**inputs, **({"need_to_know": ["L01"]} if act == "register" else {})})
        wanted = {"L01", "BGS.clerk1"} if act == "register" else FEW | of_units(known, "JJ", "CG") | HANDLING.get(act, set())
        assert seeing(register, NOW) == wanted, act


def test_who_stands_in_for_one_of_the_few_handles_it_and_when_none_of_them_can_the_office_does(register: Register) -> None:
    walked(register, *STORY[0][:2], {**STORY[0][2], "need_to_know": ["L01"]})
    office = register.view().roster.units["BGS"]
    stand_in = StandIn("supervision_office", "BGS.liaison", "BGS.clerk1", "2026-01-01", "2026-12-31", "出差")
    mine = desk(register, "BGS.liaison", NOW)
    mine.view.roster = replace(mine.view.roster, units={**mine.view.roster.units, "BGS": replace(office, stand_ins=(stand_in,))})
    assert mine.open(ITEM) is not None
    left = tuple(replace(each, until="2026-08-30") if each.person == "BGS.clerk1" else each for each in office.appointments)
    for person, sees in (("BGS.clerk2", True), ("BGS.section_chief", True), ("BGS.director", False), ("L02", False)):
        other = desk(register, person, NOW)
        other.view.roster = replace(other.view.roster, units={**other.view.roster.units, "BGS": replace(office, appointments=left)})
        assert (other.open(ITEM) is not None) == sees, person


def test_what_a_change_of_people_touches_names_no_matter_that_the_keeper_may_not_know(register: Register) -> None:
    walked(register, *STORY[0][:2], {**STORY[0][2]})
    open_one = outlook(desk(register, "BGS.section_chief"), "relieve", "BGS", RELIEVED)
    assert open_one
    assert any(ITEM in line for _, line in open_one.lines)
    walked(register, "amend", "BGS.clerk1", {"need_to_know": ["L01"], "reason": "限定知悉范围。"})
    found = outlook(desk(register, "BGS.section_chief"), "relieve", "BGS", RELIEVED)
    assert found
    assert found.refusal is None
    assert not any(ITEM in line for _, line in found.lines)
    assert ("另外", "还触及限定知悉、您看不到的事项") in found.lines
