"""What of a document stands in the record: the text of its attachments, and the hash under which it was issued."""

import pytest

from records.bureau.roster import SYSTEM
from records.matter.prose import Paragraph, attachment_texts, normalise
from records.store.record_files import emit
from tests.bureau import DRAFT, OUTGOING, Matter

ITEM = "DB-2026-0118"
HASH = "sha256:" + "0" * 64
NAMES = ["排查台账", "警力安排"]
TEXTS = "# 排查台账\n\n## 一、城关区。\n三所学校均已排查。\n\n# 警力安排\n每校两人。"


def test_the_text_of_attachments_is_theirs_by_name_and_its_headings_move_up() -> None:
    found = dict(attachment_texts(normalise(TEXTS)))
    assert found["排查台账"] == (Paragraph("一、城关区。", 1, "三所学校均已排查。"),)
    assert found["警力安排"] == (Paragraph("", 0, "每校两人。"),)
    assert list(attachment_texts("没有名称。\n\n# 警力安排")) == [("", (Paragraph("", 0, "没有名称。"),)), ("警力安排", ())]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("三所学校均已排查。", "开头没有写明"),
        ("# 别的附件\n内容。", "“别的附件”不在附件名称里"),
        ("# 警力安排\n一。\n\n# 警力安排\n二。", "写了两次"),
        ("# 警力安排\n一。\n\n# 排查台账\n二。", "次序"),
    ],
)
def test_a_text_of_no_named_attachment_is_refused(text: str, reason: str) -> None:
    drafting = Matter().until("draft_report")
    refusal = drafting.refused("draft_report", "JJ.liaison", **{**DRAFT, "attachments": NAMES, "attachment_text": text})
    assert reason in refusal.reason
    assert refusal.problems[0].field == ("attachment_text",)
    outgoing = {**OUTGOING, "attachments": NAMES, "attachment_text": text}
    assert reason in Matter().until("office_review").refused("office_review", "BGS.clerk1", **outgoing).reason


@pytest.mark.parametrize("title", ["# 关于整治情况的报告", "　#关于整治情况的报告", "##"])
def test_a_title_is_no_heading(title: str) -> None:
    """A draft that somebody pasted began with the mark of a heading, which went into title, ledger and document (a year lived through)."""
    drafting, reviewing, signing = Matter().until("draft_report"), Matter().until("office_review"), Matter().until("bureau_sign")
    signing.do("decline", "L01", text="标题太长。")
    for matter, act, by, inputs in (
        (drafting, "draft_report", "JJ.liaison", DRAFT),
        (reviewing, "office_review", "BGS.clerk1", OUTGOING),
        (signing, "redraft_document", "BGS.clerk1", {name: OUTGOING[name] for name in ("kind", "to", "body")}),
    ):
        refusal = matter.refused(act, by, **{**inputs, "title": title})
        assert ("删去标题开头的“#”" in str(refusal), refusal.problems[0].field) == (True, ("title",)), act


def test_a_consent_is_given_for_the_attachments_too() -> None:
    matter = Matter().until("draft_report")
    before = matter.try_("draft_report", "JJ.liaison", **{**DRAFT, "attachments": NAMES})
    item = matter.do("draft_report", "JJ.liaison", **{**DRAFT, "attachments": NAMES, "attachment_text": TEXTS})
    assert item.report is not None
    matter.do("review_report", "JJ.reviewing_head", verdict="pass")
    matter.do("consent", "JJ.main_leader", decision="agree")
    changed = TEXTS.replace("两人", "三人")
    changes = {**DRAFT, "attachments": NAMES, "attachment_text": changed}
    item = matter.do("draft_report", "JJ.liaison", **changes, void_reason="人数有误。")
    assert item.report is not None
    assert [void.act for void in item.report.round.voided] == ["review_report", "consent"]
    assert before.item.report.hash not in (item.report.round.voided[0].hash, item.report.hash)  # type: ignore[union-attr]
    assert matter.refused("submit", "JJ.liaison").rule == "R-16"


def test_only_a_signed_document_is_put_on_record_and_only_once() -> None:
    matter = Matter().until("bureau_sign")
    name = f"{ITEM}-special.docx"
    assert matter.refused("record_document", SYSTEM, name=name, hash=HASH).rule == "R-32"
    assert matter.refused("record_document", "BGS.clerk1", name=name, hash=HASH).rule == "R-34"
    matter.do("bureau_sign", "L01", text="同意上报。")
    for wrong in ("DB-2026-0119-special.docx", f"{ITEM}-letter.docx", f"{ITEM}-request-1.docx"):
        assert matter.refused("record_document", SYSTEM, name=wrong, hash=HASH).rule == "R-32"
    item = matter.do("record_document", SYSTEM, name=name, hash=HASH)
    assert item.state == "issued"
    assert [(each.name, each.hash) for each in item.documents] == [(name, HASH)]
    assert matter.refused("record_document", SYSTEM, name=name, hash="sha256:" + "1" * 64).rule == "R-32"
    matter.do("record_document", SYSTEM, name=f"{ITEM}-report.docx", hash=HASH)


def test_a_report_without_consent_is_not_put_on_record() -> None:
    matter = Matter().until("consent")
    assert matter.refused("record_document", SYSTEM, name=f"{ITEM}-report.docx", hash=HASH).rule == "R-32"
    matter.do("consent", "JJ.main_leader", decision="send_back", text="数字再核。")
    assert matter.refused("record_document", SYSTEM, name=f"{ITEM}-report.docx", hash=HASH).rule == "R-32"


def test_each_consented_text_has_its_place_and_no_other_has_one() -> None:
    matter = Matter().until("office_review")
    matter.do("return_report", "BGS.clerk1", reasons=["R1"], comment="没有数字。", redo_due="2026-09-04")
    matter.do("draft_report", "JJ.liaison", **{**DRAFT, "body": "查处货车23起。"})
    assert matter.refused("record_document", SYSTEM, name=f"{ITEM}-report-2.docx", hash=HASH).rule == "R-32"
    matter.do("review_report", "JJ.reviewing_head", verdict="pass")
    matter.do("consent", "JJ.main_leader", decision="agree")
    matter.do("draft_report", "JJ.liaison", **{**DRAFT, "body": "查处货车24起。"})
    for place in ("-0", "-1", "-3", "-4"):
        assert matter.refused("record_document", SYSTEM, name=f"{ITEM}-report{place}.docx", hash=HASH).rule in ("R-32", "")
    for place in ("", "-2"):
        matter.do("record_document", SYSTEM, name=f"{ITEM}-report{place}.docx", hash=HASH)


def test_the_layout_stands_beside_the_hash_and_where_none_stands_it_is_the_first() -> None:
    matter = Matter().until("report_up")
    matter.do("record_document", SYSTEM, name=f"{ITEM}-special.docx", hash=HASH, layout=2)
    item = matter.do("record_document", SYSTEM, name=f"{ITEM}-report.docx", hash=HASH)
    assert [(each.layout, each.layout_version) for each in item.documents] == [(2, 2), (None, 1)]
    assert "layout" not in emit(item).decode().split(f"{ITEM}-report.docx")[1]
    for wrong in (0, -1, 10_000, "x"):
        assert matter.refused("record_document", SYSTEM, name=f"{ITEM}-request-1.docx", hash=HASH, layout=wrong).problems
