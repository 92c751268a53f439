"""规则 in plain words: no setting is left out, every version that was in force is told, a month's days off and make-up days are marked."""

from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.desk import Desk
from desk.rules import plain_words, sheet, spoken_today, versions
from records.bureau.calendar import Calendar, CalendarYear, Holiday
from records.bureau.policy import Policy, Reminder
from records.register.register import Receipt, Register
from tests.bureau import NOW, POLICY, roster

NOTICE = CalendarYear(2027, "国办发明电〔2026〕9号", False, (Holiday("春节", "2027-02-05", "2027-02-11"),), ("2027-02-14",))


def _others(policy: Policy) -> list[Policy]:
    """The policy with one setting changed, once for each count, step and choice that it holds."""
    changed: list[dict[str, Any]] = []
    for each in fields(policy):
        value = getattr(policy, each.name)
        if isinstance(value, dict):
            changed += ({each.name: {**value, key: 99}} for key in value)
        elif isinstance(value, bool):
            changed.append({each.name: not value})
        elif isinstance(value, int):
            changed.append({each.name: 99})
    changed += [{"roundup_categories": (1,)}, {"reading_required": "always"}, {"reminders": ()}]
    step = policy.reminders[0]
    steps = (replace(step, days_left=9), replace(step, level="yellow_card"), replace(step, means="sms"), replace(step, text="请速办。"))
    changed += ({"reminders": (each, *policy.reminders[1:])} for each in steps)
    return [replace(policy, **each) for each in changed]


def test_every_setting_is_in_the_words() -> None:
    others = _others(POLICY)
    assert len(others) == 26
    for other in others:
        assert plain_words(other) != plain_words(POLICY), other
    assert ("签收", "特急 当日，加急 1 个工作日，平件 1 个工作日") in plain_words(POLICY)
    zero = replace(POLICY, reminders=(Reminder(0, "urge", "sms", "到期。"),))
    assert ("催办", "到期当日催办（短信）：到期。") in plain_words(zero)


@pytest.mark.parametrize(
    ("today", "week"),
    [
        (date(2027, 2, 1), "[ 1]   2    3    4    5休  6休  7休"),
        (date(2027, 2, 5), "  1    2    3    4  [ 5休] 6休  7休"),
        (date(2027, 2, 7), "  1    2    3    4    5休  6休[ 7休]"),
    ],
)
def test_a_week_has_its_days_off_marked_and_today_in_brackets(today: date, week: str) -> None:
    assert sheet(Calendar({2027: NOTICE}), date(2027, 2, 1), today)[2] == week


def test_a_month_tells_its_marks_and_where_they_come_from() -> None:
    told = sheet(Calendar({2027: NOTICE}), date(2027, 2, 1), date(2026, 1, 1))
    assert told[3].endswith("14班")
    assert told[-4:] == ("放假：春节", "调休上班：2月14日", "休 放假  班 调休上班", "依据：国办发明电〔2026〕9号")
    guess = sheet(Calendar({}), date(2027, 2, 1), date(2026, 1, 1))
    assert "5估" in guess[2]
    assert guess[-2:] == ("估 法定放假，通知未公布", "依据：全国年节及纪念日放假办法（估算，通知尚未登记）")


def test_of_a_day_off_the_next_workday_is_told() -> None:
    calendar = Calendar({2027: NOTICE})
    assert spoken_today(calendar, date(2027, 2, 4)) == "今天 2027-02-04 是工作日"
    assert spoken_today(calendar, date(2027, 2, 10)) == "今天 2027-02-10 是春节，休息日；下一个工作日 2027-02-12 周五"


def test_each_version_in_force_is_told_with_who_made_it_and_what_is_kept_under_it(tmp_path: Path) -> None:
    known = roster()
    register = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW - timedelta(days=1))

    def desk(person: str) -> Desk:
        return Desk(register, register.view().roster.people[person], lambda: NOW)

    keeper = desk("BGS.section_chief")
    given = {
        field.name: field.default for field in keeper.form("draft_policy", keeper.foundation("policy_draft", "policy")) if field.default
    }
    words = {**given, "version": "2026-02", "due_ordinary": "20", "reason": "平件时限放宽。"}
    drafted = keeper.do("draft_policy", "policy", keeper.inputs("draft_policy", words))
    assert isinstance(drafted, Receipt), str(drafted)
    assert [each.version for each in versions(keeper)] == ["2026-01"], "what waits for approval was never in force"
    draft = register.view().policy_draft
    assert draft
    enacted = desk("L03").do("enact_policy", "policy", {"text": "同意。", "hash": draft.hash})
    assert isinstance(enacted, Receipt), str(enacted)
    assert [(each.version, each.since, each.told, each.items) for each in versions(keeper)] == [
        ("2026-02", "2026-08-31", "谭拟慎拟定，顾拟宁批准：平件时限放宽。", 0),
        ("2026-01", "2026-08-30", "建立登记簿时施行", 0),
    ]
