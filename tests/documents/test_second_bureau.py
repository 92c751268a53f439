"""Another bureau, with another name, other characters and a fourth series of its own, is data alone: a matter goes its whole way there."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import docx
import pytest
import yaml
from click.testing import CliRunner

from desk.desk import Desk
from documents.forms.circular import paper
from documents.layout.official_document import DocumentError
from documents.layout.profile import standard
from documents.publishing import catalogue
from documents.publishing.catalogue import planned, plans
from documents.publishing.publisher import Publisher
from records.acts import PaperEntry, Refusal
from records.bureau.roster import Bureau
from records.bureau.series import REPORT, REQUEST, Series, default_series
from records.matter.plain_data import to_data
from records.register.register import Receipt, Register
from records.rules.routes import route
from records.store.record_files import Unreadable, check, emit, parse
from schema.yaml_text import write
from tests.bureau import NOW, OUTGOING, REGISTER, STORY, Matter, as_read, roster
from tests.documents.case import ITEM, created, pushed, walk
from tests.documents.papers import ROUNDUP, shown
from tui.command import duban

USUAL = default_series()
FOURTH = Series("协办函", "协字", "bureau", "letter", "deputy_director_in_charge", "organ", ("peer_request",))
FIFTH = Series("呈阅件", "阅", "bureau", "special_report", "bureau_leader", "leader", ("bureau_deployment",), mark="白银市公安局呈阅件")
OTHER = replace(
    roster().bureau,
    id="bygaj", name="白银市公安局", organ_char="白公", special_mark="白银市公安局专报", print_organ="白银市公安局督查室",
    short_name="白银局", office_name="白银局督查室",
    series={
        **USUAL, "letter": replace(USUAL["letter"], kinds=("organ_assignment",)), "assist": FOURTH, "brief": FIFTH,
        "report": replace(USUAL["report"], title="支队呈报", paper="呈报", characters="呈"),
    },
)  # fmt: skip
PEER = {**REGISTER, "category": 8, "subtype": "同级部门商请协助", "source_level": "peer", "source_kind": "peer_request"}
OWN = {"category": 1, "subtype": "重点工作", "source_level": "bureau", "source_kind": "bureau_deployment"}


@dataclass(frozen=True)
class _OwnSeries:
    """The end of a bureau's record."""

    demo: bool
    series: Mapping[str, Series]


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
    assert plan.title(other.view().roster.series) == "协办函"
    assert other.view().numbers("JJ.report", 2026).written(1) == "白公交呈〔2026〕1号"
    Publisher(other, standard()).catch_up()
    assert (other.published / plan.name).is_file()
    recorded = other.act("record_document", target, "SYSTEM", {"name": plan.name, "hash": "sha256:" + "0" * 64}, NOW)
    assert isinstance(recorded, Receipt), str(recorded)
    assert [problem for _, problem in other.replay().problems() if problem] == []
    assert [series.chars for series in desk.number_series(2026)[0][:2]] == ["白公协字", "白公交呈"]


def test_whatever_is_printed_and_said_there_calls_bureau_and_office_by_their_own_names(other: Register) -> None:
    target = done(other, "register", "new", "BGS.clerk1", **{**REGISTER, **OWN})
    for name, by, inputs in STORY[1:9]:
        done(other, name, target, by, **inputs)
    done(other, "request_extension", target, "JJ.main_leader", until="2026-09-14", reason="等待检测结果。")
    done(other, "urge", target, "BGS.clerk1", means="written", level="urge", text="请报送结果。")
    for name, by, inputs in STORY[9:14]:
        done(other, name, target, by, **inputs)
    done(other, "office_review", target, "BGS.clerk1", **{**OUTGOING, "series": "brief"})
    done(other, "director_sign", target, "BGS.director_in_charge")
    view, item = other.view(), other.view().item(target)
    assert item is not None
    told = {plan.name.removeprefix(f"{target}-"): shown(plan.make(view, standard())).paragraphs for plan in plans(item)}
    assert told["brief.docx"][1:3] == ["白银市公安局呈阅件", f"白公阅〔2026〕　号\t签发人：{view.roster.name('L01')}"]
    assert told["report.docx"][1].endswith("支队呈报")
    assert told["report.docx"][2].startswith("白公交呈〔2026〕1号")
    assert "白银局督查室：" in told["report.docx"]
    assert "白银局督查室：" in told["request-1.docx"]
    assert any(line.startswith("白银局交办的") for line in told["request-1.docx"])
    assert any("报白银局督查室" in line for line in told["notice-1.docx"])
    assert any("答复白银局督查室" in line for line in told["urge-1.docx"])
    assert "各分县局、白银局各部门：" in shown(paper(ROUNDUP, view.roster, standard())).paragraphs
    assert not [line for lines in told.values() for line in lines if "市局" in line or "兰公" in line]
    names = [plan.title(view.roster.series) for plan in plans(item)]
    assert names[:3] == ["呈阅件", "支队呈报", "延期请示"]
    done(other, "reserve_number", target, "BGS.registry")
    entered = other.act("bureau_sign", target, "L01", {}, NOW, paper=PaperEntry("JJ.liaison", "sha256:" + "0" * 64))
    assert "纸质签字只能由白银局督查室录入" in str(entered)


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


def test_a_text_whose_series_the_bureau_no_longer_has_is_neither_numbered_nor_signed_nor_printed() -> None:
    known = {name: each for name, each in USUAL.items() if name != "special"}
    for act_name, by, number in (("reserve_number", "BGS.registry", "R-26"), ("bureau_sign", "L01", "R-25")):
        matter = Matter().until(act_name)
        matter.roster = replace(matter.roster, bureau=replace(matter.roster.bureau, series=known))
        refusal = matter.refused(act_name, by)
        assert (refusal.rule, "没有“special”这个文号系列" in refusal.reason) == (number, True)


def test_a_document_of_a_series_that_its_bureau_has_not_is_not_made(tmp_path: Path) -> None:
    register = created(tmp_path / "register")
    walk(register, "office_review")
    item = register.view().item(ITEM)
    assert item is not None
    (plan,) = planned(item)
    pushed(register, ("bureau.yaml", "demo: true\n", emit(_OwnSeries(True, {n: s for n, s in USUAL.items() if n != "special"})).decode()))
    with pytest.raises(DocumentError, match="机关记录里却没有"):
        plan.make(register.view(), standard())


def test_a_bureau_says_its_series_in_its_record_and_a_wrong_one_is_named() -> None:
    assert parse(emit(OTHER), Bureau, "bureau.yaml") == OTHER
    data = yaml.safe_load(emit(OTHER))
    data["series"]["assist"]["form"] = "telegram"
    problems = check(yaml.safe_dump(data, allow_unicode=True).encode(), "bureau.yaml")
    assert [problem.field for problem in problems] == [("series", "assist", "form")]
    with pytest.raises(Unreadable):
        parse(yaml.safe_dump(data, allow_unicode=True).encode(), Bureau, "bureau.yaml")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"second": replace(FOURTH, kinds=("npc_motion",))}, ("second", "characters")),
        ({"second": replace(FOURTH, characters="二", kinds=("peer_request",))}, ("second", "kinds", 0)),
        ({"second": replace(FOURTH, characters="二", kinds=("npc_motion", "peer"))}, ("second", "kinds", 1)),
        ({"report": replace(FOURTH, characters="二", kinds=())}, ("report", "scope")),
        ({"report": replace(USUAL["report"], form="letter")}, ("report", "form")),
        ({"request": replace(USUAL["request"], signer="bureau_leader")}, ("request", "signer")),
        ({"request": replace(USUAL["request"], to="organ")}, ("request", "to")),
        ({"request": replace(USUAL["request"], kinds=("npc_motion",))}, ("request", "kinds")),
        ({"assist": replace(FOURTH, form="internal_report")}, ("assist", "form")),
        ({"assist": replace(FOURTH, signer="main_leader")}, ("assist", "signer")),
        ({"assist": replace(FOURTH, signer="bureau_lader")}, ("assist", "signer")),
        ({"assist": replace(FOURTH, to="office")}, ("assist", "to")),
    ],
    ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else "",
)
def test_series_that_contradict_themselves_or_each_other_are_told_and_no_register_is_read_with_them(
    changed: Mapping[str, Series], field: tuple[str | int, ...]
) -> None:
    wrong = emit(replace(OTHER, series={**(OTHER.series or {}), **changed}))
    assert [problem.field for problem in check(wrong, "bureau.yaml")] == [("series", *field)]
    with pytest.raises(Unreadable):
        parse(wrong, Bureau, "bureau.yaml")


def test_a_bureau_has_reports_and_requests_and_no_series_takes_the_name_of_another_paper() -> None:
    series = OTHER.series or {}
    lacking = check(emit(replace(OTHER, series={"assist": FOURTH})), "bureau.yaml")
    assert [problem.field for problem in lacking] == [("series", REPORT), ("series", REQUEST)]
    for word in catalogue._TITLES:
        (problem,) = check(emit(replace(OTHER, series={**series, word: replace(FOURTH, characters="二", kinds=())})), "bureau.yaml")
        assert word in problem.reason


def test_a_bureau_that_contradicts_itself_is_not_set_up(tmp_path: Path) -> None:
    told = yaml.safe_load((files("records.demo") / "roster.yaml").read_bytes())
    told["bureau"]["series"] = {**to_data(OTHER)["series"], "second": to_data(replace(FOURTH, kinds=()))}  # type: ignore[dict-item]
    (tmp_path / "roster.yaml").write_bytes(write(told))
    done = CliRunner().invoke(duban, ["init", str(tmp_path / "home"), "--roster", str(tmp_path / "roster.yaml")])
    assert done.exit_code != 0
    assert "与 assist 的代字相同" in done.output
    assert not (tmp_path / "home").exists()


def test_what_comes_with_the_program_is_such_a_record_too() -> None:
    whole = replace(roster().bureau, series=USUAL)
    assert check(emit(whole), "bureau.yaml") == ()
    assert parse(emit(whole), Bureau) == whole
    assert check(emit(OTHER), "bureau.yaml") == ()
    matter = Matter().until("propose")
    assert matter.item is not None
    assert route(matter.item, matter.roster.series) == "special"
