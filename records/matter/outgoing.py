"""The document by which the bureau reports up, and the documents on record as issued."""

from dataclasses import dataclass

from records.matter.prose import content_hash
from records.matter.report import appended
from records.matter.stamps import Decision, Remark, Signature, Stamp


@dataclass(frozen=True)
class VoidedNumber(Stamp):
    """A number that was reserved for the document and given up."""

    number: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """The document by which the bureau reports up; of one ``on_paper`` only number, signer and days are kept here (D-16)."""

    series: str
    kind: str
    override_reason: str | None = None
    override_decided: Decision | None = None
    title: str
    to: str
    copy_to: tuple[str, ...] = ()
    body: str
    attachments: tuple[str, ...] = ()
    attachment_text: str | None = None
    on_paper: bool | None = None
    text_hash: str | None = None
    number: str | None = None
    reserved: Stamp | None = None
    voided: tuple[VoidedNumber, ...] = ()
    signature: Signature | None = None
    reported: Remark | None = None
    declined: tuple[Remark, ...] = ()
    redrafted: tuple[Stamp, ...] = ()

    @property
    def to_redraft(self) -> bool:
        """Whether a leader sent the text back and the office has not written it anew."""
        return len(self.redrafted) < len(self.declined)

    @property
    def override_waits(self) -> bool:
        """Whether it leaves the route of its source and the deputy director has not agreed (R-24)."""
        return self.override_reason is not None and (self.override_decided is None or self.override_decided.decision != "approved")

    @property
    def hash(self) -> str:
        """The hash of all that the reader of the document will see, which the signatures are given for; of a text that is kept no more
        since the matter was classified the one it had.
        """
        if self.text_hash is not None:
            return self.text_hash
        named = (*self.copy_to, "", *self.attachments, *appended(self.attachment_text))
        return content_hash(self.series, self.kind, self.title, self.to, self.body, *named)


@dataclass(frozen=True, kw_only=True)
class IssuedDocument(Stamp):
    """A document as it was issued: its file name and the hash of its bytes, which anybody can make again and compare.

    Another layout gives other bytes of the same text, so the version of the layout stands beside the hash; records made before layouts
    were counted say none, which is the first.
    """

    name: str
    hash: str
    layout: int | None = None

    @property
    def digest(self) -> str:
        """The hash as hex digits."""
        return self.hash.removeprefix("sha256:")

    @property
    def layout_version(self) -> int:
        """The version of the layout that made the file."""
        return self.layout or 1


def document_name(item: str, word: str, place: int = 1, *, first: bool = False) -> str:
    """Return the file name of an official document, of ids alone: ``DB-2026-0118-special.docx``, ``DB-2026-0118-report-2.docx``.

    Args:
        item: the item's id.
        word: the series, without a unit.
        place: which one of them it is.
        first: whether the first one too is numbered.
    """
    return f"{item}-{word}{f'-{place}' if first or place > 1 else ''}.docx"
