"""A reason of a return that is left without an answer is said, first and in words, to whoever passes the report on: 上报 will not go."""

from datetime import datetime

from desk.answers import left_open, warned
from desk.asked import asked
from desk.desk import Desk
from records.acts import Refusal
from records.register.register import Receipt, Register
from schema.tables import acts

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")
ITEM = "DB-2026-0194"
SAID = "请留意：退回的原因还没有逐条答复：R4 缺协办意见。照这样“上报”办不成，请起草人先补齐答复。"
R3 = {"reason": "R3", "text": "写明了责任所队和时限。"}


def _desk(register: Register, person: str) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: NOW)


def _told(register: Register, person: str, act: str) -> list[str]:
    return [line for line in asked(_desk(register, person), act, ITEM).over_text() if line.startswith("请留意")]


def _done(register: Register, person: str, act: str, **inputs: object) -> None:
    desk = _desk(register, person)
    shown = asked(desk, act, ITEM).sheet
    text = {"hash": shown.hash} if shown and acts()[act].signs else {}
    assert isinstance(done := desk.do(act, ITEM, {**inputs, **text}), Receipt), str(done)


def test_who_reviews_and_who_consents_learns_first_what_will_stop_the_report(demo: Register) -> None:
    item = demo.view().item(ITEM)
    assert item is not None
    assert item.report is not None
    report, text = item.report, f"{item.report.body}\n\n西站所所长负责，十二月底前完成。"
    given = {"title": report.title, "body": text}
    assert "R3 措施笼统、无责任人和时限、R4 缺协办意见。照这样“上报”办不成" in _told(demo, "QLH.liaison", "draft_report")[0]
    _done(demo, "QLH.liaison", "draft_report", **given, answers=[R3])
    assert _told(demo, "QLH.reviewing_head", "review_report")[0] == SAID
    _done(demo, "QLH.reviewing_head", "review_report", verdict="pass")
    assert _told(demo, "QLH.main_leader", "consent")[0] == SAID
    # What is said is what happens: it stands, and does not go up.
    _done(demo, "QLH.main_leader", "consent", decision="agree")
    refused = _desk(demo, "QLH.liaison").do("submit", ITEM, {})
    assert isinstance(refused, Refusal)
    assert refused.reason == "退回的原因还没有逐条答复：R4 缺协办意见。"
    # With the answer it goes, and nothing is pointed out any more.
    _done(demo, "QLH.liaison", "draft_report", **given, answers=[R3, {"reason": "R4", "text": "附了治安支队的意见。"}])
    item = demo.view().item(ITEM)
    assert item is not None
    assert item.state == "consented"
    assert warned(acts()["consent"], item.report) == ""
    _done(demo, "QLH.liaison", "submit")


def test_what_is_typed_answers_and_only_rows_that_say_so_point_it_out(demo: Register) -> None:
    item = demo.view().item(ITEM)
    assert item is not None
    draft = acts()["draft_report"]
    assert left_open(draft, item.report, "R3 措施笼统、无责任人和时限：写了\nR4 缺协办意见：") == ("R4",)
    assert left_open(draft, item.report, "R3：写了\nR4：附了") == ()
    assert left_open(acts()["urge"], item.report) == left_open(draft, None) == ()
