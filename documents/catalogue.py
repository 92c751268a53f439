"""Which documents an item yields as it stands, and how each is made. Names are made of ids alone, never of what a person typed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from documents import forms, internal, letter, special_report
from documents.official import OfficialDocument
from documents.profile import Profile
from records import prose
from records.model import Consent, Extension, Item, Outgoing, Report, Secrecy
from records.roster import Person
from records.roundup import Roundup
from records.view import View
from schema.tables import checker

_ORDINARY = "ordinary"
_OPEN = "none"
_SENT_UP = "送审稿"
_OFFICE = "市局办公室"


@dataclass(frozen=True)
class Planned:
    """One document that an item yields.

    Attributes:
        name: its file name, such as ``DB-2026-0118-special.docx``; ``-special-2.docx`` in a matter that was once taken up again.
        draft: the word shown over it, 草稿 before the office's director signed and 送审稿 before the last signature; "" once it is issued.
        number: its 发文字号, "" while it has none.
        act: the act that issues it.
        signed: what that act put its name to, and the signature; () for a draft. Who finds the same in the commit of that act knows that
            the record still says what was signed.
        make: gives its bytes, with the people and the bureau as a view of the register has them, in a layout. Raises DocumentError when
            it may not be made as it stands, Unreadable when a record that it needs is broken.
        round: which round of the report it carries, None for what belongs to no round.
        as_done: made of the record as the act left it, not as it stands now; a slip says what was handed out then, whatever the
            matter came to later.
    """

    name: str
    draft: str
    number: str
    act: str
    signed: tuple[object, ...]
    make: Callable[[View, Profile], bytes]
    round: int | None = None
    as_done: bool = False


def planned(item: Item) -> tuple[Planned, ...]:
    """Return what the bureau sends out for an item: the 兰公办 专报 or the 兰公督字 letter, from the office's review on (annexes 1, 2)."""
    outgoing = item.outgoing
    if outgoing is None or not _under_signature(item):
        return ()
    draft = "" if outgoing.signature else _SENT_UP if item.director_signature else "草稿"
    signed = (outgoing.hash, outgoing.number, outgoing.signature) if outgoing.signature else ()
    # What went up before the matter was taken up again stays what it was, so that what follows needs a name of its own.
    again = f"-{len(item.reopenings) + 1}" if item.reopenings else ""
    name, number = f"{item.id}-{outgoing.series}{again}.docx", outgoing.number or ""
    return (Planned(name, draft, number, "bureau_sign", signed, partial(_outgoing, item, outgoing, draft)),)


def planned_by_units(item: Item) -> tuple[Planned, ...]:
    """Return what units send the bureau's office for an item: the report in hand once it is numbered, each request for more time (annex 3).

    A report that was consented to is a document: what is written instead of it, after its return or after a change that voided the
    consent, is another one with the same number, ``DB-2026-0118-report-2.docx``. The text of a classified report is not on record.
    """
    return (*_report(item), *_requests(item))


def working_papers(item: Item) -> tuple[Planned, ...]:
    """Return the papers that the office works with on an item: slips, receipts, written urges, the aggregate, the evidence list."""
    return ()


def planned_roundup(found: Roundup) -> tuple[Planned, ...]:
    """Return what a roundup yields: the 通报 and its table as a workbook (三（三）)."""
    return ()


def _report(item: Item) -> Iterator[Planned]:
    report = item.report
    if report is None or report.number is None or report.shell is not None:
        return
    this = report.round
    agreed = this.consented if this.consented and this.consented.decision == "agree" and this.consented.hash == report.hash else None
    before = len(report.rounds) - 1 + sum(void.act == "consent" for each in report.rounds for void in each.voided)
    name = f"{item.id}-report{f'-{before + 1}' if before else ''}.docx"
    draft, signed = ("", (report.hash, report.number, agreed)) if agreed else (_SENT_UP, ())
    yield Planned(name, draft, report.number, "consent", signed, partial(_reported, item, report, agreed))


def _requests(item: Item) -> Iterator[Planned]:
    for place, asked in enumerate(item.extensions, start=1):
        name, signed = f"{item.id}-request-{place}.docx", (replace(asked, decided=None),)
        yield Planned(name, "", asked.number, "request_extension", signed, partial(_requested, item, asked))


def _under_signature(item: Item) -> bool:
    """Tell a text that goes up from one that no longer does: the report was returned (3-2-5), or reporting up was waived."""
    this = item.report.round if item.report else None
    return this is not None and this.office_reviewed is not None and this.returned is None and item.up_report_waiver is None


def _outgoing(item: Item, outgoing: Outgoing, draft: str, view: View, profile: Profile) -> bytes:
    day, bureau = _day(item, outgoing), view.roster.bureau
    special = outgoing.series == "special"
    document = OfficialDocument(
        mark=bureau.special_mark if special else bureau.name,
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
        print_date=day,
        **_corner(item),
        draft=draft,
    )
    return special_report.render(document, profile) if special else letter.render(document, profile)


def _reported(item: Item, report: Report, agreed: Consent | None, view: View, profile: Profile) -> bytes:
    """Make a unit's report, dated and signed by its main leader's consent."""
    this, unit = report.round, view.roster.unit_of(report.round.drafted.by) or item.lead
    day = datetime.fromisoformat((agreed or this.reviewed or this.drafted).at).date()
    leaders = view.roster.holders("main_leader", unit, day)
    document = _sent_up(item, unit, "报告", view, day)
    return internal.render(
        replace(
            document,
            number=report.number or "",
            signers=(view.roster.name(agreed.by),) if agreed else tuple(leader.name for leader in leaders[:1]),
            title=report.title,
            body=prose.paragraphs(report.body),
            attachments=report.attachments,
            draft="" if agreed else _SENT_UP,
        ),
        profile,
        digest=report.hash,
    )


def _requested(item: Item, asked: Extension, view: View, profile: Profile) -> bytes:
    """Make a unit's request for more time, signed by its main leader as he asked."""
    unit, day, until = view.roster.unit_of(asked.by) or item.lead, datetime.fromisoformat(asked.at).date(), date.fromisoformat(asked.until)
    opening = f"市局交办的“{item.title}”（督办编号{item.id}），因以下情况不能如期办结："
    closing = f"现申请将办结时限延长至{forms.day_text(until)}。妥否，请批示。"
    return internal.render(
        replace(
            _sent_up(item, unit, "请示", view, day),
            number=asked.number,
            signers=(view.roster.name(asked.by),),
            title=f"关于延长“{item.title}”办理时限的请示",
            body=(prose.Paragraph("", 0, opening), *prose.paragraphs(asked.reason), prose.Paragraph("", 0, closing)),
        ),
        profile,
    )


def _sent_up(item: Item, unit: str | None, kind: str, view: View, day: date) -> OfficialDocument:
    """Return what is the same in all that a unit sends up; number, signer, title and text are still empty."""
    found = view.roster.units.get(unit or "")
    name = found.full_name if found else unit or ""
    return OfficialDocument(
        mark=f"{name}{kind}" if name else "",
        number="",
        signers=(),
        title="",
        addressee=(_OFFICE,),
        body=(),
        attachments=(),
        organ=name,
        date=day,
        sealed=True,
        note="",
        copy_to=(),
        print_organ=name,
        print_date=day,
        **_corner(item),
        draft="",
    )


def _corner(item: Item) -> dict[str, str]:
    """Return 份号, 密级和保密期限 and 紧急程度 as far as the item has them."""
    classified = item.secrecy.level != _OPEN
    return {
        "copy_number": (item.secrecy.copy_number or "") if classified else "",
        "secrecy": _degree(item.secrecy) if classified else "",
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


def _degree(secrecy: Secrecy) -> str:
    """Return 密级和保密期限, such as 秘密★1年 (7.2.2)."""
    label = checker("item").enum_label(("secrecy", "level"), secrecy.level)
    return f"{label}★{secrecy.years}年" if secrecy.years else label
