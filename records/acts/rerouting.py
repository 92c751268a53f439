"""Off the route that the source asks for: a correction that changes it, and the deputy director's word on leaving it (三（四）; D-8)."""

from dataclasses import replace

from records.acts.numbers import without_outgoing_number
from records.acts.report import with_round
from records.matter.changes import Rerouting
from records.matter.item import Item
from records.matter.stamps import Decision
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from records.rules.routes import addressees, route
from schema.tables import states


def answered_otherwise(case: Case, item: Item) -> bool:
    """Say whether a matter that the office has reviewed is, with its facts corrected, answered by another series or to somebody else.

    Args:
        case: the correction, of the matter as it was.
        item: the matter with its facts corrected.
    """
    if case.before.state not in states("being_signed"):
        return False
    series, out = case.world.roster.series, case.before.outgoing
    if route(item, series) != route(case.before, series):
        return True
    answered = out is not None and out.override_reason is None and out.series in series
    return answered and out is not None and out.to not in addressees(item, series[out.series])


def drawn_up_anew(case: Case, item: Item, reason: str) -> Change:
    """Return the change by which a corrected matter goes back to the office's review; what was drawn up for it is void, its number too."""
    out = case.before.outgoing
    freed, series = without_outgoing_number(case, item, reason)
    left = Rerouting(**vars(case.stamp))
    if out and freed.outgoing:
        left = replace(left, series=out.series, title=out.title, voided=freed.outgoing.voided)
    item = replace(
        with_round(replace(case, item=item), office_reviewed=None),
        director_signature=None,
        outgoing=None,
        up_report_waiver=None,
        leader_shown=None,
        reroutings=(*item.reroutings, left),
    )
    about = f"原拟公文《{out.title}》{f'和文号{out.number}' if out.number else ''}作废，" if out else ""
    number = (out.number if out else None) or ""
    return Change(item, "received", numbers=series, about=f"{case.before.title}，{about}由办公室重新审核", words=reason, number=number)


@TABLE.condition
def override_is_undecided(case: Case) -> str | None:
    """A document that leaves the route of its source waits for the deputy director's word (D-8)."""
    return case.before.moved_at if case.before.outgoing and case.before.outgoing.override_waits else None


@TABLE.gate("R-24", "decide_override", sees="record")
def an_override_waits(case: Case, given: Given) -> Refusal | None:
    """There is something to decide."""
    if case.before.outgoing is None or not case.before.outgoing.override_waits:
        return case.refuse("R-24", "本件没有待审批的改用文号系列或主送。")
    return None


@TABLE.act("decide_override")
def decide_override(case: Case, given: Given) -> Change:
    """Let a document leave the route of its source, or send it back to the office to be drawn up again (D-8)."""
    out, decision = case.outgoing, given.text("decision")
    decided = Decision(**vars(case.signed(given)), decision=decision, text=given.text("text"))
    item = replace(case.before, outgoing=replace(out, override_decided=decided))
    if decision == "approved":
        return Change(item, item.state, about=f"同意改用：{out.title}", words=decided.text)
    item = replace(item, director_signature=None, up_report_waiver=None, leader_shown=None)
    return Change(item, "received", about=f"不同意改用，由办公室重新拟文：{out.title}", words=decided.text)


@TABLE.gate("R-24", "reserve_number", sees="record")
def the_override_is_approved(case: Case, given: Given) -> Refusal | None:
    """No number for a document that leaves the route of its source before the deputy director agreed (D-8)."""
    if case.before.outgoing is not None and case.before.outgoing.override_waits:
        return case.refuse("R-24", f"改用文号系列或主送须经{case.who('deputy_director_in_charge')}同意。", "请先报审批。")
    return None
