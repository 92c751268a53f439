"""对比 in words: what changed, where it seems to answer the return, who wrote and consented; nothing is claimed."""

from dataclasses import replace

import pytest

from desk.desk import Desk
from desk.rounds import Compared, Sentence, asked_back, compared, written_by
from records.register.register import Register
from records.rules.report_answers import change_answers
from tests.tui.playing import NOW


def _compared(register: Register, item: str, earlier: int, later: int) -> Compared:
    desk = Desk(register, None, lambda: NOW)
    found = desk.view.item(item)
    assert found
    return compared(found, {number: report for number, (_, report) in desk.rounds(item).items()}, earlier, later)


def _sentence(found: Compared, words: str) -> Sentence:
    every = [each for passage in found.passages for each in passage.sentences]
    return next(each for each in every if words in (each.new or each.old))


def test_what_changed_is_counted_and_paragraphs_know_whether_they_did(demo: Register) -> None:
    found = _compared(demo, "DB-2026-0118", 2, 3)
    assert found.counted == "改 3 句，增 4 句"
    assert [passage.changes for passage in found.passages] == [0, 1, 0, 1, 1, 2, 2]
    assert _compared(demo, "DB-2026-0118", 3, 3).counted == "一字不差"


def test_a_sentence_tells_who_wrote_it_in_which_round_and_who_consented(demo: Register) -> None:
    found, roster = _compared(demo, "DB-2026-0118", 2, 3), demo.view().roster
    told = {words: written_by(found, _sentence(found, words), roster) for words in ("反馈来信人情况", "30日已修复", "甲小学周边增设")}
    assert told["反馈来信人情况"] == "这一句：第3轮 邵拟行 09-07 08:36 写，孙拟谨 09-07 09:06 同意"
    assert told["30日已修复"] == "这一句：第2轮 邵拟行 09-03 17:16 写，此后到第3轮没有改动，孙拟谨 09-07 09:06 同意（第3轮）"
    assert told["甲小学周边增设"].startswith("这一句：第3轮 邵拟行 09-07 08:36 改写")


def test_a_sentence_that_is_gone_tells_who_left_it_out(demo: Register) -> None:
    found = _compared(demo, "DB-2026-0194", 1, 2)
    told = written_by(found, _sentence(found, "经分析"), demo.view().roster)
    assert told == "这一句：第1轮 秦拟宁 11-17 10:13 写，赵拟雪 11-17 17:25 同意，第2轮 秦拟宁 11-20 09:18 删去"


@pytest.mark.parametrize(
    ("item", "later", "seen"),
    [
        ("DB-2026-0194", 2, {"R1": "not", "R2": "seems", "R3": "not"}),  # returned again: R3, R4; 责任所队和时限 is R1's fifth point
        ("DB-2026-0118", 2, {"R1": "not", "R2": "seems", "R3": "seems"}),  # returned again: R1, R4
        ("DB-2026-0118", 3, {"R1": "seems", "R4": "seems"}),  # passed, as all below
        ("DB-2026-0185", 2, {"R4": "seems", "R5": "unknown"}),
        ("DB-2026-0156", 2, {"R1": "seems", "R10": "unknown"}),
        ("DB-2026-0093", 2, {"R1": "seems", "R2": "seems"}),
        ("DB-2026-0042", 2, {"R1": "seems"}),
        ("DB-2026-0035", 2, {"R2": "seems", "R3": "seems", "R9": "unknown"}),
        ("DB-2026-0012", 2, {"R1": "seems", "R2": "seems", "R4": "seems"}),
    ],
)
def test_what_seems_to_answer_a_return_is_what_the_office_let_pass(demo: Register, item: str, later: int, seen: dict[str, str]) -> None:
    found, view = _compared(demo, item, later - 1, later), demo.view()
    report = found.item.report
    assert report
    back = next(each.returned for each in report.rounds if each.round == later - 1)
    assert back
    answers = change_answers(found.item, found.rounds[later - 1], found.rounds[later], back.reasons, view.roster.unit_name)
    assert {answer.reason: answer.seen for answer in answers} == seen
    assert all(answer.places for answer in answers if answer.seen == "seems")


def test_a_report_that_only_changed_its_adjectives_answers_nothing(demo: Register) -> None:
    found, view = _compared(demo, "DB-2026-0118", 1, 2), demo.view()
    vain = replace(found.rounds[1], body=found.rounds[1].body.replace("明显好转", "显著好转"))
    answers = change_answers(found.item, found.rounds[1], vain, ("R1", "R2", "R3", "R4"), view.roster.unit_name)
    assert {answer.seen for answer in answers} == {"not"}


def test_with_little_room_the_requirements_say_what_is_missed_and_what_is_new(demo: Register) -> None:
    view = demo.view()
    told = dict(asked_back(_compared(demo, "DB-2026-0118", 2, 3), view, brief=True))
    assert told["要求 5"] == "都有对应的段落；这一轮新见 5 向来信人反馈"
    assert told["第2轮退回"].splitlines()[0] == "R1 未逐条回应批示要求  看来答了：四、反馈来信人情况"
    told = dict(asked_back(_compared(demo, "DB-2026-0194", 1, 2), view, brief=True))
    assert told["要求 5"] == "未见 5 责任所队和时限；这一轮新见 1 警情时空分布"
