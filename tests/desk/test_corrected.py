"""A correction is shown as old → new, in the form, after the act, in the history; of what was classified since it is not (D-11, D-16)."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from desk.corrections import corrected, corrected_by
from desk.desk import Desk
from desk.outlook import afterwards, outlook
from desk.wording import matter
from records.acts import Outcome
from records.register.register import Receipt, Register
from tests.bureau import SECRET, Matter, at, roster
from tests.records.test_corrections import CLERK, NEW, TOGETHER
from tests.tui.test_command import Shell, shell

__all__ = ["shell"]
ITEM, NOW = "DB-2026-0162", at("2026-11-23T15:00")


@pytest.mark.parametrize("name", NEW)
def test_each_fact_is_told_as_old_and_new_in_the_words_of_the_office(name: str) -> None:
    item = Matter().until("draft_report")
    given = {each: NEW[each] for each in next((each for each in TOGETHER if name in each), (name,))}
    found = item.try_("amend", CLERK, **given, reason="录错。")
    assert isinstance(found, Outcome)
    lines = list(corrected(item.item, found.item, roster()))
    assert len(lines) == len(given)
    for line in lines:
        assert re.fullmatch(r"(“[^a-z\[]+”|第\d+项)+：.+ → .+", line)
        assert not re.search(r"[a-z]_[a-z]|L\d\d|BGS|sha256", line), line
    told = next(value for label, value in matter(found.item, roster()) if label == "更正") if found.item else ""
    assert told.partition("：")[0] == "、".join(line.partition("：")[0] for line in lines)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"title": "改后的名称"}, "“事项名称”：市委领导对夜市噪声扰民和秩序问题的批示 → 改后的名称"),
        ({"external_due": "2026-12-31"}, "“上级要求时限”：（无） → 2026-12-31"),
        (
            {"which_instruction": 2, "instruction": "查办。"},
            "“批示或交办要求”第2项“批示内容”：城关分局主办，治安支队指导。11月6日前报。 → 查办。",
        ),
        ({"urgency": "ordinary"}, "“紧急程度”：加急 → 平件"),
        ({"need_to_know": ["L01"]}, "“知悉范围”：（无） → 孟拟衡"),
    ],
)
def test_it_is_told_before_and_after_and_in_the_history(demo: Register, shell: Shell, given: Mapping[str, object], line: str) -> None:
    desk = Desk(demo, demo.view().roster.people[CLERK], lambda: NOW)
    ahead = outlook(desk, "amend", ITEM, {**given, "reason": "录错。"})
    assert ahead is not None
    assert dict(ahead.lines)["更正"] == line
    done = desk.do("amend", ITEM, {**given, "reason": "录错。"})
    assert isinstance(done, Receipt), str(done)
    assert line in afterwards(desk, done)
    assert line in shell.ok("log", ITEM, "--as", CLERK)


def test_of_what_was_classified_since_it_is_told_no_more(demo: Register) -> None:
    def did(act: str, when: datetime, **given: object) -> None:
        done = demo.act(act, ITEM, CLERK, given, when)
        assert isinstance(done, Receipt), str(done)

    did("amend", NOW, title="改后的名称", reason="录错。")
    demo.index.catch_up()
    step = demo.index.history(ITEM)[-1]
    item = demo.view().item(ITEM)
    assert item is not None
    assert len(corrected_by(demo, item, step)) == 1
    did("classify", NOW + timedelta(minutes=1), **SECRET, basis="兰公密定〔2026〕3号")
    now = demo.view().item(ITEM)
    assert now is not None
    assert corrected_by(demo, now, step) == ()
