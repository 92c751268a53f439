"""办后: what a form says an act comes to is what comes of it, for every step from the paper to the archive."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.desk import Desk
from desk.outlook import afterwards, outlook
from desk.wording import head
from documents.publishing.catalogue import plans
from records.acts import Refusal, form, rehearse
from records.acts.inputs import stand_ins
from records.matter.item import Item
from records.register.register import NEW, Receipt, Register
from schema.tables import acts
from tests.bureau import NOW, PROPOSE, REGISTER, STORY, Matter, as_read, roster


@pytest.fixture
def register(tmp_path: Path) -> Register:
    told = roster()
    return Register.create(tmp_path / "register", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=1))


def _desk(register: Register, person: str, at: datetime = NOW) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: at)


def _papers(item: Item | None) -> set[tuple[str, str, str]]:
    return {(plan.name, plan.draft, plan.number) for plan in plans(item)}


def test_what_is_foretold_is_what_comes_of_every_step(register: Register) -> None:
    target, looker = NEW, _desk(register, "BGS.clerk1")
    for act, by, inputs in STORY:
        desk, before = _desk(register, by), register.view().item(target) if target != NEW else None
        given, commit = as_read(act, inputs, before), register.head()
        found = outlook(desk, act, target, given)
        assert found is not None
        assert found.refusal is None
        assert register.head() == commit, "a rehearsal puts nothing on record"
        done = desk.do(act, target, given)
        assert isinstance(done, Receipt), str(done)
        target, told, said = done.outcome.target, dict(found.lines), afterwards(desk, done)
        after = register.view().item(target)
        case = looker.open(target)
        assert case is not None
        assert after is not None
        now = dict(head(case, register.view().roster, register.view().calendar))
        assert now["状态"].split("  ")[0] in told["办后"], act
        assert said.startswith(f"已办：{done.outcome.spec.label} {target}")
        if case.next:
            whole = told["下一手"].rpartition("，下一步")[0]
            office, _, people = whole.partition("和")[0].partition(" ")
            assert now["现在"].startswith(f"{office}："), act
            assert all(name in now["现在"] for name in people.split("、")), act
            assert people, act
            assert told["下一手"].endswith(f"下一步{now['下一步'].split('，')[0]}"), act
            assert f"现在在{whole}手里，下一步{now['下一步'].split('，')[0]}" in said
        assert ("文号" in told) == bool(done.outcome.numbers), act
        assert done.outcome.number in told.get("文号", ""), act
        assert ("成文" in told) == bool(_papers(after) - _papers(before)), act
        assert all(told[label] in said for label in ("文号", "成文") if label in told), act


def test_a_small_matter_needs_no_reading_and_its_form_does_not_say_that_it_does(register: Register) -> None:
    small = {**REGISTER, "category": 9, "source_level": "other", "source_kind": "other", "importance": "normal", "urgency": "ordinary"}
    small |= {"instruction": None, "instruction_by": None, "instruction_at": None}
    done = _desk(register, "BGS.clerk1").do("register", NEW, small)
    assert isinstance(done, Receipt), str(done)
    found = outlook(_desk(register, "BGS.clerk1"), "propose", done.outcome.target, PROPOSE)
    assert found is not None
    assert dict(found.lines)["办后"] == "已登记 → 待交办"


def test_what_stands_against_it_and_what_its_gates_ask_for_is_told_too(register: Register) -> None:
    target = NEW
    for act, by, inputs in STORY:
        if act == "receive_paper":
            break
        done = _desk(register, by).do(act, target, as_read(act, inputs, None if target == NEW else register.view().item(target)))
        assert isinstance(done, Receipt), str(done)
        target = done.outcome.target
    desk = _desk(register, "BGS.registry")
    empty = outlook(desk, "receive_paper", target, {})
    assert empty is not None
    assert isinstance(empty.refusal, Refusal)
    assert set(empty.wanted) == {"code"}, "the code is asked for before anything else is filled in"
    typed = outlook(desk, "receive_paper", target, {"pages": 3, "copies": 2, "code": "0000-0000-0000"})
    assert typed is not None
    assert typed.refusal is not None
    assert [problem.field for problem in typed.refusal.problems] == [("code",)]
    clerk = _desk(register, "BGS.clerk1")
    usual = {field.name: field.default for field in clerk.form("register", None) if field.default}  # as the form is filled at first
    asked: tuple[tuple[dict[str, object], set[str]], ...] = (
        ({"category": 2, "source_kind": "director_meeting"}, {"meeting_number"}),
        ({"category": 7, "source_kind": "npc_motion"}, {"proposer"}),
        ({"category": 7, "source_kind": "npc_motion", "proposer": "某代表"}, {"session"}),
        ({"secrecy": "secret"}, {"secrecy_years"}),
        ({"instruction": "请办。"}, {"instruction_by"}),
        ({}, set()),
    )
    for given, names in asked:
        found = outlook(clerk, "register", NEW, usual | given)
        assert found is not None
        assert set(found.wanted) == names, given


def test_what_stands_in_for_what_is_still_to_be_written_is_lawful_in_every_act() -> None:
    """A gate is never asked about something that no form could give it; requirements have a text, not a dash for all of them."""
    for spec in acts().values():
        names = {wanted.name for wanted in spec.inputs}
        there = stand_ins(spec.name, names, NOW.date().isoformat())
        assert not [problem for problem in form(spec.name).problems(there) if str(problem.field[0]) in there], spec.name
    assert stand_ins("propose", ("points", "text", "lead"), "2026-11-23") == {"points": [{"text": "—"}], "text": "—"}


@pytest.mark.parametrize("points", [[{"text": "核查", "unit": "西固所"}], ["核查"], [{"unit": "QLH"}], []])
def test_a_form_goes_on_telling_while_its_requirements_are_no_good_yet(points: object) -> None:
    matter = Matter().until("propose")
    given = {**PROPOSE, "points": points}
    found, _ = rehearse(matter.world, "propose", matter.item, "BGS.clerk1", given, matter.now)
    assert isinstance(found, Refusal)
    assert {str(problem.field[0]) for problem in found.problems} == {"points"}


def test_what_is_wrong_with_what_is_there_is_said_though_something_is_still_to_be_written(register: Register) -> None:
    done = _desk(register, "BGS.clerk1").do("register", NEW, REGISTER)
    assert isinstance(done, Receipt), str(done)
    late = {**PROPOSE, "due": (NOW - timedelta(days=9)).date().isoformat()}
    found = outlook(_desk(register, "BGS.clerk1"), "propose", done.outcome.target, {name: late[name] for name in late if name != "text"})
    assert found is not None
    assert [str(each.field[0]) for each in found.problems] == ["text", "due"]
