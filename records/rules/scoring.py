"""Scores by the bureau's rules (评分考核): what the record shows against the handling of an item, each mark with the act that caused it.

Pure functions of item, history, policy, calendar and rules, so that a score can be worked out again as of any past day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.bureau.scoring import RuleName, Scoring
from records.matter.history import Step
from records.matter.item import Item
from records.rules.timeliness import Late, lateness
from schema.tables import acts

_LATE_BY = {"completion": "submit", "redo": "submit", "extension": "decide_extension", "sign_for": "sign_for"}
"""By which act a clock that had run out is seen to have come late; feedback and opinions take no marks."""
_CARDS: Mapping[str, RuleName] = {"yellow_card": "yellow_card", "red_card": "red_card"}


@dataclass(frozen=True)
class Deduction:
    """Points taken off a lead unit.

    Attributes:
        rule: name of the rule.
        points: negative, or 0 once the rule has taken its most.
        why: what happened, in Chinese.
        commit: the act that caused it.
        at: the time of that act.
        unit: the unit that led the item then.
    """

    rule: RuleName
    points: int
    why: str
    commit: str
    at: str
    unit: str


class Place(NamedTuple):
    """A unit's place; units of the same mean share one."""

    place: int
    unit: str
    mean: float
    items: int


@dataclass(frozen=True)
class Ranking:
    """Units side by side, or none and the note that says why."""

    note: str
    places: tuple[Place, ...] = ()


def scores(item: Item, history: Sequence[Step], policy: Policy, calendar: Calendar, rules: Scoring) -> tuple[Deduction, ...]:
    """Return the marks of an item, oldest first; only what an act of the history shows is marked, only against the lead of that time.

    A report is late against the deadline of its round: the due date in force when it went up, after a return the day by which it was due
    again (Q12, Q13). A report not yet sent up has no act and no mark.

    Args:
        item: the item as it stands.
        history: its acts, as ``Index.history`` gives them.
        policy: the policy the item pins.
        calendar: the calendars of the register.
        rules: the scoring in force.
    """
    found: list[Deduction] = []
    taken: dict[tuple[str, str], int] = defaultdict(int)
    by_name, late = {rule.name: rule for rule in rules.rules}, lateness(item, policy, calendar)
    for step in sorted(history, key=lambda each: each.time):
        unit = item.lead_at(step.time)
        for name, times, why in _faults(item, step, unit, late):
            if unit is None or (rule := by_name.get(name)) is None:
                continue
            points = rule.points * times
            if rule.most is not None:
                points = min(points, rule.most - taken[unit, name])
            taken[unit, name] += points
            capped = "（已扣满）" if points < rule.points * times else ""
            found.append(Deduction(name, -points, f"{rule.title}：{why}{capped}", step.commit, step.time, unit))
    return tuple(found)


def totals(item: Item, marks: Iterable[Deduction], rules: Scoring) -> Mapping[str, int]:
    """Return the score of each unit that leads or led the item, the present lead first; never below 0."""
    leads = [item.lead, *(each.from_unit for each in reversed(item.transfers) if each.role == "lead")]
    off = {unit: 0 for unit in leads if unit}
    for mark in marks:
        off[mark.unit] += mark.points
    return {unit: max(0, rules.base + points) for unit, points in off.items()}


def ranking(scored: Iterable[Mapping[str, int]], rules: Scoring) -> Ranking:
    """Return the units by the mean score of the items they led, where the scoring has ranking on.

    Args:
        scored: what ``totals`` gave for each item.
        rules: the scoring in force.
    """
    if not rules.ranking:
        return Ranking(f"{rules.title}（{rules.version}）未开启单位排名，只列各件得分。")
    by_unit: dict[str, list[int]] = defaultdict(list)
    for totals_of_item in scored:
        for unit, score in totals_of_item.items():
            by_unit[unit].append(score)
    means = {unit: round(sum(each) / len(each), 2) for unit, each in by_unit.items()}
    places = (
        Place(1 + sum(other > mean for other in means.values()), unit, mean, len(by_unit[unit]))
        for unit, mean in sorted(means.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    return Ranking(f"按{rules.title}（{rules.version}），以各单位主办事项的平均得分为序，同分同名次。", tuple(places))


def _faults(item: Item, step: Step, lead: str | None, late: Iterable[Late]) -> Iterator[tuple[RuleName, int, str]]:
    """Yield what one act shows: which rule, how many times, in what words."""
    for each in late:
        if each.at != step.time or each.unit is None or each.unit != lead or _LATE_BY.get(each.kind) != step.act:
            continue
        told = f"{each.at[:10]}{acts()[step.act].label}，时限{each.due}，逾期{each.days}个工作日"
        if each.kind != "sign_for":
            yield "late_report", max(1, each.days), (f"第{each.round}轮" if each.round else "") + told
        else:
            yield "late_sign_for", 1, f"{each.at[:16].replace('T', ' ')}签收，签收时限{each.due}"
    if step.act == "return_report":
        for back in item.report.rounds if item.report else ():
            if back.returned and back.returned.at == step.time:
                yield "returned", 1, f"第{back.round}轮，原因{'、'.join(back.returned.reasons)}"
    elif step.act in ("urge", "remind"):
        for unit, urge in item.urged():
            if (urge.at, urge.by) == (step.time, step.person) and unit == lead and (card := _CARDS.get(urge.level)):
                yield card, 1, f"{urge.at[:10]} {' '.join(urge.text.split())[:60]}"
