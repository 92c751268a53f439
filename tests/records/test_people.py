"""People, units, rules and days as acts: each a commit that replays, refused where it would break the roster (D-4, D-5, D-10, D-17)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from records.acts import Refusal
from records.bureau.roster import Roster
from records.bureau.scoring import RULE_NAMES
from records.register.register import NEW, Receipt, Register
from records.store.receipt import trailers
from schema.tables import acts, checker
from tests.bureau import PROPOSE, STORY, as_read, at, roster

KEEPER, CLERK, DEPUTY = "BGS.section_chief", "BGS.clerk1", "L03"
BASIS = {"basis": "兰公政任〔2026〕12号"}
DAY_AFTER = {"name": "又一假期", "since": "2027-01-04", "until": "2027-01-04"}
NEW_YEAR = [{"name": "元旦", "since": "2027-01-01", "until": "2027-01-03"}]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register of the invented bureau with nothing in it."""
    told = roster()
    return Register.create(tmp_path / "r", told.bureau, told.leaders, tuple(told.units.values()), at("2026-08-28T08:00"))


class Office:
    """Somebody who does acts in a register, a minute each."""

    def __init__(self, register: Register, now: str = "2026-08-31T09:00") -> None:
        self.register = register
        self.now = at(now)

    def try_(self, act: str, target: str, by: str = KEEPER, /, **inputs: object) -> Receipt | Refusal:
        self.now = self.now.replace(minute=(self.now.minute + 1) % 60, hour=self.now.hour + (self.now.minute == 59))
        item = self.register.view().item(target) if target.startswith("DB-") else None
        return self.register.act(act, target, by, as_read(act, inputs, item), self.now)

    def do(self, act: str, target: str, by: str = KEEPER, /, **inputs: object) -> Receipt:
        found = self.try_(act, target, by, **inputs)
        assert isinstance(found, Receipt), f"{act}: {found}"
        return found

    def refused(self, act: str, target: str, by: str = KEEPER, /, **inputs: object) -> Refusal:
        found = self.try_(act, target, by, **inputs)
        assert isinstance(found, Refusal), act
        return found

    @property
    def roster(self) -> Roster:
        return self.register.view().roster

    def replays(self) -> None:
        wrong = [(commit.message, problem) for commit, problem in self.register.replay().problems() if problem]
        assert wrong == []

    def walk(self, until: str) -> str:
        """A matter on the way of the story up to an act."""
        target = NEW
        for act, by, inputs in STORY:
            if act == until:
                return target
            done = self.do(act, target, by, **inputs)
            target = done.outcome.target
        raise ValueError(until)


@pytest.fixture
def office(register: Register) -> Office:
    return Office(register)


LIAISON = {"role": "liaison", "person": "JJ.new"}
NEW_MAN = {"id": "JJ.new", "name": "新拟来", "title": "支队民警", **BASIS}


def test_a_liaison_is_exchanged(office: Office) -> None:
    item = office.walk("sign_for")
    office.do("enrol", "JJ", **NEW_MAN, login="jj_new")
    office.do("appoint", "JJ", **LIAISON, since="2026-08-31", **BASIS)
    office.do("relieve", "JJ", role="liaison", person="JJ.liaison", day="2026-08-31", **BASIS)
    assert office.refused("sign_for", item, "JJ.liaison").way_out
    office.do("sign_for", item, "JJ.new")
    office.replays()
    told = trailers(office.register.describe(office.register.head() or "").message)
    assert told["Duban-Act"] == "sign_for"


def test_a_receipt_of_a_change_of_people_names_record_and_basis(office: Office) -> None:
    done = office.do("enrol", "JJ", **NEW_MAN)
    told = trailers(office.register.describe(done.commit).message)
    assert (told["Duban-Record"], told["Duban-Basis"], told["Duban-Role"]) == ("JJ", BASIS["basis"], "roster_keeper")


@pytest.mark.parametrize(
    ("act", "target", "inputs"),
    [
        ("enrol", "JJ", NEW_MAN),
        ("enrol", "leaders", {**NEW_MAN, "id": "L12"}),
        ("correct_person", "JJ", {"person": "JJ.liaison", "name": "改拟名", **BASIS}),
        ("correct_person", "leaders", {"person": "L04", "title": "副局长、政治部主任", **BASIS}),
        ("appoint", "JJ", {"role": "liaison", "person": "JJ.reviewing_head", "since": "2026-08-01", **BASIS}),
        ("appoint", "JJ", {"role": "liaison", "person": "JJ.reviewing_head", "since": "2026-08-01", "effective": "2026-09-01", **BASIS}),
        ("relieve", "JJ", {"role": "liaison", "person": "JJ.liaison", "day": "2026-08-20", **BASIS}),
        ("relieve", "leaders", {"role": "bureau_leader", "person": "L05", "day": "2026-09-20", "effective": "2026-09-21", **BASIS}),
        ("stand_in", "JJ", {"role": "main_leader", "person": "JJ.supervising_leader", "on_behalf_of": "JJ.main_leader",
                            "since": "2026-08-31", "until": "2026-09-04", **BASIS}),
        ("stand_in", "leaders", {"role": "bureau_leader", "person": "L06", "on_behalf_of": "L01",
                                 "since": "2026-08-31", "until": "2026-09-04", **BASIS}),
        ("move_person", "ZA", {"person": "JJ.liaison", "title": "治安支队民警", "day": "2026-08-31", **BASIS}),
        ("waive_four_eyes", "JJ", {"person": "JJ.liaison", "since": "2026-08-31", "until": "2026-12-31", **BASIS}),
        ("set_portfolio", "leaders", {"unit": "JJ", "leader": "L01", "since": "2026-08-30", **BASIS}),
        ("found_unit", "WLAQ", {"name": "网络安全支队", "full_name": "兰州市公安局网络安全支队", "kind": "detachment", "channel": "办公室",
                                "char": "络", "day": "2026-08-20", **BASIS}),
        ("rename_unit", "JJ", {"name": "交管支队", "full_name": "兰州市公安局交通管理支队", "day": "2026-08-31", **BASIS}),
        ("correct_unit", "JJ", {"channel": "秘书科", **BASIS}),
        ("dissolve_unit", "JJ", {"successor": "ZA", "day": "2026-08-31", **BASIS}),
        ("correct_bureau", "bureau", {"special_mark": "兰州市公安局专报件", **BASIS}),
        ("announce_calendar", "2027", {"basis": "国办发明电〔2026〕9号", "holidays": NEW_YEAR, "workdays": ["2027-01-09"]}),
    ],
)  # fmt: skip
def test_each_act_is_one_commit_that_replays(office: Office, act: str, target: str, inputs: Mapping[str, object]) -> None:
    before = office.register.head()
    done = office.do(act, target, **inputs)
    assert office.register.describe(done.commit).parent == before
    office.replays()


def merged(office: Office) -> Office:
    """The traffic police have become part of the public order police."""
    office.do("dissolve_unit", "JJ", successor="ZA", day="2026-08-31", **BASIS)
    return office


@pytest.mark.parametrize("until", [act for act, _, _ in STORY[2:18]])
def test_what_a_unit_leaves_behind_goes_on_to_the_end_in_its_successor(office: Office, until: str) -> None:
    """Wherever a matter stands when its lead is dissolved, the office passes it on and it ends in the archive (D-5)."""
    item = office.walk(until)
    before = office.register.view().item(item)
    merged(office)
    office.do("succeed", item, CLERK)
    after = office.register.view().item(item)
    assert before
    assert after
    assert (after.lead, after.transfers[-1].from_unit) == ("ZA", "JJ")
    taken = [each.number for each in office.register.view().numbers("JJ.report", 2026).entries]
    steps = [act for act, _, _ in STORY]
    back = until in ("review_report", "consent", "submit")
    for act, by, inputs in STORY[steps.index("review_report" if back else until) :]:
        told = {**inputs, "assisting": ["CG"], "lead": "ZA"} if act == "propose" else inputs
        office.do(act, item, by.replace("JJ.", "ZA."), **told)
    ended = office.register.view().item(item)
    assert ended
    assert ended.state == "archived"
    own = [each.status for each in office.register.view().numbers("ZA.report", 2026).entries]
    assert own == ([] if until in steps[steps.index("receive_paper") :] or until == "receive_paper" else ["issued"])
    assert [each.number for each in office.register.view().numbers("JJ.report", 2026).entries] == taken
    office.replays()


def test_a_returned_report_takes_a_number_of_the_successor_and_the_old_one_stays_issued(office: Office) -> None:
    item = office.walk("office_review")
    merged(office)
    office.do("succeed", item, CLERK)
    office.do("return_report", item, CLERK, reasons=["R1"], comment="未写明。", redo_due="2026-09-04")
    office.do("draft_report", item, "ZA.liaison", title="关于整改情况的报告", body="# 一、查实情况。\n逐校写明。")
    office.do("review_report", item, "ZA.reviewing_head", verdict="pass")
    found = office.register.view().item(item)
    assert found
    assert found.report
    assert found.report.number == "兰公治报〔2026〕1号"
    assert [each.status for each in office.register.view().numbers("JJ.report", 2026).entries] == ["issued"]
    office.replays()


def test_a_unit_that_is_no_more_is_given_nothing(office: Office) -> None:
    merged(office)
    item = office.walk("propose")
    refusal = office.refused("propose", item, CLERK, **PROPOSE)
    assert (refusal.rule, "治安管理支队" in refusal.way_out) == ("R-07", True)
    assert "由治安管理支队承接" in office.refused("enrol", "JJ", **NEW_MAN).reason


@pytest.mark.parametrize(
    ("act", "target", "inputs", "words"),
    [
        ("enrol", "XX", NEW_MAN, "没有“XX”这个单位"),
        ("enrol", "JJ", {**NEW_MAN, "id": "JJ.liaison"}, "JJ.liaison 已是"),
        ("enrol", "JJ", {**NEW_MAN, "login": "jj_liaison"}, "一个账号只能是一个人"),
        ("correct_person", "JJ", {"person": "JJ.liaison", **BASIS}, "没有一项与原记录不同"),
        ("correct_person", "JJ", {"person": "ZA.liaison", "name": "改拟名", **BASIS}, "不在这里的名册上"),
        ("appoint", "JJ", {**LIAISON, "since": "2026-08-31", **BASIS}, "花名册里没有 JJ.new"),
        ("appoint", "JJ", {"role": "registry_clerk", "person": "JJ.liaison", "since": "2026-08-31", **BASIS}, "只能写在督办主管部门"),
        ("appoint", "JJ", {"role": "main_leader", "person": "JJ.liaison", "since": "2026-08-31", **BASIS}, "同一天只能有一人"),
        ("appoint", "JJ", {"role": "liaison", "person": "JJ.liaison", "since": "2026-08-31", **BASIS}, "写了两次"),
        ("appoint", "JJ", {"role": "liaison", "person": "ZA.liaison", "since": "2026-08-01", "effective": "2026-08-03", **BASIS}, "太早"),
        ("appoint", "JJ", {"role": "liaison", "person": "ZA.liaison", "since": "2026-09-03", "effective": "2026-09-02", **BASIS},
         "早于任职日期"),
        ("relieve", "JJ", {"role": "liaison", "person": "JJ.main_leader", "day": "2026-08-31", **BASIS}, "无从免职"),
        ("relieve", "JJ", {"role": "liaison", "person": "JJ.liaison", "day": "2026-08-01", "effective": "2026-08-03", **BASIS}, "太早"),
        ("stand_in", "JJ", {"role": "main_leader", "person": "JJ.liaison", "on_behalf_of": "ZA.main_leader", "since": "2026-08-31",
                            "until": "2026-09-04", **BASIS}, "无从代理"),
        ("stand_in", "JJ", {"role": "main_leader", "person": "JJ.liaison", "on_behalf_of": "JJ.main_leader", "since": "2026-08-03",
                            "until": "2026-09-04", **BASIS}, "太早"),
        ("stand_in", "JJ", {"role": "main_leader", "person": "JJ.liaison", "on_behalf_of": "JJ.main_leader", "since": "2026-08-28",
                            "until": "2026-08-28", **BASIS}, "已过"),
        ("end_stand_in", "JJ", {"role": "main_leader", "person": "JJ.liaison", "on_behalf_of": "JJ.main_leader", "day": "2026-08-31",
                                **BASIS}, "没有这项代理"),
        ("move_person", "JJ", {"person": "JJ.liaison", "title": "民警", "day": "2026-08-31", **BASIS}, "已在本单位名册上"),
        ("waive_four_eyes", "leaders", {"person": "L01", "since": "2026-08-31", "until": "2026-09-04", **BASIS}, "只用于单位"),
        ("set_portfolio", "leaders", {"unit": "JJ", "leader": "JJ.liaison", "since": "2026-08-31", **BASIS}, "不能分管"),
        ("found_unit", "JJ", {"name": "甲", "full_name": "甲", "kind": "detachment", "channel": "办", "day": "2026-08-31", **BASIS},
         "已有 JJ"),
        ("found_unit", "WL", {"name": "网安", "full_name": "网安支队", "kind": "detachment", "channel": "办", "char": "交",
                              "day": "2026-08-31", **BASIS}, "一个代字只能归一个单位"),
        ("rename_unit", "JJ", {"name": "治安管理支队", "full_name": "甲", "day": "2026-08-31", **BASIS}, "分不清是哪个单位"),
        ("dissolve_unit", "BGS", {"successor": "ZA", "day": "2026-08-31", **BASIS}, "督办主管部门不能撤并"),
        ("dissolve_unit", "JJ", {"successor": "JJ", "day": "2026-08-31", **BASIS}, "不能是本单位"),
        ("correct_bureau", "bureau", {"name": "兰州市公安局", **BASIS}, "没有一项与原记录不同"),
        ("announce_calendar", "27", {"basis": "国办发明电", "holidays": NEW_YEAR}, "不是年份"),
        ("announce_calendar", "2028", {"basis": "国办发明电", "holidays": NEW_YEAR}, "不在2028年"),
        ("announce_calendar", "2027", {"basis": "国办发明电", "holidays": [*NEW_YEAR, *NEW_YEAR]}, "日期重叠"),
        ("announce_calendar", "2027", {"basis": "国办发明电", "holidays": [*NEW_YEAR, {**DAY_AFTER, "since": "2027-01-03"}]}, "日期重叠"),
        ("announce_calendar", "2027", {"basis": "国办发明电", "holidays": [{**DAY_AFTER, "since": "2026-12-31"}]}, "不在2027年"),
        ("announce_calendar", "2027", {"basis": "国办发明电", "holidays": [{**DAY_AFTER, "until": "2028-01-01"}]}, "不在2027年"),
        ("announce_calendar", "2027", {"basis": "国办发明电", "holidays": NEW_YEAR, "workdays": ["2027-01-05"]}, "不是2027年的周末"),
        ("announce_calendar", "2027", {"basis": "国办发明电", "holidays": NEW_YEAR, "workdays": ["2027-01-02"]}, "既放假又上班"),
    ],
)  # fmt: skip
def test_what_would_break_the_roster_is_refused_with_the_reason(
    office: Office, act: str, target: str, inputs: Mapping[str, object], words: str
) -> None:
    refusal = office.refused(act, target, **inputs)
    assert words in refusal.reason, refusal
    assert office.refused(act, target, CLERK, **inputs).rule == "R-34"  # nobody but the keeper


def test_a_notice_that_reaches_into_december_is_entered_in_two_years(office: Office) -> None:
    first = {"name": "元旦", "since": "2026-12-31", "until": "2027-01-03"}
    for wrong in ({"holidays": [first]}, {"holidays": NEW_YEAR, "workdays": ["2026-12-27"]}):
        assert "并入那一年的安排另办" in office.refused("announce_calendar", "2027", basis="国办发明电", **wrong).way_out
    office.do("announce_calendar", "2027", basis="国办发明电", holidays=NEW_YEAR)
    known = office.register.view().calendar.years[2026]
    there = [{"name": each.name, "since": each.since, "until": each.until} for each in known.holidays]
    both = {"holidays": [*there, {**first, "until": "2026-12-31"}], "workdays": [*known.workdays, "2026-12-27"]}
    office.do("announce_calendar", "2026", basis="国办发明电〔2025〕7号、国办发明电〔2026〕9号", **both)
    calendar = office.register.view().calendar
    assert calendar.shift(date(2026, 12, 30), 1) == date(2027, 1, 4)
    assert calendar.is_workday(date(2026, 12, 27))


def test_a_stand_in_ends_before_its_day(office: Office) -> None:
    duty = {"role": "main_leader", "person": "JJ.supervising_leader", "on_behalf_of": "JJ.main_leader"}
    office.do("stand_in", "JJ", **duty, since="2026-08-31", until="2026-12-31", **BASIS)
    office.do("end_stand_in", "JJ", **duty, day="2026-09-01", **BASIS)
    days = [date(2026, 8, 31), date(2026, 9, 1)]
    assert [len(list(office.roster.standings("main_leader", "JJ", day))) for day in days] == [2, 1]
    office.replays()


def test_who_is_moved_leaves_his_offices_and_both_lists_change_at_once(office: Office) -> None:
    done = office.do("move_person", "ZA", person="JJ.liaison", title="治安支队民警", day="2026-08-31", **BASIS)
    assert office.register.changed(office.register.describe(done.commit).parent or "", done.commit) == {"units/JJ.yaml", "units/ZA.yaml"}
    assert office.roster.unit_of("JJ.liaison") == "ZA"
    assert "JJ.liaison" not in [each.id for each in office.roster.holders("liaison", "JJ", date(2026, 8, 31))]


def test_what_was_done_before_is_judged_by_the_roster_of_its_own_day(office: Office) -> None:
    """A name that is put right, an office that ends: history replays with the names it was made under (D-17)."""
    item = office.walk("read_in_unit")
    office.do("correct_person", "JJ", person="JJ.liaison", name="改拟名", **BASIS)
    office.do("relieve", "JJ", role="liaison", person="JJ.liaison", day="2026-08-31", **BASIS)
    office.do("correct_unit", "JJ", channel="综合科", **BASIS)
    authors = {commit.author.name for commit in office.register.commits()}
    assert "改拟名" not in authors
    signed_for = office.register.view().item(item).units[0].signed_for  # type: ignore[union-attr]
    assert signed_for
    assert office.roster.name("JJ.liaison") == "改拟名"
    assert office.roster.name("JJ.liaison", signed_for.at) in authors
    office.do("read_in_unit", item, "JJ.supervising_leader", text="抓紧。")
    office.replays()


POLICY_DRAFT: Mapping[str, object] = {
    "version": "2026-02", "reading_required": "always", "due_ordinary": 10, "due_urgent": 5, "due_extra_urgent": 3, "warning_ordinary": 3,
    "warning_urgent": 3, "warning_extra_urgent": 1, "sign_for_ordinary": 1, "sign_for_urgent": 1, "sign_for_extra_urgent": 0,
    "feedback_daily": 1, "feedback_weekly": 5, "feedback_biweekly": 10, "feedback_monthly": 21, "objection_workdays": 3,
    "quiet_workdays": 2, "roundup_workday": 5, "opinion_workdays": 2, "backdating_workdays": 0, "roundup_categories": [1, 4],
    "reminders": [{"days_left": "-1", "level": "urge", "means": "sms", "text": "已逾期1个工作日。"}], "reason": "平件时限过长。",
}  # fmt: skip


def test_a_version_of_the_rules_is_drawn_up_by_the_keeper_and_put_in_force_by_the_deputy_director(office: Office) -> None:
    item = office.walk("sign_for")
    old = office.register.view().policy
    office.do("draft_policy", "policy", **POLICY_DRAFT)
    assert office.register.view().policy == old
    assert office.refused("enact_policy", "policy", KEEPER, text="同意。").rule == "R-34"
    office.do("enact_policy", "policy", DEPUTY, text="同意施行。")
    view = office.register.view()
    found = view.item(item)
    assert found
    assert (view.policy.version, view.policy.due_workdays["ordinary"], view.policy.reminders[0].days_left) == ("2026-02", 10, -1)
    assert view.policy_at(found.policy) == old
    assert "没有待批准" in office.refused("enact_policy", "policy", DEPUTY, text="同意。").reason
    assert "正在施行" in office.refused("draft_policy", "policy", **POLICY_DRAFT).reason
    assert "没有一项" in office.refused("draft_policy", "policy", **{**POLICY_DRAFT, "version": "2026-03"}).reason
    refusal = office.refused("appoint", "JJ", role="liaison", person="ZA.liaison", since="2026-08-28", effective="2026-08-28", **BASIS)
    assert "最多倒签0个工作日" in refusal.reason
    office.replays()


def test_an_approval_is_for_the_version_that_was_shown(office: Office) -> None:
    office.do("draft_policy", "policy", **POLICY_DRAFT)
    seen = office.register.view().policy_draft
    assert seen
    office.do("draft_policy", "policy", **{**POLICY_DRAFT, "due_ordinary": 12})
    assert "之后已被改动" in office.refused("enact_policy", "policy", DEPUTY, text="同意。", hash=seen.hash).reason


SCORING_DRAFT: Mapping[str, object] = {"version": "2026-02", "base": 100, "returned_points": 4, "returned_most": 8, "reason": "退回多扣。"}


def test_the_scoring_is_a_version_too(office: Office) -> None:
    first = office.register.view().scoring
    assert first.version == "2026-01"
    assert "没有待批准的评分规则" in office.refused("enact_scoring", "scoring", DEPUTY, text="同意。").reason
    office.do("draft_scoring", "scoring", **SCORING_DRAFT)
    assert office.register.view().scoring == first
    seen = office.register.view().scoring_draft
    assert seen
    office.do("draft_scoring", "scoring", **{**SCORING_DRAFT, "returned_points": 5})
    assert "之后已被改动" in office.refused("enact_scoring", "scoring", DEPUTY, text="同意。", hash=seen.hash).reason
    assert office.refused("enact_scoring", "scoring", KEEPER, text="同意。").rule == "R-34"
    assert office.refused("draft_scoring", "scoring", CLERK, **SCORING_DRAFT).rule == "R-34"
    done = office.do("enact_scoring", "scoring", DEPUTY, text="同意施行。")
    (rule,) = office.register.view().scoring.rules
    assert (rule.name, rule.title, rule.points, rule.most) == ("returned", "办结报告责成重新上报", 5, 8)
    assert office.register.changed(office.register.describe(done.commit).parent, done.commit) == {"scoring.yaml", "scoring_draft.yaml"}
    assert office.register.view(office.register.describe(done.commit).parent).scoring == first
    assert "没有待批准的评分规则" in office.refused("enact_scoring", "scoring", DEPUTY, text="同意。").reason
    office.do("draft_policy", "policy", **POLICY_DRAFT)  # the one does not wait for the other
    office.replays()


@pytest.mark.parametrize(
    ("inputs", "word"),
    [
        ({"version": "2026-01"}, "正在施行"),
        ({"returned_points": 2, "returned_most": None, "late_report_points": 1, "late_report_most": 10, "late_sign_for_points": 1,
          "yellow_card_points": 3, "red_card_points": 5}, "没有一项与现在施行的不同"),
        ({"returned_points": None, "returned_most": None}, "没有一项扣分"),
        ({"late_report_most": 3}, "没有写每次扣分"),
        ({"returned_most": 3}, "少于每次扣的4分"),
        ({"returned_points": 0}, "每次扣分"),
        ({"base": 0}, "基准分"),
    ],
)  # fmt: skip
def test_a_scoring_that_is_none_is_refused(office: Office, inputs: Mapping[str, object], word: str) -> None:
    refused = office.refused("draft_scoring", "scoring", **{**SCORING_DRAFT, **inputs})
    assert word in str(refused)


def test_most_may_be_what_is_taken_off_once(office: Office) -> None:
    office.do("draft_scoring", "scoring", **{**SCORING_DRAFT, "returned_most": 4, "ranking": True})


def test_every_setting_of_the_scoring_is_drawn_up() -> None:
    asked = {wanted.at for wanted in acts()["draft_scoring"].inputs if wanted.at.startswith("scoring.")}
    each = {f"scoring.rules[name={name}].{what}" for name in RULE_NAMES for what in ("points", "most")}
    assert asked == {"scoring.version", "scoring.base", "scoring.ranking"} | each
    assert set(checker("scoring").at(())["properties"]) == {"version", "title", "base", "ranking", "rules"}  # type: ignore[call-overload]


def test_a_first_commit_holds_a_sound_roster_as_it_is_written(register: Register, tmp_path: Path) -> None:
    told = roster()
    assert [problem for _, problem in register.replay().problems()] == [None]
    units = tuple(each for each in told.units.values() if each.id != told.bureau.office)
    wrong = Register.create(tmp_path / "w", told.bureau, told.leaders, units, at("2026-08-28T08:00"))
    ((_, problem),) = wrong.replay().problems()
    assert problem
    assert "没有 BGS 这个单位" in problem.reason


def test_every_setting_of_the_policy_is_drawn_up() -> None:
    """A setting that the act does not ask for would fall back to its default with the next version."""

    def leaves(schema: Mapping[str, object], at: str) -> set[str]:
        inner = schema.get("properties")
        return set().union(*(leaves(checker("policy").at(path(f"{at}.{name}")), f"{at}.{name}") for name in inner)) if inner else {at}  # type: ignore[attr-defined]

    def path(at: str) -> tuple[str, ...]:
        return tuple(at.split(".")[1:])

    asked = {wanted.at for wanted in acts()["draft_policy"].inputs if wanted.at.startswith("policy.")}
    assert asked == leaves(checker("policy").at(()), "policy")


BODY_ACTS = (
    "enrol", "correct_person", "appoint", "relieve", "stand_in", "end_stand_in", "move_person", "rename_unit", "correct_unit",
    "dissolve_unit",
)  # fmt: skip


@pytest.mark.parametrize("act", BODY_ACTS)
def test_nothing_is_done_in_a_unit_that_there_is_not(office: Office, act: str) -> None:
    assert "没有“XX”这个单位" in office.refused(act, "XX").reason


STANDING_IN = {"role": "main_leader", "person": "JJ.supervising_leader", "on_behalf_of": "JJ.main_leader"}


@pytest.mark.parametrize(
    ("act", "inputs", "lawful"),
    [
        ("stand_in", {**STANDING_IN, "since": "2026-08-24", "until": "2026-08-31"}, True),  # five workdays back, and until today
        ("stand_in", {**STANDING_IN, "since": "2026-08-21", "until": "2026-08-31"}, False),
        ("stand_in", {**STANDING_IN, "since": "2026-08-24", "until": "2026-08-30"}, False),
        ("appoint", {"role": "liaison", "person": "ZA.liaison", "since": "2026-08-01", "effective": "2026-08-24"}, True),
        ("appoint", {"role": "liaison", "person": "ZA.liaison", "since": "2026-08-01", "effective": "2026-08-23"}, False),
        ("appoint", {"role": "liaison", "person": "ZA.liaison", "since": "2026-09-01", "effective": "2026-09-01"}, True),
        ("relieve", {"role": "liaison", "person": "JJ.liaison", "day": "2026-08-31", "effective": "2026-08-31"}, True),
        ("relieve", {"role": "liaison", "person": "JJ.liaison", "day": "2026-08-31", "effective": "2026-08-30"}, False),
    ],
)
def test_the_days_of_an_office_have_their_edges(office: Office, act: str, inputs: Mapping[str, object], lawful: bool) -> None:
    assert isinstance(office.try_(act, "JJ", KEEPER, **inputs, **BASIS), Receipt) is lawful


@pytest.mark.parametrize(("since", "kept", "begins"), [("2026-08-31", None, "2026-08-31"), ("2026-08-01", "2026-08-31", "2026-08-31"),
                                                       ("2026-09-07", None, "2026-09-07")])  # fmt: skip
def test_a_day_of_effect_is_kept_where_it_is_another_than_that_of_the_fact(
    office: Office, since: str, kept: str | None, begins: str
) -> None:
    office.do("appoint", "JJ", role="liaison", person="ZA.liaison", since=since, **BASIS)
    held = office.roster.units["JJ"].appointments[-1]
    assert (held.effective, held.begins) == (kept, begins)


def test_what_ends_with_a_move_is_his_alone_and_what_had_ended_stays_as_it_was(office: Office) -> None:
    office.do("appoint", "JJ", role="reviewing_head", person="JJ.liaison", since="2026-08-31", **BASIS)
    office.do("relieve", "JJ", role="reviewing_head", person="JJ.liaison", day="2026-08-31", **BASIS)
    ended = office.roster.units["JJ"].appointments[-1]
    office.do("move_person", "ZA", person="JJ.liaison", title="民警", day="2026-09-01", **BASIS)
    after = office.roster.units["JJ"].appointments
    assert after[-1] == ended
    assert {each.person for each in after if each.until is None} == {
        each.person for each in roster().units["JJ"].appointments if each.person != "JJ.liaison"
    }


def test_a_portfolio_ends_where_another_begins_and_no_other_is_touched(office: Office) -> None:
    before = {each.unit: each for each in office.roster.leaders.portfolios if each.unit != "JJ"}
    office.do("set_portfolio", "leaders", unit="JJ", leader="L05", since="2026-09-01", **BASIS)
    office.do("set_portfolio", "leaders", unit="JJ", leader="L04", since="2026-09-08", **BASIS)
    found = [each for each in office.roster.leaders.portfolios if each.unit == "JJ"]
    assert [(each.leader, each.until) for each in found[-2:]] == [("L05", "2026-09-07"), ("L04", None)]
    assert found[0].until == "2026-08-31"
    assert {each.unit: each for each in office.roster.leaders.portfolios if each.unit != "JJ"} == before


def test_what_would_have_ended_on_the_very_day_ends_the_day_before(office: Office) -> None:
    day, before = "2026-09-01", "2026-08-31"
    office.do("stand_in", "JJ", **STANDING_IN, since="2026-08-24", until=day, **BASIS)
    office.do("end_stand_in", "JJ", **STANDING_IN, day=day, **BASIS)
    assert office.roster.units["JJ"].stand_ins[-1].until == before
    office.do("stand_in", "JJ", **STANDING_IN, since="2026-08-31", until=day, **BASIS)
    office.do("dissolve_unit", "JJ", successor="ZA", day=day, **BASIS)
    unit = office.roster.units["JJ"]
    assert {each.until for each in (*unit.stand_ins[-1:], *unit.appointments)} == {before}


def test_a_stand_in_is_called_off_before_it_begins_and_not_for_days_long_past(office: Office) -> None:
    office.do("stand_in", "JJ", **STANDING_IN, since="2026-09-07", until="2026-09-30", **BASIS)
    assert "太早" in office.refused("end_stand_in", "JJ", **STANDING_IN, day="2026-08-20", **BASIS).reason
    office.do("end_stand_in", "JJ", **STANDING_IN, day="2026-09-07", **BASIS)
    assert office.roster.units["JJ"].stand_ins[-1].until == "2026-09-06"
    assert len(list(office.roster.standings("main_leader", "JJ", date(2026, 9, 7)))) == 1
    office.replays()


def test_a_stand_in_that_was_ended_still_had_somebody_to_stand_in_for(office: Office) -> None:
    office.do("stand_in", "JJ", **STANDING_IN, since="2026-08-31", until="2026-09-30", **BASIS)
    office.do("end_stand_in", "JJ", **STANDING_IN, day="2026-09-07", **BASIS)
    gone = {"role": "main_leader", "person": "JJ.main_leader", "day": "2026-08-31"}
    assert "无从代理" in office.refused("relieve", "JJ", **gone, **BASIS).reason


def test_an_office_in_which_somebody_is_stood_in_for_does_not_end_under_him(office: Office) -> None:
    office.do("stand_in", "JJ", **STANDING_IN, since="2026-09-07", until="2026-09-30", **BASIS)
    for act, target, inputs in (
        ("relieve", "JJ", {"role": "main_leader", "person": "JJ.main_leader"}),
        ("move_person", "ZA", {"person": "JJ.main_leader", "title": "民警"}),
    ):
        assert "孙拟谨（JJ.main_leader）在此期间没有任" in office.refused(act, target, **inputs, day="2026-09-01", **BASIS).reason


@pytest.mark.parametrize(
    ("act", "target", "inputs", "words"),
    [
        ("set_portfolio", "leaders", {"unit": "JJ", "leader": "L05", "since": "2026-09-07", "effective": "2026-09-01"}, "早于任职日期"),
        ("waive_four_eyes", "JJ", {"person": "JJ.liaison", "since": "2026-09-01", "until": "2026-08-31"}, "早于起日"),
        ("waive_four_eyes", "JJ", {"person": "JJ.liaison", "since": "2026-08-24", "until": "2026-08-28"}, "已过"),
        ("waive_four_eyes", "JJ", {"person": "JJ.nobody", "since": "2026-09-01", "until": "2026-12-31"}, "没有"),
    ],
)
def test_what_the_roster_is_told_lies_ahead_and_is_of_somebody(
    office: Office, act: str, target: str, inputs: Mapping[str, object], words: str
) -> None:
    assert words in office.refused(act, target, **inputs, **BASIS).reason


def test_an_office_that_lasts_until_a_day_ends_before_it_and_one_that_was_over_stays(register: Register, tmp_path: Path) -> None:
    told = roster()
    last = tuple(replace(each, until="2026-09-01") if each.role == "liaison" else each for each in told.units["JJ"].appointments)
    portfolios = tuple(replace(each, until="2026-09-01") if each.unit == "JJ" else each for each in told.leaders.portfolios)
    units = {**told.units, "JJ": replace(told.units["JJ"], appointments=last)}
    leaders = replace(told.leaders, portfolios=portfolios)
    office = Office(Register.create(tmp_path / "q", told.bureau, leaders, tuple(units.values()), at("2026-08-28T08:00")))
    office.do("set_portfolio", "leaders", unit="JJ", leader="L05", since="2026-09-01", **BASIS)
    assert [each.until for each in office.roster.leaders.portfolios if each.unit == "JJ"] == ["2026-08-31", None]
    office.do("relieve", "JJ", role="liaison", person="JJ.liaison", day="2026-09-01", **BASIS)
    ends = {each.person: each.until for each in office.roster.units["JJ"].appointments if each.role == "liaison"}
    assert (ends.pop("JJ.liaison"), set(ends.values())) == ("2026-08-31", {"2026-09-01"})


def test_a_version_of_the_rules_that_another_drew_up_meanwhile_is_not_done_away_with_unseen(office: Office) -> None:
    first = {**POLICY_DRAFT, "version": "2026-02"}
    base = office.register.head()
    office.do("draft_policy", "policy", **first)
    again = {**first, "version": "2026-03"}
    found = office.register.act("draft_policy", "policy", KEEPER, again, office.now, base=base)
    assert isinstance(found, Refusal)
    assert found.overtaken
    assert isinstance(office.register.act("draft_policy", "policy", KEEPER, again, office.now, base=office.register.head()), Receipt)
    days = {"basis": "国办发明电〔2026〕9号", "holidays": NEW_YEAR}
    new = office.register.act("announce_calendar", "2027", KEEPER, days, office.now, base=base)  # there was none to be seen
    assert isinstance(new, Receipt), str(new)


def test_a_stand_in_ends_on_its_last_day_at_the_latest_and_a_unit_that_ends_leaves_those_that_were_over(office: Office) -> None:
    office.do("stand_in", "JJ", **STANDING_IN, since="2026-08-24", until="2026-08-31", **BASIS)
    assert isinstance(office.try_("end_stand_in", "JJ", KEEPER, **STANDING_IN, day="2026-09-01", **BASIS), Refusal)
    over = office.roster.units["JJ"].stand_ins[-1]
    office.do("dissolve_unit", "JJ", successor="ZA", day="2026-09-01", **BASIS)
    assert office.roster.units["JJ"].stand_ins[-1] == over


def test_a_version_may_leave_all_urging_to_people(office: Office) -> None:
    office.do("draft_policy", "policy", **{name: value for name, value in POLICY_DRAFT.items() if name != "reminders"})
    office.do("enact_policy", "policy", DEPUTY, text="同意施行。")
    assert office.register.view().policy.reminders == ()
    office.replays()


def test_a_code_is_of_letters_and_taken_once(office: Office) -> None:
    given = {"name": "航空队", "full_name": "航空警务支队", "kind": "department", "channel": "综合科", "day": "2026-08-28", **BASIS}
    for target, reason in (
        ("new", "应为2至8个大写字母"),
        ("hk", "应为2至8个大写字母"),
        ("H", "应为2至8个大写字母"),
        ("JJ", "已有 JJ 这个单位"),
    ):
        refusal = office.refused("found_unit", target, **given)
        assert reason in refusal.reason, target
        assert [problem.field for problem in refusal.problems] == [("target",)], target
    office.do("found_unit", "HK", **given)
    office.replays()
