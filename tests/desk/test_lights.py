"""The lights by which lists are narrowed and ordered are those of the matters themselves, whatever they follow from has become."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk import ledger
from desk.desk import Desk
from desk.ledger import LedgerQuery
from records.register.register import NEW, Receipt, Register
from records.store.record_files import emit
from records.store.store import Ident
from tests.bureau import NOW, roster
from tests.planting import store_of
from tests.records.test_carried import CONCLUDED

SOMEBODY = Ident("某人", "x@lzga", NOW)
ITEM = "DB-2026-0001"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register with a matter that was over when it came from another ledger, and was taken up again."""
    known = roster()
    made = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)
    again = {"reason": "反复。", "due": "2026-09-07"}
    for act, target, by, inputs in (("carry_in_item", NEW, "BGS.clerk1", CONCLUDED), ("reopen", ITEM, "L03", again)):
        done = made.act(act, target, by, inputs, NOW)
        assert isinstance(done, Receipt), str(done)
    return made


def test_what_pins_no_policy_follows_the_one_in_force(register: Register) -> None:
    desk = Desk(register, register.view().roster.people["BGS.clerk1"], lambda: NOW)

    def told() -> tuple[str, set[str]]:
        case = desk.open(ITEM)
        assert case is not None
        colours = ("red", "yellow", "green", "none")
        return case.light.colour, {each for each in colours if ledger.page(desk, LedgerQuery(colour=each), 0, 9).lines}

    assert told() == ("green", {"green"})
    policy = register.view().policy
    changed = replace(policy, warning_workdays=dict.fromkeys(policy.warning_workdays, 9))
    with store_of(register).writing() as transaction:
        transaction.commit({"policy.yaml": emit(changed)}, author=SOMEBODY, committer=SOMEBODY, message="手改\n")
    desk.catch_up()
    assert told() == ("yellow", {"yellow"})
