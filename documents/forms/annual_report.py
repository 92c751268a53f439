"""年度督办工作统计报告: the figures of a year as a paper with tables, under them the commit from which each can be counted again (D-18)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from documents.forms.working_paper import WorkingPaper, render
from documents.layout.profile import Profile
from documents.layout.tables import PaperTable
from records.matter.prose import Paragraph, numeral

_TEXT = 156  # millimetres between the margins
_NAME = 36
_MEANING = (30, 126)


@dataclass(frozen=True)
class AnnualTable:
    """A table of figures: what its rows are, and each row its name and its cells.

    Attributes:
        words: what is said over it.
        heads: over the names and the cells.
        rows: the last one is the sum.
    """

    words: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class AnnualSection:
    """A chapter: its heading and its tables."""

    heading: str
    tables: tuple[AnnualTable, ...]


@dataclass(frozen=True)
class AnnualReport:
    """What the report says.

    Attributes:
        title: its title.
        summary: the sums in sentences.
        sections: the tables.
        meanings: each figure with what it counts.
        basis: by what all of it can be counted again.
        organ: who issues it.
        day: as of when.
        checkpoint: the line of the last checkpoint up to the commit that was counted, "" for none.
    """

    title: str
    summary: str
    sections: tuple[AnnualSection, ...]
    meanings: tuple[tuple[str, str], ...]
    basis: str
    organ: str
    day: date
    checkpoint: str = ""


def paper(report: AnnualReport, profile: Profile) -> bytes:
    """Return the report as .docx, the same bytes for the same figures and profile on any machine.

    Raises:
        DocumentError: a text cannot be printed.
    """
    sheet = WorkingPaper(
        title=report.title,
        to="",
        content=tuple(_content(report)),
        closing=report.basis,
        organ=report.organ,
        day=report.day,
        foot=report.checkpoint,
    )
    return render(sheet, profile)


def _content(report: AnnualReport) -> Iterator[Paragraph | PaperTable]:
    yield Paragraph("一、总体情况。", 1, report.summary)
    for number, section in enumerate(report.sections, start=2):
        yield Paragraph(f"{numeral(number)}、{section.heading}", 1, "")
        for place, table in enumerate(section.tables, start=1):
            yield Paragraph(f"（{numeral(place)}）{table.words}", 2, "")
            cells = (_TEXT - _NAME) / (len(table.heads) - 1)
            heads = (table.heads[0], *map(_over_figures, table.heads[1:]))
            yield PaperTable((_NAME, *(cells for _ in heads[1:])), [heads, *table.rows], head=True, left=(0,))
    yield Paragraph(f"{numeral(len(report.sections) + 2)}、指标口径", 1, "")
    yield PaperTable(_MEANING, report.meanings)


def _over_figures(head: str) -> str:
    """A head as it stands over a narrow column: a rate in two lines, no character alone on the second."""
    return f"{head[:-3]}\n{head[-3:]}" if len(head) > 4 else head
