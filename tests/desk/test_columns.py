"""A heading and the cells under it are one thing, in whatever order and place the ledger's columns are picked."""

import io
import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from desk import columns
from desk.columns import LEDGER, LedgerColumn, LedgerLine, pick
from desk.desk import Desk
from desk.holding import in_whose_hands, named
from documents.forms.ledger import workbook
from records.register.register import Register
from tests.tui.playing import NOW, playing
from tui.command import duban
from tui.frame.unit_names import unit_within
from tui.widgets.line_list import LineList


@pytest.fixture
def lines(demo: Register) -> list[LedgerLine]:
    """Every item of the demo with its record."""
    desk = Desk(demo, None, lambda: NOW)
    rows = desk.ledger()
    holding = in_whose_hands(desk, [excerpt for excerpt, _ in rows])
    roster, item = desk.view.roster, desk.view.item
    return [LedgerLine(*row, roster, item(row[0].id), year=2026, holder=named(roster, holding.get(row[0].id))) for row in rows]


def test_no_two_columns_have_one_name_or_one_heading() -> None:
    assert len(LEDGER) == len(columns._COLUMNS), "a name said twice hides the first"
    for picked in (columns.WORKBOOK, columns.OFFERED, columns.LISTED, columns.JSON):
        headings = [column.short or column.heading for column in picked]
        assert len(set(headings)) == len(headings)


def test_the_screen_shows_what_a_person_chose_and_what_it_usually_does_where_that_is_nothing() -> None:
    assert columns.shown(()) == columns.shown(("source", "nothing")) == columns.shown(("light",)) == columns.SCREEN
    assert columns.shown(("title", "round", "nothing", "round", "id")) == pick("title", "round")


def test_a_column_that_there_is_not_cannot_be_picked() -> None:
    with pytest.raises(KeyError, match="titel"):
        pick("id", "titel")


_SAID = {
    "DB-2026-0162": {
        "编号": "DB-2026-0162", "事项名称": "市委领导对夜市噪声扰民和秩序问题的批示", "类别": "（四）上级领导机关交办事项及领导批示件",
        "缓急": "加急", "来源": "中共兰州市委办公室（虚构来文） 网民留言专报第×期（虚构）", "收到日期": "2026-10-13",
        "批示或要求": "市委领导（虚构） 2026-10-12：夜市要热闹也要安静。请市公安局会同有关部门拿出既管得住噪声、又不伤烟火气的办法。\n"
        "孟拟衡（局长） 2026-10-13：城关分局主办，治安支队指导。11月6日前报。",
        "会议": "",
        "主办单位": "城关分局", "协办单位": "治安管理支队、轨道公交分局", "交办日期": "2026-10-14", "办结时限": "2026-11-06",
        "现行时限": "2026-11-06", "状态": "办理中", "灯": "红", "剩余工作日": "-11", "时限": "11-06 逾期11日", "文号": "",
        "最近办理": "2026-11-17", "年内编号": "0162", "分管领导": "林拟晖", "报告轮次": "—",
        "在谁手里": "蒋拟恒、阎拟川", "已催次数": "3",
    },
    "DB-2026-0151": {
        "编号": "DB-2026-0151", "事项名称": "市教育局商请增设开学季护学岗", "类别": "（八）同级部门要求协助办理的事项",
        "缓急": "平件", "来源": "兰州市教育局 兰教函〔2026〕×号（虚构）", "收到日期": "2026-09-16",
        "批示或要求": "兰州市教育局 2026-09-15：商请在15所学校增设护学岗至学期末。",
        "会议": "",
        "主办单位": "交通警察支队", "协办单位": "城关分局、安宁分局", "交办日期": "2026-09-17", "办结时限": "2026-10-16",
        "现行时限": "—", "状态": "已办结", "灯": "—", "剩余工作日": "—", "时限": "—", "文号": "兰公交报〔2026〕36号、兰公督字〔2026〕14号",
        "最近办理": "2026-10-15", "年内编号": "0151", "分管领导": "郑拟义", "报告轮次": "1",
        "在谁手里": "易拟明", "已催次数": "—",
    },
}  # fmt: skip


def test_under_every_heading_stands_what_it_says(lines: list[LedgerLine]) -> None:
    found = {line.excerpt.id: {column.heading: column.told(line) for column in LEDGER.values()} for line in lines}
    assert {item: found[item] for item in _SAID} == _SAID


def test_a_column_named_as_a_field_of_the_record_holds_that_field(lines: list[LedgerLine]) -> None:
    for line in lines:
        fields = {name: field for name in LEDGER if name != "round" and isinstance(field := getattr(line.item, name, None), str | int)}
        assert {name: LEDGER[name].data(line) for name in fields} == fields


def test_whatever_is_swapped_in_a_workbook_the_cells_stay_under_their_heading(lines: list[LedgerLine]) -> None:
    for picked in (columns.WORKBOOK, columns.WORKBOOK[::-1], (*columns.WORKBOOK[5:], *columns.WORKBOOK[:5])):
        book = openpyxl.load_workbook(io.BytesIO(workbook("台账", [column.bound(lines) for column in picked], NOW))).active
        heads = [cell.value for cell in book[3]]
        for n, line in enumerate(lines, start=4):
            found = dict(zip(heads, (cell.value for cell in book[n]), strict=True))
            assert {head: _plain(value) for head, value in found.items()} == {column.heading: _workbook(column, line) for column in picked}


async def test_on_screen_each_cell_stands_under_its_heading(demo: Register, lines: list[LedgerLine]) -> None:
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        await play.press("f3", "f4", "0")
        shown = play.app.screen.query_one(LineList)
        by_id = {line.serial: line for line in lines}
        assert len(shown._rows) == len(lines)
        for row in shown._rows:
            found = {column.title: column.text(row) for column in shown._columns if column.title}
            line = by_id[found["编号"]]
            told = {column.short or column.heading: column.told(line) for column in columns.SCREEN}
            assert found == told | {"主办": unit_within(told["主办"], line.roster, 12)}


def test_the_list_and_the_data_of_the_command_line_are_the_same_columns(demo: Register, lines: list[LedgerLine]) -> None:
    told = CliRunner().invoke(duban, ["--register", str(demo.home), "ls", "--json"])
    listed = CliRunner().invoke(duban, ["--register", str(demo.home), "ls"])
    data = json.loads(told.output)
    assert [list(each) for each in data] == [[column.name for column in columns.JSON]] * len(lines)
    assert [each["id"] for each in data] == [line.excerpt.id for line in lines]
    for row, line in zip(listed.output.splitlines(), lines, strict=True):
        place = 0
        for column in columns.LISTED:
            if column.name not in ("light", "days_left"):  # the clock of the command is the machine's
                place = row.index(column.told(line), place)


def test_the_workbook_of_the_command_line_holds_its_columns(
    demo: Register, lines: list[LedgerLine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.command.environment.now", lambda: NOW)
    told = CliRunner().invoke(duban, ["--register", str(demo.home), "ls", "--xlsx", str(tmp_path / "ledger.xlsx")])
    assert told.exit_code == 0, told.output
    heads, *rows = openpyxl.load_workbook(tmp_path / "ledger.xlsx").active.iter_rows(min_row=3, values_only=True)
    found = [{head: _plain(value) for head, value in zip(heads, row, strict=True)} for row in rows]
    assert found == [{column.heading: _workbook(column, line) for column in columns.WORKBOOK} for line in lines]


def _workbook(column: LedgerColumn, line: LedgerLine) -> object:
    """What a column puts into a workbook, said anew from its data and words."""
    data = column.data(line)
    if column.day:
        return None if data is None else date.fromisoformat(str(data)[:10])
    told = data if column.words is None else column.words(line) if data is not None else ""
    return told if told == 0 else told or None


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value
