"""Motions, suggestions and proposals: the proposer is asked what he thinks, and answered again if he is not content (1-7; D-15).

Only the bureau that leads asks him; one that assists sends its opinion to who leads.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from records.bureau.calendar import month_after
from records.matter.item import Item, Suggestion
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE

_SILENCE = timedelta(days=30)


@TABLE.gate("", "ask_proposer", "record_satisfaction", sees="record")
def is_a_suggestion_we_lead(case: Case, given: Given) -> Refusal | None:
    """Only motions, suggestions and proposals have a proposer to ask, and only who leads asks him (1-7)."""
    if case.before.category != 7:
        return case.refuse("", "只有议案、建议、提案和提议需要征询提出人意见。", clause="一")
    if assists(case.before):
        return case.refuse("", "会办件由主办单位征询提出人意见。", "会办意见报出后即可办结。", clause="一")
    return None


@TABLE.gate("", "ask_proposer", sees="record")
def asked_once_for_an_answer(case: Case, given: Given) -> Refusal | None:
    """The thirty days run from the first time he was asked about an answer."""
    if (asked := _asked(case.before)) is not None:
        return case.refuse("", f"已于 {asked.at[:10]} 征询提出人意见。", "满30日未表态的，可以登记为未表态。", clause="一")
    return None


@TABLE.act("ask_proposer")
def ask_proposer(case: Case, given: Given) -> Change:
    """Put on record that, and how, the proposer was asked what he thinks (1-7)."""
    asked = Remark(**vars(case.stamp), text=given.text("text"))
    item = replace(case.before, suggestion=replace(_suggestion(case.before), asked=asked))
    return Change(item, about=item.title, words=given.text("text"))


@TABLE.gate("R-30", "record_satisfaction")
def silence_counts_after_thirty_days(case: Case, given: Given) -> Refusal | None:
    """Who said nothing was asked, and had thirty days to answer (D-15)."""
    if given.text("satisfaction") != "no_answer":
        return None
    asked = _asked(case.before)
    if asked is None:
        return case.refuse("R-30", "还没有征询提出人意见，不能登记为未表态。", "请先“征询提出人意见”。", clause="一", field="satisfaction")
    until = datetime.fromisoformat(asked.at).date() + _SILENCE
    if case.at.date() < until:
        reason = f"{asked.at[:10]} 征询，未满30日。"
        return case.refuse("R-30", reason, f"{until} 起仍未表态的，可以登记为未表态。", clause="一", field="satisfaction")
    return None


@TABLE.condition
def the_proposer_is_to_be_heard(case: Case) -> str | None:
    """Once the answer is out, or let go, class and satisfaction are recorded before the matter is struck off (1-7; D-15)."""
    item = case.before
    out = item.state == "reported_up" or (item.state == "director_signed" and item.up_report_waiver is not None)
    return item.moved_at if out and unheard(item) else None


@TABLE.act("record_satisfaction")
def record_satisfaction(case: Case, given: Given) -> Change:
    """Record the class of the result and what the proposer thinks of it (1-7)."""
    feedback = Remark(**vars(case.stamp), text=given.maybe("text"))
    old, satisfaction = _suggestion(case.before), given.text("satisfaction")
    new = replace(old, result_class=given.text("result_class"), satisfaction=satisfaction, feedback=feedback)
    return Change(replace(case.before, suggestion=new), about=case.before.title, words=given.maybe("text") or "")


@TABLE.gate("R-30", "waive_up_report", sees="record")
def an_assisting_opinion_is_written(case: Case, given: Given) -> Refusal | None:
    """Who assists with a suggestion sends its opinion to who leads (D-15)."""
    if assists(case.before):
        return case.refuse("R-30", "会办意见须书面送主办单位，不免予行文。", "请编号、签发并报出。")
    return None


@TABLE.gate("R-30", "conclude", sees="record")
def the_proposer_is_content(case: Case, given: Given) -> Refusal | None:
    """A suggestion is struck off with class and satisfaction, one that we assist with once the opinion is sent (1-7; D-15)."""
    item = case.before
    if assists(item) and (item.outgoing is None or item.outgoing.reported is None):
        return case.refuse("R-30", "会办意见尚未送主办单位。", "请先编号、签发并报出。")
    if discontent(item):
        return case.refuse("R-30", "提出人不满意，应在一个月内重新办理答复。", "请责成重新上报，或重新办理。")
    if unheard(item):
        return case.refuse("R-30", "没有登记本次答复的办理结果类别和提出人意见。", "请先“登记提出人意见”。")
    return None


@TABLE.condition
def the_proposer_is_to_be_answered_again(case: Case) -> str | None:
    """A dissatisfied proposer is answered again (1-7)."""
    feedback = case.before.suggestion.feedback if case.before.suggestion else None
    return feedback.at if feedback is not None and discontent(case.before) else None


@TABLE.gate("R-20", "return_report")
def redone_within_a_month(case: Case, given: Given) -> Refusal | None:
    """A dissatisfied proposer is answered again within a month (1-7)."""
    return _too_late(case, "R-20", given.text("redo_due"), "redo_due")


@TABLE.gate("R-09", "reopen")
def reopened_for_a_month_at_most(case: Case, given: Given) -> Refusal | None:
    """The same where the answer had gone out before he was asked (1-7; D-15)."""
    return _too_late(case, "R-09", given.text("due"), "due")


def assists(item: Item) -> bool:
    """Say whether the matter is a suggestion with which the bureau only assists (会办)."""
    return item.category == 7 and item.suggestion is not None and item.suggestion.role == "assisting"


def discontent(item: Item) -> bool:
    """Say whether the proposer is dissatisfied with the answer in hand: one of before a return or a reopening has been taken up since."""
    said = item.suggestion
    return said is not None and said.satisfaction == "dissatisfied" and said.feedback is not None and said.feedback.at > _redone(item)


def unheard(item: Item) -> bool:
    """Say whether class and satisfaction are still to be recorded of the answer in hand to a suggestion that the bureau leads."""
    if item.category != 7 or assists(item):
        return False
    said = item.suggestion
    if said is None or said.feedback is None or None in (said.result_class, said.satisfaction):
        return True
    return said.feedback.at <= _redone(item)


def _redone(item: Item) -> str:
    """When the answer was last taken up anew; a return counts where the proposer was dissatisfied, else it mends the report alone."""
    found = [each.at for each in item.reopenings]
    if item.report is not None and item.suggestion is not None and item.suggestion.satisfaction == "dissatisfied":
        found += [each.returned.at for each in item.report.rounds if each.returned]
    return max(found, default="")


def _asked(item: Item) -> Remark | None:
    """When the proposer was asked about the answer in hand."""
    asked = item.suggestion.asked if item.suggestion else None
    return asked if asked is not None and asked.at > _redone(item) else None


def _suggestion(item: Item) -> Suggestion:
    # An item of category 7 by an older correction may lack it.
    return item.suggestion or Suggestion(item.source.organ, item.source.ref or item.source.organ, item.source.ref or item.source.organ)


def _too_late(case: Case, rule: str, day: str, field: str) -> Refusal | None:
    """Why a day is too late to answer a dissatisfied proposer again: one calendar month, moved to the workday before (D-15)."""
    said = case.before.suggestion
    if said is None or said.satisfaction != "dissatisfied" or said.feedback is None:
        return None
    calendar, today = case.world.calendar, case.at.date()
    last = calendar.on_or_before(month_after(date.fromisoformat(said.feedback.at[:10])))
    if last < today:  # the month is gone already: another one, for the unit that is to do it
        last = calendar.on_or_before(month_after(today))
    if day > last.isoformat():
        return case.refuse(rule, f"提出人不满意的，应在一个月内（最迟 {last}）重新办理答复。", field=field)
    return None
