"""Days as clerks type them, and how what they typed is understood."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, timedelta

from records.bureau.calendar import Calendar
from schema.text import narrow

_NAMED = {"前天": -2, "昨天": -1, "今天": 0, "今日": 0, "明天": 1, "后天": 2, "大后天": 3}
_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "": 0, "下": 1, "下下": 2}
_MONTHS = {"上": -1, "本": 0, "这": 0, "": 0, "下": 1}
_WEEKDAYS = "一二三四五六日"
LAW = Calendar({})
"""The days off that the law fixes: for who counts workdays where no register is at hand."""


def as_date(text: str, today: date, calendar: Calendar = LAW) -> str:
    """Return an ISO date for what clerks type; anything else comes back as typed.

    Understood are 2026-9-7, 20260907, 9-7, 9.7, 9/7, 9月7日, 7号, 今天, 周五, 下周一, 月底, 下月10日, +5工作日, 3天后, full-width too.
    A day without its year, or its month, is the nearest one; ``+5`` counts workdays.

    Args:
        text: as typed.
        today: the day that short dates count from.
        calendar: knows the workdays.
    """
    plain = "".join(narrow(text).split())
    if plain in _NAMED:
        return (today + timedelta(days=_NAMED[plain])).isoformat()
    for pattern, reading in _FORMS:
        if match := pattern.fullmatch(plain):
            with suppress(ValueError, OverflowError):
                return reading(match, today, calendar).isoformat()
            return text
    return text


def spoken_date(text: str, calendar: Calendar, today: date) -> str:
    """Return how a typed date is understood, for the line under a date field: ``9月7日 周一，工作日，还有5个工作日``."""
    try:
        day = date.fromisoformat(as_date(text.strip(), today, calendar))
    except ValueError:
        return ""
    off, weekday = calendar.day_off(day), f"周{_WEEKDAYS[day.weekday()]}"
    what = f"{off}，不是工作日" if off == weekday else f"{weekday}，{off}，不是工作日" if off else f"{weekday}，工作日"
    left = calendar.between(today, day)
    how_far = "，今天" if day == today else f"，还有{left}个工作日" if left > 0 else f"，已过{-left}个工作日" if left < 0 else ""
    guess = "（当年放假安排尚未公布，为估算）" if calendar.estimated(day) else ""
    return f"{day.year}年{day.month}月{day.day}日，{what}{how_far}{guess}"


def _whole(match: re.Match[str], _: date, __: Calendar) -> date:
    return date(int(match[1]), int(match[2]), int(match[3]))


def _of_a_year(match: re.Match[str], today: date, _: Calendar) -> date:
    return _nearest(today, ((today.year + years, int(match[1]), int(match[2])) for years in (-1, 0, 1)))


def _of_a_month(match: re.Match[str], today: date, _: Calendar) -> date:
    return _nearest(today, ((*_month(today, months), int(match[1])) for months in (-1, 0, 1)))


def _nearest(today: date, days: Iterable[tuple[int, int, int]]) -> date:
    """The nearest of the days that there are, of two as near the one to come."""
    found: list[date] = []
    for day in days:
        with suppress(ValueError):
            found.append(date(*day))
    return min(found, key=lambda day: (abs((day - today).days), day < today))


def _of_a_week(match: re.Match[str], today: date, _: Calendar) -> date:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WEEKS[match[1]])
    return monday + timedelta(days=_WEEKDAYS.index(match[2].replace("天", "日")))


def _in_a_month(match: re.Match[str], today: date, _: Calendar) -> date:
    year, month = _month(today, _MONTHS[match[1]])
    days = {"初": 1, "底": monthrange(year, month)[1]}
    return date(year, month, days.get(match[2]) or int(match[2][:-1]))


def _end_of_year(_: re.Match[str], today: date, __: Calendar) -> date:
    return date(today.year, 12, 31)


def _workdays_on(match: re.Match[str], today: date, calendar: Calendar) -> date:
    return calendar.shift(today, int(match[1] + match[2]))


def _days_on(match: re.Match[str], today: date, _: Calendar) -> date:
    return today + timedelta(days=int(match[1] + match[2]))


def _later(match: re.Match[str], today: date, calendar: Calendar) -> date:
    count = int(match[1]) * (-1 if match[3].endswith("前") else 1)
    return calendar.shift(today, count) if match[2] == "个工作日" else today + timedelta(days=count * (7 if match[2] == "周" else 1))


def _month(today: date, months: int) -> tuple[int, int]:
    """The year and the month so many after this one."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return year, month + 1


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date, Calendar], date]], ...] = tuple(
    (re.compile(pattern, re.ASCII), reading)
    for pattern, reading in (
        (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?", _whole),
        (r"(\d{4})(\d\d)(\d\d)", _whole),
        (r"(\d{1,2})[-/.月](\d{1,2})[日号]?", _of_a_year),
        (r"(\d{1,2})[日号]", _of_a_month),
        (r"(上上|上|本|这|下下|下|)(?:周|星期|礼拜)([一二三四五六日天])", _of_a_week),
        (r"(上|本|这|下|)个?月(初|底)", _in_a_month),
        (r"(上|本|这|下)个?月(\d{1,2}[日号])", _in_a_month),
        (r"年底", _end_of_year),
        (r"([+-])(\d{1,3})(?:个?工作日)?", _workdays_on),
        (r"([+-])(\d{1,4})天", _days_on),
        (r"(\d{1,3})(天|周|个工作日)(后|前|以后|以前)", _later),
    )
)
