"""What forms show, fill in and offer stands in the rows of the table of acts; desk and screens know no act by its name."""

import ast
from pathlib import Path

import pytest

from desk.dates import LAW
from desk.desk import Desk
from desk.forms import Field, as_meant, fields, from_words, in_words
from desk.points import spoken_points
from desk.shown_text import shown
from desk.units import unit_called
from desk.wording import reports
from records.acts import Refusal, form
from records.bureau.foundations import KINDS
from records.matter.plain_data import to_data
from records.procedure.input_places import standing
from records.register.register import Receipt, Register
from schema.tables import acts
from tests.bureau import roster
from tests.tui.playing import NOW, act

_ROOT = Path(__file__).parents[2]
_ROOMS = ("desk", "tui/forms", "tui/frame", "tui/screens", "tui/widgets", "tui/terminal")


@pytest.mark.parametrize("path", [path for room in _ROOMS for path in sorted((_ROOT / room).glob("*.py"))], ids=lambda path: path.name)
def test_no_act_is_named(path: Path) -> None:
    constants = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant))
    keys = {"submit"} if path.name in ("picker.py", "naming.py") else set()  # Textual's own name of an action
    assert [f"{node.lineno}: {node.value}" for node in constants if node.value in acts().keys() - keys] == []


def test_what_stands_in_the_record_is_gone_on_with_and_comes_back_as_it_stands(demo: Register) -> None:
    view, today, seen = demo.view(), NOW.date(), set()
    for excerpt in demo.index.items():
        item = view.item(excerpt.id)
        assert item is not None
        for spec in (each for each in acts().values() if each.target == "item"):
            filled = {field.name: field.default for field in fields(spec, item, view, today)}
            for wanted in (each for each in spec.inputs if each.again):
                schema, stands = form(spec.name).at((wanted.name,)), standing(wanted, to_data(item))
                written_here = item.secrecy.level == "none" or wanted.name in filled  # the texts of a classified matter are on paper
                if stands not in (None, []) and written_here:
                    assert filled[wanted.name] == in_words(schema, stands, view.roster)
                    given = from_words(schema, filled[wanted.name], today, view.roster)
                    assert given == _as_typed(stands), (spec.name, wanted.name)
                    seen.add((spec.name, wanted.name))
    again = {(spec.name, wanted.name) for spec in acts().values() for wanted in spec.inputs if wanted.again and spec.target not in KINDS}
    assert again - seen == {
        ("amend", "need_to_know"),
        ("amend", "suggestion_role"),
        ("draft_report", "attachment_text"),
        ("redraft_document", "attachment_text"),
        ("redraft_document", "override_reason"),
        ("write_roundup", "text"),
    }  # in no item of the demo


@pytest.mark.parametrize(
    ("act_name", "name", "typed", "meant"),
    [
        ("stand_in", "role", "主要领导", "main_leader"),
        ("appoint", "role", "联络员", "liaison"),
        ("stand_in", "on_behalf_of", "顾拟宁", "L03"),
        ("stand_in", "on_behalf_of", "无此人", "无此人"),
        ("register", "urgency", "特急", "extra_urgent"),
        ("register", "urgency", "extra_urgent", "extra_urgent"),
        ("register", "category", "4", "4"),
        ("dissolve_unit", "successor", "交警支队", "JJ"),
    ],
)
def test_values_people_and_units_may_be_typed_as_people_call_them(act_name: str, name: str, typed: str, meant: object) -> None:
    assert from_words(form(act_name).at((name,)), typed, NOW.date(), roster()) == meant


def test_a_row_of_several_columns_is_written_and_read_by_the_names_of_its_values() -> None:
    schema = form("draft_policy").at(("reminders",))
    step = {"days_left": "-3", "level": "yellow_card", "means": "written", "text": "请说明原因。"}
    line = in_words(schema, [step], roster())
    assert line == "-3｜黄牌｜书面催办通知｜请说明原因。"
    assert from_words(schema, line, NOW.date(), roster()) == [step]


def _as_typed(value: object) -> object:
    """What stands in a record with its numbers as text; the act itself reads them."""
    if isinstance(value, list):
        return [_as_typed(each) for each in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_an_act_that_signs_a_text_shows_that_text(demo: Register) -> None:
    view = demo.view()
    items = [item for excerpt in demo.index.items() if (item := view.item(excerpt.id)) and item.report]
    for spec in (each for each in acts().values() if each.target == "item" and each.signs):
        for item in items:
            text = shown(spec, item, view.roster)
            assert text is not None
            assert item.report is not None
            assert text.hash == (item.report.hash if spec.signs.startswith("report.") else item.text_to_sign)
    act(demo, "draft_roundup", "2026-10", "BGS.clerk1")
    roundup = demo.view().roundup("2026-10")
    assert roundup is not None
    found = shown(acts()["approve_roundup"], roundup, view.roster)
    assert found is not None
    assert found.hash == roundup.hash


@pytest.mark.parametrize(
    ("line", "unit", "text"),
    [
        ("QLH:开展专项整治", "QLH", "开展专项整治"),
        ("ｑｌｈ：开展专项整治", "QLH", "开展专项整治"),
        ("七里河分局：开展专项整治", "QLH", "开展专项整治"),
        ("兰州市公安局七里河分局：开展专项整治", "QLH", "开展专项整治"),
        ("七里河：开展专项整治", "QLH", "开展专项整治"),
        ("交警：疏导交通", "JJ", "疏导交通"),
        ("警保处：拨付经费", "JB", "拨付经费"),
        ("食药环侦支队：核查", "SYH", "核查"),
        ("榆中县局 ： 核查", "YZ", "核查"),
        ("指挥中心：通报", "QZ", "通报"),
        ("市局办公室：汇总", "BGS", "汇总"),
        # Ordinary colons are the lead's, whatever stands before them.
        ("时间：12月18日前", None, None),
        ("要求：三日内办结", None, None),
        ("全部：清零", None, None),
        ("9:30前到场", None, None),
        ("查处12处：逐一核实", None, None),
        ("七里河分局", None, None),
        ("七里河分局：", None, None),
        ("安全：每月检查", None, None),
        # What looks like a unit and is none, or could be several, is put before the person.
        ("西固所：核查", "西固所", "核查"),
        ("刑侦支队：核查", "刑侦支队", "核查"),
        ("各分局：核查", "各分局", "核查"),
        ("XXQ：核查", "XXQ", "核查"),
    ],
)
def test_a_requirement_is_given_to_the_unit_before_its_colon(line: str, unit: str | None, text: str | None) -> None:
    found = from_words(form("propose").at(("points",)), line, NOW.date(), roster())
    assert found == [{"text": text, "unit": unit} if unit else {"text": line}]


def test_days_are_written_out_as_they_were_meant_when_they_were_typed_and_nothing_else_is() -> None:
    field, typed = Field("points", "办理要求", "points"), "核查线索｜明天；西固所：排查 | 下周五\n移交｜线索\n报送|9-7\n明天"
    assert as_meant(field, typed, NOW.date(), LAW) == "核查线索｜2026-11-24；西固所：排查 |2026-12-04\n移交｜线索\n报送|2026-09-07\n明天"
    assert as_meant(Field("text", "意见", "prose"), "明天", NOW.date(), LAW) == "明天"


def test_every_unit_is_known_by_its_code_its_names_and_its_name_without_its_kind() -> None:
    bureau = roster()
    for unit in bureau.units.values():
        for name in (unit.id, unit.id.lower(), unit.name, unit.full_name, unit.name.removesuffix("分局")):
            assert unit_called(name, bureau) == unit.id


def test_an_unknown_unit_before_a_colon_is_asked_about_and_not_given_to_the_lead(demo: Register) -> None:
    act(demo, "read", "DB-2026-0206", "L03", decision="change", text="请改由刑警主办。")
    desk = Desk(demo, demo.view().roster.people["BGS.clerk1"], lambda: NOW)
    words = {
        "lead": "刑警支队",
        "points": "核查线索\n西固所：开展排查\n七里河：移交线索",
        "due": "12-18",
        "feedback_cycle": "none",
        "text": "拟办。",
    }
    refusal = desk.do("propose", "DB-2026-0206", desk.inputs("propose", words))
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith("“办理要求”第2项冒号前的“西固所”是哪个单位？")
    assert [problem.field[0] for problem in refusal.problems] == ["points"]
    words = {**words, "points": words["points"].replace("西固所：", "西固所，"), "assisting": "七里河、西固"}
    done = desk.do("propose", "DB-2026-0206", desk.inputs("propose", words))
    assert isinstance(done, Receipt), str(done)
    assert done.outcome.item is not None
    assert [point.unit for point in done.outcome.item.points] == [None, None, "QLH"]
    assert done.outcome.item.lead == "XJ"
    assert [part.unit for part in done.outcome.item.assisting] == ["QLH", "XG"]
    assert spoken_points(words["points"], desk.view.roster, NOW.date()) == "第1、2项归主办单位；第3项归七里河分局"


def test_the_form_of_a_returned_report_has_a_line_for_each_reason(demo: Register) -> None:
    desk = Desk(demo, demo.view().roster.people["QLH.liaison"], lambda: NOW)
    item = demo.view().item("DB-2026-0194")  # returned for the second time

    def line() -> str:
        return next((field.default for field in desk.form("draft_report", demo.view().item("DB-2026-0194")) if field.kind == "answers"), "")

    assert item is not None
    assert item.report is not None
    assert item.report.round.returned is not None
    assert [field.name for field in desk.form("draft_report", demo.view().item("DB-2026-0188")) if field.kind == "answers"] == []
    assert line() == "R3 措施笼统、无责任人和时限：\nR4 缺协办意见："
    words = {"title": item.report.title, "body": "改写的报告。", "answers": line().replace("时限：", "时限：已补写责任所队。")}
    done = desk.do("draft_report", "DB-2026-0194", desk.inputs("draft_report", words))
    assert isinstance(done, Receipt), str(done)
    assert line() == "R3 措施笼统、无责任人和时限：已补写责任所队。\nR4 缺协办意见："
    now = demo.view().item("DB-2026-0194") or item
    found = [told for name, told in reports(now, desk.view.roster, desk.view.calendar) if name == "第3轮"]
    assert "答复 R3 措施笼统、无责任人和时限：已补写责任所队。\n答复 R4 缺协办意见：（未答复）" in found[0]


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("R1：已补写", [("R1", "已补写")]),
        ("r10 敏感信息未处理：已脱敏\nＲ２ 补了数字", [("R10", "已脱敏"), ("R2", "补了数字")]),
        ("R1 未逐条回应批示要求：\nR2 缺少事实和数据：见第二节，\n表一", [("R2", "见第二节，表一")]),
        ("R3 措施笼统、无责任人和时限", []),
        ("已补写", [("已补写", "已补写")]),
    ],
)
def test_an_answer_is_to_the_reason_before_its_colon(typed: str, understood: list[tuple[str, str]]) -> None:
    schema = form("draft_report").at(("answers",))
    found = from_words(schema, typed, NOW.date(), roster())
    assert found == [{"reason": reason, "text": text} for reason, text in understood]
    if understood and understood[0][0].startswith("R"):
        assert from_words(schema, in_words(schema, found, roster()), NOW.date(), roster()) == found


def test_whoever_ends_an_office_is_offered_those_who_hold_one_with_what_they_hold(demo: Register) -> None:
    """免职 offered those who had been relieved already, and did not say who holds what (a year lived through)."""

    def offered() -> dict[str, dict[str, str]]:
        desk = Desk(demo, demo.view().roster.people["BGS.section_chief"], lambda: NOW)
        return {field.name: dict(field.choices) for field in desk.form("relieve", desk.foundation("unit", "JJ"))}

    before = offered()
    held = {each.person for each in demo.view().roster.units["JJ"].appointments}
    assert before["person"].keys() == held
    assert "任联络员" in before["person"]["JJ.liaison"]
    act(
        demo,
        "relieve",
        "JJ",
        "BGS.section_chief",
        role="liaison",
        person="JJ.liaison",
        day=NOW.date().isoformat(),
        basis="某公任〔2026〕1号",
    )
    assert before["person"].keys() - offered()["person"].keys() == {"JJ.liaison"}
