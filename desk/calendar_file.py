"""The notice of a year's days off, from the files in which people find it: holiday-cn's JSON, or a calendar to subscribe to (.ics)."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from records.bureau.calendar import CalendarYear, Holiday
from schema.text import unsafe

LIMIT = 1 << 20
"""Bytes of a file that is read; a year of either kind has some ten thousand."""

_OFF, _ON = ("休", "放假", "WORK-HOLIDAY"), ("班", "调休", "补班", "ALTERNATE-WORKDAY")
_Day = tuple[date, str, bool]  # what holiday it belongs to, whether it is off


class NotACalendarError(Exception):
    """The file holds no days off; the message says so in Chinese."""


def read_calendar(data: bytes, year: int, basis: str = "") -> CalendarYear:
    """Return the days off and the make-up workdays of a year that a file tells.

    Args:
        data: the file.
        year: which year is meant; days of others in it are left out.
        basis: the number of the notice, where the file does not name its source.

    Raises:
        NotACalendarError: the file is none of the two kinds, or holds nothing of that year.
    """
    days, papers = _told(data)
    days = sorted({day for day in days if day[0].year == year})
    if not any(off for _, _, off in days):
        raise NotACalendarError(f"文件里没有{year}年的放假安排。")
    if any(True for _, name, _ in days for _ in unsafe(name)):
        raise NotACalendarError("节日名称里有不允许的字符。")
    worked = tuple(day.isoformat() for day, _, off in days if not off)
    return CalendarYear(year, basis or papers or "", False, tuple(_runs((day, name) for day, name, off in days if off)), worked)


def days_besides(data: bytes, year: int) -> tuple[str, ...]:
    """Return the days of other years that the notice of a year moves, in words, oldest first: its first holiday may begin in December.

    A calendar to subscribe to holds whole years, and so tells nothing of this kind.

    Raises:
        NotACalendarError: the file is none of the two kinds.
    """
    days, papers = _told(data)
    found = sorted({(day.isoformat(), off) for day, _, off in days if day.year != year}) if papers is not None else []
    return tuple(f"{day}{'放假' if off else '上班'}" for day, off in found)


def _told(data: bytes) -> tuple[list[_Day], str | None]:
    """The days that a file tells, and the notice that it rests on; None for a calendar to subscribe to, which is no notice."""
    if len(data) > LIMIT:
        raise NotACalendarError("文件太大，不是一年的节假日安排。")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotACalendarError("文件不是 UTF-8 文本。请用 holiday-cn 的 .json，或者 .ics 日历文件。") from None
    return (list(_from_ics(text)), None) if text.lstrip().startswith("BEGIN:VCALENDAR") else _from_json(text)


def _from_json(text: str) -> tuple[list[_Day], str]:
    try:
        told = json.loads(text)
        days = [(date.fromisoformat(each["date"]), str(each["name"]), each["isOffDay"] is True) for each in told["days"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotACalendarError("文件不是 holiday-cn 的 .json，也不是 .ics 日历。") from None
    papers = told.get("papers")
    return days, str(papers[0])[:80] if isinstance(papers, list) and papers else ""


def _from_ics(text: str) -> Iterator[_Day]:
    """Yield the days of the events that say of themselves that they are off or worked; what else a calendar holds is none of it."""
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()  # a line that goes on begins with a blank (RFC 5545 3.1)
    event: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            yield from _event(event)
        else:
            event[name.partition(";")[0].upper()] = value.strip()


def _event(event: dict[str, str]) -> Iterator[_Day]:
    summary = event.get("SUMMARY", "")
    told = f"{summary} {event.get('X-APPLE-SPECIAL-DAY', '')}"
    off, on = (any(word in told for word in words) for words in (_OFF, _ON))
    name = re.sub(r"[（(【\[].*?[)）】\]]|[休班]$", "", summary).strip() or "假期"
    try:
        first = date.fromisoformat(event["DTSTART"][:8])
        end = date.fromisoformat(event["DTEND"][:8]) if "DTEND" in event else first + timedelta(days=1)
    except (KeyError, ValueError):
        return
    if off != on:
        yield from ((first + timedelta(days=n), name, off) for n in range(min((end - first).days, 31)))


def _runs(days: Iterable[tuple[date, str]]) -> Iterator[Holiday]:
    """Yield days off of one name that follow each other as one holiday."""
    run: list[tuple[date, str]] = []
    for each in days:
        if run and (each[1] != run[0][1] or each[0] != run[-1][0] + timedelta(days=1)):
            yield Holiday(run[0][1], run[0][0].isoformat(), run[-1][0].isoformat())
            run = []
        run.append(each)
    if run:
        yield Holiday(run[0][1], run[0][0].isoformat(), run[-1][0].isoformat())
