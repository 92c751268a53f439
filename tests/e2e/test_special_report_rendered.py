"""The 专报 on paper: LibreOffice sets it, and what is measured is the ink on the page, in millimetres, within 2 mm.

The fonts of offices are not free; a private font configuration lets Noto stand in for them, which is as wide.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from documents.official import OfficialDocument
from documents.profile import standard
from documents.special_report import render
from records.prose import Paragraph

pytestmark = pytest.mark.e2e

NOTO = {"仿宋_GB2312": "Serif", "楷体_GB2312": "Serif", "宋体": "Serif", "方正小标宋简体": "Serif", "黑体": "Sans"}
DOTS_A_MM = 5
OPENING = "您在《群众来信摘要》第12期上的批示收悉。市局高度重视，立即组织逐校排查，现将办理情况报告如下。"
FACTS = "经查，该路段学校上下学时段机动车违停集中，非机动车与行人混行，高峰时段通行能力下降约三成，群众反映属实。"
REPORT = OfficialDocument(
    mark="兰州市公安局专报",
    number="兰公办〔2026〕14号",
    signers=("张三丰",),
    title="关于学校周边交通安全隐患整改情况的报告",
    addressee=("市委张某某副书记",),
    body=(
        Paragraph("", 0, OPENING),
        Paragraph("一、基本情况。", 1, FACTS),
        Paragraph("二、整改措施", 1, ""),
        Paragraph("（一）“一校一策”。", 2, FACTS),
        Paragraph("三、下一步打算。", 1, FACTS),
    ),
    attachments=("学校周边交通安全隐患排查台账", "护学岗设置及警力安排一览表（含城关、七里河、西固、安宁、红古五区逐校明细）"),
    organ="兰州市公安局",
    date=date(2026, 3, 5),
    sealed=True,
    note="联系人：李四",
    copy_to=("市委办公室", "市政府办公室"),
    print_organ="兰州市公安局办公室",
    print_date=date(2026, 3, 6),
    copy_number="",
    secrecy="",
    urgency="",
    draft="",
)
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


class Ink(NamedTuple):
    """A band of ink across the page, in millimetres from its upper left corner."""

    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True)
class Page:
    """A page as its text lines, top down, and its picture."""

    lines: list[str]
    picture: Image.Image

    def ink(self, *, red: bool = False) -> list[Ink]:
        """The bands of ink from top to bottom, of any colour or only the red ones."""
        bands = self.picture.convert("RGB").split()
        dark = bands[1].point(lambda level: 255 if level < 128 else 0)
        if red:
            bright = bands[0].point(lambda level: 255 if level > 180 else 0)
            dark = Image.composite(dark, Image.new("L", dark.size), bright)
        return list(_bands(dark))


def _bands(dark: Image.Image) -> Iterator[Ink]:
    top = None
    for row in range(dark.height):
        inked = dark.crop((0, row, dark.width, row + 1)).getbbox() is not None
        if inked and top is None:
            top = row
        elif not inked and top is not None:
            left, _, right, _ = dark.crop((0, top, dark.width, row)).getbbox() or (0, 0, 0, 0)
            yield Ink(*(dots / DOTS_A_MM for dots in (top, row, left, right)))
            top = None


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    """Every document of this module, set by one run of LibreOffice."""
    folder = tmp_path_factory.mktemp("rendered")
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><accept><family>Noto {kind} CJK SC</family></accept></alias>'
        for name, kind in NOTO.items()
    )
    (folder / "fonts.conf").write_text(f"<fontconfig><include>/etc/fonts/fonts.conf</include>{aliases}</fontconfig>", "utf-8")
    for name, document in DOCUMENTS.items():
        (folder / f"{name}.docx").write_bytes(render(document, standard()))
    office = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
    ]
    subprocess.run(
        [*office, *(str(folder / f"{name}.docx") for name in DOCUMENTS)],
        env=os.environ | {"HOME": str(folder), "FONTCONFIG_FILE": str(folder / "fonts.conf")},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {name: _pages(folder / f"{name}.pdf") for name in DOCUMENTS}


def _pages(pdf: Path) -> list[Page]:
    subprocess.run(["pdftoppm", "-r", str(25.4 * DOTS_A_MM), "-png", pdf, pdf.with_suffix("")], check=True)
    boxes = subprocess.run(["pdftotext", "-bbox-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pictures = sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
    pages = [_lines(page) for page in boxes.split("<page ")[1:]]
    return [Page(lines, Image.open(picture)) for lines, picture in zip(pages, pictures, strict=True)]


def _lines(page: str) -> list[str]:
    """Words that stand on one height, left to right: a line to the eye, whatever blocks the tool sees."""
    words = re.findall(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', page)
    rows: dict[int, list[tuple[float, str]]] = {}
    for left, bottom, text in words:
        row = next((key for key in rows if abs(key - float(bottom)) < 6), round(float(bottom)))
        rows.setdefault(row, []).append((float(left), text))
    return ["".join(text for _, text in sorted(rows[row])) for row in sorted(rows)]


def test_the_elements_follow_each_other_as_in_annex_1(rendered: dict[str, list[Page]]) -> None:
    first, last = rendered["report"]
    assert first.lines[:4] == ["兰州市公安局专报", "兰公办〔2026〕14号签发人：张三丰", REPORT.title, "市委张某某副书记："]
    assert first.lines[-1] == "—1—"
    place = last.lines.index("兰州市公安局")
    assert last.lines[place - 3].startswith("附件：1.学校周边")
    assert last.lines[place - 2].startswith("2.护学岗")
    assert last.lines[place + 1 :] == [
        "2026年3月5日",
        "（联系人：李四）",
        "抄送：市委办公室，市政府办公室。",
        "兰州市公安局办公室2026年3月6日印发",
        "—2—",
    ]


def test_a_brief_report_keeps_to_one_side(rendered: dict[str, list[Page]]) -> None:
    (page,) = rendered["brief"]
    assert page.lines[-3:] == ["抄送：市委办公室，市政府办公室。", "兰州市公安局办公室2026年3月6日印发", "—1—"]


def test_an_unsealed_date_stays_inside_the_text_area(rendered: dict[str, list[Page]]) -> None:
    (page,) = rendered["brief"]
    place = page.lines.index("2026年3月5日")
    # The red rule is ink, too, but not a line of text.
    organ, day = page.ink()[place : place + 2]
    assert organ.left < day.left
    assert day.right < 184.5


def test_a_full_side_has_22_lines_of_28_characters(rendered: dict[str, list[Page]]) -> None:
    middle = rendered["full"][1]
    assert middle.lines == ["督" * 28] * 22 + ["—2—"]
    text = middle.ink()[:22]
    assert text[0].top == pytest.approx(41, abs=2)
    assert text[-1].bottom == pytest.approx(260.5, abs=2)
    assert [min(band.left for band in text), max(band.right for band in text)] == pytest.approx([28, 184], abs=1)


def test_no_mark_at_the_end_of_a_line_is_lost(rendered: dict[str, list[Page]]) -> None:
    shown = "".join("".join(page.lines) for page in rendered["marks"])
    assert shown.count("，") == DOCUMENTS["marks"].body[0].text.count("，") + 1
    assert not [line for page in rendered["marks"] for line in page.lines if line.startswith("，")]


def test_the_head_stands_where_the_standard_wants_it(rendered: dict[str, list[Page]]) -> None:
    mark, rule = rendered["report"][0].ink(red=True)
    assert mark.top == pytest.approx(72, abs=1)
    assert (mark.left + mark.right) / 2 == pytest.approx(106, abs=1)
    assert [rule.left, rule.right] == pytest.approx([28, 184], abs=0.5)
    number = next(band for band in rendered["report"][0].ink() if band.top > mark.bottom)
    assert rule.top - number.bottom == pytest.approx(4, abs=0.6)
    assert number.left == pytest.approx(28 + 5.6, abs=1)
    assert number.right == pytest.approx(184 - 5.6, abs=1)


def test_marks_in_the_corner_do_not_move_the_head(rendered: dict[str, list[Page]]) -> None:
    page = rendered["corner"][0]
    assert page.lines[:7] == ["送审稿", "000001", "秘密★1年", "特急", "兰州市公安局专报", "签发人：张三丰李四", "兰公办〔2026〕14号王小五"]
    assert page.ink(red=True)[0].top == pytest.approx(72, abs=1)
    assert rendered["corner"][1].lines[0] == "送审稿"


def test_the_imprint_lies_on_the_lower_edge_of_the_last_side(rendered: dict[str, list[Page]]) -> None:
    *others, last = rendered["report"]
    assert not any("印发" in line for page in others for line in page.lines)
    rules = [band for band in last.ink() if band.bottom - band.top < 1 and band.right - band.left > 150]
    assert len(rules) == 3
    assert all([rule.left, rule.right] == pytest.approx([28, 184], abs=0.5) for rule in rules)
    assert rules[-1].bottom == pytest.approx(262, abs=0.5)


def test_page_numbers_stand_below_the_text_on_the_outer_side(rendered: dict[str, list[Page]]) -> None:
    first, second = (page.ink()[-1] for page in rendered["report"])
    assert (first.top + first.bottom) / 2 == pytest.approx(269, abs=1)
    assert first.right == pytest.approx(184 - 5.6, abs=1)
    assert second.left == pytest.approx(28 + 5.6, abs=1)


@pytest.mark.parametrize("name", ["report", "wide"])
def test_signature_is_centred_on_the_date_and_leaves_room_for_the_seal(rendered: dict[str, list[Page]], name: str) -> None:
    last = rendered[name][-1]
    place = last.lines.index(DOCUMENTS[name].organ)
    above, organ, day = last.ink()[place - 1 : place + 2]
    assert (organ.left + organ.right) / 2 == pytest.approx((day.left + day.right) / 2, abs=1)
    assert organ.right < 185
    assert organ.top - above.bottom > 20


def test_a_short_last_paragraph_goes_over_with_the_signature(rendered: dict[str, list[Page]]) -> None:
    last = rendered["spill"][-1]
    assert last.lines[0].startswith("经查，")
    assert "兰州市公安局" in last.lines


def test_a_long_title_breaks_into_centred_lines(rendered: dict[str, list[Page]]) -> None:
    lines = rendered["wide"][0].lines[2:4]
    assert "".join(lines) == DOCUMENTS["wide"].title
    assert abs(len(lines[0]) - len(lines[1])) <= 6
