"""What lies on top of a file that is handed to the archive: 卷内目录 of a matter, 归档文件目录 of a year (GB/T 9705, DA/T 22).

What only the archive can give (档号, 页号 once the volume is sewn) is left empty for it to write in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.forms.working_paper import WorkingPaper, render
from documents.layout.profile import Profile
from documents.layout.tables import PaperColumn, columned
from records.matter.prose import Paragraph


@dataclass(frozen=True)
class IndexLine:
    """A line of an index, in the words of the rules of filing.

    Attributes:
        title: 题名.
        number: 文号, "" for none.
        organ: 责任者.
        day: 日期 as ``2026-09-07``, "" for none.
        pages: 页数, "" where it is not known.
        note: 备注.
        secrecy: 密级, which an index of a year has.
        file: the file or the folder in the package.
        missing: why it is not there, "" where it is.
    """

    title: str
    number: str
    organ: str
    day: str
    pages: str
    note: str
    secrecy: str
    file: str
    missing: str = ""

    @property
    def compact_day(self) -> str:
        """The date as eight digits, as an index has it."""
        return self.day.replace("-", "")


def of_matter(heading: str, lines: Sequence[IndexLine], closing: str, organ: str, day: date, secrecy: str, profile: Profile) -> bytes:
    """Return the 卷内目录 of a matter as .docx.

    Args:
        heading: which matter it is.
        lines: its papers.
        closing: how many there are and what is missing.
        organ: who files it.
        day: when.
        secrecy: 密级和保密期限, "" for none.
        profile: the layout.

    Raises:
        DocumentError: a text cannot be printed.
    """
    table = columned(
        lines,
        PaperColumn[IndexLine]("顺序号", 16, lambda place, line: str(place)),
        PaperColumn[IndexLine]("文号", 30, lambda place, line: line.number),
        PaperColumn[IndexLine]("责任者", 25, lambda place, line: line.organ, left=True),
        PaperColumn[IndexLine]("题名", 30, lambda place, line: line.title, left=True),
        PaperColumn[IndexLine]("日期", 23, lambda place, line: line.compact_day),
        PaperColumn[IndexLine]("页号", 12, lambda place, line: ""),
        PaperColumn[IndexLine]("备注", 20, lambda place, line: _noted(line), left=True),
    )
    content = (Paragraph("", 0, heading), table)
    return render(WorkingPaper("卷内目录", "", content, closing, organ, day, secrecy=secrecy), profile)


def of_year(heading: str, lines: Sequence[IndexLine], closing: str, organ: str, day: date, profile: Profile) -> bytes:
    """Return the 归档文件目录 of a year as .docx, a matter a line; arguments and errors are those of ``of_matter``."""
    table = columned(
        lines,
        PaperColumn[IndexLine]("序号", 12, lambda place, line: str(place)),
        PaperColumn[IndexLine]("档号", 13, lambda place, line: ""),
        PaperColumn[IndexLine]("文号", 30, lambda place, line: line.number),
        PaperColumn[IndexLine]("责任者", 22, lambda place, line: line.organ, left=True),
        PaperColumn[IndexLine]("题名", 31, lambda place, line: line.title, left=True),
        PaperColumn[IndexLine]("日期", 23, lambda place, line: line.compact_day),
        PaperColumn[IndexLine]("密级", 12, lambda place, line: line.secrecy),
        PaperColumn[IndexLine]("备注", 13, lambda place, line: _noted(line), left=True),
    )
    content = (Paragraph("", 0, heading), table)
    return render(WorkingPaper("归档文件目录", "", content, closing, organ, day), profile)


def _noted(line: IndexLine) -> str:
    return "\n".join(each for each in (line.missing and "缺失", line.pages and f"{line.pages}页", line.note) if each)
