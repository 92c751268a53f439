"""兰公办 专报, annex 1 of the regulation: an upward document (上行文) in the general form of GB/T 9704-2012.

The clauses in the comments and docstrings are those of the standard.
"""

from collections.abc import Iterator, Sequence

from documents.layout import elements
from documents.layout.arrangement import Arranged, arranged
from documents.layout.official_document import DocumentError, OfficialDocument, chars, check
from documents.layout.oxml import Block, Setting, Span, mm, pt
from documents.layout.package import blank, pack
from documents.layout.profile import Profile
from documents.layout.sides import Area
from documents.layout.styles import StyleSheet

_SIGNERS = "签发人："


def render(document: OfficialDocument, profile: Profile, *, foot: str = "") -> bytes:
    """Return the 专报 as .docx, the same bytes for the same document and profile on any machine.

    Args:
        document: the elements; they are printed as they stand.
        profile: the layout, usually ``profile.standard()``.
        foot: small print beside the page numbers.

    Raises:
        DocumentError: a mandatory element is missing, or a text cannot be printed.
    """
    check(document)
    laid = arrangement(document, profile)
    file = blank(laid.profile, document.title.replace("\n", ""), document.organ, document.date)
    end, sheet = file.element.body[-1], StyleSheet(laid.profile)
    for element in laid.elements(end, sheet):
        end.addprevious(element)
    elements.margins(file, document.draft, profile, sheet, foot=foot)
    sheet.write(file)
    return pack(file)


def arrangement(document: OfficialDocument, profile: Profile) -> Arranged:
    """Return what ``render`` sets, as far as it stands in the text area; ``sides`` can count it.

    Raises:
        DocumentError: 版记 does not fit on a side.
    """

    def page(set_in: Profile) -> tuple[Sequence[Block], Area]:
        head = (
            *_corner(document, set_in),
            _mark(document, set_in),
            *_number_and_signers(document, set_in),
            _rule(set_in),
            elements.title(document.title, set_in, set_in.title.pitch_pt, set_in.title.above_lines),
        )
        return head, Area.of(set_in)

    return arranged(page, document, profile, even=profile.imprint.even_side)


def _corner(document: OfficialDocument, profile: Profile) -> Iterator[Block]:
    """Yield 份号, 密级 and 紧急程度, one a line from the first line of the 版心."""
    for shown in elements.corner(document, profile):
        yield Block(Setting(), (shown,), "Corner")


def _mark(document: OfficialDocument, profile: Profile) -> Block:
    """Return 发文机关标志, its upper edge where 7.2.4 wants it whatever stands in the corner above."""
    mark, ink = elements.mark(document.mark, profile, profile.mark.size), profile.ink
    over_ink = pt(mark.look.size * (profile.mark.line * ink.baseline - ink.above))
    before = mm(profile.grid.out_mm + profile.mark.top_mm) - over_ink - profile.lines(len(elements.corner(document, profile)))
    return Block(Setting(align="center", line=mark.pitch(profile), before=before), (Span(mark.text, mark.look),), "Mark")


def _number_and_signers(document: OfficialDocument, profile: Profile) -> Iterator[Block]:
    """Yield the rows of 签发人, the last of them with the 发文字号 at its left (7.2.5, 7.2.6)."""
    names, number = document.signers, profile.number
    room = elements.width(profile) - profile.chars(number.left_chars + chars(document.number) + 1 + chars(_SIGNERS) + number.right_chars)
    longest = profile.chars(max(map(chars, names)))
    scale = min(100, 100 * room // longest)
    if scale < number.squeeze:
        raise DocumentError("公文的签发人姓名过长，与发文字号一行排不下，不能生成：请核对签发人姓名（GB/T 9704-2012 第7.2.6条）。")
    widest = max(map(chars, names)) * scale / 100
    a_row = max(1, min(number.names_a_row, len(names), int((room + profile.chars(1)) // profile.chars(widest + 1))))
    edge = elements.width(profile) - profile.chars(number.right_chars)
    columns = [edge - profile.chars((widest + 1) * (a_row - column) - 1) for column in range(a_row)]
    rows = [names[start : start + a_row] for start in range(0, len(names), a_row)]
    for place, row in enumerate(rows):
        spans = [Span((document.number if place == len(rows) - 1 else "") + "\t", profile.type("text"))]
        if place == 0:
            spans.append(Span(_SIGNERS, profile.type("text")))
        for column, name in enumerate(row):
            if column:
                spans.append(Span("\t", profile.type("text")))
            spans += _name(name, widest if len(names) > 1 else 0, profile, scale)
        # A tab that ends on its own stop would jump on, so the first name follows its label without one.
        stops = [columns[0] - profile.chars(chars(_SIGNERS)), *columns[1:]] if place == 0 else columns
        before = profile.lines(number.above_lines) if place == 0 else 0
        yield Block(Setting(align="left", left=profile.chars(number.left_chars), before=before, tabs=tuple(stops)), tuple(spans), "Number")


def _name(name: str, widest: float, profile: Profile, scale: int) -> Iterator[Span]:
    """Yield a name in 楷体; one of two characters beside one of three is spread as wide, without a space in the text."""
    look = profile.type("kai", scale=scale)
    if len(name) == 2 and widest == 3:
        yield Span(name[0], look, profile.grid.size + 2 * profile.grid.spacing_pt)
        yield Span(name[1], look)
    else:
        yield Span(name, look)


def _rule(profile: Profile) -> Block:
    """Return the red rule: an empty line as high as 7.2.7 asks, less what the line of the 发文字号 leaves under its ink."""
    rule, grid, ink = profile.rule, profile.grid, profile.ink
    under_ink = pt(grid.pitch_pt * (1 - ink.baseline) - grid.size * ink.below)
    return Block(Setting(line=mm(rule.below_mm) - under_ink, rule=(round(rule.weight_pt * 8), rule.colour)), (), "Rule")
