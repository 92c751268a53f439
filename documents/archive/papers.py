"""The papers of a matter as they go into its package: documents that were issued, with their PDFs, and scans that lie beside the register.

What should be there and is not becomes an entry with the reason: nothing is passed over.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import docx

from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.libreoffice.printer import PrintError
from documents.publishing.catalogue import Planned
from documents.publishing.folder import Folder, digest, pdf_name
from documents.publishing.history import History
from documents.publishing.problems import lost
from documents.publishing.publisher import PdfPrinter
from records.bureau.roster import Roster
from records.matter.attachments import Attachment, attachments
from records.matter.item import Item
from records.matter.outgoing import IssuedDocument
from records.matter.stamps import Stamp
from records.register.register import Register
from records.register.scans import type_of
from records.store.record_files import Unreadable
from records.store.store import StoreError

DOCUMENTS, ATTACHMENTS = "documents", "attachments"
_PAGE = re.compile(rb"/Type\s*/Page\b")


@dataclass(frozen=True)
class Paper:
    """A paper: a line of the index.

    Attributes:
        name: of its first file in the package, also where that is missing.
        title: 题名; in square brackets where the paper bears none, as the rules of filing have it.
        number: 文号, "" for none.
        organ: 责任者.
        day: its date, "" where nobody knows it.
        files: its files by their names in the package.
        pages: of its PDF, None where there is none.
        note: 备注.
        missing: why it is not there, "" where it is.
        hash: what the record says of its first file, "" where it says nothing.
    """

    name: str
    title: str
    number: str
    organ: str
    day: str
    files: dict[str, bytes] = field(default_factory=dict)
    pages: int | None = None
    note: str = ""
    missing: str = ""
    hash: str = ""


def issued(register: Register, profile: Profile, item: Item, commit: str, printer: PdfPrinter | None) -> Iterator[Paper]:
    """Yield the documents of an item that were issued, also those withdrawn or replaced since; drafts are no documents.

    Args:
        register: the register.
        profile: the layout by which what is not on record is made again.
        item: the item at ``commit``.
        commit: as of which it is packed.
        printer: makes the PDFs; None where there is no LibreOffice.

    Raises:
        StoreError: the register cannot be read.
    """
    recorded, told = {each.name: each for each in item.documents}, set()
    for plan, made_of in History(register, None, commit).due(item.id, item, ()):
        if not plan.draft:
            told.add(plan.name)
            data = _bytes(register, profile, plan, made_of, recorded.get(plan.name))
            yield _document(item, plan, recorded.get(plan.name), data, printer, register.view(commit).roster)
    for name, known in recorded.items():
        if name not in told:
            kept = Folder(register.published).read(name) or b""
            reason = f"{name} 登记过摘要，现在的记录却不再生成它，公文目录里也没有原件。"
            yield _document(item, None, known, kept if digest(kept) == known.digest else reason, printer, register.view(commit).roster)


def _bytes(register: Register, profile: Profile, plan: Planned, made_of: str | None, known: IssuedDocument | None) -> bytes | str:
    """Return the bytes of a document, or why there are none: the file whose hash is on record, else what the record yields."""
    kept = Folder(register.published).read(plan.name) if known else None
    if kept is not None and known and digest(kept) == known.digest:
        return kept
    if made_of is None:
        return "签发签名与历史中的签发不符，请核查记录由谁改动。"
    try:
        made = plan.make(register.view(made_of), profile)
    except (DocumentError, Unreadable) as error:
        return str(error)
    if known and digest(made) != known.digest:
        return lost(plan.name, known.digest, known.layout_version, profile.version)
    return made


def _document(
    item: Item, plan: Planned | None, known: IssuedDocument | None, data: bytes | str, printer: PdfPrinter | None, roster: Roster
) -> Paper:
    name = plan.name if plan else known.name if known else ""
    place, number, recorded = f"{DOCUMENTS}/{name}", plan.number if plan else "", known.hash if known else ""
    kind = plan.title(roster.series) if plan else name
    if isinstance(data, str):
        return Paper(place, f"[{kind}]", number, "", "", missing=data, hash=recorded)
    files, pages, notes = {place: data}, None, []
    if name in item.withdrawn_files:
        notes.append("已撤回，文号作废")
    if plan and plan.round and plan.act == "consent":
        notes.append(f"第{plan.round}轮")
    pdf = pdf_name(name)
    if pdf and printer is None:
        notes.append("无 PDF")
    elif pdf and printer is not None:
        try:
            printed = printer.pdf(data)
            files[f"{DOCUMENTS}/{pdf}"], pages = printed, len(_PAGE.findall(printed))
        except PrintError as error:
            notes.append(f"无 PDF：{error}")
    told = docx.Document(io.BytesIO(data)).core_properties
    day = told.created.date().isoformat() if told.created else ""
    return Paper(place, told.title or f"[{kind}]", number, told.author, day, files, pages, "，".join(notes), hash=recorded)


def scanned(register: Register, versions: Iterable[Item], roster: Roster) -> Iterator[Paper]:
    """Yield the papers whose scans go with an item, of all its versions: what was put right since had a paper, too.

    Args:
        register: beside which they lie.
        versions: the item after each of its steps, oldest first.
        roster: for the names of those who signed.
    """
    seen: set[str] = set()
    for version in versions:
        for _, bearer, scan in attachments(version):
            if scan.digest not in seen:
                seen.add(scan.digest)
                yield _scan(scan, _read(register, scan), version, bearer if isinstance(bearer, Stamp) else None, roster)


def _scan(scan: Attachment, data: bytes | str, item: Item, stamp: Stamp | None, roster: Roster) -> Paper:
    files, missing, name, named = {}, "", f"{ATTACHMENTS}/{scan.digest}", f"sha256:{scan.digest}"
    if isinstance(data, bytes):
        name = f"{name}.{scan.type or type_of(data) or 'bin'}"
        files = {name: data}
    else:
        missing = data
    if stamp is None:
        return Paper(name, "[来文扫描件]", item.source.ref, item.source.organ, item.source.received, files, missing=missing, hash=named)
    who = roster.name(stamp.by, stamp.at)
    note = f"{roster.name(stamp.entered_by, stamp.at)}录入" if stamp.entered_by else ""
    return Paper(name, f"[{who}签字的纸质件扫描件]", "", who, stamp.at[:10], files, note=note, missing=missing, hash=named)


def _read(register: Register, scan: Attachment) -> bytes | str:
    try:
        return register.attachments.read(scan.digest) or "登记簿旁没有这个扫描件（未随克隆，或已丢失）。"
    except StoreError as error:
        return str(error)


def in_order(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return papers by their days, those of a day by their names; what has no day comes last."""
    return tuple(sorted(papers, key=lambda each: (each.day or date.max.isoformat(), each.name)))
