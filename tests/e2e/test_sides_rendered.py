"""The counter of sides against LibreOffice, and what hangs on it: 版记 on an even side, no signature without text above it."""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from documents.forms import internal_report, letter, special_report
from documents.layout.arrangement import Arranged
from documents.layout.official_document import Enclosure, OfficialDocument
from documents.layout.profile import Profile, standard
from documents.libreoffice.installation import STAND_INS
from records.matter.prose import Paragraph
from tests.e2e.measuring import INTERNAL, LETTER, REPORT
from tests.e2e.paper import count_sides, printed, shown_lines

pytestmark = pytest.mark.e2e

COUNT = int(os.environ.get("DUBAN_SIDES", "100"))
"""Random documents; ``make layout`` has a thousand of them counted, and tables of every length."""

WORDS = "督办工作情况落实部门领导批示单位核查整改安全隐患学校周边交通秩序群众来信分局支队研究部署措施责任到人全面排查集中整治行动"
FIGURES = ("2026年", "3件", "12345人次", "98.6％", "40%", "1,200万元", "GPS", "DB-2026-0118", "110", "10:30", "5G", "WPS Office")
PAIRS = (("“", "”"), ("（", "）"), ("《", "》"))
# The half-width signs of this font are half as wide as a 字, as those of the real 仿宋_GB2312 are and those of Noto Serif are not.
HALF_WIDE = {**STAND_INS, **dict.fromkeys(("仿宋_GB2312", "楷体_GB2312", "黑体"), ("Noto Sans Mono CJK SC",))}
MARKS = "，，，，，，，。。、；：？！—…·"


def words(lot: random.Random, least: int, most: int) -> str:
    return "".join(lot.choices(WORDS, k=lot.randint(least, most)))


def prose(lot: random.Random, length: int) -> str:
    text = ""
    while len(text) < length:
        kind = lot.random()
        if kind < 0.07:
            text += lot.choice(FIGURES)
        elif kind < 0.15:
            opening, closing = lot.choice(PAIRS)
            text += opening + words(lot, 2, 6) + closing
        elif kind < 0.4:
            text += lot.choice(MARKS)
        else:
            text += words(lot, 1, 7)
    return text + "。"


def paragraphs(lot: random.Random, count: int) -> Iterator[Paragraph]:
    for _ in range(count):
        kind = lot.random()
        if kind < 0.15:
            yield Paragraph(f"一、{words(lot, 3, 14)}", 1, "")
        elif kind < 0.4:
            yield Paragraph(f"（二）{words(lot, 3, 14)}。", 2, prose(lot, lot.randint(5, 200)))
        else:
            yield Paragraph("", 0, prose(lot, lot.randint(3, lot.choice((20, 60, 150, 300, 500)))))


def drawn(number: int) -> tuple[str, OfficialDocument]:
    """One of the documents that may be: its form and its elements."""
    lot = random.Random(number)
    form = lot.choice(("special", "special", "internal", "letter"))
    names = tuple(words(lot, 3, 60) for _ in range(lot.choice((0, 0, 1, 2, 3, 8))))
    base = {"special": REPORT, "internal": INTERNAL, "letter": LETTER}[form]
    return form, replace(
        base,
        signers=() if form == "letter" else ("张三丰", "李四", "王小五", "赵六", "钱七七")[: lot.choice((1, 1, 1, 2, 3, 5))],
        title=f"关于{words(lot, 5, lot.choice((12, 20, 35, 60)))}的报告",
        addressee=tuple(words(lot, 3, 12) for _ in range(lot.choice((1, 1, 1, 2, 5, 30, 45)))),
        body=tuple(paragraphs(lot, lot.choice((1, 1, 2, 3, 5, 8, 12, 20)))),
        attachments=names,
        enclosures=tuple(
            Enclosure(place, name, tuple(paragraphs(lot, lot.randint(1, 5))))
            for place, name in enumerate(names, start=1)
            if lot.random() < 0.3
        ),
        sealed=lot.random() < 0.6,
        note=lot.choice(("", "联系人：李四，电话：12345678", "此件公开发布" * 8)),
        copy_to=tuple(words(lot, 3, 12) for _ in range(lot.choice((0, 1, 2, 6, 15)))),
        secrecy=lot.choice(("", "秘密★1年")),
        draft=lot.choice(("", "", "草稿")),
    )


@pytest.fixture(scope="module", autouse=True)
def fitted_once() -> Iterator[None]:
    """What is made of a document here and what is counted of it are one arrangement, which is searched for once."""
    with pytest.MonkeyPatch.context() as patch:
        for form in (letter, special_report):
            patch.setattr(form, "arrangement", _once(form.arrangement))
        yield


def _once(arrangement: Callable[[OfficialDocument, Profile], Arranged]) -> Callable[[OfficialDocument, Profile], Arranged]:
    found = cache(lambda document: arrangement(document, standard()))
    return lambda document, profile: found(document)


def arranged(form: str, document: OfficialDocument) -> Arranged:
    return letter.arrangement(document, standard()) if form == "letter" else special_report.arrangement(document, standard())


def made(form: str, document: OfficialDocument) -> bytes:
    if form == "letter":
        return letter.render(document, standard())
    return internal_report.render(document, standard()) if form == "internal" else special_report.render(document, standard())


def test_the_counter_agrees_with_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, documents = tmp_path_factory.mktemp("sides"), {str(number): drawn(number) for number in range(COUNT)}
    printed(folder, {name: made(*drawn) for name, drawn in documents.items()}, HALF_WIDE)
    counted = {name: arranged(*drawn).sides for name, drawn in documents.items()}
    found = {name: count_sides(folder / f"{name}.pdf") for name in documents}
    assert {*counted.values()} >= set(range(1, 7))
    off = [name for name in documents if counted[name] != found[name]]
    assert len(off) <= COUNT // 100, off


def test_tables_are_counted_row_by_row_with_their_head_on_every_side(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, lot = tmp_path_factory.mktemp("tables"), random.Random(7)
    head = ("序号", "指标", "目标", "完成情况和说明")
    documents = {}
    for count in range(1, 61) if COUNT > 100 else (*range(1, 8), *range(9, 60, 4), 60):
        rows = (head, *((str(place), words(lot, 3, 9), f"{lot.randint(1, 99)}.5%", words(lot, 2, 60)) for place in range(1, count + 1)))
        body = (Paragraph("", 0, prose(lot, 60)), Paragraph("", 0, "", rows), Paragraph("", 0, prose(lot, 90)))
        documents[str(count)] = replace(REPORT, attachments=(), note="", body=body)
    printed(folder, {name: special_report.render(each, standard()) for name, each in documents.items()}, HALF_WIDE)
    found = {name: count_sides(folder / f"{name}.pdf") for name in documents}
    assert {*found.values()} >= {2, 4, 6}
    assert {name: special_report.arrangement(each, standard()).sides for name, each in documents.items()} == found
    last = "".join(shown_lines(folder, ["60"])[0][2])
    assert "序号指标目标完成情况和说明" in last


# Every place at which a text can end on a side, over two sides and into the third.
LENGTHS = range(1, 34)
# Where a text of one paragraph, which is never cut, ends so that within all bounds fewer than two lines stay with the signature.
SHORT = {
    "sealed": {7},
    "unsealed with attachments": {*range(3, 8), *range(24, 28)},
    "a letter": {11, 12},
    "after other text": {1},
}
CASES = {
    "sealed": replace(REPORT, attachments=(), note=""),
    "unsealed with attachments": replace(REPORT, sealed=False),
    "a letter": replace(LETTER, attachments=()),
    "after other text": replace(REPORT, attachments=("台账",)),
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], list[list[str]]]:
    """The lines of each side of every document that may end where the signature would stand alone."""
    folder, documents = tmp_path_factory.mktemp("ended"), {}
    for case, base in CASES.items():
        for lines in LENGTHS:
            before = (Paragraph("", 0, "前" * 28 * 3),) if case == "after other text" else ()
            document = replace(base, body=(*before, Paragraph("", 0, "督" * (28 * lines - 2))))
            documents[case, lines] = made("letter" if case == "a letter" else "special", document)
    named = {f"{case}-{lines}": data for (case, lines), data in documents.items()}
    printed(folder, named)
    return dict(zip(documents, shown_lines(folder, named), strict=True))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("lines", LENGTHS)
def test_no_signature_stands_without_two_lines_of_text(ended: dict[tuple[str, int], list[list[str]]], case: str, lines: int) -> None:
    sides = ended[case, lines]
    (signed,) = (side for side in sides if "2026年3月5日" in side)
    place = signed.index("2026年3月5日")
    # A text of two lines stays on the first side; then it is the list of attachments that goes over.
    above = [line for line in signed[: place - 1] if set(line) == {"督"} or (lines <= 2 and "附件：" in line)]
    assert "".join(line for side in sides for line in side if set(line) == {"督"}) == "督" * (28 * lines - 2)
    if lines not in SHORT[case]:
        assert len(above) >= min(2, lines) or "附件：" in above[0]
        assert all(any({"督", "前", "附"} & set(line) for line in side) for side in sides[: sides.index(signed) + 1])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("lines", LENGTHS)
def test_the_imprint_is_on_the_last_side_and_that_is_even(ended: dict[tuple[str, int], list[list[str]]], case: str, lines: int) -> None:
    *others, last = ended[case, lines]
    assert any("抄送" in line for line in last)
    assert not any("抄送" in line for side in others for line in side)
    if case != "a letter":
        assert len(others) % 2 == 1
        # A blank side has no number, nor has the 版记 after it.
        blank = [side for side in others if not side]
        assert any("—" in line for line in last) != bool(blank)
