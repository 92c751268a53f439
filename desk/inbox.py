"""待办: what awaits a person, and what awaits everybody.

The index says whose turn it is, as far as records tell; who has office today, and what the day makes of it, is said here. What is owed on
open matters is told at once, the most urgent first. Of matters that are over there may be any number, to be filed for the most part:
they come last, and are read as far as somebody looks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from desk.desk import Desk
from desk.judged import Judged
from records.acts import Duty
from records.acts.duties import fall_to, held, whose
from records.bureau.roster import Person, Roster
from records.index.rows import Excerpt, item_number
from records.index.turns import Asked, Awaited, Group
from records.register.register import Register
from records.rules.clocks import CLOSED, Clock, Light, light_of
from schema.tables import acts

UNHELD = "无人承办："
_NO_CLOCK = 999  # workdays, after all that has a day


@dataclass(frozen=True)
class Task:
    """One thing that awaits a person: what to do on which item, and how urgent it is; ``unheld`` is what nobody can do."""

    excerpt: Excerpt
    act: str
    light: Light
    unheld: bool = False

    @property
    def label(self) -> str:
        """What is to be done; a duty that nobody holds is named as such, for the supervising office to see to (D-4)."""
        return (UNHELD if self.unheld else "") + acts()[self.act].label

    @property
    def urgency(self) -> tuple[int, str]:
        """The order of tasks: overdue first, then by the day the clock runs to, then longest waiting; what is over comes last."""
        days = self.light.days if self.light.days is not None else _NO_CLOCK
        return (days + (self.excerpt.state in CLOSED), self.excerpt.updated)


class Awaiting:
    """What awaits the person at a desk.

    Attributes:
        commit: at which it stands.
        open: what he is to do on open matters, overdue first, then by the day it is due, then longest waiting.
        total: how much awaits him in all.

    Args:
        desk: the person's; its index has caught up.
        judged: what is owed besides on the matters of which the index keeps the record; it is what their last step asked for, mostly.
    """

    def __init__(self, desk: Desk, judged: Iterable[tuple[Asked, Duty]]) -> None:
        assert desk.person is not None
        self._turns, self._view, self._day, self._scope = desk.register.index.turns, desk.view, desk.today, desk.scope
        person, roster = desk.person.id, self._view.roster
        self.commit = desk.register.index.commit or ""
        fallen = _fallen(self._turns.groups(), roster, self._day)
        self._mine = {group: held for group, (held, people) in fallen.items() if person in people}
        tasks = [
            Task(asked.excerpt, duty.act, self._light(asked.excerpt, duty.clock), not duty.holders)
            for asked, duty in judged
            if person in whose(duty, roster, self._day) and desk.sees(asked.excerpt)
        ]
        tasks += (self._task(each) for each in self._turns.open(self._mine, self._scope, self._day))
        self.open = sorted(tasks, key=lambda task: task.urgency)
        self.total = len(self.open) + self._turns.count_over(self._mine, self._scope, self._day)

    def page(self, first: int = 0, most: int | None = None) -> tuple[str, list[Task]]:
        """Return the commit at which they stand, and some tasks in their order.

        Args:
            first: how many are left out before them.
            most: how many at most, None for all.
        """
        wanted = self.total - first if most is None else most
        found = self.open[first : first + wanted]
        if len(found) == wanted or self.total == len(self.open):
            return self.commit, found
        after = max(0, first - len(self.open))
        commit, over = self._turns.over(self._mine, self._scope, self._day, after, wanted - len(found))
        return commit, [*found, *map(self._task, over)]

    def _task(self, owed: Awaited) -> Task:
        return Task(owed.excerpt, owed.act, self._light(owed.excerpt, owed.clock), not self._mine[owed.group])

    def _light(self, excerpt: Excerpt, clock: Clock | None) -> Light:
        """The light of the clock that a duty answers."""
        return light_of(clock, excerpt.urgency, self._view.policy_at(excerpt.policy), self._view.calendar, self._day)


def awaiting(desk: Desk) -> Awaiting | None:
    """Return what awaits the person at a desk, None where nobody sits there."""
    desk.catch_up()
    if desk.person is None:
        return None
    turns, roster, day = desk.register.index.turns, desk.view.roster, desk.today
    groups = turns.concerned()
    if desk.person.id not in fall_to((), roster, day):  # else also what nobody can do is his to see to
        groups = [group for group in groups if any(each.person == desk.person.id for each in held(group, roster, day))]
    return Awaiting(desk, desk.judged.of(turns.asked(groups), desk.view, desk.clock()))


def inbox(desk: Desk) -> list[Task]:
    """Return all that awaits the person at a desk, in its order."""
    found = awaiting(desk)
    return found.page()[1] if found else []


def inboxes(register: Register, clock: Callable[[], datetime]) -> Iterator[tuple[Person, list[Task]]]:
    """Yield what awaits everybody on the roster; what must be judged is judged once, not once a person."""
    register.index.catch_up()
    view = register.view()
    judged = tuple(Judged().of(register.index.turns.asked(register.index.turns.concerned()), view, clock()))
    for person in view.roster.people.values():
        yield person, Awaiting(Desk(register, person, clock), judged).page()[1]


def in_hand(desk: Desk) -> Mapping[str, list[tuple[int, bool]]]:
    """Return for each person whom anything awaits the numbers of the matters, each once a duty, and whether whoever asks may see it."""
    desk.catch_up()
    turns, roster, day, seen = desk.register.index.turns, desk.view.roster, desk.today, desk.scope
    fallen = _fallen(turns.groups(), roster, day)
    visible = {n for _, n in turns.numbers(seen, day)}
    found: defaultdict[str, list[tuple[int, bool]]] = defaultdict(list)
    for group, n in turns.numbers(None, day):
        for person in fallen[group][1]:
            found[person].append((n, n in visible))
    for asked, duty in desk.judged.of(turns.asked(turns.concerned()), desk.view, desk.clock()):
        for person in whose(duty, roster, day):
            found[person].append((item_number(asked.excerpt.id) or 0, desk.sees(asked.excerpt)))
    return found


def _fallen(groups: Iterable[Group], roster: Roster, day: date) -> dict[Group, tuple[bool, frozenset[str]]]:
    """For each group whether anybody holds it on a day, and the ids of those whom it falls to."""
    holders = {group: held(group, roster, day) for group in groups}
    return {group: (bool(found), frozenset(fall_to(found, roster, day))) for group, found in holders.items()}
