"""Records in words: the labelled lines of an item, a roundup or a document number, as screens show and ``duban show`` prints them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from desk.answers import answered, reason_in_words
from desk.corrections import place_named
from desk.desk import CaseFile
from desk.terms import Line, ends, holders, label, moment, paper_in_words, signed, with_words
from desk.turns import turns
from records.bureau.calendar import Calendar
from records.bureau.roster import Roster
from records.matter.attachments import attachment
from records.matter.carried import CarriedIn
from records.matter.item import Item, UnitPart
from records.matter.numbers import NumberEntry, NumberSeries
from records.matter.outgoing import Outgoing, VoidedNumber
from records.matter.plain_data import to_data
from records.matter.prose import attachment_texts, flowing
from records.matter.report import Report, Return, Round
from records.matter.roundup import Roundup, RoundupRow
from records.matter.stamps import TextSignature, text_signatures
from records.rules.clocks import LIGHT_LABELS
from records.rules.roundup_figures import late_words
from schema.tables import acts, checker

if TYPE_CHECKING:  # whoever only reads what is reported flags nothing
    from records.rules.report_flags import Flag

UNKNOWN = "（不在知悉范围内的事项）"
"""What stands for a matter where somebody may see its number and no more."""


def facts(case: CaseFile, roster: Roster, calendar: Calendar) -> Iterator[Line]:
    """Yield everything of an item as label and value, in the order of the work."""
    yield from head(case, roster, calendar)
    yield from matter(case.item, roster)
    yield from handling(case.item, roster, calendar)
    yield from reports(case.item, roster, calendar, case.flags)
    yield from going_up(case.item, roster)


def head(case: CaseFile, roster: Roster, calendar: Calendar) -> Iterator[Line]:
    """Yield where the item is: state, light, who holds it since when, what comes next."""
    item = case.item
    yield "", f"{item.id}  {item.title}"
    light = f"  {LIGHT_LABELS[case.light.colour]}灯，{case.light.words}（至 {ends(case.light.due, calendar)}）" if case.light.due else ""
    yield "状态", label("state", item.state) + ("（结转登记）" if item.carried_in else "") + light
    if end := item.closed:
        into = f"并入 {end.merged_into}：" if end.merged_into else ""
        yield label("state", item.state), f"{into}{flowing(end.reason)}\n—— {signed(end, roster)}"
    if duty := case.next:
        yield "现在", f"{holders(case.duties, roster)}，自 {moment(case.since)}"
        yield "下一步", acts()[duty.act].label + (f"，时限 {ends(duty.clock.due, calendar)}" if duty.clock else "")
    if case.feedback_due:
        yield "下次反馈", ends(case.feedback_due.isoformat(), calendar)


def matter(item: Item, roster: Roster) -> Iterator[Line]:
    """Yield what the matter is, where it comes from, what was ordered, and what of it was put right."""
    yield from origin(item, roster)
    yield from ordered(item, roster)
    yield from corrections(item, roster)


def origin(item: Item, roster: Roster) -> Iterator[Line]:
    """Yield what the matter is and where it comes from."""
    yield "类别", f"{label('category', item.category)} / {item.subtype}"
    yield "来源", f"{item.source.organ}，{item.source.ref or '没有编号'}，{item.source.received} 收到"
    if scan := attachment(item.source.original or ""):
        yield "来文扫描件", f"{paper_in_words(scan)}，用 duban attachment {item.id} 取出"
    if item.carried_in:
        yield "结转登记", "\n".join(_carried_in(item.carried_in, signed(item.registered, roster)))
    yield "缓急", f"{label('urgency', item.urgency)}，{label('importance', item.importance)}" + _secrecy(item)
    if item.meeting:
        yield "会议", f"{item.meeting.number} {item.meeting.clause}"
    if note := item.suggestion:
        result = f"，{label('suggestion.result_class', note.result_class)}" if note.result_class else ""
        result += f"，{label('suggestion.satisfaction', note.satisfaction)}" if note.satisfaction else ""
        yield "提出人", f"{note.proposer}，{note.session} {note.number}{result}"
        if note.asked:
            yield "征询提出人", f"{flowing(note.asked.text or '')}\n—— {signed(note.asked, roster)}"
    for goal in item.indicators:
        yield (
            "指标",
            f"{goal.name}，目标 {goal.target}"
            + (f"（{goal.period}）" if goal.period else "")
            + (f"，完成 {goal.actual}" if goal.actual else ""),
        )


def ordered(item: Item, roster: Roster) -> Iterator[Line]:
    """Yield what leaders wrote, what was proposed, and what the deputy director said to it."""
    for words in item.instructions:
        yield "批示", f"{words.by} {words.at}\n{flowing(words.text)}"
    if item.proposal:
        yield "拟办", f"{flowing(item.proposal.text or '')}\n—— {signed(item.proposal, roster)}"
    if item.reading:
        read = with_words(label("reading.decision", item.reading.decision), item.reading.text)
        yield "阅示", f"{read}\n—— {signed(item.reading, roster)}"


def corrections(item: Item, roster: Roster) -> Iterator[Line]:
    """Yield what was put right, why and by whom."""
    for each in item.amendments:
        fields = "、".join(place_named(place, each.instruction) for place in each.fields)
        yield "更正", f"{fields}：{flowing(each.reason)}\n—— {signed(each, roster)}"


def _carried_in(came: CarriedIn, who: str) -> Iterator[str]:
    """What another ledger says of a matter: its words, and nobody's signature."""
    yield f"{came.ledger} {came.number}，结转时{label('carried_in.state', came.state)}"
    named = {"dispatched": came.dispatched, "concluded": came.concluded, "answerable": came.answerable, "reported": came.reported}
    for name, value in named.items():
        if value:
            yield f"{checker('item').at(('carried_in', name))['title']}：{value}"
    if came.progress:
        yield f"原办理情况：{flowing(came.progress)}"
    if came.row:
        yield f"据 {came.row}"
    yield f"（以上据原台账，不是在本系统办理、签字的）—— {who} 登记"


def handling(item: Item, roster: Roster, calendar: Calendar) -> Iterator[Line]:
    """Yield who handles the matter, what is asked, and how it goes."""
    if item.portfolio_leader:
        yield "主管局领导", roster.name(item.portfolio_leader)
    for leader in item.leader_changes:
        before = f"原为{roster.name(leader.from_leader)}：" if leader.from_leader else ""
        yield "另行指定主管局领导", f"{before}{flowing(leader.reason)}\n—— {signed(leader, roster)}"
    for n, point in enumerate(item.points, start=1):
        where = [roster.unit_name(point.unit)] if point.unit else []
        said = "，".join([*where, *([f"时限 {ends(point.due, calendar)}"] if point.due else [])])
        yield f"要求{n}", point.text + (f"（{said}）" if said else "")
    if item.task_team:
        yield "专班", "、".join(roster.described(person) for person in item.task_team)
    if item.external_due:
        yield "上级要求时限", ends(item.external_due, calendar)
    if item.due:
        cycle = f"，反馈 {label('feedback_cycle', item.feedback_cycle)}" if item.feedback_cycle else ""
        yield (
            "办结时限",
            ends(item.due, calendar) + (f"（原定 {item.original_due}）" if item.original_due not in (None, item.due) else "") + cycle,
        )
    for part in item.units:
        yield (
            label("units.0.role", part.role),
            roster.unit_name(part.unit) + (f"  {receipt(part, roster)}" if item.begun else ""),
        )
        if part.read:
            yield "主管领导审阅", f"{flowing(part.read.text or '')}\n—— {signed(part.read, roster)}"
        if part.opinion:
            yield "协办意见", f"{flowing(part.opinion.text or '')}\n—— {signed(part.opinion, roster)}{first_given(part)}"
        if part.waiver:
            yield "免提协办意见", f"{flowing(part.waiver.text or '')}\n—— {signed(part.waiver, roster)}"
    for each in item.progress:
        percent = f"{each.percent}%  " if each.percent is not None else ""
        yield "进展", f"{percent}{flowing(each.text)}\n—— {signed(each, roster)}"

    yield from turns(item, roster, calendar)


def receipt(part: UnitPart, roster: Roster) -> str:
    """Return who signed for a unit and when, or that nobody has."""
    if part.signed_for:
        return f"{signed(part.signed_for, roster)} 签收"
    return "结转时已在办理" if part.carried_in else "未签收"


def first_given(part: UnitPart) -> str:
    """Return when an opinion that was written anew was given first, where the record tells it apart: by that it is in time or late."""
    return f"（首次提出 {moment(part.first_opinion.at)}）" if part.first_opinion else ""


def reports(item: Item, roster: Roster, calendar: Calendar, flags: "tuple[Flag, ...]" = ()) -> Iterator[Line]:
    """Yield the report as it stands, what a reviewer should look at, and what was decided on it, round by round."""
    if item.report is None:
        return
    yield "办结报告", f"{item.report.title}  {item.report.number or '（未编号）'}\n{_text(item.report)}"
    if item.report.attachments:
        yield "附件", "\n".join(f"{n}. {name}" for n, name in enumerate(item.report.attachments, start=1))
    for name, text in attachment_texts(item.report.attachment_text or ""):
        yield "附件正文", "\n".join((name, *(each.words for each in text)))
    if flags:
        yield "请留意", "\n".join(flag.text for flag in flags) + "\n（仅供审核时参考，不作结论）"
    back = None
    for this in item.report.rounds:
        yield f"第{this.round}轮", "\n".join(round_in_words(this, back, roster, calendar))
        back = this.returned


def going_up(item: Item, roster: Roster) -> Iterator[Line]:
    """Yield the signatures at the bureau and the document that reports up."""
    if item.director_signature:
        yield "主管主任审签", f"{flowing(item.director_signature.text or '同意。')}\n—— {signed(item.director_signature, roster)}"
    if out := item.outgoing:
        yield (
            "上报公文",
            f"{roster.series_name(out.series)} {out.number or '（未编号）'}\n{out.title}\n主送：{out.to}"
            + (f"\n抄送：{'、'.join(out.copy_to)}" if out.copy_to else ""),
        )
        yield from _override(out, roster)
        yield from _voided(out.voided, roster)
        for back in out.declined:
            yield "退回修改", f"{flowing(back.text or '')}\n—— {signed(back, roster)}"
        if out.signature:
            yield "局领导审签", f"{flowing(out.signature.text or '同意。')}\n—— {signed(out.signature, roster)}"
        if out.reported:
            yield "上报", f"{flowing(out.reported.text or '')}\n—— {signed(out.reported, roster)}"
    for left in item.reroutings:
        yield "公文作废", f"{left.title or '（未拟文）'}：来源更正后改由其他途径答复\n—— {signed(left, roster)}"
        yield from _voided(left.voided, roster)
    if item.up_report_waiver:
        yield "免予行文", f"{flowing(item.up_report_waiver.text or '')}\n—— {signed(item.up_report_waiver, roster)}"
    if item.leader_shown:
        yield "呈阅", f"{flowing(item.leader_shown.text or '')}\n—— {signed(item.leader_shown, roster)}"
    for check in item.verifications:
        what = f"{label('verifications.0.means', check.means)}，{label('verifications.0.finding', check.finding)}"
        yield "核查", f"{what}：{flowing(check.text)}\n—— {signed(check, roster)}"
    if blame := item.accountability:
        persons = "、".join(roster.described(person) for person in blame.persons)
        steps = [("提请", blame.consequence, blame), ("批准移送", "", blame.approved), ("处理结果", "", blame.outcome)]
        said = "\n".join(f"{name} {signed(step, roster)}{_said(words or getattr(step, 'text', ''))}" for name, words, step in steps if step)
        yield "责任追究", f"{persons}\n" + "\n".join(blame.evidence) + f"\n{said}"
    if item.concluded:
        yield "办结", signed(item.concluded, roster)
    if item.archived:
        yield "归档", signed(item.archived, roster)


def _override(out: Outgoing, roster: Roster) -> Iterator[Line]:
    """Why a document leaves the route of its source, and what the deputy director said to it."""
    if out.override_reason:
        yield "改用理由", flowing(out.override_reason) + ("" if out.override_decided else "（待主管副局长审批）")
    if word := out.override_decided:
        said = f"{label('outgoing.override_decided.decision', word.decision)}：{flowing(word.text)}"
        yield "审批改用", f"{said}\n—— {signed(word, roster)}"


def _voided(numbers: tuple[VoidedNumber, ...], roster: Roster) -> Iterator[Line]:
    for gone in numbers:
        yield "文号作废", f"{gone.number}：{flowing(gone.reason)}\n—— {signed(gone, roster)}"


def circular(found: Roundup, roster: Roster) -> Iterator[Line]:
    """Yield what a roundup says beside its rows, and who decided what on it."""
    yield "状态", f"{checker('roundup').enum_label(('state',), found.state)}，统计期间 {found.since} 至 {found.until}"
    yield "统计时点", f"{moment(found.as_of)}，由{roster.name(found.drafted.by, found.drafted.at)}生成"
    yield "统计", counted(found)
    yield "综述", flowing(found.text) if found.text else "还没有写。"
    if found.approved:
        yield "审批", f"{flowing(found.approved.text or '')}\n—— {signed(found.approved, roster)}"
    if found.issued:
        yield "印发", signed(found.issued, roster)


def counted(found: Roundup) -> str:
    """Return the figures of a roundup in a line."""
    check = checker("roundup")
    return "，".join(f"{check.at(('figures', name))['title']}{count}" for name, count in to_data(found.figures).items())


def listed(row: RoundupRow, roster: Roster) -> Iterator[Line]:
    """Yield one row of a roundup in full."""
    late = list(late_words(row, roster.unit_name))
    late += [f"催办{row.urges}次"] if row.urges else []
    late += [f"退回{row.returned}次"] if row.returned else []
    yield "事项", f"{row.item} {row.title}"
    yield "办理", "，".join([roster.unit_name(row.lead), label("state", row.state), *([f"时限 {row.due}"] if row.due else []), *late])
    if row.omitted:
        yield "不列入通报", f"{flowing(row.omitted.reason)}\n—— {signed(row.omitted, roster)}"


def numbered(entry: NumberEntry, series: NumberSeries, roster: Roster, title: str) -> Iterator[Line]:
    """Yield what happened to a document number; ``title`` is the name of its item, empty where the person may not know it."""
    yield "文号", f"{written(entry, series)}  {checker('numbers').enum_label(('entries', 0, 'status'), entry.status)}"
    known = bool(title) or entry.item is None
    if entry.item:
        yield "事项", f"{entry.item} {title}" if known else UNKNOWN
    steps = (("编号", entry.reserved), ("签发", entry.issued))
    if told := "；".join(f"{name} {signed(step, roster)}" for name, step in steps if step):
        yield "经办", told
    if right := entry.corrected:
        yield "更正结转号", f"原登记至第{right.was}号，更正为至第{right.through}号：{flowing(right.reason)}（{signed(right, roster)}）"
    for name, why in (("作废", entry.voided), ("系统外登记", entry.outside)):
        if why:
            yield name, f"{flowing(why.reason) if known else UNKNOWN}（{signed(why, roster)}）"


def written(entry: NumberEntry, series: NumberSeries) -> str:
    """Return a document number as it is printed, or a run of numbers: 兰公办〔2026〕1至5号."""
    if entry.through in (None, entry.number):
        return series.written(entry.number)
    return f"{series.chars}〔{series.year}〕{entry.number}至{entry.through}号"


def _answer(name: str, signature: TextSignature) -> str:
    """What a signature on the report says: the answer chosen, or else what is signed there."""
    place = ("report", "rounds", 0, name)
    for question in ("verdict", "decision"):
        if answer := getattr(signature, question, ""):
            return checker("item").enum_label((*place, question), answer)
    return str(checker("item").at(place)["title"])


def _secrecy(item: Item) -> str:
    words = ""
    if item.secrecy.level != "none":
        words += f"，{label('secrecy.level', item.secrecy.level)}★{item.secrecy.years}年，份号 {item.secrecy.copy_number}"
    return words + ("，工作秘密" if item.secrecy.work_secret else "")


def round_in_words(this: Round, back: Return | None, roster: Roster, calendar: Calendar) -> Iterator[str]:
    """Yield what was done in a round; ``back`` is the return of the round before, which it answers."""
    yield f"起草 {signed(this.drafted, roster)}  文本 {this.hash[7:15]}"
    yield from (f"答复 {reason}：{said}" for reason, said in (answered(back, this) if back else ()))
    for gone in this.voided:
        what = acts()[gone.act].label if gone.act in acts() else gone.act
        yield f"{what} {roster.name(gone.by, gone.at)} {moment(gone.at)}（因改稿失效，原文本 {gone.hash[7:15]}）"
    for name, signature in text_signatures(this):
        yield f"{_answer(name, signature)} {signed(signature, roster)}{_said(getattr(signature, 'text', None))}"
    for back_again in this.withdrawn:
        yield f"{checker('item').at(('report', 'rounds', 0, 'withdrawn'))['title']} {signed(back_again, roster)}{_said(back_again.text)}"
    if this.submitted:
        yield f"电子件上报 {signed(this.submitted, roster)}"
    if this.paper:
        yield f"纸质件核收 {signed(this.paper, roster)}，{this.paper.pages}页{this.paper.copies}份"
    if this.office_reviewed:
        yield f"办公室审核通过 {signed(this.office_reviewed, roster)}{_said(this.office_reviewed.text)}"
    if this.returned:
        reasons = "、".join(map(reason_in_words, this.returned.reasons))
        yield f"责成重新上报 {signed(this.returned, roster)}，{reasons}，" + (
            f"{ends(this.returned.redo_due, calendar)} 前重报{_said(this.returned.comment)}"
        )


def _text(report: Report) -> str:
    if report.shell:
        return f"（涉密件，正文不录入：{report.shell.carrier}，{report.shell.pages}页，{report.shell.digest}）"
    return flowing(report.body)


def _said(text: str | None) -> str:
    return f"：{flowing(text)}" if text else ""
