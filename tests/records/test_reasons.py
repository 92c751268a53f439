"""Why an act is refused is true of the situation: for every act, in every state, for everybody who has a role (row 23)."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from desk.forms import fields
from records.acts import Refusal, form, prospects
from records.bureau.roster import role_label
from records.matter.item import Item
from records.matter.report import Round
from records.register.register import Register
from schema.tables import ActSpec, acts, checker, way
from tests.bureau import PROPOSE, REGISTER, STORY, Matter
from tests.records.filling import stages
from tests.tui.playing import NOW

PEOPLE = (
    "L01", "L03", "L05", "BGS.director_in_charge", "BGS.section_chief", "BGS.clerk1", "BGS.registry", "BGS.archivist",
    *(f"{unit}.{role}" for unit in ("JJ", "CG", "XJ") for role in ("liaison", "reviewing_head", "supervising_leader", "main_leader")),
)  # fmt: skip


def _round_due(item: Item) -> Round | None:
    """The round that is yet to be judged: one that was returned is over, the next one has not begun."""
    return item.report.round if item.report and item.report.round.returned is None else None


# What must come first, as the table says it, and whether it has come.
CLAIMS: Mapping[str, Callable[[Item], bool]] = {
    "须先拟办，应当阅示的经主管副局长阅示后，方可交相关部门办理": lambda item: item.dispatched is not None,
    "办理结果须经本单位主要领导同意后方可上报": lambda item: (due := _round_due(item)) is not None and due.consented is not None,
    "纸质件和电子件齐收以后方可审核、退回": lambda item: (due := _round_due(item)) is not None and due.paper is not None,
    "纸质件和电子件齐收以后方可审核": lambda item: (due := _round_due(item)) is not None and due.paper is not None,
    "报告须经办公室审核后方可报主管主任审签": lambda item: (due := _round_due(item)) is not None and due.office_reviewed is not None,
    "编号送签以后方可签发": lambda item: item.outgoing is not None and item.outgoing.number is not None,
    "办结以后方可归档": lambda item: item.concluded is not None,
}


def _situations() -> Iterator[Matter]:
    """Yield a matter in every state that there is, also off the straight way."""
    yield from stages()
    small = Matter()
    small.do(
        "register", "BGS.clerk1", **{**REGISTER, "category": 9, "source_kind": "other", "source_level": "other", "importance": "normal"}
    )
    small.do("propose", "BGS.clerk1", **PROPOSE)
    yield small
    sent_back = Matter().until("read")
    sent_back.do("read", "L03", decision="change", text="请改。")
    yield sent_back
    back = Matter().until("office_review")
    back.do("return_report", "BGS.clerk1", reasons=["R1"], comment="请补。", redo_due="2026-09-02")
    yield back
    objecting = Matter().until("read_in_unit")
    objecting.do("object", "JJ.liaison", kind="hand_back", reason="不属职责。")
    yield objecting
    for act in ("suspend", "cancel"):
        ended = Matter().until("draft_report")
        ended.do(act, "L03", reason="另行安排。")
        yield ended
    merged = Matter(others=("DB-2026-0100",)).until("draft_report")
    merged.do("merge", "L03", merged_into="DB-2026-0100", reason="同一事项。")
    yield merged


def _refused(matter: Matter) -> Iterator[tuple[str, ActSpec, Refusal]]:
    assert matter.item is not None
    for person in PEOPLE:
        for each in prospects(matter.world, matter.item, person, matter.now):
            if each.refusal is not None:
                yield person, each.spec, each.refusal


def _may(matter: Matter, spec: ActSpec) -> set[str]:
    """Return who has an office in which the act is done, today."""
    roster, day = matter.roster, matter.now.date()
    bodies = [(who.role, body) for who in spec.who for body in roster.bodies(who, matter.item)]
    return {each.person for role, body in bodies for each in roster.standings(role, body, day)}


def test_every_reason_is_true_of_who_asks_and_of_where_the_item_is() -> None:
    states: set[str] = set()
    for matter in _situations():
        item = matter.item
        assert item is not None
        states.add(item.state)
        now = f"“{checker('item').enum_label(('state',), item.state)}”"
        for person, spec, refusal in _refused(matter):
            told, where = str(refusal), f"{spec.name} by {person} in {item.state}: {refusal}"
            may = _may(matter, spec)
            if person not in may:
                assert refusal.reason == f"“{spec.label}”不属于{_called(matter, person)}的职责。", where
                _names_them(matter, spec, refusal, where)
            elif item.state not in spec.from_states:
                assert f"现在是{now}" in refusal.reason, where
                _says_still_or_no_more(item, spec, refusal, where)
                if (next_step := matter.owed[0] if matter.owed else None) and next_step.act != spec.name:
                    assert f"下一步是“{acts()[next_step.act].label}”" in told, where
                    names = refusal.way_out.partition("（")[2].partition("）")[0]
                    holding = {matter.roster.name(each.person) for each in next_step.holders if each.role == next_step.role}
                    assert set(filter(None, names.split("、"))) == holding, where
            else:
                assert "现在是" not in refusal.reason, where
    known = checker("item").at(("state",))["enum"]
    assert isinstance(known, list)
    assert states == set(known), "a state is not tried"


def _called(matter: Matter, person: str) -> str:
    found = matter.roster.people[person]
    return f"{found.name}（{found.title}）"


def _names_them(matter: Matter, spec: ActSpec, refusal: Refusal, where: str) -> None:
    """The way out names the offices in which the act is done, and nobody who has none of them."""
    assert all(role_label(who.role) in refusal.way_out for who in spec.who), where
    may = {matter.roster.name(person) for person in _may(matter, spec)}
    strangers = {each.name for each in matter.roster.people.values()} - may
    named = [part for piece in refusal.way_out.split("（")[1:] for part in piece.partition("）")[0].split("、")]
    assert not strangers & set(named), where


def _says_still_or_no_more(item: Item, spec: ActSpec, refusal: Refusal, where: str) -> None:
    """还不能: a state of the act lies ahead, none behind. 不能再: the other way round. And what must come first has not come."""
    behind = _behind(item.state)
    if "还不能" in refusal.reason:
        assert behind is not None, where
        assert not behind & set(spec.from_states), where
    elif "不能再" in refusal.reason:
        assert behind is not None, where
        assert set(spec.from_states) - {"objection_pending", "suspended"} <= behind, where
    _, colon, claim = refusal.reason.rstrip("。").partition("：")
    if colon and claim != spec.spent:
        assert claim in CLAIMS, f"no test holds the table to what it says: {where}"
        assert not CLAIMS[claim](item), where


def _behind(state: str) -> set[str] | None:
    """The states that an item in this one has behind it, None for one beside the way."""
    return set(way("item")[: way("item").index(state)]) if state in way("item") else None


def test_the_way_is_the_one_that_the_story_goes() -> None:
    matter, seen = Matter(), []
    for name, by, inputs in STORY:
        seen.append(matter.do(name, by, **inputs).state)
    straight = list(dict.fromkeys(seen))
    assert straight == [state for state in way("item") if state in straight]
    known = checker("item").at(("state",))["enum"]
    assert isinstance(known, list)
    assert set(known) - set(way("item")) == {"objection_pending", "suspended", "cancelled", "merged"}
    assert way("roundup") == ("drafted", "approved", "issued")


def test_a_report_at_the_bureaus_leaders_is_not_said_to_lack_its_paper() -> None:
    """The instance in which it was found: returned during 局领导审签."""
    matter = Matter().until("bureau_sign")
    refusal = matter.refused("return_report", "BGS.clerk1", reasons=["R1"], comment="请补。", redo_due="2026-09-02")
    assert "齐收" not in str(refusal)
    assert refusal.reason == "本件现在是“待局领导审签”，不能再“责成重新上报”。"
    assert refusal.rule == "R-19"


def test_who_one_is_comes_before_where_the_item_is() -> None:
    matter = Matter().until("dispatch")
    refusal = matter.refused("office_review", "JJ.liaison", answered=[1])
    assert "不属于邵拟行" in refusal.reason
    assert refusal.rule == "R-34"


@pytest.mark.parametrize("act", acts())
def test_an_input_is_called_in_a_refusal_what_the_form_calls_it(act: str, demo_home: Path) -> None:
    spec, view = acts()[act], Register(demo_home).view()
    labels = {field.name: field.label for field in fields(spec, None, view, NOW.date())}
    missing = {str(problem.field[0]): problem.label for problem in form(act).problems({})}
    assert missing.keys() == {wanted.name for wanted in spec.inputs if not wanted.optional}
    assert {name: f"“{labels[name]}”" for name in missing if name in labels} == {name: missing[name] for name in missing if name in labels}


def test_two_inputs_of_an_act_never_have_one_name(demo_home: Path) -> None:
    """Which unit is meant, the lead or an assisting one, is seen from the name alone."""
    for spec in acts().values():
        labels = [field.label for field in fields(spec, None, Register(demo_home).view(), NOW.date())]
        assert len(set(labels)) == len(labels), spec.name
    assert "“主办单位”" in str(form("propose").problems({})[0])
