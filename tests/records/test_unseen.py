"""Nobody's words are done away with unseen: whatever somebody did since a form was opened, an act that would overwrite it is refused."""

from collections.abc import Iterator

from records.acts import Outcome, Refusal, perform
from records.matter.item import Item
from records.matter.plain_data import to_data
from tests.bureau import DRAFT, Matter
from tests.records.filling import everything, stages


def _leaves(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _leaves(entry, f"{place}.{key}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _leaves(entry, f"{place}.{index}")
    else:
        yield place, value


def _lost(seen: Item, now: Item, after: Item) -> set[str]:
    """Return where something stands that was not there when it was looked at, and would be gone."""
    was, stands, left = (dict(_leaves(to_data(each))) for each in (seen, now, after))
    new = {place for place, value in stands.items() if was.get(place) != value}
    return {place for place in new if left.get(place) != stands[place] and place.rpartition(".")[2] not in ("state", "hash")}


def test_whatever_anybody_did_since_no_act_does_away_with_it_unseen() -> None:
    met: set[tuple[str, str]] = set()
    for matter in stages():
        seen = matter.item
        assert seen is not None
        for other in everything(matter, "甲甲"):
            later = other.left(matter)
            assert later.item is not None
            for mine in everything(later, "乙"):
                assert mine.outcome.item is not None
                if _lost(seen, later.item, mine.outcome.item) and (other.act, mine.act) not in met:
                    found = perform(later.world, mine.act, later.item, mine.by, mine.given, later.now, target=seen.id, seen=to_data(seen))
                    assert isinstance(found, Refusal), f"{mine.act} does away with {other.act}"
                    assert found.overtaken
                    met.add((other.act, mine.act))
    assert {mine for _, mine in met} >= {"draft_report", "propose", "amend", "give_opinion", "record_indicators", "change_lead"}
    assert met >= {("draft_report", "draft_report"), ("review_report", "draft_report"), ("director_sign", "return_report")}


def test_what_stands_as_it_was_seen_and_what_only_adds_goes_through() -> None:
    matter = Matter().until("review_report")
    seen = to_data(matter.item)
    world, item = matter.world, matter.item
    text = {**DRAFT, "body": "查处货车23起。"}
    assert isinstance(perform(world, "draft_report", item, "JJ.liaison", text, matter.now, seen=seen), Outcome)
    matter.do("report_progress", "JJ.liaison", text="已查处25起。")
    matter.do("verify", "BGS.clerk1", means="on_site", finding="confirmed", text="属实。")
    added = perform(matter.world, "draft_report", matter.item, "JJ.liaison", text, matter.now, seen=seen)
    assert isinstance(added, Outcome)


def test_a_text_that_was_before_ones_eyes_is_the_one_that_is_returned() -> None:
    matter = Matter().until("office_review")
    seen = to_data(matter.item)
    back = {"reasons": ["R1"], "comment": "请补。", "redo_due": "2026-09-02"}
    matter.do("return_report", "BGS.section_chief", **back)
    matter.do("draft_report", "JJ.liaison", **{**DRAFT, "body": "查处货车23起。"})
    for name, by, inputs in (
        ("review_report", "JJ.reviewing_head", {"verdict": "pass"}),
        ("consent", "JJ.main_leader", {"decision": "agree"}),
        ("submit", "JJ.liaison", {}),
        ("receive_paper", "BGS.registry", {"pages": 3, "copies": 2}),
    ):
        matter.do(name, by, **inputs)
    found = perform(matter.world, "return_report", matter.item, "BGS.clerk1", back, matter.now, seen=seen)
    assert isinstance(found, Refusal)
    assert found.overtaken
    assert "报告正文" in found.reason


def test_a_number_that_was_shown_as_the_next_is_the_one_that_is_entered() -> None:
    matter = Matter()
    seen = to_data(matter.world.numbers("special", 2026))

    def entered(reason: str) -> Outcome | Refusal:
        given = {"reason": reason}
        return perform(matter.world, "record_void_number", None, "BGS.registry", given, matter.now, target="special", seen=seen)

    first = entered("写坏了。")
    assert isinstance(first, Outcome)
    matter.series["special"] = first.numbers[0]
    second = entered("另一封也写坏了。")
    assert isinstance(second, Refusal)
    assert second.overtaken
