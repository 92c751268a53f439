"""``duban import ledger``: the workbook of an office as WPS keeps it, faulty tables, and a run that was cut off."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from records.register.register import Register
from tests.bureau import NOW, at, roster
from tui.command import duban

HEADS = ("编号", "督办事项", "批示领导", "批示日期", "批示内容", "主办单位", "协办单位", "收文日期", "办结时限", "办理情况", "办结日期")
SOUND = ("1", "校园周边整治", "省领导", "2026.3.5", "请查实。", "交通警察支队", "城关分局", "2026.3.6", "2027.3.5", "办理中", "")
# What is written in which column instead, and what is said at which cell.
FAULTS: Sequence[tuple[dict[str, str], Sequence[str]]] = (
    ({"主办单位": "某支队"}, ["F2 主办单位：花名册里没有“某支队”"]),
    ({"主办单位": ""}, ["F2 主办单位：缺少这一项"]),
    ({"主办单位": "交通警察支队、城关分局"}, ["F2 主办单位：只能有一个主办单位"]),
    ({"协办单位": "交通警察支队"}, ["G2 主办单位不能同时是协办单位"]),
    ({"收文日期": "3月6日", "办结时限": "近期"}, ["H2 收到日期：“3月6日”没有写年份", "I2 办结时限：“近期”不是日期"]),
    ({"收文日期": "2046.3.6"}, ["H2 收到日期 2046-03-06 晚于今天"]),
    ({"办结时限": ""}, ["I2 在办的事项没有写办结时限"]),
    ({"办结时限": "2026.12.6"}, ["I2 办结时限 2026-12-06 是周日"]),
    ({"办理情况": "已办结"}, ["K2 结转时已办结的，没有写原办结日期"]),
    ({"督办事项": "长" * 101, "批示内容": "", "办结日期": "2026.3.4"}, ["B2 事项名称：", "K2 原办结日期 2026-03-04 早于收到日期"]),
)


TODAY = at("2026-11-28T10:00")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tui.command.environment.now", lambda: TODAY)
    told = roster()
    Register.create(tmp_path / "register", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=1))
    return tmp_path


def take(home: Path, file: Path, *more: str, person: str = "BGS.clerk1") -> Result:
    told = ["--register", str(home / "register"), "import", "ledger", str(file), "--as", person, "--set", "category=4", *more]
    return CliRunner().invoke(duban, told)


def written(home: Path, *rows: Sequence[str], name: str = "台账.csv") -> Path:
    text = "\n".join(",".join(row) for row in (HEADS, *rows))
    (home / name).write_bytes(text.encode("gb18030"))
    return home / name


def wps(home: Path, *rows: Sequence[object]) -> Path:
    """A workbook as offices keep it: another sheet, title, headings over two rows, merged cells, empty rows, a sum and a remark behind."""
    book = Workbook()
    book.create_sheet("说明").append(["填表说明", "编号按年"])
    sheet = book.active
    assert sheet is not None
    sheet.title = "2026年"
    sheet.append(["兰州市公安局2026年督办台账"])
    sheet.append(["编号", "督办事项", "批示", None, None, "主办单位", "协办单位", "收文日期", "办结时限", "办理情况", "办结日期"])
    sheet.append([None, None, "领导", "时间", "内容"])
    for row in (*rows, [None] * 11, ["", " "], ["合计", f"{len(rows)}件"], ["备注：3月5日为省领导批示日期。"]):
        sheet.append(list(row))
    sheet.merge_cells(f"A{sheet.max_row}:K{sheet.max_row}")
    for area in ("A1:K1", "C2:E2", *(f"{column}2:{column}3" for column in "ABFGHIJK")):
        sheet.merge_cells(area)
    book.save(home / "台账.xlsx")
    return home / "台账.xlsx"


def book_of(home: Path) -> Path:
    return home / "台账-未导入.xlsx"


def sound_history(home: Path) -> int:
    found = list(Register(home / "register").replay().problems())
    assert [str(problem) for _, problem in found if problem] == []
    return len(found) - 1


@pytest.mark.parametrize(("wrong", "said"), FAULTS, ids=[said[0] for _, said in FAULTS])
def test_a_faulty_table_is_refused_with_every_reason_at_its_cell(home: Path, wrong: dict[str, str], said: Sequence[str]) -> None:
    file = written(home, [wrong.get(head, value) for head, value in zip(HEADS, SOUND, strict=True)])
    done = take(home, file)
    assert done.exit_code == 1, done.output
    told = "\n".join(str(cell.value) for row in load_workbook(book_of(home)).worksheets[0] for cell in row)
    for words in said if "K2 原" not in said[-1] else said[:1]:  # what gates say waits until the row can be read
        assert words in done.output
        assert words in told
    assert sound_history(home) == 0


def test_a_workbook_with_the_habits_of_wps_comes_in_and_what_is_left_is_mended_and_given_again(home: Path) -> None:
    rows = (
        [
            "１",
            "校园周边整治",
            "省领导",
            "3月5日",
            "请查实。",
            "交通警察支队",
            "城关分局",
            "2026.3.6",
            date(2027, 3, 5),
            "正在办理，已查实两所",
            "",
        ],
        ["2", "涉企案件清理", "省领导", 20260305, "请办。", "交通警察支队", "", "2026年3月6日", 46295, "已办结", date(2026, 9, 1)],
        ["3", "夜查整治", "省领导", "3月5日", "请办。", "交警", "", "2026.3.6", "2027.3.5", "办理中", ""],
    )
    file = wps(home, *rows)
    tried = take(home, file, "--dry-run", "--save-map", str(home / "map.yaml"))
    assert "可以导入 2 件，原已导入 0 件，未能导入 1 件" in tried.output, tried.output
    assert sound_history(home) == 0
    done = take(home, file, "--map", str(home / "map.yaml"))
    assert "已导入 2 件" in done.output, done.output
    items = [Register(home / "register").view().item(f"DB-2026-000{n}") for n in (1, 2)]
    assert [(item.state, item.carried_in.number, item.due) for item in items if item and item.carried_in] == [
        ("in_progress", "１", "2027-03-05"),
        ("concluded", "2", "2026-09-30"),
    ]
    # The list that was left over is itself a ledger, in which only the fault is to be mended.
    book = load_workbook(book_of(home))
    for cell in (cell for row in book.worksheets[0] for cell in row if cell.value == "交警"):
        cell.value = "交通警察支队"
    book.save(book_of(home))
    given_again = CliRunner().invoke(
        duban, ["--register", str(home / "register"), "import", "ledger", str(book_of(home)), "--as", "BGS.clerk1"]
    )
    assert "已导入 1 件" in given_again.output, given_again.output  # what --set said of every row stands in it
    again = take(home, file, "--map", str(home / "map.yaml"))
    assert "第4行 已是 DB-2026-0001，跳过" in again.output
    assert "已导入 0 件，原已导入 3 件" in again.output
    assert sound_history(home) == 3


def test_a_map_says_what_the_headings_do_not_and_what_the_ledger_calls_a_unit(home: Path) -> None:
    file = written(home, [{"主办单位": "交警"}.get(head, value) for head, value in zip(HEADS, SOUND, strict=True)])
    take(home, file, "--dry-run", "--save-map", str(home / "map.yaml"))
    kept = (home / "map.yaml").read_text(encoding="utf-8")
    (home / "map.yaml").write_text(kept.replace("units: {}", "units:\n  交警: JJ"), encoding="utf-8")
    assert take(home, file, "--map", str(home / "map.yaml")).exit_code == 0
    (home / "map.yaml").write_text("heading: x\ncolumns:\n  nobody: A\n  title: 1\n", encoding="utf-8")
    wrong = take(home, file, "--map", str(home / "map.yaml")).output
    assert all(words in wrong for words in ("heading 应为", "没有“nobody”这个栏目", "“title”的列应为字母"))


def test_rows_that_cannot_be_told_apart_and_people_of_other_offices_are_refused(home: Path) -> None:
    twice = take(home, written(home, SOUND, SOUND))
    assert "A3 原编号：与第2行编号相同" in twice.output
    assert "不属于" in take(home, written(home, SOUND), person="JJ.liaison").output


@pytest.mark.e2e
def test_an_import_that_was_killed_goes_on_where_it_stopped_when_it_is_given_again(home: Path) -> None:
    file = written(home, *((str(n), f"事项{n}", *SOUND[2:]) for n in range(450)))
    argv = [sys.executable, "-c", KILLED, "--register", str(home / "register"), "import", "ledger", str(file), "--as", "BGS.clerk1"]
    done = subprocess.run([*argv, "--set", "category=4"], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert sound_history(home) == 200  # whole batches
    assert "已导入 250 件，原已导入 200 件，未能导入 0 件" in take(home, file).output
    assert sound_history(home) == 450


# Killed in the middle of the second batch.
KILLED = f"""
import os, signal
from datetime import datetime
from tui.command import environment
environment.now = lambda: datetime.fromisoformat("{TODAY.isoformat()}")
from records.store import packs
from tui.command import duban
write = packs.Packs.write
def once(self, objects, done=[]):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(write(self, objects))
packs.Packs.write = once
duban()
"""
