"""The invented bureau lives through what is decided in D-1 to D-19, as far as its stories reach (issue 10: it is done when)."""

from pathlib import Path

import pytest

from records.matter.history import Step
from records.register.register import Register
from records.rules.timeliness import lateness

LEADERS = {f"L0{n}" for n in range(1, 10)}


@pytest.fixture(scope="module")
def steps(demo_home: Path) -> tuple[Step, ...]:
    register = Register(demo_home)
    return tuple(step for each in register.index.items() for step in register.index.history(each.id))


@pytest.mark.parametrize(
    "acts",
    [
        ("decline", "redraft_document"),  # D-12
        ("take_back",),  # D-11
        ("withdraw_document", "redraft_document"),  # D-13
        ("suspend", "resume"),  # D-3
        ("return_report", "draft_report"),
        ("request_extension", "decide_extension"),  # D-2
    ],
)
def test_what_bends_the_way_is_in_its_stories(acts: tuple[str, ...], steps: tuple[Step, ...]) -> None:
    """All on one matter, one after the other."""
    told: dict[str | None, list[str]] = {}
    for step in steps:
        told.setdefault(step.item or "", []).append(step.act)
    assert any(follow(found, acts) for found in told.values())


def follow(found: list[str], acts: tuple[str, ...]) -> bool:
    rest = iter(found)
    return all(act in rest for act in acts)


def test_a_leader_is_stood_in_for_and_one_leaves(steps: tuple[Step, ...], demo_home: Path) -> None:
    leaders = Register(demo_home).view().roster.leaders
    assert any(step.person in LEADERS and step.on_behalf_of for step in steps)  # D-6
    assert [each.person for each in leaders.appointments if each.until]  # D-4


def test_a_unit_signs_for_late_and_a_matter_is_kept_as_a_shell(demo_home: Path) -> None:
    register = Register(demo_home)
    view = register.view()
    items = [item for each in register.index.items() if (item := view.item(each.id))]
    late = {each.kind for item in items for each in lateness(item, view.policy_at(item.policy), view.calendar)}
    assert "sign_for" in late  # D-1
    assert {item.title for item in items if item.secrecy.level != "none"} == {f"涉密事项（份号00000{n}）" for n in (1, 2)}  # D-16
