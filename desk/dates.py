"""Days as clerks type them, and how what they typed is understood."""

import re
from datetime import date, timedelta

from records.bureau.calendar import Calendar
from schema.text import narrow

_SHORT_DATE = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_DAYS = {"今天": 0, "明天": 1, "后天": 2}


def as_date(text: str, today: date) -> str:
    """Return an ISO date for what clerks type: 2026-9-7, 9-7, ９月７日, 今天; anything else comes back as typed."""
    plain = "".join(narrow(text).split())
    if plain in _DAYS:
        return (today + timedelta(days=_DAYS[plain])).isoformat()
    if match := _SHORT_DATE.fullmatch(plain):
        year, month, day = (int(part) if part else today.year for part in match.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return text
    return text


def spoken_date(text: str, calendar: Calendar, today: date) -> str:
    """Return how a typed date is understood, for the line under a date field: ``9月7日 周一，工作日，还有5个工作日``."""
    try:
        day = date.fromisoformat(as_date(text.strip(), today))
    except ValueError:
        return ""
    off = calendar.day_off(day)
    what = f"{off}，不是工作日" if off else f"周{'一二三四五六日'[day.weekday()]}，工作日"
    left = calendar.between(today, day)
    guess = "（当年放假安排尚未公布，为估算）" if calendar.estimated(day) else ""
    return f"{day.year}年{day.month}月{day.day}日，{what}" + (f"，还有{left}个工作日" if left > 0 else "") + guess
