"""Scores by a rule file (评分考核): what the record itself shows against the handling of an item, each mark with the act that caused it.

Pure functions of item, history, policy, calendar and rules, so that a score can be worked out again as of any past day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy
from records.matter.history import Step
from records.matter.item import Item
from records.matter.plain_data import from_data
from schema.tables import default_text, read_table

RuleName = Literal["returned", "late_report", "late_sign_for", "yellow_card", "red_card"]
_CARDS: Mapping[str, RuleName] = {"yellow_card": "yellow_card", "red_card": "red_card"}


@dataclass(frozen=True)
class ScoringRule:
    """What is taken off for what: ``points`` each time (late_report: each workday), ``most`` on one item."""

    name: RuleName
    title: str
    points: int
    most: int | None = None


@dataclass(frozen=True)
class Rules:
    """One version of the rule file; a rule that is not in it is off."""

    version: str
    title: str
    base: int
    ranking: bool
    rules: tuple[ScoringRule, ...]


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


@cache
def default_rules() -> Rules:
    """Return the rules that ship with the program, schema/scoring.yaml."""
    return from_data(read_table(default_text("scoring.yaml")), Rules)


def scores(item: Item, history: Sequence[Step], policy: Policy, calendar: Calendar, rules: Rules) -> tuple[Deduction, ...]:
    """Return the marks of an item, oldest first; only what an act of the history shows is marked, only against the lead of that time.

    A report is late against the deadline of its round: the due date in force when it went up, after a return the day by which it was due
    again (Q12, Q13). A report not yet sent up has no act and no mark.

    Args:
        item: the item as it stands.
        history: its acts, as ``Index.history`` gives them.
        policy: the policy the item pins.
        calendar: the calendars of the register.
        rules: the rule file.
    """
    found: list[Deduction] = []
    taken: dict[tuple[str, str], int] = defaultdict(int)
    by_name = {rule.name: rule for rule in rules.rules}
    for step in sorted(history, key=lambda each: each.time):
        unit = _lead_at(item, step.time)
        for name, times, why in _faults(item, step, unit, policy, calendar):
            if unit is None or (rule := by_name.get(name)) is None:
                continue
            points = rule.points * times
            if rule.most is not None:
                points = min(points, rule.most - taken[unit, name])
            taken[unit, name] += points
            capped = "（已扣满）" if points < rule.points * times else ""
            found.append(Deduction(name, -points, f"{rule.title}：{why}{capped}", step.commit, step.time, unit))
    return tuple(found)


def totals(item: Item, marks: Iterable[Deduction], rules: Rules) -> Mapping[str, int]:
    """Return the score of each unit that leads or led the item, the present lead first; never below 0."""
    leads = [item.lead, *(each.from_unit for each in reversed(item.transfers) if each.role == "lead")]
    off = {unit: 0 for unit in leads if unit}
    for mark in marks:
        off[mark.unit] += mark.points
    return {unit: max(0, rules.base + points) for unit, points in off.items()}


def ranking(scored: Iterable[Mapping[str, int]], rules: Rules) -> Ranking:
    """Return the units by the mean score of the items they led, where the rule file has ranking on.

    Args:
        scored: what ``totals`` gave for each item.
        rules: the rule file.
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


def _faults(item: Item, step: Step, lead: str | None, policy: Policy, calendar: Calendar) -> Iterator[tuple[RuleName, int, str]]:
    """Yield what one act shows: which rule, how many times, in what words."""
    if step.act == "return_report":
        for each in item.report.rounds if item.report else ():
            if each.returned and each.returned.at == step.time:
                yield "returned", 1, f"第{each.round}轮，原因{'、'.join(each.returned.reasons)}"
    elif step.act == "submit":
        n, due = _deadline(item, step.time)
        if due and (late := calendar.between(date.fromisoformat(due), date.fromisoformat(step.time[:10]))) > 0:
            yield "late_report", late, f"第{n}轮{step.time[:10]}上报，时限{due}，逾期{late}个工作日"
    elif step.act == "sign_for" and step.unit == lead and item.dispatched:
        arrived = max((each.at for each in item.transfers if each.to_unit == lead and each.at <= step.time), default=item.dispatched.at)
        last = calendar.shift(date.fromisoformat(arrived[:10]), policy.sign_for_workdays[item.urgency]).isoformat()
        if step.time[:10] > last:
            yield "late_sign_for", 1, f"{step.time[:16].replace('T', ' ')}签收，签收时限{last}"
    elif step.act in ("urge", "remind"):
        for urge in item.urges:
            if (urge.at, urge.by) == (step.time, step.person) and (card := _CARDS.get(urge.level)):
                yield card, 1, f"{urge.at[:10]} {' '.join(urge.text.split())[:60]}"


def _deadline(item: Item, at: str) -> tuple[int, str | None]:
    """The round that went up at a time, and its deadline; None where the record no longer tells."""
    rounds = item.report.rounds if item.report else ()
    for before, each in zip((None, *rounds), rounds, strict=False):
        if each.submitted and each.submitted.at == at:
            return each.round, before.returned.redo_due if before and before.returned else _due_at(item, at)
    return 0, None


def _due_at(item: Item, at: str) -> str | None:
    """The due date in force at a time; what a resumption set is on record only as long as nothing has set it since."""
    changes: list[tuple[str, str | None]] = [("", item.original_due)]
    changes += [(each.decided.at, each.until) for each in item.extensions if each.decided and each.decided.decision == "approved"]
    changes += [(each.resumed.at, None) for each in item.suspensions if each.resumed]
    changes += [(each.at, each.due) for each in item.reopenings]
    changes.sort(key=lambda change: change[0])
    changes[-1] = (changes[-1][0], item.due)  # whoever set the date last set the one that stands
    return next(due for since, due in reversed(changes) if since <= at)


def _lead_at(item: Item, at: str) -> str | None:
    """The unit that led at a time; an act of the same second as a change of lead is the earlier one's."""
    later = next((each.from_unit for each in item.transfers if each.role == "lead" and each.at >= at), None)
    return later or item.lead
