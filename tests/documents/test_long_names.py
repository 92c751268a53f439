"""Names too long for their line: the mark is never smaller than the title, neither 版记 nor 签发人 turns."""

from dataclasses import replace

import pytest
from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement

from documents.forms import letter, special_report
from documents.layout.elements import mark
from documents.layout.official_document import DocumentError, OfficialDocument, chars
from documents.layout.profile import standard
from tests.documents.looks import looked
from tests.documents.test_letter import LETTER
from tests.documents.test_special_report import REPORT, value

RIGHT = standard()
LONGEST = "兰州市公安局食品药品环境犯罪侦查支队"
OWN = "兰州市公安局黄河风情线大型群众性活动安全保卫工作领导小组办公室"


def special(**changes: object) -> Document:
    return looked(special_report.render(replace(REPORT, **changes), RIGHT))  # type: ignore[arg-type]


def scale(run: BaseOxmlElement) -> int:
    return int(value(run, "w:rPr/w:w") or 100)


@pytest.mark.parametrize("length", range(2, 41))
def test_the_mark_is_never_smaller_than_the_title_whatever_its_length(length: int) -> None:
    words = (OWN + "报告报告报告报告")[:length]
    found = mark(words, RIGHT, RIGHT.mark.size)
    assert "".join(found.lines) == words
    assert found.look.size >= RIGHT.title.size
    assert found.look.scale >= 80
    assert max(map(chars, found.lines)) * found.look.size * found.look.scale / 100 <= 140 / 25.4 * 72
    assert len(found.lines) == (1 if length <= 22 else 2)
    if len(found.lines) == 2:
        assert abs(chars(found.lines[0]) - chars(found.lines[1])) <= 4


def test_a_mark_of_two_lines_leaves_the_head_its_distances() -> None:
    one, two = ((document.paragraphs[place]._p for place in range(3)) for document in (special(), special(mark=OWN)))
    before, after = ([value(each, "w:pPr/w:spacing", "before") for each in head] for head in (one, two))
    assert before[1:] == after[1:]
    assert special(mark=OWN).paragraphs[0].text.count("\n") == 1


def test_the_rule_of_a_letter_stands_under_the_second_line_of_its_mark() -> None:
    tops = [letter._FirstSide.of(replace(LETTER, mark=each), RIGHT).rules_mm[0][0] for each in ("兰州市公安局", OWN)]
    size = mark(OWN, RIGHT, RIGHT.letter.mark_size).look.size
    ink = (RIGHT.ink.above + RIGHT.ink.below) * 25.4 / 72
    assert tops[1] == pytest.approx(30 + size * ink + size * RIGHT.mark.line * 25.4 / 72 + 4, abs=0.02)


def printed(document: OfficialDocument) -> BaseOxmlElement:
    rows = looked(special_report.render(document, RIGHT)).tables[0].rows
    found: BaseOxmlElement = rows[len(rows) - 1].cells[0].paragraphs[0]._p
    return found


@pytest.mark.parametrize(
    ("organ", "short", "shown", "narrow"),
    [
        (LONGEST, "食药环侦支队", LONGEST, False),
        (OWN[:22], "领导小组办公室", OWN[:22], True),
        (OWN, "领导小组办公室", "领导小组办公室", False),
    ],
    ids=["whole", "narrower", "by its short name"],
)
def test_who_prints_and_when_stand_on_one_line(organ: str, short: str, shown: str, narrow: bool) -> None:
    line = printed(replace(REPORT, print_organ=organ, print_organ_short=short))
    organ_run, day_run = line.xpath("w:r")
    assert "".join(organ_run.xpath("w:t/text()")) == shown
    assert (scale(organ_run) < 100) == narrow
    assert scale(day_run) == 100
    day = chars("2026年11月16日印发") * 1.12
    assert 13.75 * (chars(shown) * scale(organ_run) / 100 + 1 + day) <= 8844 / 20 - 2 * 13.75


def test_a_name_that_no_narrowing_brings_onto_the_line_is_refused_with_the_way_out() -> None:
    with pytest.raises(DocumentError, match=r"印发机关名称过长.*规范化简称"):
        special(print_organ=OWN, print_organ_short="")
    with pytest.raises(DocumentError, match="签发人姓名过长"):
        special(signers=("阿" * 30,))


@pytest.mark.parametrize("name", ["买买提江·吐尔逊", "阿不都热依木·买买提江·吐尔逊", "阿" * 18])
def test_a_long_name_of_a_signer_stays_on_the_line_of_the_number(name: str) -> None:
    document = special(signers=(name,), number="兰公食报〔2026〕123号")
    (line,) = (paragraph for paragraph in document.paragraphs if "签发人" in paragraph.text)
    assert line.text == f"兰公食报〔2026〕123号\t签发人：{name}"
    (stop,) = (int(each) for each in line._p.xpath("w:pPr/w:tabs/w:tab/@w:pos"))
    width = 315 * 4 + 315 * chars(name) * scale(line._p.xpath("w:r")[-1]) / 100
    assert 315 + 315 * chars("兰公食报〔2026〕123号") < stop
    assert stop + width <= 8844 - 315 + 1
