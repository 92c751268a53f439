"""Urging (催办): by the office, by the clock, and the answer (三（三）)."""

from dataclasses import replace
from datetime import datetime

from records.matter.item import Urge
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from records.rules.clocks import clock_due


@TABLE.gate("R-31", "urge", "remind", sees="record")
def nothing_to_urge_once_it_is_in(case: Case, given: Given) -> Refusal | None:
    """A matter whose report is in, or that is closed, is not urged (3-3-1)."""
    if clock_due(case.before) is None:
        return case.refuse("R-31", "本件已经上报、中止或办结，不需催办。", clause="三（三）")
    return None


@TABLE.gate("R-31", "urge", "remind")
def the_quiet_period_is_kept(case: Case, given: Given) -> Refusal | None:
    """No second urge of the same weight within the quiet period: nobody is flooded (3-3-1)."""
    if case.spec.name == "urge" and given.text("means") in ("phone", "visit", "meeting"):
        return None
    level, quiet = given.text("level"), case.world.policy.quiet_workdays
    last = next((each for each in reversed(case.before.urges) if each.level == level), None)
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
    if not any(each.level != "reminder" and each.reply is None for each in case.before.urges):
        return case.refuse("", "没有待答复的催办。")
    return None


@TABLE.condition
def urge_is_unanswered(case: Case) -> str | None:
    """The lead owes an answer to an urge; a reminder asks for none (3-3-1)."""
    return next((each.at for each in case.before.urges if each.level != "reminder" and each.reply is None), None)


@TABLE.act("reply_urge")
def reply_urge(case: Case, given: Given) -> Change:
    """Answer the urges that wait for an answer, all in one."""
    reply = Remark(**vars(case.stamp), text=given.text("text"))
    urges = tuple(replace(each, reply=reply) if each.level != "reminder" and each.reply is None else each for each in case.before.urges)
    return Change(replace(case.before, urges=urges), about=case.unit_name, words=given.text("text"))


def _urged(case: Case, given: Given) -> Change:
    new = Urge(**vars(case.stamp), means=given.text("means"), level=given.text("level"), text=given.text("text"))
    lead = case.world.roster.unit_name(case.before.lead or "")
    return Change(replace(case.before, urges=(*case.before.urges, new)), about=lead, words=new.text)
