"""Workday arithmetic over calendars that are data: the State Council's notice of a year, or an estimate until it is out."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

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
    """The calendars a register holds; a year it does not hold counts Monday to Friday and is an estimate."""

    years: Mapping[int, CalendarYear]

    def is_workday(self, day: date) -> bool:
        """Say whether ``day`` is worked."""
        year = self.years.get(day.year)
        if year and day in year.on:
            return True
        return day.weekday() < 5 and not (year and day in year.off)

    def day_off(self, day: date) -> str:
        """Return why ``day`` is not worked: the holiday's name or 周六、周日; empty for a workday."""
        if self.is_workday(day):
            return ""
        year = self.years.get(day.year)
        return (year.off.get(day) if year else None) or "周" + "一二三四五六日"[day.weekday()]

    def estimated(self, day: date) -> bool:
        """Say whether the calendar of that year is not yet announced."""
        return (year := self.years.get(day.year)) is None or year.estimated

    def on_or_before(self, day: date) -> date:
        """Return ``day`` if it is worked, else the last workday before it."""
        return day if self.is_workday(day) else self.previous(day)

    def previous(self, day: date) -> date:
        """Return the last workday before ``day``."""
        return self.shift(day, -1)

    def shift(self, day: date, workdays: int) -> date:
        """Return the day ``workdays`` workdays after (or, negative, before) ``day``; 0 is ``day`` itself."""
        step = _DAY if workdays > 0 else -_DAY
        for _ in range(abs(workdays)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def between(self, first: date, last: date) -> int:
        """Count the workdays after ``first`` up to and with ``last``; negative when ``last`` lies before ``first``."""
        if last < first:
            return -self.between(last, first)
        return sum(self.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def month_after(day: date) -> date:
    """Return the day one calendar month later, in a shorter month its last day."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
