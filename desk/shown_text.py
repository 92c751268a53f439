"""What a person has before his eyes while he acts: the text that he signs, reviews or returns."""

from dataclasses import dataclass

from records.bureau.roster import Roster
from records.matter.item import Item

_REPORT_ACTS = ("review_report", "consent", "submit", "office_review", "return_report")
_BUREAU_ACTS = ("director_sign", "bureau_sign")


@dataclass(frozen=True)
class ShownText:
    """A text as it stands in the record.

    Attributes:
        what: what it is, such as 办结报告.
        hash: names exactly this text; what is signed.
        body: in normal form.
        to: whom it is sent to, empty for a report.
    """

    what: str
    hash: str
    title: str
    body: str
    to: str = ""
    copy_to: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    attachment_text: str = ""


def sheet(act: str, item: Item | None, roster: Roster) -> ShownText | None:
    """Return the text that an act is about, None for acts that are about no text."""
    if item is None or item.report is None:
        return None
    report, out = item.report, item.outgoing
    if act in _BUREAU_ACTS and out:
        what = f"上报公文  {out.number or roster.series_name(out.series)}"
        return ShownText(what, out.hash, out.title, out.body, out.to, out.copy_to, out.attachments, out.attachment_text or "")
    if act in _BUREAU_ACTS or act in _REPORT_ACTS:
        what = f"办结报告  第{report.round.round}轮  {report.number or '未编号'}"
        beside = report.attachment_text or ""
        return ShownText(what, report.hash, report.title, report.body, attachments=report.attachments, attachment_text=beside)
    return None
