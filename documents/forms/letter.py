"""兰公督字, annex 2 of the regulation: a letter (信函格式, 10.1 of GB/T 9704-2012), on whose first side two double rules stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Twips

from documents.layout import elements
from documents.layout.arrangement import Arranged, arranged
from documents.layout.official_document import OfficialDocument, check
from documents.layout.oxml import Block, Setting, Span, mm, paragraph, pt, rectangle
from documents.layout.package import blank, pack
from documents.layout.profile import Profile
from documents.layout.sides import Area
from documents.layout.styles import StyleSheet

# LibreOffice makes no footer lower than a millimetre: on the first side there must be room for it under the text.
_SPARE = mm(5)
# Lines may fill the first side to the twip, which rounding must not take away.
_LEEWAY = pt(0.5)


def render(document: OfficialDocument, profile: Profile) -> bytes:
    """Return the letter as .docx, the same bytes for the same document and profile on any machine.

    Args:
        document: the elements; a letter shows no 签发人, no 印发机关 and no 印发日期.
        profile: the layout, usually ``profile.standard()``.

    Raises:
        DocumentError: a mandatory element is missing, or a text cannot be printed.
    """
    check(document, without=("signers", "print_organ"))
    laid = arrangement(document, profile)
    file, first = (
        blank(laid.profile, document.title.replace("\n", ""), document.organ, document.date),
        _FirstSide.of(document, laid.profile),
    )
    end, sheet = file.element.body[-1], StyleSheet(laid.profile)
    for element in (sheet.element(_mark(laid.profile, first)), *laid.elements(end, sheet)):
        end.addprevious(element)
    _margins(file, document, laid.profile, first, sheet)
    sheet.write(file)
    return pack(file)


def arrangement(document: OfficialDocument, profile: Profile) -> Arranged:
    """Return what ``render`` sets, as far as it stands in the text area; ``sides`` can count it.

    Raises:
        DocumentError: 版记 does not fit on a side.
    """

    def page(set_in: Profile) -> tuple[Sequence[Block], Area]:
        top = _FirstSide.of(document, set_in)
        title = elements.title(document.title, set_in, set_in.letter.title_pitch_pt, set_in.title.above_lines)
        first = top.end + _LEEWAY - mm(set_in.paper.top_mm - set_in.grid.out_mm)
        return (*_corner_and_number(document, set_in, top), title), Area.of(set_in, first)

    return arranged(page, document, profile, printed=False)


@dataclass(frozen=True)
class _FirstSide:
    """Where things stand on the first side.

    Attributes:
        mark: 发文机关标志 in its type.
        top: upper edge of the mark's line, in twips from that of the sheet.
        rules_mm: upper edges of the four rules from that of the sheet, each with its weight.
        text: upper edge of the first line of text, in twips.
        end: lower edge of a line that keeps just its distance from the rule below it, in twips.
    """

    mark: elements.Mark
    top: int
    rules_mm: tuple[tuple[float, float], ...]
    text: int
    end: int

    @staticmethod
    def of(document: OfficialDocument, profile: Profile) -> "_FirstSide":
        part, ink, grid = profile.letter, profile.ink, profile.grid
        mark = elements.mark(document.mark, profile, part.mark_size)
        size = mark.look.size
        double = part.thick_mm + part.gap_mm + part.thin_mm
        first = part.mark_mm + (size * (ink.above + ink.below) + mark.height(profile) / 20) * 25.4 / 72 + part.below_mm
        second = profile.paper.height_mm - part.bottom_mm - double
        over_ink = pt(grid.pitch_pt * ink.baseline - grid.size * ink.above)
        under_ink = pt(grid.pitch_pt * (1 - ink.baseline) - grid.size * ink.below)
        text = mm(first + double) + pt(part.near_pt) - over_ink
        return _FirstSide(
            mark,
            mm(part.mark_mm) - pt(size * (profile.mark.line * ink.baseline - ink.above)),
            (
                (first, part.thick_mm),
                (first + part.thick_mm + part.gap_mm, part.thin_mm),
                (second, part.thin_mm),
                (second + part.thin_mm + part.gap_mm, part.thick_mm),
            ),
            text,
            mm(second) - pt(part.near_pt) + under_ink,
        )


def _mark(profile: Profile, first: _FirstSide) -> Block:
    place = (mm(profile.paper.left_mm), first.top, elements.width(profile))
    return Block(Setting(align="center", line=first.mark.pitch(profile), frame=place), (Span(first.mark.text, first.mark.look),), "Mark")


def _corner_and_number(document: OfficialDocument, profile: Profile, first: _FirstSide) -> Iterator[Block]:
    """Yield 份号, 密级 and 紧急程度, one a line, the 发文字号 at the right end of the first."""
    shown, *others = elements.corner(document, profile) or [Span("", profile.type("text"))]
    before = first.text - mm(profile.paper.top_mm - profile.grid.out_mm)
    setting = Setting(align="left", before=before, tabs=(elements.width(profile),), tab_align="right")
    yield Block(setting, (shown, Span(f"\t{document.number}", profile.type("text"))), "Number")
    for other in others:
        yield Block(Setting(), (other,), "Corner")


def _margins(file: Document, document: OfficialDocument, profile: Profile, first: _FirstSide, sheet: StyleSheet) -> None:
    """Give the first side its rules and its lower end, all others their page number and the end of the 版心."""
    section, height = file.sections[0], mm(profile.paper.height_mm)
    # A line grid is centred on the text area by LibreOffice, which on the first side would move the text down.
    section._sectPr.remove(section._sectPr.find(qn("w:docGrid")))
    section.different_first_page_header_footer = True
    assert section.bottom_margin is not None
    assert section.footer_distance is not None
    over = section.bottom_margin.twips - section.footer_distance.twips - pt(profile.folio.line_pt)
    section.header_distance = Twips(mm(profile.letter.draft_mm))
    section.bottom_margin = Twips(height - first.end - _LEEWAY)
    section.footer_distance = Twips(section.footer_distance.twips - _SPARE)
    elements.margins(file, document.draft, profile, sheet, over=over, under=_SPARE)
    rules = profile.letter
    left = profile.paper.left_mm + (profile.paper.text_width_mm - rules.width_mm) / 2
    header = elements.draft_word(document.draft, profile, sheet)
    for number, (top, weight) in enumerate(first.rules_mm, start=1):
        header.append(rectangle(number, (left, top), (rules.width_mm, weight), profile.rule.colour))
    elements.fill(section.first_page_header, header)
    elements.fill(section.first_page_footer, paragraph(Setting(line=pt(1))))
