"""The notice of a year, from the files in which people find it (D-10)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from desk.calendar_file import NotACalendarError, days_besides, read_calendar
from records.bureau.calendar import Holiday
from records.register.register import Register
from tui.command import duban

HOLIDAY_CN = {
    "$schema": "https://example.invalid/schema.json",
    "year": 2027,
    "papers": ["https://example.invalid/2027"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-03", "isOffDay": True},
        {"name": "春节", "date": "2027-02-06", "isOffDay": False},
        {"name": "春节", "date": "2027-02-05", "isOffDay": True},
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
    ],
}
ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
SUMMARY:元旦（休）\r
DTSTART;VALUE=DATE:20270101\r
DTEND;VALUE=DATE:20270104\r
END:VEVENT\r
BEGIN:VEVENT\r
SUMMARY:春\r
 节(班)\r
DTSTART;VALUE=DATE:20270206\r
END:VEVENT\r
BEGIN:VEVENT\r
SUMMARY:春节\r
X-APPLE-SPECIAL-DAY:WORK-HOLIDAY\r
DTSTART;VALUE=DATE:20270205\r
DTEND;VALUE=DATE:20270206\r
END:VEVENT\r
BEGIN:VEVENT\r
SUMMARY:立春\r
DTSTART;VALUE=DATE:20270204\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.mark.parametrize("data", [json.dumps(HOLIDAY_CN).encode(), b"\xef\xbb\xbf" + ICS.encode()], ids=["json", "ics"])
def test_a_year_is_read_from_either_file(data: bytes) -> None:
    year = read_calendar(data, 2027, "国办发明电〔2026〕9号")
    assert year.holidays == (Holiday("元旦", "2027-01-01", "2027-01-03"), Holiday("春节", "2027-02-05", "2027-02-05"))
    assert (year.workdays, year.estimated, year.basis) == (("2027-02-06",), False, "国办发明电〔2026〕9号")


def test_days_of_another_year_in_a_notice_are_told_and_a_calendar_to_subscribe_to_is_no_notice() -> None:
    assert days_besides(json.dumps(HOLIDAY_CN).encode(), 2027) == ("2026-12-31放假",)
    worked = json.dumps(HOLIDAY_CN).replace('"2027-02-06"', '"2026-12-27"')
    assert days_besides(worked.encode(), 2027) == ("2026-12-27上班", "2026-12-31放假")
    assert days_besides(ICS.encode(), 2026) == ()


def test_the_notice_is_named_by_the_file_where_nobody_names_it() -> None:
    assert read_calendar(json.dumps(HOLIDAY_CN).encode(), 2027).basis == "https://example.invalid/2027"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "不是 holiday-cn"),
        (b"\xff\xfe\x00", "不是 UTF-8"),
        (b"[" * 100_000, "不是 holiday-cn"),
        (b'{"days": [{"date": "2027-13-01"}]}', "不是 holiday-cn"),
        (b'{"days": []}', "没有2027年"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2027\nSUMMARY:x\nEND:VEVENT", "没有2027年"),
        (b" " * (2 << 20), "太大"),
        ('{"days": [{"name": "元\\u202e旦", "date": "2027-01-01", "isOffDay": true}]}'.encode(), "不允许的字符"),
    ],
)
def test_what_is_no_calendar_is_said_to_be_none(data: bytes, words: str) -> None:
    with pytest.raises(NotACalendarError, match=words):
        read_calendar(data, 2027)


def test_the_keeper_enters_the_notice_of_a_year_by_command(brief: Register, tmp_path: Path) -> None:
    source = tmp_path / "2027.json"
    source.write_text(json.dumps(HOLIDAY_CN), encoding="utf-8")

    def run(*words: str) -> str:
        found = CliRunner().invoke(duban, ["--register", str(brief.home), *words])
        return found.output + ("" if found.exit_code == 0 else f"[{found.exit_code}]")

    assert "元旦  2027-01-01 至 2027-01-03" in run("calendar", "2027", "--import", str(source), "--dry-run")
    assert "[1]" in run("calendar", "2027", "--import", str(source), "--as", "BGS.clerk1")
    said = run("calendar", "2027", "--import", str(source), "--dry-run")
    assert "通知还涉及2027年以外的日子：2026-12-31放假。" in said  # else nobody would know that the old year's last day is off
    assert "2027年放假4天，调休上班1天" in run("calendar", "2027", "--import", str(source), "--as", "BGS.section_chief")
    shown = run("calendar", "2027-02")
    assert " 6班" in shown
    assert "估算" not in shown
    assert "估算" in run("calendar", "2028-02")
    assert not any(problem for _, problem in Register(brief.home).replay().problems())


def test_roster_and_policy_are_told_by_command(demo: Register) -> None:
    def run(*words: str) -> str:
        return CliRunner().invoke(duban, ["--register", str(demo.home), *words], catch_exceptions=False).output

    told = run("roster", "show", "交通", "联络员")
    assert "邵拟行" in told
    assert "七里河" not in told
    assert json.loads(run("roster", "show", "交通", "--json"))[0]["body"] == "JJ"
    assert "异议期（工作日）" in run("policy")


def test_of_a_person_who_is_looked_for_stands_there_what_he_holds_and_has_to_do_and_nobody_else(demo: Register) -> None:
    def run(*words: str) -> list[str]:
        return CliRunner().invoke(duban, ["--register", str(demo.home), "roster", "show", *words]).output.splitlines()

    told = run("gnn")
    assert [line.split()[:2] for line in told[:3]] == [["局领导"], ["局领导", "顾拟宁"], ["主管副局长", "顾拟宁"]]
    assert told[3] == "顾拟宁要办的 1 件："
    assert "阅示  DB-2026-0206" in told[4]
    assert len(told) == 5
    own = run("交通", "JJ.liaison_b")
    assert own[0].startswith("交通警察支队  收发口 秘书科")
    assert own[1].split()[:2] == ["联络员", "汤拟泉"]
    assert own[2] == f"汤拟泉要办的 {len(own) - 3} 件："
    assert run("gnn", "--as", "QLH.liaison")[-1] == "顾拟宁要办的 1 件，其中1件不在您的职责范围内"
    assert len(json.loads("".join(run("gnn", "--json")))) == 2
    assert not any("要办的" in line for line in run("联络员")), "of an office that many hold, their names"
