"""How documents are made to end well (7.3.5.5): pitch, spacing and blank lines within their bounds, no paragraph ever cut."""

from dataclasses import replace
from functools import cache, partial

import pytest
from docx.document import Document

from documents.forms import letter, special_report
from documents.layout import fitting
from documents.layout.arrangement import Arranged
from documents.layout.official_document import OfficialDocument
from documents.layout.profile import standard
from documents.layout.sides import Area, lay, line_width
from documents.publishing.history import History
from records.matter.prose import Paragraph
from records.register.register import Register
from tests.documents.looks import looked
from tests.documents.test_letter import LETTER
from tests.documents.test_special_report import REPORT, value

RIGHT = standard()
CLOSING = Paragraph("", 0, "特此报告。")
BASES = {
    "report": replace(REPORT, attachments=(), note=""),
    "report with attachments": REPORT,
    "unsealed report": replace(REPORT, sealed=False),
    "letter": replace(LETTER, attachments=()),
    "letter with attachments": LETTER,
}


@cache  # several tests look at the same ones
def arranged(form: str, document: OfficialDocument) -> Arranged:
    return letter.arrangement(document, RIGHT) if "letter" in form else special_report.arrangement(document, RIGHT)


def made(form: str, document: OfficialDocument) -> Document:
    return looked((letter if "letter" in form else special_report).render(document, RIGHT))


def ending(lines: int, closing: int = 3) -> tuple[Paragraph, ...]:
    """A text of so many lines in paragraphs of five, before one of its own and the closing formula."""
    before = tuple(Paragraph("", 0, "前" * (28 * 5 - 2)) for _ in range(lines // 5))
    return (*before, Paragraph("", 0, "督" * (28 * closing - 2)), CLOSING)


@pytest.mark.parametrize("form", BASES)
def test_no_paragraph_is_cut_wherever_it_ends(form: str) -> None:
    for lines in range(3, 34):
        for text in ((Paragraph("", 0, "督" * (28 * lines - 2)),), ending(lines)):
            shown = [block.text for block in arranged(form, replace(BASES[form], body=text)).blocks]
            assert [each for each in shown if each and set(each) <= set("督前")] == [each.text for each in text if each != CLOSING], lines


@pytest.mark.parametrize("form", BASES)
@pytest.mark.parametrize("closing", [2, 3, 6])
def test_every_signature_has_two_lines_of_text_over_it_and_no_side_is_blank(form: str, closing: int) -> None:
    for lines in range(10, 40):
        found = arranged(form, replace(BASES[form], body=ending(lines, closing)))
        sides = dict(zip((block.text for block in found.blocks), lay(found.blocks, area(form, found)).sides, strict=True))
        signed = sides["兰州市公安局"]
        text = [side for words, each in sides.items() for side in each if set(words) <= set("督前") or words == CLOSING.text]
        assert sides["2026年3月5日"] == signed
        assert text.count(signed[0]) >= 2, (lines, found.profile.grid)
        assert found.turns < 2


def area(form: str, found: Arranged) -> Area:
    if "letter" not in form:
        return Area.of(found.profile)
    sheet = letter._FirstSide.of(LETTER, found.profile)
    return Area.of(found.profile, sheet.end + letter._LEEWAY - 2098)


def test_what_ends_well_is_set_as_it_is() -> None:
    for lines in (12, 14, 17, 18):
        assert arranged("report", replace(BASES["report"], body=ending(lines))).profile == RIGHT


def test_what_is_adjusted_is_adjusted_in_the_whole_text_and_within_the_bounds() -> None:
    changed = set()
    for form, base in BASES.items():
        for lines in range(4, 34):
            document = replace(base, body=ending(lines))
            grid = arranged(form, document).profile.grid
            assert 26.5 <= grid.pitch_pt <= 30.5
            assert -0.5 <= grid.spacing_pt <= 0
            if grid != RIGHT.grid and grid.pitch_pt not in changed:
                changed.add(grid.pitch_pt)
                file = made(form, document)
                styles = file.styles.element
                assert value(styles, "w:docDefaults//w:pPr/w:spacing", "line") == str(round(grid.pitch_pt * 20))
                assert value(styles, "w:docDefaults//w:rPr/w:spacing") == str(round(grid.spacing_pt * 20))
                texts = [value(each._p, "w:pPr/w:spacing", "line") for each in file.paragraphs if set(each.text) == {"督"}]
                assert {*texts} == {str(round(grid.pitch_pt * 20))}
                assert value(file.element.body.sectPr, "w:docGrid", "linePitch") in ("579", None)
    assert len(changed) > 5


def test_the_smallest_change_comes_first() -> None:
    groups = list(fitting.ways(RIGHT, sealed=True))
    assert groups[0][0] == RIGHT
    pitches = [each.grid.pitch_pt for each in groups[0]]
    assert pitches == sorted(pitches, key=lambda each: (abs(each - 28.95), each))
    assert (min(pitches), max(pitches), len(set(pitches))) == (26.5, 30.5, len(pitches))
    usual = [each[0].title.above_lines == 2 and each[0].sealed.above_lines == 2 for each in groups]
    assert usual == sorted(usual, reverse=True)
    assert all(each[0].sealed.above_lines == 2 for each in fitting.ways(RIGHT, sealed=False))


def test_the_place_of_the_seal_touches_no_text_where_a_blank_line_is_spared() -> None:
    spared = 0
    for form, base in BASES.items():
        for lines in range(4, 30, 2):
            for last in ("督" * 4 + "。", "督" * 24 + "。"):
                document = replace(base, body=(*ending(lines)[:-1], Paragraph("", 0, last)))
                found = arranged(form, document)
                if found.profile.sealed.above_lines == 1:
                    spared += 1
                    place = [block.text for block in found.blocks].index("兰州市公安局")
                    # 42 mm, its middle four characters and half the date from the right edge.
                    left = 8844 - round((4 + 3) * 20 * (16 + found.profile.grid.spacing_pt)) - 1191
                    assert line_width(found.blocks[place - 1], Area.of(found.profile)) < left
    assert spared


def test_the_demo_s_documents_take_few_sides(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(form: str, document: OfficialDocument, profile: object) -> bytes:
        found = arranged(form, document)
        return b"%d %d" % (found.sides, found.turns)

    sides: dict[str, list[str]] = {"special": [], "letter": []}
    head = demo.head() or ""
    for module, form in ((letter, "letter"), (special_report, "special")):
        monkeypatch.setattr(module, "render", partial(counted, form))
    for entry in demo.index.items():
        record = demo.view().item(entry.id)
        assert record
        for plan, commit in History(demo, None, head).due(entry.id, record, ()):
            for form, told in sides.items():
                if plan.name.endswith(f"-{form}.docx") and commit:
                    told.append(plan.make(demo.view(commit), RIGHT).decode())
    assert {form: sorted(found) for form, found in sides.items()} == {"special": ["2 0"], "letter": ["1 0"] * 6 + ["2 0"] * 2}
