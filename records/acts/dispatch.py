"""From the proposal to the dispatch: proposal, reading, dispatch (交办), or the office handles the matter itself (二; 三（一）)."""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date

from records.acts.days import overtaken
from records.bureau.roster import role_label
from records.matter.changes import Point
from records.matter.item import Reading, UnitPart
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE

_NEEDED_ROLES = ("liaison", "reviewing_head", "main_leader")


@TABLE.gate("R-08", "propose")
def units_can_receive(case: Case, given: Given) -> Refusal | None:
    """A unit is dispatched to only through its liaison, with a reviewing head and a main leader on the roster (2-4, 2-6)."""
    named = (("lead", given.text("lead")), *(("assisting", unit) for unit in given.names("assisting")))
    return next((refusal for name, unit in named if (refusal := unreachable(case, unit, name))), None)


@TABLE.gate("R-06", "propose", "register")
def lead_is_not_assisting(case: Case, given: Given) -> Refusal | None:
    """One unit leads, others assist; nobody is both (2-9)."""
    if given.names("assisting") and "lead" not in given:
        return case.refuse("R-05", "写了协办单位，没有写主办单位。", clause="二", field="lead")
    if given.maybe("lead") in given.names("assisting"):
        return case.refuse("R-06", "主办单位不能同时是协办单位。", clause="二", field="assisting")
    if len(set(given.names("assisting"))) < len(given.names("assisting")):
        return case.refuse("R-05", "协办单位有重复。", clause="二", field="assisting")
    return None


@TABLE.gate("R-07", "register")
def units_named_already_stand(case: Case, given: Given) -> Refusal | None:
    """Whom the paper itself names is a unit; whether it can receive is asked when it is proposed (2-6)."""
    named = [*([("lead", given.text("lead"))] if "lead" in given else []), *(("assisting", unit) for unit in given.names("assisting"))]
    return next((refusal for name, unit in named if (refusal := no_unit(case, unit, name))), None)


@TABLE.gate("R-10", "propose")
def points_are_given(case: Case, given: Given) -> Refusal | None:
    """The units that answer a point take part in the item, by days that are worked (2-3, 2-10)."""
    taking_part = {given.text("lead"), *given.names("assisting")}
    return refuse_points(case, given.points(), taking_part, given.text("due"), given.text("feedback_cycle"))


def refuse_points(
    case: Case, points: Sequence[Point], taking_part: Set[str], due: str, cycle: str, standing: Sequence[Point] = ()
) -> Refusal | None:
    """Refuse points of units that take no part, days that are no workdays ahead up to the matter's own, a cycle by days that are not there.

    Args:
        case: the matter as it stands.
        points: what is asked for.
        taking_part: the units that lead and assist.
        due: the day of the matter as a whole.
        cycle: of feedback; ``milestone`` goes by the days of the points.
        standing: what was asked for until now: a day that stands there already may lie behind by now.
    """
    for n, point in enumerate(points, start=1):
        if point.unit and point.unit not in taking_part:
            reason = f"第{n}项要求的承办单位“{point.unit}”不是主办或协办单位。"
            return case.refuse("R-10", reason, "请改派，或先定为协办单位。", clause="二", field="points")
        if not point.due:
            continue
        stands = any(each.unit == point.unit and each.due == point.due for each in standing)
        if not stands and (refusal := refuse_day(case, point.due, f"第{n}项要求的时限", "R-10", "points")):
            return refusal
        if point.due > due:
            return case.refuse("R-10", f"第{n}项要求的时限 {point.due} 晚于办结时限 {due}。", clause="二", field="points")
    if cycle == "milestone" and not any(point.due for point in points):
        return case.refuse("R-10", "按各项时限反馈的，至少一项要求应写明时限。", clause="二", field="points")
    return None


@TABLE.gate("R-09", "propose", "register")
def due_is_a_workday_ahead(case: Case, given: Given) -> Refusal | None:
    """The due date lies ahead and is worked (2-10)."""
    return refuse_date(case, given, "due", "办结时限", "R-09") if "due" in given else None


@TABLE.gate("R-09", "propose")
def portfolio_leader_known(case: Case, given: Given) -> Refusal | None:
    """Each item names a responsible bureau leader (2-1)."""
    leader = given.maybe("portfolio_leader") or case.world.roster.portfolio_leader(given.text("lead"), case.at.date())
    leaders = {person.id for person in case.world.roster.holders("bureau_leader", None, case.at.date())}
    if leader not in leaders:
        reason = f"{case.world.roster.unit_name(given.text('lead'))}没有明确主管局领导。"
        return case.refuse("R-09", reason, "请指定主管局领导，或先补齐局领导分工。", clause="二", field="portfolio_leader")
    return None


@TABLE.condition
def must_be_proposed(case: Case) -> str | None:
    """What is registered, or sent back by the reading, is proposed; so is what was proposed for a day that has passed (2-10)."""
    item = case.before
    return item.moved_at if item.state == "registered" or overtaken(case) else None


@TABLE.act("propose")
def propose(case: Case, given: Given) -> Change:
    """Write the handling proposal and put it before the deputy director in charge (3-1-1)."""
    lead = given.text("lead")
    item = replace(
        case.before,
        portfolio_leader=given.maybe("portfolio_leader") or case.world.roster.portfolio_leader(lead, case.at.date()),
        proposal=Remark(**vars(case.stamp), text=given.text("text")),
        points=given.points(),
        due=given.text("due"),
        feedback_cycle=given.text("feedback_cycle"),
        units=(UnitPart(lead, "lead"), *(UnitPart(unit, "assisting") for unit in given.names("assisting"))),
    )
    # Who asked for changes reads it again, however small a matter it has become by a correction since.
    needed = case.policy.needs_reading(item) or (item.reading is not None and not item.reading.agrees)
    about = f"由{case.world.roster.unit_name(lead)}主办，时限 {given.text('due')}"
    return Change(item, "awaiting_reading" if needed else "proposed", about=about, words=given.text("text"))


@TABLE.act("read")
def read(case: Case, given: Given) -> Change:
    """Read and direct (阅示); a wish for changes sends the proposal back (3-1-1)."""
    reading = Reading(**vars(case.signed(given)), decision=given.text("decision"), text=given.text("text"))
    about = {"agree": "同意交办", "change": "请办公室修改后再报", "direct": "由办公室直接办理"}[reading.decision]
    state = "registered" if reading.decision == "change" else None
    return Change(replace(case.before, reading=reading), state, about=about, words=reading.text)


@TABLE.condition
def is_for_the_units(case: Case) -> str | None:
    """A matter goes to units unless the reading gave it to the office itself (3-1-1)."""
    return case.before.moved_at if _direct(case) is False else None


@TABLE.condition
def is_for_the_office(case: Case) -> str | None:
    """The reading gave the matter to the office itself (3-1-2)."""
    return case.before.moved_at if _direct(case) else None


@TABLE.gate("R-03", "dispatch", sees="record")
def read_to_be_dispatched(case: Case, given: Given) -> Refusal | None:
    """What the reading gave to the office itself is not dispatched (3-1-2)."""
    if case.before.reading and case.before.reading.decision == "direct":
        return case.refuse("R-03", "阅示意见是由办公室直接办理。", "请办理“办公室直接办理”。")
    return None


@TABLE.gate("R-23", "handle_directly", sees="record")
def read_to_be_handled_directly(case: Case, given: Given) -> Refusal | None:
    """Direct handling is itself decided in the reading (3-1-2, Q3)."""
    if case.before.reading is None or case.before.reading.decision != "direct":
        return case.refuse("R-23", f"直接办理须经{case.who('deputy_director_in_charge')}阅示决定。")
    return None


@TABLE.gate("R-23", "handle_directly")
def the_team_is_on_the_roster(case: Case, given: Given) -> Refusal | None:
    """A task team is made of people (3-1-2)."""
    if strangers := [person for person in given.names("task_team") if person not in case.world.roster.people]:
        return case.refuse("R-23", f"花名册里没有“{strangers[0]}”。", field="task_team")
    return None


@TABLE.act("handle_directly")
def handle_directly(case: Case, given: Given) -> Change:
    """The office handles the matter itself with a named team, under the same deadlines (3-1-2)."""
    office = case.world.roster.bureau.office
    item = replace(
        case.before,
        handling="direct",
        task_team=given.names("task_team"),
        units=(UnitPart(office, "lead", signed_for=case.stamp),),
        # Whom the proposal named for a requirement has no part any more; its day stays, and is the office's.
        points=tuple(replace(point, unit=None) for point in case.before.points),
        dispatched=case.stamp,
        original_due=case.before.due,
        policy=case.world.policy_id,
    )
    return Change(item, about="、".join(case.world.roster.name(person) for person in item.task_team))


@TABLE.gate("R-08", "dispatch", sees="record")
def units_can_still_receive(case: Case, given: Given) -> Refusal | None:
    """Offices change hands between proposal and dispatch (2-4, 2-6)."""
    return next((refusal for part in case.before.units if (refusal := unreachable(case, part.unit, ""))), None)


@TABLE.gate("R-09", "dispatch", "handle_directly", sees="record")
def due_still_ahead(case: Case, given: Given) -> Refusal | None:
    """What lay ahead when it was proposed may lie behind when it is dispatched, or be a holiday by now (2-10; D-10)."""
    if reason := overtaken(case):
        return case.refuse("R-09", reason, "请重新拟办。", clause="二")
    return None


@TABLE.gate("R-09", "propose")
def the_unit_has_time(case: Case, given: Given) -> Refusal | None:
    """Asked in the morning, due in the afternoon: only a leader may want that, and he says so in an instruction (domain 3.1)."""
    if given.text("due") == case.today and not case.before.instructions:
        return case.refuse("R-09", "当日交办、当日办结的，须有领导批示。", "请补录批示，或放宽时限。", clause="二", field="due")
    return None


@TABLE.act("dispatch")
def dispatch(case: Case, given: Given) -> Change:
    """Hand the matter to the units' offices; the policy in force is pinned (3-1-1)."""
    item = replace(case.before, dispatched=case.stamp, original_due=case.before.due, policy=case.world.policy_id)
    assisting = "、".join(case.world.roster.unit_name(part.unit) for part in item.assisting)
    about = f"{case.world.roster.unit_name(item.lead or '')}主办，" + (f"{assisting}协办，" if assisting else "")
    return Change(item, about=f"{about}时限 {item.due}")


def _direct(case: Case) -> bool | None:
    """Whether the reading gave a matter to the office itself; None where it must be proposed anew first."""
    item = case.before
    if overtaken(case):
        return None
    return item.reading is not None and item.reading.decision == "direct"


def unreachable(case: Case, unit: str, field: str) -> Refusal | None:
    """Refuse a unit that is none, or that has nobody to receive, review and consent (2-4, 2-6)."""
    if refusal := no_unit(case, unit, field):
        return refusal
    roster = case.world.roster
    for role in _NEEDED_ROLES:
        if not roster.holders(role, unit, case.at.date()):
            reason = f"{roster.unit_name(unit)}在花名册上没有现任{role_label(role)}。"
            return case.refuse("R-08", reason, "请先补齐花名册。", clause="二", field=field)
    return None


def no_unit(case: Case, unit: str, field: str) -> Refusal | None:
    """Refuse what is no unit, or none any more (2-6)."""
    roster = case.world.roster
    if unit not in roster.units:
        return case.refuse("R-07", f"花名册里没有单位“{unit}”；只能交各单位的办公室或秘书科。", clause="二", field=field)
    if gone := roster.units[unit].dissolved:
        reason = f"{roster.unit_name(unit)}已于 {gone.day} 撤并。"
        return case.refuse("R-07", reason, f"请改为{roster.unit_name(gone.successor)}（{gone.successor}）。", clause="二", field=field)
    return None


def refuse_date(case: Case, given: Given, name: str, label: str, rule: str, beyond: str = "") -> Refusal | None:
    """Refuse a deadline that lies behind or is not worked; the arguments are those of ``refuse_day`` (2-10)."""
    return refuse_day(case, given.text(name), label, rule, name, beyond)


def refuse_day(case: Case, told: str, label: str, rule: str, name: str, beyond: str = "") -> Refusal | None:
    """Refuse a day that lies behind or is not worked; the way out is the workday before it, or the one after where that will not do (2-10).

    Args:
        case: the act that it is given to.
        told: the day.
        label: what it is called.
        rule: the number of the refusal.
        name: the input that it is.
        beyond: the last day that will not do, "" where every day from today on does.
    """
    day, today = date.fromisoformat(told), case.at.date()
    if day < today:
        return case.refuse(rule, f"{label} {day} 早于今天 {today}。", clause="二", field=name)
    if off := case.world.calendar.day_off(day):
        before, after = (case.world.calendar.shift(day, step) for step in (-1, 1))
        fits = before >= today and before.isoformat() > beyond
        way_out = f"请改为前一个工作日 {before}。" if fits else f"请改为后一个工作日 {after}。"
        return case.refuse(rule, f"{label} {day} 是{off}，不是工作日。", way_out, clause="二", field=name)
    return None
