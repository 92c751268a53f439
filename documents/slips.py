"""Working papers on plain A4: what goes to a unit with a matter, what urges it, who signed for it, and the roundup (三（一）, 三（三）).

They carry no number of a series and no red head; what they say is taken from the records and nothing is added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from docx.oxml.xmlchemy import BaseOxmlElement

from documents import forms
from documents.official import DocumentError, title_lines
from documents.oxml import Setting, mm, node, paragraph, pt, run
from documents.package import blank, pack
from documents.profile import Profile
from records import prose
from records.model import Item, UnitPart, Urge
from records.roster import Roster
from records.roundup import Roundup
from schema.tables import checker
from schema.text import unsafe

_CELL = 12
_CELL_PITCH = 18
_LABELS = (30, 126)
_RECEIPTS = (12, 58, 22, 30, 34)
_ROWS = (12, 58, 28, 24, 14, 10, 10)
_NONE = "—"


def notice(item: Item, part: UnitPart, roster: Roster, profile: Profile) -> bytes:
    """Return the 督办通知单 of one unit, as .docx.

    Raises:
        DocumentError: the matter is not dispatched, or a text cannot be printed.
    """
    if item.dispatched is None:
        raise DocumentError(f"{item.id} 尚未交办，不能生成督办通知单：请先交办。")
    points = [point.text for point in item.points if (point.unit or item.lead) == part.unit]
    rows = [
        ("督办编号", item.id),
        ("督办事项", item.title),
        ("来文机关", f"{item.source.organ}\n{item.source.ref}"),
        *(("领导批示", f"{each.by}（{each.at}）：{each.text}") for each in item.instructions),
        ("承办单位", f"{_unit(roster, part.unit)}（{_label('item', 'units', 0, 'role', value=part.role)}）"),
        ("办理要求", "\n".join(f"{place}.{text}" for place, text in enumerate(points, start=1)) or "配合主办单位办理，并提出协办意见。"),
        ("办结时限", _day(item.due)),
        ("反馈周期", _label("item", "feedback_cycle", value=item.feedback_cycle or "none")),
        ("紧急程度", _label("item", "urgency", value=item.urgency)),
    ]
    text = "请收到后签收，及时送呈本单位主管领导审阅，按要求和时限办理，办结报告经主要领导同意后报市局办公室。"
    return _made("督办通知单", _unit(roster, part.unit), item.dispatched.at, (text,), (_Table(_LABELS, rows),), roster, profile)


def urge_notice(item: Item, urge: Urge, roster: Roster, profile: Profile) -> bytes:
    """Return the 催办通知单 of one urge to the lead, as .docx.

    Raises:
        DocumentError: a text cannot be printed.
    """
    rows = [
        ("督办编号", item.id),
        ("督办事项", item.title),
        ("办结时限", _day(item.due)),
        ("催办等次", _label("item", "urges", 0, "level", value=urge.level)),
        ("催办意见", prose.flowing(urge.text)),
        ("承办单位回复", "\n\n"),
    ]
    text = "下列督办事项请抓紧办理，并将办理情况书面回复市局办公室。"
    lead = _unit(roster, item.lead or "")
    return _made("督办事项催办通知单", lead, urge.at, (text,), (_Table(_LABELS, rows),), roster, profile)


def receipts(item: Item, roster: Roster, profile: Profile) -> bytes:
    """Return the 签收单 of a dispatched matter, with a line a unit, as .docx.

    Raises:
        DocumentError: the matter is not dispatched, or a text cannot be printed.
    """
    if item.dispatched is None:
        raise DocumentError(f"{item.id} 尚未交办，不能生成签收单：请先交办。")
    rows = [("序号", "单位", "承办方式", "签收人", "签收时间")]
    for place, part in enumerate(item.units, start=1):
        signed = part.signed_for
        who, when = (roster.name(signed.by), signed.at[:16].replace("T", " ")) if signed else ("", "")
        rows.append((str(place), _unit(roster, part.unit), _label("item", "units", 0, "role", value=part.role), who, when))
    text = f"{item.id}  {item.title}"
    return _made("督办事项签收单", "", item.dispatched.at, (text,), (_Table(_RECEIPTS, rows, head=True),), roster, profile)


def roundup(found: Roundup, roster: Roster, profile: Profile) -> bytes:
    """Return the 领导批示件汇总通报 with its table, as .docx; what was left out with a reason does not stand in it.

    Raises:
        DocumentError: a text cannot be printed.
    """
    figures = found.figures
    summary = (
        f"{_day(found.since)}至{_day(found.until)}，交办督办事项{figures.opened}件；按时报结{figures.closed_on_time}件，"
        f"逾期报结{figures.closed_late}件；在办未到期{figures.open_in_time}件，逾期未报{figures.overdue}件；"
        f"退回重报{figures.returned_reports}件次。统计截至{_day(found.as_of[:10])}。"
    )
    rows = [("序号", "督办事项", "主办单位", "办结时限", "逾期\n工作日", "催办\n退回", "反馈\n逾期")]
    for place, row in enumerate((row for row in found.rows if row.omitted is None), start=1):
        late, feedback = (str(count) if count else _NONE for count in (row.days_late, row.feedback_late))
        turned = f"{row.urges}/{row.returned}"
        rows.append((str(place), f"{row.title}\n{row.item}", roster.unit_name(row.lead), row.due or _NONE, late, turned, feedback))
    text = [summary, *(part.heading + part.text for part in prose.paragraphs(found.text or ""))]
    at, draft = (found.issued.at, "") if found.issued else (found.as_of, "送审稿")
    return _made(found.title, "各分县局、市局各部门", at, text, (_Table(_ROWS, rows, head=True),), roster, profile, draft)


@dataclass(frozen=True)
class _Table:
    """A table as wide as the 版心: widths in millimetres, texts; the first row may be a head that stands again on every page."""

    widths: tuple[float, ...]
    rows: Sequence[tuple[str, ...]]
    head: bool = False


def _made(
    title: str,
    to: str,
    at: str,
    text: Iterable[str],
    tables: Sequence[_Table],
    roster: Roster,
    profile: Profile,
    draft: str = "",
) -> bytes:
    office, text, day = roster.bureau.print_organ, tuple(text), datetime.fromisoformat(at).date()
    cells = [cell for table in tables for row in table.rows for cell in row]
    for shown in (title, to, office, *text, *cells):
        for position, sign in unsafe(shown, lines=True):
            raise DocumentError(f"{title}中“{shown[:position]}”之后是不能印刷的控制字符 {sign}，不能生成：请更正记录后重试。")
    file, look = blank(profile, title, day), profile.type("text")
    lines = title_lines(title, profile.title.chars, profile.words.split())
    end = file.element.body[-1]
    for element in (
        paragraph(
            Setting(align="center", line=pt(profile.title.pitch_pt)), run("\n".join(lines), profile.type("head", profile.title.size))
        ),
        *([paragraph(Setting(before=profile.lines(1)), run(f"{to}：", look))] if to else [paragraph(Setting())]),
        *(paragraph(Setting(first=profile.chars(profile.body.first_chars), after=pt(6)), run(part, look)) for part in text),
        *(_table(table, profile) for table in tables),
        *_signed(office, day, profile),
    ):
        end.addprevious(element)
    forms.margins(file, draft, profile)
    return pack(file)


def _signed(office: str, day: date, profile: Profile) -> Iterable[BaseOxmlElement]:
    setting = Setting(align="right", right=profile.chars(profile.sealed.right_chars), before=profile.lines(1), keep=True)
    yield paragraph(setting, run(office, profile.type("text")))
    yield paragraph(Setting(align="right", right=profile.chars(profile.sealed.right_chars)), run(forms.day_text(day), profile.type("text")))


def _table(table: _Table, profile: Profile) -> BaseOxmlElement:
    widths = [mm(width) for width in table.widths]
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    room = (("top", 3), ("left", 4), ("bottom", 3), ("right", 4))
    properties = node(
        "w:tblPr",
        node("w:tblW", w=sum(widths), type="dxa"),
        node("w:tblBorders", *(node(f"w:{side}", val="single", sz=4, space=0, color="000000") for side in sides)),
        node("w:tblLayout", type="fixed"),
        node("w:tblCellMar", *(node(f"w:{side}", w=pt(white), type="dxa") for side, white in room)),
    )
    rows = []
    for place, row in enumerate(table.rows):
        head = table.head and place == 0
        cells = [
            node(
                "w:tc",
                node("w:tcPr", node("w:tcW", w=width, type="dxa"), node("w:vAlign", val="center")),
                _cell(text, column, head, table, profile),
            )
            for column, (width, text) in enumerate(zip(widths, row, strict=True))
        ]
        again = [node("w:tblHeader")] if head else []
        rows.append(node("w:tr", node("w:trPr", node("w:cantSplit"), *again), *cells))
    return node("w:tbl", properties, node("w:tblGrid", *(node("w:gridCol", w=width) for width in widths)), *rows)


def _cell(text: str, column: int, head: bool, table: _Table, profile: Profile) -> BaseOxmlElement:
    # Labels and heads stand out; long text begins at the left, short entries stand in the middle.
    strong = head or (not table.head and column == 0)
    align = "left" if not strong and column == 1 else "center"
    return paragraph(Setting(align=align, line=pt(_CELL_PITCH)), run(text, profile.type("hei" if strong else "text", _CELL)))


def _unit(roster: Roster, unit: str) -> str:
    return found.full_name if (found := roster.units.get(unit)) else unit


def _label(kind: str, *path: str | int, value: str) -> str:
    return checker(kind).enum_label(path, value)


def _day(day: str | None) -> str:
    return forms.day_text(date.fromisoformat(day)) if day else _NONE
