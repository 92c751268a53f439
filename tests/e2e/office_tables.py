"""The tables of an invented office as WPS leaves them: titles over the headings, merged cells, days as text and as serial numbers,
full-width digits, names spread with blanks, empty rows behind, and a remark at the foot.
"""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[object]]

OFFICE = "BGS"
PEOPLE: Rows = (
    ("局领导", "L01", "张　拟", "局长", "zhang", "局领导", "2026.1.1"),
    ("局领导", "L02", "李拟督", "副局长（主管督办）", "li", "局领导", 46023),
    ("局领导", "L02", "李拟督", "副局长（主管督办）", "li", "主管副局长", 46023),
    ("局领导", "L03", "何拟离", "副局长", "he", "局领导", "２０２６年１月１日"),
    ("局领导", "L04", "纪拟检", "纪检监察组组长", "ji", "督察、纪检", "2026.1.1"),
    ("办公室", "BGS.a", "王拟主", "主任", "wang", "主管主任", "2026.1.1"),
    ("办公室", "BGS.a", "王拟主", "主任", "wang", "部门主管领导", "2026.1.1"),
    ("办公室", "BGS.a", "王拟主", "主任", "wang", "主要领导", "2026.1.1"),
    ("办公室", "BGS.b", "赵拟册", "督办科长", "zhao", "市局办公室督办人员", "2026.1.1"),
    ("办公室", "BGS.b", "赵拟册", "督办科长", "zhao", "负责人", "2026.1.1"),
    ("办公室", "BGS.b", "赵拟册", "督办科长", "zhao", "花名册管理员", "2026.1.1"),
    ("办公室", "BGS.c", "钱拟办", "民警", "qian", "市局办公室督办人员", "2026.1.1"),
    ("办公室", "BGS.d", "文拟机", "民警", "wen", "机要文书", "2026.1.1"),
    ("办公室", "BGS.d", "文拟机", "民警", "wen", "档案员", "2026.1.1"),
    ("办公室", "BGS.e", "联拟办", "民警", "lian", "联络员", "2026.1.1"),
)
UNITS: Rows = (
    ("BGS", "办公室", "兰州市公安局办公室", "督办主管部门", "督办科", "", "L02"),
    ("JJ", "交警支队", "兰州市公安局交通警察支队", "支队", "办公室", "交", "Ｌ０３"),
    ("ZA", "治安支队", "兰州市公安局治安管理支队", "支队", "办公室", "治", "何拟离"),
    ("XJ", "刑警支队", "兰州市公安局刑事侦查支队", "支队", "办公室", "刑", "L03"),
    ("CG", "城关分局", "兰州市公安局城关分局", "城区分局", "指挥中心", "城", "L02"),
)
_SURNAMES = {"JJ": "孙", "ZA": "周", "XJ": "吴", "CG": "郑"}
_POSTS = (
    ("a", "首", "支队长", "主要领导"),
    ("b", "副", "副支队长", "部门主管领导"),
    ("c", "审", "办公室主任", "负责人"),
    ("d", "联", "民警", "联络员"),
)


def people() -> Rows:
    """Return everybody, an office a row."""
    units = [
        (unit[1], f"{unit[0]}.{code}", f"{_SURNAMES[str(unit[0])]}　{word}", title, f"{unit[0]}{code}".lower(), role, "2026/1/1")
        for unit in UNITS[1:]
        for code, word, title, role in _POSTS
    ]
    return (*PEOPLE, *units)


def _titled(sheet: Worksheet, title: str, heads: Sequence[str], rows: Rows, remark: str = "") -> None:
    """A sheet with its title over the headings, rows, a remark and empty rows."""
    sheet.append([title])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(heads))
    sheet.append(list(heads))
    for row in rows:
        sheet.append(list(row))
    if remark:
        sheet.append([remark])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=len(heads))
    for _ in range(3):
        sheet.append([None, "　", " "])


def _merge_units(sheet: Worksheet) -> None:
    """Merge the cells of the first column that say the same, as people do who find it more readable."""
    first = 3
    for row in range(4, sheet.max_row + 2):
        if sheet.cell(row, 1).value != sheet.cell(first, 1).value:
            if row - first > 1:
                sheet.merge_cells(start_row=first, end_row=row - 1, start_column=1, end_column=1)
            first = row


def roster_book(path: Path) -> Path:
    """Write the roster from which the register is set up."""
    book = Workbook()
    facts, units, posts, instead = book.active, book.create_sheet("单位"), book.create_sheet("任职"), book.create_sheet("代理")
    assert isinstance(facts, Worksheet)
    facts.title = "机关"
    told = (
        ("机关代码", "lzga"), ("机关名称", "兰州市公安局"), ("机 关 代 字", "兰公"), ("督办主管部门", "ＢＧＳ"),
        ("专报发文机关标志", "兰州市公安局"),
        ("印发机关", "兰州市公安局办公室"),
    )  # fmt: skip
    _titled(facts, "机关情况表", ("项目", "内容"), told)
    _titled(
        units,
        "单位一览表",
        ("单位代码", "名称", "全称", "类别", "收发部门", "代字（文号用）", "分管局领导"),
        UNITS,
        "备注：分管以党委会纪要为准。",
    )
    heads = ("单 位", "人员编号", "姓　名", "职务", "登录名（账号）", "角色", "任职时间")
    _titled(posts, "兰州市公安局督办工作人员花名册", heads, people(), "填表说明：一人兼几个职务的，一个职务一行。")
    _merge_units(posts)
    _titled(instead, "代理情况表", ("单位", "角色", "代理人", "被代理人", "起", "止", "书面依据"), ())
    book.save(path)
    return path


def ledger_book(path: Path) -> Path:
    """Write the ledger that the office kept before: one matter concluded, one in hand, one of a unit that nobody knows by that name."""
    book = Workbook()
    book.create_sheet("填表说明").append(["编号按年，逾期的标红"])
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "2025年"
    sheet.append(["兰州市公安局2025年督办事项台账"])
    sheet.append(
        ["编号", "督办事项", "类别", "批示", None, None, "主办单位", "协办单位", "收文日期", "办结时限", "办理情况", "办结日期", "备注"]
    )
    sheet.append([None, None, None, "领导", "时间", "内容"])
    rows: Rows = (
        (
            "１",
            "校园周边秩序整治",
            "４",
            "省领导",
            "2025.11.3",
            "请查实。",
            "交警支队",
            "城关分局",
            "2025.11.4",
            "2025.12.26",
            "已办结",
            "2025.12.24",
            "",
        ),
        ("2", "涉企积案清理", 4, "市领导", 45999, "请抓紧。", "城关分局", "", "2025年12月9日", 46101, "正在办理，已清理３件", "", ""),
        ("3", "夜查整治", 9, "", "", "", "交警大队", "", "2025.12.15", "2026.4.30", "办理中", "", "群众来信"),
    )
    for row in (*rows, (None,) * 13, ("", "　")):
        sheet.append(list(row))
    sheet.append(["注：批示件以原件为准。"])
    for area in ("A1:M1", "D2:F2", *(f"{column}2:{column}3" for column in "ABCGHIJKLM"), f"A{sheet.max_row}:M{sheet.max_row}"):
        sheet.merge_cells(area)
    book.save(path)
    return path


def minutes_book(path: Path) -> Path:
    """Write what a meeting decided."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (
        ["2026年第2次局长办公会议定事项分解表"],
        ["序号", "议定事项", "牵头单位", "配合单位", "完成时限"],
        ["一", "推进派出所值班备勤规范化。\n1.统一值班表。\n2.每月抽查一次。", "城关分局", "治安支队", "2026年6月30日"],
        ["备注：纪要已印发。"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("A4:E4")
    book.save(path)
    return path
