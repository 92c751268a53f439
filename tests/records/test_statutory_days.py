"""The days off that the law fixes are known for every year; what moves with moon and sun is held against two libraries (D-10)."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import holidays
import pytest
from borax.calendars.lunardate import LunarDate, TermUtils

from records.bureau.calendar import Calendar, CalendarYear, Holiday, statutory_year
from tests.bureau import CALENDAR

YEARS = range(2020, 2101)
LENGTHS = {"元旦": 1, "春节": 4, "清明节": 1, "劳动节": 2, "端午节": 1, "中秋节": 1, "国庆节": 3}
KNOWN_WRONG = {  # where the one library errs, the other, and lunardate 0.3.0 and lunar-python 1.4.8, have what stands in the table
    ("borax", 2089, "中秋节"): date(2089, 9, 19),  # the new moon of 4 September falls a minute before midnight
    ("holidays", 2100, "清明节"): date(2100, 4, 4),  # its formula takes 2100 for a leap year
}


def ours(year: int) -> Mapping[str, date]:
    return {each.name: date.fromisoformat(each.since) for each in statutory_year(year).holidays}


def by_borax(year: int) -> Mapping[str, date]:
    return {
        "春节": LunarDate(year, 1, 1).to_solar_date() - timedelta(days=1),
        "清明节": TermUtils.day_start_from_term(year, "清明"),
        "端午节": LunarDate(year, 5, 5).to_solar_date(),
        "中秋节": LunarDate(year, 8, 15).to_solar_date(),
    }


@cache
def by_holidays() -> Mapping[tuple[int, str], date]:
    named = {"Chinese New Year (Spring Festival)": "春节", "Tomb-Sweeping Day": "清明节", "Dragon Boat Festival": "端午节"}
    named |= {"Mid-Autumn Festival": "中秋节"}
    found: dict[tuple[int, str], date] = {}
    for day, names in sorted(holidays.country_holidays("CN", years=YEARS, language="en_US").items()):
        for name in names.split("; "):
            if name in named:
                found.setdefault((day.year, named[name]), day - timedelta(days=name.startswith("Chinese New")))
    return found


@pytest.mark.parametrize("year", YEARS)
def test_what_moves_with_moon_and_sun_is_as_two_libraries_have_it(year: int) -> None:
    table = ours(year)
    assert table["元旦"] == date(year, 1, 1)
    assert (table["劳动节"], table["国庆节"]) == (date(year, 5, 1), date(year, 10, 1))
    for name, day in by_borax(year).items():
        assert day == KNOWN_WRONG.get(("borax", year, name), table[name]), name
        assert by_holidays()[year, name] == KNOWN_WRONG.get(("holidays", year, name), table[name]), name


@pytest.mark.parametrize("year", YEARS)
def test_a_year_without_a_notice_is_off_on_the_days_of_the_law_and_at_weekends(year: int) -> None:
    calendar, off = Calendar({}), statutory_year(year).off
    lengths: dict[str, int] = {}
    for each in statutory_year(year).holidays:
        lengths[each.name] = (date.fromisoformat(each.until) - date.fromisoformat(each.since)).days + 1
    assert lengths == LENGTHS
    day = date(year, 1, 1)
    while day.year == year:
        assert calendar.is_workday(day) == (day.weekday() < 5 and day not in off), day
        assert calendar.estimated(day)
        day += timedelta(days=1)


@pytest.mark.parametrize("year", [2019, 2101, 2500])
def test_beyond_the_table_the_days_fixed_by_date_are_known(year: int) -> None:
    assert set(ours(year)) == {"元旦", "劳动节", "国庆节"}
    assert Calendar({}).day_off(date(year, 10, 1)) == "国庆节"


@pytest.mark.parametrize(
    ("day", "off"),
    [
        ("2027-01-01", "元旦"),
        ("2027-10-01", "国庆节"),
        ("2027-02-05", "春节"),
        ("2027-02-08", "春节"),
        ("2027-02-09", ""),
        ("2027-06-09", "端午节"),
    ],
)
def test_the_next_year_is_known_before_its_notice(day: str, off: str) -> None:
    assert CALENDAR.day_off(date.fromisoformat(day)) == off


def test_a_notice_counts_alone_and_an_estimate_beside_the_law() -> None:
    bridge = (Holiday("调休", "2027-10-04", "2027-10-07"),)
    noticed = Calendar({2027: CalendarYear(2027, "通知", False, bridge, ("2027-10-09",))})
    assert (noticed.day_off(date(2027, 10, 1)), noticed.is_workday(date(2027, 10, 9))) == ("", True)
    guess = Calendar({2027: CalendarYear(2027, "估计", True, bridge)})
    assert (guess.day_off(date(2027, 10, 1)), guess.day_off(date(2027, 10, 5))) == ("国庆节", "调休")
    assert guess.estimated(date(2027, 3, 1))


def test_the_law_is_no_more_than_the_notice_of_a_year_that_has_one() -> None:
    assert [day for day in statutory_year(2026).off if CALENDAR.is_workday(day)] == []
