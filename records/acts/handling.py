"""In the units: receipt, reading by the unit's supervising leader, progress, assisting opinions (二; 三（二）)."""

from dataclasses import replace
from datetime import date

from records.matter.item import Item, Progress, UnitPart
from records.matter.stamps import Remark, Stamp
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE, Coming
from records.rules.clocks import arrived, clock, due_at, feedback_due, opinion_clock


@TABLE.gate("R-11", "sign_for", sees="record")
def not_signed_twice(case: Case, given: Given) -> Refusal | None:
    """A unit signs for an item once."""
    if (signed := _part(case).signed_for) is not None:
        name = case.world.roster.name(signed.by)
        return case.refuse("R-11", f"{case.unit_name}已由{name}于{signed.at[:16].replace('T', ' ')}签收。")
    if _part(case).carried_in:
        return case.refuse("R-11", f"本件是结转的，{case.unit_name}结转时已在办理，不再签收。")
    return None


@TABLE.condition
def unit_has_not_signed(case: Case) -> str | None:
    """Every undertaking unit owes its receipt, from the dispatch or from the day it came in (3-2-1)."""
    return arrived(case.before, case.actor.unit or "") if case.before.held_since(_part(case)) is None else None


@TABLE.act("sign_for")
def sign_for(case: Case, given: Given) -> Change:
    """Acknowledge receipt; the lead's moves the item on, unless the lead objects: a receipt is none of its reasons (3-2-1, 2-7)."""
    part, state = _part(case), case.before.state
    item = _with_part(case.before, replace(part, signed_for=case.stamp))
    leads = part.role == "lead"
    moved = "signed_for" if leads and state != "objection_pending" else state
    return Change(item, moved, about=f"{case.unit_name}{'主办' if leads else '协办'}")


@TABLE.act("read_in_unit")
def read_in_unit(case: Case, given: Given) -> Change:
    """The unit's supervising leader reads and assigns (3-2-1)."""
    item = _with_part(case.before, replace(_part(case), read=_remark(case, given)))
    return Change(item, about=case.unit_name, words=given.text("text"))


@TABLE.gate("R-14", "report_progress", sees="record")
def the_office_reports_only_its_own(case: Case, given: Given) -> Refusal | None:
    """The office feeds back on what it handles itself; everything else is the unit's liaison's (2-4, 3-1-2)."""
    if case.actor.role == "supervision_office" and case.before.handling != "direct":
        return case.refuse("R-14", "进展由主办单位联络员反馈。", f"请{case.who('liaison', case.before.lead)}反馈。")
    return None


@TABLE.condition
def feedback_is_due(case: Case) -> Coming | None:
    """The cycle has come round (二; Q12)."""
    item = case.before
    due = feedback_due(item, case.policy, case.world.calendar)
    return Coming(item.progress[-1].at if item.progress else item.moved_at, due.isoformat()) if due else None


@TABLE.act("report_progress")
def report_progress(case: Case, given: Given) -> Change:
    """Feed back on progress, with facts (3-2-2)."""
    percent = given.number("percent") if "percent" in given else None
    progress = Progress(**vars(case.stamp), percent=percent, text=given.text("text"))
    item = replace(case.before, progress=(*case.before.progress, progress))
    return Change(item, about=case.unit_name + (f"（{percent}%）" if percent is not None else ""), words=progress.text)


@TABLE.gate("R-11", "give_opinion", sees="record")
def signed_for_before_opinion(case: Case, given: Given) -> Refusal | None:
    """An assisting unit signs for the item before it speaks to it (2-9)."""
    if case.before.held_since(_part(case)) is None:
        return case.refuse("R-11", f"{case.unit_name}尚未签收。", "请先签收。")
    return None


@TABLE.condition
def opinion_is_missing(case: Case) -> str | None:
    """An assisting unit that has signed owes its opinion unless it is excused (2-9)."""
    part = _part(case)
    return None if part.opinion or part.waiver else case.before.held_since(part)


@TABLE.act("give_opinion")
def give_opinion(case: Case, given: Given) -> Change:
    """Give the assisting unit's opinion to the lead; a later one replaces it, and is no later than the first was (2-9; D-1)."""
    part = _part(case)
    item = _with_part(case.before, replace(part, opinion=_remark(case, given), first_opinion=_first_given(case, part)))
    return Change(item, about=case.unit_name, words=given.text("text"))


def _first_given(case: Case, part: UnitPart) -> Stamp | None:
    """When the opinion that is written anew was given first; nothing where both are in time, by whatever day may come to be theirs.

    So one in time becomes no late one, and a late one stays late though more time was granted since.
    """
    first = part.first_opinion or part.opinion
    if first is None or (
        part.first_opinion is None and not (_may_be_late(case, part, first.at) or _may_be_late(case, part, case.stamp.at))
    ):
        return None
    return Stamp(first.by, first.at, first.on_behalf_of)


def _may_be_late(case: Case, part: UnitPart, at: str) -> bool:
    """A unit's own day may be taken from its requirement (D-11), and days of a year without its notice may move (D-10)."""
    item, calendar, held = case.before, case.world.calendar, case.before.held_since(part)
    assert held is not None
    spoken = opinion_clock(item, part, held, due_at(item, at), at)
    days = [clock(each, case.policy, calendar) for each in (spoken, replace(spoken, due=None))]
    return any(day.missed(at) or calendar.estimated(date.fromisoformat(day.due)) for day in days)


@TABLE.gate("R-18", "waive_opinion")
def waives_a_missing_one(case: Case, given: Given) -> Refusal | None:
    """Only an assisting unit that has not spoken can be excused (2-9)."""
    part = case.before.part(given.text("unit"))
    name = case.world.roster.unit_name(given.text("unit"))
    if part is None or part.role != "assisting":
        return case.refuse("R-18", f"{name}不是本件的协办单位。", field="unit")
    if part.opinion or part.waiver:
        return case.refuse("R-18", f"{name}已提出协办意见或已免提。", field="unit")
    return None


@TABLE.act("waive_opinion")
def waive_opinion(case: Case, given: Given) -> Change:
    """Excuse an assisting unit from its opinion, with the reason (2-9)."""
    part = case.before.part(given.text("unit"))
    assert part is not None
    return Change(
        _with_part(case.before, replace(part, waiver=_remark(case, given))),
        about=case.world.roster.unit_name(part.unit),
        words=given.text("text"),
    )


def _part(case: Case) -> UnitPart:
    part = case.before.part(case.actor.unit or "")
    assert part is not None
    return part


def _remark(case: Case, given: Given) -> Remark:
    return Remark(**vars(case.signed(given)), text=given.text("text"))


def _with_part(item: Item, part: UnitPart) -> Item:
    return replace(item, units=tuple(part if each.unit == part.unit else each for each in item.units))


@TABLE.act("report_no_change")
def report_no_change(case: Case, given: Given) -> Change:
    """Feed back in one step that nothing has changed since the last time (domain 2.1)."""
    progress = Progress(**vars(case.stamp), text="自上次反馈以来无新进展。")
    item = replace(case.before, progress=(*case.before.progress, progress))
    return Change(item, about=f"{case.unit_name}（无新进展）")


@TABLE.act("record_indicators")
def record_indicators(case: Case, given: Given) -> Change:
    """Record targets and what was reached (1-6)."""
    return Change(replace(case.before, indicators=given.indicators()), about=case.before.title)
