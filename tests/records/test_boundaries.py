"""The last day on which something may be done, and the first on which it may not: `<` is not `<=` (issue 10 row 27).

Each table holds a rule on both sides of its edge. In 2026 the calendar has 25 to 27 September off and works on Sunday the 20th.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from records.acts import Outcome, perform
from records.bureau.policy import Reminder
from records.bureau.roster import SYSTEM, StandIn
from records.matter.item import Item
from records.register.clock import due_reminders
from records.rules.clocks import Clock, clock_due
from records.rules.roundup_figures import concerns, figures, rows
from records.rules.timeliness import in_time, lateness
from tests.bureau import CALENDAR, DRAFT, POLICY, PROPOSE, REGISTER, STORY, Matter, at

CLERK, DIRECTOR, DEPUTY, HEAD = "BGS.clerk1", "BGS.director_in_charge", "L03", "JJ.main_leader"
GRANTED: dict[str, object] = {"decision": "approved", "text": "同意。"}
REFUSED: dict[str, object] = {"decision": "rejected", "text": "按期办结。"}


def upto(act: str, now: str = "2026-08-31T09:00", /, **changed: object) -> Matter:
    """Return a matter before an act, every step done on one morning, later on; inputs may be changed by name."""
    matter = Matter()
    for name, by, inputs in STORY:
        if name == act:
            break
        matter.do(name, by, **{**inputs, **{each: value for each, value in changed.items() if each in inputs}})
    matter.now = at(now)
    return matter


def later(matter: Matter, now: str) -> Matter:
    matter.now = at(now)
    return matter


def item_of(matter: Matter) -> Item:
    assert matter.item is not None
    return matter.item


def goes(matter: Matter, act: str, by: str, **inputs: object) -> bool:
    return isinstance(matter.try_(act, by, **inputs), Outcome)


def rejected_once() -> Matter:
    """A matter whose first request for more time was not granted, and which asks again."""
    matter = upto("draft_report")
    matter.do("request_extension", HEAD, reason="等待鉴定。", until="2026-09-10")
    matter.do("decide_extension", DIRECTOR, **REFUSED)
    matter.do("request_extension", HEAD, reason="鉴定未出。", until="2026-09-10")
    return matter


def paused() -> Matter:
    """A matter dispatched on Monday 31 August that was paused the same day, for seven workdays."""
    matter = upto("sign_for")
    matter.do("suspend", DEPUTY, reason="等候鉴定。")
    matter.now = at("2026-09-09T10:00")
    matter.do("resume", CLERK, text="鉴定已出。")
    return matter


def with_until(day: str) -> Matter:
    """A draft to be reviewed in a unit whose reviewing head holds his office until a day."""
    matter = upto("review_report", "2026-09-02T09:00")
    unit = matter.roster.units["JJ"]
    held = tuple(replace(each, until=day) if each.role == "reviewing_head" else each for each in unit.appointments)
    matter.roster = replace(matter.roster, units={**matter.roster.units, "JJ": replace(unit, appointments=held)})
    return matter


def stood_in(role: str, since: str, until: str) -> Matter:
    """The same, where somebody stands in for the holder of a role."""
    matter = upto("review_report", "2026-09-02T09:00")
    unit = matter.roster.units["JJ"]
    unit = replace(unit, stand_ins=(StandIn(role, "JJ.secretary", "JJ.reviewing_head", since, until, "AB角通知"),))
    matter.roster = replace(matter.roster, units={**matter.roster.units, "JJ": unit})
    return matter


Step = tuple[str, str, dict[str, object]]
OBJECT: Step = ("object", "JJ.liaison", {"kind": "responsibility", "reason": "不属本单位职责。"})
URGE: Step = ("urge", CLERK, {"means": "written", "level": "urge", "text": "请报送。"})
MORE: Step = ("request_extension", HEAD, {"reason": "等待鉴定。", "until": "2026-09-10"})
PASS: Step = ("review_report", "JJ.reviewing_head", {"verdict": "pass"})
BY_STAND_IN: Step = ("review_report", "JJ.secretary", {"verdict": "pass"})
BACK: Step = ("return_report", CLERK, {"reasons": ["R1"], "comment": "没有数字。"})


def urged() -> Matter:
    matter = upto("draft_report")
    act, by, inputs = URGE
    matter.do(act, by, **inputs)
    return matter


def asked(until: str) -> Step:
    return (*MORE[:2], {**MORE[2], "until": until})


def returned(day: str) -> Step:
    return (*BACK[:2], {**BACK[2], "redo_due": day})


def proposed(**changed: object) -> Step:
    return ("propose", CLERK, {**PROPOSE, **changed})


def entered(level: str, years: int) -> Step:
    return (
        "register",
        CLERK,
        {**REGISTER, "secrecy": level, "secrecy_years": years, "copy_number": "000001", "title": "", "instruction": ""},
    )


# what, the matter, the act by whom with what, whether it goes
EDGES: dict[str, tuple[Callable[[], Matter], Step, bool]] = {
    "objection on the second workday": (lambda: upto("sign_for", "2026-09-02T23:59"), OBJECT, True),
    "objection on the third workday": (lambda: upto("sign_for", "2026-09-03T00:00"), OBJECT, False),
    "objection on the second workday, not counting a pause": (lambda: later(paused(), "2026-09-11T23:59"), OBJECT, True),
    "objection on the third workday, not counting a pause": (lambda: later(paused(), "2026-09-12T00:00"), OBJECT, False),
    "second urge on the second workday": (lambda: later(urged(), "2026-09-02T00:00"), URGE, True),
    "second urge on the first workday": (lambda: later(urged(), "2026-09-01T23:59"), URGE, False),
    "more time asked for on the due day": (lambda: upto("draft_report", "2026-09-07T23:59"), MORE, True),
    "more time asked for on the day after": (lambda: upto("draft_report", "2026-09-08T00:00"), MORE, False),
    "more time to the due day": (lambda: upto("draft_report"), asked("2026-09-07"), False),
    "more time to the next workday": (lambda: upto("draft_report"), asked("2026-09-08"), True),
    "first request refused, the second is still the director's": (rejected_once, ("decide_extension", DIRECTOR, GRANTED), True),
    "first request refused, the second is not the deputy's": (rejected_once, ("decide_extension", DEPUTY, GRANTED), False),
    "dispatch on the due day": (lambda: upto("dispatch", "2026-09-07T23:59"), ("dispatch", CLERK, {}), True),
    "dispatch on the day after": (lambda: upto("dispatch", "2026-09-08T00:00"), ("dispatch", CLERK, {}), False),
    "proposed for today": (lambda: upto("propose"), proposed(due="2026-08-31"), True),
    "proposed for yesterday": (lambda: upto("propose", "2026-09-01T09:00"), proposed(due="2026-08-31"), False),
    "a point by the matter's own day": (lambda: upto("propose"), proposed(points=[{"text": "一", "due": "2026-09-07"}]), True),
    "a point by the day after": (lambda: upto("propose"), proposed(points=[{"text": "一", "due": "2026-09-08"}]), False),
    "returned for today": (lambda: upto("office_review"), returned("2026-08-31"), True),
    "returned for yesterday": (lambda: upto("office_review", "2026-09-01T09:00"), returned("2026-08-31"), False),
    "reviewed on the last day of office": (lambda: with_until("2026-09-02"), PASS, True),
    "reviewed on the day after": (lambda: with_until("2026-09-01"), PASS, False),
    "stand-in on his first day": (lambda: stood_in("reviewing_head", "2026-09-02", "2026-09-30"), BY_STAND_IN, True),
    "stand-in on the day before": (lambda: stood_in("reviewing_head", "2026-09-03", "2026-09-30"), BY_STAND_IN, False),
    "stand-in on his last day": (lambda: stood_in("reviewing_head", "2026-08-01", "2026-09-02"), BY_STAND_IN, True),
    "stand-in on the day after": (lambda: stood_in("reviewing_head", "2026-08-01", "2026-09-01"), BY_STAND_IN, False),
    "stand-in in another role": (lambda: stood_in("supervising_leader", "2026-08-01", "2026-09-30"), BY_STAND_IN, False),
    "received today": (Matter, ("register", CLERK, {**REGISTER, "received": "2026-08-31"}), True),
    "received tomorrow": (Matter, ("register", CLERK, {**REGISTER, "received": "2026-09-01"}), False),
    **{
        f"{level} for {years} years": (Matter, entered(level, years), years <= most)
        for level, most in (("secret", 10), ("confidential", 20), ("top_secret", 30))
        for years in (most, most + 1)
    },
}


@pytest.mark.parametrize("edge", EDGES)
def test_what_may_be_done_on_the_last_day_may_not_on_the_next(edge: str) -> None:
    made, (act, by, inputs), open_ = EDGES[edge]
    found = made().try_(act, by, **inputs)
    assert isinstance(found, Outcome) == open_, str(found)


def returned_on(day: str) -> Matter:
    """A matter reported on a day and returned a day later, to be reported on again by 18 September."""
    matter = later(upto("submit"), f"{day}T23:59")
    for act, by, inputs in STORY[12:14]:
        matter.do(act, by, **inputs)
    matter.now = at("2026-09-09T09:00")
    matter.do("return_report", CLERK, reasons=["R1"], comment="没有数字。", redo_due="2026-09-18")
    return matter


@pytest.mark.parametrize(("day", "due"), [("2026-09-07", "2026-09-18"), ("2026-09-08", "2026-09-07")])
def test_a_report_that_came_on_its_day_is_redone_by_the_day_that_was_set_and_a_late_one_stays_late(day: str, due: str) -> None:
    assert clock_due(item_of(returned_on(day))) == due


@pytest.mark.parametrize(
    ("first", "again", "well"),
    [("2026-09-07", "2026-09-18", True), ("2026-09-07", "2026-09-21", False), ("2026-09-08", "2026-09-18", False)],
    ids=["both in time", "the second late", "the first late"],
)
def test_a_report_that_was_returned_is_in_time_if_it_was_the_first_time_and_the_second(first: str, again: str, well: bool) -> None:
    matter = returned_on(first)
    matter.now = at(f"{again}T09:00")
    matter.do("draft_report", "JJ.liaison", title="关于整改情况的报告", body="# 一、查实情况。\n三所学校均属实，查处23起。")
    for act, by, inputs in STORY[10:15]:
        matter.do(act, by, **inputs)
    assert in_time(item_of(matter), CALENDAR) is well


@pytest.mark.parametrize(("day", "kinds"), [("2026-09-07", ()), ("2026-09-08", ("completion",))])
def test_a_report_on_its_day_is_in_time_and_a_day_later_late(day: str, kinds: tuple[str, ...]) -> None:
    matter = later(upto("submit", feedback_cycle="none"), f"{day}T00:00")
    for act, by, inputs in STORY[12:15]:
        matter.do(act, by, **inputs)
    assert tuple(each.kind for each in lateness(item_of(matter), POLICY, CALENDAR) if each.round) == kinds
    assert in_time(item_of(matter), CALENDAR) == (not kinds)


@pytest.mark.parametrize(("now", "drawn_up"), [("2026-09-30T23:59", False), ("2026-10-01T00:00", True)])
def test_a_roundup_is_of_a_month_whose_last_day_is_over(now: str, drawn_up: bool) -> None:
    found = perform(Matter().world, "draft_roundup", None, SYSTEM, {}, at(now), target="2026-09")
    assert isinstance(found, Outcome) == drawn_up


@pytest.mark.parametrize(
    ("day", "counted"),
    [("2026-09-01", {"opened": 1}), ("2026-08-31", {"carried_over": 1}), ("2026-09-30", {"opened": 1}), ("2026-10-01", {})],
)
def test_a_roundup_counts_what_was_dispatched_on_its_first_and_on_its_last_day(day: str, counted: dict[str, int]) -> None:
    matter = later(upto("dispatch", due="2026-10-30"), f"{day}T09:00")
    matter.do("dispatch", CLERK)
    found = figures([item_of(matter)], "2026-09-01", "2026-09-30", date(2026, 10, 8), CALENDAR)
    came = {name: count for name, count in vars(found).items() if count and name in ("opened", "carried_over")}
    assert came == counted
    named = rows([item_of(matter)], "2026-09-01", "2026-09-30", date(2026, 10, 8), CALENDAR, lambda _: POLICY, POLICY)
    assert bool(named) == bool(counted), "it names what it counts: what was dispatched since is the next one's"


@pytest.mark.parametrize(("day", "returns"), [("2026-08-31", 0), ("2026-09-01", 1), ("2026-09-30", 1), ("2026-10-01", 0)])
def test_a_roundup_counts_what_was_returned_on_its_first_and_on_its_last_day(day: str, returns: int) -> None:
    matter = later(upto("office_review"), f"{day}T09:00")
    matter.do("return_report", CLERK, reasons=["R1"], comment="没有数字。", redo_due="2026-10-30")
    found = figures([item_of(matter)], "2026-09-01", "2026-09-30", date(2026, 10, 8), CALENDAR)
    assert found.returned_reports == returns


@pytest.mark.parametrize(("today", "stands"), [("2026-09-07", "open_in_time"), ("2026-09-08", "overdue")])
def test_a_roundup_counts_a_matter_in_time_on_its_day_and_overdue_the_day_after(today: str, stands: str) -> None:
    found = figures([item_of(upto("draft_report"))], "2026-08-01", "2026-08-31", date.fromisoformat(today), CALENDAR)
    assert getattr(found, stands) == 1


@pytest.mark.parametrize(("day", "in_it"), [("2026-09-01", True), ("2026-08-31", False)])
def test_a_matter_that_ended_on_the_first_day_concerns_the_month(day: str, in_it: bool) -> None:
    matter = upto("archive", f"{day}T09:00")
    matter.do("archive", "BGS.archivist")
    assert concerns(item_of(matter), "2026-09-01") == in_it


@pytest.mark.parametrize(
    ("noon", "at_", "late"),
    [
        (False, "2026-09-07T23:59", False),
        (False, "2026-09-08T00:00", True),
        (True, "2026-09-07T12:00", False),
        (True, "2026-09-07T12:01", True),
        (True, "2026-09-06T23:59", False),
    ],
)
def test_a_clock_is_missed_after_its_day_or_its_noon(noon: bool, at_: str, late: bool) -> None:
    assert Clock("sign_for", "JJ", "2026-09-07", noon).missed(f"{at_}:00+08:00") == late


@pytest.mark.parametrize(("day", "owed"), [("2026-09-04", False), ("2026-09-07", True)])
def test_feedback_is_owed_from_the_day_it_is_due(day: str, owed: bool) -> None:
    matter = upto("draft_report", f"{day}T09:00", feedback_cycle="weekly", due="2026-09-29")
    matter.item = replace(item_of(matter), progress=())
    assert ("report_progress" in [duty.act for duty in matter.owed]) == owed


@pytest.mark.parametrize(("through", "goes_on"), [(13, False), (14, True)])
def test_outside_numbers_go_on_from_the_next_one(through: int, goes_on: bool) -> None:
    matter = Matter()
    for number, recorded in ((13, True), (through, goes_on)):
        given = {"through": number, "reason": "结转。"}
        found = perform(matter.world, "record_outside_numbers", None, "BGS.registry", given, matter.now, target="special")
        assert isinstance(found, Outcome) == recorded
        matter.series = {each.series: each for each in found.numbers} if isinstance(found, Outcome) else {}


def test_a_first_round_is_no_return_and_an_unsigned_draft_loses_no_signature() -> None:
    first, unsigned, signed = upto("submit"), upto("review_report"), upto("consent")
    for matter, act, by, again, said in (
        (first, "submit", "JJ.liaison", {}, ""),
        (unsigned, "draft_report", "JJ.liaison", {**DRAFT, "body": "另写一份。"}, ""),
        (signed, "draft_report", "JJ.liaison", {**DRAFT, "body": "另写一份。", "void_reason": "又有进展。"}, "原签字失效"),
    ):
        found = matter.try_(act, by, **again)
        assert isinstance(found, Outcome), str(found)
        assert [words for words in ("重新上报", "原签字失效") if words in found.about] == ([said] if said else [])


TODAY = (Reminder(0, "reminder", "system", "今日到期。"),)


@pytest.mark.parametrize(
    ("act", "day", "steps", "urged"),
    [
        ("draft_report", "2026-09-08", POLICY.reminders, [("completion", "urge", None)]),
        ("draft_report", "2026-09-07", POLICY.reminders, [("completion", "reminder", None)]),
        ("draft_report", "2026-09-07", TODAY, [("completion", "reminder", None)]),
        ("sign_for", "2026-08-31", TODAY, []),  # what is given for a day is urged once it is late
        ("sign_for", "2026-09-10", POLICY.reminders, [("completion", "yellow_card", None), ("sign_for", "yellow_card", "CG")]),
    ],
)
def test_a_day_is_reminded_of_until_it_is_over_and_of_two_the_report_comes_first(
    act: str, day: str, steps: tuple[Reminder, ...], urged: list[object]
) -> None:
    item, policy = item_of(upto(act, feedback_cycle="none")), replace(POLICY, reminders=steps)
    found = [dict(each.inputs) for each in due_reminders(item, policy, CALENDAR, date.fromisoformat(day), "BGS")]
    assert [(each["clock"], each["level"], each.get("unit")) for each in found] == urged


def test_nine_figures_are_a_number_and_ten_are_not() -> None:
    matter = upto("receive_paper")
    for pages, words in (("999999999", "不能大于"), ("1000000000", "应为整数")):
        assert words in matter.refused("receive_paper", "BGS.registry", pages=pages, copies=1).reason


@pytest.mark.parametrize(("today", "late"), [("2026-09-07", (None, None, ())), ("2026-09-08", (1, 1, ("JJ", "CG")))])
def test_a_roundup_lists_as_late_what_is_due_from_the_day_after_on(today: str, late: tuple[object, ...]) -> None:
    matter = later(upto("dispatch", urgency="ordinary"), "2026-09-04T16:00")
    matter.do("dispatch", CLERK)
    item = item_of(matter)
    day = date.fromisoformat(today)
    found = rows([item], "2026-09-01", "2026-09-30", day, CALENDAR, lambda _: POLICY, POLICY)
    assert [(row.days_late, row.feedback_late, row.unsigned) for row in found if row.item == item.id] == [late]


@pytest.mark.parametrize(("since", "until", "late"), [("2026-09-01", "2026-09-30", True), ("2026-09-02", "2026-09-30", False)])
def test_a_roundup_tells_what_came_late_on_its_first_day(since: str, until: str, late: bool) -> None:
    matter = later(upto("sign_for"), "2026-09-01T09:00")
    matter.do("sign_for", "JJ.liaison")
    (row,) = rows([item_of(matter)], since, until, date(2026, 10, 8), CALENDAR, lambda _: POLICY, POLICY)
    assert ("sign_for" in row.came_late) == late


@pytest.mark.parametrize(("until", "late"), [("2026-09-01", True), ("2026-08-31", False)])
def test_a_roundup_tells_what_came_late_on_its_last_day(until: str, late: bool) -> None:
    matter = later(upto("sign_for"), "2026-09-01T09:00")
    matter.do("sign_for", "JJ.liaison")
    (row,) = rows([item_of(matter)], "2026-08-01", until, date(2026, 10, 8), CALENDAR, lambda _: POLICY, POLICY)
    assert ("sign_for" in row.came_late) == late


@pytest.mark.parametrize(
    ("now", "act", "by", "day", "way_out"),
    [
        ("2026-08-31T09:00", "propose", "BGS.clerk1", "2026-09-05", "前一个工作日 2026-09-04"),  # a Saturday
        ("2026-10-03T09:00", "propose", "BGS.clerk1", "2026-10-05", "后一个工作日 2026-10-08"),  # within the holiday
        ("2026-09-04T09:00", "request_extension", "JJ.main_leader", "2026-09-12", "前一个工作日 2026-09-11"),
        ("2026-09-04T09:00", "request_extension", "JJ.main_leader", "2026-09-05", "后一个工作日 2026-09-07"),  # due on the day before it
    ],
)
def test_the_way_out_of_a_day_off_is_a_day_that_will_do(now: str, act: str, by: str, day: str, way_out: str) -> None:
    matter = upto("propose" if act == "propose" else "draft_report", now, due="2026-09-04")
    given = {"reason": "等候检测。", "until": day} if act == "request_extension" else {**PROPOSE, "due": day}
    refusal = matter.refused(act, by, **given)
    assert way_out in refusal.way_out
    mended = {name: way_out[-10:] if value == day else value for name, value in given.items()}
    matter.do(act, by, **mended)


@pytest.mark.parametrize("categories", [(1,), (1, 4)])
def test_a_leaders_instruction_that_came_late_stands_in_the_roundup_whatever_categories_are_listed(categories: tuple[int, ...]) -> None:
    matter = upto("draft_report", "2026-09-15T09:00")
    for act, by, inputs in STORY[9:20]:
        matter.do(act, by, **inputs)
    policy = replace(POLICY, roundup_categories=categories)
    (row,) = rows([item_of(matter)], "2026-09-01", "2026-09-30", date(2026, 10, 8), CALENDAR, matter.policy_at, policy)
    assert row.came_late == ("completion",)
