"""据此办理: what a person decides on when he acts on an item, shortest words first read first; for acts of every kind the same.

First what waits for an answer, then in whose hands the item is where these are not his own, then what was ordered, proposed and asked.
It is taken from the record, so that no act is done blind and none has a list of its own that could fall behind.
"""

from collections.abc import Iterable, Iterator

from desk.answers import reason_in_words
from desk.desk import CaseFile
from desk.terms import Line, ends, holders, label, signatory, with_words
from desk.turns import open_questions, urged
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster
from records.matter.item import Item, UnitPart
from records.matter.prose import flowing
from records.matter.report import Report
from records.matter.stamps import Stamp
from schema.tables import ActSpec

_URGES = 2
"""The last urges that are told: by these one knows whether to urge again."""


def basis(spec: ActSpec, case: CaseFile, roster: Roster, calendar: Calendar, person: str) -> Iterator[Line]:
    """Yield what an act on an item is decided on.

    Args:
        spec: the act; what its own form asks for again stands in the form and not here.
        case: the item.
        roster: knows the names.
        calendar: knows which days are estimates.
        person: id of who acts.
    """
    item = case.item
    again = {wanted.at.partition(".")[0].partition("[")[0] for wanted in spec.inputs if wanted.again}
    yield from open_questions(item, roster, calendar)
    if case.next and all(person not in each.people for each in case.duties if each.act == case.next.act):
        yield "在谁手里", f"{holders(case.duties, roster, titles=False)}，自 {case.since[5:10]}"
        yield from (("已催", told) for told in urged(item, roster, _URGES))
    yield from _returned(item.report, calendar)
    yield from (("批示", f"{each.by} {each.at[5:]}：{flowing(each.text)}") for each in item.instructions)
    if item.proposal and "proposal" not in again:
        yield "拟办", _said(item.proposal.text, item.proposal, roster)
    if item.reading:
        yield "阅示", _said(with_words(label("reading.decision", item.reading.decision), item.reading.text), item.reading, roster)
    if item.units and "units" not in again:
        yield "单位", "   ".join(_units(item, roster))
    if item.due and "due" not in again:
        cycle = f"，反馈{label('feedback_cycle', item.feedback_cycle)}" if item.feedback_cycle else ""
        yield "时限", ends(item.due, calendar) + cycle
    if item.points and "points" not in again:
        yield f"要求{len(item.points)}", "   ".join(_points(item, roster))
    if item.report and not spec.editor:
        yield "报告", _report(item.report)
    yield from _opinions(item.units, roster)
    if item.progress:
        last = item.progress[-1]
        yield "最近进展", _said(last.text, last, roster)
    if (out := item.outgoing) and "outgoing" not in again:
        yield "上报公文", f"{out.number or roster.series_name(out.series) + '，未编号'}  {out.title}，主送{out.to}"
    yield "来文", "，".join(filter(None, (item.source.organ, item.source.ref, f"{item.source.received} 收到")))


def _returned(report: Report | None, calendar: Calendar) -> Iterator[Line]:
    if report and (back := report.to_answer):
        reasons = "；".join(map(reason_in_words, back.reasons))
        yield "退回", f"{reasons}。{flowing(back.comment)}（{ends(back.redo_due, calendar)} 前重报）"


def _units(item: Item, roster: Roster) -> Iterator[str]:
    for role in ("lead", "assisting"):
        parts = [part for part in item.units if part.role == role]
        if parts:
            yield f"{label('units.0.role', role)} " + "、".join(roster.unit_name(part.unit) + _receipt(item, part) for part in parts)
    if item.portfolio_leader:
        yield f"分管 {roster.name(item.portfolio_leader)}"


def _receipt(item: Item, part: UnitPart) -> str:
    if not item.begun or part.carried_in:
        return ""
    return f"（{part.signed_for.at[5:10]}签收）" if part.signed_for else "（未签收）"


def _points(item: Item, roster: Roster) -> Iterator[str]:
    for n, point in enumerate(item.points, start=1):
        whose = f"（{roster.unit_name(point.unit)}）" if point.unit and point.unit != item.lead else ""
        yield f"{n} {point.text}{whose}" + (f"，{point.due} 前" if point.due else "")


def _report(report: Report) -> str:
    beside = f"，附件{len(report.attachments)}件" if report.attachments else ""
    return f"第{report.round.round}轮 {report.number or '未编号'}  {report.title}{beside}"


def _opinions(parts: Iterable[UnitPart], roster: Roster) -> Iterator[Line]:
    for part in parts:
        if part.opinion:
            yield "协办意见", f"{roster.unit_name(part.unit)}：{_said(part.opinion.text or '', part.opinion, roster)}"
        elif part.waiver:
            yield "协办意见", f"{roster.unit_name(part.unit)}免提：{_said(part.waiver.text or '', part.waiver, roster)}"


def _said(text: str | None, by: Stamp, roster: Roster) -> str:
    return f"{flowing(text or '')}（{signatory(by, roster)} {by.at[5:10]}）"
