"""Filters that are typed among the words of the ledger's search: ``单位:交警 灯:红 状态:办理中 分管:周拟柏 类别:4 9月``.

What such a word says becomes a condition of what is asked for; every other word is looked for as it stands. What nobody can have meant
is told, and narrows nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from desk.desk import Desk
from desk.ledger import LedgerQuery
from desk.terms import label
from desk.units import unit_called
from records.index.rows import Excerpt
from records.index.search import fold
from records.rules.clocks import LIGHT_LABELS
from schema.tables import checker

_ASKED = re.compile(r"(单位|主办|协办|分管|类别|灯|状态)[:：](\S+)")
_MONTH = re.compile(r"(?:(\d{4})[-年])?(1[0-2]|0?[1-9])月", re.ASCII)
_Condition = Callable[[Excerpt], bool]


@dataclass(frozen=True)
class Meant:
    """What is asked for with typed filters taken out of the words.

    Attributes:
        query: as it is asked of the ledger.
        told: the filters that are on, in words; also those that were not understood.
    """

    query: LedgerQuery
    told: tuple[str, ...]


def meant(desk: Desk, query: LedgerQuery) -> Meant:
    """Return what the words of a query ask for; reads the index where a filter needs more of a matter than the list is ordered by."""
    conditions: list[_Condition] = []
    told: list[str] = []
    rest: list[str] = []
    for word in query.words.split():
        if found := _ASKED.fullmatch(word):
            query = _narrowed(desk, query, found[1], found[2], conditions, told)
        elif month := _MONTH.fullmatch(word):
            first = f"{month[1] or desk.today.year}-{int(month[2]):02}"
            conditions.append(_received(first))
            told.append(f"{first} 收到")
        else:
            rest.append(word)
    only = frozenset(_met(desk, query, conditions)) if conditions else query.only
    return Meant(replace(query, words=" ".join(rest), only=only), tuple(told))


def _met(desk: Desk, query: LedgerQuery, conditions: list[_Condition]) -> Iterator[str]:
    for each in desk.register.index.items(state=query.state):
        if (query.only is None or each.id in query.only) and all(condition(each) for condition in conditions):
            yield each.id


def _narrowed(desk: Desk, query: LedgerQuery, what: str, words: str, conditions: list[_Condition], told: list[str]) -> LedgerQuery:
    """Take one filter into the query or among the conditions, and say it."""
    if what == "灯":
        colour = next((name for name, text in LIGHT_LABELS.items() if name != "none" and words.removesuffix("灯") == text), "")
        told.append(f"灯：{LIGHT_LABELS[colour]}" if colour else f"没有“{words}”这种灯")
        return replace(query, colour=colour or query.colour)
    if what == "状态":
        state = _state(words)
        told.append(f"状态：{label('state', state)}" if state else f"没有“{words}”这种状态")
        return replace(query, state=state or query.state)
    condition, said = _condition(desk, what, words)
    told.append(said)
    if condition:
        conditions.append(condition)
    return query


def _received(month: str) -> _Condition:
    return lambda each: each.received.startswith(month)


def _state(words: str) -> str:
    every = checker("item").at(("state",))["enum"]
    assert isinstance(every, list)
    exact = [state for state in every if label("state", state) == words]
    return next(iter(exact or [state for state in every if fold(words) in fold(label("state", state))]), "")


def _condition(desk: Desk, what: str, words: str) -> tuple[_Condition | None, str]:
    roster = desk.view.roster
    if what == "类别":
        number = words.strip("（）()")
        number = str("一二三四五六七八九".index(number) + 1) if number in tuple("一二三四五六七八九") else number
        return (lambda each: str(each.category) == number), f"类别：{number}"
    if what == "分管":
        leaders = {person.id for person in roster.people.values() if words in person.name}
        return ((lambda each: each.portfolio_leader in leaders), f"分管：{words}") if leaders else (None, f"没有“{words}”这个人")
    unit = unit_called(words, roster)
    if not unit:
        return None, f"“{words}”不是一个单位的简称"
    leads: _Condition = lambda each: each.lead == unit  # noqa: E731
    assists: _Condition = lambda each: unit in each.assisting  # noqa: E731
    either: _Condition = lambda each: leads(each) or assists(each)  # noqa: E731
    return {"主办": leads, "协办": assists, "单位": either}[what], f"{what}：{roster.unit_name(unit)}"
