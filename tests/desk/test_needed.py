"""登记立项 shows what a matter of its category needs: all that a gate asks for is in sight, and what its category never has is not."""

import pytest

from desk.needed import MORE, derived, needless
from desk.paper_entry import PAPER
from records.acts import Outcome, Refusal
from records.rules.routes import kinds, lawful_kinds
from schema.tables import acts
from tests.bureau import REGISTER, Matter

INPUTS = {wanted.name for wanted in acts()["register"].inputs}


def test_what_is_left_out_of_sight_are_inputs_of_the_act_that_may_be_left_out() -> None:
    optional = {wanted.name for wanted in acts()["register"].inputs if wanted.optional}
    assert needless("register", {}) <= optional
    assert needless("propose", {}) == frozenset(PAPER), "other acts ask for what their rows say"
    assert set(MORE) <= INPUTS


@pytest.mark.parametrize(
    ("category", "kind", "needed"),
    [
        ("2", "director_meeting", {"meeting_number", "meeting_clause"}),
        ("5", "bureau_leader_instruction", {"instruction_leader"}),
        ("7", "npc_motion", {"proposer", "session", "suggestion_number", "suggestion_role"}),
        ("4", "leader_instruction", set()),
        ("9", "other", set()),
    ],
)
def test_a_category_brings_its_own_fields_and_no_other_s(category: str, kind: str, needed: set[str]) -> None:
    special = {"meeting_number", "meeting_clause", "instruction_leader", "proposer", "session", "suggestion_number", "suggestion_role"}
    hidden = needless("register", {"category": category, "source_kind": kind})
    assert special - hidden == needed
    assert special <= needless("register", {}), "before there is a category nobody is asked"


def test_a_degree_of_secrecy_brings_its_period_and_copy_number() -> None:
    assert {"secrecy_years", "copy_number"} <= needless("register", {"secrecy": "none"})
    assert {"secrecy_years", "copy_number"}.isdisjoint(needless("register", {"secrecy": "secret"}))


def test_those_that_few_need_come_when_asked_for() -> None:
    assert set(MORE) <= needless("register", {"category": "4"})
    assert set(MORE).isdisjoint(needless("register", {"category": "4"}, more=True))


@pytest.mark.parametrize("category", range(1, 10))
def test_the_kind_follows_where_the_category_leaves_but_one(category: int) -> None:
    followed = derived("register", {"category": str(category)}).get("source_kind")
    assert (followed is not None) == (len(lawful_kinds(category)) == 1)
    assert followed is None or category in kinds()[followed].categories


@pytest.mark.parametrize("category", range(1, 10))
def test_whatever_a_gate_asks_of_a_category_is_in_sight(category: int) -> None:
    """Registered with what is in sight filled in; a refusal may ask for nothing that is not."""
    for kind in lawful_kinds(category):
        given = {**REGISTER, "category": category, "source_kind": kind, "source_level": kinds()[kind].level}
        hidden = needless("register", {"category": str(category), "source_kind": kind})
        done = Matter().try_("register", "BGS.clerk1", **{name: None if name in hidden else value for name, value in given.items()})
        assert isinstance(done, Outcome | Refusal)
        if isinstance(done, Refusal):
            assert {str(problem.field[0]) for problem in done.problems if problem.field}.isdisjoint(hidden), (kind, str(done))
