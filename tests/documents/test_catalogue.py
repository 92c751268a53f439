"""Which documents an item yields on its way, under which names and as what they are signed."""

from dataclasses import replace
from pathlib import Path

import pytest

from documents.catalogue import Planned, planned, planned_by_units
from documents.profile import standard
from records.model import Item, Shell
from records.register import Register
from tests.bureau import OUTGOING, STORY, at
from tests.documents.case import ITEM, act, created, texts, walk

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
    act(register, "draft_report", "JJ.liaison", {"title": "关于整改情况的报告", "body": "改动以后的正文。"})
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


def test_each_request_for_more_time_is_a_document(register: Register) -> None:
    walk(register, "report_progress")
    wanted = {"until": "2026-09-14", "reason": "学校护栏须待暑期施工完毕。"}
    act(register, "request_extension", "JJ.main_leader", wanted)
    (first,) = planned_by_units(item_of(register))
    assert (first.name, first.draft, first.number) == (f"{ITEM}-request-1.docx", "", "兰公交请〔2026〕1号")
    before = first.make(register.view(), standard())
    text = texts(before)
    assert text[1] == f"{UNIT}请示"
    assert text[5:8] == [
        f"市局交办的“{item_of(register).title}”（督办编号{ITEM}），因以下情况不能如期办结：",
        "学校护栏须待暑期施工完毕。",
        "现申请将办结时限延长至2026年9月14日。妥否，请批示。",
    ]
    act(register, "decide_extension", "BGS.director_in_charge", {"decision": "approved", "text": "同意。"})
    act(register, "request_extension", "JJ.main_leader", {**wanted, "until": "2026-09-21"})
    one, two = planned_by_units(item_of(register))
    assert (one.signed, two.name) == (first.signed, f"{ITEM}-request-2.docx")
    assert one.make(register.view(), standard()) == before
