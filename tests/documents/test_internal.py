"""What units send up as a file: annex 3, the code of the text at its foot."""

from dataclasses import replace

import pytest
from docx.document import Document

from documents.forms.internal_report import code, render
from documents.layout.official_document import DocumentError
from documents.layout.profile import standard
from tests.documents.looks import looked
from tests.documents.test_special_report import REPORT, texts, value

UNIT = "兰州市公安局交通警察支队"
INTERNAL = replace(
    REPORT,
    mark=f"{UNIT}报告",
    number="兰公交报〔2026〕3号",
    addressee=("市局办公室",),
    organ=UNIT,
    copy_to=(),
    note="",
    print_organ=UNIT,
    copy_number="000001",
)
DIGEST = "sha256:3f2a91bc77d0" + "0" * 52


def opened(digest: str = DIGEST, **changes: object) -> Document:
    return looked(render(replace(INTERNAL, **changes), standard(), digest=digest))  # type: ignore[arg-type]


def test_elements_stand_in_the_order_of_annex_3() -> None:
    document = opened(secrecy="秘密★1年", urgency="特急")
    shown = texts(document)
    assert shown[:7] == ["000001", "秘密★1年", "特急", f"{UNIT}报告", "兰公交报〔2026〕3号\t签发人：张三丰", REPORT.title, "市局办公室："]
    assert shown[-2:] == [UNIT, "2026年3月5日"]
    (imprint,) = document.tables
    assert [row.cells[0].text for row in imprint.rows] == [f"{UNIT}\t2026年11月16日印发"]


def test_the_code_of_the_text_stands_on_the_inner_side_of_each_page_number() -> None:
    section = opened().sections[0]
    odd, even = (footer.paragraphs[0] for footer in (section.footer, section.even_page_footer))
    assert (odd.text, even.text) == ("文本校验码 3f2a-91bc-77d0\t— 1 —", "— 1 —\t文本校验码 3f2a-91bc-77d0")
    for line in (odd._p, even._p):
        assert value(line, "w:pPr/w:tabs/w:tab", "pos") == str(8844 - 315)
        assert value(line, "w:pPr/w:ind", "left") == "315"
    assert opened("").sections[0].footer.paragraphs[0].text == "— 1 —"
    assert code("sha256:0123456789abcdef") == "0123-4567-89ab"


def test_a_unit_leaves_out_nothing_that_must_stand() -> None:
    with pytest.raises(DocumentError, match="缺少签发人"):
        opened(signers=())
