"""What a document does where it would not fit: the list of 主送机关, the text over the signature, attachments, the side of 版记."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from docx.document import Document
from msgspec.structs import replace as changed

from documents.forms import letter, special_report
from documents.layout.official_document import DocumentError, Enclosure, OfficialDocument
from documents.layout.profile import Profile, standard
from records.matter.prose import Paragraph
from tests.documents.looks import looked
from tests.documents.test_letter import LETTER
from tests.documents.test_special_report import REPORT, faces, found, texts, value

PLAIN = replace(REPORT, attachments=(), note="")
TABLES = (
    Enclosure(1, "隐患排查台账", (Paragraph("一、城关区。", 1, "共42处。"), Paragraph("", 0, "已全部整改。"))),
    Enclosure(2, "护学岗一览表", (Paragraph("", 0, "设岗20个。"),)),
)


def opened(document: OfficialDocument, profile: Profile | None = None) -> Document:
    return looked(special_report.render(document, profile or standard()))


def body(lines: int) -> tuple[Paragraph, ...]:
    """One paragraph of so many full lines."""
    return (Paragraph("", 0, "督" * (28 * lines - 2)),)


def turns(document: Document) -> list[str]:
    """What stands between the text and 版记."""
    table = document.tables[0]._tbl
    found, each = [], table.getprevious()
    while each is not None and not "".join(each.itertext()).strip():
        found.append("turn" if each.xpath("w:pPr/w:pageBreakBefore") else "blank")
        each = each.getprevious()
    return found[::-1] + (["section"] if each is not None and each.xpath("w:pPr/w:sectPr") else [])


# The first side takes eight lines, the second 22; the signature is four lines high, 版记 a little more than two.
@pytest.mark.parametrize(
    ("lines", "wanted"),
    [(4, ["turn"]), (11, []), (23, []), (25, []), (30, ["turn"])],
    ids=["one side", "two sides", "room for both", "pulled in to make room", "three sides"],
)
def test_the_imprint_stands_on_an_even_side(lines: int, wanted: list[str]) -> None:
    assert turns(opened(replace(PLAIN, body=body(lines)))) == wanted


# Its 版记 takes most of a side, so that no pitch makes room for it under a text that takes two.
LISTED = replace(PLAIN, body=body(12), copy_to=("兰州市公安局城关分局",) * 60)


def test_an_imprint_that_nothing_makes_room_for_goes_over_a_blank_side() -> None:
    assert turns(opened(LISTED)) == ["blank", "turn", "section"]


def test_neither_a_blank_side_nor_the_imprint_after_it_is_numbered() -> None:
    text, bare = opened(replace(LISTED, draft="送审稿")).sections
    assert text.footer.paragraphs[0].text == "— 1 —"
    for footer in (bare.footer, bare.even_page_footer):
        assert not footer.is_linked_to_previous
        assert footer.paragraphs[0].text == ""
    assert bare.header.is_linked_to_previous


def test_the_imprint_stands_under_the_text_where_the_profile_lets_it() -> None:
    free = changed(standard(), imprint=changed(standard().imprint, even_side=False))
    assert [turns(opened(document, free)) for document in (replace(PLAIN, body=body(2)), LISTED)] == [[], ["turn"]]


def test_a_letter_has_its_imprint_on_its_last_side_whatever_that_is() -> None:
    made = looked(letter.render(replace(LETTER, attachments=(), note=""), standard()))
    assert turns(made) == []


def test_an_imprint_that_no_side_takes_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"抄送机关过多，版记一面排不下.*规范化简称"):
        opened(replace(PLAIN, copy_to=("兰州市公安局城关分局",) * 90))


@pytest.mark.parametrize(("organs", "moved"), [(2, False), (30, True)])
def test_a_list_of_addressees_that_leaves_the_text_no_room_moves_to_the_imprint(organs: int, moved: bool) -> None:
    document = opened(replace(PLAIN, addressee=tuple(f"市公安局第{place:02}分局办公室" for place in range(organs))))
    entry = document.tables[0].rows[0].cells[0]
    assert any(text.startswith("市公安局第00分局") for text in texts(document)) != moved
    assert entry.text.startswith("主送：市公安局第00分局") == moved
    if moved:
        assert entry.text.split("\n")[0].endswith("第29分局办公室。")
        assert entry.text.split("\n")[1] == "抄送：市委办公室、市政府办公室。"
        assert len(document.tables[0].rows) == 2
        assert value(found(document, "您的批示"), "w:pPr/w:spacing", "before") == pitch(document)


def kept(document: Document, text: str) -> bool:
    return bool(found(document, text).xpath("w:pPr/w:keepNext"))


def pitch(document: Document) -> str | None:
    """The pitch of the whole text."""
    return value(document.styles.element, "w:docDefaults//w:pPr/w:spacing", "line")


def test_a_short_closing_paragraph_goes_over_whole_with_the_signature() -> None:
    document = opened(replace(PLAIN, body=(Paragraph("", 0, "前" * 28 * 5), Paragraph("", 0, "末" * 40))))
    assert kept(document, "末")
    assert not kept(document, "前")


def test_a_long_list_of_attachments_gives_its_last_lines_to_the_signature() -> None:
    document = opened(replace(REPORT, attachments=tuple(f"第{place:02}号台账" for place in range(30))))
    listed = [text for text in texts(document) if text.endswith("号台账")]
    assert [kept(document, text.removeprefix("\t")) for text in listed] == [False] * 28 + [True] * 2


def test_attachments_stand_on_sides_of_their_own() -> None:
    document = opened(replace(REPORT, enclosures=TABLES))
    shown = texts(document)
    place = shown.index("附件1")
    assert shown[place - 1 :] == [
        "（联系人：李四）",
        "附件1",
        "隐患排查台账",
        "一、城关区。共42处。",
        "已全部整改。",
        "附件2",
        "护学岗一览表",
        "设岗20个。",
    ]
    mark = next(paragraph._p for paragraph in document.paragraphs if paragraph.text == "附件2")
    assert mark.xpath("w:pPr/w:pageBreakBefore")
    assert faces(mark) == [("附件2", "黑体")]
    title = mark.getnext()
    assert (value(title, "w:pPr/w:spacing", "before"), value(title, "w:pPr/w:jc"), value(title, "w:r/w:rPr/w:sz")) == (
        pitch(document),
        "center",
        "44",
    )
    assert faces(found(document, "一、城关区"))[0] == ("一、城关区。", "黑体")


def test_a_single_attachment_bears_no_number() -> None:
    shown = texts(opened(replace(REPORT, attachments=("隐患排查台账",), enclosures=TABLES[:1])))
    assert "附件" in shown
    assert "附件1" not in shown


def wrong(change: Callable[[Enclosure], Enclosure]) -> tuple[Enclosure, ...]:
    return (change(TABLES[0]),)


@pytest.mark.parametrize(
    ("enclosures", "said"),
    [
        (wrong(lambda each: replace(each, name="台账")), "附件1“台账”与附件说明中的.*不一致"),
        (wrong(lambda each: replace(each, number=3)), "附件3“隐患排查台账”与附件说明"),
        (wrong(lambda each: replace(each, number=0)), "不一致"),
        (wrong(lambda each: replace(each, body=())), "附件1“隐患排查台账”没有内容"),
        (wrong(lambda each: replace(each, body=(Paragraph("", 0, "甲\ud800"),))), "附件第1段第2个字符是不能印刷的控制字符"),
        (wrong(lambda each: replace(each, body=(Paragraph("①", 5, "甲"),))), "超过四级"),
        (TABLES[::-1], "次序不对"),
        (TABLES[:1] * 2, "重复"),
    ],
    ids=["name", "number", "zero", "empty", "unprintable", "fifth level", "order", "twice"],
)
def test_an_attachment_that_is_not_what_the_text_names_is_refused(enclosures: tuple[Enclosure, ...], said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        opened(replace(REPORT, enclosures=enclosures))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": (Paragraph("", 0, "督" * 100_000),)}, "正文共100000字，超过50000字的上限.*请精简"),
        ({"title": "督" * 100_000}, "标题共100000字，超过150字的上限"),
        ({"organ": "督" * 100_000}, "发文机关署名共100000字，超过28字的上限"),
        ({"copy_to": ("督" * 500,) * 200}, "抄送机关共100000字，超过1000字的上限"),
        ({"enclosures": (replace(TABLES[0], body=(Paragraph("", 0, "督" * 100_000),)),)}, "附件共100000字"),
    ],
    ids=["body", "title", "organ", "copy_to", "enclosure"],
)
def test_a_text_that_no_page_can_be_made_of_is_refused_with_its_length(change: dict[str, object], said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        opened(replace(REPORT, **change))  # type: ignore[arg-type]


def test_rare_characters_of_names_stay_as_they_are() -> None:
    rare = "喆堃昇珺赟旻祎𠮷"
    document = opened(replace(REPORT, signers=(rare,), organ=rare, body=(Paragraph("", 0, rare * 100),), draft=rare))
    assert "".join(texts(document)).count(rare) == 102
    assert f"签发人：{rare}" in "".join(texts(document))
