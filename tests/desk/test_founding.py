"""A register set up from tables: the sample is sound as it stands, what is wrong is told at its cell (D-17)."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from desk.founding import read, sample
from desk.tables import Cell, Sheet, letter, read_sheets
from records.register.register import Register
from tests.bureau import at
from tests.guests import guest
from tui.command import duban
from tui.command.caller import Caller
from tui.command.tables import workbook_of
from tui.door.guest import Guest

DAY = "2026-08-31"


def sheets(found: Mapping[str, tuple[tuple[str, ...], ...]]) -> list[Sheet]:
    return [
        Sheet(
            name, tuple(tuple(Cell(text, f"{letter(column)}{n}") for column, text in enumerate(row)) for n, row in enumerate(rows, start=1))
        )
        for name, rows in found.items()
    ]


def changed(sheet: str, old: str, new: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    found = dict(sample())
    assert any(old in row for row in found[sheet])
    found[sheet] = tuple(tuple(new if cell == old else cell for cell in row) for row in found[sheet])
    return found


def test_the_sample_is_a_sound_roster_on_two_pages() -> None:
    found = read(sheets(sample()), DAY)
    assert [str(each) for each in found.problems] == []
    assert sum(len(rows) for rows in sample().values()) < 60
    office = next(unit for unit in found.parts.units if unit and unit.id == "BGS")
    assert {held.role for held in office.appointments} >= {"supervision_office", "registry_clerk", "roster_keeper"}


@pytest.mark.parametrize(
    ("sheet", "old", "new", "where", "words"),
    [
        ("机关", "某公", "", "机关", "缺少机关代字"),
        ("机关", "BGS", "JJ", "", "只能写在督办主管部门"),
        ("单位", "支队", "大大队", "单位!D3", "应为"),
        ("单位", "交", "督", "单位!F3", "不能用"),
        ("任职", "交警支队", "交警大队", "任职!A", "“单位”表里没有"),
        ("任职", "联络员", "联络圆", "任职!F", "没有“联络圆”这个角色"),
        ("任职", "主管副局长", "局领导", "任职!", "主管副局长"),
        ("任职", "jj_d", "jj_c", "任职!E", "一个账号只能是一个人"),
        ("任职", "JJ.d", "jj d", "任职!B", "应为人员编号"),
        ("任职", "2026-01-01", "年初", "任职!G", "不是日期"),
    ],
)
def test_a_faulty_table_sets_up_nothing_and_says_where(sheet: str, old: str, new: str, where: str, words: str) -> None:
    told = [str(each) for each in read(sheets(changed(sheet, old, new)), DAY).problems]
    assert any(words in each and each.startswith(where) for each in told), told


def test_every_fault_of_a_table_is_told_at_once_each_at_its_cell() -> None:
    found = {name: [list(row) for row in rows] for name, rows in sample().items()}
    posts = found["任职"]
    posts[1][2], posts[2][5], posts[3][6], posts[4][0] = "", "联络圆", "年初", "交警大队"
    found["机关"][3][1] = ""
    told = [str(each) for each in read(sheets({name: tuple(map(tuple, rows)) for name, rows in found.items()}), DAY).problems]
    for where in ("任职!C2 姓名", "任职!F3 角色", "任职!G4 任职日期", "任职!A5 单位", "机关!A1"):
        assert any(each.startswith(where) for each in told), (where, told)
    assert len(told) == 5


def test_a_register_is_set_up_from_the_sample_filled_in_and_its_roster_comes_and_goes_as_a_table(tmp_path: Path) -> None:
    def run(*words: str, by: Guest | None = None) -> str:
        found = CliRunner().invoke(duban, list(words), obj=Caller(guest=by) if by else None)
        return found.output + ("" if found.exit_code == 0 else f"[{found.exit_code}] {found.exception!r}")

    home, filled, out = tmp_path / "r", tmp_path / "filled.xlsx", tmp_path / "out.xlsx"
    assert "roster.xlsx" in run("init", str(home))
    assert [sheet.name for sheet in read_sheets((home / "roster.xlsx").read_bytes(), "")] == ["机关", "单位", "任职", "代理"]
    filled.write_bytes(workbook_of(changed("任职", "l01", "l1"), "花名册", at("2026-08-31T09:00")))
    assert "已建立某某市公安局督办登记簿" in run("init", str(home), "--roster", str(filled))
    register = Register(home)
    assert not any(problem for _, problem in register.replay().problems())
    assert "已写出" in run("--register", str(home), "roster", "export", str(out))
    keeper = guest(home, "BGS.b")
    assert "只从入口办理" in run("--register", str(home), "roster", "import", str(out))
    assert "没有要办的" in run("roster", "import", str(out), by=keeper)
    found = {sheet.name: [[cell.text for cell in row] for row in sheet.rows] for sheet in read_sheets(out.read_bytes(), "")}
    found = {name: rows[2:] for name, rows in found.items()}
    place = found["任职"][0].index("姓名")
    for row in found["任职"]:
        row[place] = row[place].replace("郑某", "郑新某")
    out.write_bytes(workbook_of(found, "花名册", at("2026-08-31T09:00")))
    broken = {name: [list(row) for row in rows] for name, rows in found.items()}
    broken["任职"][1][place], broken["任职"][2][0], broken["任职"][3][broken["任职"][0].index("角色")] = "", "无此单位", "无此角色"
    out.write_bytes(workbook_of(broken, "花名册", at("2026-08-31T09:00")))
    told = run("roster", "import", str(out), "--basis", "某公政〔2026〕1号", by=keeper)
    assert "表里有误，一步也没有办" in told
    for where in ("任职!C4 姓名：缺少这一项", "任职!A5 单位：没有“无此单位”这个单位", "任职!F6 角色：没有“无此角色”这个角色"):
        assert where in told
    out.write_bytes(workbook_of(found, "花名册", at("2026-08-31T09:00")))
    assert "“依据”缺少这一项" in run("roster", "import", str(out), by=keeper)
    told = run("roster", "import", str(out), "--basis", "某公政〔2026〕1号", "--dry-run", by=keeper)
    assert "更正人员" in told
    assert "没有记入登记簿" in told
    assert "已办 1 步" in run("roster", "import", str(out), "--basis", "某公政〔2026〕1号", by=keeper)
    assert register.view().roster.people["JJ.d"].name == "郑新某"
    assert not any(problem for _, problem in register.replay().problems())
