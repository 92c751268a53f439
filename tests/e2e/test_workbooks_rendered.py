"""The workbooks as Calc prints them: everything in sight, no type under 8 points, no text cut by the rule below it."""

import io
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from documents.forms import circular, ledger
from documents.layout.profile import standard
from records.matter.roundup import RoundupRow
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


class Printed:
    """What Calc makes of a workbook: pages of words with their boxes in millimetres, and where rules run across."""

    def __init__(self, folder: Path, book: bytes) -> None:
        file = folder / "book.xlsx"
        file.write_bytes(book)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        subprocess.run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, file], check=True, capture_output=True)
        self._file = folder / "book.pdf"
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


def test_a_row_too_low_for_its_text_is_caught(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(ledger.workbook("兰州市公安局督办台账", columns(*ENTRIES), AT)))
    for place in range(4, 44):
        book.active.row_dimensions[place].height = 30
    book.save(faulty := io.BytesIO())
    assert Printed(tmp_path, faulty.getvalue()).cut() != []
