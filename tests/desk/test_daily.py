"""待办 as a page: what is the person's own, what he left half written, what he watches in other hands, and what stands behind a line."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from desk.daily import numbered, page, why
from desk.desk import Desk
from desk.inbox import inbox
from records.register.register import Register
from tests.bureau import AFTERWARDS, STORY, roster
from tests.bureau import NOW as BEGUN
from tests.desk.test_number_register import ITEM, acted, walked

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")


def _desk(register: Register, person: str) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: NOW)


def test_what_is_his_own_is_his_inbox_in_its_order(demo: Register) -> None:
    for person in ("QLH.liaison", "BGS.clerk1", "L03"):
        desk = _desk(demo, person)
        assert [(line.act, line.item) for line in page(desk, {}, 1000).mine] == [(task.act, task.excerpt.id) for task in inbox(desk)]


def test_the_office_watches_all_that_is_late_in_other_hands_and_says_how_it_was_urged(demo: Register) -> None:
    desk = _desk(demo, "BGS.clerk1")
    found = page(desk, {})
    red = {excerpt.id for excerpt, _ in desk.ledger(colour="red")}
    assert {line.item for line in found.watched} == red - {line.item for line in found.mine}
    assert found.late == len(red) == found.figures[0].count
    told = {line.item: (line.act, line.what, line.last) for line in found.watched}
    assert told["DB-2026-0162"] == ("urge", "城关分局", "约见11-17")
    assert found.watched[0].item == "DB-2026-0162", "the latest first"


def test_what_is_late_in_ones_own_hands_is_not_counted_among_what_others_are_late_with(demo: Register) -> None:
    desk = Desk(demo, demo.view().roster.people["BGS.clerk1"], lambda: AFTERWARDS)
    found = page(desk, {})
    own = {line.item for line in found.mine if line.light.colour == "red"}
    assert own
    assert found.late == len(found.watched) == found.figures[0].count - len(own)


def test_a_leader_is_offered_no_urging_and_a_unit_watches_nothing(demo: Register) -> None:
    assert {line.act for line in page(_desk(demo, "L03"), {}).watched} == {""}
    unit = page(_desk(demo, "QLH.liaison"), {})
    assert (unit.watched, unit.figures) == ((), ())


def test_a_draft_stands_with_its_duty_and_one_of_what_is_not_owed_stands_alone(demo: Register) -> None:
    item, at = "DB-2026-0194", "2026-11-22T17:52:00+08:00"
    drafts = {("draft_report", item): at, ("report_progress", item): at, ("report_progress", "DB-2026-0185"): at}
    found = page(_desk(demo, "QLH.liaison"), drafts)
    assert next(line for line in found.mine if line.act == "draft_report").last == "草稿11-22"
    left, unseen = found.left
    assert (left.act, left.item, left.last) == ("report_progress", item, "草稿11-22")
    assert (unseen.title, unseen.light.colour, unseen.when) == ("0185 已不在您的职责范围内", "none", "—"), "of the matter nothing"
    assert why(_desk(demo, "QLH.liaison"), unseen) == ("您写了没办的，回车看。",)


def test_behind_a_line_stands_who_did_what_last_and_who_else_has_it(demo: Register) -> None:
    desk = _desk(demo, "QLH.liaison")
    line = page(desk, {}).mine[0]
    assert why(desk, line) == (
        "谭拟慎 11-23 09:14 责成重新上报",
        "起草办结报告〔三（二）〕，自 11-23  2人都可办，先办为准：秦拟宁、龙拟思",
    )
    desk = _desk(demo, "BGS.clerk1")
    late = next(each for each in page(desk, {}).watched if each.item == "DB-2026-0162")
    assert why(desk, late)[1] == "在城关分局联络员 蒋拟恒、阎拟川手里，等起草办结报告"


def test_a_number_has_its_year_where_it_is_another(demo: Register) -> None:
    excerpt = demo.index.excerpt("DB-2026-0194")
    assert excerpt is not None
    excerpt = replace(excerpt, title="某事")
    assert (numbered(excerpt, date(2026, 1, 1)), numbered(excerpt, date(2027, 1, 1))) == ("0194 某事", "2026-0194 某事")


def test_twice_returned_is_what_was_sent_back_twice_and_not_what_was_taken_up_again(tmp_path: Path) -> None:
    """A matter that is taken up again gets another round too, though nobody returned anything."""
    known = roster()
    register = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), BEGUN)
    walked(register, "archive")
    counted = []

    def reported(words: str) -> None:
        way = [step for step in STORY if step[0] in ("draft_report", "review_report", "consent", "submit", "receive_paper")]
        for act, by, inputs in way:
            acted(register, act, ITEM, by, **{**inputs, **({"body": words} if act == "draft_report" else {})})
        acted(register, "return_report", ITEM, "BGS.clerk1", reasons=["R1"], comment="请补。", redo_due="2026-09-02")
        register.index.catch_up()
        counted.append(next(each for each in page(_desk(register, "BGS.clerk1"), {}).figures if each.name == "退回两次").count)

    acted(register, "reopen", ITEM, "L03", reason="反复。", due="2026-09-07")
    reported("又查处货车23起。")
    reported("又查处货车24起。")
    assert counted == [0, 1]
