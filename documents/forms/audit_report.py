"""核对报告: what an audit of a register came to, as a paper that an inspector signs and files (三（三）)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from documents.forms.working_paper import WorkingPaper, render
from documents.layout.profile import Profile
from documents.layout.tables import PaperTable
from records.matter.prose import Paragraph

_WIDTHS = (10, 34, 112)  # millimetres
_HEADS = ("序号", "何时、何人、何事项", "是什么不对")


@dataclass(frozen=True)
class AuditReport:
    """What the report says.

    Attributes:
        title: its title.
        judged: what was judged and how far it holds, a paragraph each.
        findings: number, whose and when, what is false with what became what; none when nothing is.
        verdict: the sum in a sentence.
        basis: by what anybody can judge again.
        organ: who issues it.
        day: when.
    """

    title: str
    judged: Sequence[str]
    findings: Sequence[tuple[str, str, str]]
    verdict: str
    basis: str
    organ: str
    day: date


def paper(report: AuditReport, profile: Profile) -> bytes:
    """Return the report as .docx, the same bytes for the same findings and profile on any machine.

    Raises:
        DocumentError: a text cannot be printed.
    """
    content = tuple(_content(report))
    return render(WorkingPaper(report.title, "", content, report.basis, report.organ, report.day), profile)


def _content(report: AuditReport) -> Iterator[Paragraph | PaperTable]:
    yield Paragraph("一、核对了什么", 1, "")
    yield from (Paragraph("", 0, line) for line in report.judged)
    yield Paragraph("二、结论", 1, "")
    yield Paragraph("", 0, report.verdict)
    if report.findings:
        yield Paragraph("三、逐处说明", 1, "")
        yield PaperTable(_WIDTHS, (_HEADS, *report.findings), head=True, left=(1, 2))
