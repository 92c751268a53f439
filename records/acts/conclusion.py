"""The end of a matter: shown to the leader, report up waived, struck off, filed (三（二）; 三（四）)."""

from dataclasses import replace

from records.acts.issue import goes_up, not_over_the_matter
from records.acts.numbers import without_outgoing_number
from records.acts.proposers import assists, discontent, unheard
from records.matter.item import Item
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE

ARCHIVES = "archive"
"""归档: the act that ends all, at the year's end and in packages."""


@TABLE.gate("R-04", "show_leader", sees="record")
def shown_to_the_one_who_gave_it(case: Case, given: Given) -> Refusal | None:
    """The leader who gave the instruction sees what came of it, or once he is out of office the leader over the matter (1-5; D-4).

    What goes up by a document is not shown instead (domain 1.5); of a matter entered without his name any leader of the bureau sees it.
    """
    if goes_up(case.before):
        return case.refuse("R-04", "本件须行文上报，不以呈阅代替。")
    roster, day = case.world.roster, case.at.date()
    gave = [each.leader for each in case.before.instructions if each.leader]
    in_office = {leader.id for leader in roster.holders("bureau_leader", None, day)}
    if gave and not in_office.intersection(gave):
        return not_over_the_matter(case, "R-04", "批示的领导已不在任，本件应呈主管局领导{}阅。")
    if gave and not {case.actor.person, case.actor.on_behalf_of}.intersection(in_office.intersection(gave)):
        names = "、".join(roster.name(leader) for leader in dict.fromkeys(gave) if leader in in_office)
        return case.refuse("R-04", f"本件由{names}批示，应呈其本人阅。")
    return None


@TABLE.condition
def leader_must_be_shown(case: Case) -> str | None:
    """What a bureau leader asked for is shown to him before it is struck off, unless he signs a document on it (Q18)."""
    return case.before.moved_at if _to_show(case.before) else None


@TABLE.act("show_leader")
def show_leader(case: Case, given: Given) -> Change:
    """The instructing leader sees the result and says what he thinks (Q18)."""
    shown = Remark(**vars(case.signed(given)), text=given.text("text"))
    return Change(replace(case.before, leader_shown=shown), about=case.world.roster.name(case.actor.person), words=given.text("text"))


@TABLE.gate("R-30", "waive_up_report", sees="record")
def waived_by_the_leader_over_the_matter(case: Case, given: Given) -> Refusal | None:
    """Only the bureau leader over the matter may let a report up go, and only before it takes a number (R-30)."""
    return not_over_the_matter(case, "R-30", "免予行文上报须由主管局领导{}决定。")


@TABLE.condition
def nothing_goes_up(case: Case) -> str | None:
    """What a superior gave is reported on, or the leader over the matter says why not (3-4, R-30)."""
    return case.before.moved_at if _to_waive(case.before) else None


@TABLE.act("waive_up_report")
def waive_up_report(case: Case, given: Given) -> Change:
    """Let the report up go, with the reason; no number is taken (R-30)."""
    waived = Remark(**vars(case.signed(given)), text=given.text("text"))
    item, series = without_outgoing_number(case, replace(case.before, up_report_waiver=waived), given.text("text"))
    return Change(item, numbers=series, about=case.before.title, words=given.text("text"))


@TABLE.gate("R-30", "conclude", sees="record")
def nothing_left_open(case: Case, given: Given) -> Refusal | None:
    """A document that is drawn up and signed is sent before the matter is struck off (3-4)."""
    item = case.before
    if goes_up(item) and (item.outgoing is None or item.outgoing.reported is None):
        return case.refuse("R-30", "上报公文尚未报出。", "请先编号、签发并上报，或由主管局领导免予行文。")
    if _to_waive(item):
        return case.refuse("R-30", "上级交办、批示的事项没有上报，也没有免予行文的决定。", "请由主管局领导决定。")
    if _to_show(item):
        return case.refuse("R-30", "尚未呈批示的局领导阅。", "请先呈阅。")
    return None


@TABLE.condition
def nothing_else_is_left(case: Case) -> str | None:
    """Signed, and reported up, waived or shown as its source asks (3-4)."""
    item = case.before
    left = item.state == "director_signed" and (goes_up(item) or _to_show(item) or _to_waive(item) or assists(item))
    return None if left or discontent(item) or unheard(item) else item.moved_at


@TABLE.act("conclude")
def conclude(case: Case, given: Given) -> Change:
    """Strike the matter from the ledger of open items."""
    return Change(replace(case.before, concluded=Remark(**vars(case.stamp), text=given.maybe("text"))), about=case.before.title)


@TABLE.act("archive")
def archive(case: Case, given: Given) -> Change:
    """File the closed matter."""
    return Change(replace(case.before, archived=case.stamp), about=case.before.title)


def _to_show(item: Item) -> bool:
    return item.source.kind == "bureau_leader_instruction" and item.leader_shown is None and not goes_up(item)


def _to_waive(item: Item) -> bool:
    return item.category == 4 and item.outgoing is None and item.up_report_waiver is None
