"""What is owed on matters where people and the day must be looked at to know it: the index keeps their records, they are judged here."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from records.bureau.calendar import Calendar
from records.bureau.roster import Roster
from records.index.turns import Asked
from records.store.view import View

if TYPE_CHECKING:
    from records.acts import Duty


class Judged:
    """Keeps what was found while what it follows from stays the same: the record, the people, the calendar, the policy, the day."""

    def __init__(self) -> None:
        self._by: tuple[Roster, Calendar, str, date] | None = None
        self._known: dict[tuple[bytes, tuple[str, ...] | None], tuple[Duty, ...]] = {}

    def of(self, asked: Iterable[Asked], view: View, at: datetime) -> "Iterator[tuple[Asked, Duty]]":
        """Give each duty on some matters that the index cannot tell.

        Args:
            asked: the matters.
            view: the register.
            at: the time at which it is owed.
        """
        judge = self._judge(view, at)
        return ((each, duty) for each in asked for duty in judge(each, each.acts))

    def first(self, asked: Iterable[Asked], view: View, at: datetime) -> "Iterator[tuple[Asked, tuple[Duty, ...]]]":
        """Give what is owed first on each of some matters, by all who owe it and whether the index could tell it or not; else as ``of``."""
        judge = self._judge(view, at)
        for each in asked:
            if owed := judge(each, None):
                yield each, tuple(duty for duty in owed if duty.act == owed[0].act)

    def _judge(self, view: View, at: datetime) -> "Callable[[Asked, tuple[str, ...] | None], tuple[Duty, ...]]":
        """What tells what is owed on a matter of some acts, or of all."""
        from records.acts import duties

        by = (view.roster, view.calendar, view.policy_id, at.date())
        if self._by != by:
            self._by, self._known = by, {}
        world, known = view.world(), self._known

        def judge(each: Asked, only: tuple[str, ...] | None) -> "tuple[Duty, ...]":
            if (each.record, only) not in known:
                known[each.record, only] = duties(world, each.item, at, only)
            return known[each.record, only]

        return judge
