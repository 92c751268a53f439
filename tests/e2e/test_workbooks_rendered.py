"""The workbooks as Calc prints them: everything in sight, no type under 8 points, no text cut by the rule below it."""

import io
import os
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from desk import year_end
from desk.number_register import NUMBER_REGISTER, NumberedPaper, NumberLine
from desk.year_end import YearEndLine
from documents.forms import circular, ledger
from documents.forms.workbook import WorkbookSheet, render
from documents.layout.profile import standard
from documents.libreoffice.installation import find_office
from documents.libreoffice.printer import Printer
from records.matter.numbers import NumberEntry, NumberSeries, Outside
from records.matter.roundup import RoundupRow
from records.matter.stamps import Stamp
from tests.bureau import roster
from tests.documents.papers import ROUNDUP
from tests.documents.test_ledger import columns
from tests.e2e.paper import DOTS_A_MM

pytestmark = pytest.mark.e2e

PEOPLE = roster()
AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
_MM = 25.4 / 72
ENTRIES = tuple(
    (
        f"DB-2026-{place:04}",
        "省领导对学校周边交通安全隐患群众来信的批示" * (place % 4 + 1),
        "（四）上级领导机关交办事项及领导批示件",
        "中共兰州市委办公室 群众来信摘要第12期，A4 paper from WeChat",
        date(2026, 8, 31),
        "\n".join(("孟拟衡（局长） 2026-08-31：特急。请交警支队到信中三所学校实地看，9月7日前把整改结果和长效办法报来。",) * (place % 5)),
        "食品药品环境犯罪侦查支队",
        "、".join(("经济犯罪侦查支队", "永登县公安局", "新区分局")[: place % 4]),
        date(2026, 8, 31),
        date(2026, 9, 7),
        "待主要领导同意",
        "红",
        -112,
        "兰公交报〔2026〕31号、兰公办〔2026〕14号",
    )
    for place in range(40)
)
ROWS = tuple(
    RoundupRow(
        item=f"DB-2026-{place:04}",
        title="“派出所主防”工作机制落地情况" * (place % 6 + 1),
        lead="JJ",
        state="in_progress",
        due="2026-09-07",
        days_late=200 - place,
        feedback_late=15,
        urges=12,
        returned=3,
    )
    for place in range(1, 41)
)


NUMBERED = NumberLine(
    118,
    NumberSeries("JJ.report", 2026, "兰公食品药品报"),
    NumberEntry(
        1031,
        "void",
        item="DB-2026-000118",
        reserved=Stamp("BGS.registry", "2026-09-02T09:00:00+08:00"),
        issued=Stamp("JJ.main_leader", "2026-09-02T10:00:00+08:00", on_behalf_of="L01"),
        voided=Outside(
            "BGS.registry", "2026-09-03T10:00:00+08:00", reason="警力人数与附件名单不一致，经决定改以电话答复，作废，不再使用。"
        ),
    ),
    PEOPLE,
    paper=NumberedPaper("关于省领导对学校周边交通安全隐患群众来信批示件办理情况和长效措施的报告", "甘肃省公安厅交通管理局（虚构）", 12),
)
NUMBERS = WorkbookSheet(
    "兰公食报", "兰州市公安局食品药品环境犯罪侦查支队报告2026年发文登记簿", "截至2026年11月23日10:30",
    [column.bound([NUMBERED] * 30) for column in NUMBER_REGISTER.values()], frozen=2,
)  # fmt: skip
LEFT_OPEN = YearEndLine(
    "barred", "兰公食品药品报〔2026〕1031号", "省领导对学校周边交通安全隐患群众来信的批示" * 2, "待主管副局长审批",
    "食品药品环境犯罪侦查支队联络员 蒋拟恒、阎拟川、起草人，起草办结报告", "2026-12-31估",
    note="〔三（四）〕本件现在是“已并案”，不能“归档”。",
)  # fmt: skip
YEAR_END = WorkbookSheet(
    "年终结转", "兰州市公安局2026年督办事项年终结转清单", "截至2026年11月23日10:30",
    [column.bound([LEFT_OPEN] * 20) for column in year_end.YEAR_END.values()], frozen=3, paper="A4",
)  # fmt: skip


class Printed:
    """What Calc makes of a workbook: pages of words with their boxes in millimetres, and where rules run across."""

    def __init__(self, folder: Path, book: bytes = b"", pdf: bytes = b"") -> None:
        self._file = folder / "book.pdf"
        if pdf:
            self._file.write_bytes(pdf)
        else:
            file = folder / "book.xlsx"
            file.write_bytes(book)
            profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
            convert = ("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(file))
            subprocess.run(convert, check=True, capture_output=True)
        boxes = subprocess.run(["pdftotext", "-bbox", self._file, "-"], check=True, capture_output=True, text=True).stdout
        self.pages = [_words(page) for page in boxes.split("<page ")[1:]]
        self.sizes = [
            tuple(round(float(each) * _MM) for each in size) for size in re.findall(r'page width="([\d.]+)" height="([\d.]+)"', boxes)
        ]
        subprocess.run(["pdftoppm", "-gray", "-r", str(25.4 * DOTS_A_MM), self._file, folder / "page"], check=True)
        self.rules = [_rules(Image.open(picture)) for picture in sorted(folder.glob("page-*.pgm"))]

    def smallest(self) -> float:
        """Points of the smallest type on any page."""
        told = subprocess.run(["pdftohtml", "-xml", "-i", "-zoom", "3", "-stdout", self._file], check=True, capture_output=True, text=True)
        return min(int(size) for size in re.findall(r'<fontspec id="\d+" size="(\d+)"', told.stdout)) / 3

    def text(self, page: int) -> str:
        return "".join(word for word, _, _ in self.pages[page])

    def cut(self) -> list[str]:
        """Words through whose middle half a rule runs."""
        found = []
        for words, rules in zip(self.pages, self.rules, strict=True):
            for word, top, bottom in words:
                quarter = (bottom - top) / 4
                found += [word for rule in rules if top + quarter < rule < bottom - quarter]
        return found


def _words(page: str) -> list[tuple[str, float, float]]:
    words = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', page)
    return [(word, float(top) * _MM, float(bottom) * _MM) for top, bottom, word in words]


def _rules(picture: Image.Image) -> list[float]:
    dark = picture.point(lambda level: 255 if level < 128 else 0)
    # One column as high as the page: how dark each of its rows is from side to side.
    rows = dark.resize((1, dark.height), Image.Resampling.BOX).tobytes()
    return [place / DOTS_A_MM for place, level in enumerate(rows) if level > 0.8 * 255]


def test_the_ledger_prints_on_a3_with_every_text_whole(tmp_path: Path) -> None:
    printed = Printed(tmp_path, ledger.workbook("兰州市公安局督办台账", columns(*ENTRIES), AT))
    assert set(printed.sizes) == {(420, 297)}
    assert len(printed.pages) > 3
    assert all(len(rules) > 5 for rules in printed.rules)
    assert printed.cut() == []
    assert printed.smallest() >= 8
    for place in range(len(printed.pages)):
        assert "督办台账" in printed.text(place)
        assert "剩余工作日" in printed.text(place)
        assert f"第{place + 1}页，共{len(printed.pages)}页" in printed.text(place)
    everything = "".join(map(printed.text, range(len(printed.pages))))
    assert everything.count("校") == sum(title.count("校") + instruction.count("校") for _, title, _, _, _, instruction, *_ in ENTRIES)
    assert all(item in everything for item, *_ in ENTRIES)


def test_the_roundup_prints_on_a3_with_every_text_whole(tmp_path: Path) -> None:
    printed = Printed(tmp_path, circular.table(replace(ROUNDUP, rows=ROWS), PEOPLE, standard(), "送审稿"))
    assert printed.sizes[-1] == (210, 297)
    assert set(printed.sizes[:-1]) == {(420, 297)}
    assert printed.cut() == []
    assert printed.smallest() >= 8
    for place in range(len(printed.pages)):
        assert "（送审稿）" in printed.text(place)


def test_the_number_register_prints_on_a3_through_our_own_printer(tmp_path: Path) -> None:
    office = find_office(os.environ["PATH"])
    assert office
    book = render((NUMBERS,), AT)
    with Printer(office) as printer:
        pdf = printer.pdf(book, ".xlsx")
        assert printer.pdf(book, ".xlsx") == pdf, "the same workbook gives the same PDF"
    printed = Printed(tmp_path, pdf=pdf)
    assert set(printed.sizes) == {(420, 297)}
    assert len(printed.pages) > 2
    assert all(len(rules) > 5 for rules in printed.rules)
    assert printed.cut() == []
    assert printed.smallest() >= 8
    for place in range(len(printed.pages)):
        assert "2026年发文登记簿" in printed.text(place)
        assert "签发日期" in printed.text(place)
        assert f"第{place + 1}页，共{len(printed.pages)}页" in printed.text(place)
    assert b"/GTS_PDFA1" in pdf


def test_the_list_of_the_years_end_prints_on_a4_lying_down(tmp_path: Path) -> None:
    printed = Printed(tmp_path, render((YEAR_END,), AT))
    assert set(printed.sizes) == {(297, 210)}
    assert printed.cut() == []
    assert printed.smallest() >= 8


def test_a_row_too_low_for_its_text_is_caught(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(ledger.workbook("兰州市公安局督办台账", columns(*ENTRIES), AT)))
    for place in range(4, 44):
        book.active.row_dimensions[place].height = 30
    book.save(faulty := io.BytesIO())
    assert Printed(tmp_path, faulty.getvalue()).cut() != []
