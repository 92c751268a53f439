"""The roster as a table: what stands is written, what was changed comes back as acts, what is wrong is told at its cell (D-17)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desk.roster_table import rows_of, written
from desk.tables import Cell, Sheet, letter
from records.acts.roster_changes import Step, rehearsed, steps
from records.bureau.roster import Roster, StandIn
from records.register.register import Register
from tests.bureau import at, roster

DAY, BASIS = date(2026, 8, 31), "兰公政任〔2026〕12号"
Tables = dict[str, list[list[str]]]


def tables() -> Tables:
    return {name: [list(row) for row in rows] for name, rows in written(roster(), DAY).items()}


def sheets(found: Mapping[str, Sequence[Sequence[str]]]) -> list[Sheet]:
    cells = {
        name: tuple(tuple(Cell(text, f"{letter(column)}{n}") for column, text in enumerate(row)) for n, row in enumerate(rows, start=1))
        for name, rows in found.items()
    }
    return [Sheet(name, rows) for name, rows in cells.items()]


def asked(found: Tables) -> tuple[Step, ...]:
    rows, wrong = rows_of(sheets(found))
    assert not wrong
    told, wrong = steps(rows, roster(), DAY, BASIS)
    assert not wrong, wrong
    return told


def rows_with(found: Tables, sheet: str, **wanted: str) -> list[list[str]]:
    head = found[sheet][0]
    return [row for row in found[sheet][1:] if all(row[head.index(name)] == value for name, value in wanted.items())]


def put(found: Tables, sheet: str, row: list[str], **values: str) -> None:
    for name, value in values.items():
        row[found[sheet][0].index(name)] = value


def post(found: Tables, **values: str) -> None:
    found["任职"].append([values.get(name, "") for name in found["任职"][0]])


def test_what_stands_asks_for_nothing() -> None:
    assert asked(tables()) == ()


def test_a_change_of_leadership_is_one_table(tmp_path: Path) -> None:
    """Ten people move, one is new, one goes, two units change leaders: every step is lawful on those before it, and replays."""
    found = tables()
    for leader, other in (("JJ", "ZA"), ("ZA", "XJ"), ("XJ", "JJ")):  # three main leaders go round
        (row,) = rows_with(found, "任职", 人员编号=f"{leader}.main_leader")
        put(found, "任职", row, 单位=roster().unit_name(other), 职务="支队长", 任职日期="2026-08-31")
    (gone,) = rows_with(found, "任职", 人员编号="QLH.liaison")
    put(found, "任职", gone, 角色="", 任职日期="")
    post(found, 单位="七里河分局", 人员编号="QLH.new", 姓名="新拟来", 职务="民警", 登录名="qlh_new", 角色="联络员", 任职日期="2026-08-31")
    (unit,) = rows_with(found, "单位", 单位代码="JJ")
    put(found, "单位", unit, 分管局领导="L05", 收发部门="综合科")
    told = asked(found)
    assert sorted({step.act for step in told}) == ["appoint", "correct_unit", "enrol", "move_person", "relieve", "set_portfolio"]
    register = Register.create(tmp_path, roster().bureau, roster().leaders, tuple(roster().units.values()), at("2026-08-28T08:00"))
    now = at("2026-08-31T09:00")
    done, wrong = rehearsed(register.view().world(), told, "BGS.section_chief", now)
    assert not wrong, [str(each) for each in wrong]
    assert len(done) == len(told)
    for step in told:
        register.act(step.act, step.target, "BGS.section_chief", step.inputs, now)
    after = register.view().roster
    assert [held(after, unit, "main_leader") for unit in ("JJ", "ZA", "XJ")] == [["XJ.main_leader"], ["JJ.main_leader"], ["ZA.main_leader"]]
    assert "QLH.new" in held(after, "QLH", "liaison")
    assert "QLH.liaison" not in held(after, "QLH", "liaison")
    assert after.portfolio_leader("JJ", DAY) == "L05"
    assert not any(problem for _, problem in register.replay().problems())
    rows, _ = rows_of(sheets(written(after, DAY)))
    assert steps(rows, after, DAY, BASIS) == ((), ())


def held(found: Roster, unit: str, role: str) -> list[str]:
    return [each.id for each in found.holders(role, unit, DAY)]


def test_a_new_unit_comes_with_its_people_and_a_name_that_changed_is_a_renaming() -> None:
    found = tables()
    found["单位"].append(["WLAQ", "网安支队", "兰州市公安局网安支队", "支队", "办公室", "络", "L06"])
    post(found, 单位="网安支队", 人员编号="WLAQ.liaison", 姓名="络拟员", 职务="民警", 角色="联络员")
    (unit,) = rows_with(found, "单位", 单位代码="JJ")
    put(found, "单位", unit, 名称="交管支队")
    for row in rows_with(found, "任职", 单位="交通警察支队"):
        put(found, "任职", row, 单位="JJ")
    assert [(step.act, step.target) for step in asked(found)] == [
        ("rename_unit", "JJ"),
        ("found_unit", "WLAQ"),
        ("enrol", "WLAQ"),
        ("appoint", "WLAQ"),
        ("set_portfolio", "leaders"),
    ]


def test_headings_may_stand_lower_and_be_called_otherwise_and_days_be_written_in_any_way() -> None:
    found = tables()
    head = [{"任职日期": "任职时间", "单位": "部门", "职务": "职务名称"}.get(each, each) for each in found["任职"][0]]
    body = [[cell.replace("2026-01-01", "2026.1.1") for cell in row] for row in found["任职"][1:]]
    assert asked({"花名册": [["兰州市公安局任职情况表"], [], head, *body]}) == ()


def test_names_may_be_spread_codes_be_wide_headings_have_brackets_and_remarks_stand_below() -> None:
    found = tables()
    heads = {"姓名": "姓　名", "登录名": "登录名（账号）"}
    head = [heads.get(each, each) for each in found["任职"][0]]
    (name, code, login), rows = (found["任职"][0].index(each) for each in ("姓名", "人员编号", "登录名")), found["任职"][1:]
    for row in rows:
        row[name] = "　".join(row[name]) if len(row[name]) == 2 else f"{row[name][0]} {row[name][1:]}"
        row[code] = row[code].replace("L0", "Ｌ０")
    (other,) = (row for row in rows if row[code] == "ZA.liaison")
    other[login] = "ｚａ＿ｎｅｗ"
    foot = [["填表说明：一个职务一行。"] * len(head), ["填表人：谭拟慎", "", "审核人：孔拟恒"], ["合 计", "", "30人"]]
    (step,) = asked({"任职": [["任职情况表"] * len(head), head, *rows, [], *foot]})
    assert (step.act, step.inputs["login"]) == ("correct_person", "za_new")


def test_what_is_wrong_is_named_by_what_stands_over_its_column() -> None:
    found = tables()
    found["任职"][0][6] = "任职时间"
    put(found, "任职", found["任职"][1], 任职时间="去年", 姓名="")
    _, wrong = rows_of(sheets(found))
    assert [str(each) for each in wrong] == ["任职!C2 姓名：缺少这一项，必须填写", "任职!G2 任职时间：“去年”不是日期"]


STAND_IN = {"单位": "JJ", "角色": "主要领导", "代理人": "JJ.supervising_leader", "被代理人": "JJ.main_leader"}


def test_a_stand_in_is_asked_for_once_in_a_unit_and_among_the_leaders() -> None:
    found = tables()
    head = found["代理"][0]
    for row in (STAND_IN, {"单位": "局领导", "角色": "局领导", "代理人": "L05", "被代理人": "L06"}):
        told = {**row, "起": "2026-09-01", "止": "2026-09-30"}
        found["代理"].append([told.get(name, "") for name in head])
    assert [(step.act, step.target, step.inputs["person"]) for step in asked(found)] == [
        ("stand_in", "JJ", "JJ.supervising_leader"),
        ("stand_in", "leaders", "L05"),
    ]
    known = roster()
    there = StandIn("main_leader", "JJ.supervising_leader", "JJ.main_leader", "2026-09-01", "2026-09-30", BASIS)
    units = {**known.units, "JJ": replace(known.units["JJ"], stand_ins=(there,))}
    (step,), _ = steps(rows_of(sheets(found))[0], replace(known, units=units), DAY, BASIS)
    assert step.target == "leaders"
    put(found, "代理", found["代理"][-1], 单位="无此单位")
    rows, _ = rows_of(sheets(found))
    assert [step.target for step in steps(rows, known, DAY, BASIS)[0]] == ["JJ"]


def test_an_office_in_another_unit_beside_ones_own_is_no_move_whichever_row_comes_first() -> None:
    found = tables()
    own = rows_with(found, "任职", 人员编号="JJ.liaison")[0]
    more = [*own]
    put(found, "任职", more, 单位=roster().unit_name("ZA"))
    found["任职"].insert(1, more)
    assert [(step.act, step.target) for step in asked(found)] == [("appoint", "ZA")]


def test_a_row_of_no_unit_or_no_role_that_there_is_asks_for_nothing() -> None:
    for name, value in (("单位", "无此单位"), ("角色", "无此角色")):
        found = tables()
        put(found, "任职", rows_with(found, "任职", 人员编号="JJ.liaison")[0], **{name: value})
        rows, _ = rows_of(sheets(found))
        told, wrong = steps(rows, roster(), DAY, BASIS)
        assert {step.act for step in told} <= {"relieve"}
        assert len(wrong) == 1


def test_an_office_is_held_through_its_last_day_and_its_end_is_told_where_its_unit_stands() -> None:
    known = roster()
    last = tuple(replace(each, until=DAY.isoformat()) if each.role == "liaison" else each for each in known.units["JJ"].appointments)
    ending = replace(known, units={**known.units, "JJ": replace(known.units["JJ"], appointments=last)})
    rows, _ = rows_of(sheets(tables()))
    assert steps(rows, ending, DAY, BASIS) == ((), ())
    found = tables()
    found["任职"].remove(rows_with(found, "任职", 人员编号="ZA.liaison")[0])
    (step,) = asked(found)
    assert (step.act, step.target) == ("relieve", "ZA")
    assert step.row.text("id").startswith("ZA.")


def test_a_leader_and_a_stand_in_may_be_written_by_name_where_one_alone_bears_it() -> None:
    found = tables()
    (unit,) = rows_with(found, "单位", 单位代码="JJ")
    people = roster().people
    put(found, "单位", unit, 分管局领导=people["L05"].name)
    told = {**STAND_IN, "代理人": people["JJ.supervising_leader"].name, "被代理人": people["JJ.main_leader"].name}
    found["代理"].append([{**told, "起": "2026-09-01", "止": "2026-09-30"}.get(name, "") for name in found["代理"][0]])
    asks = [(step.act, step.inputs.get("leader"), step.inputs.get("person"), step.inputs.get("on_behalf_of")) for step in asked(found)]
    assert asks == [("set_portfolio", "L05", None, None), ("stand_in", None, "JJ.supervising_leader", "JJ.main_leader")]
    post(found, 单位="JJ", 人员编号="JJ.same", 姓名=people["L05"].name, 职务="民警")
    assert [step.inputs["leader"] for step in asked(found) if step.act == "set_portfolio"] == [people["L05"].name], "two bear it"


FAULTS: tuple[tuple[str, Mapping[str, str], Mapping[str, str], str, str], ...] = (
    ("任职", {"人员编号": "JJ.liaison"}, {"单位": "交通支对"}, "任职!A", "没有“交通支对”这个单位"),
    ("任职", {"人员编号": "JJ.liaison"}, {"角色": "联络圆"}, "任职!F", "没有“联络圆”这个角色"),
    ("任职", {"人员编号": "JJ.liaison"}, {"人员编号": ""}, "任职!B", "缺少这一项"),
    ("任职", {"人员编号": "JJ.liaison"}, {"姓名": ""}, "任职!C", "缺少这一项，"),
    ("任职", {"人员编号": "JJ.liaison"}, {"任职日期": "去年"}, "任职!G", "“去年”不是日期"),
    ("任职", {"人员编号": "JJ.liaison"}, {"人员编号": "JJ 新人"}, "任职!B", "应为人员编号"),
    ("任职", {"人员编号": "JJ.liaison"}, {"登录名": "za_liaison"}, "任职!", "一个账号只能是一个人"),
    ("任职", {"人员编号": "JJ.liaison"}, {"角色": "主要领导"}, "任职!", "同一天只能有一人"),
    ("任职", {"人员编号": "JJ.liaison"}, {"角色": "机要文书"}, "任职!", "只能写在督办主管部门"),
    ("单位", {"单位代码": "JJ"}, {"代字": "治"}, "单位!", "一个代字只能归一个单位"),
    ("单位", {"单位代码": "JJ"}, {"分管局领导": "L99"}, "单位!", "花名册里没有 L99"),
    ("单位", {"单位代码": "JJ"}, {"单位代码": "JJX", "类别": ""}, "单位!D", "新的单位应写明"),
)


@pytest.mark.parametrize(("sheet", "where", "values", "cell", "words"), FAULTS, ids=[fault[4] for fault in FAULTS])
def test_a_faulty_table_is_refused_whole_with_the_reason_at_its_cell(
    sheet: str, where: Mapping[str, str], values: Mapping[str, str], cell: str, words: str, tmp_path: Path
) -> None:
    found = tables()
    row = rows_with(found, sheet, **where)[0]
    put(found, sheet, row, **values)
    number = found[sheet].index(row) + 1
    rows, wrong = rows_of(sheets(found))
    if not wrong:
        told, wrong = steps(rows, roster(), DAY, BASIS)
        if not wrong:
            register = Register.create(tmp_path, roster().bureau, roster().leaders, tuple(roster().units.values()), at("2026-08-28T08:00"))
            _, wrong = rehearsed(register.view().world(), told, "BGS.section_chief", at("2026-08-31T09:00"))
    assert any(each.file.startswith(cell) and each.file.endswith(str(number)) and words in each.reason for each in wrong), [
        str(each) for each in wrong
    ]
