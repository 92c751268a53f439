"""The canonical form of texts: idempotent, one sentence a line, headings marked and never guessed at."""

from hypothesis import given
from hypothesis import strategies as st

from records.matter.prose import Paragraph, content_hash, flowing, normalise, paragraphs, with_headings

TYPED = """按照批示要求，现报告如下。
一、查实情况。甲小学：门前；属实。“好。”他说。
二、整改情况
9月1日起
施划车位46个！

附件清单另附"""


def test_a_sentence_is_a_line_and_a_paragraph_a_block() -> None:
    assert normalise("甲。乙！丙？“丁。”戊\n己\n\n庚") == "甲。\n乙！\n丙？\n“丁。”\n戊己\n\n庚\n"


def test_one_sentence_stays_one_line_without_a_line_feed() -> None:
    assert normalise("  同意。\n") == "同意。"
    assert normalise(" \n\n ") == ""


@given(st.text(alphabet="甲乙。！”#一、 \n（二）1.a", max_size=60))
def test_the_canonical_form_is_its_own_canonical_form(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet="甲乙。！”一、（二）1.a", max_size=60))
def test_nothing_typed_is_lost(text: str) -> None:
    assert "".join(normalise(text).split()) == "".join(text.split())


def test_headings_are_marked_at_the_desk_and_read_from_the_mark() -> None:
    text = with_headings(TYPED)
    assert "# 一、查实情况。\n甲小学：门前；属实。\n" in text
    assert "# 二、整改情况\n\n9月1日起施划车位46个！" in text
    assert normalise(text) == text
    assert paragraphs(text)[1] == Paragraph("一、查实情况。", 1, "甲小学：门前；属实。“好。”他说。")
    assert paragraphs(text)[2] == Paragraph("二、整改情况", 1, "")
    assert flowing(text).splitlines()[1] == "一、查实情况。甲小学：门前；属实。“好。”他说。"


def test_a_numbered_sentence_is_no_heading_unless_marked() -> None:
    assert paragraphs("一、查实情况。\n属实。") == (Paragraph("", 0, "一、查实情况。属实。"),)


def test_no_two_divisions_of_a_text_share_a_hash() -> None:
    assert content_hash("甲", "乙") != content_hash("甲乙", "")
    assert content_hash("甲", "乙") != content_hash("甲", "乙", "")


TABLE = "| 指标 | 目标 |\n| 破案率 | 30% |\n| 处警时间 |  |"
ROWS = (("指标", "目标"), ("破案率", "30%"), ("处警时间", ""))


def test_lines_of_cells_are_a_table_however_they_were_typed_and_a_row_is_a_line() -> None:
    pasted = "完成情况如下：\n|指标|目标|\n|:---|---:|\n|  破案率 |30%|\n|处警时间|\n以上。其余见附件。"
    text = normalise(pasted)
    assert text == f"完成情况如下：\n\n{TABLE}\n\n以上。\n其余见附件。\n"
    assert paragraphs(text) == (Paragraph("", 0, "完成情况如下："), Paragraph("", 0, "", ROWS), Paragraph("", 0, "以上。其余见附件。"))
    assert flowing(text).split("\n")[2] == "破案率　30%"


def test_what_is_copied_from_a_spreadsheet_becomes_a_table_at_the_desk() -> None:
    text = with_headings("一、完成情况。\n指标\t目标\n破案率\t30%\n处警时间\t\n其余见附件。")
    assert text == f"# 一、完成情况。\n\n{TABLE}\n\n其余见附件。\n"


def test_text_that_was_recorded_before_there_were_tables_stays_as_it_is() -> None:
    # Between two lines of a block stood the end of a sentence, never |, so none of them is a table now.
    for text in (
        "| 指标 | 目标 || 破案率 | 30% |",
        "甲。\n| 指标 | 目标 |\n",
        "| 指标 | 目标 |\n\n| 破案率 | 30% |\n",
        "| 指标。\n目标 |\n",
    ):
        assert normalise(text) == text
        assert not any(each.rows for each in paragraphs(text))


@given(st.text(alphabet="甲。-:#一、 |\n\t", max_size=60))
def test_the_canonical_form_with_tables_is_its_own_canonical_form(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert normalise(with_headings(once)) == with_headings(once)
