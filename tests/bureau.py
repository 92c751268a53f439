"""The invented bureau in memory, and a case that walks through it: what the tests of the acts start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

from records.acts import Duty, Outcome, Refusal, World, duties, perform
from records.bureau.calendar import Calendar, CalendarYear
from records.bureau.policy import Policy
from records.bureau.roster import SYSTEM, Bureau, Leaders, Roster, Unit
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.plain_data import from_data
from records.matter.prose import printed_code
from records.procedure.case import LastStep
from records.rules.routes import kinds
from records.store.record_files import parse
from schema.tables import default_text

POLICY_ID = "a" * 40
CHARS = {"special": "兰公办", "letter": "兰公督字", "JJ.report": "兰公交报"}
REGISTER: Mapping[str, object] = {
    "title": "省领导对学校周边交通安全隐患群众来信的批示",
    "category": 4,
    "subtype": "上级领导批示",
    "source_level": "superior",
    "source_kind": "leader_instruction",
    "source_organ": "中共兰州市委办公室（虚构来文）",
    "source_ref": "群众来信摘报第×期（虚构）",
    "received": "2026-08-31",
    "instruction_by": "省领导（虚构）",
    "instruction_at": "2026-08-28",
    "instruction": "请抓紧查实整改，结果报我。",
    "importance": "important",
    "urgency": "extra_urgent",
    "secrecy": "none",
}
PROPOSE: Mapping[str, object] = {
    "lead": "JJ",
    "assisting": ["CG"],
    "points": [{"text": "三所学校逐一查实"}, {"text": "错峰放学", "unit": "CG"}],
    "due": "2026-09-07",
    "feedback_cycle": "daily",
    "text": "拟由交通警察支队主办。",
}
DRAFT: Mapping[str, object] = {"title": "关于整改情况的报告", "body": "# 一、查实情况。\n三所学校均属实。\n\n查处货车19起。"}
OUTGOING: Mapping[str, object] = {
    "answered": [1, 2],
    "series": "special",
    "kind": "report",
    "title": "关于学校周边交通安全隐患整改情况的报告",
    "to": "省领导（虚构）",
    "body": "三所学校均已整改。",
}


# One lawful way from the paper to the archive: act, person, inputs.
STORY: tuple[tuple[str, str, Mapping[str, object]], ...] = (
    ("register", "BGS.clerk1", REGISTER),
    ("propose", "BGS.clerk1", PROPOSE),
    ("read", "L03", {"decision": "agree", "text": "同意。"}),
    ("dispatch", "BGS.clerk1", {}),
    ("sign_for", "JJ.liaison", {}),
    ("sign_for", "CG.liaison", {}),
    ("read_in_unit", "JJ.supervising_leader", {"text": "请勘查大队今天到现场。"}),
    ("report_progress", "JJ.liaison", {"percent": 40, "text": "查处19起。"}),
    ("give_opinion", "CG.liaison", {"text": "已协调错峰15分钟。"}),
    ("draft_report", "JJ.liaison", DRAFT),
    ("review_report", "JJ.reviewing_head", {"verdict": "pass"}),
    ("consent", "JJ.main_leader", {"decision": "agree"}),
    ("submit", "JJ.liaison", {}),
    ("receive_paper", "BGS.registry", {"pages": 3, "copies": 2}),
    ("office_review", "BGS.clerk1", OUTGOING),
    ("director_sign", "BGS.director_in_charge", {"text": "请局领导审签。"}),
    ("reserve_number", "BGS.registry", {}),
    ("bureau_sign", "L01", {"text": "同意上报。"}),
    ("report_up", "BGS.clerk1", {"text": "机要交换送达。"}),
    ("conclude", "BGS.clerk1", {}),
    ("archive", "BGS.archivist", {}),
)

SECRET: Mapping[str, object] = {"secrecy": "secret", "secrecy_years": 1, "copy_number": "000123"}
_TYPED = ("title", "instruction", "text", "body")
# The same way of a classified matter, with nothing typed that its shell does not hold.
SHELL_STORY: tuple[tuple[str, str, Mapping[str, object]], ...] = tuple(
    ("register_paper_report", by, {"carrier": "机要柜3号", "pages": 2, "digest": "登记摘要1"})
    if act == "draft_report"
    else (act, by, {**{name: value for name, value in inputs.items() if name not in _TYPED}, **added.get(act, {})})
    for added in ({"register": SECRET, "propose": {"points": [{"text": "1"}, {"text": "2", "unit": "CG"}]}},)
    for act, by, inputs in STORY
)


def at(text: str) -> datetime:
    """Return a time in the bureau's zone: ``at("2026-08-31T09:00")``."""
    return datetime.fromisoformat(f"{text}:00+08:00")


@cache
def roster() -> Roster:
    """Return the demo's roster, which nobody alters."""
    told = yaml.load((Path(__file__).parent.parent / "records/demo/roster.yaml").read_bytes(), yaml.CSafeLoader)
    units = {unit["id"]: from_data(unit, Unit) for unit in told["units"]}
    return Roster(from_data(told["bureau"], Bureau), units, from_data(told["leaders"], Leaders))


def source_of(kind: str, category: int = 0) -> Mapping[str, object]:
    """Return what a registration says of a lawful source of a kind, in one of its categories, by default the first."""
    named: dict[str, object] = {"category": category or kinds()[kind].categories[0], "source_kind": kind, "source_level": None}
    if kind == "director_meeting":
        named |= {"meeting_number": "2026年第7次局长办公会", "meeting_clause": "第4条"}
    if kind == "bureau_leader_instruction":
        named |= {"instruction_leader": "L01"}
    if 7 in kinds()[kind].categories:
        named |= {"proposer": "代表", "session": "十七届一次", "suggestion_number": "第5号"}
    return named


def as_read(act: str, inputs: Mapping[str, object], item: Item | None) -> Mapping[str, object]:
    """Return the inputs of an act, with what its author reads before him: the code on the paper, the reasons of the return he answers."""
    if act in ("draft_report", "register_paper_report") and item and item.report and (back := item.report.to_answer):
        words = {"text": "已按要求补写。"} if act == "draft_report" else {}
        return {"answers": [{"reason": code, **words} for code in back.reasons], **inputs}
    printed = act == "receive_paper" and item is not None and item.report is not None and item.report.shell is None
    return {"code": printed_code(item.report.hash), **inputs} if printed and item and item.report else inputs


NOW = at("2026-08-31T09:00")
AFTERWARDS = at("2026-11-24T09:30")
"""The workday after the demo's stories: now, for whatever sets no clock of its own, so that it sees the same in any year."""
_ROSTER = roster()
CALENDAR = Calendar({2026: parse(default_text("calendar/2026.yaml"), CalendarYear)})
POLICY = parse(default_text("policy.yaml"), Policy)


@dataclass
class Matter:
    """One item on its way, with the number registers beside it."""

    item: Item | None = None
    series: dict[str, NumberSeries] = field(default_factory=dict)
    same: str | None = None
    others: tuple[str, ...] = ()
    carried: str | None = None
    now: datetime = NOW
    roster: Roster = _ROSTER
    last: LastStep | None = None
    policy: Policy = POLICY
    policy_id: str = POLICY_ID
    earlier: dict[str, Policy] = field(default_factory=dict)
    calendar: Calendar = CALENDAR

    def policy_at(self, pinned: str | None) -> Policy:
        """The policy that an item pins; None is the one in force."""
        return self.earlier.get(pinned or self.policy_id, self.policy)

    @property
    def world(self) -> World:
        """What stands round the item."""
        return World(
            self.roster, self.calendar, self.policy, self.policy_id, self.policy_at,
            self._numbers, self._same, lambda item: item in self.others, lambda since: (), lambda item: self.last,
            lambda item: self.item if self.item and self.item.id == item else None,
            carried_in=lambda number: self.carried,
        )  # fmt: skip

    @property
    def owed(self) -> tuple[Duty, ...]:
        """What is owed on the item now."""
        assert self.item is not None
        return duties(self.world, self.item, self.now)

    def try_(self, act: str, by: str, **inputs: object) -> Outcome | Refusal:
        """Try an act without taking it over."""
        return perform(self.world, act, self.item, by, as_read(act, inputs, self.item), self.now, target="DB-2026-0118")

    def do(self, act: str, by: str, **inputs: object) -> Item:
        """Carry out a lawful act; a refusal fails the test with its words."""
        found = self.try_(act, by, **inputs)
        assert isinstance(found, Outcome), str(found)
        assert found.item is not None
        if by != SYSTEM:
            stages = self.item, found.item
            self.last = LastStep(act, by, self.now, lambda: stages)
        self.item = found.item
        self.series |= {each.series: each for each in found.numbers}
        return found.item

    def refused(self, act: str, by: str, **inputs: object) -> Refusal:
        """Return the refusal of an unlawful act."""
        before = self.item
        found = self.try_(act, by, **inputs)
        assert isinstance(found, Refusal), f"{act} went through"
        assert self.item is before
        return found

    def until(self, act: str, story: Sequence[tuple[str, str, Mapping[str, object]]] = STORY) -> "Matter":
        """Walk the lawful way, or another, up to, not with, an act."""
        for name, by, inputs in story:
            if name == act:
                return self
            self.do(name, by, **inputs)
        raise ValueError(act)

    def _numbers(self, series: str, year: int) -> NumberSeries:
        return self.series.get(series) or NumberSeries(series, year, CHARS.get(series, "兰公?报"))

    def _same(self, paper: str) -> str | None:
        return self.same
