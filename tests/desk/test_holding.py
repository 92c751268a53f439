"""In whose hands matters are is what their records say, for many at once: every unit that owes what is owed first, and all its people."""

from datetime import timedelta

from desk.desk import Desk
from desk.holding import in_whose_hands
from records.register.register import NEW, Receipt, Register
from tests.bureau import STORY
from tests.tui.playing import NOW


def _dispatched(register: Register) -> str:
    """Have a matter dispatched to three units, of which none has signed for it, and return its number."""
    item = NEW
    later: dict[str, dict[str, object]] = {
        "register": {"received": "2026-11-20"},
        "propose": {"assisting": ["CG", "ZA"], "due": "2026-12-18"},
    }
    for act, by, inputs in STORY[:4]:
        done = register.act(act, item, by, {**inputs, **later.get(act, {})}, NOW)
        assert isinstance(done, Receipt), done
        assert done.outcome.item
        item = done.outcome.item.id
    return item


def test_whoever_owes_what_is_owed_first_has_a_matter_in_whatever_unit(demo: Register) -> None:
    item, several = _dispatched(demo), set()
    demo.index.catch_up()
    for days in (-40, -20, -5, 0, 30):
        desk = Desk(demo, None, lambda days=days: NOW + timedelta(days=days))  # type: ignore[misc]
        found = [excerpt for excerpt, _ in desk.ledger()]
        holding = in_whose_hands(desk, found)
        for each in found:
            case = desk.open(each.id)
            assert case
            first = [duty for duty in case.duties if duty.act == case.duties[0].act]
            people = {person for duty in first for person in duty.people}
            assert (each.id in holding) == bool(first), each.id
            if first:
                assert (holding[each.id].act, {*holding[each.id].people}) == (first[0].act, people), each.id
                assert holding[each.id].people[: len(first[0].people)] == first[0].people, "those of the first unit first"
            if len({duty.body for duty in first}) > 1:
                several.add(each.id)
    assert item in several
