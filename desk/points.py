"""Requirements as they are typed, a line each: ``单位：要求｜时限``, the unit and the day where they have their own."""

import re
from collections.abc import Mapping
from datetime import date

from desk.dates import LAW, as_date
from desk.units import looks_like_unit, unit_called
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DAY = re.compile(r"([｜|])([^｜|\n;；]+)(?=[\n;；]|\Z)")


def points(text: str, roster: Roster, today: date, calendar: Calendar = LAW) -> list[dict[str, str]]:
    """Return the requirements in what was typed; what makes no sense is left as typed, for the check to refuse."""
    return [_point(line.strip(), roster, today, calendar) for line in re.split(r"[\n;；]", text) if line.strip()]


def with_days(text: str, today: date, calendar: Calendar = LAW) -> str:
    """Return requirements as they were typed, the days in them written out as ``points`` reads them today."""

    def written(found: re.Match[str]) -> str:
        day = as_date(found[2].strip(), today, calendar)
        return found[1] + (day if _ISO_DATE.fullmatch(day) else found[2])

    return _DAY.sub(written, text)


def point_in_words(point: Mapping[str, str], roster: Roster) -> str:
    """Return a requirement as it is typed."""
    unit, due = point.get("unit"), point.get("due")
    return (f"{roster.unit_name(unit)}：" if unit else "") + point["text"] + (f"｜{due}" if due else "")


def spoken_points(text: str, roster: Roster, today: date, calendar: Calendar = LAW) -> str:
    """Return whose the requirements are that were typed, for the line under their field; empty while no unit is named."""
    found = points(text, roster, today, calendar)
    told: dict[str, list[str]] = {}
    for n, point in enumerate(found, start=1):
        unit = point.get("unit")
        whose = "归主办单位" if not unit else f"归{roster.unit_name(unit)}" if unit in roster.units else f"冒号前的“{unit}”不是已知单位"
        told.setdefault(whose, []).append(str(n))
    named = any("unit" in each for each in found)
    return "；".join(f"第{'、'.join(places)}项{whose}" for whose, places in told.items()) if named else ""


def _point(line: str, roster: Roster, today: date, calendar: Calendar = LAW) -> dict[str, str]:
    """A requirement, answered by the unit before its first colon; what only looks like a unit is put there for the check to ask about."""
    text, bar, day = line.rpartition("｜" if "｜" in line else "|")
    due = as_date(day.strip(), today, calendar) if bar else ""
    if not _ISO_DATE.fullmatch(due):
        text, due = line, ""
    found = {"text": text.strip()}
    if match := re.fullmatch(r"([^:：]+)[:：]\s*(\S.*)", found["text"]):
        before = match[1].strip()
        if unit := unit_called(before, roster) or (before if looks_like_unit(before) else ""):
            found = {"text": match[2], "unit": unit}
    return found | ({"due": due} if due else {})
