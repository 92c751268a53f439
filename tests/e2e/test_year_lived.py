"""A year of an office, lived from nothing through the doors that people use: what each event leaves is what they would look at."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import docx
import pytest
from openpyxl import load_workbook

from desk.statistics import DIMENSIONS, STATISTICS, StatisticsColumn
from tests.e2e.office import Office
from tests.e2e.office_events import (
    leader_replaced,
    liaison_changes,
    merged,
    next_year_announced,
    policy_changed,
    stood_in,
    withdrawn,
)
from tests.e2e.office_tables import ledger_book, minutes_book, roster_book
from tests.e2e.office_work import (
    A1,
    A2,
    KEEPER,
    REGISTRY,
    concluded,
    dispatched,
    registered,
    reported,
    sent_up,
    signed,
    taken_on,
    written,
)

pytestmark = pytest.mark.e2e


def founded(office: Office) -> None:
    """Roster, numbers and ledger come in."""
    office.on("2026-01-05")
    assert "局领导4人，单位5个" in office.ok("root", "init", str(office.home), "--roster", str(roster_book(office.folder / "花名册.xlsx")))
    people = office.data("zhao", "roster", "show")
    assert {each["name"] for each in people if each["role"] == "bureau_leader"} == {"张拟", "李拟督", "何拟离"}
    assert "2026-01-01起" in office.ok("zhao", "roster", "show", "孙首")
    for series, through in (("special", 3), ("letter", 5), ("JJ.report", 2)):
        office.do(REGISTRY, "record_outside_numbers", series, through=through, reason="启用时结转。")
    book = ledger_book(office.folder / "2025年督办台账.xlsx")
    assert "已导入 2 件，原已导入 0 件，未能导入 1 件" in office.refused(KEEPER, "import", "ledger", str(book))
    left = office.folder / "2025年督办台账-未导入.xlsx"
    mended = load_workbook(left)
    for cell in (cell for row in mended.worksheets[0] for cell in row if cell.value == "交警大队"):
        cell.value = "交警支队"
    mended.save(left)
    assert "已导入 1 件" in office.ok(KEEPER, "import", "ledger", str(left), "--set", "source_organ=群众来信")
    assert {(row["id"], row["state"]) for row in office.data(KEEPER, "ls")} == {
        ("DB-2026-0001", "concluded"), ("DB-2026-0002", "in_progress"), ("DB-2026-0003", "in_progress"),
    }  # fmt: skip


class Pending(NamedTuple):
    """Matters that go on from one quarter to another."""

    decided: str
    merged: str


def rounded_up(office: Office, month: str) -> None:
    """Whoever's turn it is has the roundup of a month issued on the day on which the clock has drafted it."""
    office.do(A1, "write_roundup", month, text="逾期的单位请于本月内办结。")
    office.do(A2, "approve_roundup", month, text="同意印发。")
    office.do(A1, "issue_roundup", month)


# Who each roundup names: the workdays that a report is late, or what came late within the month.
NAMED: Mapping[int, Mapping[int, object]] = {
    1: {4: "sign_for"}, 2: {}, 3: {2: 8}, 4: {2: "completion", 3: 1}, 5: {3: 20}, 6: {3: 41, 11: 5}, 7: {3: 64, 11: "completion"},
    8: {3: 85}, 9: {3: 107, 14: 7}, 10: {3: 125, 14: "completion"}, 11: {3: 146}, 12: {3: 169},
}  # fmt: skip


def late_ones_named(office: Office) -> None:
    """Each month's roundup was issued, and names who was late in it and nobody else."""
    for month, named in NAMED.items():
        told = office.data(A1, "roundup", f"2026-{month:02d}")
        late = {int(row["item"][-4:]): row.get("days_late") or "、".join(row.get("came_late", ())) for row in told["rows"]}
        assert {item: said for item, said in late.items() if said} == named, month
        assert told["state"] == "issued"
        assert told["figures"]["closed_late"] == sum(said == "completion" for said in named.values()), month
        assert told["figures"]["overdue"] == sum(isinstance(said, int) for said in named.values()), month


async def year_ends(office: Office) -> None:
    """What goes on goes on, what is concluded is archived after the list was looked through."""
    office.on("2027-01-08")
    assert "2026年年终结转：结转下年2，可以归档12，不能归档1，已编号未签发0。" in office.ok(REGISTRY, "yearend", "2026")
    async with office.sitting(REGISTRY) as play:
        assert "2026年  结转下年2，可以归档12，不能归档1" in await play.press("e")
        await play.press("f5")
        await play.type("12")
        assert "已归档 12 件，没有归档 0 件" in await play.press("enter")
    assert {row["id"] for row in office.data(A1, "ls") if row["state"] != "archived"} == {"DB-2026-0003", "DB-2026-0013", "DB-2026-0015"}


# Which matters were dispatched in the year, by the unit that had them last; which of them were late or returned.
LEADS: Mapping[str, set[int]] = {"城关分局": {5, 9, 10, 14}, "刑警支队": {7, 8, 11, 12}, "交警支队": {4, 6, 15}}
LATE, RETURNED = {11, 14}, {14}


def figures_open(office: Office) -> None:
    """Each figure of the annual report is that of the statistics, and opens to the matters that make it."""
    path = office.folder / "年度报告.docx"
    office.ok(A1, "stats", "--docx", str(path), "--year", "2026", "--as-of", "2026-12-31")
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(str(path)).tables]
    seen = 0
    for counts, shares, by in zip(tables[::2], tables[1::2], DIMENSIONS, strict=False):
        period = () if by in ("dispatched", "closed") else ("--from", "2026", "--to", "2026")
        data = office.data(A1, "stats", "--by", by, *period, "--as-of", "2026-12-31")
        rows = {row["name"]: row["figures"] for row in data["rows"]} | {"合计": data["total"]}
        for heads, name, cells in ((table[0][1:], row[0], row[1:]) for table in (counts, shares) for row in table[1:]):
            for head, cell in zip(heads, cells, strict=True):
                column = next(each for each in STATISTICS.values() if each.heading == head.replace("\n", ""))
                _opens(rows[name][column.name], column, cell)
                seen += 1
    assert seen > 200
    told = office.data(A1, "stats", "--from", "2026", "--to", "2026", "--as-of", "2026-12-31")
    for row in told["rows"]:
        figures, lead = row["figures"], LEADS[row["name"]]
        assert _numbers(figures["dispatched"]) == lead
        assert _numbers(figures["concluded"]) == lead - {15}
        assert _numbers(figures["open"]) == lead & {15}
        assert _numbers(figures["returned"]) == lead & RETURNED
        assert figures["on_time_rate"]["value"] == {"n": len(lead - LATE - {15}), "of": len(lead - {15})}


def _opens(figure: Mapping[str, Any], column: StatisticsColumn, cell: str) -> None:
    """A cell of the report says what the figure is, and as many matters stand behind it as it counts."""
    value, behind = figure["value"], len(figure["items"])
    if column.of is None:
        assert cell == str(value), (column.name, cell)
        assert behind == value or column.name == "returned"
    elif not value["of"]:
        assert (cell, behind) == ("—", 0)
    elif column.mean:
        assert (cell, behind) == (f"{value['n'] / value['of']:.0f}", value["of"])
    else:
        assert cell.split("\n")[1] == f"{value['n']}/{value['of']}"
        assert 0 < behind <= value["of"]
        assert behind == value["of"] or column.name in ("sign_for_rate", "feedback_rate")  # several units of one matter


def _numbers(figure: Mapping[str, Any]) -> set[int]:
    return {int(item[-4:]) for item in figure["items"]}


async def figures_open_on_the_screen(office: Office) -> None:
    """On the screen of figures the year before is a key away, and each figure of a unit opens to its matters."""
    async with office.sitting(A1) as play:
        await play.press("i", "f4")
        await play.type("2026年")
        assert "2026年交办" in await play.press("enter")
        for column in ("dispatched", "concluded", "open"):
            assert f"【{STATISTICS[column].brief}" in await play.look()
            text = await play.press("enter")
            wanted = LEADS["城关分局"] if column != "open" else set()
            assert {int(number) for number in re.findall(r" 2026-(\d{4}) ", text)} == wanted, text
            if wanted:
                await play.press("escape")
            await play.press("tab")


def archived(office: Office) -> None:
    """The year's package is complete and sound."""
    told = office.ok(REGISTRY, "archive", "pack", "2026", "--to", str(office.folder / "移交"), "--no-pdf")
    assert "archive-2026.tar：12 件事项" in told
    assert "缺失" not in told
    told = office.ok(REGISTRY, "archive", "verify", str(office.folder / "移交/archive-2026.tar"), "--compare")
    assert "核对无误：12 件事项" in told
    assert "各事项的经过都在登记簿的历史里" in told


def first_quarter(office: Office) -> Pending:
    """A leader's instruction is answered by 兰公办, what a meeting decided is registered, an organ is answered by 兰公督字."""
    four, two = "DB-2026-0004", "DB-2026-0005"
    office.do("jje", "sign_for", four)
    office.do("jjb", "read_in_unit", four, text="请抓紧办理。")
    office.do("cgd", "sign_for", four)
    office.do("cgd", "give_opinion", four, text="无意见。")
    office.on("2026-01-15")
    assert "已登记 1 件" in office.ok(A1, "import", "minutes", str(minutes_book(office.folder / "议定事项.xlsx")), "--date", "1月14日")
    dispatched(office, two, "CG", "2026-06-30", assisting=["ZA"])
    taken_on(office, two, "cg")
    office.do("zad", "sign_for", two)
    office.on("2026-01-20")
    written(office, four, "jje")
    reported(office, four, "jj", "jje")
    signed(office, four, series="special", title="关于校园周边安全的报告", to="省领导")
    sent_up(office, four, "zhang")
    assert office.item(four).outgoing.number == "兰公办〔2026〕4号"  # type: ignore[union-attr]
    office.on("2026-02-03")
    three = registered(office, 3, "全省交通秩序专项整治", "2026-02-03")
    dispatched(office, three, "JJ", "2026-02-27")
    taken_on(office, three, "jj", "jje")
    office.on("2026-02-25")
    written(office, three, "jje")
    reported(office, three, "jj", "jje")
    signed(office, three, series="letter", title="关于专项整治情况的报告", to="省公安厅")
    leader_replaced(office, three)
    office.on("2026-03-02")
    nine = registered(office, 9, "夜市噪声扰民", "2026-03-02")
    dispatched(office, nine, "ZA", "2026-04-30")
    taken_on(office, nine, "za")
    one = registered(office, 1, "命案积案攻坚", "2026-03-02")
    dispatched(office, one, "XJ", "2026-03-31")
    taken_on(office, one, "xj")
    office.on("2026-03-27")
    concluded(office, one, "xj", "xjd")
    return Pending(two, nine)


def second_quarter(office: Office, pending: Pending) -> None:
    """What was carried in is reported late; units are merged; a stand-in signs for a week."""
    office.on("2026-04-08")
    late = "DB-2026-0002"
    written(office, late, "cgd")
    reported(office, late, "cg")
    signed(office, late, series="special", title="关于涉企积案清理情况的报告", to="市领导")
    sent_up(office, late, "zhang")
    merged(office, pending.merged, pending.decided)
    office.on("2026-04-27")
    five = registered(office, 5, "局长对接处警规范的批示", "2026-04-27")
    dispatched(office, five, "CG", "2026-05-18")
    eight = registered(office, 8, "商请联合查处", "2026-04-27")
    dispatched(office, eight, "CG", "2026-05-29")
    for item in (five, eight):
        taken_on(office, item, "cg")
    stood_in(office, five, eight)


def third_quarter(office: Office, pending: Pending) -> str:
    """What the meeting decided is concluded with the successor's opinion; indicators, a deputy's suggestion, a wrong registration."""
    office.on("2026-06-09")
    six = registered(office, 6, "现案破案率指标", "2026-06-09")
    office.do(A1, "record_indicators", six, indicators=[{"name": "现案破案率", "target": "60%", "period": "2026年度"}])
    dispatched(office, six, "XJ", "2026-06-24")
    assert office.item(six).policy != office.item(pending.decided).policy
    taken_on(office, six, "xj")
    office.do("xjd", "give_opinion", pending.decided, text="无意见。")
    concluded(office, pending.decided, "cg", "cgd")
    office.on("2026-07-06")
    seven = registered(office, 7, "加强电动车管理的建议", "2026-07-06")
    dispatched(office, seven, "XJ", "2026-07-31", assisting=["JJ"])
    taken_on(office, seven, "xj")
    office.do("jje", "sign_for", seven)
    office.do("jje", "give_opinion", seven, text="同意。")
    office.on("2026-07-20")
    for item in (six, seven):
        written(office, item, "xjd")
        reported(office, item, "xj")
    signed(office, six)
    office.do(A1, "conclude", six)
    signed(office, seven, series="letter", title="关于第8号建议办理情况的函", to="市人大常委会", kind="letter")
    office.do("lin", "bureau_sign", seven, text="同意。")
    office.do(A1, "report_up", seven, text="送达。")
    assert f"登记提出人意见：{seven}" in office.owed(A1)
    office.do(A1, "ask_proposer", seven, text="7月21日电话征询。")
    office.do(A1, "record_satisfaction", seven, result_class="A", satisfaction="satisfied")
    office.do(A1, "conclude", seven)
    return withdrawn(office)


def last_quarter(office: Office, item: str) -> None:
    """A report comes late and is returned; the days off of the next year move a due date."""
    dispatched(office, item, "CG", "2026-09-21")
    taken_on(office, item, "cg")
    office.on("2026-10-14")
    written(office, item, "cgd")
    reported(office, item, "cg")
    office.do(A1, "return_report", item, reasons=["R1"], comment="第2项没有答复。", redo_due="2026-10-20")
    office.on("2026-10-19")
    body = "# 一、办理情况。\n已经共享12类信息。\n\n# 二、书面答复。\n已经答复。"
    office.do("cgd", "draft_report", item, title="关于信息共享的报告", body=body)
    reported(office, item, "cg")
    signed(office, item, series="letter", title="关于信息共享的函", to="市住建局", kind="letter")
    sent_up(office, item, A2)
    office.on("2026-11-02")
    ten = registered(office, 1, "冬季行动", "2026-11-02", source_ref="局发〔2026〕11号")
    dispatched(office, ten, "JJ", "2027-02-10")
    taken_on(office, ten, "jj", "jje")
    next_year_announced(office, ten)


async def test_a_year_is_lived_from_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path, capsys, monkeypatch)
    office.rounded_up = lambda month: rounded_up(office, month)
    founded(office)
    office.on("2026-01-06")
    four = registered(office, 4, "省领导对校园周边安全的批示", "2026-01-06")
    dispatched(office, four, "JJ", "2026-01-27", assisting=["CG"])
    await liaison_changes(office, four)
    pending = first_quarter(office)
    second_quarter(office, pending)
    await policy_changed(office)
    item = third_quarter(office, pending)
    last_quarter(office, item)
    await year_ends(office)
    late_ones_named(office)
    figures_open(office)
    await figures_open_on_the_screen(office)
    archived(office)
    status, told, count = office.run(A1, "check", "--history")
    assert (status, told) == (0, "没有发现问题。\n")
    assert int(re.findall(r"(\d+) 笔可以重现", count)[0]) > 280
