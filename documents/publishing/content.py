"""What each document that is sent out or up says, taken from the record, the people and the bureau; which there are says ``catalogue``."""

from dataclasses import replace
from datetime import date, datetime

from documents.forms import internal_report, letter, special_report
from documents.forms.terms import degree
from documents.layout import elements
from documents.layout.official_document import DocumentError, Enclosure, OfficialDocument
from documents.layout.profile import Profile
from records.bureau.policy import Policy
from records.bureau.roster import Person
from records.bureau.series import REPORT, REQUEST
from records.matter import prose
from records.matter.changes import Extension
from records.matter.item import Item
from records.matter.outgoing import Outgoing
from records.matter.report import Consent, Report, Round
from records.rules.clocks import redone_at
from records.store.view import View
from schema.tables import checker

_ORDINARY = "ordinary"
OPEN = "none"
"""The level of secrecy of what is none."""


def checkpoint_line(view: View, word: str) -> str:
    """Return the line that vouches for the history up to a document, "" where none was taken yet; a draft, which may change, bears none."""
    return view.checkpoint.printed if view.checkpoint and not word else ""


def outgoing_paper(item: Item, outgoing: Outgoing, view: View, profile: Profile, word: str) -> bytes:
    """Make what the bureau sends out: the 专报, or the letter.

    Raises:
        DocumentError: its series is none of the bureau's.
    """
    day, bureau, series = _day(item, outgoing), view.roster.bureau, view.roster.series_of(outgoing.series)
    if series is None:
        raise DocumentError(f"{item.id} 的上报公文用文号系列“{outgoing.series}”，机关记录里却没有，不能生成：请核对机关记录。")
    special = series.form == "special_report"
    document = OfficialDocument(
        mark=series.mark or (bureau.special_mark if special else bureau.name),
        number=outgoing.number or f"{view.numbers(outgoing.series, day.year).chars}〔{day.year}〕\u3000号",
        signers=_signers(outgoing, view, day) if special else (),
        title=outgoing.title,
        addressee=(outgoing.to,),
        body=prose.paragraphs(outgoing.body),
        attachments=outgoing.attachments,
        organ=bureau.name,
        date=day,
        sealed=True,
        note="",
        copy_to=outgoing.copy_to,
        print_organ=bureau.print_organ if special else "",
        print_organ_short=view.roster.office_name if special else "",
        print_date=day,
        **_corner(item, view.policy),
        draft=word,
        enclosures=_enclosures(outgoing.attachments, outgoing.attachment_text),
    )
    return special_report.render(document, profile) if special else letter.render(document, profile)


def report_paper(item: Item, report: Report, agreed: Consent | None, view: View, profile: Profile, word: str) -> bytes:
    """Make a unit's report, dated and signed by its main leader's consent."""
    document, line = report_document(item, report, agreed, view, word), checkpoint_line(view, word)
    return internal_report.render(document, profile, digest=report.hash, checkpoint=line)


def report_document(item: Item, report: Report, agreed: Consent | None, view: View, word: str) -> OfficialDocument:
    """Return a unit's report as a document, dated by the last step towards the consent until there is one."""
    this, unit = report.round, view.roster.unit_of(report.round.drafted.by) or item.lead
    day = datetime.fromisoformat((agreed or this.reviewed or this.drafted).at).date()
    leaders = view.roster.holders(view.roster.series[REPORT].signer, unit, day)
    return replace(
        _sent_up(item, unit, REPORT, view, day),
        number=report.number or "",
        signers=(view.roster.name(agreed.by),) if agreed else tuple(leader.name for leader in leaders[:1]),
        title=report.title,
        body=prose.paragraphs(report.body),
        attachments=report.attachments,
        note=_one_hand(this, view),
        draft=word,
        enclosures=_enclosures(report.attachments, report.attachment_text),
    )


def _one_hand(this: Round, view: View) -> str:
    """Return the 附注 that names the waiver by which one person drafted and reviewed the report (domain D-6, Q14); "" where two did."""
    waiver = this.reviewed.waiver if this.reviewed else None
    return f"本件由{view.roster.name(this.drafted.by)}一人起草和审核，依据：{waiver}" if waiver else ""


def request_paper(item: Item, asked: Extension, view: View, profile: Profile, word: str) -> bytes:
    """Make a unit's request for more time, signed by its main leader as he asked."""
    unit, day, until = view.roster.unit_of(asked.by) or item.lead, datetime.fromisoformat(asked.at).date(), date.fromisoformat(asked.until)
    what = "重报" if redone_at(item, asked.at) else "办结"
    opening = f"{view.roster.bureau_name}交办的“{item.title}”（督办编号{item.id}），因以下情况不能如期{what}："
    # The request has a line of its own.
    closing = (f"现申请将{what}时限延长至{elements.day_text(until)}。", "妥否，请批示。")
    return internal_report.render(
        replace(
            _sent_up(item, unit, REQUEST, view, day),
            number=asked.number,
            signers=(view.roster.name(asked.by),),
            title=asked.titled(item.title),
            body=(prose.Paragraph("", 0, opening), *prose.paragraphs(asked.reason), *(prose.Paragraph("", 0, each) for each in closing)),
            draft=word,
        ),
        profile,
        checkpoint=checkpoint_line(view, word),
    )


def _sent_up(item: Item, unit: str | None, series: str, view: View, day: date) -> OfficialDocument:
    """Return what is the same in all that a unit sends up; number, signer, title and text are still empty."""
    found = view.roster.units.get(unit or "")
    name = found.full_name if found else unit or ""
    return OfficialDocument(
        mark=f"{name}{view.roster.series[series].called}" if name else "",
        number="",
        signers=(),
        title="",
        addressee=(view.roster.office_name,),
        body=(),
        attachments=(),
        organ=name,
        date=day,
        sealed=True,
        note="",
        copy_to=(),
        print_organ=name,
        print_organ_short=found.name if found else "",
        print_date=day,
        **_corner(item, view.policy),
        draft="",
        enclosures=(),
    )


def _enclosures(names: tuple[str, ...], text: str | None) -> tuple[Enclosure, ...]:
    """Return the attachments whose text goes with the document (7.3.7); each stands among the names, or no act would have taken it."""
    return tuple(Enclosure(names.index(name) + 1, name, body) for name, body in prose.attachment_texts(text or ""))


def _corner(item: Item, policy: Policy) -> dict[str, str]:
    """Return 份号, 密级和保密期限 and 紧急程度 as far as the item has them; a degree only where the network is cleared for it (D-16)."""
    classified = item.secrecy.level != OPEN
    return {
        "copy_number": (item.secrecy.copy_number or "") if classified else "",
        "secrecy": degree(item.secrecy) if policy.full_text else "",
        "urgency": "" if item.urgency == _ORDINARY else checker("item").enum_label(("urgency",), item.urgency),
    }


def _day(item: Item, outgoing: Outgoing) -> date:
    """Return 成文日期: the day on which the leader signed (GB/T 9704 7.3.5.4), for a draft the day of the last step towards that."""
    reviewed = item.report.round.office_reviewed if item.report else None
    last = outgoing.signature or item.director_signature or reviewed
    assert last is not None
    return datetime.fromisoformat(last.at).date()


def _signers(outgoing: Outgoing, view: View, day: date) -> tuple[str, ...]:
    """Return 签发人: who signed, on a draft who is expected to.

    A stand-in is named himself, not the leader he stands in for: he signs by a written delegation and answers for it, and a name on
    paper other than that of the signature on record would make the document false.
    """
    if outgoing.signature:
        return (view.roster.name(outgoing.signature.by),)
    leaders: tuple[Person, ...] = view.roster.holders("bureau_leader", None, day)
    return tuple(leader.name for leader in leaders[:1])
