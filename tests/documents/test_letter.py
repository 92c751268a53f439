"""The letter as a file: what it says and leaves out, and the numbers that make its first side differ from the others."""

import io
import zipfile
from dataclasses import replace

import pytest
from docx.document import Document
from docx.oxml.parser import parse_xml

from documents.forms.letter import render
from documents.layout.official_document import DocumentError
from documents.layout.profile import standard
from tests.documents.looks import looked
from tests.documents.test_special_report import ORDER, REPORT, found, parts, texts, value

LETTER = replace(
    REPORT,
    mark="兰州市公安局",
    number="兰公督字〔2026〕8号",
    signers=(),
    addressee=("省公安厅办公室",),
    print_organ="",
    copy_number="000001",
)
_MM = 1440 / 25.4


def opened(**changes: object) -> Document:
    return looked(render(replace(LETTER, **changes), standard()))  # type: ignore[arg-type]


def test_elements_stand_in_the_order_of_annex_2() -> None:
    document = opened(secrecy="秘密★1年", urgency="特急")
    shown = texts(document)
    assert shown[:6] == ["兰州市公安局", "000001\t兰公督字〔2026〕8号", "秘密★1年", "特急", LETTER.title, "省公安厅办公室："]
    assert shown[-3:] == ["兰州市公安局", "2026年3月5日", "（联系人：李四）"]
    (imprint,) = document.tables
    assert [row.cells[0].text for row in imprint.rows] == ["抄送：市委办公室、市政府办公室。"]
    assert not imprint._tbl.xpath("w:tblPr/w:tblBorders/*")


def test_no_signer_and_no_printing_office_are_asked_for_or_shown() -> None:
    shown = "".join(texts(opened(signers=("张三丰",), print_organ="兰州市公安局办公室")))
    assert "签发人" not in shown
    assert "印发" not in shown
    with pytest.raises(DocumentError, match="缺少主送机关"):
        opened(addressee=())


def test_without_copies_there_is_no_imprint() -> None:
    assert opened(copy_to=()).tables == []


def test_the_number_ends_at_the_edge_of_the_text_also_with_an_empty_corner() -> None:
    line = found(opened(copy_number=""), "兰公督字")
    assert value(line, "w:pPr/w:tabs/w:tab", "pos") == "8844"
    assert value(line, "w:pPr/w:tabs/w:tab") == "right"


def test_the_mark_stands_in_a_frame_of_its_own() -> None:
    frame = opened().paragraphs[0]._p
    assert {name: value(frame, "w:pPr/w:framePr", name) for name in ("wrap", "vAnchor", "hAnchor")} == {
        "wrap": "none",
        "vAnchor": "page",
        "hAnchor": "page",
    }


def test_four_red_bars_stand_on_the_first_side_only() -> None:
    section = opened(draft="送审稿").sections[0]
    assert section.different_first_page_header_footer
    header = section.first_page_header._element
    bars = header.xpath("//wp:anchor")
    places = [[int(bar.xpath(f"wp:position{axis}/wp:posOffset")[0].text) / 36000 for axis in "HV"] for bar in bars]
    sizes = [[int(bar.xpath("wp:extent")[0].get(name)) / 36000 for name in ("cx", "cy")] for bar in bars]
    assert [weight for _, weight in sizes] == pytest.approx([0.8, 0.26, 0.26, 0.8])
    assert {width for width, _ in sizes} == {170}
    assert {left for left, _ in places} == {21}
    assert places[3][1] + sizes[3][1] == pytest.approx(277)
    assert places[1][1] - places[0][1] == pytest.approx(1.25)
    assert len({bar.xpath("wp:docPr")[0].get("id") for bar in bars}) == 4
    assert [part.paragraphs[0].text for part in (section.first_page_header, section.header, section.even_page_header)] == ["送审稿"] * 3
    assert not section.header._element.xpath(".//wp:anchor")


def test_only_later_sides_are_numbered_and_their_text_ends_where_it_should() -> None:
    section = opened().sections[0]
    assert section.first_page_footer.paragraphs[0].text == ""
    assert section.bottom_margin is not None
    assert section.footer_distance is not None
    for footer in (section.footer, section.even_page_footer):
        line = footer.paragraphs[0]._p
        spacing = [int(value(line, "w:pPr/w:spacing", name) or 0) for name in ("before", "line", "after")]
        assert (section.footer_distance.twips + sum(spacing)) / _MM == pytest.approx(35, abs=0.1)
    assert section.bottom_margin.twips / _MM < 27
    assert not opened().element.body.xpath("w:sectPr/w:docGrid")


def test_a_mark_of_many_characters_is_set_smaller() -> None:
    sizes = [
        int(value(opened(mark=mark).paragraphs[0]._p, "w:r/w:rPr/w:sz") or 0) / 2 for mark in ("兰州市公安局", "兰州新区公安局交通警察支队")
    ]
    assert sizes[0] == 62
    assert sizes[1] * 13 * 25.4 / 72 <= 140


def test_markup_is_only_text_and_the_bytes_depend_on_nothing_else() -> None:
    hostile = "]]><w:p>&amp;{{ title }}</w:t>%s"
    document = opened(organ=hostile, title=hostile, copy_to=(hostile,), mark=hostile, copy_number=hostile)
    assert {hostile, f"{hostile}\t兰公督字〔2026〕8号"} <= set(texts(document))
    assert render(LETTER, standard()) == render(replace(LETTER), standard())
    with zipfile.ZipFile(io.BytesIO(render(LETTER, standard()))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_properties_stand_in_schema_order() -> None:
    order = ORDER | {
        "pPr": "pStyle keepNext pageBreakBefore framePr widowControl pBdr tabs kinsoku wordWrap overflowPunct autoSpaceDE"
        " autoSpaceDN adjustRightInd snapToGrid spacing ind jc outlineLvl",
        "sectPr": "pgSz pgMar titlePg docGrid",
    }
    for name, content in parts(render(replace(LETTER, draft="草稿"), standard())).items():
        for element in parse_xml(content).iter() if name.startswith("word/") and name.endswith(".xml") else ():
            wanted = order.get(element.tag.split("}")[1], "").split()
            children = [child for each in element if not (child := each.tag.split("}")[1]).endswith("Reference")]
            assert not wanted or children == sorted(children, key=wanted.index)
