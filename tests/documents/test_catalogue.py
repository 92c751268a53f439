"""Which documents an item yields on its way, under which names and as what they are signed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from documents.layout.profile import standard
from documents.publishing.catalogue import Planned, planned, planned_by_units, planned_roundup, working_papers
from records.acts.issue import issued_names
from records.bureau.roster import SYSTEM
from records.matter.item import Item, Urge
from records.matter.report import Shell
from records.matter.stamps import Stamp
from records.register.register import Register
from records.store import receipt
from tests.bureau import DRAFT, OUTGOING, STORY, at
from tests.documents.case import ITEM, act, created, texts, walk
from tests.documents.papers import ISSUED, ROUNDUP, before

UNIT = "兰州市公安局交通警察支队"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return created(tmp_path / "home")


def item_of(register: Register) -> Item:
    found = register.view().item(ITEM)
    assert found
    return found


def shown(register: Register, plan: Planned) -> list[str]:
    return texts(plan.make(register.view(), standard()))


def go_on(register: Register, since: str, through: str) -> None:
    """Do the acts of the story from one to another, wherever the item stands."""
    names = [name for name, *_ in STORY]
    for name, by, inputs in STORY[names.index(since) : names.index(through) + 1]:
        act(register, name, by, inputs)


def report(register: Register) -> Planned:
    (plan,) = planned_by_units(item_of(register))
    return plan


def test_what_answers_an_organ_is_a_letter_without_signer(register: Register) -> None:
    walk(register, "receive_paper")
    letter = {**OUTGOING, "series": "letter", "override_reason": "来文机关要求复函。", "kind": "reply", "copy_to": ["市委办公室"]}
    act(register, "office_review", "BGS.clerk1", letter)
    act(register, "decide_override", "L03", {"decision": "approved", "text": "同意。"})
    (draft,) = planned(item_of(register))
    assert (draft.name, draft.draft, draft.number, draft.signed) == (f"{ITEM}-letter.docx", "草稿", "", ())
    assert shown(register, draft)[:3] == ["草稿", "兰州市公安局", "特急\t兰公督字〔2026〕　号"]
    act(register, "director_sign", "BGS.director_in_charge", {"text": "请局领导审签。"})
    assert planned(item_of(register))[0].draft == "送审稿"
    act(register, "reserve_number", "BGS.registry", {})
    leader = item_of(register).portfolio_leader or ""
    act(register, "bureau_sign", leader, {"text": "同意。"})
    (issued,) = planned(item_of(register))
    assert (issued.draft, issued.number, issued.act) == ("", "兰公督字〔2026〕1号", "bureau_sign")
    text = shown(register, issued)
    assert text[:2] == ["兰州市公安局", "特急\t兰公督字〔2026〕1号"]
    assert text[-1] == "抄送：市委办公室。"
    assert not any("签发人" in line or "印发" in line for line in text)


def test_a_report_is_one_from_its_number_on_and_no_draft_from_the_consent_on(register: Register) -> None:
    walk(register, "draft_report")
    assert planned_by_units(item_of(register)) == ()
    go_on(register, "review_report", "review_report")
    draft = report(register)
    assert (draft.name, draft.draft, draft.number) == (f"{ITEM}-report.docx", "送审稿", "兰公交报〔2026〕1号")
    leader = register.view().roster.holders("main_leader", "JJ", at("2026-08-31T09:00").date())[0]
    assert f"兰公交报〔2026〕1号\t签发人：{leader.name}" in shown(register, draft)
    go_on(register, "consent", "consent")
    final = report(register)
    assert (final.name, final.draft, final.act) == (draft.name, "", "consent")
    text = shown(register, final)
    assert text[:3] == ["特急", f"{UNIT}报告", f"兰公交报〔2026〕1号\t签发人：{leader.name}"]
    assert text[4] == "市局办公室："
    assert text[-3:] == [UNIT, "2026年8月31日", f"{UNIT}\t2026年8月31日印发"]
    go_on(register, "submit", "archive")
    assert report(register).signed == final.signed
    assert report(register).make(register.view(), standard()) == final.make(register.view(), standard())


def test_a_text_after_one_that_was_consented_to_is_another_document(register: Register) -> None:
    walk(register, "consent")
    act(register, "draft_report", "JJ.liaison", {"title": "关于整改情况的报告", "body": "改动以后的正文。", "void_reason": "数字有误。"})
    again = report(register)
    assert (again.name, again.draft, again.number) == (f"{ITEM}-report-2.docx", "送审稿", "兰公交报〔2026〕1号")
    assert not any("第2轮" in line for line in shown(register, again))
    act(register, "review_report", "JJ.reviewing_head", {"verdict": "pass", "hash": item_of(register).report.hash})  # type: ignore[union-attr]
    act(register, "consent", "JJ.main_leader", {"decision": "agree", "hash": item_of(register).report.hash})  # type: ignore[union-attr]
    assert (report(register).name, report(register).draft) == (again.name, "")
    go_on(register, "submit", "receive_paper")
    act(register, "return_report", "BGS.clerk1", {"reasons": ["R1"], "comment": "请补充。", "redo_due": "2026-09-02"})
    assert (report(register).name, report(register).draft) == (again.name, "")
    act(register, "draft_report", "JJ.liaison", {"title": "关于整改情况的报告", "body": "第二轮的正文。"})
    assert (report(register).name, report(register).draft) == (f"{ITEM}-report-3.docx", "送审稿")


def test_a_refusal_of_the_main_leader_makes_no_signer(register: Register) -> None:
    walk(register, "review_report")
    item = item_of(register)
    assert item.report
    act(register, "consent", "JJ.main_leader", {"decision": "send_back", "hash": item.report.hash, "text": "请补充数据。"})
    assert (report(register).draft, report(register).signed) == ("送审稿", ())


def test_the_text_of_a_classified_report_stays_on_paper(register: Register) -> None:
    walk(register, "consent")
    item = item_of(register)
    assert item.report
    secret = replace(item, report=replace(item.report, shell=Shell("光盘", 3, "0" * 64)))
    assert planned_by_units(secret) == ()


def test_a_report_that_one_person_drafted_and_reviewed_names_the_waiver(register: Register) -> None:
    walk(register, "consent")
    item = item_of(register)
    assert item.report
    reviewed = item.report.round.reviewed
    assert reviewed
    this = replace(item.report.round, reviewed=replace(reviewed, by=item.report.round.drafted.by, waiver="局办〔2026〕3号"))
    (alone,) = planned_by_units(replace(item, report=replace(item.report, rounds=(this,))))
    name = register.view().roster.name(this.drafted.by)
    assert f"（本件由{name}一人起草和审核，依据：局办〔2026〕3号）" in texts(alone.make(register.view(), standard()))
    assert not [text for text in shown(register, report(register)) if "一人起草" in text]


def test_each_request_for_more_time_is_a_document(register: Register) -> None:
    walk(register, "report_progress")
    wanted = {"until": "2026-09-14", "reason": "学校护栏须待暑期施工完毕。"}
    act(register, "request_extension", "JJ.main_leader", wanted)
    (first,) = planned_by_units(item_of(register))
    assert (first.name, first.draft, first.number) == (f"{ITEM}-request-1.docx", "", "兰公交请〔2026〕1号")
    before = first.make(register.view(), standard())
    text = texts(before)
    assert text[1] == f"{UNIT}请示"
    assert text[5:9] == [
        f"市局交办的“{item_of(register).title}”（督办编号{ITEM}），因以下情况不能如期办结：",
        "学校护栏须待暑期施工完毕。",
        "现申请将办结时限延长至2026年9月14日。",
        "妥否，请批示。",
    ]
    act(register, "decide_extension", "BGS.director_in_charge", {"decision": "approved", "text": "同意。"})
    act(register, "request_extension", "JJ.main_leader", {**wanted, "until": "2026-09-21"})
    one, two = planned_by_units(item_of(register))
    assert (one.signed, two.name) == (first.signed, f"{ITEM}-request-2.docx")
    assert one.make(register.view(), standard()) == before


def test_a_request_says_for_which_day_more_time_is_asked(register: Register) -> None:
    walk(register, "receive_paper")
    act(register, "return_report", "BGS.clerk1", {"reasons": ["R1"], "comment": "没有数字。", "redo_due": "2026-09-04"})
    act(register, "request_extension", "JJ.main_leader", {"until": "2026-09-09", "reason": "须待施工完毕。"})
    asked = planned_by_units(item_of(register))[-1]
    before = asked.make(register.view(), standard())
    assert texts(before)[5].endswith("因以下情况不能如期重报：")
    assert "现申请将重报时限延长至2026年9月9日。" in texts(before)
    act(register, "decide_extension", "BGS.director_in_charge", {"decision": "approved", "text": "同意。"})
    redone = {**DRAFT, "body": "三所学校均属实，查处货车19起。", "answers": [{"reason": "R1", "text": "已补写。"}]}
    for name, by, inputs in (("draft_report", "JJ.liaison", redone), *STORY[10:15]):
        act(register, name, by, inputs, when=at("2026-09-01T09:00"))
    assert planned_by_units(item_of(register))[-1].make(register.view(), standard()) == before  # it stays what was asked for then
    matter = item_of(register)
    again = replace(matter, extensions=(replace(matter.extensions[0], at="2026-11-02T09:00:00+08:00"),))
    assert "现申请将办结时限延长至2026年9月9日。" in texts(planned_by_units(again)[-1].make(register.view(), standard()))


def working(item: Item, kind: str) -> list[Planned]:
    return [plan for plan in working_papers(item) if plan.name.removeprefix(f"{item.id}-").startswith(kind)]


def acts_of(register: Register) -> Iterator[tuple[str, str, str]]:
    """Act, item and commit of every step, oldest first."""
    for commit in register.commits(None, register.head() or ""):
        told = receipt.trailers(commit.message)
        if item := told.get("Duban-Item"):
            yield told["Duban-Act"], item, commit.id


def test_every_working_paper_of_the_demo_is_made_and_its_act_is_in_history(demo: Register) -> None:
    steps, view, shown = list(acts_of(demo)), demo.view(), 0
    for item in view.all_items():
        plans = working_papers(item)
        assert len({plan.name for plan in plans}) == len(plans)
        for plan in plans:
            assert re.fullmatch(r"DB-\d{4}-\d{4,6}-[a-z]+(-\d+)?\.docx", plan.name)
            assert plan.as_done
            assert plan.make(view, standard())[:2] == b"PK"
            if plan.draft:
                continue
            then = [demo.view(commit).item(item.id) for name, of, commit in steps if (name, of) == (plan.act, item.id)]
            same = [(each.name, each.signed, each.draft) for found in then if found for each in working_papers(found)]
            assert (plan.name, plan.signed, "") in same, plan.name
            shown += 1
    assert shown > 130


def test_every_report_that_was_consented_to_has_a_name_of_its_own_and_its_round(demo: Register) -> None:
    seen: dict[str, tuple[str, int]] = {}
    for name, of, commit in acts_of(demo):
        item = demo.view(commit).item(of) if name == "consent" else None
        if item and item.report and item.report.shell is None and item.report.number:
            (plan,) = (each for each in planned_by_units(item) if each.name.startswith(f"{of}-report"))
            if not plan.draft:
                assert plan.name not in seen
                assert plan.round == item.report.round.round
                seen[plan.name] = (of, plan.round)
    assert seen["DB-2026-0118-report-3.docx"] == ("DB-2026-0118", 3)
    assert {plan for plan, (of, _) in seen.items() if of == "DB-2026-0118"} == {
        "DB-2026-0118-report.docx",
        "DB-2026-0118-report-2.docx",
        "DB-2026-0118-report-3.docx",
    }


def test_the_core_names_as_signed_what_the_catalogue_issues_and_nothing_else(demo: Register) -> None:
    made: dict[str, set[str]] = {}
    for _, of, commit in acts_of(demo):
        view = demo.view(commit)
        item = view.item(of)
        assert item is not None
        seen, known = made.setdefault(of, set()), set(issued_names(item, view.roster.series))
        official = [*planned(item), *planned_by_units(item)]
        seen |= {plan.name for plan in official if not plan.draft}
        assert seen <= known
        assert not known & {plan.name for plan in official if plan.draft}
        # A report without a unit's number is no document; of what went up before a matter was taken up again the record tells no more.
        if not item.reopenings and item.report and item.report.number:
            assert known == seen
    assert sum(len(names) for names in made.values()) == 32


def test_a_matter_of_the_office_s_own_hands_has_no_slips(demo: Register) -> None:
    item = demo.view().item("DB-2026-0205")
    assert item
    assert item.handling == "direct"
    assert working_papers(item) == ()


def test_slips_go_out_at_the_dispatch_and_say_for_good_what_they_said_then(register: Register) -> None:
    walk(register, "read")
    assert working_papers(item_of(register)) == ()
    act(register, "dispatch", "BGS.clerk1", {})
    first = item_of(register)
    one, two = working(first, "notice")
    assert (one.name, two.name, one.act) == (f"{ITEM}-notice-1.docx", f"{ITEM}-notice-2.docx", "dispatch")
    go_on(register, "sign_for", "archive")
    assert [(plan.name, plan.signed) for plan in working(item_of(register), "notice")] == [(plan.name, plan.signed) for plan in (one, two)]


def test_who_comes_in_later_has_a_slip_of_the_act_that_brought_him(register: Register) -> None:
    walk(register, "dispatch")
    act(register, "object", "JJ.liaison", {"kind": "hand_back", "reason": "不属本支队职责。"})
    act(register, "decide_objection", "BGS.clerk1", {"decision": "accepted", "to_unit": "ZA", "text": "改由治安管理支队主办。"})
    act(register, "change_assisting", "BGS.clerk1", {"from_unit": "CG", "reason": "不需协办。"}, when=at("2026-08-31T10:00"))
    act(register, "change_lead", "BGS.clerk1", {"to_unit": "XJ", "reason": "刑事案件。"}, when=at("2026-08-31T11:00"))
    item = item_of(register)
    assert working(item, "notice") == []
    found = working(item, "transfer")
    assert [(plan.name, plan.act) for plan in found] == [
        (f"{ITEM}-transfer-1.docx", "decide_objection"),
        (f"{ITEM}-transfer-3.docx", "change_lead"),
    ]
    assert "兰州市公安局刑事警察支队：" in shown(register, found[1])


def test_receipts_are_a_draft_until_the_last_unit_has_signed(register: Register) -> None:
    walk(register, "dispatch")
    act(register, "sign_for", "JJ.liaison", {})
    (draft,) = working(item_of(register), "receipts")
    assert (draft.name, draft.draft, draft.signed) == (f"{ITEM}-receipts.docx", "签收未齐", ())
    act(register, "sign_for", "CG.liaison", {})
    (full,) = working(item_of(register), "receipts")
    assert (full.name, full.draft, full.act) == (draft.name, "", "sign_for")
    act(register, "change_assisting", "BGS.clerk1", {"to_unit": "ZA", "reason": "请协助。"}, when=at("2026-08-31T10:00"))
    (again,) = working(item_of(register), "receipts")
    assert (again.name, again.draft) == (f"{ITEM}-receipts-2.docx", "签收未齐")
    act(register, "change_assisting", "BGS.clerk1", {"from_unit": "ZA", "reason": "不需协助。"}, when=at("2026-08-31T11:00"))
    (less,) = working(item_of(register), "receipts")
    assert (less.name, less.draft, less.act) == (f"{ITEM}-receipts-3.docx", "", "change_assisting")


def test_an_urge_is_a_paper_when_it_is_a_card_or_was_written() -> None:
    def urge(by: str, means: str, level: str) -> Urge:
        return Urge(by=by, at="2026-09-08T09:00:00+08:00", means=means, level=level, text="请抓紧。")

    made = (
        urge(SYSTEM, "system", "reminder"),
        urge("BGS.clerk1", "phone", "urge"),
        urge("BGS.clerk1", "written", "urge"),
        urge(SYSTEM, "written", "yellow_card"),
        urge("BGS.director_in_charge", "meeting", "red_card"),
    )
    found = working(replace(before("report_progress"), urges=made), "urge")
    assert [(plan.name, plan.act) for plan in found] == [
        (f"{ITEM}-urge-1.docx", "urge"),
        (f"{ITEM}-urge-2.docx", "remind"),
        (f"{ITEM}-urge-3.docx", "urge"),
    ]
    assert found[0].signed == (made[2],)


def test_the_director_signs_an_aggregate_of_each_report_that_was_accepted(register: Register) -> None:
    walk(register, "office_review")
    (draft,) = working(item_of(register), "aggregate")
    assert (draft.name, draft.draft, draft.signed, draft.round) == (f"{ITEM}-aggregate.docx", "送审稿", (), 1)
    act(register, "director_sign", "BGS.director_in_charge", {"text": "请局领导审签。"})
    (final,) = working(item_of(register), "aggregate")
    assert (final.name, final.draft, final.act) == (draft.name, "", "director_sign")
    act(register, "return_report", "BGS.clerk1", {"reasons": ["R1"], "comment": "请补充。", "redo_due": "2026-09-02"})
    assert working(item_of(register), "aggregate") == []
    act(register, "draft_report", "JJ.liaison", {"title": "关于整改情况的报告", "body": "第二轮的正文。"})
    go_on(register, "review_report", "office_review")
    (second,) = working(item_of(register), "aggregate")
    assert (second.name, second.draft, second.round) == (f"{ITEM}-aggregate-2.docx", "送审稿", 2)


def test_a_reopened_matter_has_no_aggregate_until_it_is_reviewed_again(register: Register) -> None:
    walk(register, "archive")
    assert [plan.name for plan in working(item_of(register), "aggregate")] == [f"{ITEM}-aggregate.docx"]
    act(register, "reopen", "L03", {"reason": "核查不属实。", "due": "2026-09-11"})
    assert working(item_of(register), "aggregate") == []
    act(register, "draft_report", "JJ.liaison", {"title": "关于整改情况的报告", "body": "重新办理的正文。"})
    go_on(register, "review_report", "director_sign")
    assert [plan.name for plan in working(item_of(register), "aggregate")] == [f"{ITEM}-aggregate-2.docx"]


def test_the_evidence_is_a_draft_until_the_referral_is_approved(register: Register) -> None:
    walk(register, "sign_for")
    act(register, "urge", "BGS.clerk1", {"means": "phone", "level": "urge", "text": "请抓紧。"})
    act(register, "open_accountability", "BGS.clerk1", {"consequence": "群众再次来信。"})
    (draft,) = working(item_of(register), "evidence")
    assert (draft.name, draft.draft, draft.signed) == (f"{ITEM}-evidence.docx", "送审稿", ())
    assert "群众再次来信。" in shown(register, draft)
    act(register, "approve_accountability", "L03", {"text": "同意移送。"})
    (final,) = working(item_of(register), "evidence")
    assert (final.draft, final.act) == ("", "approve_accountability")
    auditor = register.view().roster.holders("auditor", None, at("2026-08-31T09:00").date())[0].id
    act(register, "record_outcome", auditor, {"text": "已处理。"})
    assert working(item_of(register), "evidence")[0].signed == final.signed


def test_the_evidence_names_the_roundups_that_were_issued_in_its_time(register: Register) -> None:
    walk(register, "sign_for")
    act(register, "urge", "BGS.clerk1", {"means": "phone", "level": "urge", "text": "请抓紧。"})
    october, deputy, month = at("2026-10-09T09:00"), "L03", "2026-09"
    act(register, "draft_roundup", "BGS.clerk1", {}, item=month, when=october)
    act(register, "write_roundup", "BGS.clerk1", {"text": "逾期原因：未按时上报。"}, item=month, when=october)
    act(register, "approve_roundup", deputy, {"text": "同意。"}, item=month, when=october)
    act(register, "open_accountability", "BGS.clerk1", {"consequence": "群众再次来信。"}, when=october)
    (early,) = working(item_of(register), "evidence")
    assert not any("列入" in text for text in shown(register, early))
    act(register, "issue_roundup", "BGS.clerk1", {}, item=month, when=october)
    told = [text for text in shown(register, early) if "列入" in text]
    assert len(told) == 1
    assert re.fullmatch(r"列入《2026年9月.*汇总通报》，.*逾期\d+个工作日.*", told[0])


def test_a_roundup_is_a_paper_and_a_workbook_drafts_until_it_is_issued(register: Register) -> None:
    drafts, issued = planned_roundup(ROUNDUP), planned_roundup(replace(ROUNDUP, state="issued", issued=ISSUED))
    assert [plan.name for plan in drafts] == [plan.name for plan in issued] == ["roundup-2026-10.docx", "roundup-2026-10.xlsx"]
    assert {(plan.draft, plan.signed) for plan in drafts} == {("送审稿", ())}
    assert {(plan.draft, plan.act, plan.as_done) for plan in issued} == {("", "issue_roundup", False)}
    assert issued[0].signed != planned_roundup(replace(ROUNDUP, issued=Stamp("L03", ISSUED.at)))[0].signed
    assert shown(register, drafts[0])[0] == "送审稿"
    assert all(plan.make(register.view(), standard())[:2] == b"PK" for plan in issued)


def test_an_attachment_whose_text_is_on_record_follows_the_document(register: Register) -> None:
    walk(register, "report_progress")
    go_on(register, "give_opinion", "give_opinion")
    wanted = {
        "title": "关于整改情况的报告",
        "body": "正文。",
        "attachments": ["台账", "一览表"],
        "attachment_text": "# 一览表\n各校已设护学岗。",
    }
    act(register, "draft_report", "JJ.liaison", wanted)
    go_on(register, "review_report", "review_report")
    text = shown(register, report(register))
    assert text[text.index("附件2") :][:3] == ["附件2", "一览表", "各校已设护学岗。"]
