"""Whether a report is true, and who answers for what went wrong: checks, blame (二; 三（三）)."""

from dataclasses import replace

from records.matter.item import Accountability, Verification
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from records.rules.clocks import clock_label, clocks
from records.rules.timeliness import lateness, workdays


@TABLE.act("verify")
def verify(case: Case, given: Given) -> Change:
    """Put on record what a check on site or a call back found."""
    found = Verification(**vars(case.stamp), means=given.text("means"), finding=given.text("finding"), text=given.text("text"))
    item = replace(case.before, verifications=(*case.before.verifications, found))
    return Change(item, about=case.before.title, words=found.text)


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


@TABLE.condition
def blame_is_unapproved(case: Case) -> str | None:
    """What the office drew up waits for the deputy director in charge (2-8)."""
    record = case.before.accountability
    return record.at if record and record.approved is None else None


@TABLE.condition
def blame_has_no_outcome(case: Case) -> str | None:
    """What was handed over waits for the word of the body that decides (2-8)."""
    record = case.before.accountability
    return record.approved.at if record and record.approved and record.outcome is None else None


@TABLE.act("approve_accountability")
def approve_accountability(case: Case, given: Given) -> Change:
    """Approve the hand-over to the body that decides (2-8)."""
    assert case.before.accountability is not None
    approved = Remark(**vars(case.signed(given)), text=given.text("text"))
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
    names, calendar = case.world.roster.unit_name, case.world.calendar
    found = [
        f"{each.at[:10]} 催办{'' if unit == item.lead else names(unit)}：{each.text.splitlines()[0][:60]}" for unit, each in item.urged()
    ]
    for late in lateness(item, case.policy, calendar):
        if late.unit:
            found.append(f"{late.at[:10]} {names(late.unit)}{clock_label(late.kind)}迟于时限 {late.due}，逾{late.days}个工作日")
    for each in item.report.rounds if item.report else ():
        if each.returned:
            found.append(f"{each.returned.at[:10]} 第{each.round}轮报告责成重新上报：{'、'.join(each.returned.reasons)}")
    for running in clocks(item, case.policy, calendar):
        if running.unit and running.due < case.today:
            days = workdays(running.due, case.today, calendar)
            found.append(f"{case.today} {names(running.unit)}{running.label}已过时限 {running.due}，逾{days}个工作日")
    return tuple(found)
