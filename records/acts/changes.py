"""When the way bends: objection, change of lead, more time, pause, end without a result, taking up again (二; 三（二）; domain 1.3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from records.acts.dispatch import refuse_date, unreachable
from records.acts.numbers import taken, without_reserved
from records.bureau.series import REQUEST, counter
from records.matter.changes import (
    Closing,
    Extension,
    ExtensionDecision,
    LeaderChange,
    MovedDate,
    Objection,
    ObjectionDecision,
    Reopening,
    Suspension,
    Transfer,
)
from records.matter.item import Item, UnitPart
from records.matter.numbers import NumberSeries
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from records.rules.clocks import arrived, clock_due, pauses, running, stood_still


@TABLE.gate("R-12", "object", sees="record")
def within_the_objection_window(case: Case, given: Given) -> Refusal | None:
    """Shirking is not an objection: it comes within the window, once at a time (2-7)."""
    item, window, calendar = case.before, case.policy.objection_workdays, case.world.calendar
    came = arrived(item, case.actor.unit or "")
    still = sum(stood_still(*pause, calendar) for pause in pauses(item, came))
    last = calendar.shift(datetime.fromisoformat(came).date(), window + still)
    if case.at.date() > last:
        way_out = f"请照原分工办理；确有困难的，请{case.world.roster.office_name}调整。"
        return case.refuse("R-12", f"异议期为交办后{window}个工作日，已于 {last} 届满。", way_out)
    if any(each.unit == case.actor.unit and each.decided is None for each in item.objections):
        return case.refuse("R-12", "本单位的异议正在等待裁定。")
    return None


@TABLE.act("object")
def object_(case: Case, given: Given) -> Change:
    """Object to the part one was given; the clock runs on, the lead's objection holds the item until it is decided (2-7)."""
    unit = case.actor.unit or ""
    objection = Objection(**vars(case.stamp), unit=unit, kind=given.text("kind"), reason=given.text("reason"))
    item = replace(case.before, objections=(*case.before.objections, objection))
    name = case.world.roster.unit_name(unit)
    return Change(item, "objection_pending" if unit == item.lead else item.state, about=name, words=objection.reason)


@TABLE.gate("R-12", "decide_objection", sees="record")
def an_objection_is_pending(case: Case, given: Given) -> Refusal | None:
    """There is something to decide."""
    if all(each.decided for each in case.before.objections):
        return case.refuse("R-12", "本件没有待裁定的异议。")
    return None


@TABLE.condition
def objection_is_undecided(case: Case) -> str | None:
    """The office owes an answer to the oldest objection (2-7)."""
    return next((each.at for each in case.before.objections if each.decided is None), None)


@TABLE.gate("R-12", "decide_objection")
def an_accepted_objection_names_the_next_unit(case: Case, given: Given) -> Refusal | None:
    """Taking a unit out of a lead means saying who leads now (2-9)."""
    pending = _pending(case)
    if given.text("decision") != "accepted":
        return None
    if "to_unit" not in given:
        if pending.unit == case.before.lead:
            return case.refuse("R-12", "采纳主办单位的异议，须同时明确改由哪个单位主办。", field="to_unit")
        return None
    return _cannot_take(case, given, case.before.lead == pending.unit)


@TABLE.act("decide_objection")
def decide_objection(case: Case, given: Given) -> Change:
    """Decide the oldest pending objection; accepted, the part goes to another unit (2-7)."""
    pending, accepted = _pending(case), given.text("decision") == "accepted"
    decision = ObjectionDecision(
        **vars(case.stamp), decision=given.text("decision"), to_unit=given.maybe("to_unit") if accepted else None, text=given.text("text")
    )
    item = replace(
        case.before, objections=tuple(replace(each, decided=decision) if each is pending else each for each in case.before.objections)
    )
    about = f"{case.world.roster.unit_name(pending.unit)}的异议"
    series: tuple[NumberSeries, ...] = ()
    if accepted:
        item, series = _moved(case, item, pending.unit, decision.to_unit, given.text("text"))
        to = case.world.roster.unit_name(decision.to_unit) if decision.to_unit else ""
        about += f"，改由{to}承办" if to else "，不再承办"
    else:
        about += "，不采纳"
    return Change(item, _resting_state(item), numbers=series, about=about, words=decision.text)


@TABLE.gate("R-12", "change_lead")
def the_new_lead_can_take_it(case: Case, given: Given) -> Refusal | None:
    """The lead changes to one other unit that can receive it (2-7, 2-9)."""
    return _cannot_take(case, given, True)


@TABLE.act("change_lead")
def change_lead(case: Case, given: Given) -> Change:
    """Hand the lead over to another unit; only the office does this, and the deadline stays (2-7)."""
    old, new = case.before.lead or "", given.text("to_unit")
    item, series = _moved(case, case.before, old, new, given.text("reason"))
    names = case.world.roster.unit_name
    return Change(item, _resting_state(item), numbers=series, about=f"{names(old)}改为{names(new)}", words=given.text("reason"))


@TABLE.gate("R-05", "change_assisting")
def one_assisting_unit_changes(case: Case, given: Given) -> Refusal | None:
    """A unit is taken out, put in, or exchanged (2-9)."""
    out, into = given.maybe("from_unit"), given.maybe("to_unit")
    if not out and not into:
        return case.refuse("R-05", "没有写明撤出或增加哪个协办单位。", field="to_unit")
    if out and out not in [part.unit for part in case.before.assisting]:
        return case.refuse("R-05", f"{case.world.roster.unit_name(out)}不是本件的协办单位。", field="from_unit")
    return _cannot_take(case, given, False) if into else None


@TABLE.act("change_assisting")
def change_assisting(case: Case, given: Given) -> Change:
    """Take an assisting unit out, put one in, or exchange it (2-2, 2-9)."""
    out, into = given.maybe("from_unit"), given.maybe("to_unit")
    item, _ = _moved(case, case.before, out, into, given.text("reason"))
    names = case.world.roster.unit_name
    about = "，".join(part for part in (f"撤出{names(out)}" if out else "", f"增加{names(into)}" if into else "") if part)
    return Change(item, item.state, about=about, words=given.text("reason"))


@TABLE.gate("R-09", "name_leader")
def the_leader_named_is_another_in_office(case: Case, given: Given) -> Refusal | None:
    """Over a matter stands a bureau leader of today, and naming the one who is changes nothing (2-1; D-4)."""
    roster, leader = case.world.roster, given.text("leader")
    if all(person.id != leader for person in roster.holders("bureau_leader", None, case.at.date())):
        return case.refuse("R-09", f"{roster.name(leader)}不是现任局领导。", "请在现任局领导中指定。", field="leader")
    if leader == roster.leader_over(case.before, case.at.date()):
        return case.refuse("R-09", f"本件的主管局领导现在就是{roster.name(leader)}。", field="leader")
    return None


@TABLE.act("name_leader")
def name_leader(case: Case, given: Given) -> Change:
    """Put another bureau leader over the matter; what waits for the leader over it waits for him (2-1; D-4)."""
    change = LeaderChange(**vars(case.signed(given)), from_leader=case.before.portfolio_leader, reason=given.text("reason"))
    item = replace(case.before, portfolio_leader=given.text("leader"), leader_changes=(*case.before.leader_changes, change))
    return Change(item, case.before.state, about=case.world.roster.name(given.text("leader")), words=change.reason)


@TABLE.gate("R-13", "request_extension", sees="record")
def asked_before_the_due_date(case: Case, given: Given) -> Refusal | None:
    """More time is asked for in time; afterwards there is only an explanation (3-2-2)."""
    due = clock_due(case.before) or ""
    if case.today > due:
        which = "重报时限" if _redoing(case.before) else "办结时限"
        return case.refuse("R-13", f"{which} {due} 已过，不能再申请延期。", "请以进展反馈写明逾期原因和办结时间。")
    if case.before.extensions and case.before.extensions[-1].decided is None:
        return case.refuse("R-13", "已有一份延期请示在等待审批。")
    return None


@TABLE.gate("R-13", "request_extension")
def asks_for_a_later_workday(case: Case, given: Given) -> Refusal | None:
    """An extension goes beyond the day that counts now, to a workday."""
    due = clock_due(case.before) or ""
    if given.text("until") <= due:
        return case.refuse("R-13", f"申请延至 {given.text('until')}，不晚于现在的时限 {due}。", field="until")
    return refuse_date(case, given, "until", "申请延至的日期", "R-13", beyond=due)


@TABLE.act("request_extension")
def request_extension(case: Case, given: Given) -> Change:
    """Ask for more time by a 请示 (兰公×请) that the main leader signs (3-2-2, Q8)."""
    series, number = taken(case, counter(case.actor.unit, REQUEST))
    asked = Extension(**vars(case.signed(given)), number=number, reason=given.text("reason"), until=given.text("until"))
    item = replace(case.before, extensions=(*case.before.extensions, asked))
    about = f"{number} 延至 {asked.until}"
    return Change(item, item.state, numbers=(series,), about=about, words=asked.reason, number=number)


@TABLE.gate("R-13", "decide_extension", sees="record")
def an_extension_is_asked_for(case: Case, given: Given) -> Refusal | None:
    """There is a request to decide; a second one, and one of the office itself, is the deputy director's to decide (3-2-2)."""
    extensions = case.before.extensions
    if not extensions or extensions[-1].decided is not None:
        return case.refuse("R-13", "本件没有待审批的延期请示。")
    office = case.world.roster.bureau.office
    again = any(each.decided and each.decided.decision == "approved" for each in extensions)
    own = case.before.lead == office  # as its report, so that nobody grants what he asked for himself (Q19)
    if (again or own) and case.actor.role != "deputy_director_in_charge":
        which = "再次延期" if again else "办公室自己承办的事项，延期"
        return case.refuse("R-13", f"{which}须由{case.who('deputy_director_in_charge')}审批。")
    if not (again or own) and case.actor.role != "office_director_in_charge":
        return case.refuse("R-13", f"首次延期由{case.who('office_director_in_charge', office)}审批。")
    return None


@TABLE.condition
def extension_is_undecided(case: Case) -> str | None:
    """A request for more time waits for its answer (3-2-2)."""
    asked = case.before.extensions[-1] if case.before.extensions else None
    return asked.at if asked and asked.decided is None else None


@TABLE.gate("R-13", "decide_extension")
def what_is_granted_moves_the_day_on(case: Case, given: Given) -> Refusal | None:
    """A return may have set a later day meanwhile than the one that was asked for (D-2)."""
    asked, due = case.before.extensions[-1], clock_due(case.before) or ""
    if given.text("decision") == "approved" and asked.until <= due:
        return case.refuse("R-13", f"申请延至 {asked.until}，不晚于现在的时限 {due}。", "请不予同意，现在的时限照旧。", field="decision")
    return None


@TABLE.act("decide_extension")
def decide_extension(case: Case, given: Given) -> Change:
    """Decide on more time; granted, it moves the clock in force, and the day that was stays on record (3-2-2; D-2)."""
    *earlier, asked = case.before.extensions
    approved, redo = given.text("decision") == "approved", _redoing(case.before)
    decision = ExtensionDecision(
        **vars(case.signed(given)),
        decision=given.text("decision"),
        text=given.text("text"),
        clock="redo" if approved and redo else None,
        was=clock_due(case.before) if approved else None,
    )
    item = replace(case.before, extensions=(*earlier, replace(asked, decided=decision)))
    if approved:
        item = _redo_by(item, asked.until) if redo else replace(item, due=asked.until)
    return Change(item, item.state, about=f"{asked.number} {'同意延至 ' + asked.until if approved else '不同意延期'}", words=decision.text)


@TABLE.act("suspend")
def suspend(case: Case, given: Given) -> Change:
    """Pause the matter; its clock stops until it is resumed."""
    pause = Suspension(**vars(case.signed(given)), reason=given.text("reason"), from_state=case.before.state)
    return Change(replace(case.before, suspensions=(*case.before.suspensions, pause)), about=case.before.title, words=pause.reason)


@TABLE.act("resume")
def resume(case: Case, given: Given) -> Change:
    """Go on where the matter was paused; each open date moves by the workdays it lasted, the superior's own does not (D-3)."""
    *earlier, pause = case.before.suspensions
    lasted = stood_still(pause.at, case.at.isoformat(), case.world.calendar)
    item = replace(case.before, state=pause.from_state)
    moved = tuple(_moved_on(case, item, lasted)) if lasted else ()
    for date_ in moved:
        item = _with_date(item, date_)
    resumed = replace(pause, resumed=Remark(**vars(case.stamp), text=given.text("text")), moved=moved)
    item = replace(item, suspensions=(*earlier, resumed))
    days = "、".join(f"{_DATES[each.what].format(each.point)}由 {each.was} 顺延至 {each.now}" for each in moved)
    return Change(item, pause.from_state, about=days or case.before.title, words=given.text("text"))


_DATES = {"due": "办结时限", "redo": "重报时限", "point": "第{}项时限"}


def _moved_on(case: Case, item: Item, lasted: int) -> Iterator[MovedDate]:
    """Every date of an item that is still open, moved on by some workdays."""

    def later(day: str) -> str:
        return case.world.calendar.shift(date.fromisoformat(day), lasted).isoformat()

    if item.due:
        yield MovedDate(what="due", was=item.due, now=later(item.due))
    if _redoing(item) and (day := clock_due(item)):
        yield MovedDate(what="redo", was=day, now=later(day))
    for n, point in enumerate(item.points, start=1):
        if point.due:
            yield MovedDate(what="point", point=n, was=point.due, now=later(point.due))


def _with_date(item: Item, moved: MovedDate) -> Item:
    if moved.what == "due":
        return replace(item, due=moved.now)
    if moved.what == "redo":
        return _redo_by(item, moved.now)
    points = tuple(replace(each, due=moved.now) if n == moved.point else each for n, each in enumerate(item.points, start=1))
    return replace(item, points=points)


def _redoing(item: Item) -> bool:
    """Whether the clock in force is that of a return (D-2)."""
    return any(each.kind == "redo" for each in running(item))


def _redo_by(item: Item, day: str) -> Item:
    """The item with another day by which the returned report is due again; the last return is the one that counts."""
    assert item.report is not None
    last = max(n for n, each in enumerate(item.report.rounds) if each.returned)
    rounds = tuple(
        replace(each, returned=replace(each.returned, redo_due=day)) if n == last and each.returned else each
        for n, each in enumerate(item.report.rounds)
    )
    return replace(item, report=replace(item.report, rounds=rounds))


@TABLE.act("cancel")
def cancel(case: Case, given: Given) -> Change:
    """End a matter that need not be followed up any more; it stays on record (R-32)."""
    closing = Closing(**vars(case.signed(given)), reason=given.text("reason"))
    item, series = without_reserved(case, replace(case.before, closed=closing), closing.reason)
    return Change(item, numbers=series, about=case.before.title, words=closing.reason)


@TABLE.gate("R-02", "merge")
def merges_into_another(case: Case, given: Given) -> Refusal | None:
    """A matter is merged into another one that is open."""
    into = given.text("merged_into")
    if into == case.before.id or not case.world.is_open(into):
        return case.refuse("R-02", f"{into} 不是另一件在办的督办事项。", field="merged_into")
    return None


@TABLE.act("merge")
def merge(case: Case, given: Given) -> Change:
    """Merge a matter into another; both histories stay (并案)."""
    closing = Closing(**vars(case.signed(given)), reason=given.text("reason"), merged_into=given.text("merged_into"))
    item, series = without_reserved(case, replace(case.before, closed=closing), closing.reason)
    return Change(item, numbers=series, about=f"并入 {closing.merged_into}", words=closing.reason)


@TABLE.gate("R-09", "reopen")
def reopened_with_a_due_date_ahead(case: Case, given: Given) -> Refusal | None:
    """What is taken up again has a new deadline (2-10)."""
    return refuse_date(case, given, "due", "重新办理时限", "R-09")


@TABLE.act("reopen")
def reopen(case: Case, given: Given) -> Change:
    """Take up a closed matter again: a superior sends it back, a deputy is dissatisfied, a check failed (domain 1.3)."""
    again = Reopening(**vars(case.signed(given)), reason=given.text("reason"), due=given.text("due"))
    item = replace(
        case.before,
        reopenings=(*case.before.reopenings, again),
        due=again.due,
        director_signature=None,
        outgoing=None,
        up_report_waiver=None,
        leader_shown=None,
        concluded=None,
        archived=None,
    )
    return Change(item, about=case.before.title, words=again.reason)


def _pending(case: Case) -> Objection:
    return next(each for each in case.before.objections if each.decided is None)


def _cannot_take(case: Case, given: Given, leads: bool) -> Refusal | None:
    """Why the unit named cannot take the part."""
    unit = given.text("to_unit")
    part = case.before.part(unit)
    if part is not None and (part.role == "lead" or not leads):
        return case.refuse("R-06", f"{case.world.roster.unit_name(unit)}已是本件的承办单位。", clause="二", field="to_unit")
    return unreachable(case, unit, "to_unit")


def _moved(case: Case, item: Item, old: str | None, new: str | None, reason: str) -> tuple[Item, tuple[NumberSeries, ...]]:
    """The item with one unit's part given to another, and the numbers void with it; an assisting unit that becomes lead assists no more."""
    part = item.part(old or "")
    role = part.role if part else "assisting"
    kept = tuple(each for each in item.units if each.unit not in (old, new))
    added = (UnitPart(new, role),) if new else ()
    # The lead stands first.
    units = (*added, *kept) if role == "lead" else (*kept, *added)
    signed_for = part.signed_for if part else None
    transfer = Transfer(**vars(case.stamp), role=role, from_unit=old, to_unit=new, reason=reason, signed_for=signed_for)
    series: tuple[NumberSeries, ...] = ()
    if new and role == "lead":
        item, series = without_reserved(case, item, reason)
        item = replace(item, portfolio_leader=case.world.roster.portfolio_leader(new, case.at.date()) or item.portfolio_leader)
        if item.report is not None:
            # The number is the old lead's own; the new one reports under its own character (3-4-3).
            item = replace(item, report=replace(item.report, number=None))
    points = tuple(replace(point, unit=new) if old and point.unit == old else point for point in item.points)
    return replace(item, units=units, points=points, transfers=(*item.transfers, transfer)), series


def _resting_state(item: Item) -> str:
    """Where an item stands once nothing is pending: by what its lead has done so far."""
    if any(each.decided is None and each.unit == item.lead for each in item.objections):
        return "objection_pending"
    lead = item.part(item.lead or "")
    if lead is None or item.held_since(lead) is None:
        return "dispatched"
    if item.report is not None and item.state != "objection_pending":
        return item.state
    return "in_progress" if lead.read or lead.carried_in else "signed_for"
