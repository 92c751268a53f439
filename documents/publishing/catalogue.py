"""Which documents an item yields as it stands, and how each is made. Names are made of ids alone, never of what a person typed."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from documents.forms import circular, slips, special_report, supervision_report
from documents.layout.profile import Profile
from documents.publishing.content import OPEN, checkpoint_line, outgoing_paper, report_document, report_paper, request_paper
from records.bureau.roster import SYSTEM, Roster
from records.bureau.series import REPORT, REQUEST, Series
from records.matter.changes import Transfer
from records.matter.item import Accountability, Item, UnitPart
from records.matter.outgoing import document_name
from records.matter.roundup import Roundup
from records.procedure.shell import shell
from records.store.view import View

_SENT_UP = "送审稿"
_SUCCESSION = "succeed"  # a unit took the place of one that is no more; what it leaves looks as a change of units does
_TITLES = {
    "notice": "督办通知单",
    "transfer": "督办通知单",
    "receipts": "签收单",
    "urge": "催办通知单",
    "aggregate": "督办报告",
    "evidence": "证据清单",
    "roundup": "汇总通报",
}
_KIND = re.compile(r"(?:DB-\d+-\d+-)?([a-z_]+)")


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
        write: gives its bytes with a word of the caller's over it; ``make`` is the way in.
        round: which round of the report it carries, None for what belongs to no round.
        as_done: made of the record as the act left it, not as it stands now; a slip says what was handed out then, whatever the
            matter came to later.
        others: acts that may have issued it in the place of ``act``, where the record does not tell which it was.
    """

    name: str
    draft: str
    number: str
    act: str
    signed: tuple[object, ...]
    write: Callable[[View, Profile, str], bytes]
    round: int | None = None
    as_done: bool = False
    others: tuple[str, ...] = ()

    def issued_by(self, act: str | None) -> bool:
        """Say whether an act issues it."""
        return not self.draft and act in (self.act, *self.others)

    def title(self, series: Mapping[str, Series]) -> str:
        """Return what kind of paper it is, in the office's words.

        Args:
            series: the bureau's series, as ``Roster.series`` gives them.
        """
        kind = _KIND.match(self.name)
        assert kind
        return series[kind[1]].title if kind[1] in series else _TITLES.get(kind[1], "上报公文")

    def make(self, view: View, profile: Profile, word: str | None = None) -> bytes:
        """Return its bytes, with the people and the bureau as a view of the register has them.

        Args:
            view: the people and the bureau.
            profile: the layout.
            word: shown over it instead of ``draft``; a preview out of a work tree is never the issued document, whatever the record says.

        Raises:
            DocumentError: it may not be made as it stands.
            Unreadable: a record that it needs is broken.
        """
        return self.write(view, profile, self.draft if word is None else word)


def plans(record: Item | Roundup | None) -> tuple[Planned, ...]:
    """Return every document that an item or a roundup yields; none for no record, nor for what was classified since (D-16)."""
    if isinstance(record, Item):
        if record.classified is not None:
            return ()
        return (*planned(record), *planned_by_units(record), *working_papers(record))
    return planned_roundup(record) if record else ()


def planned(item: Item) -> tuple[Planned, ...]:
    """Return what the bureau sends out for an item: the 兰公办 专报 or the 兰公督字 letter, from the office's review on (annexes 1, 2)."""
    outgoing = item.outgoing
    if outgoing is None or outgoing.on_paper or not _under_signature(item):
        return ()
    draft = "" if outgoing.signature else _SENT_UP if item.director_signature else "草稿"
    signed = (outgoing.hash, outgoing.number, outgoing.signature) if outgoing.signature else ()
    # What went up before the matter was taken up again stays what it was, so that what follows needs a name of its own.
    name, number = document_name(item.id, outgoing.series, item.outgoing_place), outgoing.number or ""
    return (Planned(name, draft, number, "bureau_sign", signed, partial(outgoing_paper, item, outgoing)),)


def planned_by_units(item: Item) -> tuple[Planned, ...]:
    """Return what units send the bureau's office for an item: the report in hand once it is numbered, each request for more time (annex 3).

    A report that was consented to is a document: what is written instead of it, after its return or after a change that voided the
    consent, is another one with the same number, ``DB-2026-0118-report-2.docx``. The text of a classified report is not on record.
    """
    return (*_report(item), *_requests(item))


def working_papers(item: Item) -> tuple[Planned, ...]:
    """Return the papers that the office works with on an item: slips, receipts, written urges, the 督办报告, the evidence list.

    After a change of units the record no longer says whom the matter was dispatched to: the slips of the dispatch are then those of its
    commit. Who came in later has one of his own, ``DB-2026-0118-transfer-1.docx``.
    """
    return (*_slips(item), *_receipts(item), *_urges(item), *_aggregate(item), *_evidence(item))


def planned_roundup(found: Roundup) -> tuple[Planned, ...]:
    """Return what a roundup yields: the 通报 and its table as a workbook (三（三）)."""
    draft, signed = ("", (found,)) if found.issued else (_SENT_UP, ())
    return tuple(
        Planned(f"roundup-{found.id}{kind}", draft, "", "issue_roundup", signed, partial(make, found))
        for kind, make in ((".docx", _told_of), (".xlsx", _tabled))
    )


def _told_of(found: Roundup, view: View, profile: Profile, word: str) -> bytes:
    return circular.paper(view.sent_out(found), view.roster, profile, word, checkpoint_line(view, word))


def _tabled(found: Roundup, view: View, profile: Profile, word: str) -> bytes:
    return circular.table(view.sent_out(found), view.roster, profile, word)


def _slips(item: Item) -> Iterator[Planned]:
    """Yield the 督办通知单; the office's own matter has none, one carried in only for units that came to it here (3-1-2)."""
    if item.begun is None or item.handling is not None:
        return
    for place, part in enumerate(() if item.transfers or item.dispatched is None else item.units, start=1):
        signed = (item.dispatched, part.unit, part.role)
        yield _as_done(f"{item.id}-notice-{place}.docx", "dispatch", signed, partial(slips.notice, item, part, None))
    for place, each in enumerate(item.transfers, start=1):
        if each.to_unit:
            part = UnitPart(each.to_unit, each.role)
            make = partial(slips.notice, item, part, each)
            yield _as_done(f"{item.id}-transfer-{place}.docx", _moved_by(item, each), (each,), make, (_SUCCESSION,))


def _receipts(item: Item) -> Iterator[Planned]:
    """Yield the 签收单, a draft until every unit has signed; each change of units begins a new one."""
    if item.begun is None or item.handling is not None or any(part.carried_in for part in item.units):
        return
    name = f"{item.id}-receipts{f'-{len(item.transfers) + 1}' if item.transfers else ''}.docx"
    signed = tuple((part.unit, part.signed_for) for part in item.units if part.signed_for)
    if len(signed) < len(item.units):
        yield Planned(name, "签收未齐", "", "sign_for", (), _by_roster(partial(slips.receipts, item)), as_done=True)
        return
    # The last one that was waited for may have been taken out instead, or another have stepped into the place of one who had signed.
    last, moved = max(stamp.at for _, stamp in signed), item.transfers[-1] if item.transfers else None
    act, others = (_moved_by(item, moved), (_SUCCESSION, "sign_for")) if moved and moved.at >= last else ("sign_for", ())
    yield _as_done(name, act, signed, partial(slips.receipts, item), others)


def _urges(item: Item) -> Iterator[Planned]:
    """Yield the 催办通知单 of each urge that is a paper: a card, or what was sent in writing; a call or a visit is none (3-3-1)."""
    cards = ("yellow_card", "red_card")
    written = [each for each in item.urges if each.level in cards or (each.level, each.means) == ("urge", "written")]
    for place, each in enumerate(written, start=1):
        act = "remind" if each.by == SYSTEM else "urge"
        yield _as_done(f"{item.id}-urge-{place}.docx", act, (replace(each, reply=None),), partial(slips.urge_notice, item, each, place))


def _aggregate(item: Item) -> Iterator[Planned]:
    """Yield the 督办报告 from the office's review on; each report that the office accepted has one of its own (3-2-4)."""
    signature = item.director_signature
    if item.report is None or not (signature or item.state == "awaiting_director_sign"):
        return
    before = sum(each.office_reviewed is not None for each in item.report.rounds[:-1])
    name = f"{item.id}-aggregate{f'-{before + 1}' if before else ''}.docx"
    draft, signed = ("", (item.report.hash, signature)) if signature else (_SENT_UP, ())
    yield Planned(name, draft, "", "director_sign", signed, partial(_drawn_together, item), item.report.round.round, as_done=True)


def _evidence(item: Item) -> Iterator[Planned]:
    record = item.accountability
    if record is not None:
        draft, signed = ("", (replace(record, outcome=None),)) if record.approved else (_SENT_UP, ())
        make = partial(_listed, item, record)
        yield Planned(f"{item.id}-evidence.docx", draft, "", "approve_accountability", signed, make, as_done=True)


def _as_done(
    name: str, act: str, signed: tuple[object, ...], make: Callable[[Roster, Profile, str], bytes], others: tuple[str, ...] = ()
) -> Planned:
    return Planned(name, "", "", act, signed, _by_roster(make), as_done=True, others=others)


def _moved_by(item: Item, transfer: Transfer) -> str:
    """Return the act that changed the units, if no succession did: the decision on an objection bears the same stamp (2-7)."""
    decided = any(each.decided and (each.decided.at, each.decided.by) == (transfer.at, transfer.by) for each in item.objections)
    return "decide_objection" if decided else "change_lead" if transfer.role == "lead" else "change_assisting"


def _by_roster(make: Callable[[Roster, Profile, str], bytes]) -> Callable[[View, Profile, str], bytes]:
    return lambda view, profile, word: make(view.roster, profile, word)


def _drawn_together(item: Item, view: View, profile: Profile, word: str) -> bytes:
    return supervision_report.supervision_report(item, view.calendar, view.roster, profile, word)


def _listed(item: Item, record: Accountability, view: View, profile: Profile, word: str) -> bytes:
    return supervision_report.evidence(item, _circulars(item, record, view), view.roster, profile, word)


def _circulars(item: Item, record: Accountability, view: View) -> Iterator[Roundup]:
    """Yield the roundups of the months from the dispatch to the day on which the record was opened, as far as they were issued."""
    first, last = (item.dispatched or item.registered).at[:7], record.at[:7]
    for year in range(int(first[:4]), int(last[:4]) + 1):
        for month in (f"{year}-{number:02}" for number in range(1, 13)):
            if first <= month <= last and (found := view.roundup(month)) and found.issued:
                yield found


def _report(item: Item) -> Iterator[Planned]:
    report = item.report
    if report is None or report.number is None or report.shell is not None:
        return
    this = report.round
    agreed = this.consented if this.consented and this.consented.decision == "agree" and this.consented.hash == report.hash else None
    name = document_name(item.id, REPORT, report.place)
    draft, signed = ("", (report.hash, report.number, agreed)) if agreed else (_SENT_UP, ())
    yield Planned(name, draft, report.number, "consent", signed, partial(report_paper, item, report, agreed), this.round)


def _requests(item: Item) -> Iterator[Planned]:
    for place, asked in enumerate(item.extensions, start=1):
        if item.secrecy.level != OPEN and asked.reason.strip() == shell().otherwise:
            continue  # written on paper
        name, signed = document_name(item.id, REQUEST, place, first=True), (replace(asked, decided=None),)
        yield Planned(name, "", asked.number, "request_extension", signed, partial(request_paper, item, asked))


def _under_signature(item: Item) -> bool:
    """Tell a text that goes up from one that no longer does: the report was returned (3-2-5), or reporting up was waived."""
    this = item.report.round if item.report else None
    return this is not None and this.office_reviewed is not None and this.returned is None and item.up_report_waiver is None


def report_sides(item: Item, view: View, profile: Profile) -> int | None:
    """Return how many sides the unit's report takes in print, None where none is printed here."""
    report = item.report
    if report is None or not list(_report(item)):
        return None
    return special_report.arrangement(report_document(item, report, report.round.consented, view, ""), profile).sides
