"""Urging (催办): by the office, by the clock, and the answer (三（三）)."""

from dataclasses import replace
from datetime import datetime

from records.matter.item import Urge
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from records.rules.clocks import running


@TABLE.gate("R-31", "urge", "remind")
def who_is_urged_owes_something(case: Case, given: Given) -> Refusal | None:
    """The lead, an assisting unit, or the office for an answer: whoever has a clock running (D-1)."""
    office, unit = case.world.roster.bureau.office, _urged_unit(case, given)
    owed = any((each.unit or office) == unit and given.maybe("clock") in (None, each.kind) for each in running(case.before))
    # A requirement's own day was once urged for after a return too: what the system did so is done again as it was.
    owed = owed or (case.spec.name == "remind" and given.maybe("clock") == "point" and unit == case.before.lead)
    if not owed:
        name = case.world.roster.unit_name(unit)
        return case.refuse("R-31", f"{name}在本件没有未办的事，不需催办。", "请核对被催单位。", clause="三（三）", field="unit")
    return None


@TABLE.gate("R-31", "urge", "remind")
def the_quiet_period_is_kept(case: Case, given: Given) -> Refusal | None:
    """No second urge of the same weight within the quiet period: nobody is flooded (3-3-1)."""
    if case.spec.name == "urge" and given.text("means") in ("phone", "visit", "meeting"):
        return None
    level, quiet, unit = given.text("level"), case.policy.quiet_workdays, _urged_unit(case, given)
    about = (level, {unit}, given.maybe("clock") or _of_paper(case))
    same = (each for each in reversed(case.before.urges) if (each.level, _whom(case, each), each.clock) == about)
    last = next(same, None)
    if last is None:
        return None
    again = case.world.calendar.shift(datetime.fromisoformat(last.at).date(), quiet)
    if case.at.date() < again:
        return case.refuse("R-31", f"{last.at[:10]} 已催过一次，{again} 以前不再发出同级催办。", "可以电话或上门了解情况。", field="level")
    return None


@TABLE.gate("R-31", "urge")
def a_red_card_needs_the_director(case: Case, given: Given) -> Refusal | None:
    """The heaviest card is the director in charge's to give (domain 2.1)."""
    if given.text("level") == "red_card" and case.actor.role != "office_director_in_charge":
        who = case.who("office_director_in_charge", case.world.roster.bureau.office)
        return case.refuse("R-31", f"红牌须由{who}发出。", field="level")
    return None


@TABLE.act("urge")
def urge(case: Case, given: Given) -> Change:
    """Urge the lead by any means, on record (3-3-1)."""
    return _urged(case, given)


@TABLE.act("remind")
def remind(case: Case, given: Given) -> Change:
    """Remind or urge by the clock, as the policy's steps say (3-3-1)."""
    return _urged(case, given)


@TABLE.gate("", "reply_urge", sees="record")
def an_urge_waits_for_its_reply(case: Case, given: Given) -> Refusal | None:
    """There is an urge to answer."""
    if not any(_unanswered(case, each) for each in case.before.urges):
        return case.refuse("", "没有待答复的催办。")
    return None


@TABLE.condition
def urge_is_unanswered(case: Case) -> str | None:
    """The unit urged owes an answer to an urge; a reminder asks for none (3-3-1)."""
    return next((each.at for each in case.before.urges if _unanswered(case, each)), None)


@TABLE.act("reply_urge")
def reply_urge(case: Case, given: Given) -> Change:
    """Answer the urges that wait for an answer, all in one."""
    reply = Remark(**vars(case.stamp), text=given.text("text"))
    urges = tuple(replace(each, reply=reply) if _unanswered(case, each) else each for each in case.before.urges)
    return Change(replace(case.before, urges=urges), about=case.unit_name, words=given.text("text"))


def _urged(case: Case, given: Given) -> Change:
    unit = _urged_unit(case, given)
    new = Urge(
        **vars(case.stamp),
        means=given.text("means"),
        level=given.text("level"),
        unit=None if unit == case.before.lead else unit,
        # Who has no part in the matter is the supervising office, which owes an answer to a request (D-2).
        clock=given.maybe("clock") or _of_paper(case) or (None if case.before.part(unit) else "extension"),
        text=given.text("text"),
    )
    name = case.world.roster.unit_name(unit)
    return Change(replace(case.before, urges=(*case.before.urges, new)), about=name, words=new.text)


def _whom(case: Case, urge: Urge) -> set[str | None]:
    """Whom an urge was for: without a unit the lead, which may be another by now than the one that got it."""
    return {urge.unit} if urge.unit else {case.before.lead_at(urge.at), case.before.lead}


def _urged_unit(case: Case, given: Given) -> str:
    return given.maybe("unit") or case.before.lead or ""


def _of_paper(case: Case) -> str | None:
    """What alone is urged for once the report itself came (3-2-3)."""
    return next((each.kind for each in running(case.before) if each.kind == "paper"), None)


def _unanswered(case: Case, urge: Urge) -> bool:
    """Whether the actor's unit owes an answer to an urge; an older one waits for none while the report is on its way."""
    if (only := _of_paper(case)) and urge.clock != only:
        return False
    return urge.level != "reminder" and urge.reply is None and (urge.unit or case.before.lead) == case.actor.unit
