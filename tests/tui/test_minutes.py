"""``duban import minutes``: what a meeting decided becomes items, an entry each, all of them or none (1-2)."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from desk.desk import Desk
from records.matter.item import Item
from records.register.register import Receipt, Register
from tests.bureau import NOW, at, roster
from tests.tui.test_intake import sound_history
from tui.command import duban

TODAY = at("2026-11-28T10:00")
MEETING = "2026年第18次局长办公会"
HEADS = ("序号", "议定事项", "牵头单位", "配合单位", "完成时限")
ROWS = (
    ("一", "推进农村道路交通安全整治。\n1.排查临水临崖路段。\n2.每两周报一次进度。", "交通警察支队", "城关分局、XJ", "2026年12月31日"),
    (2, "清理执法执勤车辆定位和派车登记；逐车说明", "警务保障处", None, 46386),
    ("第3条（1）", "研究出租屋管理办法", None, None, None),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tui.command.environment.now", lambda: TODAY)
    told = roster()
    Register.create(tmp_path / "register", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=1))
    return tmp_path


def table(home: Path, *rows: Sequence[object]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ((f"{MEETING}议定事项分解表",), HEADS, *rows):
        sheet.append(list(row))
    sheet.merge_cells("A1:E1")
    book.save(home / "议定事项.xlsx")
    return home / "议定事项.xlsx"


def run(home: Path, *argv: str, person: str = "BGS.clerk1") -> Result:
    return CliRunner().invoke(duban, ["--register", str(home / "register"), *argv, "--as", person])


def take(home: Path, file: Path, *more: str) -> Result:
    return run(home, "import", "minutes", str(file), "--date", "2026.11.20", *more)


def registered(home: Path, number: int) -> Item:
    found = Register(home / "register").view().item(f"DB-2026-000{number}")
    assert found is not None
    return found


def test_each_decision_of_a_meeting_is_an_item_with_its_entry_and_what_was_decided(home: Path) -> None:
    file, scan = table(home, *ROWS), home / "纪要.pdf"
    scan.write_bytes(b"%PDF-1.4\nstartxref\n%%EOF")
    more = ("--ref", "兰公局纪〔2026〕18号", "--received", "2026-11-23", "--scan", str(scan))
    tried = take(home, file, *more, "--dry-run")
    assert "共 3 条：可以登记 3 件。" in tried.output, tried.output
    assert (sound_history(home), (home / "register/attachments").exists()) == (0, False)
    done = take(home, file, *more)
    assert "DB-2026-0003  第3条（1）  研究出租屋管理办法\n共 3 条：已登记 3 件。" in done.output, done.output
    assert "请留意：C5 没有写主办单位、办结时限，拟办时再定" in done.output
    found = [registered(home, n) for n in (1, 2, 3)]
    assert [(item.meeting.number, item.meeting.clause) for item in found if item.meeting] == [
        (MEETING, "第1条"),
        (MEETING, "第2条"),
        (MEETING, "第3条（1）"),
    ]
    assert {(item.state, item.category, item.source.kind, item.source.ref, item.source.received) for item in found} == {
        ("registered", 2, "director_meeting", "兰公局纪〔2026〕18号", "2026-11-23")
    }
    assert {(each.by, each.at) for item in found for each in item.instructions} == {("局长办公会", "2026-11-20")}
    assert [item.title for item in found] == ["推进农村道路交通安全整治", "清理执法执勤车辆定位和派车登记", "研究出租屋管理办法"]
    assert [[(part.unit, part.role) for part in item.units] for item in found] == [
        [("JJ", "lead"), ("CG", "assisting"), ("XJ", "assisting")],
        [("JB", "lead")],
        [],
    ]
    assert [item.due for item in found] == ["2026-12-31", "2026-12-30", None]
    digest = hashlib.sha256(scan.read_bytes()).hexdigest()
    assert (home / "register/attachments" / digest[:2] / digest).read_bytes() == scan.read_bytes()
    assert all(str(item.source.original).startswith(f"sha256:{digest}") for item in found)
    assert sound_history(home) == 3


def test_where_one_entry_cannot_be_registered_none_is_and_every_reason_stands_at_its_cell(home: Path) -> None:
    rows = (
        ROWS[0],
        (1, "又一项", "某支队", None, "2026.12.31"),
        (3, None, "交通警察支队", "交通警察支队", "近期"),
        (4, "逾期的", "交通警察支队", None, "2026.10.9"),
        (5, "放假的", "交通警察支队", None, "2026.12.6"),
        (None, "没有条目", "交通警察支队", None, None),
        (7, "无人主办", None, "城关分局", None),
    )
    done = take(home, table(home, *rows))
    assert done.exit_code == 1
    said = (
        "A4 纪要条目：与第3行条目相同",
        "C4 主办单位：花名册里没有“某支队”",
        "B5 议定事项：没有写议定的内容",
        "E5 办结时限：“近期”不是日期",
        "E6 办结时限 2026-10-09 早于今天",
        "E7 办结时限 2026-12-06 是周日",
        "A8 纪要条目：没有写纪要条目",
        "C9 写了协办单位，没有写主办单位",
    )
    book = load_workbook(home / "议定事项-未导入.xlsx").worksheets[0]
    told = "\n".join(str(cell.value) for row in book for cell in row)
    for words in said:
        assert words in done.output
        assert words in told
    assert "共 7 条：6 条不能登记，全部没有登记" in done.output
    assert sound_history(home) == 0
    # The list holds the whole table, so that mended it comes in by itself: what was said of every row stands in it.
    file = home / "议定事项-未导入.xlsx"
    workbook = load_workbook(file)
    sheet = workbook.worksheets[0]
    heads = {str(cell.value): cell.column_letter for cell in sheet[3]}
    mended = {5: ("纪要条目", 2), 6: ("议定事项", "第三项"), 9: ("纪要条目", 6), 10: ("协办单位", None)}
    for row, (head, value) in mended.items():
        sheet[f"{heads[head]}{row}"] = value
    sheet[f"{heads['主办单位']}5"] = "交通警察支队"
    sheet[f"{heads['协办单位']}6"] = None
    for row in (6, 7, 8):
        sheet[f"{heads['办结时限']}{row}"] = None
    workbook.save(file)
    again = run(home, "import", "minutes", str(file))
    assert "共 7 条：已登记 7 件。" in again.output, again.output
    assert [decided.clause for n in range(1, 8) if (decided := registered(home, n).meeting)] == [f"第{n}条" for n in range(1, 8)]


def test_minutes_that_are_given_again_are_refused_entry_by_entry_also_once_a_matter_is_over(home: Path) -> None:
    file = table(home, *ROWS)
    assert take(home, file).exit_code == 0
    desk = Desk(Register(home / "register"), roster().people["L03"], lambda: TODAY)
    merged = desk.do("merge", "DB-2026-0002", {"merged_into": "DB-2026-0001", "reason": "同一事项。"})
    assert isinstance(merged, Receipt), str(merged)
    again = take(home, file)
    assert again.exit_code == 1
    for n, state in enumerate(("已登记", "已并案", "已登记"), start=1):
        assert f"A{n + 2} 纪要条目：已经立项，事项编号 DB-2026-000{n}（{state}），不再立项" in again.output
    assert sound_history(home) == 4
    # A registration that was a mistake stands in nobody's way.
    clerk = Desk(Register(home / "register"), roster().people["BGS.clerk1"], lambda: TODAY)
    undone = clerk.do("take_back", "DB-2026-0003", {"reason": "登记有误。"})
    assert isinstance(undone, Receipt), str(undone)
    third = take(home, table(home, ROWS[2]))
    assert "DB-2026-0004  第3条（1）" in third.output, third.output


def test_what_the_meeting_decided_is_proposed_without_being_typed_again(home: Path) -> None:
    assert take(home, table(home, *ROWS)).exit_code == 0
    desk = Desk(Register(home / "register"), roster().people["BGS.clerk1"], lambda: TODAY)
    filled = {field.name: field.default for field in desk.form("propose", registered(home, 1))}
    assert {name: filled[name] for name in ("lead", "assisting", "points", "due")} == {
        "lead": "JJ",
        "assisting": "CG、XJ",
        "points": "推进农村道路交通安全整治。\n1.排查临水临崖路段。\n2.每两周报一次进度。",
        "due": "2026-12-31",
    }
    done = desk.do("propose", "DB-2026-0001", desk.inputs("propose", {**filled, "text": "拟按会议议定办理。"}))
    assert isinstance(done, Receipt), str(done)
    assert done.outcome.item is not None
    assert done.outcome.item.state == "proposed"


def test_what_a_meeting_decided_is_listed_and_found_by_the_meeting(home: Path) -> None:
    take(home, table(home, *ROWS))
    assert take(home, table(home, ROWS[1]), "--meeting", "2026年第8次局长办公会").exit_code == 0
    listed = run(home, "ls", "--meeting", "第18次局长办公会").output.splitlines()
    assert [line.split()[:3] for line in listed] == [
        [f"DB-2026-000{n}", MEETING, clause] for n, clause in ((1, "第1条"), (2, "第2条"), (3, "第3条（1）"))
    ]
    assert [line[:12] for line in run(home, "ls", "--search", "第8次").output.splitlines()] == ["DB-2026-0004"]
    assert "没有符合条件的事项" in run(home, "ls", "--meeting", "%").output


def test_only_those_who_register_import_minutes_and_the_meeting_and_its_day_are_said(home: Path) -> None:
    file = table(home, ROWS[1])
    assert "不属于" in run(home, "import", "minutes", str(file), person="JJ.liaison").output
    (home / "表.csv").write_text("序号,议定事项,完成时限\n1,清理,2026-12-30", encoding="utf-8")
    told = run(home, "import", "minutes", str(home / "表.csv")).output
    assert "第2行 会议次数：没有写是哪次会议，请用 --meeting 写明" in told
    assert "第2行 会议日期：没有写会议日期，请用 --date 写明" in told
    bad = home / "纪要.pdf"
    bad.write_bytes(b"text")
    assert "不予办理 扫描件的内容不是" in take(home, file, "--scan", str(bad)).output
    assert sound_history(home) == 0
