"""One act on several matters: each a step of its own, what cannot be done is named with the reason, and nothing is signed so."""

from dataclasses import replace
from datetime import datetime

import pytest

from desk.desk import Desk
from desk.mine import follow, follows
from desk.several import acts_on_several, asked_of_all, done_on, looked_at, sheets, told
from records.acts import Refusal
from records.register.register import Receipt, Register
from schema import tables
from schema.tables import acts

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")
LATE, READING, CLOSED = "DB-2026-0162", "DB-2026-0206", "DB-2026-0118"
WORDS = {"means": "phone", "level": "urge", "text": "请抓紧办理。"}


def _desk(register: Register, person: str = "BGS.clerk1") -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: NOW)


def test_only_what_asks_for_no_signature_may_be_done_on_several() -> None:
    several = [spec for spec in acts().values() if spec.several]
    assert [spec.label for spec in several] == ["催办"]
    signing = next(spec for spec in acts().values() if spec.signable)
    assert list(tables._wrong_looks(replace(several[0]))) == []
    assert "several: true" in list(tables._wrong_looks(replace(signing, several=True)))


def test_who_may_not_do_it_is_not_offered_it(demo: Register) -> None:
    assert [spec.name for spec in acts_on_several(_desk(demo))] == ["urge"]
    assert acts_on_several(_desk(demo, "QLH.liaison")) == ()
    assert acts_on_several(_desk(demo, "BGS.archivist")) == ()


def test_each_matter_gets_a_step_of_its_own_and_what_is_passed_over_says_why(demo: Register) -> None:
    desk, spec = _desk(demo), acts()["urge"]
    assert [field.name for field in asked_of_all(desk, spec)] == ["means", "level", "text"]
    base = desk.view.commit
    meant = looked_at(desk, spec, [LATE, READING, CLOSED, "DB-2026-9999"])
    assert [(each.item, each.refusal is None) for each in meant] == [(LATE, True), (READING, False), (CLOSED, False)]
    became = [(each, done_on(desk, spec, each, WORDS, base)) for each in meant]
    assert [isinstance(done, Receipt) for _, done in became] == [True, False, False]
    said = [told(*each) for each in became]
    assert said[0] == f"{LATE} 已办  市委领导对夜市噪声扰民和秩序问题的批示"
    assert said[1].startswith(f"{READING} 跳过：〔三（三）〕")
    item = demo.view().item(LATE)
    assert item is not None
    assert (item.urges[-1].by, item.urges[-1].text.strip()) == ("BGS.clerk1", "请抓紧办理。")


def test_what_somebody_did_meanwhile_is_not_done_away_with(demo: Register) -> None:
    desk, spec = _desk(demo), acts()["urge"]
    base = desk.view.commit
    (meant,) = looked_at(desk, spec, [LATE])
    assert isinstance(demo.act("urge", LATE, "BGS.clerk2", {**WORDS, "level": "yellow_card"}, NOW), Receipt)
    refused = done_on(desk, spec, meant, {**WORDS, "means": "system", "level": "yellow_card"}, base)
    assert isinstance(refused, Refusal)
    assert "已催过一次" in str(refused) or refused.overtaken


def test_a_workbook_holds_what_was_marked_as_far_as_one_may_see_it(demo: Register) -> None:
    (sheet,) = sheets(_desk(demo), [LATE, READING], "选定")
    assert sheet.columns[0].cells == (LATE, READING)
    (unit,) = sheets(_desk(demo, "QLH.liaison"), [LATE, "DB-2026-0194"], "选定")
    assert unit.columns[0].cells == ("DB-2026-0194",)


@pytest.mark.parametrize("before", [False, True])
def test_several_are_followed_whatever_was_followed_before(demo: Register, before: bool) -> None:
    desk = _desk(demo)
    if before:
        follow(desk, LATE)
    assert follow(desk, LATE, on=True)
    assert follows(desk, LATE)
