"""The 通报 of a month: its figures, its order, what was left out, and its table as a workbook."""

import io
from dataclasses import replace
from datetime import datetime

import openpyxl

from documents.forms.circular import paper, table
from documents.layout.profile import standard
from tests.bureau import roster
from tests.documents.papers import ISSUED, ROUNDUP, shown

PEOPLE = roster()


def test_the_most_overdue_stands_first_and_what_was_left_out_nowhere() -> None:
    told = shown(paper(ROUNDUP, PEOPLE, standard()))
    assert "上期结转4件，本期交办9件，合计13件" in told.paragraphs[2]
    assert told.paragraphs[3] == "总体情况良好。"
    ((head, *rows),) = told.tables
    assert head[4:] == ["逾期", "反馈\n逾期", "催办", "退回"]
    first = f"=甲\nDB-2026-0001\n未签收：交通警察支队、{PEOPLE.unit_name('CG')}\n本期迟报：签收"
    assert rows == [
        ["1", "丁\nDB-2026-0004", PEOPLE.unit_name("CG"), "2026-09-07", "3", "—", "2", "1"],
        [
            "2",
            first,
            "交通警察支队",
            "2026-11-07",
            "—",
            "4",
            "—",
            "—",
        ],
        ["3", "丙\nDB-2026-0003", PEOPLE.unit_name("CG"), "—", "—", "—", "—", "—"],
    ]


def test_a_roundup_is_a_draft_until_it_is_issued() -> None:
    draft = shown(paper(ROUNDUP, PEOPLE, standard(), "送审稿"))
    issued = shown(paper(replace(ROUNDUP, issued=ISSUED), PEOPLE, standard()))
    assert (draft.over, draft.paragraphs[-1]) == ("送审稿", "2026年11月6日")
    assert (issued.over, issued.paragraphs[-1]) == ("", "2026年11月9日")


def test_what_waited_at_the_months_end_and_waits_no_more_is_said_to() -> None:
    assert "已报待审2件，在办未到期4件" in shown(paper(ROUNDUP, PEOPLE, standard())).paragraphs[2]
    since = replace(ROUNDUP, figures=replace(ROUNDUP.figures, accepted_since=1))
    told = "已报待审2件（其中1件于2026年10月31日以后审核通过，计入下期），在办未到期4件"
    assert told in shown(paper(since, PEOPLE, standard())).paragraphs[2]


def test_a_month_without_rows_says_so() -> None:
    told = shown(paper(replace(ROUNDUP, rows=ROUNDUP.rows[1:2]), PEOPLE, standard()))
    assert told.tables == []
    assert "本期没有列入通报的事项。特此通报。" in told.paragraphs


def test_the_workbook_has_real_days_and_numbers_and_the_figures_beside() -> None:
    book = openpyxl.load_workbook(io.BytesIO(table(ROUNDUP, PEOPLE, standard(), "送审稿")))
    rows, figures = book["通报"], book["统计"]
    assert rows["A1"].value == f"{ROUNDUP.title}（送审稿）"
    assert [cell.value for cell in rows[3]][1:4] == ["事项编号", "名称", "主办单位"]
    found = [[cell.value for cell in row] for row in rows.iter_rows(min_row=4)]
    assert found[0] == [1, "DB-2026-0004", "丁", PEOPLE.unit_name("CG"), "办理中", datetime(2026, 9, 7), 3, None, None, None, None, 2, 1]
    assert [row[1] for row in found] == ["DB-2026-0004", "DB-2026-0001", "DB-2026-0003"]
    assert (rows["C5"].value, rows["C5"].data_type) == ("=甲", "s")
    assert [[cell.value for cell in row] for row in figures.iter_rows(min_row=4)][:2] == [
        ["上期结转：本期以前交办、本期以前没有报结", 4],
        ["本期交办：交办日期在本期以内", 9],
    ]
    assert found[1][8:11] == [f"交通警察支队、{PEOPLE.unit_name('CG')}", None, "签收"]
    assert (rows.page_setup.orientation, rows.print_title_rows, rows.freeze_panes) == ("landscape", "$1:$3", "D4")
    assert rows.auto_filter.ref == "A3:M6"
    assert figures.page_setup.orientation == "portrait"


def test_the_same_roundup_gives_the_same_bytes() -> None:
    for make in (paper, table):
        assert make(ROUNDUP, PEOPLE, standard()) == make(ROUNDUP, roster(), standard())
