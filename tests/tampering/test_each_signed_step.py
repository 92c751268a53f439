"""Each step that policy may want signed by the person himself: planted in his name it is found, signed by him it stands and is counted."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from records.keys.keys import Keys
from records.procedure.table import TABLE
from records.register.register import NEW, Register
from records.store.store import Ident
from schema.tables import acts
from tests.bureau import STORY, at, roster
from tests.mutation.rows import name_of
from tests.records.test_people import DEPUTY, POLICY_DRAFT, SCORING_DRAFT
from tests.records.test_signed_by_himself import Signing
from tests.tampering.test_own_signatures import audited

CLERK, DIRECTOR, LEADER = "BGS.clerk1", "BGS.director_in_charge", "JJ.main_leader"
Inputs = Mapping[str, object]
Step = tuple[str, str, Inputs]
OWN = {"category": 5, "source_level": "bureau", "source_kind": "bureau_leader_instruction", "instruction_leader": "L01"}
NOTHING_GOES_UP = {**dict.fromkeys(("series", "kind", "title", "to", "body")), "answered": [1, 2]}
SAID: Inputs = {"text": "同意。"}
DECIDED: Inputs = {"decision": "approved", "text": "同意。"}
WHY: Inputs = {"reason": "情况有变。"}
EXTEND: Step = ("request_extension", LEADER, {"reason": "等待检测结果。", "until": "2026-09-10"})
ADJUST: Step = ("propose_adjustment", CLERK, {"points": [{"text": "五所学校逐一查实"}], "reason": "扩大范围。"})
BLAME: Step = ("open_accountability", CLERK, {"consequence": "群众再次来信。"})
URGE: Step = ("urge", CLERK, {"means": "written", "level": "urge", "text": "请报送结果。"})
OVERRIDE = {"to": "某某公司", "override_reason": "来文机关要求直送。"}


# The step, on the lawful way up to which act (with which inputs changed), after which further steps, by whom with what.
CASES: tuple[tuple[str, str, Mapping[str, Inputs], tuple[Step, ...], str, Inputs], ...] = (
    ("read", "read", {}, (), DEPUTY, {"decision": "agree", "text": "同意。"}),
    ("read_in_unit", "read_in_unit", {}, (), "JJ.supervising_leader", SAID),
    ("decide_adjustment", "draft_report", {}, (ADJUST,), DEPUTY, DECIDED),
    ("name_leader", "sign_for", {}, (), DEPUTY, {"leader": "L05", "reason": "分工调整。"}),
    ("request_extension", "draft_report", {}, (), *EXTEND[1:]),
    ("decide_extension", "draft_report", {}, (EXTEND,), DIRECTOR, DECIDED),
    ("review_report", "review_report", {}, (), "JJ.reviewing_head", {"verdict": "pass"}),
    ("consent", "consent", {}, (), LEADER, {"decision": "agree", "text": "同意上报。"}),
    ("director_sign", "director_sign", {}, (), DIRECTOR, SAID),
    ("decide_override", "director_sign", {"office_review": OVERRIDE}, (), DEPUTY, DECIDED),
    ("bureau_sign", "bureau_sign", {}, (), "L01", SAID),
    ("decline", "bureau_sign", {}, (), "L01", {"text": "请补数字。"}),
    ("withdraw_document", "report_up", {}, (), "L01", WHY),
    ("withdraw_report", "receive_paper", {}, (), LEADER, {"text": "数字有误。"}),
    ("show_leader", "reserve_number", {"register": OWN, "office_review": NOTHING_GOES_UP}, (), "L01", {"text": "已阅。"}),
    ("waive_up_report", "reserve_number", {}, (), "L06", {"text": "电话答复。"}),
    ("suspend", "draft_report", {}, (), DEPUTY, WHY),
    ("cancel", "draft_report", {}, (), DEPUTY, WHY),
    ("merge", "draft_report", {}, (), DEPUTY, {"merged_into": "DB-2026-0001", "reason": "同一事项。"}),
    ("reopen", "conclude", {}, (), DEPUTY, {"reason": "上级退回。", "due": "2026-09-11"}),
    ("approve_accountability", "draft_report", {}, (URGE, BLAME), DEPUTY, {"text": "移送督察。"}),
)  # fmt: skip
NOT_ON_ITEMS: Mapping[str, tuple[str, str, Inputs]] = {
    "approve_roundup": ("2026-08", DEPUTY, SAID),
    "enact_scoring": ("scoring", DEPUTY, SAID),
    "enact_policy": ("policy", DEPUTY, SAID),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register in which each of the steps waits to be done, on a record of its own, under rules that want all of them signed."""
    place, told = tmp_path_factory.mktemp("steps"), roster()
    register = Register.create(
        place / "r", replace(told.bureau, demo=False), told.leaders, tuple(told.units.values()), at("2026-08-28T08:00")
    )
    keys = Keys.create(place / "k", register.first, Ident("管理员", "a@b", at("2026-08-28T08:00")))
    office = Signing(register, keys)
    for number, (act, until, changed, further, _, _) in enumerate(CASES):
        item, names = NEW, [name for name, _, _ in STORY]
        for name, by, inputs in STORY[: names.index(until)]:
            given = {**inputs, **changed.get(name, {}), **({"source_ref": f"来文{number}", "title": act} if name == "register" else {})}
            item = office.do(name, item, by, **given).outcome.target
        for name, by, inputs in further:
            office.do(name, item, by, **inputs)
    office.now = at("2026-09-01T09:00")
    office.do("draft_roundup", "2026-08", CLERK, text="逾期的请抓紧。")
    office.do("draft_scoring", "scoring", **SCORING_DRAFT)
    signable = [name for name, spec in acts().items() if spec.signable]
    office.ask(*signable)
    office.do("draft_policy", "policy", **{**POLICY_DRAFT, "version": "又一版", "due_ordinary": 12}, own_signatures=signable)
    return place


def opened(base: Path, place: Path) -> Signing:
    """The office as it was left, in a copy."""
    shutil.copytree(base, place, symlinks=True)
    office = Signing(Register(place / "r"), Keys(place / "k"))
    office.register.signer = lambda person, key, at: ""
    office.now = at("2026-09-01T12:00")
    return office


def steps() -> list[tuple[str, str, str, Inputs]]:
    """Each step: act, what it is done on, by whom, with what; what changes the rules last."""
    items = [(act, f"DB-2026-{number:04}", by, inputs) for number, (act, _, _, _, by, inputs) in enumerate(CASES, 1)]
    return [*items, *((act, *rest) for act, rest in NOT_ON_ITEMS.items())]


def test_every_step_that_policy_may_name_is_tried_here() -> None:
    assert {act for act, *_ in steps()} == {name for name, spec in acts().items() if spec.signable}


def test_what_only_leaders_and_heads_do_may_be_asked_for_and_nothing_else() -> None:
    heads = {"deputy_director_in_charge", "office_director_in_charge", "bureau_leader"}
    heads |= {"reviewing_head", "supervising_leader", "main_leader"}
    theirs = {name for name, spec in acts().items() if {who.role for who in spec.who} <= heads}
    assert theirs == {name for name, spec in acts().items() if spec.signable}


def test_each_step_that_is_added_in_anothers_name_is_found(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office, false = opened(base, tmp_path / "forged"), {}
    for act, target, by, inputs in steps():
        with monkeypatch.context() as patched:
            patched.setitem(TABLE.rules, act, [each for each in TABLE.rules[act] if "own" not in name_of(each)])
            false[office.do(act, target, by, **inputs).commit] = acts()[act].label
    _, found = audited(office.register.home)
    told = {each["commit"]: each["reason"] for each in found["findings"]}
    assert list(told) == list(false)
    assert [label for commit, label in false.items() if "缺本人签名" not in told[commit] or f"“{label}”" not in told[commit]] == []


def test_each_step_that_he_signs_himself_stands_and_is_counted(base: Path, tmp_path: Path) -> None:
    office = opened(base, tmp_path / "signed")
    before = audited(office.register.home)[1]["signatures"]
    for act, target, by, inputs in steps():
        assert "缺本人签名" in office.refused(act, target, by, **inputs).reason
        done = office.do(act, target, by, **inputs, **office.own(act, target, by, **inputs))
        changed = office.register.changed(office.register.describe(done.commit).parent, done.commit)
        kept = b"".join(office.register.written(path, done.commit) or b"" for path in changed)
        assert kept.count(done.outcome.own.encode()) == 1, "it is kept, and kept once"
    _, found = audited(office.register.home)
    assert found["findings"] == []
    assert found["signatures"] == {**before, "own": len(steps())}
