"""``duban stats``: figures with the commit under them, as of any day, as JSON and as a workbook; nothing wrong ends in a traceback."""

import json
from pathlib import Path

import openpyxl
import pytest

from desk.statistics import STATISTICS
from records.register.register import Register
from tests.tui.playing import NOW
from tests.tui.test_command import Shell, shell

__all__ = ["shell"]


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.command.environment.now", lambda: NOW)


def test_the_table_names_period_day_and_the_commit_that_it_can_be_counted_again_from(shell: Shell) -> None:
    out = shell.ok("stats").splitlines()
    assert out[0] == "按主办单位  2026年交办  截至 2026-11-23"
    assert out[1].split() == ["主办单位", *(column.heading for column in STATISTICS.values())]
    assert out[2].split()[:4] == ["交通警察支队", "8", "3", "4"]
    assert out[-2].split()[:4] == ["合计", "29", "11", "17"]
    assert out[-1] == f"截至2026-11-23，依据登记簿提交 {Register(shell.home).head()}。"


def test_a_past_day_is_counted_as_the_register_stood_and_says_so(shell: Shell) -> None:
    out = shell.ok("stats", "--as-of", "2026-06-30", "--by", "category")
    assert "按当时的记录逐件统计" in out
    named = out.splitlines()[-1].split()[-1].rstrip("。")
    assert named == Register(shell.home).commit_at(NOW.replace(month=6, day=30, hour=23))
    assert named != Register(shell.home).head()


@pytest.mark.parametrize("by", ["unit", "category", "leader", "month", "dispatched", "closed"])
def test_every_figure_in_json_opens_to_its_items(shell: Shell, by: str) -> None:
    told = json.loads(shell.ok("stats", "--by", by, "--json"))
    listed = {row["id"] for row in json.loads(shell.ok("ls", "--json"))}
    assert told["rows"]
    for row in (*told["rows"], {"figures": told["total"]}):
        for figure in row["figures"].values():
            assert set(figure["items"]) <= listed
        assert row["figures"]["dispatched"]["value"] == len(row["figures"]["dispatched"]["items"])


def test_the_workbook_is_written(shell: Shell, tmp_path: Path) -> None:
    assert shell.ok("stats", "--xlsx", str(tmp_path / "统计.xlsx")) == f"已写出 {tmp_path / '统计.xlsx'}。\n"
    assert openpyxl.load_workbook(tmp_path / "统计.xlsx").sheetnames == ["统计", "事项", "口径"]


def test_the_help_says_what_each_figure_counts(shell: Shell) -> None:
    out = shell.ok("stats", "--help")
    for column in STATISTICS.values():
        assert f"{column.heading}：{column.meaning}。" in out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--from", "2026-13"), "日期写得不对"),
        (("--as-of", "昨天"), "日期写得不对"),
        (("--as-of", "2027-01-01"), "还没有到"),
        (("--as-of", "2025-01-01"), "还没有记录"),
        (("--by", "weather"), "写得不对"),
        (("--xlsx", "/proc/统计.xlsx"), "/proc/统计.xlsx"),
    ],
)
def test_what_cannot_be_counted_is_a_line(shell: Shell, given: tuple[str, ...], said: str) -> None:
    status, _, err = shell("stats", *given)
    assert status != 0
    assert said in err
    assert "Traceback" not in err
    assert "程序出错" not in err
