"""兰公×报 and 兰公×请, annex 3 of the regulation: what a unit reports or asks of the bureau's office, in the form of annex 1."""

from documents.forms import special_report
from documents.layout.official_document import OfficialDocument
from documents.layout.profile import Profile
from records.matter import prose


def render(document: OfficialDocument, profile: Profile, *, digest: str = "", checkpoint: str = "") -> bytes:
    """Return the document as .docx, the same bytes for the same document and profile on any machine.

    Args:
        document: the elements; its mark is the unit's full name and 报告 or 请示.
        profile: the layout, usually ``profile.standard()``.
        digest: hash of the text on record, ``sha256:`` and hex digits. Its beginning is printed on every side as 文本校验码, so
            that whoever holds the paper can tell whether it is what the register holds; without it none is printed.
        checkpoint: the line of the last checkpoint before it was signed, which stands under the code; "" for none.

    Raises:
        DocumentError: a mandatory element is missing, or a text cannot be printed.
    """
    foot = "\n".join(line for line in (f"文本校验码 {code(digest)}" if digest else "", checkpoint) if line)
    return special_report.render(document, profile, foot=foot)


def code(digest: str) -> str:
    """Return the printed short form of a hash."""
    return prose.printed_code(digest)
