"""What a change of people, units, rules or days touches, told before it is made: duties that move, what nobody holds, days off.

Found by asking whose turn it is before and after, of every open item; nothing says of itself what it touches.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from desk.days_off import off_days
from desk.terms import Line
from records.acts import Duty, Outcome, World, duties
from records.bureau.calendar import Calendar, CalendarYear
from records.bureau.foundations import with_foundations
from records.bureau.roster import Appointment, Leaders, Roster, StandIn, Unit, role_label
from records.bureau.whole_roster import roles_expected, roles_of
from records.matter.item import Item
from schema.tables import acts

_TOLD = 8
"""Lines of one kind that are told; how many more there are is said."""

_OFFER = "公布以后在“规则”按 F4，逐件把时限提前到前一个工作日"


def consequences(world: World, done: Outcome, items: Iterable[Item]) -> tuple[Line, ...]:
    """Return what an act on people, units, rules or days touches among open items, each as a label and a line.

    Args:
        world: everything as it was before the act.
        done: the act, done or only run.
        items: the open items.
    """
    if not done.foundations:
        return ()
    years = {each.year: each for each in done.foundations if isinstance(each, CalendarYear)}
    calendar = Calendar({**world.calendar.years, **years})
    after = replace(world, roster=with_foundations(world.roster, done.foundations), calendar=calendar)
    at = _takes_effect(world.roster, done)
    moved: list[str] = []
    vacant: list[str] = []
    off: list[str] = []
    for item in items:
        for was, now in _pairs(duties(world, item, at), duties(after, item, at)):
            line = f"{item.id} {acts()[now.act].label}"
            if not now.people:
                vacant.append(f"{line}（原由{_names(world.roster, was)}）")
            else:
                moved.append(f"{line}：{_names(world.roster, was)} → {_names(after.roster, now)}")
        off += (f"{item.id} {each}" for each in off_days(item, after.calendar, at.date()) if world.calendar.is_workday(each.date))
    lacking = list(_lacking(world.roster, after.roster, done))
    found = (("转手", moved), ("无人承办", vacant), ("落在假日", off), ("怎么办", [_OFFER] if off else []), ("还缺", lacking))
    return tuple((label, line) for label, lines in found for line in _few(lines))


def _lacking(before: Roster, after: Roster, done: Outcome) -> Iterator[str]:
    """Yield of each unit that begins what it lacks before anything can be dispatched to it (2-6)."""
    for unit in done.foundations:
        if isinstance(unit, Unit) and unit.id not in before.units:
            held = {each.role for each in unit.appointments}
            wanted = [role_label(role) for role in roles_of(unit, after.bureau.office) if role in roles_expected() and role not in held]
            yield f"{'、'.join(wanted)}和分管它的局领导，补齐以前不能向它交办"


def _few(lines: list[str]) -> Iterator[str]:
    yield from lines[:_TOLD]
    if len(lines) > _TOLD:
        yield f"另有{len(lines) - _TOLD}件"


def _pairs(before: tuple[Duty, ...], after: tuple[Duty, ...]) -> Iterator[tuple[Duty, Duty]]:
    """Yield the duties that fall to others than before, or to nobody any more."""
    held = {(each.act, each.body): each for each in before}
    for now in after:
        was = held.get((now.act, now.body))
        if was is not None and was.people and set(was.people) != set(now.people):
            yield was, now


def _names(roster: Roster, duty: Duty) -> str:
    return "、".join(roster.name(person) for person in duty.people) or "无人"


def _takes_effect(before: Roster, done: Outcome) -> datetime:
    """When acts are judged by what changed: the first day that something new begins, or goes on after something ended, from now on."""
    days = [day for body in done.foundations if isinstance(body, Unit | Leaders) for day in _new_days(before, body)]
    first = max(min(days, default=done.at.date().isoformat()), done.at.date().isoformat())
    return max(done.at, datetime.combine(date.fromisoformat(first), done.at.timetz()))


def _new_days(before: Roster, body: Unit | Leaders) -> Iterator[str]:
    nobody = replace(body, appointments=(), stand_ins=())
    old = before.leaders if isinstance(body, Leaders) else before.units.get(body.id, nobody)
    held: tuple[Appointment | StandIn, ...] = (*body.appointments, *body.stand_ins)
    yield from (each.ended.effective if each.ended else each.begins for each in held if each not in (*old.appointments, *old.stand_ins))
    if isinstance(body, Leaders):
        yield from (each.begins for each in body.portfolios if each not in before.leaders.portfolios)
