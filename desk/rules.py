"""规则: the rules in force in plain words, what a new version changes, and the days of a month as a sheet."""

from calendar import Calendar as Weeks
from collections.abc import Iterator, Mapping
from datetime import date

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy, PolicyDraft
from records.matter.plain_data import to_data
from schema.check import keywords
from schema.problem import Field
from schema.tables import checker

Line = tuple[str, str]


def settings(policy: Policy) -> tuple[Line, ...]:
    """Return each setting of a policy with its name, in the order of the record."""
    return tuple(_settings(to_data(policy), ()))


def changes(draft: PolicyDraft, now: Policy) -> tuple[Line, ...]:
    """Return what a version changes against the one in force, as old → new; what is left out of either is 无."""
    old, new = dict(settings(now)), dict(settings(draft.policy))
    names = dict.fromkeys((*new, *old))
    return tuple((name, f"{old.get(name, '无')} → {new.get(name, '无')}") for name in names if old.get(name) != new.get(name))


def sheet(calendar: Calendar, month: date, today: date) -> tuple[str, ...]:
    """Return a month as a sheet of weeks: a day of a holiday with 休, a weekend day that is worked with 班, today in brackets.

    The last lines say what the days off are, and whether they are an estimate.
    """
    weeks = Weeks().monthdatescalendar(month.year, month.month)
    lines = ["".join(_cell(calendar, day, today) if day.month == month.month else " " * 6 for day in week).rstrip() for week in weeks]
    return (f"{month.year}年{month.month}月", "".join(f"  {name}  " for name in "一二三四五六日"), *lines, *_named(calendar, month))


def _cell(calendar: Calendar, day: date, today: date) -> str:
    number = f"[{day.day}]" if day == today else f"{day.day} "
    mark = "休" if calendar.named(day) else "班" if day.weekday() >= 5 and calendar.is_workday(day) else "  "
    return f"{number:>4}{mark}"


def _named(calendar: Calendar, month: date) -> Iterator[str]:
    days = [day for day in Weeks().itermonthdates(month.year, month.month) if day.month == month.month]
    names = dict.fromkeys(name for day in days if (name := calendar.named(day)))
    if names:
        yield f"放假：{'、'.join(names)}"
    worked = [f"{day.month}月{day.day}日" for day in days if day.weekday() >= 5 and calendar.is_workday(day)]
    if worked:
        yield f"调休上班：{'、'.join(worked)}"
    year = calendar.years.get(month.year)
    estimated = calendar.estimated(month)
    yield "依据：" + (year.basis if year else "全国年节及纪念日放假办法") + ("（估算，通知尚未登记）" if estimated else "")


def _settings(value: object, at: Field) -> Iterator[Line]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _settings(entry, (*at, key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for place, entry in enumerate(value):
            yield f"{_title(at)}第{place + 1}步", "，".join(_said((*at, place, key), each) for key, each in entry.items())
    elif isinstance(value, list):
        yield _title(at), "、".join(map(str, value))
    else:
        yield _title(at), _said(at, value)


def _title(at: Field) -> str:
    check = checker("policy")
    return " ".join(str(check.at(at[:end]).get("title", at[end - 1])) for end in range(1, len(at) + 1))


def _said(at: Field, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    found = checker("policy").at(at)
    return keywords(found).enum_labels.get(str(value), str(value))
