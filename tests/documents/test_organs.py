"""How several organs are joined in 主送 and 抄送; and that western text neither is torn nor tears its line."""

from dataclasses import replace
from datetime import date

import pytest

from documents.forms import letter, special_report
from documents.forms.working_paper import WorkingPaper, render
from documents.layout.organs import listed
from documents.layout.profile import standard
from records.matter.prose import Paragraph
from tests.documents.looks import looked
from tests.documents.test_letter import LETTER
from tests.documents.test_special_report import REPORT, found, value

LISTS = [
    "市委办公室",
    "市委办公室、市人大常委会办公室、市政府办公室、市政协办公室",
    "省公安厅办公室，市委办公室、市政府办公室，市委政法委，市教育局、市交通运输局",
    "城关分局、交通警察支队",
    "省人民政府办公厅，兰州市人民政府办公室，兰州市城关区人民政府办公室",
    "市中级人民法院、市人民检察院，市公安局",
    "某某公司、另一公司",
]


@pytest.mark.parametrize("text", LISTS)
def test_organs_of_one_kind_are_joined_by_a_pause_mark_and_kinds_by_a_comma(text: str) -> None:
    names = text.replace("，", "、").split("、")
    assert listed(names, standard().organs) == text


@pytest.mark.parametrize(("form", "base"), [(special_report, REPORT), (letter, LETTER)], ids=["special", "letter"])
def test_addressees_and_copies_are_joined_alike(form: object, base: object) -> None:
    names = ("省公安厅", "市委办公室", "市政府办公室")
    document = looked(form.render(replace(base, addressee=names, copy_to=names), standard()))  # type: ignore[attr-defined,type-var]
    assert found(document, "省公安厅").xpath("string()") == "省公安厅，市委办公室、市政府办公室："
    assert document.tables[0].rows[0].cells[0].text == "抄送：省公安厅，市委办公室、市政府办公室。"


def test_a_word_stays_whole_and_a_long_one_does_not_tear_the_line_before_it_apart() -> None:
    texts = (
        "网址为https://www.example.com/register/index.html，服务器位于境外。",
        "文号DB-2026-0118，共2,345,678.90元。",
        "办结率37.9%（11/29），反馈及时率54.2%（13/24）。",
        "同意（DB-2026-0118）。",
    )
    document = looked(special_report.render(replace(REPORT, body=tuple(Paragraph("", 0, text) for text in texts)), standard()))
    assert value(document.styles.element, "w:docDefaults//w:pPr/w:wordWrap") == "1"
    assert [value(found(document, text[:4]), "w:pPr/w:jc") for text in texts] == ["left", "both", "left", "both"]


def test_neither_does_one_in_a_working_paper_not_even_in_its_closing_words() -> None:
    sheet = WorkingPaper("试", "", (Paragraph("", 0, f"依据{'0' * 40}。"),), f"依据{'0' * 40}。", "兰州市公安局办公室", date(2026, 3, 5))
    told = [each for each in looked(render(sheet, standard())).paragraphs if each.text.startswith("依据")]
    assert [value(each._p, "w:pPr/w:jc") for each in told] == ["left", "left"]
