"""The 专报 on paper: LibreOffice sets it, and what is measured is the ink on the page, in millimetres, within 2 mm.

The fonts of offices are not free; a private font configuration lets Noto stand in for them, which is as wide.
"""

from dataclasses import replace

import pytest

from documents.forms.special_report import render
from documents.layout.profile import standard
from records.matter.prose import Paragraph
from tests.e2e.measuring import FACTS, REPORT
from tests.e2e.paper import Page, rendered

pytestmark = pytest.mark.e2e

BRIEF = replace(REPORT, body=(Paragraph("", 0, "您批示的事项已经办结。"),), attachments=(), note="", sealed=False)
DOCUMENTS = {
    "report": REPORT,
    "brief": BRIEF,
    "corner": replace(
        REPORT, copy_number="000001", secrecy="秘密★1年", urgency="特急", draft="送审稿", signers=("张三丰", "李四", "王小五")
    ),
    "full": replace(REPORT, body=(Paragraph("", 0, "督" * 28 * 60),), attachments=()),
    "marks": replace(REPORT, body=(Paragraph("", 0, "".join("督" * (20 + place % 13) + "，" for place in range(40))),), attachments=()),
    "spill": replace(REPORT, body=(Paragraph("", 0, "前" * 28 * 26), Paragraph("", 0, FACTS)), attachments=()),
    "wide": replace(
        REPORT, organ="兰州市公安局电动自行车专项整治工作领导小组办公室", title=REPORT.title.replace("整改", "集中排查整治和源头治理")
    ),
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    """Every document of this module, set by one run of LibreOffice."""
    made = {name: render(document, standard()) for name, document in DOCUMENTS.items()}
    return rendered(tmp_path_factory.mktemp("rendered"), made)


def test_the_elements_follow_each_other_as_in_annex_1(shown: dict[str, list[Page]]) -> None:
    first, last = shown["report"]
    assert first.lines[:4] == ["兰州市公安局专报", "兰公办〔2026〕14号签发人：张三丰", REPORT.title, "市委张某某副书记："]
    assert first.lines[-1] == "—1—"
    place = last.lines.index("兰州市公安局")
    assert last.lines[place - 3].startswith("附件：1.学校周边")
    assert last.lines[place - 2].startswith("2.护学岗")
    assert last.lines[place + 1 :] == [
        "2026年3月5日",
        "（联系人：李四）",
        "抄送：市委办公室、市政府办公室。",
        "兰州市公安局办公室2026年3月6日印发",
        "—2—",
    ]


def test_an_unsealed_date_stays_inside_the_text_area(shown: dict[str, list[Page]]) -> None:
    page, _ = shown["brief"]
    place = page.lines.index("2026年3月5日")
    # The red rule is ink, too, but not a line of text.
    organ, day = page.ink()[place : place + 2]
    assert organ.left < day.left
    assert day.right < 184.5


def test_a_full_side_has_22_lines_of_28_characters(shown: dict[str, list[Page]]) -> None:
    middle = shown["full"][1]
    assert middle.lines == ["督" * 28] * 22 + ["—2—"]
    text = middle.ink()[:22]
    assert text[0].top == pytest.approx(41, abs=2)
    assert text[-1].bottom == pytest.approx(260.5, abs=2)
    assert [min(band.left for band in text), max(band.right for band in text)] == pytest.approx([28, 184], abs=1)


def test_no_mark_at_the_end_of_a_line_is_lost(shown: dict[str, list[Page]]) -> None:
    text = "".join("".join(page.lines) for page in shown["marks"])
    assert text.count("，") == DOCUMENTS["marks"].body[0].text.count("，")
    assert not [line for page in shown["marks"] for line in page.lines if line.startswith("，")]


def test_the_head_stands_where_the_standard_wants_it(shown: dict[str, list[Page]]) -> None:
    mark, rule = shown["report"][0].ink(red=True)
    assert mark.top == pytest.approx(72, abs=1)
    assert (mark.left + mark.right) / 2 == pytest.approx(106, abs=1)
    assert [rule.left, rule.right] == pytest.approx([28, 184], abs=0.5)
    number = next(band for band in shown["report"][0].ink() if band.top > mark.bottom)
    assert rule.top - number.bottom == pytest.approx(4, abs=0.6)
    assert number.left == pytest.approx(28 + 5.6, abs=1)
    assert number.right == pytest.approx(184 - 5.6, abs=1)


def test_marks_in_the_corner_do_not_move_the_head(shown: dict[str, list[Page]]) -> None:
    page = shown["corner"][0]
    assert page.lines[:7] == ["送审稿", "000001", "秘密★1年", "特急", "兰州市公安局专报", "签发人：张三丰李四", "兰公办〔2026〕14号王小五"]
    assert page.ink(red=True)[0].top == pytest.approx(72, abs=1)
    assert shown["corner"][1].lines[0] == "送审稿"


def test_the_imprint_lies_on_the_lower_edge_of_the_last_side(shown: dict[str, list[Page]]) -> None:
    *others, last = shown["report"]
    assert not any("印发" in line for page in others for line in page.lines)
    rules = [band for band in last.ink() if band.bottom - band.top < 1 and band.right - band.left > 150]
    assert len(rules) == 3
    assert all([rule.left, rule.right] == pytest.approx([28, 184], abs=0.5) for rule in rules)
    assert rules[-1].bottom == pytest.approx(262, abs=0.5)


def test_page_numbers_stand_below_the_text_on_the_outer_side(shown: dict[str, list[Page]]) -> None:
    first, second = (page.ink()[-1] for page in shown["report"])
    assert (first.top + first.bottom) / 2 == pytest.approx(269, abs=1)
    assert first.right == pytest.approx(184 - 5.6, abs=1)
    assert second.left == pytest.approx(28 + 5.6, abs=1)


@pytest.mark.parametrize("name", ["report", "wide"])
def test_signature_is_centred_on_the_date_and_leaves_room_for_the_seal(shown: dict[str, list[Page]], name: str) -> None:
    last = shown[name][-1]
    place = last.lines.index(DOCUMENTS[name].organ)
    above, organ, day = last.ink()[place - 1 : place + 2]
    assert (organ.left + organ.right) / 2 == pytest.approx((day.left + day.right) / 2, abs=1)
    assert organ.right < 185
    assert organ.top - above.bottom > 20


def test_a_short_last_paragraph_goes_over_with_the_signature(shown: dict[str, list[Page]]) -> None:
    signed = next(page for page in shown["spill"] if "兰州市公安局" in page.lines)
    assert signed.lines[0].startswith("经查，")


def test_a_long_title_breaks_into_centred_lines(shown: dict[str, list[Page]]) -> None:
    lines = shown["wide"][0].lines[2:4]
    assert "".join(lines) == DOCUMENTS["wide"].title
    assert abs(len(lines[0]) - len(lines[1])) <= 6
