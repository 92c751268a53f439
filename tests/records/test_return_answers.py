"""What a report was returned for is answered reason by reason before it goes up again (3-2-5)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from records.acts import Outcome, perform
from records.matter.plain_data import to_data
from records.matter.report import Answer, Report
from records.procedure.input_places import supplied
from records.procedure.table import TABLE
from records.register.register import NEW, Receipt, Register
from records.store.record_files import emit
from tests.bureau import DRAFT, NOW, SHELL_STORY, STORY, Matter, as_read, roster
from tests.mutation.rows import name_of

DRAFTER, CLERK = "JJ.liaison", "BGS.clerk1"
BACK = {"reasons": ["R1", "R2"], "comment": "请补。", "redo_due": "2026-09-02"}
REWRITTEN = {**DRAFT, "body": "查处货车23起。"}
ONE, BOTH = (
    [{"reason": "R1", "text": "已补写第三项。"}],
    [{"reason": "R2", "text": "补了数字。"}, {"reason": "R1", "text": "已补写第三项。"}],
)
SIGNED = (("review_report", "JJ.reviewing_head", {"verdict": "pass"}), ("consent", "JJ.main_leader", {"decision": "agree"}))


def returned() -> Matter:
    """A report that came back for two reasons."""
    matter = Matter().until("office_review")
    matter.do("return_report", CLERK, **BACK)
    return matter


def consented(answers: object) -> Matter:
    """The same, written anew with answers, reviewed and consented to."""
    matter = returned()
    matter.do("draft_report", DRAFTER, **REWRITTEN, answers=answers)
    for act, by, inputs in SIGNED:
        matter.do(act, by, **inputs)
    return matter


def report(matter: Matter) -> Report:
    assert matter.item is not None
    assert matter.item.report is not None
    return matter.item.report


def owed(matter: Matter) -> list[str]:
    return [duty.act for duty in matter.owed if DRAFTER in duty.people]


@pytest.mark.parametrize(("answers", "missing"), [(ONE, ("R2",)), (BOTH[:1], ("R1",)), ([], ("R1", "R2"))])
def test_a_returned_report_goes_up_only_with_each_reason_answered(answers: object, missing: tuple[str, ...]) -> None:
    matter = consented(answers)
    refusal = matter.refused("submit", DRAFTER)
    named = {"R1": "R1 未逐条回应批示要求", "R2": "R2 缺少事实和数据"}
    assert [code for code in named if named[code] in refusal.reason] == list(missing)
    assert "逐条答复退回原因" in refusal.way_out
    assert owed(matter) == ["draft_report"]
    signed = report(matter).round
    matter.do("draft_report", DRAFTER, **REWRITTEN, answers=BOTH)
    this = report(matter).round
    assert this.answers == (Answer("R1", "已补写第三项。"), Answer("R2", "补了数字。"))
    assert replace(this, answers=()) == replace(signed, answers=())  # the text that was signed is the same
    assert owed(matter) == ["submit"]
    matter.do("submit", DRAFTER)
    assert report(matter).unanswered == ()


def test_the_answers_are_no_part_of_the_text_that_is_signed() -> None:
    assert report(consented(ONE)).hash == report(consented(BOTH)).hash


def test_answers_can_be_put_right_before_it_goes_up_and_taken_back() -> None:
    matter = consented(BOTH)
    assert "没有改动" in matter.refused("draft_report", DRAFTER, **REWRITTEN, answers=BOTH).reason
    matter.now += timedelta(minutes=1)
    matter.do("draft_report", DRAFTER, **REWRITTEN, answers=[*ONE, {"reason": "R2", "text": "数字见第二节。"}])
    assert report(matter).round.answer("R2") == "数字见第二节。"
    matter.do("take_back", DRAFTER, reason="填错。")
    assert report(matter).round.answer("R2") == "补了数字。"
    matter.do("submit", DRAFTER)
    matter.do("withdraw_report", "JJ.main_leader", text="有误。")
    assert report(matter).round.answer("R2") == "补了数字。"


def test_only_what_was_asked_is_answered_and_once() -> None:
    matter = Matter().until("draft_report")
    assert "没有退回" in matter.refused("draft_report", DRAFTER, **DRAFT, answers=ONE).reason
    matter = returned()
    other = matter.refused("draft_report", DRAFTER, **REWRITTEN, answers=[*ONE, {"reason": "R10", "text": "已脱敏。"}])
    assert "R10 不是退回的原因" in other.reason
    assert "R1 答复了两次" in matter.refused("draft_report", DRAFTER, **REWRITTEN, answers=[*ONE, *ONE]).reason
    assert matter.refused("draft_report", DRAFTER, **REWRITTEN, answers=[{"reason": "未逐条", "text": "补了。"}]).problems


def test_each_return_is_answered_anew_and_a_matter_taken_up_again_answers_none() -> None:
    matter = consented(BOTH)
    for act, by, inputs in STORY[12:14]:
        matter.do(act, by, **inputs)
    matter.do("return_report", CLERK, reasons=["R2", "R4"], comment="仍缺。", redo_due="2026-09-02")
    assert report(matter).unanswered == ("R2", "R4")
    matter.do("draft_report", DRAFTER, **{**DRAFT, "body": "查处货车25起。"}, answers=[{"reason": "R4", "text": "已附。"}])
    assert (report(matter).unanswered, report(matter).rounds[1].answer("R1")) == (("R2",), "已补写第三项。")
    matter = consented(BOTH)
    for act, by, inputs in STORY[12:20]:
        matter.do(act, by, **inputs)
    matter.do("reopen", "L03", reason="又有反映。", due="2026-09-14")
    assert report(matter).to_answer is None


def test_of_a_classified_matter_the_program_writes_the_words_of_the_answers() -> None:
    matter = Matter().until("office_review", SHELL_STORY)
    matter.do("return_report", CLERK, reasons=["R1", "R2"], redo_due="2026-09-02")
    paper = {"carrier": "机要柜3号", "pages": 2, "digest": "登记摘要2"}
    assert matter.refused("register_paper_report", DRAFTER, **paper, answers=BOTH).rule == "R-29"
    matter.do("register_paper_report", DRAFTER, **paper, answers=[])
    for act, by, inputs in SIGNED:
        matter.do(act, by, **inputs)
    assert "登记涉密报告" in matter.refused("submit", DRAFTER).way_out
    matter.do("register_paper_report", DRAFTER, **paper, answers=[{"reason": "R1"}, {"reason": "R2", "text": "（见纸质件）"}])
    assert {each.text for each in report(matter).round.answers} == {"（见纸质件）"}
    matter.do("submit", DRAFTER)


def test_what_was_answered_is_read_out_of_the_record_again() -> None:
    matter = returned()
    before = to_data(matter.item)
    done = matter.try_("draft_report", DRAFTER, **REWRITTEN, answers=BOTH)
    assert isinstance(done, Outcome)
    given = supplied(done.spec, before, to_data(done.item))
    again = perform(matter.world, "draft_report", matter.item, DRAFTER, given, matter.now)
    assert isinstance(again, Outcome)
    assert emit(again.item) == emit(done.item)


def begun(home: Path, answers: object) -> tuple[Register, str]:
    """A register in which a report was returned and goes up again with these answers, on which nothing is asked here."""
    known = roster()
    register = Register.create(home, known.bureau, known.leaders, tuple(known.units.values()), NOW)
    way = (*STORY[:14], ("return_report", CLERK, BACK), ("draft_report", DRAFTER, {**REWRITTEN, "answers": answers}), *STORY[10:13])
    target = NEW
    for act, by, inputs in way:
        done = register.act(act, target, by, as_read(act, inputs, None if target == NEW else register.view().item(target)), NOW)
        assert isinstance(done, Receipt), str(done)
        target = done.outcome.target
    return register, target


def wrong(register: Register) -> list[str]:
    return [str(problem) for _, problem in register.replay().problems() if problem]


def test_a_register_in_which_a_return_is_answered_replays(tmp_path: Path) -> None:
    register, item = begun(tmp_path / "register", BOTH)
    assert wrong(register) == []
    found = register.view().item(item)
    assert found is not None
    assert found.report is not None
    assert [each.reason for each in found.report.round.answers] == ["R1", "R2"]


def test_a_commit_that_went_up_unanswered_does_not_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        gates = [each for each in TABLE.rules["submit"] if name_of(each) != "every_reason_is_answered"]
        without.setitem(TABLE.rules, "submit", gates)
        register, _ = begun(tmp_path / "now", [])
    (said,) = wrong(register)
    assert "还没有逐条答复" in said
