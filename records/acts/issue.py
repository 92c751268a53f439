"""From the report to the paper that leaves the bureau: signatures, number, issue, report up, hash on record (三（二）; 三（四）)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from records.acts.numbers import issued, reserved, without_outgoing_number
from records.bureau.series import REPORT, REQUEST, Series
from records.matter.item import Item
from records.matter.outgoing import IssuedDocument, document_name
from records.matter.stamps import Remark, Signature
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.input_places import signing_acts
from records.procedure.table import TABLE


@TABLE.gate("R-17", *signing_acts("director_signature.", "outgoing."))
def signs_the_text_in_force(case: Case, given: Given) -> Refusal | None:
    """A signature is for the text that was shown (domain 3.2)."""
    if given.text("hash") != case.text_in_force:
        return case.refuse("R-17", "您看到的文本之后已被改动。", "请重新打开，看过现在的文本再签。", field="hash")
    return None


@TABLE.gate("R-23", "director_sign", sees="record")
def signer_is_not_the_reviewer(case: Case, given: Given) -> Refusal | None:
    """Who reviewed the report for the office does not sign it for the office (3-2-4)."""
    report = case.before.report
    if report and report.round.office_reviewed and report.round.office_reviewed.by == case.actor.person:
        return case.refuse("R-23", "办公室审核人与审签人不能是同一人。")
    return None


@TABLE.gate("R-15", "director_sign", "bureau_sign", sees="record")
def signer_is_not_its_author(case: Case, given: Given) -> Refusal | None:
    """Who drew a document up, or anew, signs it in no standing, not as a stand-in either (D-6, 3-4)."""
    out, report = case.before.outgoing, case.before.report
    drawn = (report.round.office_reviewed, *out.redrafted) if out and report else ()
    if all(each is None or each.by != case.actor.person for each in drawn):
        return None
    reason = f"上报公文由{case.world.roster.name(case.actor.person)}拟写，{case.spec.label}应由另一人办理。"
    return case.refuse("R-15", reason, "请由具有同样职责的其他人员办理。")


@TABLE.gate("R-23", "director_sign", sees="record")
def the_office_does_not_sign_for_itself(case: Case, given: Given) -> Refusal | None:
    """A report of the office itself is signed by the deputy director in charge, any other by the director in charge (Q19, R-23)."""
    own = case.before.lead == case.world.roster.bureau.office
    wanted = "deputy_director_in_charge" if own else "office_director_in_charge"
    if case.actor.role != wanted:
        who = case.who(wanted, None if own else case.world.roster.bureau.office)
        return case.refuse("R-23", f"{'办公室自己承办的事项' if own else '本件'}应由{who}审签。")
    return None


@TABLE.act("director_sign")
def director_sign(case: Case, given: Given) -> Change:
    """The director in charge signs the supervision report (3-2-4)."""
    signature = Signature(**vars(case.signed(given)), hash=given.text("hash"), text=given.maybe("text"))
    return Change(replace(case.before, director_signature=signature), about=case.before.title, words=signature.text or "")


@TABLE.gate("R-26", "reserve_number", sees="record")
def has_something_to_number(case: Case, given: Given) -> Refusal | None:
    """Only a document that reports up takes a number (domain 1.5)."""
    if case.before.outgoing is None:
        return case.refuse("R-26", "本件不需行文上报，不编号。", "请直接办结销号。")
    if case.before.up_report_waiver is not None:
        return case.refuse("R-26", "主管局领导已免予行文，不编号。", "请直接办结销号。")
    if case.world.roster.series_of(case.before.outgoing.series) is None:
        return case.refuse("R-26", f"本局没有“{case.before.outgoing.series}”这个文号系列，不能编号。", "请核对机关记录中的文号系列。")
    return None


@TABLE.condition
def document_must_be_numbered(case: Case) -> str | None:
    """What goes up by a document is numbered before the leader signs it (Q6)."""
    return case.before.moved_at if goes_up(case.before) and not case.outgoing.override_waits else None


def drawn_up(given: Given) -> dict[str, Any]:
    """Return the fields of a document going up that are written by whoever draws it up, or draws it up anew (3-4)."""
    texts = {name: given.text(name) for name in ("kind", "title", "to", "body")}
    maybe = {name: given.maybe(name) for name in ("override_reason", "attachment_text")}
    return texts | maybe | {name: given.names(name) for name in ("copy_to", "attachments")}


@TABLE.act("reserve_number")
def reserve_number(case: Case, given: Given) -> Change:
    """Take the next number as the document goes for signature (Q6)."""
    outgoing = case.outgoing
    if outgoing.number:  # a text that was sent back kept it
        return Change(case.before, about=outgoing.number, number=outgoing.number)
    series, number = reserved(case, outgoing.series)
    item = replace(case.before, outgoing=replace(outgoing, number=number, reserved=case.stamp))
    return Change(item, numbers=(series,), about=number, number=number)


@TABLE.act("void_number")
def void_number(case: Case, given: Given) -> Change:
    """Give the reserved number up, with the reason; it is never used again (R-26)."""
    number, reason = case.outgoing.number or "", given.text("reason")
    item, series = without_outgoing_number(case, case.before, reason)
    return Change(item, numbers=series, about=number, words=reason, number=number)


@TABLE.gate("R-25", "bureau_sign", sees="record")
def right_signer(case: Case, given: Given) -> Refusal | None:
    """兰公督字 is signed by the bureau leader over the subject, 兰公办 by any bureau leader (3-4-1, 3-4-2)."""
    if case.before.outgoing is None:
        return case.refuse("R-25", "本件没有上报的公文。")
    roster, who, name = case.world.roster, (case.actor.person, case.actor.on_behalf_of), case.outgoing.series
    if (series := roster.series_of(name)) is None:
        return case.refuse("R-25", f"本局没有“{name}”这个文号系列，不能签发。", "请核对机关记录中的文号系列。")
    characters, signer = roster.series_characters(name), series.signer
    if signer == "portfolio_leader" and (refusal := not_over_the_matter(case, "R-25", f"{characters}须由主管局领导{{}}审签。")):
        return refusal
    wanted = roster.holders(signer, None, case.at.date())
    if signer not in ("portfolio_leader", "bureau_leader") and not any(each.id in who for each in wanted):
        return case.refuse("R-25", f"{characters}须由{case.who(signer)}审签。")
    return None


def not_over_the_matter(case: Case, rule: str, sentence: str) -> Refusal | None:
    """Refuse who is not, nor stands in for, the bureau leader over the matter today (2-1; D-4); ``{}`` in the sentence is his name."""
    roster = case.world.roster
    leader = roster.leader_over(case.before, case.at.date())
    if leader is None:
        reason = sentence.format("") + "本件现在没有主管局领导。"
        return case.refuse(rule, reason, "请主管副局长或主管主任指定主管局领导。")
    if leader in (case.actor.person, case.actor.on_behalf_of):
        return None
    return case.refuse(rule, sentence.format(f"（{roster.name(leader)}）"))


@TABLE.act("bureau_sign")
def bureau_sign(case: Case, given: Given) -> Change:
    """Sign, and so issue: the number becomes final, the text can no longer change (3-4-1, 3-4-2)."""
    outgoing = case.outgoing
    number = outgoing.number or ""
    signature = Signature(**vars(case.signed(given)), hash=given.text("hash"), text=given.maybe("text"))
    series = issued(case, outgoing.series, number)
    item = replace(case.before, outgoing=replace(outgoing, signature=signature))
    return Change(item, numbers=(series,) if series else (), about=f"{number} {outgoing.title}", words=signature.text or "", number=number)


@TABLE.act("report_up")
def report_up(case: Case, given: Given) -> Change:
    """Send the issued document up, and say how (3-4)."""
    outgoing = case.outgoing
    item = replace(case.before, outgoing=replace(outgoing, reported=Remark(**vars(case.stamp), text=given.text("text"))))
    return Change(item, about=f"{outgoing.number} 报{outgoing.to}", words=given.text("text"))


@TABLE.gate("R-32", "record_document")
def document_is_recorded_once(case: Case, given: Given) -> Refusal | None:
    """What was issued stays what it was; another file under the same name is not the document."""
    if any(each.name == given.text("name") for each in case.before.documents):
        return case.refuse("R-32", f"{given.text('name')} 已经登记成文，不能改记。", field="name")
    return None


@TABLE.gate("R-32", "record_document")
def document_is_signed(case: Case, given: Given) -> Refusal | None:
    """Only what somebody signed in this matter is on record as issued (3-4)."""
    item, name = case.before, given.text("name")
    if name in issued_names(item, case.world.roster.series):
        return None
    return case.refuse("R-32", f"本件没有签发过 {name} 这份公文。", field="name")


@TABLE.act("record_document")
def record_document(case: Case, given: Given) -> Change:
    """Put the hash of an issued document on record, so that a copy of the register can tell whether a file is it."""
    layout = given.number("layout") if "layout" in given else None
    document = IssuedDocument(**vars(case.stamp), name=given.text("name"), hash=given.text("hash"), layout=layout)
    return Change(replace(case.before, documents=(*case.before.documents, document)), about=document.name)


def issued_names(item: Item, series: Mapping[str, Series]) -> Iterator[str]:
    """Yield the file names of the documents that somebody signed in a matter, as far as its record still tells.

    Args:
        item: the matter.
        series: the bureau's series.
    """
    out, place = item.outgoing, item.outgoing_place
    if item.report is not None and item.report.shell is None:
        yield from (document_name(item.id, REPORT, place) for place in item.report.agreed)
    yield from (document_name(item.id, REQUEST, place, first=True) for place in range(1, len(item.extensions) + 1))
    if not item.reopenings:
        yield from item.withdrawn_files
    for name, each in series.items():
        # What went up before a matter was taken up again is gone from the record.
        signed = out is not None and not out.on_paper and out.series == name and out.signature is not None
        if each.scope == "bureau" and (item.reopenings or signed):
            yield from (document_name(item.id, name, n) for n in range(1 if item.reopenings else place, place + 1))


def goes_up(item: Item) -> bool:
    """Say whether the bureau reports on the matter by a document that was drawn up and not let go (3-4)."""
    return item.outgoing is not None and item.up_report_waiver is None
