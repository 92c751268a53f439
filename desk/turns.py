"""What bent the way of an item, in words: objections, other units, other requirements, urges, pauses, fresh starts."""

from collections.abc import Iterator

from desk.terms import Line, ends, label, moment, signed
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster
from records.matter.changes import Adjustment, Extension, Objection, Suspension, Transfer
from records.matter.item import Item, Urge
from records.matter.prose import flowing
from records.matter.stamps import Decision
from schema.tables import acts


def turns(item: Item, roster: Roster, calendar: Calendar) -> Iterator[Line]:
    """Yield everything that bent the way, a kind after the other, each oldest first."""
    yield from (("异议", _objection(each, roster)) for each in item.objections)
    yield from ((f"调整{label('transfers.0.role', each.role)}", _transfer(each, roster)) for each in item.transfers)
    yield from (("延期", _extension(each, roster, calendar)) for each in item.extensions)
    yield from (("调整要求", _adjusted(each, roster, calendar)) for each in item.adjustments)
    yield from (("催办", _urge(each, roster)) for each in item.urges)
    yield from (("中止", _pause(each, roster, calendar)) for each in item.suspensions)
    for again in item.reopenings:
        yield "重新办理", f"{flowing(again.reason)}（{ends(again.due, calendar)} 前办结）\n—— {signed(again, roster)}"
    yield from _taken_back(item, roster)


def open_questions(item: Item, roster: Roster, calendar: Calendar) -> Iterator[Line]:
    """Yield what somebody asked for and nobody has decided or answered yet, oldest first."""
    yield from (("异议", _objection(each, roster)) for each in item.objections if each.decided is None)
    yield from (("延期", _extension(each, roster, calendar)) for each in item.extensions if each.decided is None)
    yield from (("调整要求", _adjusted(each, roster, calendar)) for each in item.adjustments if each.decided is None)
    if (out := item.outgoing) and out.override_reason and out.override_decided is None:
        yield "改用", f"{roster.series_name(out.series)}：{flowing(out.override_reason)}\n待审批"
    if (blame := item.accountability) and blame.approved is None:
        persons = "、".join(roster.described(person) for person in blame.persons)
        yield "责任追究", f"{persons}：{flowing(blame.consequence)}\n待批准"


def urged(item: Item, roster: Roster, last: int) -> Iterator[str]:
    """Yield the last urges, the newest first."""
    yield from (_urge(each, roster) for each in reversed(item.urges[-last:]))


def _objection(objection: Objection, roster: Roster) -> str:
    decided, kind = objection.decided, label("objections.0.kind", objection.kind)
    to = f"，改由{roster.unit_name(decided.to_unit)}" if decided and decided.to_unit else ""
    answer = "待裁定"
    if decided:
        answer = f"{label('objections.0.decided.decision', decided.decision)}{to}：{flowing(decided.text)}\n—— {signed(decided, roster)}"
    return f"{roster.unit_name(objection.unit)}{kind}：{flowing(objection.reason)}\n—— {signed(objection, roster)}\n{answer}"


def _transfer(transfer: Transfer, roster: Roster) -> str:
    out = f"原{roster.unit_name(transfer.from_unit)}" if transfer.from_unit else ""
    into = f"改由{roster.unit_name(transfer.to_unit)}" if transfer.to_unit else ""
    return f"{'，'.join(filter(None, (out, into)))}：{flowing(transfer.reason)}\n—— {signed(transfer, roster)}"


def _extension(extension: Extension, roster: Roster, calendar: Calendar) -> str:
    asked = f"{extension.number} 申请延至 {ends(extension.until, calendar)}：{flowing(extension.reason)}"
    return f"{asked}\n—— {signed(extension, roster)}\n{_decided(extension.decided, 'extensions', roster)}"


def _adjusted(asked: Adjustment, roster: Roster, calendar: Calendar) -> str:
    decided = asked.decided
    day = f"时限{f'由 {decided.was} ' if decided and decided.was else ''}改为 {ends(asked.due, calendar)}" if asked.due else ""
    besides = "，".join(filter(None, (day, asked.basis)))
    why = flowing(asked.reason) + (f"（{besides}）" if besides else "")
    points = "".join(f"\n{n}. {point.text}" for n, point in enumerate(asked.points, start=1))
    return f"{why}{points}\n—— {signed(asked, roster)}\n{_decided(decided, 'adjustments', roster)}"


def _decided(decided: Decision | None, of: str, roster: Roster) -> str:
    if decided is None:
        return "待审批"
    return f"{label(f'{of}.0.decided.decision', decided.decision)}：{flowing(decided.text)}\n—— {signed(decided, roster)}"


def _urge(urge: Urge, roster: Roster) -> str:
    reply = f"\n答复：{flowing(urge.reply.text or '')}\n—— {signed(urge.reply, roster)}" if urge.reply else ""
    whom = f"催{roster.unit_name(urge.unit)}，" if urge.unit else ""
    about = f"{label('urges.0.clock', urge.clock)}，" if urge.clock else ""
    how = f"{label('urges.0.level', urge.level)}（{whom}{about}{label('urges.0.means', urge.means)}）"
    return f"{how}：{flowing(urge.text)}\n—— {signed(urge, roster)}{reply}"


def _pause(pause: Suspension, roster: Roster, calendar: Calendar) -> str:
    resumed = f"\n恢复：{flowing(pause.resumed.text or '')}\n—— {signed(pause.resumed, roster)}" if pause.resumed else ""
    days = ((label("suspensions.0.moved.0.what", each.what), each) for each in pause.moved)
    moved = "".join(f"\n{what}：{each.was} → {ends(each.now, calendar)}" for what, each in days)
    return f"{flowing(pause.reason)}\n—— {signed(pause, roster)}{resumed}{moved}"


def _taken_back(item: Item, roster: Roster) -> Iterator[Line]:
    for gone in item.withdrawn:
        told = f"，{gone.notice_at}通知{gone.notice_to}" if gone.notice_to else ""
        yield "撤回公文", f"{gone.number} {gone.title}{told}：{flowing(gone.reason)}\n—— {signed(gone, roster)}"
    for undone in item.taken_back:
        act = acts()[undone.act].label if undone.act in acts() else undone.act
        yield "撤回上一步", f"{moment(undone.of)}的“{act}”：{flowing(undone.reason)}\n—— {signed(undone, roster)}"
    for lost in item.voidings:
        yield "签字失效", f"{acts()[lost.act].label}：{flowing(lost.reason)}\n—— {signed(lost, roster)}"
