"""规则: the rules in force in plain words, what a new version changes, and the days of a month as a sheet."""

from calendar import Calendar as Weeks
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from desk.desk import Desk
from desk.terms import moment
from records.bureau.calendar import Calendar
from records.bureau.policy import Policy, PolicyDraft, Reminder
from records.bureau.scoring import Scoring, ScoringDraft, ScoringRule
from records.matter.plain_data import to_data
from records.store.view import View
from schema.check import keywords
from schema.problem import Field
from schema.tables import acts, checker

Line = tuple[str, str]


def settings(version: Policy | Scoring) -> tuple[Line, ...]:
    """Return each setting of a version of the rules with its name, in the order of the record."""
    if isinstance(version, Policy):
        return tuple(_settings(to_data(version), ()))
    check = checker("scoring")
    version_is, base_is, ranking_is = (str(check.at((name,))["title"]) for name in ("version", "base", "ranking"))
    taken = [(rule.title, _points(rule)) for rule in version.rules]
    ranking = "开启" if version.ranking else "不开启"
    return ((version_is, version.version), (base_is, f"{version.base}分"), *taken, (ranking_is, ranking))


def plain_words(policy: Policy) -> tuple[Line, ...]:
    """Return a policy as one would say it: every setting of it, each line about one thing."""
    due, warning, sign = policy.due_workdays, policy.warning_workdays, policy.sign_for_workdays
    cycles = policy.feedback_workdays
    return (
        ("办结", f"特急 {due['extra_urgent']}，加急 {due['urgent']}，平件 {due['ordinary']} 个工作日"),
        ("签收", "，".join(f"{name} {_within(sign[key])}" for key, name in _URGENCIES)),
        ("反馈", f"每日 {cycles['daily']}，每周 {cycles['weekly']}，每两周 {cycles['biweekly']}，每月 {cycles['monthly']} 个工作日一次"),
        ("异议", f"收件后 {policy.objection_workdays} 个工作日内提出"),
        ("协办意见", f"办结时限 {policy.opinion_workdays} 个工作日以前提出"),
        ("预警", "，".join(f"{name}剩 {warning[key]} 个工作日黄灯" for key, name in _URGENCIES)),
        *([("催办", _step(each)) for each in policy.reminders] or [("催办", "系统不自动催办")]),
        ("静默", f"同级的两次催办至少隔 {policy.quiet_workdays} 个工作日"),
        (
            "通报",
            f"每月第 {policy.roundup_workday} 个工作日以前；列入第 {'、'.join(map(str, policy.roundup_categories))} 类和全部领导批示件",
        ),
        ("阅示", f"{_said(('reading_required',), policy.reading_required)}，经主管副局长阅示后交办"),
        ("任免", f"最多倒签 {policy.backdating_workdays} 个工作日"),
        *(
            (name, "、".join(_said(("own_signatures", 0), each) for each in steps))
            for name, steps in (("本人签名", policy.own_signatures), ("密钥代理签名", policy.agent_signatures))
            if steps
        ),
        *([("离座", f"{policy.idle_minutes} 分钟没有操作就退出")] if policy.idle_minutes else []),
        ("涉密事项", "可以录入全文（本网络经批准）" if policy.full_text else "只登记流转，文字走纸质"),
    )


@dataclass(frozen=True)
class Version:
    """A version of the policy that was ever in force: from when, by whom approved, and on how many open matters it is still kept."""

    version: str
    since: str
    told: str
    items: int


def versions(desk: Desk) -> tuple[Version, ...]:
    """Return the versions of the policy, the one in force first."""
    register = desk.register
    desk.whole()
    pinned = Counter(each.policy for each in register.index.open_items() if each.policy)
    found = []
    for step in register.index.steps_by(["init", *(name for name, spec in acts().items() if spec.target == "policy_draft" and spec.signs)]):
        view = register.view(step.commit)
        draft = view.policy_draft
        told = "建立登记簿时施行"
        if draft and draft.approved and step.act != "init":
            who = (view.roster.name(person, step.time) for person in (draft.drafted.by, draft.approved.by))
            told = "{}拟定，{}批准".format(*who) + (f"：{draft.drafted.text}" if draft.drafted.text else "")
        found.append(Version(view.policy.version, step.time[:10], told, pinned[view.policy_id]))
    return tuple(reversed(found))


def changes(draft: PolicyDraft | ScoringDraft, now: Policy | Scoring) -> tuple[Line, ...]:
    """Return what a version changes against the one in force, as old → new; what is left out of either is 无."""
    old, new = dict(settings(now)), dict(settings(draft.policy if isinstance(draft, PolicyDraft) else draft.scoring))
    names = dict.fromkeys((*new, *old))
    return tuple((name, f"{old.get(name, '无')} → {new.get(name, '无')}") for name in names if old.get(name) != new.get(name))


def scoring_in_words(scoring: Scoring) -> tuple[Line, ...]:
    """Return a scoring as one would say it, each line about one thing."""
    ranking = "各单位排名" if scoring.ranking else "不排名"
    first = ("评分", f"{scoring.title}第{scoring.version}版，基准{scoring.base}分，{ranking}")
    return (first, *(("扣分", f"{rule.title}，{_points(rule)}") for rule in scoring.rules))


def _points(rule: ScoringRule) -> str:
    each = "每个工作日扣" if rule.name == "late_report" else "每次扣"
    return f"{each}{rule.points}分" + (f"，一件最多扣{rule.most}分" if rule.most is not None else "")


def waiting(view: View) -> tuple[Line, ...]:
    """Return the versions that were drawn up and wait for approval, each with what it changes."""
    lines: list[Line] = []
    for what, draft, now in (("时限规则", view.policy_draft, view.policy), ("评分规则", view.scoring_draft, view.scoring)):
        if draft is not None and draft.approved is None:
            who = f"{view.roster.name(draft.drafted.by)} {moment(draft.drafted.at)}"
            lines.append(("待批准", f"{what}第{draft.version}版，{who}拟定：{draft.drafted.text or ''}"))
            lines += (("", f"{name}：{change}") for name, change in changes(draft, now))
    return tuple(lines)


def sheet(calendar: Calendar, month: date, today: date) -> tuple[str, ...]:
    """Return a month as a sheet of weeks, five cells a day, today in brackets.

    A holiday is marked 休, one that is only an estimate 估, a weekend day that is worked 班. The last lines say what these days are.
    """
    weeks = Weeks().monthdatescalendar(month.year, month.month)
    lines = [_week(calendar, [day if day.month == month.month else None for day in week], today) for week in weeks]
    return (f"{month.year}年{month.month}月", "".join(f" {name}  " for name in "一二三四五六日").rstrip(), *lines, *_named(calendar, month))


def spoken_today(calendar: Calendar, today: date) -> str:
    """Return what today is, and of a day off which workday comes next."""
    off = calendar.day_off(today)
    if not off:
        return f"今天 {today} 是工作日"
    following = calendar.shift(today, 1)
    return f"今天 {today} 是{off}，休息日；下一个工作日 {following} 周{'一二三四五六日'[following.weekday()]}"


def _week(calendar: Calendar, week: list[date | None], today: date) -> str:
    line = "".join(f" {day.day:>2}{_mark(calendar, day) or '  '}" if day else " " * 5 for day in week) + " "
    if today in week:
        cell = f"{today.day:>2}{_mark(calendar, today)}"
        line = line.replace(f" {cell} ", f"[{cell}]", 1)
    return line.rstrip()


def _mark(calendar: Calendar, day: date) -> str:
    if calendar.named(day):
        return "估" if calendar.estimated(day) else "休"
    return "班" if day.weekday() >= 5 and calendar.is_workday(day) else ""


def _named(calendar: Calendar, month: date) -> Iterator[str]:
    days = [day for day in Weeks().itermonthdates(month.year, month.month) if day.month == month.month]
    names = dict.fromkeys(name for day in days if (name := calendar.named(day)))
    if names:
        yield f"放假：{'、'.join(names)}"
    worked = [f"{day.month}月{day.day}日" for day in days if day.weekday() >= 5 and calendar.is_workday(day)]
    if worked:
        yield f"调休上班：{'、'.join(worked)}"
    year = calendar.years.get(month.year)
    estimated = calendar.estimated(month)
    marks = {_mark(calendar, day) for day in days}
    if told := [f"{mark} {meant}" for mark, meant in _MARKS.items() if mark in marks]:
        yield "  ".join(told)
    yield "依据：" + (year.basis if year else "全国年节及纪念日放假办法") + ("（估算，通知尚未登记）" if estimated else "")


def _settings(value: object, at: Field) -> Iterator[Line]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _settings(entry, (*at, key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for place, entry in enumerate(value):
            yield f"{_title(at)}第{place + 1}步", "，".join(_said((*at, place, key), each) for key, each in entry.items())
    elif isinstance(value, list):
        yield _title(at), "、".join(map(str, value))
    else:
        yield _title(at), _said(at, value)


def _left(days: int) -> str:
    return f"剩 {days} 个工作日" if days > 0 else f"逾期 {-days} 个工作日" if days else "到期当日"


def _step(each: Reminder) -> str:
    what, means = (_said((*_REMINDERS, name), value) for name, value in (("level", each.level), ("means", each.means)))
    return f"{_left(each.days_left)}{what}（{means}）：{each.text}"


def _within(workdays: int) -> str:
    return f"{workdays} 个工作日" if workdays else "当日"


_MARKS = {"休": "放假", "估": "法定放假，通知未公布", "班": "调休上班"}
_URGENCIES = (("extra_urgent", "特急"), ("urgent", "加急"), ("ordinary", "平件"))
_REMINDERS: Field = ("reminders", 0)


def _title(at: Field) -> str:
    check = checker("policy")
    return " ".join(str(check.at(at[:end]).get("title", at[end - 1])) for end in range(1, len(at) + 1))


def _said(at: Field, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    found = checker("policy").at(at)
    return keywords(found).enum_labels.get(str(value), str(value))
