"""What the office draws together from a matter's record for those who decide on it: the 督办报告 that the director signs (三（二）), and
the evidence list for a body that decides on blame (二).

They say what the record says, with its times, and nobody's guilt.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from documents.forms.slips import LABELS, instructions, matter
from documents.forms.terms import day_text, degree, label, name, time_text, unit_text
from documents.forms.working_paper import WorkingPaper, render
from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.layout.tables import PaperTable
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster, role_label
from records.matter import prose
from records.matter.item import Accountability, Item, Urge
from records.matter.prose import Paragraph
from records.matter.report import OfficeReview, Report, Round
from records.matter.roundup import Roundup
from records.matter.stamps import Remark, Signature, Stamp
from records.rules.roundup_figures import late_words
from schema.tables import acts

_POINTS = (12, 84, 38, 22)
_OPINIONS = (40, 116)
_ROUNDS = (14, 24, 24, 16, 78)
_PERSONS = (12, 30, 76, 38)
_EVIDENCE = (12, 28, 116)
_CODED = re.compile(r"(第\d+轮报告责成重新上报：)(R\d+(?:、R\d+)*)")
_BLAMED = ("reviewing_head", "supervising_leader", "main_leader")


def supervision_report(item: Item, calendar: Calendar, roster: Roster, profile: Profile, draft: str = "") -> bytes:
    """Return the 督办报告 in which the office draws a matter together for the director in charge, as .docx (3-2-4).

    Args:
        item: the matter, its report reviewed by the office.
        calendar: by which lateness is counted.
        roster: everybody.
        profile: the layout.
        draft: the word over a draft.

    Raises:
        DocumentError: the office has not reviewed a report, or a text cannot be printed.
    """
    report = item.report
    if report is None or report.round.office_reviewed is None:
        raise DocumentError(f"{item.id} 的办结报告尚未经办公室审核，不能生成督办报告：请先审核。")
    reviewed = report.round.office_reviewed
    own = item.lead == roster.bureau.office
    signer = role_label("deputy_director_in_charge" if own else "office_director_in_charge")
    content: list[Paragraph | PaperTable] = [
        PaperTable(LABELS, list(_facts(item, roster))),
        _heading(f"{name('points')}和答复"),
        _points(item, reviewed.answered, roster),
    ]
    if item.assisting:
        content += [_heading(name("units", 0, "opinion")), _opinions(item, roster)]
    content += [_heading("上报和退回"), _rounds(item, report, calendar), *_conclusion(report)]
    signed = [(acts()["office_review"].label, _words(reviewed, roster)), (f"{signer}审签", _words(item.director_signature, roster))]
    sheet = WorkingPaper(
        title="督办报告",
        to=signer,
        content=tuple(content),
        closing="以上办理情况，请审签。",
        organ=roster.bureau.print_organ,
        day=date.fromisoformat(reviewed.at[:10]),
        secrecy=degree(item.secrecy),
        draft=draft,
        below=(_heading("审核和审签"), PaperTable(LABELS, signed)),
    )
    return render(sheet, profile)


def evidence(item: Item, circulars: Iterable[Roundup], roster: Roster, profile: Profile, draft: str = "") -> bytes:
    """Return the 责任追究证据清单: persons, consequence, evidence with its days, referral, as .docx (2-8).

    Args:
        item: the matter.
        circulars: the roundups that were issued while it was open.
        roster: everybody.
        profile: the layout.
        draft: the word over a draft.

    Raises:
        DocumentError: nobody opened such a record, or a text cannot be printed.
    """
    record = item.accountability
    if record is None:
        raise DocumentError(f"{item.id} 没有提请责任追究，不能生成证据清单。")
    rows = [
        ("督办编号", item.id),
        ("督办事项", item.title),
        ("主办单位", unit_text(roster, item.lead or "")),
        (name("due"), _due(item)),
        (name("accountability", "by"), _signed(record, roster)),
        (name("accountability", "consequence"), prose.flowing(record.consequence)),
    ]
    decided = [(name("accountability", "approved"), _words(record.approved, roster)), (name("accountability", "outcome"), "\n\n\n")]
    sheet = WorkingPaper(
        title="责任追究证据清单",
        to="",
        content=(
            Paragraph("", 0, "下列内容均取自督办登记簿的记录，只列事实，不作责任认定。"),
            PaperTable(LABELS, rows),
            _heading("规定所列人员"),
            _persons(record, roster),
            _heading(name("accountability", "evidence")),
            _evidence(item, record, circulars, roster),
        ),
        closing="以上材料供有权处理的部门依规认定和处理。",
        organ=roster.bureau.print_organ,
        day=date.fromisoformat((record.approved or record).at[:10]),
        secrecy=degree(item.secrecy),
        draft=draft,
        below=(_heading("移送和处理"), PaperTable(LABELS, decided)),
    )
    return render(sheet, profile)


def _facts(item: Item, roster: Roster) -> Iterator[tuple[str, str]]:
    yield from matter(item)
    yield from instructions(item)
    yield "主办单位", unit_text(roster, item.lead or "")
    if item.assisting:
        yield "协办单位", "、".join(roster.unit_name(part.unit) for part in item.assisting)
    if item.dispatched_on:
        yield name("dispatched"), day_text(item.dispatched_on)
    if item.carried_in:
        yield name("carried_in"), f"{item.carried_in.ledger} {item.carried_in.number}（结转以前的办理和签字见原台账）"
    yield name("due"), _due(item)
    if item.reopenings:
        yield name("reopenings"), f"{day_text(item.reopenings[-1].at)}：{prose.flowing(item.reopenings[-1].reason)}"
    if urges := list(item.urged()):
        yield name("urges"), "\n".join(f"{day_text(each.at)}　{_urge(item, unit, each, roster)}" for unit, each in urges)


def _urge(item: Item, unit: str, urge: Urge, roster: Roster) -> str:
    return label("urges", 0, "level", value=urge.level) + ("" if unit == item.lead else f"（{roster.unit_name(unit)}）")


def _due(item: Item) -> str:
    moved = item.original_due and item.original_due != item.due
    return day_text(item.due) + (f"（{name('original_due')}{day_text(item.original_due)}）" if moved else "")


def _points(item: Item, answered: tuple[int, ...], roster: Roster) -> PaperTable:
    rows = [("序号", name("points", 0, "text"), name("points", 0, "unit"), "答复")]
    for place, point in enumerate(item.points, start=1):
        unit = roster.unit_name(point.unit or item.lead or "")
        rows.append((str(place), point.text, unit, "已答复" if place in answered else "未答复"))
    return PaperTable(_POINTS, rows, head=True)


def _opinions(item: Item, roster: Roster) -> PaperTable:
    rows = [("协办单位", "意见")]
    for part in item.assisting:
        excused = f"{name('units', 0, 'waiver')}：{prose.flowing(part.waiver.text or '')}" if part.waiver else "—"
        said = prose.flowing(part.opinion.text or "") if part.opinion else excused
        rows.append((roster.unit_name(part.unit), said))
    return PaperTable(_OPINIONS, rows, head=True)


def _rounds(item: Item, report: Report, calendar: Calendar) -> PaperTable:
    rows, due = [("轮次", "应报", "上报", "逾期\n工作日", "退回情况")], item.due or ""
    for each in _present(report.rounds):
        sent = each.submitted.at[:10] if each.submitted else ""
        late = calendar.between(date.fromisoformat(due), date.fromisoformat(sent)) if sent > due else 0
        told = "—"
        if back := each.returned:
            reasons = "；".join(label("report", "rounds", 0, "returned", "reasons", 0, value=code) for code in back.reasons)
            told = f"{back.at[:10]} 退回：{reasons}。\n{prose.flowing(back.comment)}"
        rows.append((str(each.round), due, sent or "—", str(late) if late else "—", told))
        due = back.redo_due if back else due
    return PaperTable(_ROUNDS, rows, head=True, left=(4,))


def _present(rounds: tuple[Round, ...]) -> tuple[Round, ...]:
    """Return the rounds since the matter was last taken up: what was accepted before belongs to an earlier 督办报告."""
    accepted = [place for place, each in enumerate(rounds[:-1], start=1) if each.office_reviewed and not each.returned]
    return rounds[accepted[-1] if accepted else 0 :]


def _conclusion(report: Report) -> Iterator[Paragraph]:
    """Yield the unit's report; its headings stand one level below those of the sheet."""
    yield _heading("承办单位办结报告")
    yield Paragraph("", 0, f"《{report.title}》" + (f"（{report.number}）" if report.number else ""))
    if shell := report.shell:
        yield Paragraph("", 0, f"正文为涉密件，不录入本系统。载体：{shell.carrier}，共{shell.pages}页。")
    for each in prose.paragraphs(report.body):
        yield replace(each, level=min(4, each.level + 1) if each.level else 0)


def _persons(record: Accountability, roster: Roster) -> PaperTable:
    rows, day = [("序号", "姓名", "单位和职务", "规定中的身份")], date.fromisoformat(record.at[:10])
    for place, person in enumerate(record.persons, start=1):
        held = {role for role, unit in roster.roles(person, day) if unit == roster.unit_of(person)}
        roles = "、".join(role_label(role) for role in _BLAMED if role in held)
        found, unit = roster.people.get(person), unit_text(roster, roster.unit_of(person) or "")
        rows.append((str(place), roster.name(person), f"{unit}{found.title}" if found else "—", roles or "—"))
    return PaperTable(_PERSONS, rows, head=True, left=(2,))


def _evidence(item: Item, record: Accountability, circulars: Iterable[Roundup], roster: Roster) -> PaperTable:
    rows = [("序号", "日期", "情形")]
    found = [each.partition(" ")[::2] for each in record.evidence]
    for circular in circulars:
        listed = next((row for row in circular.rows if row.item == item.id and row.omitted is None), None)
        if listed and circular.issued:
            late = "，".join(late_words(listed, roster.unit_name)) or "未逾期"
            found.append((circular.issued.at[:10], f"列入《{circular.title}》，{late}"))
    for place, (day, what) in enumerate(sorted(found, key=lambda each: each[0]), start=1):
        rows.append((str(place), day, _CODED.sub(_in_words, what)))
    return PaperTable(_EVIDENCE, rows, head=True, left=(2,))


def _in_words(coded: re.Match[str]) -> str:
    return coded[1] + "；".join(label("report", "rounds", 0, "returned", "reasons", 0, value=code) for code in coded[2].split("、"))


def _words(said: Remark | Signature | OfficeReview | None, roster: Roster) -> str:
    """Return what was said and by whom, room for it while nobody has."""
    if said is None:
        return "\n\n\n"
    return f"{prose.flowing(said.text or '')}\n{_signed(said, roster)}".strip()


def _signed(stamp: Stamp, roster: Roster) -> str:
    """Return who put his name to it and when; what was signed on paper says so (Q24)."""
    instead = f"（代{roster.name(stamp.on_behalf_of)}）" if stamp.on_behalf_of else ""
    paper = f"（纸质签字，{roster.name(stamp.entered_by)}录入）" if stamp.entered_by else ""
    return f"{roster.name(stamp.by)}{instead}{paper}　{time_text(stamp.at)}"


def _heading(text: str) -> Paragraph:
    return Paragraph(text, 1, "")
