"""The figures of supervision work (D-18): what was dispatched, concluded, came late, was sent back; each figure is the items it counts.

Two halves, as clocks are: what a record alone tells (``Facts``, kept by the index) depends on no day; ``tally`` judges it on a day. What
came late is what ``timeliness`` and ``clocks`` say, and nothing here works it out again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import msgspec

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.matter.item import Item
from records.rules.clocks import CLOSED, Clock, Running, clock, overdue, pauses, running, stood_still
from records.rules.timeliness import accepted_rounds, answered, in_time

By = Literal["unit", "category", "leader", "month", "dispatched", "closed"]
FigureName = Literal[
    "dispatched", "concluded", "open", "ended_otherwise", "overdue", "judged", "in_time", "first_round", "returned", "workdays",
    "signed", "signed_in_time", "fed_back", "fed_back_in_time",
]  # fmt: skip
_ANSWERS: Mapping[str, tuple[FigureName, FigureName]] = {
    "sign_for": ("signed", "signed_in_time"),
    "feedback": ("fed_back", "fed_back_in_time"),
}


class Answers(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """How often a unit answered a kind of clock: in time, and in all."""

    kind: str
    unit: str
    in_time: int
    every: int


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """What the figures need of a matter that was dispatched, on whatever day they are asked for. Days are ``2026-09-07``.

    Out of the collector's sight, for no cycle leads through it: else reading many thousand would take twice as long.

    Attributes:
        units: lead and assisting.
        leader: the bureau leader named for it, None while none is.
        dispatched: day.
        ended: the day it was concluded, cancelled or merged; None while it is open.
        concluded: whether it ended with a result.
        in_time: whether its accepted report came in time; None where none is accepted.
        first_round: whether the report was accepted in its first round.
        returned: how often a report of it was sent back.
        workdays: from the dispatch to the submission of the accepted report, pauses out; None where none is accepted.
        answers: receipts and feedback by kind and unit: how many came in time, and how many came.
        policy: blob of the policy that says to which days its clocks run, None where none runs.
        running: its clocks, which tell what is due and has not come.
    """

    item: str
    category: int
    lead: str | None
    units: tuple[str, ...]
    leader: str | None
    dispatched: str
    ended: str | None
    concluded: bool
    in_time: bool | None
    first_round: bool
    returned: int
    workdays: int | None
    answers: tuple[Answers, ...]
    policy: str | None
    running: tuple[Running, ...]


@dataclass(frozen=True)
class Figure:
    """A figure: the items it counts, each as often as it counts."""

    times: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def count(self) -> int:
        """The figure itself."""
        return sum(self.times.values())

    @property
    def items(self) -> frozenset[str]:
        """The items behind it."""
        return frozenset(self.times)


Figures = Mapping[FigureName, Figure]
"""The figures of one row; one that is not there counts nothing."""


def facts(item: Item, policy: Policy, calendar: Calendar) -> Facts | None:
    """Return what the figures need of an item, None before its dispatch.

    Args:
        item: the matter.
        policy: the policy it pins.
        calendar: the calendars of the register.
    """
    if item.dispatched is None:
        return None
    end = item.concluded if item.state in ("concluded", "archived") else None
    over = end or (item.closed if item.state in CLOSED else None)
    accepted, still = accepted_rounds(item), running(item)
    sent = accepted[-1].submitted if accepted else None
    return Facts(
        item=item.id,
        category=item.category,
        lead=item.lead,
        units=tuple(dict.fromkeys(part.unit for part in item.units)),
        leader=item.portfolio_leader,
        dispatched=item.dispatched.at[:10],
        ended=over.at[:10] if over else None,
        concluded=end is not None,
        in_time=in_time(item, calendar),
        first_round=bool(accepted) and accepted[-1].round == 1,
        returned=sum(1 for each in (item.report.rounds if item.report else ()) if each.returned),
        workdays=_worked(item, item.dispatched.at, sent.at, calendar) if sent else None,
        answers=_answers(item, policy, calendar),
        policy=item.policy if still else None,
        running=still,
    )


def tally(
    found: Iterable[Facts], by: By, since: str, until: str, day: date, calendar: Calendar, policy_of: Callable[[str | None], Policy]
) -> Mapping[str, Figures]:
    """Return the figures of the matters of a period as they stand on a day, a row a group.

    A matter belongs to the period of its dispatch; by year of closing, to that of its end (Q23). By unit, what was signed for and fed
    back is counted for the unit that had to, all else for the lead. Groups that count nothing have no row; "" is who is not named.

    Args:
        found: the matters.
        by: what the rows are.
        since: first day of the period.
        until: its last day.
        day: the day on which they are judged.
        calendar: the register's calendars.
        policy_of: gives the policy that an item pins.
    """
    rows: dict[str, dict[FigureName, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for each in found:
        when = each.ended if by == "closed" else each.dispatched
        if when is None or not since <= when <= until:
            continue
        own = group(each, by)
        late = _late(each, day, calendar, policy_of) if each.running else ()
        for name, times in _of_the_matter(each, bool(late) and overdue(late, day)):
            rows[own][name][each.item] = times
        for name, unit, times in _answered(each, late):
            counted = rows[unit if by == "unit" else own][name]
            counted[each.item] = counted.get(each.item, 0) + times
    ordered = sorted(rows, key=lambda key: (-len(rows[key]["dispatched"]) if by in ("unit", "leader") else 0, key))
    return {key: {name: Figure(times) for name, times in rows[key].items() if times} for key in ordered}


def total(rows: Iterable[Figures]) -> Figures:
    """Return the figures of all rows together."""
    columns: dict[FigureName, list[Mapping[str, int]]] = defaultdict(list)
    for row in rows:
        for name, figure in row.items():
            columns[name].append(figure.times)
    return {name: Figure(_merged(found)) for name, found in columns.items()}


def _merged(found: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    """Add up; but for what several units answer, no item stands in two rows, and twenty thousand need not be added one by one."""
    whole: dict[str, int] = {}
    for times in found:
        whole.update(times)
    if len(whole) < sum(map(len, found)):
        whole = {}
        for times in found:
            for item, count in times.items():
                whole[item] = whole.get(item, 0) + count
    return whole


def group(each: Facts, by: By) -> str:
    """Return the row that a matter stands in."""
    if by == "unit":
        return each.lead or ""
    if by == "leader":
        return each.leader or ""
    if by == "category":
        return str(each.category)
    return each.dispatched[:7] if by == "month" else (each.ended or "" if by == "closed" else each.dispatched)[:4]


def _of_the_matter(each: Facts, late: bool) -> Iterator[tuple[FigureName, int]]:
    yield "dispatched", 1
    if each.concluded:
        yield "concluded", 1
        if each.in_time is not None:
            yield "judged", 1
            if each.in_time:
                yield "in_time", 1
            if each.first_round:
                yield "first_round", 1
            if each.workdays:
                yield "workdays", each.workdays
    else:
        yield ("ended_otherwise" if each.ended else "open"), 1
    if each.returned:
        yield "returned", each.returned
    if late:
        yield "overdue", 1


def _answered(each: Facts, late: Iterable[Clock]) -> Iterator[tuple[FigureName, str, int]]:
    """What was signed for and fed back, by unit: in time and in all; what is overdue and has not come is one more that was not in time."""
    for came in each.answers:
        every, well = _ANSWERS[came.kind]
        yield every, came.unit, came.every
        if came.in_time:
            yield well, came.unit, came.in_time
    for owed in late:
        if owed.kind in _ANSWERS:
            yield _ANSWERS[owed.kind][0], owed.unit or "", 1


def _late(each: Facts, day: date, calendar: Calendar, policy_of: Callable[[str | None], Policy]) -> tuple[Clock, ...]:
    policy = policy_of(each.policy)
    return tuple(owed for found in each.running if (owed := clock(found, policy, calendar)).due < day.isoformat())


def _answers(item: Item, policy: Policy, calendar: Calendar) -> tuple[Answers, ...]:
    came: Counter[tuple[str, str]] = Counter()
    timely: Counter[tuple[str, str]] = Counter()
    for owed, at in answered(item, policy, calendar):
        if owed.kind in _ANSWERS:
            came[owed.kind, owed.unit or ""] += 1
            timely[owed.kind, owed.unit or ""] += not owed.missed(at)
    return tuple(Answers(*which, timely[which], count) for which, count in came.items())


def _worked(item: Item, since: str, until: str, calendar: Calendar) -> int:
    """How many workdays lie between two times, without those that the matter was paused (D-3)."""
    still = sum(stood_still(*pause, calendar) for pause in pauses(item, since, until))
    return calendar.between(date.fromisoformat(since[:10]), date.fromisoformat(until[:10])) - still
