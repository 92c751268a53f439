"""The 专报 as a file: what it says, in which type, by which numbers, and that nothing but its input decides its bytes."""

import io
import os
import pickle
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from lxml import etree

from documents.forms import internal_report, letter, special_report
from documents.forms.special_report import render
from documents.layout.official_document import DocumentError, Enclosure, OfficialDocument
from documents.layout.profile import standard
from records.matter.prose import Paragraph
from tests.documents.looks import looked

ROOT = Path(__file__).parents[2]
REPORT = OfficialDocument(
    mark="兰州市公安局专报",
    number="兰公办〔2026〕14号",
    signers=("张三丰",),
    title="关于学校周边交通安全隐患整改情况的报告",
    addressee=("市委张某某副书记",),
    body=(
        Paragraph("", 0, "您的批示收悉，现将办理情况报告如下。"),
        Paragraph("一、基本情况。", 1, "经查属实。"),
        Paragraph("二、整改措施", 1, ""),
        Paragraph("（一）“一校一策”。", 2, "逐校排查。"),
        Paragraph("1.增设护学岗。", 3, "共42个。"),
        Paragraph("（1）城关区。", 4, "设岗20个。"),
    ),
    attachments=("隐患排查台账", "护学岗一览表"),
    organ="兰州市公安局",
    date=date(2026, 3, 5),
    sealed=True,
    note="联系人：李四",
    copy_to=("市委办公室", "市政府办公室"),
    print_organ="兰州市公安局办公室",
    print_date=date(2026, 11, 16),
    copy_number="",
    secrecy="",
    urgency="",
    draft="",
)
# ISO/IEC 29500-1, the children that the forms use.
ORDER = {
    "pPr": "pStyle keepNext pageBreakBefore widowControl pBdr tabs kinsoku wordWrap overflowPunct autoSpaceDE autoSpaceDN adjustRightInd"
    " snapToGrid spacing ind jc outlineLvl sectPr",
    "rPr": "rStyle rFonts color spacing w sz szCs lang",
    "tblPr": "tblpPr tblOverlap tblW tblInd tblBorders tblLayout tblCellMar",
    "sectPr": "pgSz pgMar docGrid",
    "settings": "defaultTabStop evenAndOddHeaders characterSpacingControl compat themeFontLang",
    "style": "name basedOn next uiPriority qFormat pPr rPr tblPr",
}


def opened(**changes: object) -> Document:
    return looked(render(replace(REPORT, **changes), standard()))  # type: ignore[arg-type]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def found(document: Document, text: str) -> BaseOxmlElement:
    """The one paragraph that begins with the text."""
    (element,) = (paragraph._p for paragraph in document.paragraphs if paragraph.text.lstrip("\t").startswith(text))
    return element


def value(element: BaseOxmlElement, path: str, name: str = "val") -> str | None:
    return next(iter(element.xpath(f"{path}/@w:{name}")), None)


def faces(element: BaseOxmlElement) -> list[tuple[str, str]]:
    return [("".join(run.xpath("w:t/text()")), run.xpath("w:rPr/w:rFonts/@w:eastAsia")[0]) for run in element.xpath("w:r")]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_elements_stand_in_the_order_of_annex_1() -> None:
    document = opened(copy_number="000001", secrecy="秘密★1年", urgency="特急")
    assert texts(document) == [
        "000001",
        "秘密★1年",
        "特急",
        "兰州市公安局专报",
        "兰公办〔2026〕14号\t签发人：张三丰",
        "关于学校周边交通安全隐患整改情况的报告",
        "市委张某某副书记：",
        "您的批示收悉，现将办理情况报告如下。",
        "一、基本情况。经查属实。",
        "二、整改措施",
        "（一）“一校一策”。逐校排查。",
        "1.增设护学岗。共42个。",
        "（1）城关区。设岗20个。",
        "附件：1.\t隐患排查台账",
        "2.\t护学岗一览表",
        "兰州市公安局",
        "2026年3月5日",
        "（联系人：李四）",
    ]
    (imprint,) = document.tables
    assert [row.cells[0].text for row in imprint.rows] == ["抄送：市委办公室、市政府办公室。", "兰州市公安局办公室\t2026年11月16日印发"]


def test_optional_elements_leave_nothing_behind() -> None:
    document = opened(attachments=(), note="", copy_to=())
    assert texts(document)[-3:] == ["（1）城关区。设岗20个。", "兰州市公安局", "2026年3月5日"]
    assert [row.cells[0].text for row in document.tables[0].rows] == ["兰州市公安局办公室\t2026年11月16日印发"]


def test_page_and_grid_are_those_of_the_standard() -> None:
    document = opened(body=(Paragraph("", 0, "您批示的事项已经办结。"),), attachments=())
    section = document.element.body.sectPr
    size = {name: value(section, "w:pgSz", name) for name in ("w", "h")}
    margins = {name: value(section, "w:pgMar", name) for name in ("top", "bottom", "left", "right")}
    assert size == {"w": "11906", "h": "16838"}
    assert margins == {"top": "2098", "bottom": "1984", "left": "1587", "right": "1474"}
    assert (value(section, "w:docGrid", "type"), value(section, "w:docGrid", "linePitch")) == ("lines", "579")
    styles, kept = document.styles.element, "w:docDefaults//w:"
    assert (value(styles, f"{kept}pPr/w:spacing", "line"), value(styles, f"{kept}pPr/w:spacing", "lineRule")) == ("579", "exact")
    assert (value(styles, f"{kept}rPr/w:spacing"), value(styles, f"{kept}sz"), value(styles, f"{kept}lang", "eastAsia")) == (
        "-5",
        "32",
        "zh-CN",
    )
    switches = {name: value(styles, f"{kept}{name}") for name in ("overflowPunct", "kinsoku", "autoSpaceDE", "autoSpaceDN", "snapToGrid")}
    assert switches == {"overflowPunct": "1", "kinsoku": "1", "autoSpaceDE": "0", "autoSpaceDN": "0", "snapToGrid": "0"}


def test_each_element_has_its_type() -> None:
    document = opened(secrecy="秘密★1年")
    assert faces(found(document, "秘密")) == [("秘密★1年", "黑体")]
    mark = found(document, "兰州市公安局专报")
    assert faces(mark) == [("兰州市公安局专报", "方正小标宋简体")]
    assert value(mark, "w:r/w:rPr/w:color") == "FF0000"
    assert faces(found(document, "兰公办"))[-2:] == [("签发人：", "仿宋_GB2312"), ("张三丰", "楷体_GB2312")]
    assert value(found(document, "关于"), "w:r/w:rPr/w:sz") == "44"
    assert faces(found(document, "关于"))[0][1] == "方正小标宋简体"
    every = [run for part in (document.element, *document.tables) for run in getattr(part, "_element", part).iter(qn("w:rFonts"))]
    assert {run.get(qn("w:hint")) for run in every} == {"eastAsia"}


def test_headings_run_into_their_paragraph_in_their_own_type() -> None:
    document = opened()
    assert faces(found(document, "一、")) == [("一、基本情况。", "黑体"), ("经查属实。", "仿宋_GB2312")]
    assert faces(found(document, "二、")) == [("二、整改措施", "黑体")]
    assert faces(found(document, "（一）")) == [("（一）“一校一策”。", "楷体_GB2312"), ("逐校排查。", "仿宋_GB2312")]
    assert {face for start in ("1.", "（1）") for _, face in faces(found(document, start))} == {"仿宋_GB2312"}
    assert found(document, "二、").xpath("w:pPr/w:keepNext")
    assert value(found(document, "一、"), "w:pPr/w:ind", "firstLine") == "630"


def test_red_rule_and_imprint_rules() -> None:
    document = opened()
    assert document.element.xpath("//w:pBdr/w:bottom[@w:color='FF0000']/@w:sz") == ["12"]
    table = document.tables[0]._tbl
    assert [value(table, f"w:tblPr/w:tblBorders/w:{side}", "sz") for side in ("top", "insideH", "bottom")] == ["8", "6", "8"]
    place = {name: value(table, "w:tblPr/w:tblpPr", name) for name in ("vertAnchor", "tblpYSpec", "horzAnchor", "tblpX")}
    assert place == {"vertAnchor": "margin", "tblpYSpec": "bottom", "horzAnchor": "page", "tblpX": "1587"}
    assert table.getnext().tag == qn("w:p")


def test_several_signers_stand_in_columns_and_the_number_beside_the_last_row() -> None:
    document = opened(signers=("张三丰", "李四", "王小五"))
    first, last = (paragraph for paragraph in document.paragraphs if "张三丰" in paragraph.text or "王小五" in paragraph.text)
    assert (first.text, last.text) == ("\t签发人：张三丰\t李四", "兰公办〔2026〕14号\t王小五")
    label, second = (int(stop) for stop in first._p.xpath("w:pPr/w:tabs/w:tab/@w:pos"))
    columns = [int(stop) for stop in last._p.xpath("w:pPr/w:tabs/w:tab/@w:pos")]
    assert columns == [label + 4 * 315, second]
    assert second + 3 * 315 == 8844 - 315
    # 李四 is spread to the width of three characters, its text untouched.
    assert first._p.xpath("w:r[w:t='李']/w:rPr/w:spacing/@w:val") == ["310"]


def test_long_names_take_a_row_each() -> None:
    document = opened(signers=("买买提江·吐尔逊", "阿不都热依木·艾力"))
    rows = [text for text in texts(document) if "·" in text]
    assert rows == ["\t签发人：买买提江·吐尔逊", "兰公办〔2026〕14号\t阿不都热依木·艾力"]


def test_attachments_hang_under_the_first_character_of_the_name() -> None:
    document = opened()
    first, second = found(document, "附件："), found(document, "2.")
    assert value(first, "w:pPr/w:ind", "left") == value(second, "w:pPr/w:ind", "left")
    hanging = [int(value(element, "w:pPr/w:ind", "hanging") or 0) for element in (first, second)]
    assert hanging[0] - hanging[1] == 3 * 315
    assert int(value(first, "w:pPr/w:ind", "left") or 0) - hanging[0] == 2 * 315
    assert texts(opened(attachments=("台账",)))[-4] == "附件：台账"


def test_sealed_signature_and_date_share_an_axis_that_leaves_four_characters() -> None:
    document = opened()
    organ, day = document.paragraphs[-4]._p, found(document, "2026年3月5日")
    for name in ("left", "right"):
        assert value(organ, "w:pPr/w:ind", name) == value(day, "w:pPr/w:ind", name)
    assert (value(organ, "w:pPr/w:jc"), value(day, "w:pPr/w:jc")) == ("center", "center")
    left, right = (int(value(day, "w:pPr/w:ind", name) or 0) for name in ("left", "right"))
    axis = (left + 8844 - right) / 2
    assert 8844 - (axis + 6 * 315 / 2) == pytest.approx(4 * 315, abs=1)


@pytest.mark.parametrize(
    ("organ", "organ_ends", "day_ends"),
    [("兰州市公安局城关分局", 2, None), ("督查室", None, 2)],
    ids=["the organ is longer", "the date is longer"],
)
def test_unsealed_date_begins_two_characters_right_of_the_organ(organ: str, organ_ends: int | None, day_ends: int | None) -> None:
    document = opened(organ=organ, sealed=False)
    left = int(value(found(document, organ), "w:pPr/w:ind", "left") or 0)
    day = found(document, "2026年3月5日")
    right = int(value(day, "w:pPr/w:ind", "right") or 0)
    assert value(day, "w:pPr/w:jc") == "right"
    assert 8844 - right - 6 * 315 - left == 2 * 315
    if organ_ends is not None:
        assert 8844 - left - len(organ) * 315 == organ_ends * 315
    if day_ends is not None:
        assert right == day_ends * 315


def test_signature_keeps_to_the_text_above_it() -> None:
    document = opened()
    chain = ("（1）城关区", "附件：", "2.", "2026年3月5日")
    assert all(found(document, text).xpath("w:pPr/w:keepNext") for text in chain)


def test_page_numbers_stand_outside_on_either_side() -> None:
    section = opened().sections[0]
    for footer, side, name in ((section.footer, "right", "right"), (section.even_page_footer, "left", "left")):
        (line,) = (paragraph._p for paragraph in footer.paragraphs)
        assert line.xpath("w:r/w:t/text() | w:r/w:instrText/text()") == ["— ", " PAGE ", "1", " —"]
        assert value(line, "w:pPr/w:jc") == side
        assert value(line, "w:pPr/w:ind", name) == "315"
        assert {face for _, face in faces(line)} == {"宋体"}
    assert section.header.is_linked_to_previous


def test_a_draft_says_so_on_every_page_and_may_wait_for_its_number() -> None:
    section = opened(draft="送审稿", number="兰公办〔2026〕　号").sections[0]
    assert [header.paragraphs[0].text for header in (section.header, section.even_page_header)] == ["送审稿", "送审稿"]


@pytest.mark.parametrize(
    ("name", "empty", "shown"),
    [
        ("mark", "", "发文机关标志"),
        ("number", " ", "发文字号"),
        ("signers", (), "签发人"),
        ("signers", ("",), "签发人"),
        ("title", "\n", "标题"),
        ("addressee", (), "主送机关"),
        ("body", (), "正文"),
        ("body", (Paragraph("", 0, "　"),), "正文"),
        ("organ", "", "发文机关署名"),
        ("print_organ", "", "印发机关"),
    ],
)
def test_a_missing_mandatory_element_is_refused_by_name(name: str, empty: object, shown: str) -> None:
    with pytest.raises(DocumentError, match=rf"缺少{shown}.*请补齐"):
        opened(**{name: empty})


@pytest.mark.parametrize(
    "number", ["兰公办[2026]14号", "兰公办〔2026〕014号", "兰公办〔2026〕第14号", "兰公办〔26〕14号", "兰公办〔2026〕　号"]
)
def test_a_number_of_another_form_is_refused(number: str) -> None:
    with pytest.raises(DocumentError, match=r"不合规范.*〔2026〕14号"):
        opened(number=number)


@pytest.mark.parametrize("text", ["甲\x00乙", "甲\x0b乙", "甲\ufffe乙", "甲\ud800乙", "甲\n乙", "甲\u202e乙"])
@pytest.mark.parametrize("name", ["organ", "note", "body", "copy_to"])
def test_what_cannot_be_printed_is_refused_with_its_place(name: str, text: str) -> None:
    given_as = {"body": (Paragraph("", 0, "前段。"), Paragraph("", 0, text)), "copy_to": ("甲", text)}.get(name, text)
    place = {"body": "正文第2段", "copy_to": "抄送机关第2项"}.get(name, "")
    with pytest.raises(DocumentError, match=f"{place}第2个字符是不能印刷的控制字符"):
        opened(**{name: given_as})


def test_empty_entries_and_fifth_levels_are_refused() -> None:
    with pytest.raises(DocumentError, match="附件说明中有空项"):
        opened(attachments=("台账", ""))
    with pytest.raises(DocumentError, match="超过四级"):
        opened(body=(Paragraph("①", 5, "文"),))


def test_markup_is_only_text() -> None:
    hostile = "]]><w:p>&amp;{{ title }}</w:t>%s\\u0000<!--"
    document = opened(
        body=(Paragraph("", 0, "前文。"), Paragraph(hostile, 1, hostile)),
        organ=hostile,
        note=hostile,
        copy_to=(hostile,),
        attachments=(hostile,),
        addressee=(hostile,),
        print_organ=hostile,
        title=hostile,
        draft=hostile,
    )
    shown = texts(document)
    assert hostile * 2 in shown
    assert {hostile, f"（{hostile}）", f"附件：{hostile}", f"{hostile}："} <= set(shown)
    assert document.core_properties.title == hostile
    assert hostile in document.tables[0].rows[0].cells[0].text


# With everything that is decided by counting: a list that moves, attachments on their own sides, a paragraph set as two, a blank side.
COUNTED = (
    REPORT,
    replace(
        REPORT,
        addressee=tuple(f"市公安局第{place}分局办公室" for place in range(30)),
        enclosures=(Enclosure(2, "护学岗一览表", (Paragraph("一、城关区", 1, "设岗20个。"),)),),
    ),
    replace(REPORT, attachments=(), note="", body=(Paragraph("", 0, "督" * 28 * 8),)),
    replace(REPORT, attachments=(), note="", body=(Paragraph("", 0, "督" * 28 * 24),)),
)


def test_only_the_input_decides_the_bytes() -> None:
    script = (
        "import pickle, sys\nfrom documents.layout.profile import standard\n"
        "from documents.forms import internal_report, letter, special_report\n"
        "for each in pickle.load(sys.stdin.buffer):\n"
        "    for form in (special_report, internal_report, letter):\n"
        "        sys.stdout.buffer.write(form.render(each, standard()))"
    )
    places = (
        {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1", "LC_ALL": "C", "LANG": "C"},
        {"TZ": "America/New_York", "PYTHONHASHSEED": "77", "LC_ALL": "zh_CN.UTF-8", "USER": "other", "SOURCE_DATE_EPOCH": "1", "PATH": ""},
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", script],
            input=pickle.dumps(COUNTED),
            env=os.environ | place | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for place in places
    ]
    here = b"".join(form.render(each, standard()) for each in COUNTED for form in (special_report, internal_report, letter))
    assert made[0] == made[1] == here
    assert render(REPORT, standard()) != render(replace(REPORT, note=""), standard())


def test_what_other_libraries_register_does_not_change_the_bytes() -> None:
    before = render(REPORT, standard())
    etree.register_namespace("other", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
    try:
        assert render(REPORT, standard()) == before
    finally:
        etree.register_namespace("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")


def test_the_package_is_plain_and_timeless() -> None:
    data = render(REPORT, standard())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    assert {(member.date_time, member.compress_type) for member in members} == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}
    names = [member.filename for member in members]
    assert names[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert not [name for name in names if re.search("thumbnail|Effects|theme|customXml|numbering|webSettings|app", name)]
    assert len(data) < 40_000
    properties = opened().core_properties
    assert properties.created == properties.modified
    assert (str(properties.created)[:10], properties.author, properties.revision) == ("2026-03-05", "兰州市公安局", 1)


def test_fonts_name_what_may_stand_in_for_them() -> None:
    table = parts(render(REPORT, standard()))["word/fontTable.xml"].decode()
    for face in standard().faces.values():
        assert re.search(f'<w:font w:name="{face.name}"><w:altName w:val="{face.other}"/>', table)


def test_properties_stand_in_schema_order() -> None:
    drafts = (replace(each, draft="草稿", signers=("张三丰", "李四", "王五")) for each in COUNTED)
    contents = [
        content
        for each in drafts
        for name, content in parts(render(each, standard())).items()
        if name.startswith("word/") and name.endswith(".xml")
    ]
    for content in contents:
        for element in parse_xml(content).iter():
            order = ORDER.get(element.tag.split("}")[1], "").split()
            children = [name for child in element if not (name := child.tag.split("}")[1]).endswith("Reference")]
            assert not order or children == sorted(children, key=order.index)


def test_every_number_of_the_layout_names_its_source() -> None:
    lines = (ROOT / "documents" / "layout" / "layout.yaml").read_text("utf-8").splitlines()
    numbers = [line for line in lines if re.match(r"\s+\w+: *[-\d\[{]", line)]
    assert len(numbers) > 50
    assert [line for line in numbers if "#" not in line] == []
