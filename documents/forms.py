"""The parts that the forms of documents share: what stands under the head, what stands round it. Clauses are of GB/T 9704-2012.

Each part is made of the document and the profile, and yields the paragraphs that stand in the body one below the other.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import _Footer, _Header

from documents.official import OfficialDocument, chars, title_lines
from documents.oxml import Setting, mm, node, page_number, paragraph, pt, run
from documents.profile import Profile

Margin = _Header | _Footer
Sides = Callable[[bytes], int]
"""Counts the sides of a .docx as it comes out on paper; what does the counting must set type, so it is given from outside."""
_ATTACHMENTS = "附件："
_COPY_TO = "抄送："


def corner(document: OfficialDocument, profile: Profile) -> list[BaseOxmlElement]:
    """Return the runs of 份号, 密级 and 紧急程度, one for each that is shown, in this order (7.2.1 to 7.2.3)."""
    found = ((document.copy_number, "text"), (document.secrecy, "hei"), (document.urgency, "hei"))
    return [run(text, profile.type(face)) for text, face in found if text]


def title(document: OfficialDocument, profile: Profile, pitch_pt: float) -> Iterator[BaseOxmlElement]:
    """Yield 标题 in lines of that pitch (7.3.1)."""
    lines = title_lines(document.title, profile.title.chars, profile.words.split())
    setting = Setting(align="center", line=pt(pitch_pt), before=profile.lines(profile.title.above_lines))
    yield paragraph(setting, run("\n".join(lines), profile.type("head", profile.title.size)))


def text(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    """Yield all from 主送机关 to 附注."""
    for part in (_addressee, _body, _attachments, _signature, _note):
        yield from part(document, profile)


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
    day, look, whole = day_text(document.date), profile.type("text"), width(profile)
    organ_width, day_width = profile.chars(chars(document.organ)), profile.chars(chars(day))
    # LibreOffice sets digits apart from 汉字, and a stand-in font may be wider: a line is given room to the right, lest it turn.
    spare = profile.chars(2)
    if document.sealed:
        # Centred between the same indents both stand on one axis in any font, and the date ends where it should.
        # A 署名 too wide for that would leave the 版心: then its own width decides.
        room = max(day_width + 2 * profile.chars(profile.sealed.right_chars), organ_width)
        organ_at = day_at = Setting(align="center", left=whole - room - spare, right=-spare)
        above = profile.sealed.above_lines
    else:
        shift = profile.chars(profile.unsealed.shift_chars)
        longer = day_width + shift if day_width > organ_width else organ_width
        organ_left = max(0, whole - profile.chars(profile.unsealed.right_chars) - longer)
        organ_at = Setting(align="left", left=organ_left, right=-spare)
        # Set by its end, so that it stays inside the 版心 where digits come out wider.
        day_at = Setting(align="right", right=max(0, whole - organ_left - shift - day_width))
        above = profile.unsealed.above_lines
    yield paragraph(replace(organ_at, before=profile.lines(above), keep=True), run(document.organ, look))
    yield paragraph(replace(day_at, keep=bool(document.note)), run(day, look))


def _note(document: OfficialDocument, profile: Profile) -> Iterator[BaseOxmlElement]:
    if document.note:
        yield paragraph(Setting(first=profile.chars(profile.note.left_chars)), run(f"（{document.note}）", profile.type("text")))


def imprint(document: OfficialDocument, profile: Profile, *, printed: bool = True, alone: bool = False) -> Iterator[BaseOxmlElement]:
    """Yield 版记, a table that floats to the lower edge of the 版心 of the last side (7.4).

    Args:
        document: the document.
        profile: the layout.
        printed: with 印发机关 and 印发日期 and between rules; a letter has neither (10.1).
        alone: on a side of its own.
    """
    part, look = profile.imprint, profile.type("text", profile.imprint.size)
    indent = profile.chars(part.indent_chars, part.size)
    label = profile.chars(chars(_COPY_TO), part.size)
    entry = Setting(align="left", line=pt(part.pitch_pt), before=pt(part.above_pt), after=pt(part.below_pt), left=indent)
    entries = []
    if document.copy_to:
        setting = replace(entry, align="both", left=indent + label, right=indent, first=-label)
        entries.append(paragraph(setting, run(f"{_COPY_TO}{'，'.join(document.copy_to)}。", look)))
    if printed:
        setting = replace(entry, tabs=(width(profile) - indent,), tab_align="right")
        entries.append(paragraph(setting, run(f"{document.print_organ}\t{day_text(document.print_date)}印发", look)))
    if not entries:
        return
    if alone:
        yield paragraph(Setting(line=pt(0.5), new_side=True))
    yield _floating(entries, profile, ruled=printed)
    # LibreOffice drops a floating table with no paragraph after it.
    yield paragraph(Setting(line=pt(0.5)))


def _floating(entries: Sequence[BaseOxmlElement], profile: Profile, *, ruled: bool) -> BaseOxmlElement:
    part, whole, left = profile.imprint, width(profile), mm(profile.paper.left_mm)
    weights = (("top", part.thick_pt), ("bottom", part.thick_pt), ("insideH", part.thin_pt)) if ruled else ()
    properties = node(
        "w:tblPr",
        # Anchored sideways to the page: with the margin LibreOffice lays the table into the text.
        node("w:tblpPr", leftFromText=0, rightFromText=0, vertAnchor="margin", horzAnchor="page", tblpX=left, tblpYSpec="bottom"),
        node("w:tblOverlap", val="never"),
        node("w:tblW", w=whole, type="dxa"),
        node("w:tblBorders", *(_border(side, weight) for side, weight in weights)),
        node("w:tblLayout", type="fixed"),
        # Said here too, for LibreOffice does not take it from the default style and moves the table out by its own margin.
        node("w:tblCellMar", *(node(f"w:{side}", w=0, type="dxa") for side in ("top", "left", "bottom", "right"))),
    )
    cell = node("w:tcW", w=whole, type="dxa")
    rows = [node("w:tr", node("w:trPr", node("w:cantSplit")), node("w:tc", node("w:tcPr", deepcopy(cell)), entry)) for entry in entries]
    if out := mm(profile.grid.out_mm):
        # The lines reach beyond the 版心, its lower edge is where 版记 ends: an empty row makes up the difference.
        borders = node("w:tcBorders", *([_border("top", part.thick_pt)] if ruled else []), node("w:bottom", val="nil"))
        height = node("w:trPr", node("w:cantSplit"), node("w:trHeight", val=out + pt(part.thick_pt), hRule="exact"))
        rows.append(node("w:tr", height, node("w:tc", node("w:tcPr", cell, borders), paragraph(Setting(line=pt(0.5))))))
    return node("w:tbl", properties, node("w:tblGrid", node("w:gridCol", w=whole)), *rows)


def _border(side: str, weight_pt: float) -> BaseOxmlElement:
    return node(f"w:{side}", val="single", sz=round(weight_pt * 8), space=0, color="000000")


def margins(file: Document, draft: str, profile: Profile, *, foot: str = "", over: int = 0, under: int = 0) -> None:
    """Put 页码 under the 版心, outside on either side (7.5), and the word of a draft over it.

    Args:
        file: where.
        draft: the word over a draft, "" over none.
        profile: the layout.
        foot: small print on the inner side of 页码.
        over: white space over 页码 that belongs to the footer and so ends the text, in twips.
        under: the same under it.
    """
    section, folio = file.sections[0], profile.folio
    look, small, side = profile.type("song", folio.size), profile.type("song", folio.foot_size), profile.chars(folio.side_chars)
    number = (run("— ", look), *page_number(look), run(" —", look))
    line = Setting(line=pt(folio.line_pt), before=over, after=under)
    if foot:
        # One line with a stop at its far end, so that both stand on one height.
        line = replace(line, tabs=(width(profile) - side,), tab_align="right", left=side, align="left")
        odd = paragraph(line, run(f"{foot}\t", small), *number)
        even = paragraph(line, *deepcopy(number), run(f"\t{foot}", small))
    else:
        odd = paragraph(replace(line, align="right", right=side), *number)
        even = paragraph(replace(line, align="left", left=side), *deepcopy(number))
    fill(section.footer, odd)
    fill(section.even_page_footer, even)
    if draft:
        fill(section.header, draft_word(draft, profile))
        fill(section.even_page_header, draft_word(draft, profile))


def fill(margin: Margin, content: BaseOxmlElement) -> None:
    """Put one paragraph into a header or footer and nothing else."""
    margin.is_linked_to_previous = False
    margin.part.element[:] = [content]


def draft_word(draft: str, profile: Profile) -> BaseOxmlElement:
    """Return the line over a page that says that it is a draft; empty when it is none."""
    return paragraph(Setting(align="center"), *([run(draft, profile.type("hei", profile.draft.size))] if draft else []))


def width(profile: Profile) -> int:
    """Return the width of the 版心 in twips."""
    return mm(profile.paper.text_width_mm)


def day_text(day: date) -> str:
    """Return a date as 7.3.5.4 writes it: full year, no zero before month or day."""
    return f"{day.year}年{day.month}月{day.day}日"
