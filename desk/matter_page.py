"""事项 on one page: bands in the order in which a person asks, each as short as it reads and, unfolded, in full.

In whose hands, since when, what next; what was ordered and asked and whether it is answered; who handles it; the report and why it came
back. What is asked less often is folded to a word. Each line knows where it leads.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from desk.answers import answered, reason_in_words
from desk.desk import CaseFile
from desk.offering import offered
from desk.terms import Line, ends, holders, label, moment, serial, signatory, signed, with_words
from desk.turns import open_questions, turns
from desk.wording import corrections, first_given, going_up, origin, receipt, round_in_words
from records.bureau.policy import Policy
from records.bureau.roster import Roster
from records.matter.history import Step
from records.matter.item import Item, UnitPart
from records.matter.prose import flowing
from records.matter.report import Report, Return
from records.rules.clocks import LIGHT_LABELS, clocks, light_of
from records.rules.report_places import Place, point_places
from records.store.paths import item_path
from records.store.view import View
from schema.tables import acts

Where = Literal["acts", "step", "rounds", "report", "papers", "follow", "pack"]
_LONG = 160
"""Signs of an instruction, or of the reason of an end, that stand on the page unasked: five rows of 80 cells."""
_NUMERAL = re.compile(r"([一二三四五六七八九十]{1,3})、")


@dataclass(frozen=True)
class Lead:
    """Where a line leads: to the acts, a step by its commit, the round that is compared with the one before, the report's text …"""

    to: Where
    which: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of a band, as long as it needs, and where it leads."""

    text: str
    lead: Lead | None = None


@dataclass(frozen=True)
class Band:
    """One matter of the page.

    Attributes:
        name: what it is called; names it among the others.
        short: what it says folded, a line each; a band without any is folded to its name.
        full: what it says unfolded; empty where the short lines are all there is.
        brief: what stands behind the name of a band that is folded to it.
        flows: whether the short lines stand side by side.
        opens: whether it is unfolded from the first where there is room.
        lead: where its name leads that neither folds nor has a line.
    """

    name: str
    short: tuple[Entry, ...] = ()
    full: tuple[Entry, ...] = ()
    brief: str = ""
    flows: bool = False
    opens: bool = False
    lead: Lead | None = None

    @property
    def folds(self) -> bool:
        """Whether there is more of it than is shown folded."""
        return bool(self.full)


def standing(case: CaseFile, view: View, today: str) -> Iterator[Line]:
    """Yield what stands above the page: in whose hands, since when and for how many workdays, what comes next, by when."""
    roster, calendar = view.roster, view.calendar
    if end := case.item.closed:
        into = f"并入 {end.merged_into}：" if end.merged_into else ""
        yield label("state", case.item.state), f"{into}{_short(flowing(end.reason))}（{signed(end, roster)}）"
    if duty := case.next:
        held = calendar.between(_day(case.since), _day(today))
        so_far = "今天" if case.since[:10] == today else f"{held}个工作日" if held else ""
        yield "在谁手里", f"{holders(case.duties, roster, brief=True)}，自{case.since[5:10]} {so_far}".rstrip()
        yield "下一步", acts()[duty.act].label + (f"，{ends(duty.clock.due, calendar)} 前" if duty.clock else "")
    if case.feedback_due:
        yield "下次反馈", ends(case.feedback_due.isoformat(), calendar)


def heading(case: CaseFile, today: str) -> tuple[str, str]:
    """Return number and name of a matter, and its state and light, which stand behind them in a line."""
    return f"{serial(case.item.id, _day(today).year)} {case.item.title}", state_in_words(case)


def state_in_words(case: CaseFile) -> str:
    """Return the state of a matter and its light in words."""
    light = f"  {LIGHT_LABELS[case.light.colour]}灯，{case.light.words}" if case.light.due else ""
    return label("state", case.item.state) + ("（结转登记）" if case.item.carried_in else "") + light


def bands(case: CaseFile, view: View, policy: Policy, today: str, *, history: bool) -> tuple[Band, ...]:
    """Return the bands of a matter; what it has none of is left out.

    Args:
        case: the matter.
        view: the register at which it is looked at.
        policy: the one that the matter pins.
        today: the day, ISO 8601.
        history: whether its steps stand among them, not beside them.
    """
    item, roster, calendar = case.item, view.roster, view.calendar
    bent, asked = tuple(turns(item, roster, calendar)), tuple(open_questions(item, roster, calendar))
    urges = _entries(("", said) for name, said in bent if name == "催办")
    others = _entries(line for line in bent if line[0] != "催办")
    found = (
        *_end(item),
        *(Band(name, _entries([("", said)])) for name, said in asked),
        *_instructions(item),
        *_reading(item, view),
        *_points(item, view),
        *_units(item, view),
        *_report(item, view),
        Band("请留意", tuple(Entry(flag.text) for flag in case.flags)),
        *([_history(case.history, item, view)] if history else []),
        *_proposal(item, view),
        Band("来源", full=_entries((*origin(item, roster), *corrections(item, roster))), brief=item.subtype),
        *_days(case, view, policy, today),
        *_progress(item, view),
        Band("催办", full=urges, brief=f"{len(urges)} 次"),
        Band("变动", full=others, brief=f"{len(others)} 处"),
        *_going_up(item, view),
    )
    return tuple(each for each in found if each.short or each.full)


def commits(case: CaseFile) -> Iterator[Band]:
    """Yield by what the record's last step is named in the register, and where the record lies; the last thing that anybody asks."""
    if case.history:
        last, path = case.history[-1].commit, item_path(case.item.id)
        full = (Entry(f"{last}（最近一步）", Lead("step", last)), Entry(f"记录文件  {path}"))
        yield Band("提交", full=full, brief=last[:8])


def in_short(case: CaseFile, view: View, policy: Policy, today: str) -> Iterator[Line]:
    """Yield a matter as it stands beside a list: state, holder, next step, and what every band says folded."""
    yield "状态", state_in_words(case)
    yield from standing(case, view, today)
    for band in bands(case, view, policy, today, history=False):
        if band.short:
            yield band.name, "\n".join(entry.text for entry in band.short)


def may_do(case: CaseFile, person: str, meant: str = "") -> tuple[str, ...]:
    """Return the acts that a person may do on a matter, by name, what he owes first.

    Args:
        case: the matter.
        person: his id.
        meant: the act for which he looks at it.
    """
    return tuple(each.spec.label for each in offered(case.prospects, case.item, case.duties, person, meant) if each.refusal is None)


def _instructions(item: Item) -> Iterator[Band]:
    """What was ordered, whole as a rule: of what would fill the page the beginning, until one asks for the rest."""
    whole = [f"{each.by} {each.at[5:]}：{flowing(each.text)}" for each in item.instructions]
    short = [_short(said) for said in whole]
    yield Band("批示", tuple(map(Entry, short)), tuple(map(Entry, whole)) if short != whole else ())


def _short(said: str) -> str:
    return said if len(said) <= _LONG else f"{said[:_LONG]}…"


def _end(item: Item) -> Iterator[Band]:
    """Why a matter ended, where that is longer than what stands above the page."""
    if item.closed and len(said := flowing(item.closed.reason)) > _LONG:
        yield Band("理由", full=(Entry(said),), brief=f"{len(said)} 字")


def _reading(item: Item, view: View) -> Iterator[Band]:
    if said := item.reading:
        text = with_words(label("reading.decision", said.decision), said.text)
        yield Band("阅示", (Entry(f"{signatory(said, view.roster)} {moment(said.at)[5:]}  {text}"),))


def _points(item: Item, view: View) -> Iterator[Band]:
    if not item.points:
        return
    places = point_places(item)
    listed = list(enumerate(zip(item.points, places, strict=True), start=1))
    short = tuple(Entry(f"{n} {point.text}{_mark(item, n, place, numeral(place))}") for n, (point, place) in listed)
    full = []
    for n, (point, place) in listed:
        whose = f"（{view.roster.unit_name(point.unit)}）" if point.unit and point.unit != item.lead else ""
        by = f"，{ends(point.due, view.calendar)} 前" if point.due else ""
        full.append(Entry(f"{n} {point.text}{whose}{by}{_mark(item, n, place, place.called if place else '')}"))
    yield Band(f"要求 {len(item.points)}", short, tuple(full), flows=True, opens=True)


def _mark(item: Item, n: int, place: Place | None, called: str) -> str:
    """What is known of the answer to a requirement: what the office found, else where the report has its words, which decides nothing."""
    if item.report is None or item.report.shell:
        return ""
    this = item.report.round
    if this.office_reviewed:
        return "  答" if n in this.office_reviewed.answered else "  未答"
    return f"  见{called}" if place else "  未见"


def numeral(place: Place | None) -> str:
    """Return by what a place of a report is called where there is little room: its heading's numeral, where it has one."""
    found = _NUMERAL.match(place.called) if place else None
    return found[1] if found else place.called if place else ""


def _units(item: Item, view: View) -> Iterator[Band]:
    if not item.units:
        return
    roster = view.roster
    leader = (f"主管局领导  {roster.name(item.portfolio_leader)}",) if item.portfolio_leader else ()
    team = ("专班  " + "、".join(roster.described(person) for person in item.task_team),) if item.task_team else ()
    full = [Entry(line) for part in item.units for line in _part_in_full(item, part, view)]
    short = tuple(Entry(_part(item, part, view)) for part in item.units)
    yield Band(f"单位 {len(item.units)}", short, (*full, *map(Entry, (*leader, *team))), opens=True)


def _part(item: Item, part: UnitPart, view: View) -> str:
    roster, told = view.roster, []
    if item.begun:
        told.append(f"签收{part.signed_for.at[5:10]}" if part.signed_for else receipt(part, roster))
    if part.read:
        told.append(f"审阅{part.read.at[5:10]} {signatory(part.read, roster)}")
    if part.opinion:
        first = f"（首次{part.first_opinion.at[5:10]}）" if part.first_opinion else ""
        told.append(f"意见{part.opinion.at[5:10]}{first} {roster.name(part.opinion.by, part.opinion.at)}")
    if part.waiver:
        told.append("免提意见")
    return "  ".join((_named(part, view), *told))


def _part_in_full(item: Item, part: UnitPart, view: View) -> Iterator[str]:
    yield f"{_named(part, view)}" + (f"  {receipt(part, view.roster)}" if item.begun else "")
    for name, said in (("审阅", part.read), ("意见", part.opinion), ("免提意见", part.waiver)):
        if said:
            yield f"  {name}：{flowing(said.text or '')}（{signed(said, view.roster)}）{first_given(part) if said is part.opinion else ''}"


def _named(part: UnitPart, view: View) -> str:
    return f"{label('units.0.role', part.role)} {view.roster.unit_name(part.unit)}"


def _report(item: Item, view: View) -> Iterator[Band]:
    report = item.report
    if report is None:
        return
    read = (Entry(f"{report.title}（回车看全文）", Lead("report")),) if report.body else ()
    rounds, back = [], None
    for this in report.rounds:
        said = (f"第{this.round}轮", *round_in_words(this, back, view.roster, view.calendar))
        rounds.append(Entry("\n".join(said), Lead("rounds", str(this.round)) if this.round > 1 else None))
        back = this.returned
    yield Band("报告", (Entry(_stands(report)),), (*read, *reversed(rounds)))
    if last := report.to_answer:
        yield Band("退回意见", (Entry(_returned(last, view)),), _answers(report, last))


def _stands(report: Report) -> str:
    this = report.round
    told = [report.number or "未编号", f"第{this.round}轮"]
    told += [f"{this.submitted.at[5:10]} 报"] if this.submitted else [f"{this.drafted.at[5:10]} 起草，还没有报"]
    if this.returned:
        told.append(f"{this.returned.at[5:10]} 退回 {' '.join(this.returned.reasons)}")
    elif this.office_reviewed:
        told.append(f"{this.office_reviewed.at[5:10]} 审核通过")
    return "  ".join(told)


def _returned(back: Return, view: View) -> str:
    return f"{flowing(back.comment)}（{signed(back, view.roster)}，{ends(back.redo_due, view.calendar)} 前重报）"


def _answers(report: Report, back: Return) -> tuple[Entry, ...]:
    if report.answering is None:
        return tuple(Entry(reason_in_words(code)) for code in back.reasons)
    return tuple(Entry(f"{reason}：{said}") for reason, said in answered(back, report.answering))


def _history(steps: Iterable[Step], item: Item, view: View) -> Band:
    latest = tuple(reversed(tuple(steps)))
    listed = tuple(Entry(_step(step, item, view), Lead("step", step.commit)) for step in latest)
    last = next((each for each in latest if each.person in view.roster.people), None)  # what the register did is nobody's step
    return Band("经过", full=listed, brief=f"{len(listed)} 步" + (f"  最近 {_step(last, item, view)}" if last else ""))


def _step(step: Step, item: Item, view: View) -> str:
    return f"{moment(step.time)[5:]} {view.roster.name(step.person, step.time)} {what_was_done(step, item, view.roster)}"


def what_was_done(step: Step, item: Item, roster: Roster) -> str:
    """Return what a step did; what stands above it anyway, the matter and whose report it is, is left out."""
    own = f"{roster.unit_name(item.lead or '')}办结报告"
    behalf = f"（代{step.on_behalf_of.partition(' <')[0]}）" if step.on_behalf_of else ""
    return step.subject.replace(f" {item.id}", "", 1).replace(f" {own}（", "（").replace(own, "办结报告") + behalf


def _proposal(item: Item, view: View) -> Iterator[Band]:
    if said := item.proposal:
        who = f"{view.roster.name(said.by, said.at)} {said.at[5:10]}"
        yield Band("拟办", full=(Entry(f"{flowing(said.text or '')}（{signed(said, view.roster)}）"),), brief=who)


def _days(case: CaseFile, view: View, policy: Policy, today: str) -> Iterator[Band]:
    item, calendar = case.item, view.calendar
    told: list[str] = []
    for each in clocks(item, policy, calendar):
        whose = f"{view.roster.unit_name(each.unit)} " if each.unit and each.unit != item.lead else ""
        told.append(f"{whose}{each.label} {ends(each.due, calendar)}  {light_of(each, item.urgency, policy, calendar, _day(today)).short}")
    if item.due:
        moved = f"（原定 {item.original_due}）" if item.original_due not in (None, item.due) else ""
        cycle = f"，反馈 {label('feedback_cycle', item.feedback_cycle)}" if item.feedback_cycle else ""
        told.append(f"办结时限 {ends(item.due, calendar)}{moved}{cycle}")
    if item.external_due:
        told.append(f"上级要求时限 {ends(item.external_due, calendar)}")
    yield Band("时限", full=tuple(map(Entry, told)), brief=item.due[5:] if item.due else "")


def _progress(item: Item, view: View) -> Iterator[Band]:
    told = []
    for each in reversed(item.progress):
        percent = f"{each.percent}%  " if each.percent is not None else ""
        told.append(Entry(f"{percent}{flowing(each.text)}（{signed(each, view.roster)}）"))
    yield Band("进展", full=tuple(told), brief=f"{len(told)} 次")


def _going_up(item: Item, view: View) -> Iterator[Band]:
    listed = tuple(going_up(item, view.roster))
    number = item.outgoing.number if item.outgoing else ""
    yield Band("审签上报", full=_entries(listed), brief=number or (listed[-1][0] if listed else ""))


def _entries(lines: Iterable[Line]) -> tuple[Entry, ...]:
    return tuple(Entry(f"{name}  {said}" if name else said) for name, said in lines)


def _day(at: str) -> date:
    return date.fromisoformat(at[:10])
