"""Workday arithmetic over calendars that are data: the State Council's notice of a year, or an estimate until it is out.

An estimate knows what the law fixes for every year, and the weekends; make-up workdays come with the notice (D-10).
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import accumulate

from schema.tables import shipped

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holiday:
    """Days off in a row, first and last included."""

    name: str
    since: str
    until: str


@dataclass(frozen=True)
class CalendarYear:
    """One year's days off and make-up workdays, with the notice they come from."""

    year: int
    basis: str
    estimated: bool
    holidays: tuple[Holiday, ...] = ()
    workdays: tuple[str, ...] = ()

    @cached_property
    def off(self) -> Mapping[date, str]:
        """Days off by name of the holiday."""
        found: dict[date, str] = {}
        for holiday in self.holidays:
            day = date.fromisoformat(holiday.since)
            while day <= date.fromisoformat(holiday.until):
                found[day] = holiday.name
                day += _DAY
        return found

    @cached_property
    def on(self) -> frozenset[date]:
        """Weekend days that are worked."""
        return frozenset(date.fromisoformat(day) for day in self.workdays)


@dataclass(frozen=True)
class Calendar:
    """The calendars a register holds; a year it does not hold is an estimate."""

    years: Mapping[int, CalendarYear]

    def is_workday(self, day: date) -> bool:
        """Say whether ``day`` is worked."""
        year = self._of(day)
        return day in year.on or (day.weekday() < 5 and day not in year.off)

    def day_off(self, day: date) -> str:
        """Return why ``day`` is not worked: the holiday's name or 周六、周日; empty for a workday."""
        if self.is_workday(day):
            return ""
        return self._of(day).off.get(day) or "周" + "一二三四五六日"[day.weekday()]

    def named(self, day: date) -> str:
        """Return the name of the holiday that ``day`` is part of, empty for a workday or a mere weekend."""
        return "" if self.is_workday(day) else self._of(day).off.get(day, "")

    def estimated(self, day: date) -> bool:
        """Say whether the calendar of that year is not yet announced."""
        return self._of(day).estimated

    def on_or_before(self, day: date) -> date:
        """Return ``day`` if it is worked, else the last workday before it."""
        return day if self.is_workday(day) else self.previous(day)

    def previous(self, day: date) -> date:
        """Return the last workday before ``day``."""
        return self.shift(day, -1)

    def shift(self, day: date, workdays: int) -> date:
        """Return the day ``workdays`` workdays after (or, negative, before) ``day``; 0 is ``day`` itself."""
        if (found := self._shifted.get((day, workdays))) is None:
            found, step = day, _DAY if workdays > 0 else -_DAY
            for _ in range(abs(workdays)):
                found += step
                while not self.is_workday(found):
                    found += step
            self._shifted[day, workdays] = found
        return found

    def between(self, first: date, last: date) -> int:
        """Count the workdays after ``first`` up to and with ``last``; negative when ``last`` lies before ``first``."""
        if last < first:
            return -self.between(last, first)
        whole = sum(self._worked(year)[-1] for year in range(first.year, last.year))
        return whole + self._worked(last.year)[last.timetuple().tm_yday] - self._worked(first.year)[first.timetuple().tm_yday]

    def _worked(self, year: int) -> list[int]:
        """How many workdays of a year are over after each of its days, none first."""
        if (found := self._counted.get(year)) is None:
            days = (date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
            found = self._counted[year] = list(accumulate(map(self.is_workday, days), initial=0))
        return found

    @cached_property
    def _shifted(self) -> dict[tuple[date, int], date]:
        """What was told once: matters begin on the same days and have the same time, and the days that anything is asked of are few."""
        return {}

    @cached_property
    def _counted(self) -> dict[int, list[int]]:
        return {}

    def _of(self, day: date) -> CalendarYear:
        return self._told.get(day.year) or statutory_year(day.year)

    @cached_property
    def _told(self) -> Mapping[int, CalendarYear]:
        """The years held; an estimated one with what the law fixes beside what it says."""
        laws = {number: statutory_year(number).holidays for number, year in self.years.items() if year.estimated}
        return {number: replace(year, holidays=(*year.holidays, *laws.get(number, ()))) for number, year in self.years.items()}


def month_after(day: date) -> date:
    """Return the day one calendar month later, in a shorter month its last day."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


@cache
def statutory_year(year: int) -> CalendarYear:
    """Return the days off that the law fixes for a year, whatever the notice will move; those of moon and sun for 2020 to 2100."""
    told = shipped("statutory.yaml")
    moving = told["moving"].get(str(year), {})
    holidays = []
    for each in told["days"]:
        if first := moving.get(each["since"]) or (each["since"] if each["since"][0].isdigit() else None):
            since = date.fromisoformat(f"{year}-{first}")
            holidays.append(Holiday(each["name"], since.isoformat(), (since + (each["days"] - 1) * _DAY).isoformat()))
    return CalendarYear(year, "全国年节及纪念日放假办法", True, tuple(holidays))
