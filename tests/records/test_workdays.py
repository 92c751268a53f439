"""Workdays of 2026, cross-checked day by day against a well-kept library that carries the same notice."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from records.bureau.calendar import Calendar
from tests.bureau import CALENDAR


def test_every_day_of_the_announced_year_agrees_with_the_library() -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    assert [day for day in days if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    ("day", "workdays", "expected"),
    [
        ("2026-09-04", 1, "2026-09-07"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-09", 1, "2026-10-10"),  # a Saturday worked to make up
        ("2026-11-23", 0, "2026-11-23"),
    ],
)
def test_shifting_skips_what_is_not_worked(day: str, workdays: int, expected: str) -> None:
    assert CALENDAR.shift(date.fromisoformat(day), workdays) == date.fromisoformat(expected)


def test_counting_is_the_inverse_of_shifting_and_signed() -> None:
    monday = date(2026, 11, 23)
    for n in range(1, 15):
        assert CALENDAR.between(monday, CALENDAR.shift(monday, n)) == n
        assert CALENDAR.between(CALENDAR.shift(monday, n), monday) == -n


def test_a_day_off_is_called_by_its_name() -> None:
    assert CALENDAR.day_off(date(2026, 10, 1)) == "国庆节"
    assert CALENDAR.day_off(date(2026, 11, 22)) == "周日"
    assert CALENDAR.day_off(date(2026, 10, 10)) == ""


def test_a_year_without_a_notice_is_an_estimate() -> None:
    assert CALENDAR.estimated(date(2027, 3, 1))
    assert not CALENDAR.estimated(date(2026, 3, 1))
    assert Calendar({}).is_workday(date(2027, 3, 1))
