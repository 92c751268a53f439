"""The rules and the days by which acts are judged: the calendar of a year as it is announced, a version of the policy, of the scoring.

Both versions are drawn up by the keeper of the roster and put in force by the deputy director in charge (D-10, D-17).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

from records.bureau.calendar import CalendarYear, Holiday
from records.bureau.foundations import kinds_named
from records.bureau.policy import Policy, PolicyDraft, Reminder
from records.bureau.scoring import RULE_NAMES, Scoring, ScoringDraft, ScoringRule
from records.matter.stamps import Remark, Signature
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE
from schema.tables import checker

_COUNTS = {
    "due": ("ordinary", "urgent", "extra_urgent"),
    "warning": ("ordinary", "urgent", "extra_urgent"),
    "sign_for": ("ordinary", "urgent", "extra_urgent"),
    "feedback": ("daily", "weekly", "biweekly", "monthly"),
}


@TABLE.gate("D-10", "announce_calendar", sees="record")
def a_year_is_named(case: Case, given: Given) -> Refusal | None:
    """A calendar is that of a year (D-10)."""
    if kinds_named(case.target) != ("calendar",):
        return case.refuse("D-10", f"“{case.target}”不是年份。", "请写四位年份，例如 2027。")
    return None


@TABLE.gate("D-10", "announce_calendar")
def the_days_are_of_that_year(case: Case, given: Given) -> Refusal | None:
    """Days off are of the year and do not overlap; days worked are of the year, at a weekend, and not off."""
    year = _year(case, given)
    for field, reason, way_out in _wrong_days(year):
        return case.refuse("D-10", reason, way_out or "请对照通知改正。", field=field)
    if year == case.world.calendar.years.get(year.year):
        return case.refuse("D-10", f"{year.year}年的安排与登记簿里的相同。")
    return None


@TABLE.act("announce_calendar")
def announce_calendar(case: Case, given: Given) -> Change:
    """Enter the notice of a year; what was an estimate is one no more, days already given are looked at again when they are used (D-10)."""
    year = _year(case, given)
    about = f"{year.year}年放假{len(year.off)}天，调休上班{len(year.workdays)}天"
    return Change(None, foundations=(year,), about=about, basis=year.basis)


@TABLE.gate("D-17", "draft_policy", "draft_scoring")
def the_version_is_a_new_one(case: Case, given: Given) -> Refusal | None:
    """Each version has a name of its own, and says something else than the one in force."""
    new, now = _both(case, given)
    if new.version == now.version:
        return case.refuse("D-17", f"版本“{new.version}”正在施行。", "请给新的一版另起名称，例如 2026-02。", field="version")
    if replace(new, version=now.version) == now:
        return case.refuse("D-17", "没有一项与现在施行的不同。", "请至少改动一项。")
    return None


@TABLE.gate("D-17", "draft_policy")
def own_signatures_hold_for_the_rules_too(case: Case, given: Given) -> Refusal | None:
    """Whoever could lift the rule on the service's word alone could do without every signature (design §10)."""
    for name, enough, what in (
        ("own_signatures", given.names("own_signatures"), "须本人签名的步骤"),
        ("agent_signatures", given.names("own_signatures") + given.names("agent_signatures"), "可经密钥代理签名的步骤"),
    ):
        if given.names(name) and "enact_policy" not in enough:
            reason = f"{what}里没有“批准时限规则”，这样谁都可以先把这条规则改掉。"
            return case.refuse("D-17", reason, "请把“批准时限规则”也列上。", field=name)
    return None


@TABLE.gate("D-17", "draft_scoring")
def something_is_taken_off(case: Case, given: Given) -> Refusal | None:
    """A scoring takes points off for something, and never more at once than at most."""
    rules = _scoring(case, given).rules
    if not rules:
        return case.refuse("D-17", "没有一项扣分，各件都是满分。", "请至少写一项扣分。")
    for name in RULE_NAMES:
        points, most = (given.values.get(f"{name}_{what}") for what in ("points", "most"))
        if points is None and most is not None:
            return case.refuse("D-17", "写了最多扣分，没有写每次扣分。", "请写每次扣几分，或者清空这一项。", field=f"{name}_points")
        if isinstance(points, int) and isinstance(most, int) and most < points:
            return case.refuse("D-17", f"一件最多扣{most}分，少于每次扣的{points}分。", "请改正其中一项。", field=f"{name}_most")
    return None


@TABLE.act("draft_policy")
def draft_policy(case: Case, given: Given) -> Change:
    """Draw up a version of the rules; it is in force once the deputy director in charge approved it (D-17)."""
    draft = PolicyDraft(_policy(given), Remark(**vars(case.stamp), text=given.text("reason")))
    return Change(None, foundations=(draft,), about=f"第{draft.policy.version}版", words=given.text("reason"))


@TABLE.act("draft_scoring")
def draft_scoring(case: Case, given: Given) -> Change:
    """Draw up a version of the scoring; it counts once the deputy director in charge approved it (D-17)."""
    draft = ScoringDraft(_scoring(case, given), Remark(**vars(case.stamp), text=given.text("reason")))
    return Change(None, foundations=(draft,), about=f"第{draft.version}版", words=given.text("reason"))


@TABLE.gate("D-17", "enact_policy", "enact_scoring", sees="record")
def a_version_waits(case: Case, given: Given) -> Refusal | None:
    """Something was drawn up that nobody has approved yet."""
    draft = case.foundation
    if not isinstance(draft, PolicyDraft | ScoringDraft) or draft.approved is not None:
        what = {"policy_draft": "时限规则", "scoring_draft": "评分规则"}[case.spec.target]
        return case.refuse("D-17", f"没有待批准的{what}。", f"请花名册管理员先“拟定{what}”。")
    return None


@TABLE.gate("D-17", "enact_policy", "enact_scoring")
def he_saw_this_version(case: Case, given: Given) -> Refusal | None:
    """The approval is for the version that was shown."""
    if given.text("hash") != case.text_in_force:
        return case.refuse("D-17", "您看到的规则之后已被改动。", "请重新打开，看过现在的一版再批准。", field="hash")
    return None


@TABLE.act("enact_policy")
def enact_policy(case: Case, given: Given) -> Change:
    """Put a version of the rules in force; what was dispatched under another one stays under it (D-17)."""
    draft = case.world.policy_draft
    assert draft is not None
    return _enacted(replace(draft, approved=_approval(case, given)), draft.policy, given)


@TABLE.act("enact_scoring")
def enact_scoring(case: Case, given: Given) -> Change:
    """Put a version of the scoring in force; every score is worked out by it from then on, and names it (D-17)."""
    draft = case.world.scoring_draft
    assert draft is not None
    return _enacted(replace(draft, approved=_approval(case, given)), draft.scoring, given)


def _approval(case: Case, given: Given) -> Signature:
    return Signature(**vars(case.signed(given)), hash=given.text("hash"), text=given.text("text"))


def _enacted(draft: PolicyDraft | ScoringDraft, version: Policy | Scoring, given: Given) -> Change:
    return Change(None, foundations=(draft, version), about=f"第{version.version}版施行", words=given.text("text"))


def _both(case: Case, given: Given) -> tuple[Policy, Policy] | tuple[Scoring, Scoring]:
    """The version that is drawn up, and the one in force."""
    if case.spec.target == "policy_draft":
        return _policy(given), case.world.policy
    return _scoring(case, given), case.world.scoring


def _year(case: Case, given: Given) -> CalendarYear:
    holidays = tuple(Holiday(*(str(each[name]) for name in ("name", "since", "until"))) for each in given.rows("holidays"))
    return CalendarYear(int(case.target), given.text("basis"), False, holidays, given.names("workdays"))


def _wrong_days(year: CalendarYear) -> Iterator[tuple[str, str, str]]:
    """Yield the input that is wrong, why, and the way out where there is one of its own."""
    # The first holiday of a notice may begin in the December before, which is in the calendar of that year.
    elsewhere = f"跨年的分开写：这里只写{year.year}年的日子，其余的并入那一年的安排另办。"
    for each in year.holidays:
        if each.until < each.since:
            yield "holidays", f"{each.name}的止日 {each.until} 早于起日 {each.since}。", ""
        if not each.since.startswith(str(year.year)) or not each.until.startswith(str(year.year)):
            yield "holidays", f"{each.name} {each.since} 至 {each.until} 不在{year.year}年。", elsewhere
    ordered = sorted(year.holidays, key=lambda each: each.since)
    for one, other in pairwise(ordered):
        if other.since <= one.until:
            yield "holidays", f"{one.name}和{other.name}的日期重叠。", ""
    for day in year.workdays:
        found = date.fromisoformat(day)
        if found.year != year.year:
            yield "workdays", f"{day} 不在{year.year}年。", elsewhere
        if found.weekday() < 5:
            yield "workdays", f"{day} 不是{year.year}年的周末，不用调休。", ""
        if found in year.off:
            yield "workdays", f"{day} 既放假又上班。", ""


def _policy(given: Given) -> Policy:
    counts = {f"{what}_workdays": {key: given.number(f"{what}_{key}") for key in keys} for what, keys in _COUNTS.items()}
    days = ("objection_workdays", "quiet_workdays", "roundup_workday", "opinion_workdays", "backdating_workdays")
    reminders = (
        Reminder(int(str(each["days_left"])), str(each["level"]), str(each["means"]), str(each["text"])) for each in given.rows("reminders")
    )
    return Policy(
        version=given.text("version"),
        reading_required=given.text("reading_required"),
        roundup_categories=tuple(sorted(given.numbers("roundup_categories"))),
        reminders=tuple(reminders),
        full_text=given.values.get("full_text") is True,
        own_signatures=given.names("own_signatures"),
        agent_signatures=given.names("agent_signatures"),
        idle_minutes=given.number("idle_minutes") if "idle_minutes" in given else None,
        **{name: given.number(name) for name in days},  # type: ignore[arg-type]
        **counts,  # type: ignore[arg-type]
    )


def _scoring(case: Case, given: Given) -> Scoring:
    """The version of the scoring that is drawn up; a rule of which no points are given is off."""
    titles = {name: checker("scoring").enum_label(("rules", 0, "name"), name) for name in RULE_NAMES}
    rules = tuple(
        ScoringRule(name, titles[name], given.number(f"{name}_points"), given.number(f"{name}_most") if f"{name}_most" in given else None)
        for name in RULE_NAMES
        if f"{name}_points" in given
    )
    return Scoring(given.text("version"), case.world.scoring.title, given.number("base"), given.values.get("ranking") is True, rules)
