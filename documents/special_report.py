"""兰公办 专报, annex 1 of the regulation: an upward document (上行文) in the general form of GB/T 9704-2012.

The clauses in the comments and docstrings are those of the standard.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement

from documents.official import OfficialDocument, chars, check, title_lines
from documents.oxml import Setting, mm, node, page_number, paragraph, pt, run
from documents.package import blank, pack
from documents.profile import Profile

_SIGNERS = "签发人："
_ATTACHMENTS = "附件："
_COPY_TO = "抄送："


def render(document: OfficialDocument, profile: Profile) -> bytes:
    """Return the 专报 as .docx, the same bytes for the same document and profile on any machine.

    Args:
        document: the elements; they are printed as they stand.
        profile: the layout, usually ``profile.standard()``.

    Raises:
        DocumentError: a mandatory element is missing, or a text cannot be printed.
    """
    check(document)
    file = blank(profile, document.title.replace("\n", ""), document.date)
    end = file.element.body[-1]
    for part in (_corner, _mark, _number_and_signers, _rule, _title, _addressee, _body, _attachments, _signature, _note, _imprint):
        for element in part(document, profile):
            end.addprevious(element)
    _margins(file, document, profile)
    return pack(file)


def _corner(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield 份号, 密级 and 紧急程度, one a line from the first line of the 版心 (7.2.1 to 7.2.3)."""
    for text, face in _shown_in_corner(document):
        yield paragraph(Setting(), run(text, profile.type(face)))


def _shown_in_corner(document: OfficialDocument) -> list[tuple[str, str]]:
    found = ((document.copy_number, "text"), (document.secrecy, "hei"), (document.urgency, "hei"))
    return [(text, face) for text, face in found if text]


def _mark(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield 发文机关标志, its upper edge where 7.2.4 wants it whatever stands in the corner above."""
    mark, ink = profile.mark, profile.ink
    # Half points are the steps of a type size.
    size = min(mark.size, int(mm(mark.width_mm) / 10 / chars(document.mark)) / 2)
    over_ink = pt(size * (mark.line * ink.baseline - ink.above))
    before = mm(mark.top_mm) - over_ink - profile.lines(len(_shown_in_corner(document)))
    setting = Setting(align="center", line=pt(size * mark.line), before=before)
    yield paragraph(setting, run(document.mark, profile.type("head", size, mark.colour)))


def _number_and_signers(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield the rows of 签发人, the last of them with the 发文字号 at its left (7.2.5, 7.2.6)."""
    names, number = document.signers, profile.number
    widest = max(chars(name) for name in names)
    room = _width(profile) - profile.chars(number.left_chars + chars(document.number) + 1 + chars(_SIGNERS) + number.right_chars)
    a_row = max(1, min(number.names_a_row, len(names), int((room + profile.chars(1)) // profile.chars(widest + 1))))
    edge = _width(profile) - profile.chars(number.right_chars)
    columns = [edge - profile.chars((widest + 1) * (a_row - column) - 1) for column in range(a_row)]
    rows = [names[start : start + a_row] for start in range(0, len(names), a_row)]
    for place, row in enumerate(rows):
        runs = [run((document.number if place == len(rows) - 1 else "") + "\t", profile.type("text"))]
        if place == 0:
            runs.append(run(_SIGNERS, profile.type("text")))
        for column, name in enumerate(row):
            if column:
                runs.append(run("\t", profile.type("text")))
            runs += _name(name, widest if len(names) > 1 else 0, profile)
        # A tab that ends on its own stop would jump on, so the first name follows its label without one.
        stops = [columns[0] - profile.chars(chars(_SIGNERS)), *columns[1:]] if place == 0 else columns
        before = profile.lines(number.above_lines) if place == 0 else 0
        yield paragraph(Setting(align="left", left=profile.chars(number.left_chars), before=before, tabs=tuple(stops)), *runs)


def _name(name: str, widest: float, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield a name in 楷体; one of two characters beside one of three is spread as wide, without a space in the text."""
    look = profile.type("kai")
    if len(name) == 2 and widest == 3:
        yield run(name[0], look, profile.grid.size + 2 * profile.grid.spacing_pt)
        yield run(name[1], look)
    else:
        yield run(name, look)


def _rule(_: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield the red rule: an empty line as high as 7.2.7 asks, less what the line of the 发文字号 leaves under its ink."""
    rule, grid, ink = profile.rule, profile.grid, profile.ink
    under_ink = pt(grid.pitch_pt * (1 - ink.baseline) - grid.size * ink.below)
    yield paragraph(Setting(line=mm(rule.below_mm) - under_ink, rule=(round(rule.weight_pt * 8), rule.colour)))


def _title(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    title = profile.title
    lines = title_lines(document.title, title.chars, profile.words.split())
    setting = Setting(align="center", line=pt(title.pitch_pt), before=profile.lines(title.above_lines))
    yield paragraph(setting, run("\n".join(lines), profile.type("head", title.size)))


def _addressee(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    setting = Setting(before=profile.lines(profile.addressee.above_lines))
    yield paragraph(setting, run("，".join(document.addressee) + "：", profile.type("text")))


def _body(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield 正文; a short last paragraph goes to the next side with the signature rather than leave it alone there (7.3.5.5)."""
    tail = document.body[-1]
    short = chars(tail.heading + tail.text) + profile.body.first_chars <= profile.body.tail_lines * profile.grid.columns
    for place, part in enumerate(document.body, start=1):
        runs = [run(part.heading, profile.type(profile.body.levels[part.level - 1]))] if part.heading else []
        if part.text:
            runs.append(run(part.text, profile.type("text")))
        keep = short if place == len(document.body) else not part.text
        yield paragraph(Setting(first=profile.chars(profile.body.first_chars), keep=keep), *runs)


def _attachments(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield 附件说明: numbered only if several, a turned line under the first character of the name (7.3.4)."""
    names, part, look = document.attachments, profile.attachments, profile.type("text")
    label = profile.chars(chars(_ATTACHMENTS))
    number = profile.chars(chars(f"{len(names)}.") + 0.25) if len(names) > 1 else 0
    for place, name in enumerate(names, start=1):
        text = (_ATTACHMENTS if place == 1 else "") + (f"{place}.\t" if number else "") + name
        setting = Setting(
            before=profile.lines(part.above_lines) if place == 1 else 0,
            left=profile.chars(part.left_chars) + label + number,
            first=-number - (label if place == 1 else 0),
            keep=True,
        )
        yield paragraph(setting, run(text, look))


def _signature(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield 署名 and 成文日期, with the place of a seal or without (7.3.5.1, 7.3.5.2)."""
    day, look, width = _day(document.date), profile.type("text"), _width(profile)
    organ_width, day_width = profile.chars(chars(document.organ)), profile.chars(chars(day))
    # LibreOffice sets digits apart from 汉字, and a stand-in font may be wider: a line is given room to the right, lest it turn.
    spare = profile.chars(2)
    if document.sealed:
        # Centred between the same indents both stand on one axis in any font, and the date ends where it should.
        # A 署名 too wide for that would leave the 版心: then its own width decides.
        room = max(day_width + 2 * profile.chars(profile.sealed.right_chars), organ_width)
        organ_at = day_at = Setting(align="center", left=width - room - spare, right=-spare)
        above = profile.sealed.above_lines
    else:
        shift = profile.chars(profile.unsealed.shift_chars)
        longer = day_width + shift if day_width > organ_width else organ_width
        organ_left = max(0, width - profile.chars(profile.unsealed.right_chars) - longer)
        organ_at = Setting(align="left", left=organ_left, right=-spare)
        # Set by its end, so that it stays inside the 版心 where digits come out wider.
        day_at = Setting(align="right", right=max(0, width - organ_left - shift - day_width))
        above = profile.unsealed.above_lines
    yield paragraph(replace(organ_at, before=profile.lines(above), keep=True), run(document.organ, look))
    yield paragraph(replace(day_at, keep=bool(document.note)), run(day, look))


def _note(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    if document.note:
        yield paragraph(Setting(first=profile.chars(profile.note.left_chars)), run(f"（{document.note}）", profile.type("text")))


def _imprint(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield 版记, a table that floats to the lower edge of the 版心 of the last side (7.4)."""
    part, look = profile.imprint, profile.type("text", profile.imprint.size)
    indent = profile.chars(part.indent_chars, part.size)
    label = profile.chars(chars(_COPY_TO), part.size)
    edge = _width(profile) - indent
    entry = Setting(align="left", line=pt(part.pitch_pt), before=pt(part.above_pt), after=pt(part.below_pt), left=indent)
    entries = []
    if document.copy_to:
        setting = replace(entry, align="both", left=indent + label, right=indent, first=-label)
        entries.append(paragraph(setting, run(f"{_COPY_TO}{'，'.join(document.copy_to)}。", look)))
    setting = replace(entry, tabs=(edge,), tab_align="right")
    entries.append(paragraph(setting, run(f"{document.print_organ}\t{_day(document.print_date)}印发", look)))
    yield _floating(entries, profile)
    # LibreOffice drops a floating table with no paragraph after it.
    yield paragraph(Setting(line=pt(0.5)))


def _floating(entries: Sequence[BaseOxmlElement], profile: Profile) -> BaseOxmlElement:
    part, width, left = profile.imprint, _width(profile), mm(profile.paper.left_mm)
    weights = (("top", part.thick_pt), ("bottom", part.thick_pt), ("insideH", part.thin_pt))
    rules = (node(f"w:{side}", val="single", sz=round(weight * 8), space=0, color="000000") for side, weight in weights)
    properties = node(
        "w:tblPr",
        # Anchored sideways to the page: with the margin LibreOffice lays the table into the text.
        node("w:tblpPr", leftFromText=0, rightFromText=0, vertAnchor="margin", horzAnchor="page", tblpX=left, tblpYSpec="bottom"),
        node("w:tblOverlap", val="never"),
        node("w:tblW", w=width, type="dxa"),
        node("w:tblBorders", *rules),
        node("w:tblLayout", type="fixed"),
        # Said here too, for LibreOffice does not take it from the default style and moves the table out by its own margin.
        node("w:tblCellMar", *(node(f"w:{side}", w=0, type="dxa") for side in ("top", "left", "bottom", "right"))),
    )
    rows = (
        node("w:tr", node("w:trPr", node("w:cantSplit")), node("w:tc", node("w:tcPr", node("w:tcW", w=width, type="dxa")), entry))
        for entry in entries
    )
    return node("w:tbl", properties, node("w:tblGrid", node("w:gridCol", w=width)), *rows)


def _margins(file: Document, document: OfficialDocument, profile: Profile) -> None:
    """Put 页码 under the 版心, outside on either side (7.5), and the word of a draft over it."""
    section, folio = file.sections[0], profile.folio
    look, side = profile.type("song", folio.size), profile.chars(folio.side_chars)
    line = pt(folio.line_pt)
    odd, even = Setting(align="right", line=line, right=side), Setting(align="left", line=line, left=side)
    footers = [
        (footer, paragraph(setting, run("— ", look), *page_number(look), run(" —", look)))
        for footer, setting in ((section.footer, odd), (section.even_page_footer, even))
    ]
    word = profile.type("hei", profile.draft.size)
    headers = [
        (header, paragraph(Setting(align="center"), run(document.draft, word)))
        for header in (section.header, section.even_page_header)
        if document.draft
    ]
    for margin, line in (*footers, *headers):
        margin.is_linked_to_previous = False
        margin.part.element[:] = [line]


def _width(profile: Profile) -> int:
    return mm(profile.paper.text_width_mm)


def _day(day: date) -> str:
    """Return a date as 7.3.5.4 writes it: full year, no zero before month or day."""
    return f"{day.year}年{day.month}月{day.day}日"
