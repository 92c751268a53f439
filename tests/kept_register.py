"""A small register of an office, made through the acts: people and units change, days and rules are set, a few matters go their ways.

What it makes is kept under the version of the rules that it was made under, tests/data/office-rules-N.bundle, and replayed for ever
(tests/records/test_kept_registers.py). With a new version of the rules make another one, beside those that there are:

    .venv/bin/python -m tests.kept_register tests/data/office-rules-N.bundle
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from records.acts import PaperEntry
from records.register.register import NEW, Receipt, Register
from tests.bureau import OUTGOING, PROPOSE, REGISTER, SHELL_STORY, STORY, as_read, at, roster, source_of

KEEPER, CLERK, REGISTRY, DIRECTOR, DEPUTY = "BGS.section_chief", "BGS.clerk1", "BGS.registry", "BGS.director_in_charge", "L03"
BEGINS = at("2026-08-31T09:00")
BASIS: Mapping[str, object] = {"basis": "兰公政任〔2026〕12号"}
POLICY: Mapping[str, object] = {
    "version": "2026-02", "reading_required": "important", "due_ordinary": 15, "due_urgent": 5, "due_extra_urgent": 3,
    "warning_ordinary": 5, "warning_urgent": 3, "warning_extra_urgent": 1,
    "sign_for_ordinary": 1, "sign_for_urgent": 1, "sign_for_extra_urgent": 0,
    "feedback_daily": 1, "feedback_weekly": 5, "feedback_biweekly": 10, "feedback_monthly": 21, "objection_workdays": 2,
    "quiet_workdays": 2, "roundup_workday": 5, "opinion_workdays": 2, "backdating_workdays": 5, "roundup_categories": [1, 2, 3, 4, 5],
    "reminders": [{"days_left": "-1", "level": "urge", "means": "sms", "text": "已逾期1个工作日。"}], "reason": "预警提前。",
}  # fmt: skip
SCORING: Mapping[str, object] = {
    "version": "2026-02", "base": 100, "returned_points": 3, "late_report_points": 1, "late_report_most": 8, "late_sign_for_points": 1,
    "yellow_card_points": 3, "red_card_points": 5, "reason": "退回多扣一分。",
}  # fmt: skip


class Hand:
    """Does one act after the other, two minutes apart, each of them lawful."""

    def __init__(self, register: Register, now: datetime) -> None:
        self.register, self.now = register, now

    def do(self, act: str, target: str, by: str, /, **inputs: object) -> str:
        """Do an act and return what it was done on."""
        return self.enter(act, target, by, inputs)

    def enter(self, act: str, target: str, by: str, inputs: Mapping[str, object], paper: PaperEntry | None = None) -> str:
        """Do an act, or enter one that was done on paper."""
        self.now += timedelta(minutes=2)
        item = self.register.view().item(target) if target.startswith("DB-") else None
        done = self.register.act(act, target, by, as_read(act, inputs, item), self.now, paper=paper)
        assert isinstance(done, Receipt), f"{act} {target}: {done}"
        return done.outcome.target

    def walk(
        self, target: str, first: str, last: str, story: tuple[tuple[str, str, Mapping[str, object]], ...] = STORY, /, **more: object
    ) -> str:
        """Go the way of a story from one act to another, both included; ``more`` goes to the first."""
        names = [act for act, _, _ in story]
        begin, end = names.index(first), len(names) - names[::-1].index(last)
        for act, by, inputs in story[begin:end]:
            target = self.do(act, target, by, **{**inputs, **(more if act == first else {})})
        return target

    def wait_until(self, time: str) -> None:
        """Let time go by, and the clock do what it owes."""
        self.now = at(time)
        for _, done in self.register.tick(self.now):
            assert isinstance(done, Receipt), done


def begun(home: Path) -> Register:
    """Set up the register of an office."""
    told = roster()
    return Register.create(home, replace(told.bureau, demo=False), told.leaders, tuple(told.units.values()), at("2026-08-28T08:00"))


def make(home: Path) -> Register:
    """Set up the register of an office and keep it for five weeks."""
    return kept(Hand(begun(home), BEGINS))


def kept(hand: Hand) -> Register:
    """Keep a register for five weeks."""
    people_come_and_go(hand)
    first, second = returned_and_answered(hand)
    matters_that_end_otherwise(hand, first)
    rules_and_days(hand)
    units_change(hand, second)
    month_ends(hand)
    return hand.register


def people_come_and_go(hand: Hand) -> None:
    """A new liaison, a stand-in, a portfolio, facts put right."""
    hand.do("enrol", "JJ", KEEPER, id="JJ.new", name="新拟来", title="支队民警", login="jj_new", **BASIS)
    hand.do("appoint", "JJ", KEEPER, role="liaison", person="JJ.new", since="2026-08-31", **BASIS)
    hand.do("relieve", "JJ", KEEPER, role="liaison", person="JJ.liaison_b", day="2026-08-31", **BASIS)
    hand.do("correct_person", "leaders", KEEPER, person="L04", title="副局长、政治部主任", **BASIS)
    hand.do("set_portfolio", "leaders", KEEPER, unit="JJ", leader="L01", since="2026-08-31", **BASIS)
    days = {"since": "2026-08-31", "until": "2026-09-30"}
    hand.do("stand_in", "CG", KEEPER, role="main_leader", person="CG.supervising_leader", on_behalf_of="CG.main_leader", **days, **BASIS)
    hand.do("waive_four_eyes", "ZZB", KEEPER, person="ZZB.liaison", since="2026-08-31", until="2026-12-31", **BASIS)
    hand.do("move_person", "ZA", KEEPER, person="JJ.liaison_b", title="治安支队民警", day="2026-08-31", **BASIS)
    hand.do("correct_bureau", "bureau", KEEPER, print_organ="兰州市公安局办公室秘书科", **BASIS)
    hand.do("record_outside_numbers", "special", REGISTRY, through=7, reason="系统启用前已编号。")


def returned_and_answered(hand: Hand) -> tuple[str, str]:
    """A matter whose report is returned, written anew with answers, signed and reported up; a classified one until it is consented to."""
    first = hand.walk(NEW, "register", "receive_paper")
    hand.do("return_report", first, CLERK, reasons=["R1", "R2"], comment="第二项未答复。", redo_due="2026-09-02")
    anew = {"title": "关于整改情况的报告", "body": "# 一、查实情况。\n三所学校均属实。\n\n查处货车23起，立案4起。"}
    answers = [{"reason": "R1", "text": "已补写第二项。"}, {"reason": "R2", "text": "补了立案数。"}]
    hand.do("draft_report", first, "JJ.new", **anew, answers=answers)
    hand.walk(first, "review_report", "office_review")
    hand.do("director_sign", first, DIRECTOR, text="请局领导审签。")
    hand.do("reserve_number", first, REGISTRY)
    hand.do("decline", first, "L01", text="请补充下一步措施。")
    text = {name: OUTGOING[name] for name in ("kind", "title", "to")}
    hand.do("redraft_document", first, CLERK, **text, body="三所学校均已整改，下一步每月回查。")
    hand.do("director_sign", first, DIRECTOR, text="已补充。")
    hand.do("reserve_number", first, REGISTRY)
    hand.enter("bureau_sign", first, "L01", {"text": "同意上报。"}, PaperEntry(CLERK, "sha256:" + "7" * 64))
    hand.do("record_document", first, "SYSTEM", name=f"{first}-special.docx", hash="sha256:" + "8" * 64, layout=1)
    hand.do("report_up", first, CLERK, text="机要交换送达。")
    hand.do("conclude", first, CLERK)
    hand.do("archive", first, "BGS.archivist")
    second = hand.walk(NEW, "register", "consent", SHELL_STORY, another_paper=True)
    return first, second


def matters_that_end_otherwise(hand: Hand, first: str) -> None:
    """An objection, an extension, an urge, a step taken back, a correction; matters cancelled, merged and classified later."""
    third = hand.walk(NEW, "register", "dispatch", another_paper=True)
    hand.do("object", third, "CG.liaison", kind="responsibility", reason="不属本辖区。")
    hand.do("decide_objection", third, CLERK, decision="rejected", text="三所学校中两所在城关区。")
    hand.do("sign_for", third, "JJ.new")
    hand.do("sign_for", third, "CG.liaison")
    hand.do("request_extension", third, "JJ.main_leader", reason="取证需要。", until="2026-09-11")
    hand.do("decide_extension", third, DIRECTOR, decision="approved", text="同意。")
    hand.do("urge", third, CLERK, means="phone", level="urge", text="请抓紧。")
    hand.do("amend", third, CLERK, title="省领导对学校周边交通安全隐患群众来信批示的办理", reason="标题更正。")
    hand.do("suspend", third, DEPUTY, reason="等待鉴定。")
    hand.do("resume", third, CLERK, text="鉴定已出。")
    bureau = {**REGISTER, **source_of("bureau_leader_instruction"), "instruction": "请查实。", "source_ref": "局长批示第3号"}
    fourth = hand.do("register", NEW, CLERK, **bureau)
    hand.do("take_back", fourth, CLERK, reason="登记错了。")
    fifth = hand.do("register", NEW, CLERK, **{**bureau, "source_ref": "局长批示第4号"})
    hand.do("propose", fifth, CLERK, **PROPOSE)
    hand.do("cancel", fifth, DEPUTY, reason="与另件重复。")
    sixth = hand.do("register", NEW, CLERK, **{**bureau, "source_ref": "局长批示第5号"})
    hand.do("classify", sixth, CLERK, secrecy="secret", secrecy_years=1, copy_number="000124", basis="兰公密定〔2026〕3号")
    hand.do("reopen", first, DEPUTY, reason="批示领导要求再查。", due="2026-09-18")


def rules_and_days(hand: Hand) -> None:
    """A version of the policy and one of the scoring, the days of the next year."""
    hand.do("draft_policy", "policy", KEEPER, **POLICY)
    hand.do("enact_policy", "policy", DEPUTY, text="同意施行。")
    hand.do("draft_scoring", "scoring", KEEPER, **SCORING)
    hand.do("enact_scoring", "scoring", DEPUTY, text="同意施行。")
    new_year = [{"name": "元旦", "since": "2027-01-01", "until": "2027-01-03"}]
    hand.do("announce_calendar", "2027", KEEPER, basis="国办发明电〔2026〕9号", holidays=new_year, workdays=["2027-01-09"])


def units_change(hand: Hand, second: str) -> None:
    """A unit is founded, one renamed, one dissolved while it has a report consented to."""
    new = {"name": "网络犯罪侦查支队", "full_name": "兰州市公安局网络犯罪侦查支队", "kind": "detachment", "channel": "办公室", "char": "侦"}
    hand.do("found_unit", "WZ", KEEPER, **new, day="2026-08-31", **BASIS)
    hand.do("rename_unit", "CG", KEEPER, name="城区分局", full_name="兰州市公安局城区分局", day="2026-08-31", **BASIS)
    hand.do("dissolve_unit", "JJ", KEEPER, successor="ZA", day="2026-08-31", **BASIS)
    hand.do("succeed", second, CLERK)


def month_ends(hand: Hand) -> None:
    """The clock urges, the month is rounded up and issued."""
    for day in ("2026-09-02", "2026-09-07", "2026-09-14", "2026-10-08"):
        hand.wait_until(f"{day}T09:00")
    view = hand.register.view()
    month = next(view.months())
    hand.do("write_roundup", month, CLERK, text="交警支队并入治安支队，逾期的请于本周内补报。")
    hand.do("approve_roundup", month, DEPUTY, text="同意印发。")
    hand.do("issue_roundup", month, CLERK)


def lines(register: Register) -> Iterator[str]:
    """Yield the subject of each commit."""
    for commit in register.commits():
        yield commit.message.partition("\n")[0]


if __name__ == "__main__":
    target = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder) / "register")
        for line in lines(made):
            sys.stdout.write(f"{line}\n")
        git = ["git", "-C", str(made.home / "register.git")]
        subprocess.run([*git, "repack", "-adfq", "--depth=50", "--window=100"], check=True)
        subprocess.run([*git, "bundle", "create", "-q", str(target), "main"], check=True)
    sys.stdout.write(f"{target.stat().st_size} bytes\n")
