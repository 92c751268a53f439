"""Where the words stand that were looked for: what the search finds has a place, and the place shows the words."""

from datetime import datetime

import pytest
from click.testing import CliRunner

from desk import ledger
from desk.columns import LedgerLine
from desk.desk import Desk
from desk.hits import hits, told, told_of
from desk.ledger import LedgerQuery
from desk.several import sheets
from records.index.search import fold
from records.matter.item import Item
from records.register.register import Register
from records.store.paths import item_path
from records.store.store import Ident
from tests.planting import store_of
from tui.command import duban

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")
WORDS = ["清单", "小西湖 西园", "交警", "黑作坊", "红", "办理中", "兰公", "２０２６", "db-2026", "JJ", "R", "。", "报告", "领导 学校"]


def _found(demo: Register, words: str) -> list[tuple[LedgerLine, Item]]:
    desk = Desk(demo, demo.view().roster.people["BGS.clerk1"], lambda: NOW)
    lines = ledger.page(desk, LedgerQuery(words), 0, 100).lines
    return [(line, item) for line in lines if (item := desk.view.item(line.excerpt.id))]


@pytest.mark.parametrize("words", WORDS)
def test_whatever_is_found_has_a_place_for_each_word(demo: Register, words: str) -> None:
    found = _found(demo, words)
    assert found
    for line, item in found:
        places = hits(line, item, words)
        for word in words.split():
            shown = [hit for hit in places if any(fold(hit.text[first:last]) == fold(word) for first, last in hit.spans)]
            assert shown, (line.excerpt.id, word)


def test_the_place_is_named_and_more_of_them_are_counted(demo: Register) -> None:
    said = {line.serial: told(hits(line, item, "清单")) for line, item in _found(demo, "清单")}
    assert said["0171"].startswith("要求1 隐患路段排查整改[清单]")
    assert "另有" in said["0198"]
    (only,) = _found(demo, "合并取消 清单")
    assert told(hits(*only, "清单 合并取消")).startswith("要求2 [合并取消][清单]  ")


def test_what_is_cut_says_so(demo: Register) -> None:
    (line, item) = next(each for each in _found(demo, "0194"))
    (hit,) = [each for each in hits(line, item, "破案率") if each.place == "报告"]
    assert hit.told.startswith("报告 …")
    assert hit.told.endswith("…")
    assert "[破案率]" in hit.told


def test_a_record_that_cannot_be_read_keeps_no_place_and_no_table_from_the_others(demo: Register) -> None:
    """It is found by its last good version, and has the places and the cells of that."""
    desk = Desk(demo, demo.view().roster.people["BGS.clerk1"], lambda: NOW)
    before = told_of(desk, ledger.page(desk, LedgerQuery("清单"), 0, 100).lines, "清单")
    broken = next(iter(before))
    with store_of(demo).writing() as transaction:
        data = {item_path(broken): b"id: x\n"}
        transaction.commit(data, author=Ident("某人", "x@lzga", NOW), committer=Ident("某人", "x@lzga", NOW), message="改坏\n")
    demo.index.catch_up(lambda done, total: True)
    lines = ledger.page(desk, LedgerQuery("清单"), 0, 100).lines
    assert [line.excerpt.unreadable for line in lines] == [line.excerpt.id == broken for line in lines]
    assert told_of(desk, lines, "清单") == before
    assert all(before.values())
    (sheet,) = sheets(desk, list(before), "台账")
    assert {len(column.cells) for column in sheet.columns} == {len(before)}
    made = CliRunner().invoke(duban, ["--register", str(demo.home), "ls", "--xlsx", str(demo.home / "ledger.xlsx")])
    assert (made.exit_code, "已写出" in made.output) == (0, True), made.output
