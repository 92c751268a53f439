"""落在休息日的时限: the days of open matters that are worked no more, each with the act by which it lawfully moves (D-10, D-11).

A notice moves no day by itself: the office brings it forward by 调整要求, before the dispatch by a new proposal; back it goes only by the
unit's 请示, or on a paper of whoever set it. What an act would come to is asked of the act.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from desk.desk import Desk
from desk.forms import in_words
from records.acts import Refusal, form
from records.bureau.calendar import Calendar
from records.index.rows import Excerpt
from records.matter.changes import Point
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.rules.clocks import running
from records.store.record_files import Unreadable
from schema.tables import acts, states

_BEFORE_DISPATCH = states("before_dispatch")
_OWN = {"completion": "办结时限", "redo": "重报时限"}


@dataclass(frozen=True)
class OffDay:
    """A day by which something is due, and why it is not worked; ``point`` is the number of the requirement whose own it is."""

    day: str
    why: str
    kind: str = "completion"
    point: int = 0

    @property
    def what(self) -> str:
        """What is due by it."""
        return f"第{self.point}项时限" if self.point else _OWN[self.kind]

    @property
    def date(self) -> date:
        """The day as a date."""
        return date.fromisoformat(self.day)

    @property
    def brief(self) -> str:
        """The day for a list."""
        return f"{self.what} {self.day[5:]} {self.why}"

    def __str__(self) -> str:
        """The day in a few words."""
        return f"{self.what} {self.day} 是{self.why}"


@dataclass(frozen=True)
class Way:
    """An act that moves the days of a matter, with what it is given.

    Attributes:
        words: what it is given, as it is typed.
        inputs: the same, as the act takes it.
        to: to which days it moves them.
        refusal: why the person at the desk may not do it, and who may; None where he may.
    """

    act: str
    words: Mapping[str, str]
    inputs: Mapping[str, object]
    to: str
    refusal: Refusal | None

    @property
    def label(self) -> str:
        """What the act is called."""
        return acts()[self.act].label

    def command(self, item: str, person: str = "", through: str = "") -> str:
        """Return it as a command line for a shell.

        Args:
            item: what it is done on.
            person: whom ``--as`` names, "" where the account tells.
            through: whom one logs in as at the server, for whoever comes through the door: no command line brings Chinese there.
        """
        if through:
            given = shlex.quote(json.dumps(self.inputs, ensure_ascii=False))
            return f"printf %s {given} | ssh {through} {shlex.join(['act', self.act, item])}"
        typed = (part for name, words in self.words.items() for part in ("--set", f"{name}={words}"))
        return shlex.join(["duban", "act", self.act, item, *(("--as", person) if person else ()), *typed])


@dataclass(frozen=True)
class Fallen:
    """An open matter with days that are not worked, and the ways out, the person's own first."""

    item: str
    title: str
    days: tuple[OffDay, ...]
    ways: tuple[Way, ...]


def off_days(item: Item, calendar: Calendar, today: date) -> tuple[OffDay, ...]:
    """Return the days to come that an item is held to and that are not worked.

    Of a matter not yet dispatched these are its proposal's. What counts workdays moves with the calendar by itself.
    """
    if item.state in _BEFORE_DISPATCH:
        ends, counted = {"completion": item.due}, {point.due for point in item.points}
    else:
        found = running(item)
        ends = {each.kind: each.due for each in found if each.kind in _OWN}
        counted = {each.due for each in found}
    days = [(day, kind, 0) for kind, day in ends.items()]
    days += [(point.due, "point", n) for n, point in enumerate(item.points, start=1) if point.due in counted]
    coming = ((date.fromisoformat(day), kind, point) for day, kind, point in days if day and day >= today.isoformat())
    return tuple(OffDay(day.isoformat(), why, kind, point) for day, kind, point in coming if (why := calendar.day_off(day)))


def falling(desk: Desk, calendar: Calendar) -> Iterator[tuple[Item, tuple[OffDay, ...]]]:
    """Yield the open matters that the person may see with the days to come that a calendar has off."""
    desk.catch_up()
    for excerpt in desk.register.index.open_items():
        if not _may_fall(excerpt, calendar):
            continue
        with suppress(Unreadable):
            item = desk.view.item(excerpt.id)
            if item and (days := off_days(item, calendar, desk.today)) and desk.may_open(item):
                yield item, days


def _may_fall(excerpt: Excerpt, calendar: Calendar) -> bool:
    """Whether a day of a matter may be off, as far as the index tells: of one whose clocks run it knows every day that counts."""
    return not excerpt.running or any(each.due and calendar.day_off(date.fromisoformat(each.due)) for each in excerpt.running)


def fallen(desk: Desk) -> tuple[Fallen, ...]:
    """Return the matters whose days are not worked as the calendar stands, each with the ways out, by their ids."""
    found = [Fallen(item.id, item.title, days, tuple(_ways(desk, item, days))) for item, days in falling(desk, desk.view.calendar)]
    return tuple(sorted(found, key=lambda each: each.item))


def _ways(desk: Desk, item: Item, days: tuple[OffDay, ...]) -> list[Way]:
    """The acts that move these days, those that the person may do first."""
    found = [_way(desk, item, act, given, to) for act, given, to in _moves(desk, item, days)]
    return sorted(found, key=lambda way: way.refusal is not None)


def _moves(desk: Desk, item: Item, days: tuple[OffDay, ...]) -> Iterator[tuple[str, Mapping[str, object], str]]:
    """Yield what would move these days as the matter stands: forward by the office, back by a request of the unit."""
    calendar, today = desk.view.calendar, desk.today
    ahead = {each: calendar.on_or_before(each.date) for each in days}
    ours = [each for each in days if each.kind != "redo" and ahead[each] >= today]
    if ours and (act := _act(item, "forward")):
        own = next((each for each in ours if not each.point), None)
        points = _brought_forward(item, {each.point: ahead[each] for each in ours})
        given: dict[str, object] = {"points": [to_data(point) for point in points], "reason": _reason(calendar, ours)}
        given |= {"due": ahead[own].isoformat()} if own else {}
        yield act, given, "、".join(f"{each.what}提前到 {ahead[each]}" for each in ours)
    last = next((each for each in days if not each.point), None)
    if last and (act := _act(item, "back")):
        later = calendar.shift(last.date, 1).isoformat()
        yield act, {"until": later, "reason": _reason(calendar, [last])}, f"{last.what}延至 {later}"


def _act(item: Item, way: str) -> str:
    """The act that moves a day of the matter that way as it stands, "" for none."""
    return next((name for name, spec in acts().items() if spec.moves == way and item.state in spec.from_states), "")


def _brought_forward(item: Item, days: Mapping[int, date]) -> list[Point]:
    return [replace(point, due=days[n].isoformat()) if n in days else point for n, point in enumerate(item.points, start=1)]


def _reason(calendar: Calendar, days: list[OffDay]) -> str:
    """Why the days move, by the notice of their year."""
    basis = {year.basis for each in days if (year := calendar.years.get(int(each.day[:4]))) and not year.estimated}
    told = f"（{'、'.join(sorted(basis))}）" if basis else ""
    return f"{'、'.join(map(str, days))}，不是工作日{told}。"


def _way(desk: Desk, item: Item, act: str, given: Mapping[str, object], to: str) -> Way:
    """An act with all that its form holds: what is given, and what stands there already; nothing that the form does not ask for."""
    check, roster = form(act), desk.view.roster
    fields = desk.form(act, item)
    words = {
        each.name: in_words(check.at((each.name,)), given[each.name], roster) if each.name in given else each.default for each in fields
    }
    words = {name: said for name, said in words.items() if said}
    inputs = desk.inputs(act, words)
    if desk.person is None:
        return Way(act, words, inputs, to, Refusal("", "没有写明身份。", "请先选定身份。"))
    done, _ = desk.register.rehearse(desk.view, act, item.id, desk.person.id, inputs, desk.clock())
    return Way(act, words, inputs, to, done if isinstance(done, Refusal) else None)
