"""Who may do which act, written down from the regulation a second time: each role, in each body, against each act."""

from dataclasses import replace

import pytest

from records.acts import Outcome, Refusal, perform
from records.bureau.foundations import BUREAU, KINDS, LEADERS, POLICY, SCORING
from records.bureau.roster import SYSTEM, Appointment, Person, Roster
from records.bureau.visibility import sees_all, visible
from records.matter.item import Item
from records.matter.roundup import Roundup
from schema.tables import acts
from tests.bureau import NOW, PROPOSE, Matter, at, roster

ROLES = (
    "supervision_office", "office_director_in_charge", "registry_clerk", "archivist", "roster_keeper", "liaison", "reviewing_head",
    "supervising_leader",
    "main_leader", "bureau_leader", "deputy_director_in_charge", "auditor", "admin",
)  # fmt: skip
BODIES = {"office": "BGS", "bureau": None, "lead": "JJ", "assisting": "CG", "other": "XJ"}
CLERK, DIRECTOR, REGISTRY, ARCHIVIST, KEEPER = (f"{role}@office" for role in ROLES[:5])
DEPUTY, LEADER, AUDITOR = "deputy_director_in_charge@bureau", "bureau_leader@bureau", "auditor@bureau"
LIAISON, LIAISON_2 = "liaison@lead", "liaison@assisting"
IN_A_UNIT = [f"{role}@{body}" for role in ROLES[5:9] for body in ("lead", "assisting")]
MAY: dict[tuple[str, ...], str] = {
    (CLERK,): "register carry_in_item succeed classify add_instruction amend propose dispatch handle_directly waive_opinion "
    "decide_objection change_lead "
    "change_assisting propose_adjustment office_review redraft_document report_up ask_proposer record_satisfaction verify resume "
    "open_accountability conclude write_roundup omit_row issue_roundup",
    (DEPUTY,): "read decide_override suspend cancel merge approve_accountability approve_roundup enact_policy enact_scoring",
    (KEEPER,): "enrol correct_person appoint relieve stand_in end_stand_in move_person waive_four_eyes set_portfolio found_unit "
    "rename_unit correct_unit dissolve_unit correct_bureau announce_calendar draft_policy draft_scoring",
    (LEADER,): "bureau_sign decline withdraw_document show_leader waive_up_report",
    (AUDITOR,): "record_outcome",
    (ARCHIVIST,): "archive",
    (REGISTRY,): "receive_paper correct_carry_in record_outside_numbers record_void_number",
    (REGISTRY, CLERK): "reserve_number void_number",
    (CLERK, DIRECTOR): "urge return_report",
    (DIRECTOR, KEEPER): "upgrade",
    (DIRECTOR, DEPUTY): "decide_adjustment name_leader reopen decide_extension director_sign",
    (LIAISON, CLERK): "report_progress record_indicators",
    (LIAISON,): "report_no_change draft_report register_paper_report submit",
    (LIAISON_2,): "give_opinion",
    (LIAISON, LIAISON_2): "sign_for object reply_urge",
    ("reviewing_head@lead",): "review_report",
    ("supervising_leader@lead",): "read_in_unit",
    ("main_leader@lead",): "request_extension consent withdraw_report",
    (SYSTEM,): "remind record_document take_checkpoint",
    (CLERK, SYSTEM): "draft_roundup",
    (CLERK, DIRECTOR, REGISTRY, ARCHIVIST, DEPUTY, LEADER, AUDITOR, *IN_A_UNIT): "take_back",
}  # fmt: skip
WHO = {act: set(who) for who, named in MAY.items() for act in named.split()}


def one_person_a_role() -> Roster:
    """Return the roster with everybody replaced: in each body each role there is, even where it means nothing, has a person of its own."""
    known = roster()
    units = dict(known.units)
    for body, unit in BODIES.items():
        people = tuple(Person(f"{role}@{body}", f"{role}@{body}", role) for role in ROLES)
        held = tuple(Appointment(role, person.id, "2026-01-01") for role, person in zip(ROLES, people, strict=True))
        if unit is None:
            known = replace(known, leaders=replace(known.leaders, people=people, appointments=held, stand_ins=()))
        else:
            units[unit] = replace(units[unit], people=people, appointments=held, stand_ins=())
    return replace(known, units=units)


EVERYBODY = one_person_a_role()
PERSONS = (*(f"{role}@{body}" for body in BODIES for role in ROLES), SYSTEM)


def record_for(act: str) -> tuple[Item | None, Roundup | None, str]:
    """Return a record in a state that the act starts from, whatever else stands in it, and what the act is done on."""
    spec = acts()[act]
    if spec.target == "numbers":
        return None, None, "special"
    if spec.target in KINDS:
        return (
            None,
            None,
            {
                "unit": "JJ",
                "leaders": LEADERS,
                "bureau": BUREAU,
                "calendar": "2027",
                "policy_draft": POLICY,
                "scoring_draft": SCORING,
                "checkpoint": NOW.date().isoformat(),
            }[spec.target],
        )
    if spec.target == "roundup":
        drafted = perform(replace(Matter().world), "draft_roundup", None, SYSTEM, {}, at("2026-10-08T09:00"), target="2026-08")
        assert isinstance(drafted, Outcome)
        found = drafted.roundup
        assert found is not None
        return None, replace(found, state=spec.from_states[0]) if spec.from_states else None, "2026-08"
    item = Matter().until("archive").item
    assert item is not None
    return replace(item, state=spec.from_states[0]) if spec.from_states else None, None, "DB-2026-0118"


def test_every_act_is_in_the_table_of_who_may() -> None:
    assert WHO.keys() == acts().keys()


@pytest.mark.parametrize("act", WHO)
def test_an_act_is_open_to_its_roles_in_their_bodies_and_to_nobody_else(act: str) -> None:
    item, roundup, target = record_for(act)
    world = replace(Matter().world, roster=EVERYBODY)
    found = {
        person: perform(world, act, item, person, {"nothing": "of the kind"}, NOW, target=target, roundup=roundup) for person in PERSONS
    }
    assert {person for person, said in found.items() if "的职责" not in str(said)} == WHO[act]


SEES = {
    "supervision_office",
    "office_director_in_charge",
    "registry_clerk",
    "archivist",
    "bureau_leader",
    "deputy_director_in_charge",
    "auditor",
}
HEADS = {"main_leader", "supervising_leader"}  # of the supervising office (D-19)


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_every_matter_and_who_only_those_of_his_unit(role: str) -> None:
    assert [sees_all([(role, unit)], "BGS") for unit in ("BGS", "JJ", None)] == [role in SEES | HEADS, role in SEES, role in SEES]
    assert visible("P", [(role, "JJ")], ["JJ", "CG"], "BGS") == (role != "admin")
    assert visible("P", [(role, "JJ")], ["JJ"], "BGS", few=["Q"]) == (role != "admin")
    assert visible("P", [(role, "XJ")], ["JJ"], "BGS", few=["P"])
    assert not visible("P", [(role, "XJ")], ["JJ"], "BGS", few=["Q"])


@pytest.mark.parametrize("role", ["liaison", "reviewing_head", "supervising_leader", "main_leader"])
def test_a_unit_needs_a_liaison_a_reviewing_head_and_a_main_leader_to_be_dispatched_to(role: str) -> None:
    matter = Matter().until("propose")
    unit = matter.roster.units["JJ"]
    left = tuple(each for each in unit.appointments if each.role != role)
    matter.roster = replace(matter.roster, units={**matter.roster.units, "JJ": replace(unit, appointments=left)})
    found = matter.try_("propose", "BGS.clerk1", **PROPOSE)
    assert (isinstance(found, Refusal) and found.rule == "R-08") == (role != "supervising_leader")
