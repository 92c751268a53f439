"""What a unit that was dissolved leaves behind is taken over by its successor, one act an item, in whatever state it is (D-5)."""

from dataclasses import replace

from records.acts.numbers import without_report_number
from records.acts.report import voided_signatures
from records.bureau.roster import Roster
from records.matter.changes import Transfer
from records.matter.item import Item, UnitPart
from records.matter.numbers import NumberSeries
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from schema.tables import states

_UNSENT = ("draft", "unit_reviewed", "consented")


@TABLE.condition
def unit_was_dissolved(case: Case) -> str | None:
    """Somebody has to take over what a unit that is no more has part in (D-5)."""
    return case.before.moved_at if _heirs(case.world.roster, case.before) else None


@TABLE.gate("R-12", "succeed", sees="record")
def a_unit_of_it_is_no_more(case: Case, given: Given) -> Refusal | None:
    """There is something to take over."""
    if not _heirs(case.world.roster, case.before):
        return case.refuse("R-12", "本件的承办单位都没有撤并。", "要改定承办单位的，请办理“调整主办单位”或“调整协办单位”。")
    return None


@TABLE.act("succeed")
def succeed(case: Case, given: Given) -> Change:
    """Put the successor where the dissolved unit stood: receipts, rounds and numbers stay; what it had not sent up is signed anew (D-5)."""
    roster, item = case.world.roster, case.before
    heirs = _heirs(roster, item)
    reasons = {old: f"{roster.unit_name(old)}撤并（{unit.dissolved.basis}）" for old in heirs if (unit := roster.units[old]).dissolved}
    moved = tuple(
        Transfer(**vars(case.stamp), role=part.role, from_unit=part.unit, to_unit=heirs[part.unit], reason=reasons[part.unit])
        for part in item.units
        if part.unit in heirs
    )
    item, series = _report_begun_anew(case, item, heirs, "；".join(reasons.values()))
    item = replace(
        item,
        units=_with_heirs(item.units, heirs),
        points=tuple(replace(each, unit=heirs.get(each.unit or "", each.unit)) for each in item.points),
        objections=tuple(each if each.decided else replace(each, unit=heirs.get(each.unit, each.unit)) for each in item.objections),
        transfers=(*item.transfers, *moved),
    )
    names = "、".join(f"{roster.unit_name(old)}由{roster.unit_name(new)}承接" for old, new in heirs.items())
    return Change(item, item.state, numbers=series, about=names, words="；".join(reasons.values()))


def _report_begun_anew(case: Case, item: Item, heirs: dict[str, str], reason: str) -> tuple[Item, tuple[NumberSeries, ...]]:
    """The item whose report the lead's successor answers for: what was not sent up is its own to review, number and consent to."""
    paused = item.state == "suspended"
    state = item.suspensions[-1].from_state if paused else item.state
    if item.lead not in heirs or item.report is None or state not in states("in_hand"):
        return item, ()
    item, series = without_report_number(case, item, reason)
    assert item.report is not None
    report, this = replace(item.report, number=None), item.report.round
    if state not in _UNSENT:
        return replace(item, report=report), series
    this = replace(this, reviewed=None, consented=None, voided=(*this.voided, *voided_signatures(this)))
    item = replace(item, report=replace(report, rounds=(*report.rounds[:-1], this)))
    if paused:
        return replace(item, suspensions=(*item.suspensions[:-1], replace(item.suspensions[-1], from_state="draft"))), series
    return replace(item, state="draft"), series


def _with_heirs(parts: tuple[UnitPart, ...], heirs: dict[str, str]) -> tuple[UnitPart, ...]:
    """The parts with each dissolved unit's held by its successor, which has one part only: the lead before any other."""
    found: dict[str, UnitPart] = {}
    for part in sorted(parts, key=lambda part: part.role != "lead"):
        unit = heirs.get(part.unit, part.unit)
        found.setdefault(unit, replace(part, unit=unit))
    return tuple(found.values())


def _heirs(roster: Roster, item: Item) -> dict[str, str]:
    """By dissolved unit of an item the unit that stands in its place now, itself dissolved or not at all."""
    return {part.unit: heir for part in item.units if (heir := successor(roster, part.unit)) != part.unit}


def successor(roster: Roster, unit: str) -> str:
    """Return the unit that has taken a unit's place, by however many steps; the unit itself where it stands."""
    seen = {unit}
    while (found := roster.units.get(unit)) and found.dissolved and found.dissolved.successor not in seen:
        unit = found.dissolved.successor
        seen.add(unit)
    return unit
