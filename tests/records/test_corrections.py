"""Every fact that the office typed can be corrected, with what rested on it (D-11)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from desk.forms import from_words, in_words
from records.acts import Outcome, form, perform
from records.matter.item import Item, Secrecy
from records.matter.plain_data import to_data
from records.procedure.input_places import standing, supplied
from schema.tables import acts
from tests.bureau import REGISTER, SHELL_STORY, STORY, Matter, at, roster

CLERK = "BGS.clerk1"
NEW: Mapping[str, object] = {
    "title": "改后的名称",
    "category": 3,
    "subtype": "专项工作",
    "source_kind": "organ_assignment",
    "source_organ": "省公安厅",
    "source_ref": "甘公〔2026〕9号",
    "received": "2026-08-30",
    "instruction_by": "另一位领导",
    "instruction_at": "2026-08-29",
    "instruction": "请再核实。",
    "instruction_leader": "L02",
    "original": "sha256:" + "b" * 64,
    "meeting_number": "2026年第7次局长办公会",
    "meeting_clause": "第4条",
    "proposer": "某代表",
    "session": "十七届五次",
    "suggestion_number": "第12号",
    "suggestion_role": "lead",
    "external_due": "2026-10-30",
    "importance": "normal",
    "urgency": "ordinary",
    "need_to_know": ["L01"],
    "work_secret": True,
}
TOGETHER = (
    ("category", "source_kind"),
    ("meeting_number", "meeting_clause"),
    ("proposer", "session", "suggestion_number", "suggestion_role"),
)
NOT_TYPED_WRONG = {"source_level", "another_paper"}  # the one follows from the kind, the other is an answer to a question
SECRECY = {"secrecy", "secrecy_years", "copy_number"}  # of a classified matter alone


def until(act: str) -> Matter:
    matter = Matter()
    for name, by, inputs in STORY:
        if name == act:
            return matter
        matter.now += timedelta(minutes=1)
        matter.do(name, by, **inputs)
    raise ValueError(act)


def test_each_fact_of_a_registration_has_its_correction() -> None:
    typed = {each.name for each in acts()["register"].inputs}
    corrected = {each.name for each in acts()["amend"].inputs}
    typed -= {"lead", "assisting", "due"} & {each.name for each in acts()["propose"].inputs}  # the proposal says them anew
    assert typed - SECRECY - NOT_TYPED_WRONG == set(NEW) == corrected - SECRECY - NOT_TYPED_WRONG - {"which_instruction", "reason"}
    assert corrected >= SECRECY


@pytest.mark.parametrize("name", NEW)
def test_a_fact_is_corrected_and_comes_back_from_the_record(name: str) -> None:
    matter = until("draft_report")
    before, group = matter.item, next((each for each in TOGETHER if name in each), (name,))
    given = {each: NEW[each] for each in group} | {"reason": "登记时录错。"}
    assert before is not None
    item = matter.do("amend", CLERK, **given)
    places = {each.name: each for each in acts()["amend"].inputs}
    for each in group:
        assert standing(places[each], to_data(item)) == NEW[each]
        assert places[each].at in item.amendments[-1].fields
    told = supplied(acts()["amend"], to_data(before), to_data(item))
    again = perform(matter.world, "amend", before, CLERK, told, matter.now, target=before.id)
    assert isinstance(again, Outcome), str(again)
    assert again.item == item


@pytest.mark.parametrize("act", [act for act, _, _ in SHELL_STORY if act not in ("register", "report_up", "conclude", "archive")])
@pytest.mark.parametrize(
    ("given", "stands"),
    [
        ({"secrecy": "confidential"}, Secrecy("confidential", 1, "000123")),
        ({"secrecy_years": 5}, Secrecy("secret", 5, "000123")),
        ({"copy_number": "000132"}, Secrecy("secret", 1, "000132")),
        ({"secrecy": "top_secret", "secrecy_years": 30, "copy_number": "000132"}, Secrecy("top_secret", 30, "000132")),
    ],
)
def test_a_degree_that_was_typed_wrongly_is_put_right(act: str, given: Mapping[str, object], stands: Secrecy) -> None:
    matter = Matter().until(act, SHELL_STORY)
    before = matter.item
    item = matter.do("amend", CLERK, **given)
    assert item.secrecy == stands
    assert item.title == f"涉密事项（份号{stands.copy_number}）"
    assert before is not None
    told = supplied(acts()["amend"], to_data(before), to_data(item))
    again = perform(matter.world, "amend", before, CLERK, told, matter.now, target=before.id)
    assert isinstance(again, Outcome), str(again)
    assert again.item == item


def test_whether_there_is_a_degree_at_all_is_no_slip_of_the_pen() -> None:
    matter = Matter().until("dispatch", SHELL_STORY)
    for given, words in (
        ({"secrecy": "none"}, "不能更正为没有密级"),
        ({"secrecy_years": 11}, "超过法定最长期限 10 年"),
    ):
        refusal = matter.refused("amend", CLERK, **given)
        assert (refusal.rule, words in refusal.reason) == ("R-28", True)
    open_matter = Matter().until("dispatch")
    for given in ({"secrecy": "secret"}, {"secrecy_years": 1}, {"copy_number": "000123"}):
        refusal = open_matter.refused("amend", CLERK, **given, reason="录错。")
        assert (refusal.rule, "请办理“定密”" in refusal.way_out) == ("R-28", True)
        assert [problem.field for problem in refusal.problems] == [tuple(given)]


def test_a_work_secret_is_entered_and_taken_out_again_and_both_replay() -> None:
    matter = until("draft_report")
    for given, stands in ((True, True), (False, False), (True, True)):
        before = matter.item
        assert before is not None
        matter.now += timedelta(minutes=1)
        item = matter.do("amend", CLERK, work_secret=given, reason="录错。")
        assert item.secrecy.work_secret is stands
        told = supplied(acts()["amend"], to_data(before), to_data(item))
        again = perform(matter.world, "amend", before, CLERK, told, matter.now, target=before.id)
        assert isinstance(again, Outcome)
        assert again.item == item
    assert "没有一项与原记录不同" in until("draft_report").refused("amend", CLERK, work_secret=False, reason="录错。").reason
    schema = form("amend").at(("work_secret",))
    assert [from_words(schema, in_words(schema, value, roster()), date(2026, 9, 1), roster()) for value in (True, False)] == [True, False]


def test_of_several_instructions_the_one_named_is_corrected() -> None:
    matter = until("draft_report")
    matter.do("add_instruction", CLERK, instruction_by="市长", instruction_at="2026-08-31", instruction="再查。")
    assert matter.refused("amend", CLERK, instruction="再查，报我。", reason="录错。").problems[0].field == ("which_instruction",)
    assert matter.refused("amend", CLERK, which_instruction=3, instruction="再查，报我。", reason="录错。").rule == "R-01"
    before = matter.item
    item = matter.do("amend", CLERK, which_instruction=2, instruction="再查，报我。", reason="录错。")
    assert [each.text for each in item.instructions] == [REGISTER["instruction"], "再查，报我。"]
    assert before is not None
    told = supplied(acts()["amend"], to_data(before), to_data(item))
    assert told == {"which_instruction": 2, "instruction": "再查，报我。", "reason": "录错。"}


@pytest.mark.parametrize("act", [act for act, _, _ in STORY][1:])
def test_a_further_instruction_is_entered_until_the_document_is_issued(act: str) -> None:
    matter = until(act)
    further = {"instruction_by": "市长", "instruction_at": "2026-08-31", "instruction": "再查。"}
    if act in ("report_up", "conclude", "archive"):
        assert "不能再“补录批示”" in matter.refused("add_instruction", CLERK, **further).reason
    else:
        assert [each.by for each in matter.do("add_instruction", CLERK, **further).instructions] == ["省领导（虚构）", "市长"]


def test_a_reading_that_rested_on_what_was_wrong_is_void_and_whose_it_was_is_said() -> None:
    matter = until("dispatch")
    found = matter.try_("amend", CLERK, title="改后的名称", reason="录错。")
    assert isinstance(found, Outcome)
    item = found.item
    assert isinstance(item, Item)
    assert (item.state, item.reading) == ("awaiting_reading", None)
    assert "顾拟宁的阅示失效" in found.about
    kept = matter.do("amend", CLERK, need_to_know=["L01"], reason="限定知悉范围。")  # nobody's reading rests on who may see it
    assert (kept.state, kept.reading is not None) == ("read", True)


def adjusted(matter: Matter, **given: object) -> Matter:
    matter.do(
        "propose_adjustment",
        CLERK,
        **({"points": [{"text": "三所学校逐一查实"}, {"text": "报告整改清单"}], "reason": "领导又有要求。"} | given),
    )
    return matter


def test_what_is_asked_for_changes_by_the_word_of_whoever_read_the_matter() -> None:
    matter = adjusted(until("draft_report"), due="2026-09-04")
    assert "decide_adjustment" in [duty.act for duty in matter.owed]
    assert matter.refused("decide_adjustment", "BGS.director_in_charge", decision="approved", text="同意。").rule == "R-10"
    assert matter.refused("propose_adjustment", CLERK, points=[{"text": "一"}], reason="再改。").rule == "R-10"
    found = matter.try_("decide_adjustment", "L03", decision="approved", text="同意。")
    assert isinstance(found, Outcome)
    assert "由 2026-09-07 改为 2026-09-04，告知交通警察支队、城关分局" in found.about
    item = matter.do("decide_adjustment", "L03", decision="approved", text="同意。")
    assert ([point.text for point in item.points], item.due, item.original_due) == (
        ["三所学校逐一查实", "报告整改清单"],
        "2026-09-04",
        "2026-09-07",
    )
    told = supplied(acts()["propose_adjustment"], {}, to_data(item))
    assert told["due"] == "2026-09-04"


def test_the_day_moves_back_only_on_the_paper_of_whoever_set_it() -> None:
    matter = until("draft_report")
    points = [{"text": "三所学校逐一查实"}]
    refusal = matter.refused("propose_adjustment", CLERK, points=points, due="2026-09-18", reason="来不及。")
    assert (refusal.rule, "请示延期" in refusal.way_out) == ("R-13", True)
    adjusted(matter, due="2026-09-18", basis="市委办公室9月1日电话通知")
    item = matter.do("decide_adjustment", "L03", decision="approved", text="同意。")
    assert (item.due, item.adjustments[0].basis) == ("2026-09-18", "市委办公室9月1日电话通知")


@pytest.mark.parametrize(("act", "given"), [("change_assisting", {"from_unit": "CG"}), ("change_lead", {"to_unit": "CG"})])
def test_what_is_asked_of_a_unit_that_has_no_part_any_more_is_not_agreed_to(act: str, given: Mapping[str, object]) -> None:
    matter = Matter().until("draft_report")
    asked = [{"text": "查实", "unit": "JJ"}, {"text": "错峰放学", "unit": "CG"}]
    matter.do("propose_adjustment", CLERK, points=asked, reason="领导又有要求。")
    assert isinstance(matter.try_("decide_adjustment", "L03", decision="approved", text="同意。"), Outcome)
    matter.do(act, CLERK, **given, reason="职责调整。")
    refusal = matter.refused("decide_adjustment", "L03", decision="approved", text="同意。")
    assert (refusal.rule, "已不是本件的承办单位" in refusal.reason) == ("R-10", True)
    matter.do("decide_adjustment", "L03", decision="rejected", text="另报。")


def test_what_is_not_agreed_to_changes_nothing() -> None:
    matter = until("draft_report")
    before = matter.item
    item = adjusted(matter).do("decide_adjustment", "L03", decision="rejected", text="照原要求。")
    assert before is not None
    assert (item.points, item.due) == (before.points, before.due)
    unread = until("draft_report")
    assert unread.item is not None
    unread.item = replace(unread.item, reading=None)
    adjusted(unread).do("decide_adjustment", "BGS.director_in_charge", decision="approved", text="同意。")


def test_requirements_keep_their_unit_and_day_through_the_form() -> None:
    schema, today = form("propose").at(("points",)), date(2026, 9, 1)
    points = [{"text": "逐一查实"}, {"text": "错峰放学", "unit": "CG", "due": "2026-09-04"}, {"text": "甲｜乙"}]
    assert in_words(schema, points, roster()) == f"逐一查实\n{roster().unit_name('CG')}：错峰放学｜2026-09-04\n甲｜乙"
    assert from_words(schema, "逐一查实\nCG：错峰放学｜9-4\n甲｜乙", today, roster()) == points


def milestones() -> Matter:
    """A matter fed back on by the days of its points, of which the first has passed."""
    points = [{"text": "查实", "due": "2026-09-02"}, {"text": "整改"}]
    matter = Matter()
    for act, by, inputs in STORY[:7]:
        matter.do(act, by, **({**inputs, "points": points, "feedback_cycle": "milestone"} if act == "propose" else inputs))
    matter.now = at("2026-09-03T09:00")
    return matter


@pytest.mark.parametrize(
    ("points", "due", "refused"),
    [
        ([{"text": "查实", "due": "2026-09-02"}, {"text": "整改完毕"}], "2026-09-07", ""),  # the day stands, though it has passed
        ([{"text": "整改"}, {"text": "查实", "due": "2026-09-02"}], "2026-09-07", ""),  # in another order
        ([{"text": "整改"}], "2026-09-07", "至少一项要求应写明时限"),
        ([{"text": "查实"}, {"text": "整改", "due": "2026-09-01"}], "2026-09-07", "第2项要求的时限 2026-09-01 早于今天"),
        ([{"text": "查实", "due": "2026-09-04"}, {"text": "整改"}], "2026-09-03", "第1项要求的时限 2026-09-04 晚于办结时限"),
        ([{"text": "查实", "due": "2026-09-04"}, {"text": "整改", "unit": "QLH"}], "2026-09-07", "第2项要求的承办单位"),
    ],
)
def test_a_day_that_stands_stays_and_a_new_one_is_judged_like_that_of_a_proposal(points: object, due: str, refused: str) -> None:
    found = milestones().try_("propose_adjustment", CLERK, points=points, due=due, reason="领导又有要求。")
    assert refused in str(found) if refused else isinstance(found, Outcome), found


def test_a_day_that_stands_is_still_no_later_than_the_matter_brought_forward() -> None:
    matter = milestones()
    adjusted(matter, points=[{"text": "查实", "due": "2026-09-04"}, {"text": "整改"}])
    matter.do("decide_adjustment", "L03", decision="approved", text="同意。")
    points = [{"text": "查实", "due": "2026-09-04"}, {"text": "整改"}]
    refusal = matter.refused("propose_adjustment", CLERK, points=points, due="2026-09-03", reason="提前。")
    assert "第1项要求的时限 2026-09-04 晚于办结时限" in refusal.reason
