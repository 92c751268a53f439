"""What is owed on matters where people and the day must be looked at to know it: the index keeps their records, they are judged here."""

from collections.abc import Iterable, Iterator
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
        self._known: dict[str, tuple[Duty, ...]] = {}

    def of(self, asked: Iterable[Asked], view: View, at: datetime) -> "Iterator[tuple[Asked, Duty]]":
        """Yield each duty on some of these matters.

        Args:
            asked: the matters.
            view: the register.
            at: the time at which it is owed.
        """
        from records.acts import duties

        by = (view.roster, view.calendar, view.policy_id, at.date())
        if self._by != by:
            self._by, self._known = by, {}
        world = view.world()
        for each in asked:
            if each.record not in self._known:
                self._known[each.record] = duties(world, each.item, at, each.acts)
            for duty in self._known[each.record]:
                yield each, duty
