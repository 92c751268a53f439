"""The lights of all open matters on a day: what lists are narrowed, ordered and searched by. Closed matters have none."""

from collections.abc import Callable, Mapping
from datetime import date

from records.bureau.calendar import Calendar
from records.index.index import Index
from records.index.rows import Excerpt, item_number
from records.rules.clocks import Light
from records.store.view import View


class OpenLights:
    """Keeps them while what they follow from stays the same: the item as it is listed, the calendar, the policy, the day."""

    def __init__(self) -> None:
        self._by: tuple[Calendar, str, date] | None = None
        self._at: tuple[str | None, int] | None = None
        self._known: dict[int, tuple[Excerpt, Light]] = {}
        self._lights: Mapping[int, Light] = {}

    def of(self, index: Index, view: View, day: date, lights: Callable[[list[Excerpt]], list[Light]]) -> Mapping[int, Light]:
        """Return the light of each open item, by its number in the index.

        Args:
            index: says which these are.
            view: the register, for its calendar and its policy.
            day: the day.
            lights: tells the lights of some.
        """
        # Of a matter that pins no policy, taken up again after it came from another ledger, the one in force tells.
        by, at = (view.calendar, view.policy_id, day), (index.commit, index.version())
        if self._by != by:
            self._known = {}
        if self._by != by or self._at != at:
            known = {item_number(each.id) or 0: each for each in index.open_items()}
            fresh = {n: each for n, each in known.items() if n not in self._known or self._known[n][0] != each}
            told = zip(fresh, lights(list(fresh.values())), strict=True)
            self._known = {n: found for n, found in self._known.items() if n in known} | {n: (fresh[n], light) for n, light in told}
            self._lights = {n: light for n, (_, light) in self._known.items()}
            self._by, self._at = by, at
        return self._lights


def until(light: Light) -> str:
    """Return the day a clock runs to and how far off it is, the day an estimate while the notice of its year is not in (D-10)."""
    return f"{(light.due or '')[5:]}{'估' if light.estimated else ' '}{light.short}".strip()
