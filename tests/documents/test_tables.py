"""Tables in a text: rows of cells become real tables in every paper, are counted, and nothing in them escapes the checks."""

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import docx
import pytest
from docx.oxml.ns import qn

from desk.char_diff import changed, marked
from documents.forms import circular, letter, special_report, supervision_report
from documents.layout.official_document import DocumentError, Enclosure, OfficialDocument
from documents.layout.profile import standard
from documents.layout.tables import of_text
from records.matter import prose
from records.matter.item import Item
from records.matter.prose import Paragraph
from records.rules.report_flags import flags
from tests.bureau import CALENDAR, roster
from tests.documents.papers import ROUNDUP, before
from tests.documents.test_letter import LETTER
from tests.documents.test_special_report import REPORT, value
from tui.frame.parts import _read

ROWS = (("指标", "目标", "完成情况"), ("破案率", "30%", "32.5%"), ("处警时间", "10分钟", "城区平均8分钟，农村平均15分钟"))
TEXT = "各项指标完成情况如下。\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in ROWS) + "\n\n特此报告。\n"
BODY = prose.paragraphs(TEXT)
CELLS = [list(row) for row in ROWS]


def table(data: bytes, which: int = 0) -> list[list[str]]:
    found = docx.Document(io.BytesIO(data)).tables[which]
    return [[cell.text for cell in row.cells] for row in found.rows]


def with_report(text: str) -> Item:
    item = before("director_sign")
    assert item.report
    return replace(item, report=replace(item.report, body=text))


@pytest.mark.parametrize("made", [
    pytest.param(lambda: special_report.render(replace(REPORT, body=BODY), standard()), id="special report"),
    pytest.param(lambda: letter.render(replace(LETTER, body=BODY), standard()), id="letter"),
    pytest.param(lambda: supervision_report.supervision_report(with_report(TEXT), CALENDAR, roster(), standard()), id="aggregate"),
    pytest.param(lambda: circular.paper(replace(ROUNDUP, text=TEXT), roster(), standard()), id="roundup"),
])  # fmt: skip
def test_rows_of_cells_become_a_table_wherever_a_text_is_printed(made: Callable[[], bytes]) -> None:
    document = docx.Document(io.BytesIO(made()))
    tables = [[[cell.text for cell in row.cells] for row in each.rows] for each in document.tables]
    assert CELLS in tables
    assert not [each.text for each in document.paragraphs if "破案率" in each.text or "|" in each.text]


def test_the_table_of_an_attachment_stands_under_its_title() -> None:
    document = replace(REPORT, attachments=("台账",), enclosures=(Enclosure(1, "台账", BODY[1:2]),))
    assert table(special_report.render(document, standard())) == CELLS


def test_the_head_stands_again_and_no_row_is_split() -> None:
    rows = docx.Document(io.BytesIO(special_report.render(replace(REPORT, body=BODY), standard()))).tables[0]._tbl.tr_lst
    assert [bool(row.xpath("w:trPr/w:tblHeader")) for row in rows] == [True, False, False]
    assert all(row.xpath("w:trPr/w:cantSplit") for row in rows)
    assert all(value(row, "w:trPr/w:trHeight", "hRule") == "atLeast" for row in rows)


def test_a_table_is_as_wide_as_the_text_and_figures_stand_in_the_middle() -> None:
    made = of_text(ROWS, standard())
    assert sum(made.widths) == pytest.approx(156)
    assert made.widths[2] > made.widths[0]
    assert made.left == (2,)


def test_two_tables_do_not_touch_nor_is_one_the_last_in_a_document() -> None:
    twice = (BODY[1], BODY[1])
    document = replace(REPORT, attachments=("台账",), enclosures=(Enclosure(1, "台账", twice),))
    for base in (replace(document, body=(BODY[0], *twice)), document):
        body = docx.Document(io.BytesIO(special_report.render(base, standard()))).element.body
        names = [child.tag == qn("w:tbl") for child in body]
        assert not any(one and other for one, other in pairwise(names))


@pytest.mark.parametrize(("rows", "said"), [
    ((("栏",) * 13, ("数",) * 13), "表格有13栏，超过12栏.*附件另行报送"),
    ((("指标", "说明"), ("甲", "督" * 700)), "表格第2行有一格过长.*移到正文"),
    ((("指标", "说明"), ("甲", "乙\u202e丙")), "正文第1段第.*个字符是不能印刷的控制字符"),
    ((("指标", "说明"), ("甲", "督" * 50_001)), "正文共.*超过50000字的上限"),
])  # fmt: skip
def test_what_cannot_be_set_as_a_table_is_refused_in_words(rows: tuple[tuple[str, ...], ...], said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        special_report.render(replace(REPORT, body=(Paragraph("", 0, "", rows),)), standard())


def test_markup_in_a_cell_is_only_text() -> None:
    hostile = "]]><w:p>&amp;{{ title }}"
    document: OfficialDocument = replace(REPORT, body=(Paragraph("", 0, "", (("甲", "乙"), (hostile, "丙"))),))
    assert table(special_report.render(document, standard()))[1][0] == hostile


def test_a_comparison_shows_the_row_that_changed_and_leaves_the_others() -> None:
    lines = [marked(line) for line in changed(TEXT, TEXT.replace("32.5%", "33.1%"))]
    assert [line for line in lines if "{+" in line] == ["| 破案率 | 30% | [-32.5-]{+33.1+}% |"]
    assert "| 指标 | 目标 | 完成情况 |" in lines


def test_what_few_may_see_is_found_in_a_cell_too() -> None:
    found = flags(with_report(TEXT.replace("10分钟", "13912345678")), (), str)
    assert next(flag.text for flag in found if flag.kind == "sensitive").startswith("正文第2段疑似有")


def test_on_the_screen_a_row_is_a_line_without_its_marks() -> None:
    shown = [content.plain for content in _read(BODY)]
    assert "指标　目标　完成情况\n破案率　30%　32.5%\n" in shown[1]
