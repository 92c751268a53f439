"""What follows from category and kind of a source, and what a correction of them does to what was drawn up before (1-0, 三（四）; D-8)."""

from collections.abc import Mapping
from itertools import product

import pytest

from records.acts import Outcome, Refusal
from records.rules.routes import addressees, kinds, route
from schema.tables import checker, states
from tests.bureau import DRAFT, OUTGOING, REGISTER, STORY, Matter, roster, source_of

CLERK, A2, DIRECTOR = "BGS.clerk1", "L03", "BGS.director_in_charge"
LAWFUL = {  # D-8, as it is written there
    1: ["bureau_deployment"],
    2: ["director_meeting"],
    3: ["organ_assignment"],
    4: ["organ_assignment", "leader_instruction"],
    5: ["bureau_leader_instruction"],
    6: ["indicator"],
    7: ["npc_motion", "npc_suggestion", "cppcc_proposal", "party_delegate_proposal"],
    8: ["peer_request"],
    9: ["other"],
}
PAIRS = list(product(LAWFUL, kinds()))
ORGAN = {**source_of("organ_assignment", 4), "source_organ": "甘肃省公安厅（虚构来文）"}
LETTER = {"series": "letter", "to": ORGAN["source_organ"]}


def registered(**changed: object) -> Outcome | Refusal:
    return Matter().try_("register", CLERK, **{**REGISTER, "source_level": None, **changed})


def walked(act: str, **changed: Mapping[str, object]) -> Matter:
    """Return a matter on its lawful way before an act, with some steps' inputs changed."""
    matter = Matter()
    for name, by, inputs in STORY:
        if name == act:
            return matter
        matter.do(name, by, **{**inputs, **changed.get(name, {})})
    raise ValueError(act)


def label(kind: str) -> str:
    return checker("item").enum_label(("source", "kind"), kind)


def test_the_kinds_of_the_record_are_those_of_the_table_and_each_series_answers_some_of_them() -> None:
    assert list(kinds()) == checker("item").at(("source", "kind"))["enum"]
    assert {kind.level for kind in kinds().values()} == set(LEVELS)
    assert {kind for each in roster().series.values() for kind in each.kinds} <= set(kinds())


LEVELS = ("superior", "bureau", "peer", "other")


@pytest.mark.parametrize(("category", "kind"), PAIRS)
def test_a_category_takes_its_kinds_and_no_other_and_the_refusal_names_the_nearest_lawful_one(category: int, kind: str) -> None:
    found = registered(**{**source_of(kind), "category": category})
    if kind in LAWFUL[category]:
        assert isinstance(found, Outcome), str(found)
        assert found.item is not None
        assert found.item.source.level == kinds()[kind].level
        return
    assert isinstance(found, Refusal)
    assert found.rule == "R-01"
    assert [problem.field for problem in found.problems] == [("source_kind",)]
    assert f"把来源类型改为“{label(LAWFUL[category][0])}”" in found.way_out
    assert f"第{kinds()[kind].categories[0]}类" in found.way_out


@pytest.mark.parametrize(("kind", "level"), list(product(kinds(), LEVELS)))
def test_the_level_follows_from_the_kind(kind: str, level: str) -> None:
    found = registered(**{**source_of(kind), "source_level": level})
    assert isinstance(found, Outcome) == (level == kinds()[kind].level)
    assert isinstance(found, Outcome) or (found.rule, "层级随来源类型" in found.way_out) == ("R-01", True)


@pytest.mark.parametrize("kind", kinds())
def test_an_instruction_of_a_leader_has_its_words(kind: str) -> None:
    found = registered(**{**source_of(kind), **dict.fromkeys(("instruction", "instruction_by", "instruction_at", "instruction_leader"))})
    assert isinstance(found, Outcome) == (kind not in ("leader_instruction", "bureau_leader_instruction"))
    assert isinstance(found, Outcome) or (found.rule, "须有批示" in found.reason) == ("R-01", True)


@pytest.mark.parametrize(("category", "kind"), [(category, kind) for category, kind in PAIRS if kind in LAWFUL[category]])
@pytest.mark.parametrize("series", ["special", "letter"])
@pytest.mark.parametrize("to", ["某某公司", "省领导（虚构）", "中共兰州市委办公室（虚构来文）", "代表"])
def test_a_document_goes_to_the_one_the_source_names_or_with_the_deputy_directors_word(
    category: int, kind: str, series: str, to: str, at_review: Mapping[tuple[int, str], Matter]
) -> None:
    matter = at_review[category, kind]
    assert matter.item is not None
    right = {
        "special": ["省领导（虚构）", REGISTER["source_organ"]],
        "letter": [REGISTER["source_organ"], *(["代表"] if category == 7 else [])],
    }
    lawful = route(matter.item, matter.roster.series) == series and to in right[series]
    plain = matter.try_("office_review", CLERK, **{**OUTGOING, "series": series, "to": to})
    reasoned = matter.try_("office_review", CLERK, **{**OUTGOING, "series": series, "to": to, "override_reason": "来文单位要求。"})
    assert isinstance(plain, Outcome) == lawful
    assert isinstance(reasoned, Refusal) == lawful  # what needs no override takes no reason for one
    if isinstance(reasoned, Outcome):
        assert reasoned.item is not None
        assert reasoned.item.outgoing is not None
        assert reasoned.item.outgoing.override_waits


@pytest.fixture(scope="module")
def at_review() -> Mapping[tuple[int, str], Matter]:
    """Return a matter before the office's review for each lawful pair; a test tries acts and does none."""
    pairs = [(category, kind) for category, kind in PAIRS if kind in LAWFUL[category]]
    return {pair: walked("office_review", register={**source_of(pair[1], pair[0]), "source_level": None}) for pair in pairs}


OVERRIDDEN = {"to": "某某公司", "override_reason": "来文机关要求直送。"}


def test_what_leaves_its_route_takes_no_number_before_the_deputy_director_agrees() -> None:
    matter = walked("director_sign", office_review=OVERRIDDEN)
    assert "decide_override" in [duty.act for duty in matter.owed]
    matter.do("director_sign", DIRECTOR)
    assert [(duty.act, duty.people) for duty in matter.owed] == [("decide_override", (A2,))]
    refusal = matter.refused("reserve_number", "BGS.registry")
    assert (refusal.rule, "须经主管副局长（顾拟宁）同意" in refusal.reason) == ("R-24", True)
    item = matter.do("decide_override", A2, decision="approved", text="同意直送。")
    assert item.state == "director_signed"
    assert item.outgoing is not None
    assert item.outgoing.override_decided is not None
    assert [duty.act for duty in matter.owed] == ["reserve_number"]
    assert "没有待审批" in matter.refused("decide_override", A2, decision="approved", text="同意。").reason
    matter.do("reserve_number", "BGS.registry")


def test_what_the_deputy_director_does_not_let_leave_its_route_is_drawn_up_again() -> None:
    matter = walked("reserve_number", office_review=OVERRIDDEN)
    item = matter.do("decide_override", A2, decision="rejected", text="按规定送领导本人。")
    assert (item.state, item.director_signature) == ("received", None)
    item = matter.do("office_review", CLERK, **OUTGOING)
    assert item.outgoing is not None
    assert not item.outgoing.override_waits
    matter.do("director_sign", DIRECTOR)
    matter.do("reserve_number", "BGS.registry")


def test_a_text_written_anew_is_held_to_the_same_addressee() -> None:
    matter = walked("bureau_sign")
    matter.do("decline", "L01", text="改一下再签。")
    text = {name: OUTGOING[name] for name in ("kind", "title", "to")} | {"body": "三所学校均已整改到位。"}
    assert matter.refused("redraft_document", CLERK, **{**text, "to": "某某公司"}).rule == "R-24"
    assert matter.refused("redraft_document", CLERK, **text, override_reason="无此必要。").rule == "R-24"
    matter.do("redraft_document", CLERK, **{**text, "to": "某某公司"}, override_reason="来文机关要求直送。")
    matter.do("director_sign", DIRECTOR)
    assert [duty.act for duty in matter.owed] == ["decide_override"]
    matter.do("decide_override", A2, decision="approved", text="同意直送。")
    matter.do("reserve_number", "BGS.registry")
    matter.do("decline", "L01", text="再改。")
    again = {**text, "to": "某某公司", "override_reason": "来文机关要求直送。", "body": "三所学校均已整改完毕。"}
    item = matter.do("redraft_document", CLERK, **again)
    assert item.outgoing is not None
    assert item.outgoing.override_decided is not None


@pytest.mark.parametrize("act", ["director_sign", "reserve_number", "bureau_sign"])
def test_a_correction_that_changes_the_route_voids_what_was_drawn_up_and_its_number(act: str) -> None:
    matter = walked(act)
    number = matter.item.outgoing.number if matter.item and matter.item.outgoing else None
    found = matter.try_("amend", CLERK, source_kind="organ_assignment", reason="来源登记有误。")
    assert isinstance(found, Outcome), str(found)
    assert "作废" in found.about
    assert (found.number, f"文号{number}" in found.about) == (number or "", bool(number))
    item = matter.do("amend", CLERK, source_kind="organ_assignment", reason="来源登记有误。")
    assert (item.state, item.outgoing, item.director_signature, item.moved_at) == ("received", None, None, matter.now.isoformat())
    assert [gone.number for gone in item.reroutings[-1].voided] == ([number] if number else [])
    assert item.reroutings[-1].title == OUTGOING["title"]
    if number:
        assert [(entry.status, entry.item) for entry in matter.series["special"].entries] == [("void", item.id)]
    assert [duty.act for duty in matter.owed] == ["office_review"]
    assert matter.refused("office_review", CLERK, **OUTGOING).rule == "R-24"
    item = matter.do("office_review", CLERK, **{**OUTGOING, "series": "letter", "to": REGISTER["source_organ"]})
    assert item.outgoing is not None
    matter.do("director_sign", DIRECTOR)
    item = matter.do("reserve_number", "BGS.registry")
    assert item.outgoing is not None
    assert item.outgoing.number == "兰公督字〔2026〕1号"


def test_a_correction_of_the_organ_voids_a_document_addressed_to_the_wrong_one_and_no_other() -> None:
    matter = walked("bureau_sign", register=ORGAN, office_review=LETTER)
    assert matter.do("amend", CLERK, title="更正的名称", reason="名称有误。").state == "awaiting_bureau_sign"
    item = matter.do("amend", CLERK, source_organ="公安部（虚构来文）", reason="来文机关有误。")
    assert (item.state, item.outgoing, len(item.reroutings)) == ("received", None, 1)
    to_leader = walked("bureau_sign")
    assert to_leader.do("amend", CLERK, source_organ="公安部（虚构来文）", reason="转来机关有误。").state == "awaiting_bureau_sign"


def test_a_correction_that_makes_a_matter_of_the_bureau_one_of_an_organ_asks_for_a_document() -> None:
    nothing = {**dict.fromkeys(OUTGOING), "answered": [1, 2]}
    matter = walked("reserve_number", register=source_of("bureau_leader_instruction"), office_review=nothing)
    item = matter.do("amend", CLERK, category=4, source_kind="organ_assignment", reason="实为上级交办。")
    assert (item.state, item.source.level, item.director_signature) == ("received", "superior", None)
    assert [duty.act for duty in matter.owed] == ["office_review"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"category": 9}, "第9类事项的来源类型应为“其他”"),
        ({"source_kind": "other"}, "“其他”属于第9类"),
        ({"category": 7, "source_kind": "npc_motion"}, "没有填写提出人"),
        ({"category": 2, "source_kind": "director_meeting"}, "没有填写会议次数"),
        ({"source_level": "peer"}, "层级是“上级”"),
        ({"received": "2026-09-01"}, "晚于今天"),
    ],
)
def test_a_corrected_matter_is_held_to_the_same_as_a_registered_one(change: dict[str, object], words: str) -> None:
    refusal = Matter().until("propose").refused("amend", CLERK, **change, reason="更正。")
    assert (refusal.rule, words in str(refusal)) == ("R-01", True)


def test_a_correction_to_a_leaders_instruction_waits_for_its_words() -> None:
    matter = walked("propose", register={**ORGAN, "instruction": None, "instruction_by": None, "instruction_at": None})
    change = {"source_kind": "leader_instruction", "reason": "实为领导批示。"}
    assert "请先补录批示" in str(matter.refused("amend", CLERK, **change))
    matter.do("add_instruction", CLERK, instruction_by="省领导", instruction_at="2026-08-28", instruction="查实。")
    assert matter.do("amend", CLERK, **change).source.kind == "leader_instruction"


def test_only_what_waits_for_its_signature_is_drawn_up_anew() -> None:
    assert states("being_signed") == {"awaiting_director_sign", "director_signed", "awaiting_bureau_sign"}
    item = walked("review_report", draft_report=DRAFT).do("amend", CLERK, source_kind="organ_assignment", reason="更正。")
    assert (item.state, item.reroutings) == ("draft", ())
    assert addressees(item, roster().series["letter"]) == (REGISTER["source_organ"],)
