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
from documents.layout.tables import PaperColumn, PaperTable, columned
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster, role_label
from records.matter import prose
from records.matter.item import Accountability, Item, UnitPart, Urge
from records.matter.prose import Paragraph
from records.matter.report import OfficeReview, Report, Return, Round
from records.matter.roundup import Roundup
from records.matter.stamps import Remark, Signature, Stamp
from records.rules.roundup_figures import late_words
from records.rules.timeliness import deadline, workdays
from schema.tables import acts

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
    return columned(
        item.points,
        PaperColumn("序号", 12, lambda place, point: str(place)),
        PaperColumn(name("points", 0, "text"), 84, lambda place, point: point.text, left=True),
        PaperColumn(name("points", 0, "unit"), 38, lambda place, point: roster.unit_name(point.unit or item.lead or "")),
        PaperColumn("答复", 22, lambda place, point: "已答复" if place in answered else "未答复"),
    )


def _opinions(item: Item, roster: Roster) -> PaperTable:
    return columned(
        item.assisting,
        PaperColumn("协办单位", 40, lambda place, part: roster.unit_name(part.unit)),
        PaperColumn("意见", 116, lambda place, part: _opinion(part), left=True),
    )


def _opinion(part: UnitPart) -> str:
    if part.opinion:
        return prose.flowing(part.opinion.text or "")
    return f"{name('units', 0, 'waiver')}：{prose.flowing(part.waiver.text or '')}" if part.waiver else "—"


def _rounds(item: Item, report: Report, calendar: Calendar) -> PaperTable:
    def late(this: Round) -> str:
        due, sent = deadline(item, this), this.submitted.at if this.submitted else ""
        return str(workdays(due, sent, calendar) or "—") if due and sent[:10] > due else "—"

    return columned(
        _present(report.rounds),
        PaperColumn("轮次", 14, lambda place, this: str(this.round)),
        PaperColumn("应报", 24, lambda place, this: deadline(item, this) or item.due or ""),
        PaperColumn("上报", 24, lambda place, this: this.submitted.at[:10] if this.submitted else "—"),
        PaperColumn("逾期\n工作日", 16, lambda place, this: late(this)),
        PaperColumn("退回情况", 78, lambda place, this: _back(this.returned), left=True),
    )


def _back(back: Return | None) -> str:
    if back is None:
        return "—"
    reasons = "；".join(label("report", "rounds", 0, "returned", "reasons", 0, value=code) for code in back.reasons)
    return f"{back.at[:10]} 退回：{reasons}。\n{prose.flowing(back.comment)}"


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
    day = date.fromisoformat(record.at[:10])

    def office(person: str) -> str:
        found, unit = roster.people.get(person), unit_text(roster, roster.unit_of(person) or "")
        return f"{unit}{found.title}" if found else "—"

    def roles(person: str) -> str:
        held = {role for role, unit in roster.roles(person, day) if unit == roster.unit_of(person)}
        return "、".join(role_label(role) for role in _BLAMED if role in held) or "—"

    return columned(
        record.persons,
        PaperColumn("序号", 12, lambda place, person: str(place)),
        PaperColumn("姓名", 30, lambda place, person: roster.name(person)),
        PaperColumn("单位和职务", 76, lambda place, person: office(person), left=True),
        PaperColumn("规定中的身份", 38, lambda place, person: roles(person)),
    )


def _evidence(item: Item, record: Accountability, circulars: Iterable[Roundup], roster: Roster) -> PaperTable:
    found = [each.partition(" ")[::2] for each in record.evidence]
    for circular in circulars:
        listed = next((row for row in circular.rows if row.item == item.id and row.omitted is None), None)
        if listed and circular.issued:
            late = "，".join(late_words(listed, roster.unit_name)) or "未逾期"
            found.append((circular.issued.at[:10], f"列入《{circular.title}》，{late}"))
    return columned(
        sorted(found, key=lambda each: each[0]),
        PaperColumn("序号", 12, lambda place, told: str(place)),
        PaperColumn("日期", 28, lambda place, told: told[0]),
        PaperColumn("情形", 116, lambda place, told: _CODED.sub(_in_words, told[1]), left=True),
    )


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
