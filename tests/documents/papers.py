"""What the tests of the working papers share: a month's roundup, and a paper as its texts."""

import io
from dataclasses import dataclass

import docx

from records.matter.item import Item
from records.matter.numbers import Outside
from records.matter.roundup import Figures, Roundup, RoundupRow
from records.matter.stamps import Stamp
from tests.bureau import Matter

AT = "2026-11-06T09:00:00+08:00"
ISSUED = Stamp("BGS.clerk1", "2026-11-09T10:00:00+08:00")
ROUNDUP = Roundup(
    id="2026-10",
    title="2026年10月领导批示件和督办事项办理情况汇总通报",
    since="2026-10-01",
    until="2026-10-31",
    as_of=AT,
    state="drafted",
    drafted=Stamp("BGS.clerk1", AT),
    figures=Figures(
        carried_over=4,
        opened=9,
        closed_on_time=3,
        closed_late=1,
        at_office=2,
        open_in_time=4,
        overdue=2,
        suspended=1,
        ended_otherwise=0,
        returned_reports=1,
    ),
    text="总体情况良好。",
    rows=(
        RoundupRow(
            item="DB-2026-0001",
            title="=甲",
            lead="JJ",
            state="in_progress",
            due="2026-11-07",
            feedback_late=4,
            urges=0,
            returned=0,
            unsigned=("JJ", "CG"),
            came_late=("sign_for",),
        ),
        RoundupRow(
            item="DB-2026-0002", title="乙", lead="CG", state="in_progress", urges=0, returned=0, omitted=Outside("L03", AT, reason="涉密")
        ),
        RoundupRow(item="DB-2026-0003", title="丙", lead="CG", state="returned", urges=0, returned=0),
        RoundupRow(item="DB-2026-0004", title="丁", lead="CG", state="in_progress", due="2026-09-07", days_late=3, urges=2, returned=1),
    ),
)


@dataclass(frozen=True)
class Shown:
    """A paper as a reader sees it: the word over it, its paragraphs, the rows of its tables."""

    over: str
    paragraphs: list[str]
    tables: list[list[list[str]]]

    @property
    def said(self) -> dict[str, str]:
        """What stands beside each label in the tables of two columns."""
        return {row[0]: row[1] for table in self.tables for row in table if len(row) == 2}


def shown(data: bytes) -> Shown:
    document = docx.Document(io.BytesIO(data))
    over = "".join(paragraph.text for paragraph in document.sections[0].header.paragraphs)
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return Shown(over, [paragraph.text for paragraph in document.paragraphs if paragraph.text], tables)


def before(act: str) -> Item:
    """The item of the story as it stands before an act."""
    found = Matter().until(act).item
    assert found
    return found
