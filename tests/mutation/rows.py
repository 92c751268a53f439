"""Mutants of the table of acts: a gate taken away, a role taken away, exchanged, added, or looked for in another unit."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import FunctionType
from typing import TYPE_CHECKING

from tests.mutation import switch
from tests.mutation.sites import OTHER_ROLE

if TYPE_CHECKING:
    from records.procedure.table import EnteredGate
    from schema.tables import Scope, Who

Gate = tuple[str, str]  # act, name of the gate's function
ROLES_OF = {
    "office": ("supervision_office", "office_director_in_charge", "registry_clerk", "archivist"),
    "bureau": ("bureau_leader", "deputy_director_in_charge", "auditor"),
    "unit": ("liaison", "reviewing_head", "supervising_leader", "main_leader"),
}
_UNITS: "tuple[Scope, ...]" = ("lead", "assisting", "undertaking")


@dataclass(frozen=True)
class Row:
    """A mutant of the table: what it is known by, its kind (``gate`` or ``role``), and how it is born in a process."""

    number: int
    kind: str
    key: str
    born: Callable[[], None]


def gates() -> list[Gate]:
    """Return every gate before every act, in the order of the table."""
    import records.acts  # noqa: F401 - which enters them
    from records.procedure.table import TABLE

    return [(act, name_of(rule)) for act, rules in TABLE.rules.items() for rule in rules]


def name_of(rule: "EnteredGate") -> str:
    """Return the name of a gate's function."""
    check = getattr(rule.check, "__wrapped__", rule.check)
    assert isinstance(check, FunctionType)
    return check.__name__


def rows(first: int) -> list[Row]:
    """Return every mutant of the table, numbered from ``first``, and have each of them say when a test comes by it."""
    from records.procedure.table import TABLE
    from schema.tables import ActSpec, acts

    found: list[Row] = []
    for act, name in sorted(gates()):  # in whatever order the modules were imported
        found.append(Row(first + len(found), "gate", f"gate: {name} before {act}", functools.partial(_without, act, name)))
        TABLE.rules[act] = [_told(rule, found[-1].number) if name_of(rule) == name else rule for rule in TABLE.rules[act]]
    by: dict[str, list[int]] = {}
    for act, spec in acts().items():
        for change, who in _others(spec.who):
            found.append(Row(first + len(found), "role", f"who: {act}: {change}", functools.partial(_by, act, who)))
            by.setdefault(act, []).append(found[-1].number)

    def asked(spec: ActSpec) -> "tuple[Who, ...]":
        if switch.watching:
            switch.touched.update(by.get(spec.name, ()))
        return vars(spec)["who"]  # type: ignore[no-any-return]

    ActSpec.who = property(asked, lambda spec, who: vars(spec).__setitem__("who", who))  # type: ignore[assignment]
    return found


def _others(who: "tuple[Who, ...]") -> "Iterator[tuple[str, tuple[Who, ...]]]":
    from schema.tables import Who

    for n, each in enumerate(who):
        if each.of == "system":
            continue
        told, before, after = f"{each.role} of {each.of}", who[:n], who[n + 1 :]
        if len(who) > 1:
            yield f"{told} taken away", (*before, *after)
        yield f"{told} → {OTHER_ROLE[each.role]}", (*before, replace(each, role=OTHER_ROLE[each.role]), *after)
        for scope in _UNITS if each.of in _UNITS else ():
            if scope != each.of:
                yield f"{told} → of {scope}", (*before, Who(each.role, scope), *after)
    for scope in dict.fromkeys(each.of for each in who if each.of != "system"):
        there = [each for each in who if each.of == scope]
        for role in ROLES_OF["unit" if scope in _UNITS else scope]:
            if role not in [each.role for each in there]:
                yield f"{role} of {scope} added", (*who, replace(there[0], role=role))


def _told(rule: "EnteredGate", number: int) -> "EnteredGate":
    @functools.wraps(rule.check)
    def check(case: object, given: object) -> object:
        if switch.watching:
            switch.touched.add(number)
        return rule.check(case, given)  # type: ignore[arg-type]

    return replace(rule, check=check)  # type: ignore[arg-type]


def _without(act: str, name: str) -> None:
    from records.procedure.table import TABLE

    kept = [rule for rule in TABLE.rules[act] if name_of(rule) != name]
    assert len(kept) == len(TABLE.rules[act]) - 1, (act, name)
    TABLE.rules[act] = kept


def _by(act: str, who: "tuple[Who, ...]") -> None:
    from schema.tables import acts

    vars(acts()[act])["who"] = who
