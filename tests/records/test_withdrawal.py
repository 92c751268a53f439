"""What is taken back: texts that leaders decline, documents and reports withdrawn, the last act; and the numbers of all of them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from records.acts import prospects
from records.matter.item import Item
from records.register.register import NEW, Receipt, Register
from records.rules.clocks import clock_due
from schema.tables import acts
from tests.bureau import DRAFT, OUTGOING, REGISTER, STORY, Matter, at, roster, source_of

CLERK = "BGS.clerk1"
REDRAFT: Mapping[str, object] = {name: OUTGOING[name] for name in ("kind", "title", "to")} | {"body": "三所学校均已整改，附清单。"}


def until(act: str) -> Matter:
    """The lawful way up to an act, a minute a step."""
    matter = Matter()
    for name, by, inputs in STORY:
        if name == act:
            return matter
        step(matter, name, by, **inputs)
    raise ValueError(act)


def step(matter: Matter, act: str, by: str, **inputs: object) -> Item:
    matter.now += timedelta(minutes=1)
    return matter.do(act, by, **inputs)


def statuses(matter: Matter, series: str = "special") -> list[str]:
    return [entry.status for entry in matter.series[series].entries]


def test_a_leader_declines_and_the_number_stays_with_the_text() -> None:
    matter = until("bureau_sign")
    item = step(matter, "decline", "L01", text="结论要写实。")
    assert item.outgoing is not None
    assert (item.state, item.outgoing.number, item.director_signature) == ("awaiting_director_sign", "兰公办〔2026〕1号", None)
    assert [duty.act for duty in matter.owed] == ["redraft_document"]
    assert matter.refused("director_sign", "BGS.director_in_charge").rule == "R-22"
    assert "没有改动" in matter.refused("redraft_document", CLERK, **{**REDRAFT, "body": OUTGOING["body"]}).reason
    step(matter, "redraft_document", CLERK, **REDRAFT)
    assert [duty.act for duty in matter.owed] == ["director_sign"]
    step(matter, "director_sign", "BGS.director_in_charge")
    item = step(matter, "reserve_number", "BGS.registry")
    assert item.outgoing is not None
    assert (item.outgoing.number, statuses(matter)) == ("兰公办〔2026〕1号", ["reserved"])
    step(matter, "bureau_sign", "L01", text="同意。")
    assert statuses(matter) == ["issued"]


def test_what_waits_for_one_leader_is_declined_by_no_other() -> None:
    assert until("bureau_sign").refused("decline", CLERK, text="不妥。").rule == "R-25"


@pytest.mark.parametrize("last", ["report_up", "conclude", "archive"])
def test_a_document_issued_with_a_mistake_is_withdrawn_and_takes_another_number(last: str) -> None:
    matter, told = until(last), {"reason": "附件数字有误。"}
    if last != "report_up":
        assert "通知" in matter.refused("withdraw_document", "L01", **told).reason
        told |= {"notice_to": "省领导（虚构）", "notice_at": matter.now.date().isoformat()}
    item = step(matter, "withdraw_document", "L01", **told)
    assert (item.state, statuses(matter), item.withdrawn[0].number) == ("awaiting_director_sign", ["void"], "兰公办〔2026〕1号")
    assert item.outgoing is not None
    assert (item.outgoing.number, item.outgoing.signature, item.outgoing.reported, item.concluded) == (None, None, None, None)
    step(matter, "redraft_document", CLERK, **REDRAFT)
    step(matter, "director_sign", "BGS.director_in_charge")
    step(matter, "reserve_number", "BGS.registry")
    item = step(matter, "bureau_sign", "L01", text="同意。")
    assert item.outgoing is not None
    assert (item.outgoing.number, statuses(matter)) == ("兰公办〔2026〕2号", ["void", "issued"])
    assert item.outgoing_place == 2


def test_a_matter_that_ended_without_a_document_has_none_to_withdraw() -> None:
    for kind, given in (("bureau_leader_instruction", {"answered": [1, 2]}), ("organ_assignment", None)):
        matter = Matter()
        matter.do("register", "BGS.clerk1", **{**REGISTER, **source_of(kind, 0 if kind.startswith("bureau") else 4)})
        for name, by, inputs in STORY[1:14]:
            matter.do(name, by, **inputs)
        letter = {**OUTGOING, "series": "letter", "to": REGISTER["source_organ"]}
        matter.do("office_review", "BGS.clerk1", **(given or letter))
        matter.do("director_sign", "BGS.director_in_charge")
        matter.do("show_leader" if given else "waive_up_report", "L01" if given else "L06", text="阅。")
        matter.do("conclude", "BGS.clerk1")
        assert "没有签发过公文" in matter.refused("withdraw_document", "L06", reason="有误。").reason
        assert list(prospects(matter.world, matter.item, "L01", matter.now)) if matter.item else False


def test_what_is_archived_is_not_withdrawn() -> None:
    matter = until("archive")
    step(matter, "archive", "BGS.archivist")
    matter.refused("withdraw_document", "L01", reason="有误。")


def test_a_units_report_is_withdrawn_by_its_main_leader_until_the_paper_is_in() -> None:
    matter = until("receive_paper")
    assert matter.refused("withdraw_report", "JJ.liaison", text="数字有误。").rule == "R-34"
    item = step(matter, "withdraw_report", "JJ.main_leader", text="数字有误。")
    assert item.report is not None
    assert (item.state, item.report.round.submitted, clock_due(item)) == ("in_progress", None, "2026-09-07")
    assert [each.act for each in item.report.round.voided] == ["review_report", "consent"]
    step(matter, "draft_report", "JJ.liaison", **{**DRAFT, "body": "查处货车23起。"})
    step(matter, "review_report", "JJ.reviewing_head", verdict="pass")
    item = step(matter, "consent", "JJ.main_leader", decision="agree")
    assert item.report is not None
    assert (item.report.number, len(item.report.rounds), statuses(matter, "JJ.report")) == ("兰公交报〔2026〕1号", 1, ["issued"])
    assert until("office_review").refused("withdraw_report", "JJ.main_leader", text="数字有误。").clause == "三（二）"


@pytest.mark.parametrize(
    ("act", "by", "inputs"),
    [
        ("cancel", "L03", {"reason": "来文撤回。"}),
        ("merge", "L03", {"reason": "同一事。", "merged_into": "DB-2026-0100"}),
        ("suspend cancel", "L03", {"reason": "来文撤回。"}),
    ],
)
def test_whatever_ends_the_way_of_a_report_voids_its_reserved_number(act: str, by: str, inputs: Mapping[str, object]) -> None:
    matter = until("consent")
    matter.others = ("DB-2026-0100",)
    assert statuses(matter, "JJ.report") == ["reserved"]
    for name in act.split():
        step(matter, name, by, **inputs)
    assert statuses(matter, "JJ.report") == ["void"]
    assert matter.item is not None
    assert matter.item.report is not None
    assert matter.item.report.number is None


def test_a_change_of_lead_and_a_return_and_a_waiver_void_what_was_reserved() -> None:
    matter = until("consent")
    matter.item = matter.item and matter.item.__class__(**{**vars(matter.item), "state": "in_progress"})
    step(matter, "change_lead", CLERK, to_unit="XJ", reason="涉及刑事案件。")
    assert statuses(matter, "JJ.report") == ["void"]
    for way in ("return", "waive"):
        matter = until("bureau_sign")
        step(matter, "decline", "L01", text="结论要写实。")
        if way == "return":
            item = step(matter, "return_report", CLERK, reasons=["R1"], comment="未写明。", redo_due="2026-09-04")
        else:
            step(matter, "redraft_document", CLERK, **REDRAFT)
            step(matter, "director_sign", "BGS.director_in_charge")
            assert matter.item is not None
            item = step(matter, "waive_up_report", matter.item.portfolio_leader or "", text="口头报告。")
        assert statuses(matter) == ["void"]
        assert item.outgoing is not None
        assert (item.outgoing.number, item.outgoing.voided[-1].number) == (None, "兰公办〔2026〕1号")


TAKEN_BACK = [name for name, _, _ in STORY if name not in ("consent", "bureau_sign", "archive")]


@pytest.mark.parametrize("act", dict.fromkeys(TAKEN_BACK))
def test_whoever_did_the_last_act_takes_it_back(act: str) -> None:
    matter = until(act)
    before, (_, by, inputs) = matter.item, next(each for each in STORY if each[0] == act)
    step(matter, act, by, **inputs)
    other = "L05" if by != "L05" else "L06"
    assert matter.refused("take_back", other, reason="办错了。").rule in ("R-32", "R-34")
    item = step(matter, "take_back", by, reason="办错了。")
    assert item.taken_back[-1].act == act
    if before is None:
        assert item.state == "cancelled"
        return
    changed = [name for name in vars(before) if getattr(item, name) != getattr(before, name) and name not in ("taken_back", "moved_at")]
    assert changed == []
    for series in {"review_report": ("JJ.report",), "reserve_number": ("special",)}.get(act, ()):
        assert statuses(matter, series) == ["void"]
    matter.refused("take_back", by, reason="再撤。")


@pytest.mark.parametrize("act", ["consent", "bureau_sign", "archive"])
def test_what_issued_a_number_and_the_archive_are_not_taken_back(act: str) -> None:
    matter = until(act)
    _, by, inputs = next(each for each in STORY if each[0] == act)
    step(matter, act, by, **inputs)
    assert matter.refused("take_back", by, reason="办错了。").rule == "R-32"


def test_an_act_is_taken_back_until_the_next_workday_ends() -> None:
    for now, late in (("2026-09-07T23:00", False), ("2026-09-08T00:30", True)):  # done on a Friday
        matter = until("read_in_unit")
        matter.now = at("2026-09-04T10:00")
        matter.do("read_in_unit", "JJ.supervising_leader", text="抓紧。")
        matter.now = at(now)
        if late:
            assert "下一个工作日" in matter.refused("take_back", "JJ.supervising_leader", reason="办错了。").reason
        else:
            matter.do("take_back", "JJ.supervising_leader", reason="办错了。")


def test_what_the_system_did_since_stays() -> None:
    matter = until("read_in_unit")
    words = {"means": "written", "level": "urge", "text": "请抓紧。"}
    step(matter, "urge", CLERK, **words)
    step(matter, "remind", "SYSTEM", clock="completion", means="system", level="reminder", text="距办结时限3个工作日。")
    item = step(matter, "take_back", CLERK, reason="催错了。")
    assert [each.by for each in item.urges] == ["SYSTEM"]


def test_it_is_offered_and_replays_in_a_register(tmp_path: Path) -> None:
    known, when = roster(), at("2026-08-31T09:00")
    register = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), when)
    for name, by, inputs in STORY[:4]:
        when += timedelta(minutes=1)
        assert isinstance(register.act(name, NEW if name == "register" else "DB-2026-0001", by, inputs, when), Receipt)
    done = register.act("take_back", "DB-2026-0001", CLERK, {"reason": "交错了单位。"}, when + timedelta(minutes=5))
    assert isinstance(done, Receipt), str(done)
    assert done.outcome.item is not None
    assert (done.outcome.item.state, done.outcome.about) == ("read", acts()["dispatch"].label)
    assert [str(problem) for _, problem in register.replay().problems() if problem] == []
