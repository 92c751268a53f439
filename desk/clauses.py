"""规定条文: the clauses of the regulation by number or by any word, the acts and refusals that rest on each, and what was done under it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from desk.desk import Desk
from desk.terms import Line
from records.index.search import fold
from records.matter.history import Step
from schema.clauses import Clause, Provision, regulation
from schema.tables import acts


@dataclass(frozen=True)
class Place:
    """A clause where it stands."""

    provision: Provision
    clause: Clause

    @property
    def number(self) -> str:
        """By what it is cited, as nearly as it has a number of its own: 一（四）, 二, 三（二）."""
        mark = self.clause.mark if self.clause.mark.startswith("（") else ""
        return f"{self.provision.number}{mark}" if self.provision.number != "附" else self.clause.id

    @property
    def words(self) -> str:
        """Its words; those of all under it, where it is a heading."""
        return self.clause.text or self.provision.text


@cache
def places() -> tuple[Place, ...]:
    """Return every clause in the order of the regulation."""
    return tuple(Place(provision, clause) for provision in regulation().provisions for clause in provision.clauses)


def clauses_found(words: str) -> tuple[Place, ...]:
    """Return the clauses of a number, or on which a refusal (R-03) rests; else those in which each word stands."""
    typed = fold(words.strip()).replace(" ", "") if words.strip() else ""
    named = tuple(each for each in places() if typed in _names(each))
    parts = fold(words).split()
    return named or tuple(each for each in places() if all(part in _searched(each) for part in parts))


def clause_lines(each: Place, *, whole: bool) -> Iterator[Line]:
    """Yield a clause with the acts and refusals that rest on it; ``whole``: with all that stands under its number."""
    yield each.number, f"{each.clause.mark}{each.words}" if each.clause.text else each.words
    if whole and each.provision.text != f"{each.clause.mark}{each.words}" and each.clause.text:
        yield "全文", "\n".join((*each.provision.under, each.provision.text))
    yield "据此可办", "、".join(_label(act) for act in each.clause.acts) or "没有单独的办理"
    if refused := each.clause.refusals:
        yield "据此不予", "；".join(f"{regulation().refusals[number]}（{number}）" for number in refused)


def cited(number: str) -> Iterator[Line]:
    """Yield what an act or a refusal rests on, by the number that it cites: the words, what may be done under them and what may not."""
    provision = regulation().provision(number)
    if provision is None:
        return
    yield number, "\n".join((*provision.under, provision.text))
    for each in (place for place in places() if place.provision is provision):
        yield "", ""
        yield each.clause.id, each.clause.heading
        yield from list(clause_lines(each, whole=False))[1:]


def done_since(desk: Desk, since: str) -> Mapping[str, tuple[Step, ...]]:
    """Return the steps since a day by their acts, as far as they were on nothing that the person may not see."""
    desk.whole()
    steps = desk.register.index.steps_by(acts(), since)
    seen = desk.titles(dict.fromkeys(step.item for step in steps if step.item))
    found: dict[str, list[Step]] = {}
    for step in steps:
        if not step.item or step.item in seen:
            found.setdefault(step.act, []).append(step)
    return {act: tuple(each) for act, each in found.items()}


def done_under(clause: Clause, done: Mapping[str, Iterable[Step]]) -> tuple[str, frozenset[str]]:
    """Return how often each act of a clause was done, in words, and on which items."""
    steps = [step for act in clause.acts for step in done.get(act, ())]
    counts = Counter(step.act for step in steps)
    return "、".join(f"{_label(act)}{count}" for act, count in counts.items()), frozenset(step.item for step in steps if step.item)


def _label(act: str) -> str:
    return acts()[act].label


@cache
def _names(each: Place) -> frozenset[str]:
    return frozenset(fold(name) for name in (each.number, each.clause.id, each.provision.number, *each.clause.refusals))


@cache
def _searched(each: Place) -> str:
    clause = each.clause
    told = (clause.heading, clause.text, *map(_label, clause.acts), *(regulation().refusals[number] for number in clause.refusals))
    return fold("\n".join(told))
