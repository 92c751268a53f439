"""What was asked for changes on the way (调整要求): points added, reworded or dropped, the day brought forward, or moved back by whoever
set it (D-11). Drawn up by the office; decided by the deputy director where he read the matter, else by the director in charge.
"""

from dataclasses import replace

from records.acts.dispatch import refuse_day, refuse_points
from records.matter.changes import Adjustment, AdjustmentDecision
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from records.rules.clocks import running


@TABLE.gate("R-10", "propose_adjustment", sees="record")
def one_adjustment_at_a_time(case: Case, given: Given) -> Refusal | None:
    """What is asked for changes once at a time."""
    if any(each.decided is None for each in case.before.adjustments):
        return case.refuse("R-10", "已有一项调整在等待审批。")
    return None


@TABLE.gate("R-10", "propose_adjustment")
def the_requirements_change(case: Case, given: Given) -> Refusal | None:
    """Something changes, for units that take part, by days that are worked (2-3, 2-10)."""
    item, points = case.before, given.points()
    due = given.maybe("due") or item.due or ""
    if points == item.points and due == item.due:
        return case.refuse("R-10", "要求和时限都没有变动。", field="points")
    taking_part = {part.unit for part in item.units}
    return refuse_points(case, points, taking_part, due, item.feedback_cycle or "none", standing=item.points)


@TABLE.gate("R-13", "propose_adjustment")
def the_day_moves_back_only_by_whoever_set_it(case: Case, given: Given) -> Refusal | None:
    """More time is asked for by the unit's 请示; the office moves the day back only on a paper of the superior or the leader (D-11)."""
    due, old = given.maybe("due"), case.before.due or ""
    if due is None or due == old:
        return None
    if any(each.kind == "redo" for each in running(case.before)):
        return case.refuse("R-13", "退回重报期间不调整办结时限。", "需要延长的，由承办单位请示延期。", field="due")
    if due > old and "basis" not in given:
        way_out = "上级或交办领导改期的，请写明来文或批示；其他情形由承办单位请示延期。"
        return case.refuse("R-13", f"新时限 {due} 晚于现在的时限 {old}。", way_out, field="basis")
    return refuse_day(case, due, "新时限", "R-13", "due")


@TABLE.act("propose_adjustment")
def propose_adjustment(case: Case, given: Given) -> Change:
    """Draw up what is asked for from now on, and put it before whoever decides (D-11)."""
    due = given.maybe("due")
    asked = Adjustment(
        **vars(case.stamp),
        points=given.points(),
        due=None if due == case.before.due else due,
        basis=given.maybe("basis"),
        reason=given.text("reason"),
    )
    return Change(replace(case.before, adjustments=(*case.before.adjustments, asked)), about=case.before.title, words=asked.reason)


@TABLE.condition
def adjustment_is_undecided(case: Case) -> str | None:
    """What the office drew up waits for its decision."""
    return next((each.at for each in case.before.adjustments if each.decided is None), None)


@TABLE.gate("R-10", "decide_adjustment", sees="record")
def whoever_read_it_decides(case: Case, given: Given) -> Refusal | None:
    """The deputy director decides where he read the matter, else the director in charge (D-11)."""
    if all(each.decided for each in case.before.adjustments):
        return case.refuse("R-10", "本件没有待审批的调整。")
    read = case.before.reading is not None
    wanted, body = ("deputy_director_in_charge", None) if read else ("office_director_in_charge", case.world.roster.bureau.office)
    if case.actor.role != wanted:
        return case.refuse("R-10", f"本件的调整应由{case.who(wanted, body)}审批。")
    return None


@TABLE.gate("R-10", "decide_adjustment")
def units_still_take_part(case: Case, given: Given) -> Refusal | None:
    """Units may have changed since it was drawn up: what is asked of one that has no part any more, nobody would answer (2-3, 2-9)."""
    taking_part = {part.unit for part in case.before.units}
    asked = next((each.points for each in case.before.adjustments if each.decided is None), ())
    for n, point in enumerate(asked, start=1):
        if given.text("decision") == "approved" and point.unit and point.unit not in taking_part:
            name = case.world.roster.unit_name(point.unit)
            reason = f"第{n}项要求的承办单位{name}已不是本件的承办单位。"
            return case.refuse("R-10", reason, "请不予同意，改派后另报。", field="decision")
    return None


@TABLE.act("decide_adjustment")
def decide_adjustment(case: Case, given: Given) -> Change:
    """Decide on it; agreed, it is what is asked for from now on, and the units are told by the record (D-11)."""
    item = case.before
    asked = next(each for each in item.adjustments if each.decided is None)
    agreed = given.text("decision") == "approved"
    was = item.due if agreed and asked.due else None
    decided = AdjustmentDecision(**vars(case.signed(given)), decision=given.text("decision"), text=given.text("text"), was=was)
    item = replace(item, adjustments=tuple(replace(each, decided=decided) if each is asked else each for each in item.adjustments))
    if not agreed:
        return Change(item, item.state, about="不同意调整", words=decided.text)
    item = replace(item, points=asked.points, due=asked.due or item.due)
    units = "、".join(case.world.roster.unit_name(part.unit) for part in item.units)
    day = f"，时限由 {was} 改为 {item.due}" if was else ""
    return Change(item, item.state, about=f"要求{len(item.points)}项{day}，告知{units}", words=decided.text)
