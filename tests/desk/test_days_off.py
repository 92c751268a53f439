"""What falls on a day that is worked no more: told before the notice is entered, and after it the lawful act for each (D-10, D-11)."""

import shlex
from dataclasses import replace
from datetime import date

import pytest

from desk.days_off import Fallen, Way, fallen, off_days
from desk.desk import Desk
from desk.outlook import outlook
from records.bureau.calendar import Calendar, Holiday
from records.register.register import Receipt, Register
from tests.bureau import CALENDAR, STORY, Matter
from tests.tui.playing import NOW, act
from tests.tui.test_command import Shell

TODAY = date(2026, 8, 31)


@pytest.fixture
def shell(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("tui.command.environment.now", lambda: NOW)
    return Shell(demo.home, capsys, monkeypatch)


def with_days_off(since: str, until: str) -> Calendar:
    year = CALENDAR.years[2026]
    return Calendar({2026: replace(year, holidays=(*year.holidays, Holiday("临时放假", since, until)))})


def announced(demo: Register, since: str, until: str) -> dict[str, object]:
    year = demo.view().calendar.years[2026]
    days = [{"name": each.name, "since": each.since, "until": each.until} for each in year.holidays]
    return {
        "basis": "国办发明电〔2026〕9号",
        "holidays": [*days, {"name": "临时放假", "since": since, "until": until}],
        "workdays": list(year.workdays),
    }


def desk(demo: Register, person: str) -> Desk:
    return Desk(demo, demo.view().roster.people[person], lambda: NOW)


def by_item(found: tuple[Fallen, ...]) -> dict[str, dict[str, Way]]:
    return {each.item: {way.act: way for way in each.ways} for each in found}


@pytest.mark.parametrize(
    ("step", "counts"),
    [("propose", False), ("read", True), ("dispatch", True), ("review_report", True), ("receive_paper", False), ("archive", False)],
)
def test_only_days_that_still_count_fall(step: str, counts: bool) -> None:
    """Before the dispatch those of the proposal, then those of the clocks that run; at the office and afterwards none."""
    matter = Matter().until(step)
    assert matter.item
    due = matter.item.due or "2026-09-02"
    found = off_days(matter.item, with_days_off(due, due), TODAY)
    assert [each.day for each in found] == ([due] if counts else [])
    assert off_days(matter.item, CALENDAR, TODAY) == ()
    assert off_days(matter.item, with_days_off(due, due), date(2026, 12, 1)) == (), "what is past moves no more"


def test_the_day_of_a_point_falls_by_its_number() -> None:
    matter = Matter()
    for name, by, given in STORY:
        if name == "dispatch":
            break
        points = (
            {"points": [{"text": "三所学校逐一查实"}, {"text": "错峰放学", "unit": "CG", "due": "2026-09-01"}]} if name == "propose" else {}
        )
        matter.do(name, by, **{**given, **points})
    assert matter.item
    assert [str(each) for each in off_days(matter.item, with_days_off("2026-09-01", "2026-09-01"), TODAY)] == [
        "第2项时限 2026-09-01 是临时放假"
    ]


def test_what_falls_is_told_before_the_notice_is_entered(demo: Register) -> None:
    found = outlook(desk(demo, "BGS.section_chief"), "announce_calendar", "2026", announced(demo, "2026-11-25", "2026-11-26"))
    assert found
    told = [line for label, line in found.lines if label == "落在假日"]
    assert told == ["DB-2026-0198 办结时限 2026-11-26 是临时放假", "DB-2026-0181 办结时限 2026-11-25 是临时放假"]
    assert any("F4" in line for label, line in found.lines if label == "怎么办")
    assert fallen(desk(demo, "BGS.section_chief")) == ()


def test_each_day_moves_by_the_act_of_whoever_may_move_it(demo: Register) -> None:
    act(demo, "announce_calendar", "2026", "BGS.section_chief", **announced(demo, "2026-11-25", "2026-11-27"))
    office, head = by_item(fallen(desk(demo, "BGS.clerk1"))), by_item(fallen(desk(demo, "JJ.main_leader")))
    assert sorted(office) == ["DB-2026-0181", "DB-2026-0188", "DB-2026-0198", "DB-2026-0205"]
    assert sorted(head) == ["DB-2026-0188", "DB-2026-0198"], "a unit sees its own matters"
    forward, back = office["DB-2026-0188"]["propose_adjustment"], office["DB-2026-0188"]["request_extension"]
    assert (forward.refusal, forward.words["due"], back.words["until"]) == (None, "2026-11-24", "2026-11-30")
    assert "国办发明电〔2026〕9号" in forward.words["reason"]
    assert "basis" not in forward.words, "no paper of a superior is invented"
    assert "孙拟谨" in str(back.refusal)
    assert next(iter(head["DB-2026-0188"])) == "request_extension", "one's own way comes first"
    assert head["DB-2026-0188"]["request_extension"].refusal is None
    assert "孔拟恒" in str(head["DB-2026-0188"]["propose_adjustment"].refusal)
    assert "reason" not in office["DB-2026-0205"]["propose_adjustment"].words, "a classified matter is given nothing to read"


def test_when_the_workday_before_is_past_only_the_unit_can_ask(demo: Register) -> None:
    act(demo, "announce_calendar", "2026", "BGS.section_chief", **announced(demo, "2026-11-23", "2026-11-25"))
    assert set(by_item(fallen(desk(demo, "BGS.clerk1")))["DB-2026-0181"]) == {"request_extension"}


def test_what_is_yet_to_be_dispatched_is_proposed_anew_once_it_is_read(demo: Register) -> None:
    waiting = demo.view().item("DB-2026-0206")
    assert waiting
    assert waiting.due
    act(demo, "announce_calendar", "2026", "BGS.section_chief", **announced(demo, waiting.due, waiting.due))
    assert by_item(fallen(desk(demo, "BGS.clerk1")))[waiting.id] == {}, "what is being read is not written anew meanwhile"
    act(demo, "read", waiting.id, "L03", decision="agree", text="同意。")
    office = desk(demo, "BGS.clerk1")
    way = by_item(fallen(office))[waiting.id]["propose"]
    assert way.refusal is None
    done = office.do(way.act, waiting.id, office.inputs(way.act, way.words))
    assert isinstance(done, Receipt), str(done)
    after = demo.view().item(waiting.id)
    assert after
    assert after.due == demo.view().calendar.previous(date.fromisoformat(waiting.due)).isoformat()
    assert (after.lead, after.points, after.proposal and after.proposal.text) == (
        waiting.lead,
        waiting.points,
        waiting.proposal and waiting.proposal.text,
    )
    assert waiting.id not in by_item(fallen(office))


def test_the_calendar_command_prints_lines_that_do_it(shell: Shell, demo: Register) -> None:
    act(demo, "announce_calendar", "2026", "BGS.section_chief", **announced(demo, "2026-11-25", "2026-11-27"))
    found = by_item(fallen(desk(demo, "BGS.clerk1")))
    command = found["DB-2026-0188"]["propose_adjustment"].command("DB-2026-0188", "BGS.clerk1")
    words = shlex.split(command)
    assert words[:4] == ["duban", "act", "propose_adjustment", "DB-2026-0188"]
    assert "已办" in shell.ok(*words[1:])
    asked = demo.view().item("DB-2026-0188")
    assert asked
    assert [(each.due, each.basis) for each in asked.adjustments] == [("2026-11-24", None)]
    assert asked.adjustments[-1].points == asked.points, "only the day moves"
    again = by_item(fallen(desk(demo, "BGS.clerk1")))["DB-2026-0188"]["propose_adjustment"]
    assert "等待审批" in str(again.refusal)
    act(demo, "decide_adjustment", "DB-2026-0188", "BGS.director_in_charge", decision="approved", text="同意。")
    assert "DB-2026-0188" not in by_item(fallen(desk(demo, "BGS.clerk1")))


def test_a_month_is_printed_with_what_is_due_on_its_days_off_and_who_may_move_it(shell: Shell, demo: Register) -> None:
    act(demo, "announce_calendar", "2026", "BGS.section_chief", **announced(demo, "2026-12-07", "2026-12-11"))
    out = shell.ok("calendar", "2026-12", "--as", "BGS.clerk1")
    assert "时限落在休息日的在办事项" in out
    assert "duban act propose_adjustment DB-2026-0160 --as BGS.clerk1 --set" in out
    assert "应由治安管理支队主要领导（毛拟顺）办理" in out
