"""Edges that no other test came by: each was found by turning one comparison, or taking one gate away, and seeing the tests pass (A27)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from records.acts import Outcome, Refusal, form, perform
from records.acts.inputs import stand_ins
from records.acts.issue import issued_names
from records.acts.unseen import unseen
from records.bureau.foundations import LEADERS
from records.bureau.roster import SYSTEM, Person
from records.bureau.roster_changes import Dissolved, Former
from records.bureau.whole_roster import roles_of
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.matter.report import Report, Round, Voided
from records.matter.stamps import Stamp
from records.procedure.input_places import signing_acts, within
from records.procedure.shell import in_the_shell, is_on_paper, scrubbed
from schema.check import keywords
from schema.tables import acts
from tests.bureau import NOW, OUTGOING, POLICY, REGISTER, SECRET, SHELL_STORY, STORY, Matter, roster, source_of
from tests.records.test_carried import CARRIED

CLERK, OTHER_CLERK, DEPUTY = "BGS.clerk1", "BGS.clerk2", "L03"
UNITS = {"lead": "主办单位", "assisting": "协办单位", "undertaking": "承办单位"}


def item_of(matter: Matter) -> Item:
    assert matter.item is not None
    return matter.item


def done(matter: Matter, act: str, by: str, **inputs: object) -> Outcome:
    found = matter.try_(act, by, **inputs)
    assert isinstance(found, Outcome), str(found)
    return found


# What a refusal says of whose turn it is


def test_an_act_on_nothing_and_a_registration_upon_something_name_it() -> None:
    matter = Matter()
    for act, target, words in (
        ("read", "DB-2026-0999", "没有 DB-2026-0999 这个事项"),
        ("issue_roundup", "2026-09", "没有 2026-09 这期汇总"),
    ):
        found = perform(matter.world, act, None, DEPUTY, {}, NOW, target=target)
        assert isinstance(found, Refusal)
        assert words in found.reason
    matter.do("register", CLERK, **REGISTER)
    assert "已经存在" in matter.refused("register", CLERK, **REGISTER).reason


def test_while_a_matter_has_no_units_its_acts_are_told_by_the_part_a_unit_will_have() -> None:
    matter = Matter().until("propose")
    told = {who.of for spec in acts().values() for who in spec.who if spec.target == "item" and who.of in UNITS and len(spec.who) == 1}
    assert told == set(UNITS)
    for spec in acts().values():
        if spec.target == "item" and len(spec.who) == 1 and (part := UNITS.get(spec.who[0].of)):
            assert f"应由{part}" in matter.refused(spec.name, "L01").way_out, spec.name


def test_the_next_step_is_told_with_the_unit_of_a_unit_and_without_one_of_the_office_and_the_bureau() -> None:
    for until, words in (
        ("dispatch", "下一步是“交办”，由市局办公室督办人员（"),
        ("read", "下一步是“阅示”，由主管副局长（"),
        ("sign_for", "下一步是“签收”，由交通警察支队联络员（"),
    ):
        assert words in Matter().until(until).refused("archive", "BGS.archivist").way_out


# What stands in a commit


def test_progress_is_told_with_its_percentage_where_it_has_one() -> None:
    matter = Matter().until("report_progress")
    assert done(matter, "report_progress", "JJ.liaison", percent=40, text="查处19起。").about == "交通警察支队（40%）"
    assert done(matter, "report_progress", "JJ.liaison", text="查处19起。").about == "交通警察支队"


def test_a_work_secret_is_put_on_record() -> None:
    assert Matter().do("register", CLERK, **REGISTER, work_secret=True).secrecy.work_secret is True
    assert Matter().do("register", CLERK, **REGISTER).secrecy.work_secret is None


# What a form can fill in by itself


@pytest.mark.parametrize("act", acts())
def test_nothing_is_made_up_where_somebody_chooses(act: str) -> None:
    chosen = {each.name for each in acts()[act].inputs if (at_ := form(act).at((each.name,))) and ("enum" in at_ or keywords(at_).ref)}
    assert not chosen & stand_ins(act, chosen, "2026-08-31").keys()


def test_full_width_signs_stay_where_chinese_may_stand_and_are_meant_as_others_elsewhere() -> None:
    title = "整治工作（一期）共１２项"
    item = Matter().do("register", CLERK, **{**REGISTER, **SECRET, "secrecy": "none", "title": title, "copy_number": "０００１２３"})
    assert (item.title, item.secrecy.copy_number) == (title, "000123")


# Instructions


def test_where_a_leaders_instruction_is_missing_the_field_to_mend_is_named() -> None:
    without = {name: value for name, value in REGISTER.items() if not name.startswith("instruction")}
    (problem,) = Matter().refused("register", CLERK, **without).problems
    assert problem.field == ("instruction",)
    matter = Matter()
    matter.do("register", CLERK, **{**without, **source_of("organ_assignment")})
    changed = {
        "source_kind": "leader_instruction",
        "source_level": "superior",
        "category": 4,
        "subtype": "上级领导批示",
        "reason": "录错。",
    }
    (problem,) = matter.refused("amend", CLERK, **changed).problems
    assert problem.field == ("source_kind",)
    # What is corrected is the source, none of the instructions: of how many there are nothing needs to be said.
    assert matter.do("amend", CLERK, title="更名后的事项", reason="录错。").title == "更名后的事项"


def test_a_matter_with_two_instructions_is_amended_without_naming_one() -> None:
    matter = Matter().until("propose")
    matter.do("add_instruction", CLERK, instruction_by="省领导（虚构）", instruction_at="2026-08-29", instruction="请速办。")
    assert matter.do("amend", CLERK, title="更名后的事项", reason="录错。").title == "更名后的事项"


# Objections and where a matter rests


def objection(matter: Matter, by: str) -> Item:
    return matter.do("object", by, kind="hand_back", reason="不属本单位职责。")


def test_a_decision_on_an_assisting_objection_leaves_a_drafted_report_where_it_is() -> None:
    matter = Matter().until("read_in_unit")
    objection(matter, "CG.liaison")
    for name, by, inputs in STORY[6:10]:
        if name != "give_opinion":
            matter.do(name, by, **inputs)
    assert item_of(matter).state == "draft"
    assert matter.do("decide_objection", CLERK, decision="rejected", text="照原分工办理。").state == "draft"


def test_whoever_holds_a_matter_has_it_since_the_last_step_that_was_not_an_asides() -> None:
    matter = Matter().until("report_progress")
    since = item_of(matter).moved_at
    matter.now += timedelta(hours=1)
    assert objection(matter, "CG.liaison").moved_at == since
    matter.now += timedelta(hours=1)
    assert matter.do("decide_objection", CLERK, decision="rejected", text="照原分工办理。").moved_at == matter.now.isoformat()
    matter.now += timedelta(hours=1)
    assert objection(matter, "JJ.liaison").moved_at == matter.now.isoformat()


def test_of_two_units_that_become_one_the_leads_part_stays_whichever_stands_first() -> None:
    matter = Matter().until("read_in_unit")
    item = item_of(matter)
    matter.item = replace(item, units=tuple(reversed(item.units)))
    known = matter.roster
    gone = replace(known.units["CG"], dissolved=Dissolved("2026-08-31", "JJ", "兰公发〔2026〕1号"))
    matter.roster = replace(known, units={**known.units, "CG": gone})
    after = matter.do("succeed", CLERK)
    assert [(part.unit, part.role) for part in after.units] == [("JJ", "lead")]


@pytest.mark.parametrize(
    ("named", "rule", "field"),
    [
        ({"assisting": ["CG"]}, "R-05", "lead"),
        ({"lead": "JJ", "assisting": ["JJ"]}, "R-06", "assisting"),
        ({"lead": "JJ", "assisting": ["CG", "CG"]}, "R-05", "assisting"),
        ({"lead": "XX"}, "R-07", "lead"),
        ({"lead": "JJ", "assisting": ["CG", "XX"]}, "R-07", "assisting"),
        ({"due": "2026-08-30"}, "R-09", "due"),
        ({"due": "2026-09-05"}, "R-09", "due"),
    ],
)
def test_units_that_the_paper_itself_names_are_refused_at_their_own_field(named: Mapping[str, object], rule: str, field: str) -> None:
    refusal = Matter().refused("register", CLERK, **{**REGISTER, **named})
    assert (refusal.rule, [problem.field for problem in refusal.problems]) == (rule, [(field,)])


def test_units_that_the_paper_itself_names_have_the_parts_it_gives_them() -> None:
    item = Matter().do("register", CLERK, **REGISTER, lead="JJ", assisting=["CG"])
    assert [(part.unit, part.role) for part in item.units] == [("JJ", "lead"), ("CG", "assisting")]
    assert Matter().do("register", CLERK, **REGISTER).units == ()
    assert [part.unit for part in Matter().do("register", CLERK, **REGISTER, lead="JJ").units] == ["JJ"]


def test_where_texts_of_classified_matters_are_written_here_a_title_stays_what_it_is() -> None:
    matter = Matter(policy=replace(POLICY, full_text=True))
    matter.do("register", CLERK, **{**REGISTER, **SECRET})
    assert matter.do("amend", CLERK, copy_number="000124", reason="录错。").title == REGISTER["title"]


def test_a_decision_that_was_registered_is_told_by_its_meeting_and_a_paper_by_its_number() -> None:
    decided = Matter(same="DB-2026-0001").refused("register", CLERK, **{**REGISTER, **source_of("director_meeting")})
    assert "“2026年第7次局长办公会第4条”已经立项" in decided.reason
    paper = Matter(same="DB-2026-0001").refused("register", CLERK, **{**REGISTER, "source_ref": "兰政督〔2026〕9号"})
    assert "“兰政督〔2026〕9号”已经立项" in paper.reason


# What was not seen, and whose signature goes


def test_who_writes_what_another_wrote_meanwhile_does_away_with_nothing() -> None:
    matter = Matter().until("propose")
    seen = to_data(matter.item)
    matter.do("amend", CLERK, title="更名后的事项", reason="录错。")
    both = {"title": "更名后的事项", "importance": "normal", "reason": "录错。"}
    assert isinstance(perform(matter.world, "amend", matter.item, OTHER_CLERK, both, matter.now, seen=seen), Outcome)


def test_a_roundup_whose_rows_changed_was_not_seen_and_one_that_stands_was() -> None:
    shown: Mapping[str, object] = {"text": "一", "rows": [1], "figures": [1]}
    for name in shown:
        now = {**shown, name: [2]}
        assert unseen(acts()["issue_roundup"], shown, now, {**now, "issued": {}}) == ((name,),)
    assert unseen(acts()["issue_roundup"], shown, {**shown, "state": "approved"}, shown) == ()


def test_of_what_is_gone_only_signatures_are_told() -> None:
    matter = Matter().until("read_in_unit")
    assert done(matter, "change_lead", CLERK, to_unit="XJ", reason="职责调整。").voids == ()
    signed = Matter().until("reserve_number")
    gone = done(signed, "return_report", CLERK, reasons=["R1"], comment="请补。", redo_due="2026-09-02").voids
    assert {each.act for each in gone} <= {name for name, spec in acts().items() if spec.paper or spec.signs}
    assert "director_sign" in {each.act for each in gone}


# Numbers, texts and their files


def test_taking_back_voids_the_numbers_of_the_step_alone() -> None:
    matter = Matter().until("consent")
    matter.now += timedelta(minutes=5)
    matter.do("report_progress", "JJ.liaison", percent=80, text="查处22起。")
    matter.now += timedelta(minutes=5)
    item = matter.do("take_back", "JJ.liaison", reason="数字有误。")
    assert item.report is not None
    (entry,) = matter.series["JJ.report"].entries
    assert (entry.status, item.report.number) == ("reserved", "兰公交报〔2026〕1号")


def test_a_text_reviewed_again_without_a_document_has_no_addressee_to_give_reasons_for() -> None:
    """The number of the document before was given up, so that the record keeps of it what it bore."""
    matter = Matter()
    changed = {
        "register": {**REGISTER, **source_of("other")},
        "office_review": {**OUTGOING, "to": REGISTER["source_organ"], "override_reason": "来文单位要求。"},
    }
    for name, by, inputs in STORY[:16]:
        matter.do(name, by, **changed.get(name, inputs))
    matter.do("decide_override", DEPUTY, decision="approved", text="同意。")
    matter.do("reserve_number", "BGS.registry")
    matter.do("void_number", "BGS.registry", reason="写坏了。")
    matter.do("return_report", CLERK, reasons=["R1"], comment="请补。", redo_due="2026-09-02")
    matter.do("draft_report", "JJ.liaison", title="关于整改情况的报告", body="查处货车23起。")
    for name, by, inputs in STORY[10:14]:
        matter.do(name, by, **inputs)
    assert item_of(matter).outgoing is not None
    assert "没有拟上报公文" in matter.refused("office_review", CLERK, answered=[1, 2], override_reason="不行文。").reason


def test_a_document_that_nobody_sent_back_is_not_drawn_up_anew() -> None:
    assert "没有退回修改的公文" in Matter().until("director_sign").refused("redraft_document", CLERK, **OUTGOING).reason


def test_only_a_text_that_was_consented_to_was_ever_a_document() -> None:
    gone = Voided("review_report", "JJ.reviewing_head", NOW.isoformat(), "sha256:" + "0" * 64)
    assert (
        list(
            Report(
                title="一", body="二", rounds=(Round(1, "sha256:" + "0" * 64, Stamp(by="JJ.liaison", at=NOW.isoformat()), voided=(gone,)),)
            ).agreed
        )
        == []
    )
    series = Matter().roster.series
    assert list(issued_names(item_of(Matter().until("draft_report")), series)) == []
    assert len(list(issued_names(item_of(Matter().until("submit")), series))) == 1
    assert list(issued_names(item_of(Matter().until("receive_paper", SHELL_STORY)), series)) == []


def test_what_was_classified_later_is_published_nowhere() -> None:
    matter = Matter().until("dispatch")
    assert not item_of(matter).narrowed
    item = matter.do("classify", CLERK, secrecy="secret", secrecy_years=1, copy_number="000123", basis="定密审批表第3号")
    assert (item.need_to_know, item.narrowed) == ((), True)


# People and offices


def test_a_name_is_another_from_the_moment_it_was_changed() -> None:
    until = "2026-08-31T09:00:00+08:00"
    person = Person("A", "新名", "民警", former=(Former("旧名", "协警", until, "兰公政任〔2026〕1号"),))
    assert (person.known_as("2026-08-31T08:59:59+08:00")[0], person.known_as(until)[0]) == ("旧名", "新名")


def test_the_roles_of_a_unit_of_the_office_and_of_the_leadership_are_their_own() -> None:
    known = roster()
    unit, office, leaders = (set(roles_of(body, "BGS")) for body in (known.units["JJ"], known.units["BGS"], known.leaders))
    assert "system" not in unit | office | leaders
    assert {"liaison", "main_leader"} <= unit
    assert {"liaison", "registry_clerk", "supervision_office"} <= office
    assert not unit & {"registry_clerk", "supervision_office", "bureau_leader"}
    assert {"bureau_leader", "deputy_director_in_charge"} <= leaders
    assert not leaders & {"liaison", "registry_clerk"}


def test_the_record_that_an_act_on_people_is_done_on_is_the_bodys_own() -> None:
    world = Matter().world
    assert world.foundation("leaders", LEADERS) == world.roster.leaders
    assert world.foundation("unit", "JJ") == world.roster.units["JJ"]
    assert world.foundation("unit", "XX") is None


# Places in a record


def test_a_place_names_the_entry_that_it_means() -> None:
    matter = Matter().until("read_in_unit")
    units = item_of(matter).units
    assert [within(item_of(matter), f"units[role={part.role}].unit") for part in units] == [part.unit for part in units]
    matter.item = replace(item_of(matter), units=tuple(reversed(units)))
    assert within(matter.item, "units[role=lead].unit") == "JJ"
    assert within(matter.item, "units[role=nobody].unit") is None


def test_the_acts_that_sign_a_text_are_those_of_one_kind_of_record() -> None:
    assert signing_acts() == ("review_report", "consent", "director_sign", "bureau_sign")
    assert signing_acts("report.") == ("review_report", "consent")
    assert (signing_acts(target="roundup"), signing_acts(target="policy_draft")) == (("approve_roundup",), ("enact_policy",))


SHELL: Mapping[str, object] = {
    **SECRET,
    **dict.fromkeys(("title", "instruction", "answerable", "progress")),
    "points": [{"text": "1"}],
}


# Gates that another one stood before, or nobody came by


def test_of_the_bureaus_leaders_one_is_named_wherever_an_instruction_is_typed() -> None:
    matter = Matter().until("propose")
    given = {"instruction_by": "某人", "instruction_at": "2026-08-29", "instruction": "请速办。", "instruction_leader": "JJ.liaison"}
    assert "不是本局领导" in matter.refused("add_instruction", CLERK, **given).reason
    assert "不是本局领导" in matter.refused("amend", CLERK, instruction_leader="JJ.liaison", reason="录错。").reason


def test_a_source_put_right_says_which_leader_of_the_bureau_it_was() -> None:
    changed = {"source_kind": "bureau_leader_instruction", "category": 5, "subtype": "市局领导批示", "reason": "录错。"}
    assert "哪位本局领导" in Matter().until("propose").refused("amend", CLERK, **changed).reason


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (dict.fromkeys(("instruction", "instruction_by", "instruction_at")), "须有批示"),
        ({"received": "2026-09-01", "dispatched": None}, "收到日期 2026-09-01 晚于今天"),
        ({**source_of("director_meeting"), "meeting_number": None, "meeting_clause": None}, "没有填写会议次数、纪要条目"),
        ({**SHELL, "secrecy_years": 30}, "超过法定最长期限"),
    ],
)
def test_what_is_carried_in_is_held_to_the_gates_of_a_registration(changed: Mapping[str, object], words: str) -> None:
    assert words in Matter().refused("carry_in_item", CLERK, **{**CARRIED, **changed}).reason


def letter_before(act: str) -> Matter:
    matter = Matter()
    letter = {**OUTGOING, "series": "letter", "kind": "reply", "to": REGISTER["source_organ"]}
    changed = {"register": {**REGISTER, **source_of("organ_assignment")}, "office_review": letter}
    for name, by, inputs in STORY:
        if name == act:
            return matter
        matter.do(name, "L06" if name == "bureau_sign" else by, **changed.get(name, inputs))
    raise ValueError(act)


def test_a_letter_is_declined_by_the_leader_over_the_subject() -> None:
    matter = letter_before("bureau_sign")
    assert "须由主管局领导" in matter.refused("decline", "L05", text="结论要写实。").reason
    assert matter.do("decline", "L06", text="结论要写实。").state == "awaiting_director_sign"


def test_a_letter_is_withdrawn_by_the_leader_over_the_subject() -> None:
    matter = letter_before("report_up")
    given = {"reason": "附件有误。", "notice_to": "某机关"}
    assert "须由主管局领导" in matter.refused("withdraw_document", "L05", **given).reason
    matter.do("withdraw_document", "L06", **given)


def test_the_report_of_a_classified_matter_is_drafted_on_paper() -> None:
    refusal = Matter().until("register_paper_report", SHELL_STORY).refused("draft_report", "JJ.liaison", title="一", body="二")
    assert (refusal.rule, "报告正文不得录入本系统" in str(refusal)) == ("R-29", True)


def test_answers_of_a_report_on_paper_are_to_the_reasons_of_the_return() -> None:
    matter = Matter().until("register_paper_report", SHELL_STORY)
    paper = {"carrier": "机要柜3号", "pages": 2, "digest": "登记摘要1", "answers": [{"reason": "R1"}]}
    assert "没有退回" in matter.refused("register_paper_report", "JJ.liaison", **paper).reason


def test_whoever_drafted_a_text_does_not_look_at_it_as_the_leader_who_asked() -> None:
    matter = Matter()
    asked = {"register": {**REGISTER, **source_of("bureau_leader_instruction"), "instruction_leader": "L05"}}
    for name, by, inputs in STORY:
        if name == "reserve_number":
            break
        matter.do(name, by, **asked.get(name, {"answered": [1, 2]} if name == "office_review" else inputs))
    item = item_of(matter)
    assert item.report is not None
    drafted = replace(item.report.round, drafted=replace(item.report.round.drafted, by="L05"))
    matter.item = replace(item, report=replace(item.report, rounds=(drafted,)))
    assert matter.refused("show_leader", "L05", text="已阅。").rule == "R-15"
    matter.item = item
    matter.do("show_leader", "L05", text="已阅。")


def test_nothing_is_taken_over_from_units_that_stand() -> None:
    assert "没有撤并" in Matter().until("sign_for").refused("succeed", CLERK).reason


def test_what_has_come_in_is_not_urged_by_anybody_and_who_owes_nothing_is_not_reminded() -> None:
    urge = {"level": "urge", "means": "sms", "text": "请抓紧。"}
    for act, by in (("urge", CLERK), ("remind", SYSTEM)):
        assert "本件现在是“待办公室审核”，不能再" in Matter().until("office_review").refused(act, by, **urge).reason
    waiting = Matter().until("draft_report")  # the assisting unit has given its opinion
    assert "没有未办的事" in waiting.refused("remind", SYSTEM, **urge, unit="CG", clock="opinion").reason


# The shell of a classified matter


@pytest.mark.parametrize(
    ("act", "asked", "on_paper"),
    [
        ("register", {"category", "subtype", "source_organ", "instruction_by", "need_to_know"}, {"title", "instruction"}),
        ("propose", {"lead", "assisting", "points", "due"}, {"text"}),
        ("return_report", {"reasons", "redo_due"}, {"comment"}),
        ("office_review", {"answered", "series", "to"}, {"title", "body", "copy_to", "attachments"}),
        ("record_indicators", set(), {"indicators"}),
        ("register_paper_report", {"answers", "carrier", "pages"}, set()),
    ],
)
def test_of_a_classified_matter_only_texts_are_not_asked_for(act: str, asked: set[str], on_paper: set[str]) -> None:
    found = {wanted.name: is_on_paper(wanted, form(act).at((wanted.name,))) for wanted in acts()[act].inputs}
    assert {name: found[name] for name in asked | on_paper} == dict.fromkeys(asked, False) | dict.fromkeys(on_paper, True)


def test_the_usual_words_are_those_of_the_category_that_the_matter_has() -> None:
    matter = Matter()
    matter.do("register", CLERK, **{**REGISTER, **SECRET, "title": "涉密事项（份号000123）", "instruction": "（涉密，内容见纸质批示件）"})
    assert matter.do("amend", CLERK, subtype="上级机关交办", reason="见纸质件").subtype == "上级机关交办"
    assert "只能是" in matter.refused("amend", CLERK, subtype="会议议定事项", reason="见纸质件").reason


def test_a_text_that_comes_with_another_input_is_written_with_it_and_left_out_without() -> None:
    item = item_of(Matter().until("office_review", SHELL_STORY))
    for given, written in (({"series": "special"}, True), ({}, False)):
        found, problems = in_the_shell(acts()["office_review"], form("office_review"), given, item.secrecy, item)
        assert not problems
        assert ("title" in found) is written
    found, problems = in_the_shell(acts()["redraft_document"], form("redraft_document"), {}, item.secrecy, item)
    assert not problems
    assert found["title"] == "涉密公文（份号000123）"  # where nobody is asked for a series there is a document already


def test_what_a_record_can_do_without_is_gone_and_what_has_words_of_its_own_has_them() -> None:
    matter = Matter().until("archive")
    item = scrubbed(replace(item_of(matter), secrecy=replace(item_of(matter).secrecy, copy_number="000123")))
    assert item.proposal is not None
    assert item.report is not None
    assert item.outgoing is not None
    assert (item.proposal.text, item.report.body, item.outgoing.copy_to) == (None, "", ())
    assert item.outgoing.title == "涉密公文（份号000123）"
    assert item.instructions[0].text == "（涉密，内容见纸质批示件）"
