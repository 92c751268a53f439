"""Days that acts rest on: what is said to have happened lies behind (1-0); a day ahead is looked at again when it is used, for it may have
passed meanwhile, or become a holiday by the year's notice (2-10; D-10).
"""

from collections.abc import Iterator
from datetime import date

from records.matter.changes import Point
from records.procedure.case import Case, Given, Refusal
from records.procedure.table import TABLE

_Day = tuple[str, str]  # what it is called, ISO date


def refuse_ahead(case: Case, given: Given, field: str, label: str, rule: str, way_out: str) -> Refusal | None:
    """Refuse a day that is still to come for what is said to have happened; the day is the bureau's, and an input left out is none."""
    day = given.maybe(field)
    if day is None or day <= case.today:
        return None
    return case.refuse(rule, f"{label} {day} 晚于今天 {case.today}。", way_out, field=field)


def overtaken(case: Case) -> str:
    """Return why the days of a proposal can no longer be dispatched: one has passed, or is worked no more; empty while they stand."""
    item = case.before
    days = [("办结时限", item.due or ""), *_of_points(item.points)]
    passed = next((f"{label} {day} 已过。" for label, day in days if day < case.today), "")
    return passed or _unworked(case, days)


@TABLE.gate("R-09", "decide_extension", "decide_adjustment")
def what_is_agreed_to_is_worked(case: Case, given: Given) -> Refusal | None:
    """A day that was worked when it was asked for may be a holiday when it is agreed to (2-10; D-10)."""
    if given.text("decision") != "approved":
        return None
    days = _asked_for(case)
    if reason := _unworked(case, days):
        return case.refuse("R-09", reason, "请不予同意，改为工作日后另报。", clause="二", field="decision")
    return None


@TABLE.gate("R-09", "decide_adjustment")
def what_is_agreed_to_lies_ahead(case: Case, given: Given) -> Refusal | None:
    """A day brought forward may have passed before it is agreed to: the units would be late by the decision itself (2-10; D-10)."""
    if given.text("decision") != "approved":
        return None
    standing = {day for _, day in _of_points(case.before.points)}
    for label, day in _asked_for(case):
        if day < case.today and day not in standing:
            return case.refuse("R-09", f"{label} {day} 已过。", "请不予同意，改期后另报。", clause="二", field="decision")
    return None


def _asked_for(case: Case) -> list[_Day]:
    """The days that somebody has asked for and that wait to be agreed to."""
    if case.spec.name == "decide_extension":
        return [("申请延至的日期", each.until) for each in case.before.extensions[-1:]]
    asked = next((each for each in case.before.adjustments if each.decided is None), None)
    return [*([("新时限", asked.due)] if asked.due else []), *_of_points(asked.points)] if asked else []


def _of_points(points: tuple[Point, ...]) -> Iterator[_Day]:
    yield from ((f"第{n}项要求的时限", point.due) for n, point in enumerate(points, start=1) if point.due)


def _unworked(case: Case, days: list[_Day]) -> str:
    found = ((label, day, case.world.calendar.day_off(date.fromisoformat(day))) for label, day in days)
    return next((f"{label} {day} 现在是{off}，不是工作日。" for label, day, off in found if off), "")
