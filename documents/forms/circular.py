"""The 领导批示件汇总通报 of a month and its table (三（三）): as a paper to all units and as a workbook. What was left out with a reason
stands in neither; what is most overdue stands first.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from documents.forms import workbook
from documents.forms.terms import day_text, label
from documents.forms.working_paper import WorkingPaper, render
from documents.layout.profile import Profile
from documents.layout.tables import PaperColumn, PaperTable, columned
from records.bureau.roster import Roster
from records.matter import prose
from records.matter.prose import Paragraph
from records.matter.roundup import Roundup, RoundupRow
from records.rules.roundup_figures import besides
from schema.tables import checker

_WIDTHS = {
    "item": 15,
    "title": 46,
    "lead": 18,
    "state": 14,
    "due": 12,
    "days_late": 12,
    "feedback_late": 10,
    "unsigned": 16,
    "silent": 16,
    "came_late": 14,
    "urges": 10,
    "returned": 10,
}
_NONE = "—"


def _printed(rows: Sequence[RoundupRow], roster: Roster) -> PaperTable:
    return columned(
        rows,
        PaperColumn("序号", 12, lambda place, row: str(place)),
        PaperColumn("督办事项", 42, lambda place, row: "\n".join((row.title, row.item, *besides(row, roster.unit_name))), left=True),
        PaperColumn("主办单位", 29, lambda place, row: roster.unit_name(row.lead)),
        PaperColumn("办结时限", 25, lambda place, row: row.due or _NONE),
        PaperColumn("逾期", 12, lambda place, row: _days(row.days_late)),
        PaperColumn("反馈\n逾期", 12, lambda place, row: _days(row.feedback_late)),
        PaperColumn("催办", 12, lambda place, row: str(row.urges or _NONE)),
        PaperColumn("退回", 12, lambda place, row: str(row.returned or _NONE)),
    )


def _days(late: int | None) -> str:
    """Workdays late; a day that has passed without a workday since is late too (D-1)."""
    return _NONE if late is None else str(late) if late else "已过"


def paper(found: Roundup, roster: Roster, profile: Profile, draft: str = "", checkpoint: str = "") -> bytes:
    """Return the 通报 with its table, as .docx.

    Args:
        found: the roundup.
        roster: the people and the bureau.
        profile: the layout.
        draft: the word over a draft, "" over none.
        checkpoint: the line of the last checkpoint before it was issued, "" for none.

    Raises:
        DocumentError: a text cannot be printed.
    """
    figures = found.figures
    # It stands so at the end of the month, and not any more on the day as of which the rest is counted.
    since = f"（其中{figures.accepted_since}件于{day_text(found.until)}以后审核通过，计入下期）" if figures.accepted_since else ""
    summary = (
        f"{day_text(found.since)}至{day_text(found.until)}，上期结转{figures.carried_over or 0}件，本期交办{figures.opened}件，"
        f"合计{(figures.carried_over or 0) + figures.opened}件。其中按时报结{figures.closed_on_time}件，逾期报结{figures.closed_late}件，"
        f"已报待审{figures.at_office or 0}件{since}，在办未到期{figures.open_in_time}件，逾期未报{figures.overdue}件，"
        f"中止{figures.suspended or 0}件，撤销或并案{figures.ended_otherwise or 0}件。"
        f"另，退回重报{figures.returned_reports}件次。统计截至{day_text(found.as_of)}。"
    )
    rows = list(_rows(found))
    table = (_printed(rows, roster),) if rows else ()
    closing = "表中逾期、反馈逾期按工作日计，催办、退回按次数计。" if table else "本期没有列入通报的事项。"
    sheet = WorkingPaper(
        title=found.title,
        to=f"各分县局、{roster.bureau_name}各部门",
        content=(Paragraph("", 0, summary), *prose.paragraphs(found.text or ""), *table),
        closing=closing + "特此通报。",
        organ=roster.bureau.print_organ,
        day=date.fromisoformat((found.issued.at if found.issued else found.as_of)[:10]),
        draft=draft,
        foot=checkpoint,
    )
    return render(sheet, profile)


def table(found: Roundup, roster: Roster, profile: Profile, draft: str = "") -> bytes:
    """Return the table of the 通报 and the figures of the month as an .xlsx file; a workbook has a layout of its own."""
    row, figure = (checker("roundup").at(path)["properties"] for path in (("rows", 0), ("figures",)))
    assert isinstance(row, dict)
    assert isinstance(figure, dict)
    heading = found.title + (f"（{draft}）" if draft else "")
    caption = f"统计截至{day_text(found.as_of)}"
    listed, counts = _rows(found), {name: count for name, count in vars(found.figures).items() if count is not None}
    columns = tuple(
        workbook.WorkbookColumn(
            row[name]["title"],
            width,
            [_cell(each, name, roster) for each in listed],
            text=name in ("title", "lead", "unsigned", "silent", "came_late"),
        )
        for name, width in _WIDTHS.items()
    )
    places = workbook.WorkbookColumn("序号", 6, range(1, len(listed) + 1))
    items = workbook.WorkbookColumn("项目", 50, [_defined(figure[name]) for name in counts], text=True)
    figures = workbook.WorkbookColumn("数量", 30, list(counts.values()))
    sheets = (
        workbook.WorkbookSheet("通报", heading, caption, (places, *columns), frozen=3),
        workbook.WorkbookSheet("统计", heading, caption, (items, figures), paper="A4 upright"),
    )
    return workbook.render(sheets, datetime.fromisoformat((found.issued or found.drafted).at))


def _defined(figure: Mapping[str, str]) -> str:
    """A figure's name with what is counted."""
    return figure["title"] + (f"：{figure['description']}" if "description" in figure else "")


def _rows(found: Roundup) -> list[RoundupRow]:
    """Return what the 通报 names: the most overdue first, what is equally late in the order of the record."""
    return sorted((row for row in found.rows if row.omitted is None), key=lambda row: (-(row.days_late or 0), -(row.feedback_late or 0)))


def _cell(row: RoundupRow, name: str, roster: Roster) -> object:
    """What stands in a row of the workbook under a field of the record."""
    found = getattr(row, name)
    if name == "lead":
        return roster.unit_name(row.lead)
    if name in ("unsigned", "silent"):
        return "、".join(roster.unit_name(unit) for unit in found) or None
    if name == "came_late":
        return "、".join(checker("roundup").enum_label(("rows", 0, name, 0), kind) for kind in found) or None
    if name == "state":
        return label("state", value=row.state)
    return date.fromisoformat(found) if name == "due" and found else found
