"""待办: what is owed to the register today, and by whom; the one function of records.acts.duties, asked for every matter that waits."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from records.acts import Duty, duties
from records.acts.duties import whose
from records.index.rows import Excerpt
from records.rules.clocks import CLOSED, Light
from records.store.record_files import Unreadable
from records.store.view import View
from schema.tables import acts

UNHELD = "无人承办："
_NO_CLOCK = 999  # workdays, after all that has a day


@dataclass(frozen=True)
class Task:
    """One thing that awaits a person: what to do on which item, and how urgent it is."""

    excerpt: Excerpt
    duty: Duty
    light: Light

    @property
    def act(self) -> str:
        """The act owed."""
        return self.duty.act

    @property
    def label(self) -> str:
        """What is to be done; a duty that nobody holds is named as such, for the supervising office to see to (D-4)."""
        return ("" if self.duty.holders else UNHELD) + acts()[self.duty.act].label

    @property
    def urgency(self) -> tuple[int, str]:
        """The order of tasks: overdue first, then by the day the clock runs to, then longest waiting; what is over comes last."""
        days = self.light.days if self.light.days is not None else _NO_CLOCK
        return (days + (self.excerpt.state in CLOSED), self.excerpt.updated)


def owed(view: View, waiting: Iterable[Excerpt], at: datetime) -> Iterator[tuple[Excerpt, Duty, frozenset[str]]]:
    """Yield each duty on the items that wait, with the ids of those whom it falls to; a broken record owes nothing until it is mended."""
    world = view.world()
    for excerpt in waiting:
        with suppress(Unreadable):
            item = view.item(excerpt.id)
            for duty in duties(world, item, at) if item else ():
                yield excerpt, duty, frozenset(whose(duty, view.roster, at.date()))
