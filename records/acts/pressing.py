"""Pressing and looking after: urges, replies, checks, the leader's look, waivers, deputies' opinions, blame (二; 三（三）; 三（四）)."""

from dataclasses import replace
from datetime import datetime

from records.acts.case import TABLE, Case, Change, Given, Refusal
from records.model import Accountability, Progress, Remark, Suggestion, Urge, Verification
from records.standing import clock_due


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


@TABLE.act("reply_urge")
def reply_urge(case: Case, given: Given) -> Change:
    """Answer the urges that wait for an answer, all in one."""
    reply = Remark(**vars(case.stamp), text=given.text("text"))
    urges = tuple(replace(each, reply=reply) if each.level != "reminder" and each.reply is None else each for each in case.before.urges)
    return Change(replace(case.before, urges=urges), about=case.world.roster.unit_name(case.actor.unit or ""), words=given.text("text"))


@TABLE.act("report_no_change")
def report_no_change(case: Case, given: Given) -> Change:
    """Feed back in one step that nothing has changed since the last time (domain 2.1)."""
    progress = Progress(**vars(case.stamp), text="自上次反馈以来无新进展。")
    item = replace(case.before, progress=(*case.before.progress, progress))
    return Change(item, about=f"{case.world.roster.unit_name(case.actor.unit or '')}（无新进展）")


@TABLE.act("verify")
def verify(case: Case, given: Given) -> Change:
    """Put on record what a check on site or a call back found."""
    found = Verification(**vars(case.stamp), means=given.text("means"), finding=given.text("finding"), text=given.text("text"))
    item = replace(case.before, verifications=(*case.before.verifications, found))
    return Change(item, about=case.before.title, words=found.text)


@TABLE.gate("R-04", "show_leader", sees="record")
def shown_to_the_one_who_gave_it(case: Case, given: Given) -> Refusal | None:
    """What goes up by a document is not shown instead (domain 1.5)."""
    if case.before.outgoing is not None and case.before.up_report_waiver is None:
        return case.refuse("R-04", "本件须行文上报，不以呈阅代替。")
    return None


@TABLE.act("show_leader")
def show_leader(case: Case, given: Given) -> Change:
    """The instructing leader sees the result and says what he thinks (Q18)."""
    shown = Remark(**vars(case.stamp), text=given.text("text"))
    return Change(replace(case.before, leader_shown=shown), about=case.world.roster.name(case.actor.person), words=given.text("text"))


@TABLE.gate("R-30", "waive_up_report", sees="record")
def waived_by_the_leader_over_the_matter(case: Case, given: Given) -> Refusal | None:
    """Only the bureau leader over the matter may let a report up go, and only before it takes a number (R-30)."""
    leader = case.before.portfolio_leader or ""
    if leader not in (case.actor.person, case.actor.on_behalf_of):
        return case.refuse("R-30", f"免予行文上报须由主管局领导（{case.world.roster.name(leader)}）决定。")
    return None


@TABLE.act("waive_up_report")
def waive_up_report(case: Case, given: Given) -> Change:
    """Let the report up go, with the reason; no number is taken (R-30)."""
    waived = Remark(**vars(case.stamp), text=given.text("text"))
    return Change(replace(case.before, up_report_waiver=waived), about=case.before.title, words=given.text("text"))


@TABLE.gate("", "record_satisfaction", sees="record")
def is_a_suggestion(case: Case, given: Given) -> Refusal | None:
    """Only motions, suggestions and proposals have a proposer to ask (1-7)."""
    if case.before.category != 7:
        return case.refuse("", "只有议案、建议、提案和提议需要征询提出人意见。", clause="一")
    return None


@TABLE.act("record_satisfaction")
def record_satisfaction(case: Case, given: Given) -> Change:
    """Record the class of the result and what the proposer thinks of it (1-7)."""
    old = case.before.suggestion or Suggestion(case.before.source.organ, case.before.source.ref, case.before.source.ref)
    feedback = Remark(**vars(case.stamp), text=given.maybe("text"))
    new = replace(old, result_class=given.text("result_class"), satisfaction=given.text("satisfaction"), feedback=feedback)
    return Change(replace(case.before, suggestion=new), about=case.before.title, words=given.maybe("text") or "")


@TABLE.act("record_indicators")
def record_indicators(case: Case, given: Given) -> Change:
    """Record targets and what was reached (1-6)."""
    return Change(replace(case.before, indicators=given.indicators()), about=case.before.title)


@TABLE.gate("2-8", "open_accountability", sees="record")
def there_is_evidence(case: Case, given: Given) -> Refusal | None:
    """Nobody is named without evidence on record (2-8)."""
    if not evidence(case):
        return case.refuse("2-8", "记录中没有逾期、催办、退回等可作依据的情形。")
    if case.before.accountability is not None:
        return case.refuse("2-8", "本件已经提请责任追究。")
    return None


@TABLE.act("open_accountability")
def open_accountability(case: Case, given: Given) -> Change:
    """Open the record that names the reviewing head, the supervising leader and, as who consented, the main leader (2-8, Q15)."""
    lead, day = case.before.lead, case.at.date()
    roles = ("reviewing_head", "supervising_leader", "main_leader")
    persons = tuple(dict.fromkeys(each.id for role in roles for each in case.world.roster.holders(role, lead, day)))
    record = Accountability(**vars(case.stamp), consequence=given.text("consequence"), persons=persons, evidence=evidence(case))
    return Change(replace(case.before, accountability=record), about=case.before.title, words=record.consequence)


@TABLE.gate("2-8", "approve_accountability", "record_outcome", sees="record")
def accountability_is_open(case: Case, given: Given) -> Refusal | None:
    """First the record, then the approval, then the outcome (2-8)."""
    record = case.before.accountability
    if record is None:
        return case.refuse("2-8", "本件没有提请责任追究。")
    if case.spec.name == "approve_accountability" and record.approved:
        return case.refuse("2-8", "已经批准移送。")
    if case.spec.name == "record_outcome" and not record.approved:
        return case.refuse("2-8", "尚未批准移送。")
    return None


@TABLE.act("approve_accountability")
def approve_accountability(case: Case, given: Given) -> Change:
    """Approve the hand-over to the body that decides (2-8)."""
    assert case.before.accountability is not None
    approved = Remark(**vars(case.stamp), text=given.text("text"))
    item = replace(case.before, accountability=replace(case.before.accountability, approved=approved))
    return Change(item, about=case.before.title, words=given.text("text"))


@TABLE.act("record_outcome")
def record_outcome(case: Case, given: Given) -> Change:
    """Record what the body that decides has decided; the program itself never does (2-8)."""
    assert case.before.accountability is not None
    outcome = Remark(**vars(case.stamp), text=given.text("text"))
    item = replace(case.before, accountability=replace(case.before.accountability, outcome=outcome))
    return Change(item, about=case.before.title, words=given.text("text"))


def evidence(case: Case) -> tuple[str, ...]:
    """Return what the record itself says against a matter's handling, each with its day (2-8)."""
    item = case.before
    found = [f"{each.at[:10]} 催办：{each.text.splitlines()[0][:60]}" for each in item.urges if each.level != "reminder"]
    for each in item.report.rounds if item.report else ():
        if each.submitted and each.submitted.at[:10] > (item.due or ""):
            found.append(f"{each.submitted.at[:10]} 第{each.round}轮报告上报时已过时限 {item.due}")
        if each.returned:
            found.append(f"{each.returned.at[:10]} 第{each.round}轮报告责成重新上报：{'、'.join(each.returned.reasons)}")
    due = clock_due(item)
    if due and due < case.today:
        late = case.world.calendar.between(datetime.fromisoformat(due).date(), case.at.date())
        found.append(f"{case.today} 已逾期{late}个工作日，时限 {due}")
    return tuple(found)


def _urged(case: Case, given: Given) -> Change:
    new = Urge(**vars(case.stamp), means=given.text("means"), level=given.text("level"), text=given.text("text"))
    lead = case.world.roster.unit_name(case.before.lead or "")
    return Change(replace(case.before, urges=(*case.before.urges, new)), about=lead, words=new.text)
