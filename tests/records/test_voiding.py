"""Whose signature goes is found by running the act, not by a list of acts: who does away with one says why, and it is on record."""

from records.acts import Outcome, Refusal
from records.matter.item import Item, signatures
from records.matter.plain_data import to_data
from records.procedure.input_places import supplied
from records.store.record_files import emit, parse
from schema.tables import acts
from tests.bureau import DRAFT, PROPOSE, Matter
from tests.records.filling import everything, filled, stages

ANEW = {**DRAFT, "body": "另写一份。"}


def _standing(item: Item) -> set[tuple[str, str]]:
    """Return the signatures that count, each with its giver: those over a text, and the reading of what may be dispatched."""
    found = {(each.place, each.signature.by) for each in signatures(item) if each.signature.agrees}
    if item.reading and item.state not in ("registered", "awaiting_reading"):
        found.add(("reading", item.reading.by))
    return found


def test_every_act_after_which_a_signature_no_longer_counts_says_whose_and_asks_why() -> None:
    met: set[str] = set()
    for matter in stages():
        before = matter.item
        assert before is not None
        for each in everything(matter, "甲"):  # filled in by rote, so with a reason where one can be given
            assert each.outcome.item is not None
            if len(each.outcome.item.reopenings) > len(before.reopenings):
                assert each.outcome.voids == (), "what went up stays signed"
                continue
            gone = {(place, by) for place, by in _standing(before) - _standing(each.outcome.item) if by != each.by}
            assert {by for _, by in gone} <= {each.by for each in each.outcome.voids}, each.act
            if not gone:
                continue
            met.add(each.act)
            own = [wanted.name for wanted in acts()[each.act].inputs if wanted.name in ("reason", "reasons", "void_reason")]
            found = matter.try_(each.act, each.by, **{name: value for name, value in each.given.items() if name not in own})
            asked_for = any(duty.act == each.act for duty in matter.owed)
            assert asked_for or isinstance(found, Refusal) or acts()[each.act].paper, f"{each.act} does away with {gone} without a word"
    assert met >= {"propose", "draft_report", "return_report"}


def test_the_reason_is_on_record_comes_back_on_replay_and_is_nobody_elses() -> None:
    matter = Matter().until("dispatch")
    before = matter.item
    assert before is not None
    refusal = matter.refused("propose", "BGS.clerk1", **{**PROPOSE, "lead": "CG", "assisting": [], "points": [{"text": "一"}]})
    assert [problem.field for problem in refusal.problems] == [("void_reason",)]
    assert "顾拟宁" in refusal.reason
    assert "“阅示”" in refusal.reason
    again = {**PROPOSE, "due": "2026-09-08", "void_reason": "时限有误。"}
    done = matter.try_("propose", "BGS.clerk1", **again)
    assert isinstance(done, Outcome)
    assert done.words.endswith("时限有误。")
    item = matter.do("propose", "BGS.clerk1", **again)
    assert parse(emit(item), Item) == item
    assert supplied(acts()["propose"], to_data(before), to_data(item))["void_reason"] == "时限有误。"
    read = matter.do("read", "L03", decision="agree", text="同意。")
    later = matter.do("propose", "BGS.clerk1", **{**PROPOSE, "void_reason": "改回。"})
    assert supplied(acts()["propose"], to_data(read), to_data(later))["void_reason"] == "改回。"
    matter.do("read", "L03", decision="agree", text="同意。")
    sent = matter.do("dispatch", "BGS.clerk1")
    assert "void_reason" not in supplied(acts()["dispatch"], to_data(later), to_data(sent))


def test_what_was_asked_for_needs_no_reason() -> None:
    """The leader wants another proposal, the main leader another text: what they had signed before was to go."""
    matter = Matter().until("read")
    matter.do("read", "L03", decision="change", text="请改由刑警主办。")
    matter.do("propose", "BGS.clerk1", **{**PROPOSE, "due": "2026-09-08"})
    matter = Matter().until("consent")
    matter.do("consent", "JJ.main_leader", decision="send_back", text="数字再核。")
    item = matter.do("draft_report", "JJ.liaison", **ANEW)
    assert item.voidings == ()


def test_ones_own_signature_is_ones_own() -> None:
    matter = Matter().until("review_report")
    matter.do("review_report", "JJ.reviewing_head", verdict="pass")
    given = filled("draft_report", matter, "甲") | {"void_reason": None}
    assert isinstance(matter.try_("draft_report", "JJ.liaison", **given), Refusal)
    assert matter.item is not None
    assert matter.try_("report_progress", "JJ.liaison", percent=1, text="一。").voids == ()  # type: ignore[union-attr]
