"""What stands on the slips of a matter: what goes to a unit with it, who signed for it, what urges it (三（一）, 三（二）, 三（三）).

All of it is taken from the record and nothing is added. They carry no number of a series.
"""

from collections.abc import Iterator
from datetime import date

from documents.forms.terms import day_text, degree, label, name, time_text, unit_text
from documents.forms.working_paper import WorkingPaper, render
from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.layout.tables import PaperColumn, PaperTable, columned
from records.bureau.roster import SYSTEM, Roster
from records.matter import prose
from records.matter.changes import Point, Transfer
from records.matter.item import Item, UnitPart, Urge
from records.matter.prose import Paragraph
from records.rules.clocks import running

LABELS = (33, 123)
"""Widths in millimetres of a table that says one thing a row, its name before it."""
_RECEIPT = (22, 44, 24, 66)


def notice(item: Item, part: UnitPart, transfer: Transfer | None, roster: Roster, profile: Profile, draft: str = "") -> bytes:
    """Return the 督办通知单 of one unit, as .docx (3-1-1).

    Args:
        item: the matter.
        part: the unit's part in it.
        transfer: what made it the unit's part after the dispatch, None for the dispatch itself.
        roster: everybody.
        profile: the layout.
        draft: the word over a draft.

    Raises:
        DocumentError: the matter is not dispatched, or a text cannot be printed.
    """
    if item.begun is None:
        raise DocumentError(f"{item.id} 尚未交办，不能生成督办通知单：请先交办。")
    _, *about = matter(item)  # the number of the slip begins with that of the matter
    rows = [*about, *instructions(item), *_parts(item, part, roster, transfer)]
    cycle, urgency = label("feedback_cycle", value=item.feedback_cycle or "none"), label("urgency", value=item.urgency)
    points = [_asked_for(point) for point in item.points if (point.unit or item.lead) == part.unit]
    rows += [
        (
            name("points"),
            "\n".join(f"{place}.{text}" for place, text in enumerate(points, start=1)) or "配合主办单位办理，并提出协办意见。",
        ),
        # One row for the three, so that the slip of most matters is one side.
        (name("due"), "\u3000".join((day_text(item.due), f"{name('feedback_cycle')}：{cycle}", f"{name('urgency')}：{urgency}"))),
    ]
    place = f"调{item.transfers.index(transfer) + 1}" if transfer else str(item.units.index(part) + 1)
    number = f"{item.id}-{place}"
    sheet = WorkingPaper(
        title="督办通知单",
        to=unit_text(roster, part.unit),
        content=(PaperTable(LABELS, rows),),
        closing=f"请签收后退回执，及时送呈主管领导审阅，按要求和时限办理，办理结果经主要领导同意后报{roster.office_name}。",
        organ=roster.bureau.print_organ,
        day=date.fromisoformat((transfer.at if transfer else item.begun)[:10]),
        secrecy=degree(item.secrecy),
        draft=draft,
        number=number,
        contact=roster.name((transfer or item.dispatched or item.registered).by),
        below=(_receipt(number, unit_text(roster, part.unit), roster),),
    )
    return render(sheet, profile)


def receipts(item: Item, roster: Roster, profile: Profile, draft: str = "") -> bytes:
    """Return the 签收单 of a dispatched matter, with a line a unit, as .docx; its day is that of the last receipt (3-2-1).

    Raises:
        DocumentError: the matter is not dispatched, or a text cannot be printed.
    """
    if item.begun is None:
        raise DocumentError(f"{item.id} 尚未交办，不能生成签收单：请先交办。")
    table = columned(
        item.units,
        PaperColumn("序号", 12, lambda place, part: str(place)),
        PaperColumn("单位", 58, lambda place, part: unit_text(roster, part.unit), left=True),
        PaperColumn(name("units", 0, "role"), 22, lambda place, part: label("units", 0, "role", value=part.role)),
        PaperColumn("签收人", 28, lambda place, part: roster.name(part.signed_for.by) if part.signed_for else ""),
        PaperColumn("签收时间", 36, lambda place, part: time_text(part.signed_for.at) if part.signed_for else ""),
    )
    receipts = [part.signed_for.at for part in item.units if part.signed_for]
    sheet = WorkingPaper(
        title="督办事项签收单",
        to="",
        content=(Paragraph("", 0, f"{item.id}《{item.title}》签收情况如下。"), table),
        closing=f"应签收{len(item.units)}个单位，已签收{len(receipts)}个。",
        organ=roster.bureau.print_organ,
        day=date.fromisoformat(max((item.begun, *receipts))[:10]),
        secrecy=degree(item.secrecy),
        draft=draft,
    )
    return render(sheet, profile)


def urge_notice(item: Item, urge: Urge, place: int, roster: Roster, profile: Profile, draft: str = "") -> bytes:
    """Return the 催办通知单 of one urge to whoever is urged, with room for the answer, as .docx (3-3-1).

    Args:
        item: the matter.
        urge: the urge; without a unit it is to the lead of that day.
        place: which of the matter's written urges it is, from 1.
        roster: everybody.
        profile: the layout.
        draft: the word over a draft.

    Raises:
        DocumentError: a text cannot be printed.
    """
    clock = [(name("urges", 0, "clock"), label("urges", 0, "clock", value=urge.clock))] if urge.clock else []
    rows = [
        *matter(item),
        (name("due"), day_text(item.due)),
        *_again_by(item),
        *clock,
        (name("urges", 0, "level"), label("urges", 0, "level", value=urge.level)),
        (name("urges", 0, "text"), prose.flowing(urge.text)),
        (name("urges", 0, "reply"), "\n\n\n"),
    ]
    sheet = WorkingPaper(
        title="督办事项催办通知单",
        to=unit_text(roster, urge.unit or item.lead_at(urge.at) or ""),
        content=(PaperTable(LABELS, rows),),
        closing=f"请抓紧办理，并将办理情况书面答复{roster.office_name}。",
        organ=roster.bureau.print_organ,
        day=date.fromisoformat(urge.at[:10]),
        secrecy=degree(item.secrecy),
        draft=draft,
        number=f"{item.id}-催{place}",
        contact=roster.bureau.print_organ if urge.by == SYSTEM else roster.name(urge.by),
    )
    return render(sheet, profile)


def matter(item: Item) -> Iterator[tuple[str, str]]:
    """Yield the rows that say which matter it is: number, title, source."""
    yield "督办编号", item.id
    yield "督办事项", item.title
    yield name("source", "organ"), f"{item.source.organ}\n{item.source.ref}".rstrip()


def instructions(item: Item) -> Iterator[tuple[str, str]]:
    """Yield one row for all instructions: who wrote each, when, its words."""
    if item.instructions:
        told = (f"{each.by}（{day_text(each.at)}）：\n{prose.flowing(each.text)}" for each in item.instructions)
        yield name("instructions"), "\n".join(told)


def _asked_for(point: Point) -> str:
    """Return a requirement with the day that it has of its own, by which its unit is urged and called late (2-3; D-1)."""
    return point.text + (f"（{name('points', 0, 'due')}：{day_text(point.due)}）" if point.due else "")


def _receipt(number: str, unit: str, roster: Roster) -> PaperTable:
    """Return the 回执 that a unit fills in, cuts off and sends back."""
    rows = [("编号", number, "收件单位", unit), ("收件人", "", "收到时间", "")]
    return PaperTable(_RECEIPT, rows, left=(1, 3), labels=(0, 2), cut=f"回执（请退{roster.office_name}）")


def _again_by(item: Item) -> Iterator[tuple[str, str]]:
    """Yield the day by which a report that was returned is due again, while that is the day that counts (Q13)."""
    again = next((each.due for each in running(item) if each.kind == "redo"), None)
    if again:
        yield name("report", "rounds", 0, "returned", "redo_due"), day_text(again)


def _parts(item: Item, part: UnitPart, roster: Roster, transfer: Transfer | None) -> Iterator[tuple[str, str]]:
    """Yield in what way the unit has part in the matter, and who has with it."""
    role = label("units", 0, "role", value=part.role)
    yield name("units"), f"{unit_text(roster, part.unit)}（{role}）"
    for other, units in (("lead", item.units), ("assisting", item.assisting)):
        names = [roster.unit_name(each.unit) for each in units if each.role == other and each.unit != part.unit]
        if names:
            yield f"{label('units', 0, 'role', value=other)}单位", "、".join(names)
    if transfer:
        before = f"原由{unit_text(roster, transfer.from_unit)}{role}，现改由你单位{role}" if transfer.from_unit else f"现增加你单位{role}"
        yield name("transfers"), f"{before}；办结时限不变。"
