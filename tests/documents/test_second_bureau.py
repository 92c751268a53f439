"""Another bureau, with another name, other characters and a fourth series of its own, is data alone: a matter goes its whole way there."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import docx
import pytest
import yaml

from desk.desk import Desk
from documents.layout.profile import standard
from documents.publishing.catalogue import plans
from documents.publishing.publisher import Publisher
from records.acts import Refusal
from records.bureau.roster import Bureau
from records.bureau.series import Series, default_series
from records.register.register import Receipt, Register
from records.rules.routes import route
from records.store.record_files import Unreadable, check, emit, parse
from schema.tables import checker
from tests.bureau import NOW, OUTGOING, REGISTER, STORY, Matter, as_read, roster

FOURTH = Series("协办函", "协字", "bureau", "letter", "deputy_director_in_charge", "organ", ("peer_request",))
OTHER = replace(
    roster().bureau,
    id="bygaj", name="白银市公安局", organ_char="白公", special_mark="白银市公安局专报", print_organ="白银市公安局办公室",
    series={**default_series(), "letter": replace(default_series()["letter"], kinds=("organ_assignment",)), "assist": FOURTH},
)  # fmt: skip
PEER = {**REGISTER, "category": 8, "subtype": "同级部门商请协助", "source_level": "peer", "source_kind": "peer_request"}


@pytest.fixture
def other(tmp_path: Path) -> Register:
    """The register of the other bureau, with the demo's people."""
    told = roster()
    return Register.create(tmp_path / "register", OTHER, told.leaders, tuple(told.units.values()), NOW - timedelta(days=1))


def act(register: Register, name: str, target: str, by: str, **inputs: object) -> Receipt | Refusal:
    item = None if target == "new" else register.view().item(target)
    return register.act(name, target, by, as_read(name, inputs, item), NOW)


def done(register: Register, name: str, target: str, by: str, **inputs: object) -> str:
    found = act(register, name, target, by, **inputs)
    assert isinstance(found, Receipt), str(found)
    return found.outcome.target


def test_a_matter_of_another_bureau_is_answered_under_its_own_series_in_its_own_name(other: Register) -> None:
    target = done(other, "register", "new", "BGS.clerk1", **PEER)
    for name, by, inputs in STORY[1:14]:
        done(other, name, target, by, **inputs)
    review = {**OUTGOING, "series": "assist", "to": PEER["source_organ"], "kind": "letter"}
    refusal = act(other, "office_review", target, "BGS.clerk1", **{**review, "series": "letter"})
    assert isinstance(refusal, Refusal)
    assert "白公协字" in str(refusal)
    desk = Desk(other, other.view().roster.people["BGS.clerk1"], lambda: NOW)
    asked = {field.name: field for field in desk.form("office_review", other.view().item(target))}
    assert asked["series"].default == "assist"
    assert ("assist", "白公协字（协办函）") in asked["series"].choices
    done(other, "office_review", target, "BGS.clerk1", **review)
    done(other, "director_sign", target, "BGS.director_in_charge")
    done(other, "reserve_number", target, "BGS.registry")
    refusal = act(other, "bureau_sign", target, "L01")
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, "白公协字须由主管副局长" in refusal.reason) == ("R-25", True)
    done(other, "bureau_sign", target, "L03", text="同意。")
    item = other.view().item(target)
    assert item is not None
    assert item.outgoing is not None
    assert item.outgoing.number == "白公协字〔2026〕1号"
    plan = next(plan for plan in plans(item) if plan.name == f"{target}-assist.docx")
    told = "\n".join(each.text for each in docx.Document(io.BytesIO(plan.make(other.view(), standard()))).paragraphs)
    assert "白公协字〔2026〕1号" in told
    assert "白银市公安局" in told
    assert "兰公" not in told
    assert other.view().numbers("JJ.report", 2026).written(1) == "白公交报〔2026〕1号"
    Publisher(other, standard()).catch_up()
    assert (other.published / plan.name).is_file()
    recorded = other.act("record_document", target, "SYSTEM", {"name": plan.name, "hash": "sha256:" + "0" * 64}, NOW)
    assert isinstance(recorded, Receipt), str(recorded)
    assert [problem for _, problem in other.replay().problems() if problem] == []
    assert [series.chars for series in desk.number_series(2026)[0][:2]] == ["白公协字", "白公交报"]


def test_a_series_that_the_bureau_has_not_is_refused_wherever_it_is_named(other: Register) -> None:
    target = done(other, "register", "new", "BGS.clerk1", **PEER)
    for name, by, inputs in STORY[1:14]:
        done(other, name, target, by, **inputs)
    for series in ("specials", "report"):
        refusal = act(other, "office_review", target, "BGS.clerk1", **{**OUTGOING, "series": series})
        assert isinstance(refusal, Refusal)
        assert refusal.rule == "R-24"
    for counter in ("specials", "XX.report", "JJ.special", "report", "BGS.report"):
        for name, given in (("record_outside_numbers", {"through": 5}), ("record_void_number", {})):
            refusal = other.act(name, counter, "BGS.registry", {**given, "reason": "结转。"}, NOW)
            assert isinstance(refusal, Refusal)
            assert refusal.rule == "R-26"
    done(other, "record_outside_numbers", "assist", "BGS.registry", through=5, reason="结转。")


def test_a_bureau_says_its_series_in_its_record_and_a_wrong_one_is_named() -> None:
    assert parse(emit(OTHER), Bureau, "bureau.yaml") == OTHER
    data = yaml.safe_load(emit(OTHER))
    data["series"]["assist"]["form"] = "telegram"
    problems = check(yaml.safe_dump(data, allow_unicode=True).encode(), "bureau.yaml")
    assert [problem.field for problem in problems] == [("series", "assist", "form")]
    with pytest.raises(Unreadable):
        parse(yaml.safe_dump(data, allow_unicode=True).encode(), Bureau, "bureau.yaml")


def test_each_kind_of_source_has_one_series_at_most_and_each_kind_is_one() -> None:
    kinds = [kind for series in default_series().values() for kind in series.kinds]
    known = checker("item").at(("source", "kind"))["enum"]
    assert isinstance(known, list)
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) <= set(known)
    matter = Matter().until("propose")
    assert matter.item is not None
    assert route(matter.item, matter.roster.series) == "special"
