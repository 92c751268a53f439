"""Carrying in what was registered elsewhere before this register began (结转登记; 一; domain 2.1).

The other ledger's words are kept as its words. Nobody's receipt, reading, consent or signature is made of them: the one stamp is that of
the clerk who carries the matter in. An open one goes on from there by the acts of every other matter.
"""

from dataclasses import replace

from records.acts.days import refuse_ahead
from records.acts.dispatch import lead_is_not_assisting, portfolio_leader_known, refuse_day, refuse_points, unreachable
from records.acts.registration import entered
from records.matter.carried import CarriedIn
from records.matter.item import UnitPart
from records.matter.papers import carried
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE

_DAYS = {"dispatched": "原交办日期", "concluded": "原办结日期"}

TABLE.gate("R-06", "carry_in_item")(lead_is_not_assisting)


@TABLE.gate("R-02", "carry_in_item")
def carried_in_once(case: Case, given: Given) -> Refusal | None:
    """A number of another ledger comes in once, whatever has become of its matter here since (1-0)."""
    there = case.world.carried_in(carried(given.text("ledger"), given.text("number")))
    if there is None:
        return None
    reason = f"{given.text('ledger')}的 {given.text('number')} 已经结转，事项编号 {there}。"
    return case.refuse("R-02", reason, f"请在 {there} 中续办，或核对原编号。", field="number", there=there)


@TABLE.gate("R-01", "carry_in_item")
def the_old_days_are_over(case: Case, given: Given) -> Refusal | None:
    """What another ledger says was done lies behind, and comes after the paper did."""
    for name, label in _DAYS.items():
        day = given.maybe(name)
        if refusal := refuse_ahead(case, given, name, label, "R-01", "请照原台账填写；还没有办的，不填。"):
            return refusal
        if day is not None and day < given.text("received"):
            return case.refuse("R-01", f"{label} {day} 早于收到日期 {given.text('received')}。", "请核对这两个日期。", field=name)
    return None


@TABLE.gate("R-30", "carry_in_item")
def concluded_has_its_day(case: Case, given: Given) -> Refusal | None:
    """What came concluded tells when, what is open has no such day (3-4)."""
    if given.text("state") == "concluded" and "concluded" not in given:
        return case.refuse("R-30", "结转时已办结的，没有写原办结日期。", "请填写；实际尚未办结的，改为办理中。", field="concluded")
    if given.text("state") != "concluded" and "concluded" in given:
        return case.refuse("R-30", "写了原办结日期，状态却不是已办结。", "请核对状态和办结日期。", field="state")
    return None


@TABLE.gate("R-08", "carry_in_item")
def the_units_are_known(case: Case, given: Given) -> Refusal | None:
    """Whoever handled a matter is on the roster; whoever is to go on with it can also receive, review and consent (2-4, 2-6)."""
    for name, unit in (("lead", given.text("lead")), *(("assisting", unit) for unit in given.names("assisting"))):
        if unit not in case.world.roster.units:
            reason = f"花名册里没有单位“{unit}”。"
            return case.refuse("R-08", reason, "原单位已撤销、合并的，请写承接其职责的单位。", clause="二", field=name)
        if given.text("state") != "concluded" and (refusal := unreachable(case, unit, name)):
            return refusal
    return None


@TABLE.gate("R-09", "carry_in_item")
def an_open_matter_goes_on(case: Case, given: Given) -> Refusal | None:
    """What is still open has its day, and a bureau leader over it (2-1, 2-10); a day that has passed stays the day."""
    if given.text("state") == "concluded":
        return None
    if (due := given.maybe("due")) is None:
        return case.refuse("R-09", "在办的事项没有写办结时限。", "请填写；原时限已过的照写原时限。", clause="二", field="due")
    if due >= case.today and (refusal := refuse_day(case, due, "办结时限", "R-09", "due")):
        return refusal
    taking_part = {given.text("lead"), *given.names("assisting")}
    standing = [point for point in given.points() if point.due and point.due < case.today]
    cycle = given.maybe("feedback_cycle") or "none"
    return refuse_points(case, given.points(), taking_part, due, cycle, standing) or portfolio_leader_known(case, given)


@TABLE.act("carry_in_item")
def carry_in_item(case: Case, given: Given) -> Change:
    """Enter a matter as another ledger has it, in the state in which it comes (1-0)."""
    state, lead = given.text("state"), given.text("lead")
    in_hand = True if state != "dispatched" else None
    units = (("lead", lead), *(("assisting", unit) for unit in given.names("assisting")))
    maybe = {name: given.maybe(name) for name in ("row", "dispatched", "answerable", "progress", "concluded", "reported")}
    item = replace(
        entered(case, given),
        carried_in=CarriedIn(ledger=given.text("ledger"), number=given.text("number"), state=state, **maybe),
        portfolio_leader=given.maybe("portfolio_leader") or case.world.roster.portfolio_leader(lead, case.at.date()),
        points=given.points(),
        due=given.maybe("due"),
        original_due=given.maybe("due"),
        feedback_cycle=given.maybe("feedback_cycle"),
        policy=None if state == "concluded" else case.world.policy_id,
        units=tuple(UnitPart(unit, role, carried_in=in_hand) for role, unit in units),
    )
    came = item.carried_in
    assert came is not None
    return Change(item, state, about=f"{item.title}（{came.ledger} {came.number}）", words=came.progress or "")
