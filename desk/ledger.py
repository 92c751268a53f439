"""台账, a page at a time: which lines a person asks for, where among them a matter stands, and how many there are.

What he may see is settled before anything is counted or leafed through: it is part of what is asked of the index, so that no page, no
place and no number says anything of a matter that he may not know.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from desk.columns import LedgerLine
from desk.desk import Desk
from desk.holding import in_whose_hands, named
from desk.terms import label
from records.index.listing import EVERY, Having, Listing, Word
from records.index.listing import Order as Sorting
from records.index.rows import Excerpt, item_number
from records.index.search import fold
from records.matter.item import Item
from records.rules.clocks import LIGHT_LABELS, Light
from records.store.record_files import Unreadable
from schema.tables import checker

Order = Literal["number", "time_left", "lead", "updated", "urged"]
PAGE = 100
"""Lines that are read at a time: a few screens."""
COUNTED = 2000
"""Lines that words find which are counted, and shown, at a time."""
_TYPED = 32  # words that are looked for in what else stands in a line as well
_TRIES = 5
_CARRIED = fold("〔结转〕")
_SORTINGS: Mapping[Order, Sorting] = {"number": "number", "time_left": "number", "lead": "lead", "updated": "updated", "urged": "urged"}


@dataclass(frozen=True)
class LedgerQuery:
    """What of the ledger is asked for.

    Attributes:
        words: all of them, blanks between, stand in a matter's text or in its line of the list.
        colour: of the light, or several with blanks between, empty for any.
        state: as in the record, empty for any.
        having: what else each matter has, all of it.
        order: of the lines; newest number first where that leaves it open.
        only: ids of the only matters that count, None for all that the person may see.
    """

    words: str = ""
    colour: str = ""
    state: str = ""
    having: tuple[Having, ...] = ()
    order: Order = "number"
    only: frozenset[str] | None = None

    @property
    def whole(self) -> "LedgerQuery":
        """The same without what narrows it."""
        return LedgerQuery(only=self.only)


@dataclass(frozen=True)
class LedgerPart:
    """Some lines of the ledger that stand together.

    Attributes:
        commit: at which the list stands.
        first: how many lines stand before them.
        lines: the lines.
    """

    commit: str
    first: int
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True)
class LedgerSight:
    """What a screen shows of the ledger first.

    Attributes:
        part: the lines round that one.
        at: where the line stands that is to be under the cursor.
        found: how many lines there are; None where words are looked for, and counting would keep the person waiting.
        every: how many there would be if nothing were narrowed.
        missing: how many records the index still lacks.
        lacks: what is to be said besides of what is not there yet, empty for nothing.
    """

    part: LedgerPart
    at: int
    found: int | None
    every: int
    missing: int
    lacks: str = ""


def sight(desk: Desk, query: LedgerQuery, item: str = "", place: int = 0) -> LedgerSight:
    """Return what a screen shows first.

    Args:
        desk: the person's.
        query: what he asks for.
        item: id of the matter under the cursor, which it stays with; among those that words find, where it stands near.
        place: where the cursor goes where that matter is not among them.
    """
    desk.catch_up()
    lacks = desk.know_history() if any(each.what == "hands" for each in query.having) else ""
    (before, listing), listings = _listed(desk, query), desk.register.index.listings
    every = listings.count(_listing(desk, query.whole))
    if listing.words:
        part = _part(desk, query, before, listing, max(0, place - PAGE // 2), PAGE)
        near = (part.first + at for at, line in enumerate(part.lines) if line.excerpt.id == item)
        at = next(near, min(place, part.first + max(0, len(part.lines) - 1)))
        return LedgerSight(part, at, part.first + len(part.lines) if len(part.lines) < PAGE else None, every, desk.missing, lacks)
    found = every if query.whole == query else listings.count(listing)
    number = item_number(item)
    stands = listings.place(listing, number) if number is not None else None
    at = max(0, min(found - 1, place if stands is None else stands))
    return LedgerSight(_part(desk, query, before, listing, max(0, at - PAGE // 2), PAGE), at, found, every, desk.missing, lacks)


def page(desk: Desk, query: LedgerQuery, first: int, most: int) -> LedgerPart:
    """Return some lines that stand together.

    Args:
        desk: the person's.
        query: what he asks for.
        first: how many lines stand before them.
        most: how many at most.
    """
    return _part(desk, query, *_listed(desk, query), first, most)


def _part(desk: Desk, query: LedgerQuery, before: str | None, listing: Listing, first: int, most: int) -> LedgerPart:
    commit, found = "", list[Excerpt]()
    for _ in range(_TRIES):
        commit, found = desk.register.index.listings.page(listing, first, most)
        if commit == before:
            break  # else what he may see was settled by another state of the register than these lines are of
        found = []
        before, listing = _listed(desk, query)
    return LedgerPart(commit, first, lines_of(desk, found))


def _listed(desk: Desk, query: LedgerQuery) -> tuple[str | None, Listing]:
    """The list that is asked for, and the commit at which what he may see was settled for it."""
    return desk.register.index.commit, _listing(desk, query)


def lines_of(desk: Desk, found: Sequence[Excerpt]) -> tuple[LedgerLine, ...]:
    """Return items as lines of the ledger."""
    roster, year, holding = desk.view.roster, desk.today.year, in_whose_hands(desk, found)
    lights = zip(found, desk.lights(found), strict=True)
    return tuple(LedgerLine(each, light, roster, year=year, holder=named(roster, holding.get(each.id))) for each, light in lights)


def recorded(desk: Desk, lines: Iterable[LedgerLine]) -> Iterator[LedgerLine]:
    """Yield lines with their records and the calendar, for what asks for these; where a record does not pass, its last good version."""
    for line in lines:
        if (item := _last_good(desk, line.excerpt.id)) is not None:
            yield replace(line, record=item, calendar=desk.view.calendar)


def _last_good(desk: Desk, item: str) -> Item | None:
    with suppress(Unreadable):
        return desk.view.item(item)
    for step in reversed(desk.steps(item)):
        with suppress(Unreadable):
            if (found := desk.register.view(step.commit).item(item)) is not None:
                return found
    return None


def all_of(desk: Desk, query: LedgerQuery) -> list[Excerpt]:
    """Return everything that is asked for."""
    return desk.register.index.listings.page(_listing(desk, query), 0, EVERY)[1]


def count(desk: Desk, query: LedgerQuery, most: int) -> int:
    """Return how many lines are asked for, so many at most."""
    return desk.register.index.listings.count(_listing(desk, query), most)


def present_states(desk: Desk, query: LedgerQuery) -> tuple[str, ...]:
    """Return the states in which there is a matter, were nothing narrowed, in the order of the work."""
    there = desk.register.index.listings.states(_listing(desk, query.whole))
    every = checker("item").at(("state",))["enum"]
    assert isinstance(every, list)
    return tuple(state for state in every if state in there)


def _listing(desk: Desk, query: LedgerQuery) -> Listing:
    among = None if query.only is None else _numbers(query.only)
    if query.colour:
        lit = {n for n, light in desk.open_lights.items() if light.colour in query.colour.split()}
        among = tuple(sorted(lit if among is None else lit.intersection(among)))
    return Listing(
        desk.scope,
        _words(desk, query.words),
        tuple(dict.fromkeys((*([Having("state", (query.state,))] if query.state else []), *query.having))),
        among,
        _SORTINGS[query.order],
        _most_pressing(desk) if query.order == "time_left" else (),
    )


@lru_cache(8)
def _numbers(items: frozenset[str]) -> tuple[int, ...]:
    """The numbers of items, told once: a person may have had a part in tens of thousands, and each key asks for them."""
    return tuple(sorted(n for item in items if (n := item_number(item)) is not None))


def _most_pressing(desk: Desk) -> tuple[int, ...]:
    """The numbers of what has a clock, the least time left first."""
    running = {n: light.days for n, light in desk.open_lights.items() if light.days is not None}
    return tuple(sorted(running, key=lambda n: (running[n], -n)))


def _words(desk: Desk, words: str) -> tuple[Word, ...]:
    """What is looked for; whoever looks for more than anybody types has a text before him, and so have the others to be."""
    typed = [*dict.fromkeys(words.split())]
    others = (Word(" ".join(typed[_TYPED:])),) if typed[_TYPED:] else ()
    return (*(_word(desk, word) for word in typed[:_TYPED]), *others)


def _word(desk: Desk, word: str) -> Word:
    """A word, and what else in a line of the list holds it: the lead's name, the state, the light, how long is left."""
    told, roster = fold(word), desk.view.roster
    every = checker("item").at(("state",))["enum"]
    assert isinstance(every, list)
    lights = ((n, light) for n, light in desk.open_lights.items() if light.days is not None)
    return Word(
        word,
        tuple(unit for unit in roster.units if told in fold(roster.unit_name(unit))),
        tuple(state for state in every if told in fold(label("state", state))),
        told in _CARRIED,
        tuple(n for n, light in lights if told in _light_text(light)),
    )


@lru_cache(1024)
def _light_text(light: Light) -> str:
    """How a light is found by words: of thousands that are open, most have the same few."""
    return fold(f"{LIGHT_LABELS[light.colour]} {light.short}")
