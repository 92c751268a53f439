"""发文登记簿: every number of the year with its document, nothing missing, nothing told of what one may not know."""

import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from desk.desk import Desk
from desk.number_register import NUMBER_REGISTER, NumberLine, counted, number_register, sheets
from desk.wording import UNKNOWN
from documents.forms.workbook import render
from records.register.register import NEW, Receipt, Register
from tests.bureau import NOW, STORY, as_read, roster
from tests.tui.test_command import Shell

ITEM = "DB-2026-0001"
Row = dict[str, str]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    known = roster()
    return Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)


@pytest.fixture
def shell(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(demo.home, capsys, monkeypatch)


def acted(register: Register, act: str, target: str, by: str, **inputs: object) -> None:
    item = register.view().item(target) if target.startswith("DB") else None
    done = register.act(act, target, by, as_read(act, inputs, item), NOW)
    assert isinstance(done, Receipt), str(done)


def walked(register: Register, until: str, **first: object) -> None:
    """Walk the lawful way up to, not with, an act; ``first`` is registered besides."""
    for act, by, inputs in STORY:
        if act == until:
            return
        acted(register, act, NEW if act == "register" else ITEM, by, **{**inputs, **(first if act == "register" else {})})


def lines(register: Register, person: str | None, series: str) -> tuple[NumberLine, ...]:
    desk = Desk(register, register.view().roster.people[person] if person else None, lambda: NOW)
    found = number_register(desk, desk.number_series(2026)[0])
    return next((each for each in found if each[0].series.series == series), ())


def rows(register: Register, person: str | None, series: str) -> list[Row]:
    return [{name: column.told(line) for name, column in NUMBER_REGISTER.items()} for line in lines(register, person, series)]


def test_a_number_is_told_with_its_document_as_far_as_the_record_holds_it(demo: Register) -> None:
    found = {row["number"]: row for row in rows(demo, "BGS.registry", "letter")}
    assert found["兰公督字〔2026〕14号"] == {
        "place": "12", "number": "兰公督字〔2026〕14号", "title": "关于增设护学岗有关事宜的复函", "secrecy": "—", "to": "兰州市教育局",
        "reserved": "2026-10-15", "signer": "郑拟义", "issued": "2026-10-15", "copies": "—", "lead": "交通警察支队", "item": "DB-2026-0151",
        "status": "已签发", "remark": "—",
    }  # fmt: skip
    assert found["兰公督字〔2026〕13号"]["title"] == "关于增设护学岗有关事宜的复函"
    assert found["兰公督字〔2026〕13号"]["remark"] == "警力人数与附件名单不一致。（郑拟义，2026-10-15）"
    assert found["兰公督字〔2026〕4号"]["signer"] == "林拟晖（代郑拟义）"
    assert [row["place"] for row in found.values()] == [str(n) for n in range(1, len(found) + 1)]
    (report,) = (row for row in rows(demo, None, "JJ.report") if row["item"] == "DB-2026-0151")
    assert (report["title"], report["to"], report["copies"]) == ("关于增设护学岗情况的报告", "市局办公室", "2")
    (request,) = (row for row in rows(demo, None, "JZ.request") if row["item"] != "—")
    assert request["title"] == "关于延长“市政府交办涉企报警快速响应机制建设”办理时限的请示"


def test_every_number_of_the_year_stands_there_once_and_none_is_missing(demo: Register) -> None:
    desk = Desk(demo, None, lambda: NOW)
    for found in number_register(desk, desk.number_series(2026)[0]):
        numbers = [n for line in found for n in range(line.entry.number, (line.entry.through or line.entry.number) + 1)]
        assert numbers == list(range(1, found[-1].series.next))
        assert sum(map(int, re.findall(r"(\d+)个", counted(found)))) == len(numbers)


def test_a_gap_before_void_numbers_and_a_count_put_right_are_named(register: Register) -> None:
    acted(register, "record_outside_numbers", "special", "BGS.registry", through=9, reason="启用时结转。")
    acted(register, "record_void_number", "special", "BGS.registry", reason="编错。")
    acted(register, "correct_carry_in", "special", "BGS.registry", through=5, reason="误抄。")
    told = [(row["number"], row["status"], row["remark"]) for row in rows(register, None, "special")]
    who, right = f"（万拟竹，{NOW:%Y-%m-%d}）", "结转号原登记至第9号，更正为至第5号"
    assert told == [
        ("兰公办〔2026〕1至5号", "系统外使用", f"启用时结转。{who}\n{right}：误抄。{who}"),
        ("兰公办〔2026〕6至9号", "空号，尚未使用", "—"),
        ("兰公办〔2026〕10号", "作废", f"编错。{who}"),
    ]  # fmt: skip


def test_the_document_of_a_matter_that_was_taken_up_again_is_found_in_its_history(register: Register) -> None:
    walked(register, "")
    before = rows(register, None, "special")
    acted(register, "reopen", ITEM, "L03", reason="又有来信。", due="2026-09-30")
    item = register.view().item(ITEM)
    assert item is not None
    assert item.outgoing is None
    assert rows(register, None, "special") == before
    assert before[0]["title"] == "关于学校周边交通安全隐患整改情况的报告"


def test_who_may_not_know_of_a_matter_is_told_its_number_and_nothing_else(register: Register) -> None:
    walked(register, "bureau_sign", need_to_know=["L01"])
    acted(register, "void_number", ITEM, "BGS.registry", reason="学校名称有误。")
    acted(register, "reserve_number", ITEM, "BGS.registry")
    known, unknown = rows(register, "L01", "special"), rows(register, "BGS.registry", "special")
    assert [(row["item"], row["remark"][:7]) for row in known] == [(ITEM, "学校名称有误。"), (ITEM, "—")]
    assert [(row["number"], row["title"], row["item"], row["lead"], row["to"]) for row in unknown] == [
        (f"兰公办〔2026〕{n}号", UNKNOWN, "—", "", "") for n in (1, 2)
    ]
    everything = json.dumps(unknown, ensure_ascii=False)
    assert not [word for word in ("学校", "省领导", ITEM, "交通警察支队") if word in everything]


def test_the_workbook_has_a_sheet_a_series_and_no_title_runs(demo: Register) -> None:
    desk = Desk(demo, None, lambda: NOW)
    found = number_register(desk, desk.number_series(2026)[0])
    book = openpyxl.load_workbook(io.BytesIO(render(sheets(desk, found), NOW)))
    assert book.sheetnames == [each[0].series.chars for each in found]
    page = book["兰公督字"]
    assert page["A1"].value == "兰州市公安局兰公督字（信函）2026年发文登记簿"
    assert "用到第16号：系统外使用7个，已签发6个，作废2个，已编号1个" in str(page["A2"].value)
    assert [cell.value for cell in page[3]] == [column.heading for column in NUMBER_REGISTER.values()]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 8)
    assert page.print_title_rows == "$1:$3"


def test_a_title_that_looks_like_a_formula_is_text(register: Register) -> None:
    walked(register, "office_review")
    outgoing = next(inputs for act, _, inputs in STORY if act == "office_review")
    acted(register, "office_review", ITEM, "BGS.clerk1", **{**outgoing, "title": '=HYPERLINK("http://x")'})
    acted(register, "director_sign", ITEM, "BGS.director_in_charge", text="请审签。")
    acted(register, "reserve_number", ITEM, "BGS.registry")
    desk = Desk(register, register.view().roster.people["BGS.registry"], lambda: NOW)
    book = openpyxl.load_workbook(io.BytesIO(render(sheets(desk, number_register(desk, desk.number_series(2026)[0])), NOW)))
    cell = book["兰公办"]["C4"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", '=HYPERLINK("http://x")', True)


def test_the_command_tells_prints_and_gives_data(shell: Shell, tmp_path: Path) -> None:
    out = shell.ok("numbers", "--year", "2026", "--series", "兰公督字", "--series", "letter")
    assert out.count("兰公督字（信函）  2026年，用到第16号") == 1
    assert "兰公办〔" not in out
    data = json.loads(shell.ok("numbers", "--year", "2026", "--json", "--as", "JJ.liaison"))
    assert [each["series"] for each in data] == ["JJ.report"]
    assert set(data[0]["numbers"][0]) == set(NUMBER_REGISTER)
    status, _, err = shell("numbers", "--year", "2026", "--series", "special", "--as", "JJ.liaison")
    assert (status, "没有“special”这个文号系列，或不在您的职责范围内。可选：JJ.report（兰公交报）" in err) == (1, True)
    assert shell.ok("numbers", "--year", "2031", "--xlsx", str(tmp_path / "none.xlsx")) == "2031年没有用过号。\n"
    assert not (tmp_path / "none.xlsx").exists()
    assert f"已写出 {tmp_path / 'n.xlsx'}。" in shell.ok("numbers", "--year", "2026", "--xlsx", str(tmp_path / "n.xlsx"))
    assert openpyxl.load_workbook(tmp_path / "n.xlsx").sheetnames[0] == "兰公办"


def test_without_libreoffice_a_pdf_is_refused_with_the_way_out_and_nothing_written(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    book = tmp_path / "n.xlsx"
    status, _, err = shell("numbers", "--year", "2026", "--xlsx", str(book), "--pdf", str(tmp_path / "n.pdf"))
    assert (status, "没有可用的 LibreOffice" in err) == (1, True)
    assert not book.exists()


def test_the_ledger_of_a_year_holds_what_was_entered_in_it(shell: Shell, tmp_path: Path) -> None:
    assert len(shell.ok("ls", "--year", "2026").splitlines()) == 30
    assert shell.ok("ls", "--year", "2025") == ""
    assert "共 30 件。" in shell.ok("ls", "--year", "2026", "--xlsx", str(tmp_path / "ledger.xlsx"))
    assert "2026年督办台账" in str(openpyxl.load_workbook(tmp_path / "ledger.xlsx").active["A1"].value)
