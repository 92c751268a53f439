"""The paper follows the report by the next workday, and whoever owes it is told when it does not (三（二）; Q12, 3-2-3; D-1)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.bureau.roster import SYSTEM
from records.matter.item import Item
from records.register.clock import due_reminders
from records.register.register import NEW, Receipt, Register
from records.rules.clocks import Clock, clocks, light, light_of, overdue, running
from records.rules.roundup_figures import rows
from records.rules.statistics import facts
from records.rules.timeliness import in_time, lateness
from tests.bureau import CALENDAR, POLICY, STORY, Matter, at, roster

CLERK = "BGS.clerk1"
URGED = {"means": "written", "level": "urge", "text": "请即送纸质件。"}


def sent(now: str = "2026-09-04T16:00") -> Matter:
    """A matter whose report went up at a time, by default on a Friday, and whose paper is still to come."""
    matter = Matter().until("submit")
    matter.now = at(now)
    matter.do("submit", "JJ.liaison")
    return matter


def of(matter: Matter) -> Item:
    assert matter.item is not None
    return matter.item


def urges(matter: Matter, day: str) -> list[tuple[str | None, str, str]]:
    found = [dict(each.inputs) for each in due_reminders(of(matter), matter.policy, CALENDAR, date.fromisoformat(day), "BGS")]
    return [(each.get("unit"), each["clock"], each["level"]) for each in found]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-09-02T09:00", "2026-09-03"),
        ("2026-09-02T23:59", "2026-09-03"),
        ("2026-09-04T16:00", "2026-09-07"),  # over a weekend
        ("2026-09-05T10:00", "2026-09-07"),  # sent on a Saturday
        ("2026-09-30T10:00", "2026-10-08"),  # over the National Day
        ("2026-09-19T10:00", "2026-09-20"),  # a Sunday that is worked
    ],
)
def test_the_paper_is_due_by_the_next_workday(now: str, due: str) -> None:
    matter = sent(now)
    assert clocks(of(matter), POLICY, CALENDAR) == (Clock("paper", "JJ", due),)
    (duty,) = (each for each in matter.owed if each.act == "receive_paper")
    assert duty.clock == Clock("paper", "JJ", due)


@pytest.mark.parametrize(
    ("day", "items", "units", "words", "short"),
    [
        ("2026-09-04", "green", "green", "纸质件剩1个工作日", "剩1日"),
        ("2026-09-07", "yellow", "yellow", "纸质件今日到期", "今日到期"),
        ("2026-09-08", "yellow", "red", "纸质件逾期1个工作日", "缺纸质件"),
    ],
)
def test_a_late_paper_is_red_for_whoever_owes_it_and_yellow_for_the_matter(
    day: str, items: str, units: str, words: str, short: str
) -> None:
    matter, then = sent(), date.fromisoformat(day)
    own = light_of(clocks(of(matter), POLICY, CALENDAR)[0], "ordinary", POLICY, CALENDAR, then)
    assert (light(of(matter), POLICY, CALENDAR, then).colour, own.colour, own.words, own.short) == (items, units, words, short)
    assert not overdue(clocks(of(matter), POLICY, CALENDAR), then)


def test_the_unit_is_urged_answers_and_is_left_alone_once_the_paper_is_in() -> None:
    matter = sent()
    assert urges(matter, "2026-09-07") == []
    assert urges(matter, "2026-09-08") == [(None, "paper", "urge")]
    matter.now = at("2026-09-08T08:00")
    (due,) = due_reminders(of(matter), POLICY, CALENDAR, matter.now.date(), "BGS")
    item = matter.do("remind", SYSTEM, **dict(due.inputs))
    assert item.urges[-1].text == "办结报告的纸质件尚未送达，请立即送达（时限2026-09-07，已逾1个工作日）。"
    assert urges(matter, "2026-09-08") == []
    assert [(each.act, each.people) for each in matter.owed if each.act == "reply_urge"] == [("reply_urge", ("JJ.liaison", "JJ.liaison_b"))]
    item = matter.do("reply_urge", "JJ.liaison", text="已交机要通道。")
    assert item.urges[-1].reply is not None
    matter.do("receive_paper", "BGS.registry", pages=3, copies=2)
    assert (running(of(matter)), urges(matter, "2026-09-09")) == ((), [])
    assert matter.refused("urge", CLERK, **URGED).rule == "R-31"


def test_the_clocks_run_on_a_register_urges_and_all_of_it_replays(tmp_path: Path) -> None:
    known, now = roster(), at("2026-08-31T09:00")
    register = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), now)
    for act, by, inputs in STORY[:13]:
        done = register.act(act, NEW if act == "register" else "DB-2026-0001", by, inputs, now)
        assert isinstance(done, Receipt), str(done)
    told = [
        (due.act, dict(due.inputs)["clock"])
        for day in ("01", "02", "03")
        for due, _ in register.tick(at(f"2026-09-{day}T08:00"))
        if due.inputs
    ]
    assert told == [("remind", "paper")]  # due on the first, urged for on the second, and the unit has some days to answer
    assert [str(problem) for _, problem in register.replay().problems() if problem] == []


def test_the_office_urges_for_it_no_oftener_than_for_anything_else() -> None:
    matter = sent()
    item = matter.do("urge", CLERK, **URGED)
    assert (item.urges[-1].unit, item.urges[-1].clock) == (None, "paper")
    assert "已催过一次" in matter.refused("urge", CLERK, **URGED).reason
    assert "没有未办的事" in matter.refused("urge", CLERK, **URGED, unit="CG").reason
    assert matter.refused("remind", SYSTEM, **URGED, clock="completion").rule == "R-31"


def test_an_older_urge_asks_for_no_answer_while_the_report_is_on_its_way() -> None:
    matter = Matter().until("submit")
    matter.do("urge", CLERK, **URGED)
    assert "reply_urge" in [each.act for each in matter.owed]
    matter.do("submit", "JJ.liaison")
    assert "reply_urge" not in [each.act for each in matter.owed]
    assert matter.refused("reply_urge", "JJ.liaison", text="已报。").reason == "没有待答复的催办。"
    matter.now = at("2026-09-02T09:00")
    matter.do("urge", CLERK, **URGED)
    item = matter.do("reply_urge", "JJ.liaison", text="已送。")
    assert [each.reply is not None for each in item.urges] == [False, True]


def test_a_report_in_time_stays_so_whenever_its_paper_comes() -> None:
    matter = sent()
    day = date(2026, 10, 8)
    (row,) = rows([of(matter)], "2026-09-01", "2026-09-30", day, CALENDAR, matter.policy_at, POLICY)
    assert (row.days_late, row.feedback_late, row.unsigned, row.silent) == (None, None, (), ())  # D-1 names four, and this is none of them
    matter.now = at("2026-10-08T09:00")
    matter.do("receive_paper", "BGS.registry", pages=3, copies=2)
    item = matter.do("office_review", CLERK, **STORY[14][2])
    assert in_time(item, CALENDAR)
    assert {each.kind for each in lateness(item, POLICY, CALENDAR)} <= {"feedback"}
    assert (told := facts(item, POLICY, CALENDAR)) is not None
    assert told.in_time


def test_a_report_taken_back_owes_no_paper() -> None:
    matter = sent()
    item = matter.do("withdraw_report", "JJ.main_leader", text="数字有误。")
    assert "paper" not in {each.kind for each in running(item)}


def test_what_the_office_handles_itself_owes_its_paper_too() -> None:
    item = replace(of(sent()), units=(), handling="direct")
    assert clocks(item, POLICY, CALENDAR) == (Clock("paper", None, "2026-09-07"),)
    found = [dict(each.inputs) for each in due_reminders(item, POLICY, CALENDAR, date(2026, 9, 8), "BGS")]
    assert [(each["unit"], each["clock"], each["level"]) for each in found] == [("BGS", "paper", "urge")]


@settings(max_examples=60, deadline=None)
@given(hours=st.integers(0, 24 * 60))
def test_whenever_it_is_sent_the_paper_has_one_workday(hours: int) -> None:
    now = at("2026-09-01T00:00") + timedelta(hours=hours)
    matter = sent(now.isoformat()[:16])
    (found,) = clocks(of(matter), POLICY, CALENDAR)
    due = date.fromisoformat(found.due)
    assert CALENDAR.is_workday(due)
    assert due > now.date()
    assert not any(CALENDAR.is_workday(now.date() + timedelta(days=n)) for n in range(1, (due - now.date()).days))
