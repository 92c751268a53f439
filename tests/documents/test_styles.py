"""Named styles carry the formatting of every document of ours, so that a secretary can edit it and a program shows its heads."""

import dataclasses
import io
from collections.abc import Iterator

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from documents.forms import letter, special_report
from documents.layout.profile import standard
from documents.layout.styles import STYLES
from records.matter.prose import Paragraph
from tests.documents.looks import looked
from tests.documents.test_arranging import TABLES
from tests.documents.test_layout_version import forms
from tests.documents.test_letter import LETTER
from tests.documents.test_special_report import REPORT, value

LEVELS = tuple(Paragraph(f"{mark}查实情况。", level, "经查属实。") for level, mark in enumerate(("一、", "（一）", "1.", "（1）"), start=1))
FULL = dataclasses.replace(REPORT, body=(Paragraph("", 0, "现报告如下。"), *LEVELS), enclosures=TABLES, urgency="特急")


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def styles(document: Document) -> dict[str, BaseOxmlElement]:
    return {each.get(qn("w:styleId")): each for each in document.styles.element.iter(qn("w:style"))}


def shown(document: Document) -> Iterator[BaseOxmlElement]:
    """Every paragraph that shows something, also in tables, headers and footers."""
    margins = [each.target_part.element for each in document.part.rels.values() if each.reltype.endswith(("/header", "/footer"))]
    for root in (document.element.body, *margins):
        yield from (each for each in root.iter(qn("w:p")) if each.xpath("w:r/w:t[normalize-space()]"))


@pytest.mark.parametrize("place", range(len(forms())))
def test_whatever_a_document_shows_has_a_named_style_that_the_document_brings(place: int) -> None:
    document = opened(forms()[place])
    known = styles(document)
    for each in shown(document):
        name = value(each, "w:pPr/w:pStyle")
        assert name in known, "".join(each.itertext())
        assert value(known[name], "w:name") == STYLES[name].name
        for character in each.xpath("w:r/w:rPr/w:rStyle/@w:val"):
            assert value(known[character], "w:rPr/w:rFonts", "eastAsia")


def test_the_names_are_those_by_which_a_secretary_knows_the_elements() -> None:
    document = opened(special_report.render(FULL, standard()))
    named = {value(styles(document)[value(each, "w:pPr/w:pStyle") or ""], "w:name") for each in shown(document)}
    assert named >= {
        "标题",
        "主送",
        "正文",
        "一级标题",
        "二级标题",
        "三级标题",
        "四级标题",
        "附件说明",
        "署名",
        "成文日期",
        "附注",
        "抄送",
        "印发",
        "页码",
    }


@pytest.mark.parametrize("make", [special_report.render, letter.render])
def test_heads_have_outline_levels_and_text_has_none(make: object) -> None:
    base = FULL if make is special_report.render else dataclasses.replace(LETTER, body=FULL.body)
    document = opened(make(base, standard()))  # type: ignore[operator]
    known, levels = styles(document), {}
    for each in document.paragraphs:
        name = value(each._p, "w:pPr/w:pStyle")
        if name and each.text:
            levels[each.text[:3]] = value(known[name], "w:pPr/w:outlineLvl")
    assert [levels[each] for each in ("一、查", "（一）", "1.查", "（1）")] == ["0", "1", "2", "3"]
    assert levels["现报告"] is None


def test_the_formatting_of_text_stands_in_its_style_alone() -> None:
    document = opened(special_report.render(FULL, standard()))
    body = styles(document)["Body"]
    assert value(body, "w:pPr/w:ind", "firstLineChars") == "200"
    (text,) = (each for each in document.paragraphs if each.text == "现报告如下。")
    assert [child.tag for child in text._p.xpath("w:pPr/*")] == [qn("w:pStyle")]
    for run in text._p.iter(qn("w:r")):
        assert [(child.tag, dict(child.attrib)) for child in run.xpath("w:rPr/*")] == [(qn("w:rFonts"), {qn("w:hint"): "eastAsia"})]


def test_what_a_style_is_changed_to_shows_in_every_paragraph_that_has_it() -> None:
    document = opened(special_report.render(FULL, standard()))
    for size in styles(document)["Body"].iter(qn("w:sz")):
        size.set(qn("w:val"), "40")
    saved = io.BytesIO()
    document.save(saved)
    again = looked(saved.getvalue())
    (text,) = (each for each in again.paragraphs if each.text == "现报告如下。")
    assert {value(run, "w:rPr/w:sz") for run in text._p.iter(qn("w:r"))} == {"40"}
