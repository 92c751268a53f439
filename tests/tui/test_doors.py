"""Every act on people, units, the bureau, days and rules can be found and done on a screen by whoever may do it."""

import re

import pytest

from records.acts import TAKES_OVER
from records.bureau.foundations import KINDS
from records.register.register import Register
from schema.tables import ActSpec, acts
from tests.tui.playing import act, playing

SIZE = (80, 40)
HOLDERS = {"roster_keeper": "BGS.section_chief", "deputy_director_in_charge": "L03"}
MENUS = (("p", "f5"), ("escape", "down", "f5"), ("escape", "z", "f5"), ("escape", "f8"))
"""The way from one menu of acts to the next: of the leadership, of a unit, of the rules, of the year."""

BY_ITSELF = "take_checkpoint"  # the system's own, at no door
# What takes a register over is offered in one that is to be taken over (test_app_upgrade.py).
OWN = [spec for spec in acts().values() if spec.target in KINDS and spec.name not in (TAKES_OVER, BY_ITSELF)]


@pytest.fixture
def drafted(demo: Register) -> Register:
    """Return the demo with a version of the rules and one of the scoring that wait for approval, so that there is something to approve."""
    policy = demo.view().policy
    counts = {
        f"{name}_{key}": value
        for name in ("due", "warning", "sign_for", "feedback")
        for key, value in getattr(policy, f"{name}_workdays").items()
    }
    days = ("objection_workdays", "quiet_workdays", "roundup_workday", "opinion_workdays", "backdating_workdays")
    given = {
        **counts,
        **{name: getattr(policy, name) for name in days},
        "due_ordinary": 20,
        "roundup_categories": list(policy.roundup_categories),
    }
    act(demo, "draft_policy", "policy", "BGS.section_chief", version="2026-02", reading_required="always", reason="试行。", **given)
    act(demo, "draft_scoring", "scoring", "BGS.section_chief", version="2026-02", base=100, returned_points=3, reason="试行。")
    return demo


async def _offered(register: Register, person: str) -> set[str]:
    """The labels of what may be done, on all menus."""
    found: set[str] = set()
    async with playing(register, person, SIZE) as play:
        for keys in MENUS:
            text = await play.press(*keys)
            assert "能否" in text, keys
            found |= set(re.findall(r"^[> ][0-9 ] 可以办 (\S+)", text, re.MULTILINE))
    return found


async def test_whoever_may_do_it_finds_a_door_to_every_act_on_people_units_days_and_rules(drafted: Register) -> None:
    roles = {who.role for spec in OWN for who in spec.who}
    assert roles <= HOLDERS.keys(), "somebody else may do such an act now: say who holds that role in the demo"
    missing: list[ActSpec] = []
    for role in roles:
        offered = await _offered(drafted, HOLDERS[role])
        missing += [spec for spec in OWN if role in {who.role for who in spec.who} and spec.label not in offered]
    assert [spec.name for spec in missing] == []
