"""Motions, suggestions and proposals: class and satisfaction at closing, who only assists, and the redo within a month (1-7; D-15)."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from records.acts import Outcome, Refusal
from records.acts.proposers import discontent, the_proposer_is_content
from records.bureau.calendar import month_after
from records.bureau.roster import Authority
from records.matter.item import Item
from records.procedure.case import Case, Given
from schema.tables import acts
from tests.bureau import OUTGOING, REGISTER, STORY, Matter, at, source_of

CLERK, A2, LEADER = "BGS.clerk1", "L03", "L06"
KINDS = ("npc_motion", "npc_suggestion", "cppcc_proposal", "party_delegate_proposal")
ANSWER = {**OUTGOING, "series": "letter", "kind": "reply", "to": REGISTER["source_organ"]}
WORDS = {"text": "面呈征询意见表。"}


def heard(satisfaction: str, result: str = "A") -> dict[str, object]:
    return {"result_class": result, "satisfaction": satisfaction}


def walked(act: str, kind: str = "npc_suggestion", role: str | None = None) -> Matter:
    """Return a suggestion on its way before an act."""
    matter = Matter()
    changed: Mapping[str, Mapping[str, object]] = {
        "register": {**source_of(kind), "source_level": None, "suggestion_role": role},
        "office_review": ANSWER,
    }
    for name, by, inputs in STORY:
        if name == act:
            return matter
        matter.do(name, LEADER if name == "bureau_sign" else by, **{**inputs, **changed.get(name, {})})
    raise ValueError(act)


def acts_owed(matter: Matter) -> set[str]:
    return {duty.act for duty in matter.owed}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", [None, "lead"])
@pytest.mark.parametrize("satisfaction", [None, "satisfied", "fairly", "dissatisfied"])
def test_a_suggestion_that_we_lead_closes_with_class_and_satisfaction(kind: str, role: str | None, satisfaction: str | None) -> None:
    matter = walked("conclude", kind, role)
    assert acts_owed(matter) == {"record_satisfaction"}
    if satisfaction:
        matter.do("record_satisfaction", CLERK, **heard(satisfaction))
    content = satisfaction in ("satisfied", "fairly")
    found = matter.try_("conclude", CLERK)
    assert isinstance(found, Outcome) == content
    if isinstance(found, Refusal):
        words = "不满意" if satisfaction else "没有登记本次答复的办理结果类别"
        assert (found.rule, words in found.reason) == ("R-30", True)
    assert acts_owed(matter) == ({"conclude"} if content else {"reopen"} if satisfaction else {"record_satisfaction"})


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_assist_with_closes_once_our_opinion_is_sent_and_asks_nobody(kind: str) -> None:
    waiting = walked("reserve_number", kind, "assisting")
    assert waiting.refused("waive_up_report", LEADER, text="电话答复。").rule == "R-30"
    assert "尚未" in waiting.refused("conclude", CLERK).reason
    assert acts_owed(waiting) == {"reserve_number"}
    matter = walked("conclude", kind, "assisting")
    assert acts_owed(matter) == {"conclude"}
    for act, inputs in (("ask_proposer", WORDS), ("record_satisfaction", heard("satisfied"))):
        assert "会办件由主办单位征询" in matter.refused(act, CLERK, **inputs).reason
    assert matter.do("conclude", CLERK).state == "concluded"


def test_only_suggestions_have_a_proposer() -> None:
    matter = Matter().until("conclude")
    for act, inputs in (("ask_proposer", WORDS), ("record_satisfaction", heard("satisfied"))):
        assert "只有议案、建议、提案和提议" in matter.refused(act, CLERK, **inputs).reason


def test_an_opinion_that_was_drawn_up_and_not_sent_closes_nothing() -> None:
    for act in ("reserve_number", "bureau_sign", "report_up"):
        assert "会办意见尚未送主办单位" in rows_of(walked(act, role="assisting")), act
    assert acts_owed(walked("reserve_number")) == {"reserve_number"}  # what is signed and neither sent nor let go is not yet asked about


def rows_of(matter: Matter) -> str:
    """Return why a matter cannot be closed, as its own gate tells it, whatever state it is in."""
    case = Case(
        acts()["conclude"], matter.world, matter.item, Authority(CLERK, "supervision_office", "BGS"), matter.now, "DB-2026-0118", None
    )
    return str(the_proposer_is_content(case, Given({})))


BACK = {"reasons": ["R1"], "comment": "重新办理。", "redo_due": "2026-09-30"}


@pytest.mark.parametrize("said", ["dissatisfied", "satisfied"])
def test_a_return_takes_up_anew_what_the_proposer_was_dissatisfied_with_and_mends_all_else(said: str) -> None:
    matter = walked("reserve_number")
    matter.do("record_satisfaction", CLERK, **heard(said))
    matter.now += timedelta(minutes=1)
    matter.do("return_report", CLERK, **BACK)
    matter.now += timedelta(minutes=1)
    assert discontent(item_of(matter)) is False
    for name, by, inputs in STORY[9:]:
        if name == "conclude":
            break
        again = {**inputs, "body": "另行办理，逐条答复如下。"} if name == "draft_report" else inputs
        matter.do(name, LEADER if name == "bureau_sign" else by, **(ANSWER if name == "office_review" else again))
    assert acts_owed(matter) == {"record_satisfaction" if said == "dissatisfied" else "conclude"}


def item_of(matter: Matter) -> Item:
    assert matter.item is not None
    return matter.item


def test_silence_counts_once_asked_and_thirty_days_have_passed() -> None:
    matter = walked("conclude")
    assert "还没有征询" in matter.refused("record_satisfaction", CLERK, **heard("no_answer")).reason
    matter.do("ask_proposer", CLERK, **WORDS)
    assert "已于 2026-08-31 征询" in matter.refused("ask_proposer", CLERK, **WORDS).reason
    for day, enough in (("2026-08-31", False), ("2026-09-29", False), ("2026-09-30", True)):
        matter.now = at(f"{day}T09:00")
        assert isinstance(matter.try_("record_satisfaction", CLERK, **heard("no_answer")), Outcome) == enough, day
    matter.do("record_satisfaction", CLERK, **heard("no_answer", "C"))
    assert matter.do("conclude", CLERK).state == "concluded"


def test_an_answer_that_was_let_go_is_asked_about_too() -> None:
    matter = walked("reserve_number")
    matter.do("waive_up_report", LEADER, text="当面答复。")
    assert acts_owed(matter) == {"record_satisfaction"}
    assert matter.refused("conclude", CLERK).rule == "R-30"
    matter.do("record_satisfaction", CLERK, **heard("satisfied"))
    assert matter.do("conclude", CLERK).state == "concluded"


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("2026-08-31T09:00", "2026-09-30"),  # September is shorter
        ("2026-09-01T09:00", "2026-09-30"),  # 1 October is a holiday
        ("2026-09-10T09:00", "2026-10-10"),  # a Saturday that is worked
        ("2026-10-17T09:00", "2026-11-17"),
        ("2026-10-21T09:00", "2026-11-20"),  # a Saturday
    ],
)
def test_the_redo_ends_within_one_calendar_month_on_a_workday(said: str, last: str) -> None:
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    back = {"reasons": ["R1"], "comment": "重新办理。"}
    for act, by, day, inputs in (("return_report", CLERK, "redo_due", back), ("reopen", A2, "due", {"reason": "提出人不满意。"})):
        matter = walked("reserve_number" if act == "return_report" else "conclude")
        matter.now = at(said)
        matter.do("record_satisfaction", CLERK, **heard("dissatisfied"))
        matter.now += timedelta(days=2)
        assert acts_owed(matter) >= {act}
        while Matter(now=at(f"{after}T09:00")).world.calendar.day_off(date.fromisoformat(after)):
            after = (date.fromisoformat(after) + timedelta(days=1)).isoformat()
        assert f"最迟 {last}" in matter.refused(act, by, **{day: after}, **inputs).reason
        matter.do(act, by, **{day: last}, **inputs)
        assert act not in acts_owed(matter)


def test_a_redo_decided_after_its_month_has_another_and_one_for_other_reasons_is_free() -> None:
    matter = walked("conclude")
    matter.do("record_satisfaction", CLERK, **heard("dissatisfied"))
    matter.now = at("2026-10-12T09:00")
    assert "最迟 2026-11-12" in matter.refused("reopen", A2, reason="重办。", due="2026-11-13").reason
    matter.do("reopen", A2, reason="重办。", due="2026-11-12")
    other = Matter().until("conclude")
    assert other.do("reopen", A2, reason="上级退回。", due="2026-12-18").due == "2026-12-18"


def test_what_the_proposer_said_of_an_earlier_answer_does_not_close_the_next_one() -> None:
    matter = walked("conclude")
    matter.do("record_satisfaction", CLERK, **heard("satisfied"))
    matter.do("ask_proposer", CLERK, **WORDS)
    matter.now += timedelta(minutes=1)
    matter.do("reopen", A2, reason="上级退回。", due="2026-09-30")
    matter.now += timedelta(minutes=1)
    for name, by, inputs in STORY[9:]:
        if name == "conclude":
            break
        again = {**inputs, "body": "另行办理，逐条答复如下。"} if name == "draft_report" else inputs
        matter.do(name, LEADER if name == "bureau_sign" else by, **(ANSWER if name == "office_review" else again))
    assert acts_owed(matter) == {"record_satisfaction"}
    assert "没有登记本次答复" in matter.refused("conclude", CLERK).reason
    matter.do("ask_proposer", CLERK, **WORDS)
    matter.do("record_satisfaction", CLERK, **heard("satisfied"))
    matter.do("conclude", CLERK)


def test_our_opinion_goes_to_the_organ_and_not_to_the_proposer() -> None:
    matter = walked("office_review", role="assisting")
    assert matter.refused("office_review", CLERK, **{**ANSWER, "to": "代表"}).rule == "R-24"
    matter.do("office_review", CLERK, **ANSWER)


def test_a_month_after_the_last_of_a_month_is_the_last_of_the_next() -> None:
    assert month_after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert month_after(date(2028, 1, 31)) == date(2028, 2, 29)
    assert month_after(date(2026, 12, 31)) == date(2027, 1, 31)
