"""Filters that are typed among the words of the ledger's search: ``单位:交警、治安 灯:红 状态:办理中 分管:周拟柏 类别:4 9月 我:经手``.

What such a word says becomes a condition of what is asked for; every other word is looked for as it stands. What nobody can have meant
is told, and narrows nothing. A view of the ledger is nothing else than such words under a name.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from weakref import WeakKeyDictionary

from desk.desk import Desk
from desk.inbox import awaiting
from desk.ledger import LedgerQuery, all_of
from desk.terms import label
from desk.units import unit_called
from records.index.listing import EVERY, Having, Listing, What
from records.index.rows import Excerpt
from records.index.search import fold
from records.rules.clocks import CLOSED, LIGHT_LABELS
from schema.tables import checker

OPEN = "在办"
"""What is said for all states in which a matter is still to be seen through."""
DONE, DUE = "经手", "待办"
"""What is said for the matters on which the person did something, and for those on which he is to do something."""
_MONTHS = 24  # that are offered
_ASKED = re.compile(r"(单位|主办|协办|分管|类别|灯|状态|收到|到期|我)[:：](\S+)")
_MONTH = re.compile(r"(?:(\d{4})[-年])?(1[0-2]|0?[1-9])月?", re.ASCII)
_NUMBERS = "一二三四五六七八九"
_own: WeakKeyDictionary[Desk, tuple[object, frozenset[str]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Meant:
    """What is asked for with typed filters taken out of the words.

    Attributes:
        query: as it is asked of the ledger.
        told: the filters that are on, in words; also those that were not understood.
    """

    query: LedgerQuery
    told: tuple[str, ...]


@dataclass(frozen=True)
class _Filter:
    """One kind of filter: what a word of it names and how that is called, and what is said of a word that names nothing."""

    means: Callable[[Desk, str], tuple[tuple[str, ...], str]]
    unknown: str
    what: What | None = None


def meant(desk: Desk, query: LedgerQuery) -> Meant:
    """Return what the words of a query ask for, beside what it asks for already."""
    told: list[str] = []
    rest: list[str] = []
    for word in query.words.split():
        if found := _ASKED.fullmatch(word):
            query = _narrowed(desk, query, found[1], split(found[2]), told)
        elif word.endswith("月") and _MONTH.fullmatch(word):
            query = _narrowed(desk, query, "收到", (word,), told)
        else:
            rest.append(word)
    return Meant(replace(query, words=" ".join(rest)), tuple(told))


def matching(desk: Desk, words: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the ids of all matters that words find on the screen, and the filters among the words, as they are told there."""
    desk.catch_up()
    asked_for = meant(desk, LedgerQuery(words))
    return frozenset(each.id for each in all_of(desk, asked_for.query)), asked_for.told


def filters(words: str) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return the filters among words, each with its values as they are typed, and the other words."""
    found = [_ASKED.fullmatch(word) for word in words.split()]
    rest = [word for word, asked in zip(words.split(), found, strict=True) if asked is None]
    return {asked[1]: split(asked[2]) for asked in found if asked}, " ".join(rest)


def typed(chosen: Mapping[str, Sequence[str]], rest: str) -> str:
    """Return filters and other words as one would type them."""
    return " ".join([*(f"{what}:{'、'.join(values)}" for what, values in chosen.items() if values), *rest.split()])


def choices(desk: Desk, what: str) -> tuple[str, ...]:
    """Return the values that a filter may have, as they are typed."""
    roster, today = desk.view.roster, desk.today
    if what in ("单位", "主办", "协办"):
        return tuple(roster.unit_name(unit) for unit in roster.units)
    if what == "分管":
        return tuple(dict.fromkeys(person.name for person in roster.leaders.people))
    if what == "类别":
        return tuple(f"{n}" for n in range(1, 10))
    if what == "灯":
        return tuple(name for colour, name in LIGHT_LABELS.items() if colour != "none")
    if what == "状态":
        return (OPEN, *(label("state", state) for state in _states()))
    ahead = 3 if what == "到期" else 0
    months = [divmod(today.year * 12 + today.month - 1 + ahead - back, 12) for back in range(_MONTHS + ahead)]
    return tuple(f"{year}-{month + 1:02}" for year, month in months)


def split(values: str) -> tuple[str, ...]:
    """Return the values of a filter: any of several may be meant."""
    return tuple(value for value in re.split("[、，,]", values) if value)


def _narrowed(desk: Desk, query: LedgerQuery, what: str, words: Sequence[str], told: list[str]) -> LedgerQuery:
    """Take one filter into the query, and say it."""
    kind = _FILTERS[what]
    found = [(*kind.means(desk, word), word) for word in words]
    told += [kind.unknown.format(word) for values, _, word in found if not values]
    values = tuple(dict.fromkeys(value for each, _, _ in found for value in each))
    if not values:
        return query
    told.append(f"{what}：{'、'.join(name for each, name, _ in found if each)}")
    if kind.what is not None:
        return replace(query, having=(*query.having, Having(kind.what, values)))
    if what == "灯":
        both = [colour for colour in values if not query.colour or colour in query.colour.split()]
        return replace(query, colour=" ".join(both)) if both else replace(query, only=frozenset())
    return _of_his_own(desk, query, values, told)


def _of_his_own(desk: Desk, query: LedgerQuery, values: Sequence[str], told: list[str]) -> LedgerQuery:
    """Take into the query that only matters count on which the person did something, or is to do something."""
    desk.catch_up()
    lacks = desk.know_history() if DONE in values else ""
    done = Having("hands", (desk.person.id,) if desk.person else ())
    if DUE not in values:  # what a list of these lacks, it says itself
        return replace(query, having=(*query.having, done))
    told += [lacks] if lacks else []
    mine = _due(desk) | (frozenset(each.id for each in _all(desk, done)) if DONE in values else frozenset())
    return replace(query, only=mine if query.only is None else query.only & mine)


def _all(desk: Desk, having: Having) -> list[Excerpt]:
    return desk.register.index.listings.page(Listing(desk.scope, having=(having,)), 0, EVERY)[1]


def _due(desk: Desk) -> frozenset[str]:
    """The matters on which the person is to do something; found once for each state of the register, as far as the index knows it."""
    at = desk.register.index.stands, desk.today
    if desk not in _own or _own[desk][0] != at:
        found = awaiting(desk)
        _own[desk] = at, frozenset(task.excerpt.id for task in found.page()[1]) if found else frozenset()
    return _own[desk][1]


def _states() -> Sequence[str]:
    every = checker("item").at(("state",))["enum"]
    assert isinstance(every, list)
    return every


def _state(_: Desk, words: str) -> tuple[tuple[str, ...], str]:
    if words == OPEN:
        return tuple(state for state in _states() if state not in CLOSED), OPEN
    exact = [state for state in _states() if label("state", state) == words]
    found = [*exact, *(state for state in _states() if fold(words) in fold(label("state", state)))][:1]
    return tuple(found), label("state", found[0]) if found else ""


def _unit(desk: Desk, words: str) -> tuple[tuple[str, ...], str]:
    unit = unit_called(words, desk.view.roster)
    return ((unit,), desk.view.roster.unit_name(unit)) if unit else ((), "")


def _leader(desk: Desk, words: str) -> tuple[tuple[str, ...], str]:
    return tuple(person.id for person in desk.view.roster.people.values() if words in person.name), words


def _category(desk: Desk, words: str) -> tuple[tuple[str, ...], str]:
    number = fold(words).strip("()")
    number = str(_NUMBERS.index(number) + 1) if number in tuple(_NUMBERS) else number
    return ((number,), number) if number in choices(desk, "类别") else ((), "")


def _light(_: Desk, words: str) -> tuple[tuple[str, ...], str]:
    colour = next((name for name, text in LIGHT_LABELS.items() if name != "none" and words.removesuffix("灯") == text), "")
    return ((colour,), LIGHT_LABELS[colour]) if colour else ((), "")


def _month(desk: Desk, words: str) -> tuple[tuple[str, ...], str]:
    found = _MONTH.fullmatch(_this(desk.today) if words == "本月" else fold(words))
    month = f"{found[1] or desk.today.year}-{int(found[2]):02}" if found else ""
    return (month,) if month else (), month


def _this(day: date) -> str:
    return f"{day:%Y-%m}"


def _self(_: Desk, words: str) -> tuple[tuple[str, ...], str]:
    return ((words,), words) if words in (DONE, DUE) else ((), "")


_NO_UNIT = "“{}”不是一个单位的简称"
_FILTERS: Mapping[str, _Filter] = {
    "单位": _Filter(_unit, _NO_UNIT, "unit"),
    "主办": _Filter(_unit, _NO_UNIT, "lead"),
    "协办": _Filter(_unit, _NO_UNIT, "assisting"),
    "分管": _Filter(_leader, "没有“{}”这个人", "leader"),
    "类别": _Filter(_category, "没有“{}”这一类", "category"),
    "灯": _Filter(_light, "没有“{}”这种灯"),
    "状态": _Filter(_state, "没有“{}”这种状态", "state"),
    "收到": _Filter(_month, "“{}”不是一个月份", "received"),
    "到期": _Filter(_month, "“{}”不是一个月份", "due"),
    "我": _Filter(_self, f"“我”可以写 {DONE}、{DUE}，没有“{{}}”"),
}
