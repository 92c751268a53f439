"""What is said to have happened lies behind: no paper comes, and nobody instructs, tomorrow (一; D-5, D-13); the day is the bureau's."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from records.acts import Outcome, Refusal, form
from records.register.register import Receipt, Register
from schema.tables import acts
from tests.bureau import REGISTER, Matter, at, roster
from tests.records.test_carried import CARRIED, CONCLUDED

CLERK = "BGS.clerk1"
FURTHER = {"instruction_by": "市长", "instruction": "再查。"}
RENAMED = {"name": "交管支队", "full_name": "兰州市公安局交通管理支队", "basis": "兰公政任〔2026〕12号"}
Said = tuple[str, str, str, str, Mapping[str, object]]  # act, what was done before it, who, field, the other inputs

HAPPENED: tuple[Said, ...] = (
    ("register", "register", CLERK, "received", REGISTER),
    ("register", "register", CLERK, "instruction_at", REGISTER),
    ("carry_in_item", "register", CLERK, "received", {**CARRIED, "dispatched": None}),
    ("carry_in_item", "register", CLERK, "instruction_at", CARRIED),
    ("carry_in_item", "register", CLERK, "dispatched", CARRIED),
    ("carry_in_item", "register", CLERK, "concluded", CONCLUDED),
    ("add_instruction", "propose", CLERK, "instruction_at", FURTHER),
    ("amend", "propose", CLERK, "received", {"reason": "核对来文。"}),
    ("amend", "propose", CLERK, "instruction_at", {"reason": "核对来文。"}),
    ("withdraw_document", "conclude", "L01", "notice_at", {"reason": "数字有误。", "notice_to": "省领导（虚构）"}),
)
AHEAD = {
    "external_due", "due", "redo_due", "until",  # by when something is to be done
    "since", "effective", "day",  # of people and units: what is ahead takes effect then (D-17)
}  # fmt: skip


def test_of_each_date_it_is_settled_whether_it_lies_behind() -> None:
    every = ((name, wanted.name) for name, spec in acts().items() for wanted in spec.inputs)
    dates = {(name, field) for name, field in every if form(name).at((field,)).get("format") == "date"}
    assert {(act, field) for act, _, _, field, _ in HAPPENED} | {("rename_unit", "day")} <= dates
    assert {field for act, field in dates if (act, field) not in {(act, field) for act, _, _, field, _ in HAPPENED}} == AHEAD


@pytest.mark.parametrize(("act", "before", "by", "field", "inputs"), HAPPENED, ids=[f"{act} {field}" for act, _, _, field, _ in HAPPENED])
@pytest.mark.parametrize(
    ("now", "day", "goes"),
    [
        ("2026-08-31T09:00", "2026-09-01", False),
        ("2026-08-31T23:59", "2026-09-01", False),
        ("2026-09-01T00:00", "2026-09-01", True),  # where the day begins in the bureau it is still yesterday by UTC
        ("2026-09-01T07:59", "2026-09-01", True),
        ("2026-09-01T07:59", "2126-09-01", False),
    ],
)
def test_what_happened_is_of_no_day_to_come(
    act: str, before: str, by: str, field: str, inputs: Mapping[str, object], now: str, day: str, goes: bool
) -> None:
    matter = Matter().until(before)
    matter.now = at(now)
    found = matter.try_(act, by, **{**inputs, field: day})
    assert isinstance(found, Outcome) == goes, str(found)
    if isinstance(found, Refusal):
        clause = acts()[act].clause
        assert (found.clause, found.rule, found.problems[0].field) == (clause, "R-32" if field == "notice_at" else "R-01", (field,))
        assert f" {day} 晚于今天 {now[:10]}。" in found.reason
        assert found.way_out.startswith("请")


def test_an_instruction_entered_under_older_rules_bars_nothing_else() -> None:
    matter = Matter().until("propose")
    assert matter.item is not None
    matter.now = at("2026-08-01T09:00")  # as if its day were to come
    item = matter.do("amend", CLERK, title="另一个标题", received="2026-07-31", reason="核对来文。")
    assert item.instructions[0].at == "2026-08-28"


@pytest.mark.parametrize(("day", "goes"), [("2026-08-31", True), ("2026-09-01", False)])
def test_a_unit_is_called_by_its_new_name_from_its_day_on(tmp_path: Path, day: str, goes: bool) -> None:
    known, now = roster(), at("2026-08-31T09:00")
    register = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), now)
    found = register.act("rename_unit", "JJ", "BGS.section_chief", {**RENAMED, "day": day}, now)
    assert isinstance(found, Receipt) == goes, str(found)
    if isinstance(found, Refusal):
        assert (found.rule, found.clause, found.problems[0].field, found.way_out) == (
            "D-5", "二", ("day",), "新名称一经更改随即使用，请到更名日期再办。"
        )  # fmt: skip
