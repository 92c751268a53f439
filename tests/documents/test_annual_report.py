"""年度统计报告: every dimension in two tables that add up, the same bytes again from the commit named under it."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import docx
import pytest

from desk.annual_report import annual_report
from desk.desk import Desk
from desk.statistics import DIMENSIONS, STATISTICS
from documents.forms.annual_report import paper
from documents.layout.profile import standard
from records.matter.item import Item
from records.register.register import Register
from records.store.view import View
from tests.tui.playing import NOW, act
from tests.tui.test_command import Shell, shell

__all__ = ["shell"]


def told(register: Register, now: datetime = NOW, commit: str = "") -> bytes:
    return paper(annual_report(Desk(register, None, lambda: now), 2026, NOW.date(), commit), standard())


def test_every_dimension_stands_in_it_and_every_table_adds_up(demo: Register) -> None:
    file = docx.Document(io.BytesIO(told(demo)))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in file.tables]
    *figures, meanings = tables
    assert [table[0][0] for table in figures] == [name for name in DIMENSIONS.values() for _ in range(2)]
    heads = {head for table in figures for head in table[0][1:]}
    assert {"签收\n及时率", "一次\n通过率"} < heads
    assert all(2 <= len(line) <= 4 for head in heads for line in head.split("\n"))  # no character alone in a narrow column
    assert [row[0] for row in meanings] == [column.heading for column in STATISTICS.values()]
    for counts in figures[::2]:
        *rows, whole = [[int(cell) for cell in row[1:]] for row in counts[1:]]
        assert [sum(column) for column in zip(*rows, strict=True)] == whole
    for shares in figures[1::2]:
        for cell in (cell for row in shares[1:] for cell in row[1:-1]):
            if cell != "—":
                share, n, of = re.fullmatch(r"([\d.]+)%\n(\d+)/(\d+)", cell).groups()  # type: ignore[union-attr]
                assert f"{100 * int(n) / int(of):.1f}" == share


def test_it_is_the_same_again_from_the_commit_named_under_it_whatever_happened_since(demo: Register) -> None:
    before = told(demo)
    act(demo, "director_sign", "DB-2026-0185", "BGS.director_in_charge", text="请审签。")
    text = "\n".join(each.text for each in docx.Document(io.BytesIO(before)).paragraphs)
    found = re.search(r"依据登记簿提交 ([0-9a-f]{40})，用 duban stats --at ([0-9a-f]{10}) --as-of 2026-11-23 可以重新统计", text)
    assert found is not None
    assert found[1].startswith(found[2])
    assert told(demo) != before
    assert told(demo, commit=found[1]) == before


def test_the_records_of_a_past_day_are_read_once_for_all_its_tables(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    every = View.all_items

    def counted(view: View) -> Iterator[Item]:
        read.append(view.commit)
        return every(view)

    monkeypatch.setattr(View, "all_items", counted)
    commit = demo.head() or ""
    act(demo, "director_sign", "DB-2026-0185", "BGS.director_in_charge", text="请审签。")
    told(demo, commit=commit)
    assert read == [commit]


def test_the_command_writes_it_and_counts_again_by_the_commit(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.command.environment.now", lambda: NOW)
    path = tmp_path / "年度报告.docx"
    assert shell.ok("stats", "--docx", str(path), "--year", "2026") == f"已写出 {path}。\n"
    assert path.read_bytes() == told(Register(shell.home))
    head = Register(shell.home).head() or ""
    assert shell.ok("stats", "--at", head[:10], "--as-of", "2026-11-23") == shell.ok("stats")
    for given, said in ((("--docx", str(path)), "--docx 须与 --year 合用"), (("--at", "zz"), "没有 zz 这一笔提交")):
        status, _, err = shell("stats", *given)
        assert (status, said in err) == (1, True)
