"""The clocks of an item: who owes what by when, what the lights say, what is urged, and what came late (D-1, D-2, D-3)."""

from dataclasses import replace
from datetime import date

import pytest

from records.acts import World
from records.matter.item import Item
from records.register.clock import due_reminders
from records.rules.clocks import Clock, Light, clocks, light
from records.rules.roundup_figures import rows
from records.rules.timeliness import in_time, lateness
from tests.bureau import CALENDAR, DRAFT, POLICY, STORY, Matter, at

LEAD = "JJ.main_leader"
DIRECTOR = "BGS.director_in_charge"


def dispatched(now: str = "2026-08-31T09:00", /, **changed: object) -> Matter:
    """A matter dispatched at a time, with some facts of its proposal and registration changed."""
    matter = Matter()
    for act, by, inputs in STORY[:3]:
        told = {**inputs, **{name: value for name, value in changed.items() if name in inputs}}
        matter.do(act, by, **told)
    matter.now = at(now)
    matter.do("dispatch", "BGS.clerk1")
    return matter


def in_hand(**changed: object) -> Matter:
    """The same, signed for by both units and read in the lead, without a cycle of feedback."""
    told: dict[str, object] = {"feedback_cycle": "none", "urgency": "ordinary", **changed}
    matter = dispatched(**told)
    for act, by, inputs in STORY[4:7]:
        matter.do(act, by, **inputs)
    return matter


def item_of(matter: Matter) -> Item:
    assert matter.item is not None
    return matter.item


def due_days(matter: Matter) -> dict[str, str]:
    return {f"{each.kind} {each.unit or ''}".strip(): each.due + (" 12:00" if each.noon else "") for each in running(matter)}


def running(matter: Matter) -> tuple[Clock, ...]:
    return clocks(item_of(matter), POLICY, CALENDAR)


def lit(matter: Matter, day: str) -> Light:
    return light(item_of(matter), POLICY, CALENDAR, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("urgency", "now", "due"),
    [
        ("ordinary", "2026-08-31T09:00", "2026-09-01"),
        ("ordinary", "2026-09-04T16:00", "2026-09-07"),  # a Friday
        ("extra_urgent", "2026-08-31T16:59", "2026-08-31"),
        ("extra_urgent", "2026-08-31T17:00", "2026-09-01 12:00"),
        ("extra_urgent", "2026-09-04T18:00", "2026-09-05 12:00"),  # noon of the next day, worked or not
        ("extra_urgent", "2026-09-05T09:00", "2026-09-06 12:00"),
        ("extra_urgent", "2026-09-20T09:00", "2026-09-20"),  # a Sunday that is worked
    ],
)
def test_every_unit_signs_by_a_day_of_its_own(urgency: str, now: str, due: str) -> None:
    matter = dispatched(now, urgency=urgency, due="2026-09-29", feedback_cycle="none")
    assert due_days(matter) == {"completion JJ": "2026-09-29", "sign_for JJ": due, "sign_for CG": due}


def test_a_receipt_at_noon_of_the_next_day_is_in_time_and_a_minute_later_is_not() -> None:
    for minute, kinds in (("12:00", []), ("12:01", ["sign_for"])):
        matter = dispatched("2026-09-04T18:00", due="2026-09-29")
        matter.now = at(f"2026-09-05T{minute}")
        matter.do("sign_for", "JJ.liaison")
        assert [each.kind for each in lateness(item_of(matter), POLICY, CALENDAR)] == kinds


@pytest.mark.parametrize(
    ("day", "colour", "words"),
    [
        ("2026-09-01", "green", "剩4个工作日"),
        ("2026-09-02", "yellow", "剩3个工作日"),
        ("2026-09-07", "yellow", "今日到期"),
        ("2026-09-08", "red", "逾期1个工作日"),
    ],
)
def test_the_light_of_the_report(day: str, colour: str, words: str) -> None:
    found = lit(only_lead(), day)
    assert (found.colour, found.words) == (colour, words)


def only_lead(**changed: object) -> Matter:
    matter = dispatched(assisting=[], points=[{"text": "查实"}], feedback_cycle="none", urgency="ordinary", **changed)
    matter.do("sign_for", "JJ.liaison")
    matter.do("read_in_unit", "JJ.supervising_leader", text="抓紧。")
    return matter


def test_a_day_that_has_passed_is_late_from_the_next_day_on_and_workdays_count_only_how_long() -> None:
    matter = only_lead(due="2026-09-04")  # a Friday
    assert [(lit(matter, day).colour, lit(matter, day).words) for day in ("2026-09-04", "2026-09-05", "2026-09-06", "2026-09-07")] == [
        ("yellow", "今日到期"),
        ("red", "已过期"),
        ("red", "已过期"),
        ("red", "逾期1个工作日"),
    ]
    assert all(len(lit(matter, day).short.encode("gbk")) <= 8 for day in ("2026-09-04", "2026-09-05", "2026-10-30"))


def test_an_item_shows_the_worst_of_its_clocks() -> None:
    unsigned = dispatched("2026-08-31T09:00", urgency="ordinary", due="2026-09-29", feedback_cycle="none")
    assert (lit(unsigned, "2026-09-01").words, lit(unsigned, "2026-09-02").words) == ("签收今日到期", "签收逾期1个工作日")
    assert lit(unsigned, "2026-09-02").short == "未签收"
    silent = in_hand(due="2026-09-29", feedback_cycle="weekly")
    assert (lit(silent, "2026-09-08").words, lit(silent, "2026-09-08").short) == ("反馈逾期1个工作日", "未反馈")


def test_an_opinion_is_due_before_the_matter_and_its_lateness_is_yellow_for_it_and_red_for_the_unit() -> None:
    matter = in_hand(due="2026-09-29")
    assert due_days(matter)["opinion CG"] == "2026-09-24"  # 25 to 27 September are off: two workdays before is the 24th
    assert due_days(in_hand(due="2026-09-01"))["opinion CG"] == "2026-09-01"  # never before the workday after the receipt
    found = lit(matter, "2026-09-25")
    assert (found.colour, found.kind) == ("yellow", "opinion")
    own = in_hand(due="2026-09-29", points=[{"text": "一"}, {"text": "二", "unit": "CG", "due": "2026-09-10"}])
    assert due_days(own)["opinion CG"] == "2026-09-10"
    (duty,) = (each for each in matter.owed if each.act == "give_opinion")
    assert duty.clock is not None
    assert (duty.clock.kind, duty.clock.unit) == ("opinion", "CG")


def test_points_have_days_of_their_own_and_a_cycle_can_go_by_them() -> None:
    points = [{"text": "一", "due": "2026-09-08"}, {"text": "二", "due": "2026-09-15"}]
    matter = dispatched(assisting=[], points=points, feedback_cycle="milestone", due="2026-09-29", urgency="ordinary")
    matter.do("sign_for", "JJ.liaison")
    days = [(each.kind, each.due) for each in clocks(item_of(matter), POLICY, CALENDAR)]
    assert days == [("completion", "2026-09-29"), ("feedback", "2026-09-08"), ("point", "2026-09-08"), ("point", "2026-09-15")]
    matter.now = at("2026-09-08T09:00")
    matter.do("report_progress", "JJ.liaison", text="第一项已办。")
    assert "2026-09-15" in [each.due for each in clocks(item_of(matter), POLICY, CALENDAR) if each.kind == "feedback"]


def test_the_clock_urges_whoever_owes_each_of_them() -> None:
    """Thirteen workdays without a receipt, a cycle never fed back, an assisting unit silent: each is urged."""

    def urged(matter: Matter, day: str) -> list[tuple[str, ...]]:
        found = [dict(each.inputs) for each in due_reminders(item_of(matter), POLICY, CALENDAR, date.fromisoformat(day), "BGS")]
        return [(each.get("unit", "JJ"), each["clock"], each["level"]) for each in found]

    unsigned = dispatched(urgency="ordinary", due="2026-10-30", feedback_cycle="none")
    assert urged(unsigned, "2026-09-01") == []
    assert urged(unsigned, "2026-09-02") == [("JJ", "sign_for", "urge"), ("CG", "sign_for", "urge")]
    assert urged(unsigned, "2026-09-17") == [("JJ", "sign_for", "yellow_card"), ("CG", "sign_for", "yellow_card")]
    silent = in_hand(due="2026-10-30", feedback_cycle="daily")
    assert urged(silent, "2026-09-02") == [("JJ", "feedback", "urge")]
    opinion = in_hand(due="2026-09-29")
    assert ("CG", "opinion", "urge") in urged(opinion, "2026-09-28")
    asked = in_hand(due="2026-09-07")
    asked.do("request_extension", LEAD, reason="等候检测。", until="2026-09-14")
    assert ("BGS", "extension", "urge") in urged(asked, "2026-09-08")
    for each in due_reminders(item_of(asked), POLICY, CALENDAR, date(2026, 9, 8), "BGS"):
        asked.now = at("2026-09-08T08:00")
        asked.do("remind", "SYSTEM", **dict(each.inputs))
    assert urged(asked, "2026-09-08") == []


def test_a_second_run_on_a_day_urges_nobody_for_what_the_first_one_left() -> None:
    """A unit that owes two things is urged for the heavier one today, and for the other on the next workday."""
    matter = in_hand(due="2026-09-07", feedback_cycle="daily")

    def runs(day: str) -> list[str]:
        matter.now = at(f"{day}T08:00")
        found = list(due_reminders(item_of(matter), POLICY, CALENDAR, date.fromisoformat(day), "BGS"))
        for each in found:
            matter.do("remind", "SYSTEM", **dict(each.inputs))
        return [str(dict(each.inputs)["clock"]) for each in found if "unit" not in dict(each.inputs)]

    day = "2026-09-10"
    told: list[str] = []
    while not told:
        told = runs(day)
    assert (len(told), runs(day)) == (1, [])
    assert runs("2026-09-11") != told


def test_the_office_urges_an_assisting_unit_which_answers_for_itself() -> None:
    matter = in_hand(due="2026-09-29")
    words = {"means": "written", "level": "urge", "text": "请提出协办意见。"}
    assert matter.refused("urge", "BGS.clerk1", unit="XJ", **words).rule == "R-31"
    item = matter.do("urge", "BGS.clerk1", unit="CG", **words)
    assert item.urges[-1].unit == "CG"
    assert ("reply_urge", "CG") in [(each.act, each.body) for each in matter.owed]
    matter.refused("reply_urge", "JJ.liaison", text="已办。")
    item = matter.do("reply_urge", "CG.liaison", text="明日提出。")
    assert item.urges[-1].reply is not None


def test_an_urge_counts_for_whoever_was_urged() -> None:
    """What urges an assisting unit or the office for its answer is nothing against the lead, nor what urged the lead before it."""
    matter = in_hand(due="2026-09-29")
    words = {"means": "phone", "level": "urge", "text": "请抓紧。"}
    matter.do("urge", "BGS.clerk1", unit="CG", **words)
    matter.do("request_extension", LEAD, reason="等候检测。", until="2026-10-12")
    matter.do("urge", "BGS.clerk1", unit="BGS", **words)
    matter.do("urge", "BGS.clerk1", **words)
    matter.now = at("2026-09-01T09:00")
    item = matter.do("open_accountability", "BGS.clerk1", consequence="群众再次来信。")
    assert [unit for unit, _ in item.urged()] == ["CG", "JJ"]
    assert item.accountability is not None
    assert item.accountability.evidence == ("2026-08-31 催办城关分局：请抓紧。", "2026-08-31 催办：请抓紧。")
    (row,) = rows([item], "2026-08-01", "2026-08-31", date(2026, 9, 1), CALENDAR, lambda _: POLICY, POLICY)
    assert row.urges == 1
    moved = matter.do("change_lead", "BGS.clerk1", to_unit="ZA", reason="职责调整。")
    assert [unit for unit, _ in moved.urged()] == ["CG", "JJ"]
    (row,) = rows([moved], "2026-08-01", "2026-08-31", date(2026, 9, 1), CALENDAR, lambda _: POLICY, POLICY)
    assert (row.lead, row.urges) == ("ZA", 0)


def test_more_time_moves_the_clock_that_runs() -> None:
    """Asked and granted while a returned report is due again: that day moves, the due date does not (D-2)."""
    matter = only_lead()
    matter.do("draft_report", "JJ.liaison", **DRAFT)
    for act, by, inputs in STORY[10:14]:
        matter.do(act, by, **inputs)
    matter.do("return_report", "BGS.clerk1", reasons=["R1"], comment="未写明。", redo_due="2026-09-09")
    matter.now = at("2026-09-09T09:00")  # the due date, the 7th, is past; the day of the return is not
    matter.do("request_extension", LEAD, reason="等候检测。", until="2026-09-11")
    assert due_days(matter)["extension"] == "2026-09-09"
    item = matter.do("decide_extension", DIRECTOR, decision="approved", text="同意。")
    assert (due_days(matter)["redo JJ"], item.due) == ("2026-09-11", "2026-09-07")
    decided = item.extensions[0].decided
    assert decided is not None
    assert (decided.clock, decided.was) == ("redo", "2026-09-09")


@pytest.mark.parametrize(
    ("asked", "granted", "late"),
    [
        ("2026-09-07T20:00", "2026-09-11T09:00", [("extension", "JJ", 4)]),  # on the last evening
        ("2026-09-04T09:00", "2026-09-11T09:00", [("extension", "JJ", 4)]),  # the workday before
        ("2026-09-03T09:00", "2026-09-11T09:00", [("extension", None, 4)]),  # a whole workday lay between: the office's own
        ("2026-09-07T09:00", "2026-09-07T17:00", []),
    ],
)
def test_the_days_before_a_late_grant_stay_on_record_as_whosever_they_are(asked: str, granted: str, late: list[tuple[object, ...]]) -> None:
    matter = only_lead()
    matter.now = at(asked)
    matter.do("request_extension", LEAD, reason="等候检测。", until="2026-09-14")
    assert "decide_extension" in [duty.act for duty in matter.owed if duty.clock and duty.clock.kind == "extension"]
    matter.now = at(granted)
    item = matter.do("decide_extension", DIRECTOR, decision="approved", text="同意。")
    assert [(each.kind, each.unit, each.days) for each in lateness(item, POLICY, CALENDAR)] == late
    for act, by, inputs in STORY[9:15]:
        matter.do(act, by, **({**inputs, "answered": [1]} if act == "office_review" else inputs))
    assert in_time(item_of(matter), CALENDAR) is not any(unit for _, unit, _ in late)


def test_a_rejected_request_counts_as_none() -> None:
    matter = only_lead()
    for decision in ("rejected", "approved"):
        matter.do("request_extension", LEAD, reason="等候检测。", until="2026-09-14")
        matter.do("decide_extension", DIRECTOR, decision=decision, text="知悉。")
    matter.do("request_extension", LEAD, reason="等候检测。", until="2026-09-15")
    assert matter.refused("decide_extension", DIRECTOR, decision="approved", text="同意。").rule == "R-13"
    matter.do("decide_extension", "L03", decision="approved", text="同意。")


def test_a_pause_stops_every_clock_and_its_end_moves_each_open_date_by_the_workdays_it_lasted() -> None:
    points = [{"text": "一", "due": "2026-09-08"}, {"text": "二", "unit": "CG"}]
    matter = dispatched(urgency="ordinary", due="2026-09-29", points=points, feedback_cycle="weekly", external_due="2026-09-30")
    before = due_days(matter)
    matter.now = at("2026-09-01T09:00")
    matter.do("suspend", "L03", reason="等候鉴定。")
    assert running(matter) == ()
    matter.now = at("2026-09-15T09:00")
    item = matter.do("resume", "BGS.clerk1", text="鉴定已出。")  # ten workdays
    after = due_days(matter)
    assert before.keys() == after.keys()
    moved = {CALENDAR.between(date.fromisoformat(before[name]), date.fromisoformat(after[name])) for name in before}
    assert moved == {10}
    assert [(each.what, each.point, each.was) for each in item.suspensions[0].moved] == [
        ("due", None, "2026-09-29"),
        ("point", 1, "2026-09-08"),
    ]
    assert (item.external_due, item.original_due) == (item_of(dispatched()).external_due, "2026-09-29")


def test_the_policy_that_was_pinned_judges_everywhere() -> None:
    """A change of policy changes nothing for what was dispatched under the old one: window, quiet period, clocks (A11)."""
    old, new = POLICY, replace(POLICY, objection_workdays=0, quiet_workdays=0, sign_for_workdays=dict.fromkeys(POLICY.sign_for_workdays, 9))

    class Changed(Matter):
        @property
        def world(self) -> World:
            return replace(super().world, policy=new, policy_at=lambda blob: old if blob else new)

    matter = Changed()
    for act, by, inputs in STORY[:4]:
        matter.do(act, by, **({**inputs, "due": "2026-09-29"} if act == "propose" else inputs))
    matter.now = at("2026-09-02T09:00")
    matter.do("object", "CG.liaison", kind="hand_back", reason="不属职责。")  # the window of two workdays is that of the old policy
    words = {"means": "written", "level": "urge", "text": "请签收。"}
    matter.do("urge", "BGS.clerk1", **words)
    assert matter.refused("urge", "BGS.clerk1", **words).rule == "R-31"
    duty = next(each for each in matter.owed if each.act == "sign_for")
    assert duty.clock is not None
    assert duty.clock.due == "2026-08-31"


def returned(submitted: str = "2026-09-04T09:00") -> Matter:
    """A report handed in, by default in time, and returned, due again on the 9th, the due date being the 7th."""
    matter = only_lead()
    matter.now = at(submitted)
    matter.do("draft_report", "JJ.liaison", **DRAFT)
    for act, by, inputs in STORY[10:14]:
        matter.do(act, by, **inputs)
    matter.do("return_report", "BGS.clerk1", reasons=["R1"], comment="未写明。", redo_due="2026-09-09")
    return matter


@pytest.mark.parametrize("steps", range(4), ids=["returned", "draft", "unit_reviewed", "consented"])
def test_a_pause_moves_the_day_of_a_return_however_far_the_next_round_has_come(steps: int) -> None:
    matter = returned()
    rounds = (("draft_report", "JJ.liaison", {**DRAFT, "body": "# 一、查实情况。\n三所学校均属实，整改完毕。"}), *STORY[10:12])
    for act, by, inputs in rounds[:steps]:
        matter.do(act, by, **inputs)
    matter.do("suspend", "L03", reason="等候鉴定。")
    matter.now = at("2026-09-08T09:00")  # two workdays
    matter.do("resume", "BGS.clerk1", text="鉴定已出。")
    assert due_days(matter)["redo JJ"] == "2026-09-11"


def test_a_report_that_came_late_does_not_come_in_time_by_a_pause_afterwards() -> None:
    """The first submission is judged by the day that was due when it came, not by one that moved since (Q13)."""
    matter = returned("2026-09-08T09:00")
    assert "redo JJ" not in due_days(matter)
    matter.do("suspend", "L03", reason="等候鉴定。")
    matter.now = at("2026-09-15T09:00")
    assert matter.do("resume", "BGS.clerk1", text="鉴定已出。").due == "2026-09-14"
    assert "redo JJ" not in due_days(matter)


def test_what_is_owed_after_a_return_is_due_by_its_day_also_of_a_report_that_came_late() -> None:
    """The inbox named the day that had passed, and nobody could see by when to report again; late the matter stays (Q13)."""
    for first in ("2026-09-07T09:00", "2026-09-08T09:00"):
        matter = returned(first)
        (duty,) = (each for each in matter.owed if each.act == "draft_report")
        assert duty.clock
        assert (duty.clock.kind, duty.clock.due) == ("redo", "2026-09-09")
        matter.now = at("2026-09-09T09:00")
        assert light(item_of(matter), POLICY, CALENDAR, matter.now.date()).late is (first > "2026-09-08")
        for act, by, inputs in (
            ("draft_report", "JJ.liaison", {**DRAFT, "body": "# 一、查实情况。\n三所学校均属实，整改完毕。"}),
            *STORY[10:12],
        ):
            assert {each.clock.due for each in matter.owed if each.clock} == {"2026-09-09"}, act
            matter.do(act, by, **inputs)
