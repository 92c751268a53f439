"""Which documents an item yields as it stands, and how each is made. Names are made of ids alone, never of what a person typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from documents import special_report
from documents.official import OfficialDocument
from documents.profile import Profile
from records import prose
from records.model import Item, Outgoing, Secrecy
from records.roster import Person
from records.view import View
from schema.tables import checker

_ORDINARY = "ordinary"
_OPEN = "none"


@dataclass(frozen=True)
class Planned:
    """One document that an item yields.

    Attributes:
        name: its file name, such as ``DB-2026-0118-special.docx``; ``-special-2.docx`` in a matter that was once taken up again.
        draft: the word shown over it, 草稿 before the office's director signed and 送审稿 before the bureau's leader did; "" once
            it is issued.
        make: gives its bytes, with the people and the bureau as a view of the register has them, in a layout. Raises DocumentError when
            it may not be made as it stands, Unreadable when a record that it needs is broken.
    """

    name: str
    draft: str
    make: Callable[[View, Profile], bytes]


def planned(item: Item) -> tuple[Planned, ...]:
    """Return the documents that an item yields: the 兰公办 专报 (annex 1) from the office's review on, so far no other form."""
    outgoing = item.outgoing
    if outgoing is None or outgoing.series != "special" or not _under_signature(item):
        return ()
    draft = "" if outgoing.signature else "送审稿" if item.director_signature else "草稿"
    # What went up before the matter was taken up again stays what it was, so that what follows needs a name of its own.
    again = f"-{len(item.reopenings) + 1}" if item.reopenings else ""
    return (Planned(f"{item.id}-special{again}.docx", draft, partial(_special, item, outgoing, draft)),)


def _under_signature(item: Item) -> bool:
    """Tell a text that goes up from one that no longer does: the report was returned (3-2-5), or reporting up was waived."""
    this = item.report.round if item.report else None
    return this is not None and this.office_reviewed is not None and this.returned is None and item.up_report_waiver is None


def _special(item: Item, outgoing: Outgoing, draft: str, view: View, profile: Profile) -> bytes:
    day, bureau = _day(item, outgoing), view.roster.bureau
    classified = item.secrecy.level != _OPEN
    return special_report.render(
        OfficialDocument(
            mark=bureau.special_mark,
            number=outgoing.number or f"{view.numbers(outgoing.series, day.year).chars}〔{day.year}〕\u3000号",
            signers=_signers(outgoing, view, day),
            title=outgoing.title,
            addressee=(outgoing.to,),
            body=prose.paragraphs(outgoing.body),
            attachments=outgoing.attachments,
            organ=bureau.name,
            date=day,
            sealed=True,
            note="",
            copy_to=outgoing.copy_to,
            print_organ=bureau.print_organ,
            print_date=day,
            copy_number=(item.secrecy.copy_number or "") if classified else "",
            secrecy=_degree(item.secrecy) if classified else "",
            urgency="" if item.urgency == _ORDINARY else checker("item").enum_label(("urgency",), item.urgency),
            draft=draft,
        ),
        profile,
    )


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
