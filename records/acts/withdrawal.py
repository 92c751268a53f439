"""What is taken back: a text that a leader declines, a document issued with a mistake, a report not yet in, the last act (D-11 to D-13)."""

from collections.abc import Iterator
from dataclasses import fields, replace

from records.acts.days import refuse_ahead
from records.acts.issue import drawn_up, right_signer
from records.acts.numbers import series_of_matter, voided
from records.acts.report import voided_signatures, with_round
from records.matter.changes import Closing, TakenBack, WithdrawnDocument
from records.matter.item import Item
from records.matter.numbers import NumberEntry, NumberSeries
from records.matter.outgoing import Outgoing, VoidedNumber
from records.matter.stamps import Remark
from records.procedure.case import Case, Change, Given, LastStep, Refusal
from records.procedure.table import TABLE


@TABLE.gate("", "withdraw_document", sees="record")
def a_document_was_issued(case: Case, given: Given) -> Refusal | None:
    """What was shown or let go instead of a document has none to withdraw (D-13)."""
    out = case.before.outgoing
    return None if out and out.signature else case.refuse("", "本件没有签发过公文。", "没有可以撤回的。")


TABLE.gate("R-25", "decline", "withdraw_document", sees="record")(right_signer)


@TABLE.act("decline")
def decline(case: Case, given: Given) -> Change:
    """Send the text back to the office with words; its number stays reserved with it (D-12)."""
    out = case.outgoing
    back = replace(out, declined=(*out.declined, Remark(**vars(case.signed(given)), text=given.text("text"))))
    item = replace(case.before, outgoing=back, director_signature=None)
    return Change(item, about=out.number or out.title, words=given.text("text"))


@TABLE.condition
def text_was_sent_back(case: Case) -> str | None:
    """A text that a leader declined, or that was withdrawn, is written anew before anybody signs it again (D-12, D-13)."""
    out = case.before.outgoing
    return out.declined[-1].at if out and out.to_redraft else None


@TABLE.condition
def text_is_to_be_signed(case: Case) -> str | None:
    """What the office accepted waits for the director in charge, unless the text is to be written anew first (3-2-4; D-12)."""
    return None if case.before.outgoing and case.before.outgoing.to_redraft else case.before.moved_at


@TABLE.gate("R-22", "redraft_document", sees="record")
def somebody_sent_the_text_back(case: Case, given: Given) -> Refusal | None:
    """A text is written anew where a leader asked for it."""
    if case.before.outgoing is None or not case.before.outgoing.to_redraft:
        return case.refuse("R-22", "本件没有退回修改的公文。")
    return None


@TABLE.gate("R-22", "redraft_document")
def the_text_changes(case: Case, given: Given) -> Refusal | None:
    """What comes back as it was answers nothing."""
    if _redrafted(case, given).hash == case.outgoing.hash and not case.outgoing.on_paper:
        return case.refuse("R-22", "公文没有改动。", "请按退回意见修改后再报审签。", field="body")
    return None


@TABLE.act("redraft_document")
def redraft_document(case: Case, given: Given) -> Change:
    """Write the document anew as the leader asked; the director in charge signs it again (D-12)."""
    out = _redrafted(case, given)
    return Change(replace(case.before, outgoing=out), about=out.number or out.title)


@TABLE.gate("R-22", "director_sign", sees="record")
def the_text_was_written_anew(case: Case, given: Given) -> Refusal | None:
    """A text that was sent back is not signed as it was (D-12, D-13)."""
    out = case.before.outgoing
    if out is None or not out.to_redraft:
        return None
    who = case.world.roster.name(out.declined[-1].by)
    return case.refuse("R-22", f"{who}退回修改的公文尚未修改。", "请办公室先“修改上报公文”。")


@TABLE.gate("R-32", "withdraw_document")
def the_reader_was_told(case: Case, given: Given) -> Refusal | None:
    """Whoever has the document already is told that it is withdrawn, and that is on record (D-13)."""
    if case.outgoing.reported is None:
        return None
    missing = next((name for name in ("notice_to", "notice_at") if name not in given), None)
    if missing:
        return case.refuse("R-32", "公文已经报出，没有写明撤回通知发给谁、何时发出。", "请通知收文单位后再办。", field=missing)
    return refuse_ahead(case, given, "notice_at", "通知日期", "R-32", "请先通知收文单位，再照发出通知的日期填写。")


@TABLE.act("withdraw_document")
def withdraw_document(case: Case, given: Given) -> Change:
    """Withdraw what was issued with a mistake: its number is void, the text is written anew and takes another one (D-13)."""
    out, reason = case.outgoing, given.text("reason")
    number = out.number or ""
    series = voided(case, out.series, number, reason)
    gone = WithdrawnDocument(
        **vars(case.signed(given)),
        series=out.series,
        number=number,
        title=out.title,
        reason=reason,
        notice_to=given.maybe("notice_to"),
        notice_at=given.maybe("notice_at"),
    )
    anew = replace(
        out,
        number=None,
        reserved=None,
        signature=None,
        reported=None,
        voided=(*out.voided, VoidedNumber(**vars(case.stamp), number=number, reason=reason)),
        declined=(*out.declined, Remark(**vars(case.stamp), text=reason)),
    )
    item = replace(
        case.before, outgoing=anew, withdrawn=(*case.before.withdrawn, gone), director_signature=None, concluded=None, leader_shown=None
    )
    return Change(item, numbers=(series,), about=f"{number} {out.title}", words=reason, number=number)


@TABLE.act("withdraw_report")
def withdraw_report(case: Case, given: Given) -> Change:
    """Take the unit's report back before its paper is in; what was signed on it is void, its number stays (D-13)."""
    this = case.report.round
    back = Remark(**vars(case.signed(given)), text=given.text("text"))
    item = with_round(
        case,
        submitted=None,
        reviewed=None,
        consented=None,
        voided=(*this.voided, *voided_signatures(this)),
        withdrawn=(*this.withdrawn, back),
    )
    return Change(item, about=f"{case.unit_name}办结报告（第{this.round}轮）", words=given.text("text"))


@TABLE.gate("R-32", "take_back", sees="record")
def nobody_acted_since(case: Case, given: Given) -> Refusal | None:
    """Who did the last act takes it back, until the next workday ends; what issued or voided a number is not undone (D-11)."""
    last = case.last
    if last is None:
        return case.refuse("R-32", "没有可以撤回的办理。")
    if last.person != case.actor.person:
        return case.refuse("R-32", f"最后一步由{case.world.roster.name(last.person)}办理。", "只有本人可以撤回自己刚办的一步。")
    if last.act in ("archive", "take_back", "classify"):
        return case.refuse("R-32", "归档、定密和撤回不能再撤回。")
    until = case.world.calendar.shift(last.at.date(), 1)
    if case.at.date() > until:
        return case.refuse("R-32", f"撤回限于办理后的下一个工作日 {until} 以前。", "请以更正、重新办理等方式处理。")
    if any(stamp and stamp.at == last.at.isoformat() for _, entry in _numbers(case, last) for stamp in (entry.issued, entry.voided)):
        return case.refuse("R-32", "这一步已签发或作废文号，不能撤回。", "公文有误的，请“撤回公文”。")
    if last.before is not None and _reversed(case.before, last.before, last.after) is None:
        return case.refuse("R-32", "这一步所记的内容其后已有变动，不能撤回。")
    return None


@TABLE.act("take_back")
def take_back(case: Case, given: Given) -> Change:
    """Undo one's own last act: its fields go back, what the system did since stays, numbers that it reserved are void (D-11)."""
    last, reason = case.last, given.text("reason")
    assert last is not None
    undone = TakenBack(**vars(case.stamp), act=last.act, of=last.at.isoformat(), reason=reason)
    if last.before is None:  # a registration is not unwritten: the matter ends without a result
        item = replace(case.before, closed=Closing(**vars(case.stamp), reason=reason), state="cancelled")
    else:
        found = _reversed(case.before, last.before, last.after)
        assert found is not None
        item = found
    series = tuple(
        voided(case, each.series, each.written(entry.number), reason)
        for each, entry in _numbers(case, last)
        if entry.status == "reserved" and entry.reserved and entry.reserved.at == last.at.isoformat()
    )
    item = replace(item, taken_back=(*item.taken_back, undone))
    return Change(item, item.state, numbers=series, about=last.label, words=reason)


def _redrafted(case: Case, given: Given) -> Outgoing:
    out = case.outgoing
    # What the deputy director agreed to holds for the addressee he agreed to (D-8).
    agreed = (given.text("to"), given.maybe("override_reason")) == (out.to, out.override_reason)
    decided = out.override_decided if agreed else None
    return replace(out, **drawn_up(given), text_hash=None, override_decided=decided, redrafted=(*out.redrafted, case.stamp))


def _numbers(case: Case, last: LastStep) -> Iterator[tuple[NumberSeries, NumberEntry]]:
    """Yield the numbers that the matter has, since the year of a step, in any series that the step can have touched."""
    stages = [item for item in (last.before, last.after) if item]
    for series in series_of_matter(case, last.at.year, *stages):
        yield from ((series, entry) for entry in series.entries if entry.item == case.before.id)


def _reversed(now: Item, before: Item, after: Item) -> Item | None:
    """The item with every field that a step changed as it was before it, and what others added since; None where that cannot be told."""
    changed: dict[str, object] = {}
    for each in fields(Item):
        was, became, is_ = (getattr(item, each.name) for item in (before, after, now))
        if was == became:
            continue
        if is_ == became:
            changed[each.name] = was
        elif isinstance(is_, tuple) and became == is_[: len(became)]:
            changed[each.name] = (*was, *is_[len(became) :])  # what the system added behind it stays
        else:
            return None
    return replace(now, **changed)  # type: ignore[arg-type]
