"""The parts that the forms of documents share: what stands under the head, what stands round it. Clauses are of GB/T 9704-2012.

Each part is made of the document and the profile, and yields the blocks that stand one below the other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import _Footer, _Header
from docx.shared import Twips
from msgspec import structs

from documents.layout.official_document import Enclosure, OfficialDocument, chars, title_lines
from documents.layout.organs import listed
from documents.layout.oxml import Block, Setting, Span, Type, mm, page_number, paragraph, pt, run
from documents.layout.profile import Profile
from documents.layout.styles import StyleSheet
from documents.layout.tables import row_blocks
from records.matter.prose import Paragraph

Margin = _Header | _Footer
_SMALL = 1.4  # height of a line of small print, in sizes
_ATTACHMENTS = "附件："
# So many western signs in a row leave a gap at the end of the line before them that would tear its characters apart; no line ends between
# a figure and the bracket beside it, either.
_LONG_WORD = re.compile(r"[!-~]{13}|(?=[!-~（）]{12})[!-~]+（[!-~]+）")


def corner(document: OfficialDocument, profile: Profile) -> list[Span]:
    """Return 份号, 密级 and 紧急程度, one span for each that is shown, in this order (7.2.1 to 7.2.3)."""
    found = ((document.copy_number, "text"), (document.secrecy, "hei"), (document.urgency, "hei"))
    return [Span(text, profile.type(face)) for text, face in found if text]


@dataclass(frozen=True)
class Mark:
    """发文机关标志 as it is set: never smaller than 标题, on one line, squeezed if need be, or else on two."""

    lines: tuple[str, ...]
    look: Type

    @property
    def text(self) -> str:
        """What it says, with its break."""
        return "\n".join(self.lines)

    def height(self, profile: Profile) -> int:
        """Return how high its lines are beyond the first."""
        return (len(self.lines) - 1) * self.pitch(profile)

    def pitch(self, profile: Profile) -> int:
        """Return the height of one of its lines."""
        return pt(self.look.size * profile.mark.line)


def mark(words: str, profile: Profile, size: float) -> Mark:
    """Return 发文机关标志 (7.2.4) in the size in points that it has if it is not too long."""
    room, least = mm(profile.mark.width_mm) / 20, profile.title.size
    for lines in ((words,), title_lines(words, ceil(chars(words) / 2) + 1, profile.words)):
        longest = max(map(chars, lines))
        # Half points are the steps of a type size.
        fits = max(least, min(size, int(2 * room / longest) / 2))
        scale = min(100, int(100 * room / (longest * fits)))
        if scale >= profile.mark.squeeze:
            break
    return Mark(lines, profile.type("head", fits, profile.mark.colour, scale))


def title(words: str, profile: Profile, pitch_pt: float, above_lines: float, style: str = "Title") -> Block:
    """Return 标题, or the title of an attachment, in lines of that pitch under so many blank lines (7.3.1, 7.3.7)."""
    lines = title_lines(words, profile.title.chars, profile.words)
    setting = Setting(align="center", line=pt(pitch_pt), before=profile.lines(above_lines))
    return Block(setting, (Span("\n".join(lines), profile.type("head", profile.title.size)),), style)


def addressee(document: OfficialDocument, profile: Profile) -> Block:
    """Return 主送机关 (7.3.2)."""
    setting = Setting(before=profile.lines(profile.addressee.above_lines))
    return Block(setting, (Span(listed(document.addressee, profile.organs) + "：", profile.type("text")),), "Addressee")


def body(paragraphs: Sequence[Paragraph], profile: Profile) -> list[Block]:
    """Return 正文, a block a paragraph or a row of a table (7.3.3); a heading of its own keeps to what follows it."""
    found: list[Block] = []
    most = len(profile.body.levels)
    for place, part in enumerate(paragraphs, start=1):
        if part.rows:
            found += row_blocks(part.rows, profile)
            continue
        spans = [Span(part.heading, profile.type(profile.body.levels[part.level - 1]))] if part.heading else []
        if part.text:
            spans.append(Span(part.text, profile.type("text")))
        # No more headings in a row than there are levels keep together, lest they fill a side.
        row = [block.setting.keep for block in found[1 - most :]]
        keep = not part.text and place < len(paragraphs) and row != [True] * (most - 1)
        style = f"Level{part.level}" if part.heading else "Body"
        align = "left" if _LONG_WORD.search(part.heading + part.text) else ""
        found.append(Block(Setting(align=align, first=profile.chars(profile.body.first_chars), keep=keep), tuple(spans), style))
    return found


def attachments(document: OfficialDocument, profile: Profile) -> Iterator[Block]:
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
        yield Block(setting, (Span(text, look),), "Attachments")


def signature(document: OfficialDocument, profile: Profile) -> Iterator[Block]:
    """Yield 署名 and 成文日期, with the place of a seal or without (7.3.5.1, 7.3.5.2), and 附注 (7.3.6)."""
    day, look, whole = day_text(document.date), profile.type("text"), width(profile)
    organ_width, day_width = profile.chars(chars(document.organ)), profile.chars(chars(day))
    # LibreOffice sets digits apart from 汉字, and a stand-in font may be wider: a line is given room to the right, lest it turn.
    spare = profile.chars(2)
    if document.sealed:
        # Centred between the same indents both stand on one axis in any font, and the date ends where it should.
        room = _sealed_room(document, profile)
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
    yield Block(structs.replace(organ_at, before=profile.lines(above), keep=True), (Span(document.organ, look),), "Organ")
    yield Block(structs.replace(day_at, keep=bool(document.note)), (Span(day, look),), "Day")
    if document.note:
        yield Block(Setting(first=profile.chars(profile.note.left_chars)), (Span(f"（{document.note}）", look),), "Note")


def seal_left(document: OfficialDocument, profile: Profile) -> int:
    """Return how far from the left edge of the text area the place of the seal begins, centred on 署名 and 成文日期 (7.3.5.1)."""
    return width(profile) - (_sealed_room(document, profile) + mm(profile.sealed.seal_mm)) // 2


def _sealed_room(document: OfficialDocument, profile: Profile) -> int:
    # A 署名 too wide for the clause would leave the 版心: then its own width decides.
    day = profile.chars(chars(day_text(document.date)) + 2 * profile.sealed.right_chars)
    return max(day, profile.chars(chars(document.organ)))


def enclosure(document: OfficialDocument, shown: Enclosure, profile: Profile) -> Iterator[Block]:
    """Yield an attachment on its own sides (7.3.7)."""
    number = str(shown.number) if len(document.attachments) > 1 else ""
    yield Block(Setting(new_side=True), (Span(f"附件{number}", profile.type("hei")),), "Enclosure")
    yield title(shown.name, profile, profile.title.pitch_pt, profile.enclosure.above_lines, "EnclosureTitle")
    first, *others = body(shown.body, profile)
    white = profile.lines(profile.enclosure.below_lines)
    if first.text:
        yield replace(first, setting=structs.replace(first.setting, before=white))
    else:  # over a table the white is a line of its own
        yield Block(Setting(line=white, keep=True), (), "Body")
        yield first
    yield from others


def margins(file: Document, draft: str, profile: Profile, sheet: StyleSheet, *, foot: str = "", over: int = 0, under: int = 0) -> None:
    """Put 页码 under the 版心 of the first section, outside on either side (7.5), and the word of a draft over every page.

    Args:
        file: where.
        draft: the word over a draft, "" over none.
        profile: the layout.
        sheet: the styles.
        foot: small print on the inner side of 页码; further lines of it stand under the first, where they take no room from the text.
        over: white space over 页码 that belongs to the footer and so ends the text, in twips.
        under: the same under it.
    """
    section, folio = file.sections[0], profile.folio
    look, small, side = profile.type("song", folio.size), profile.type("song", folio.foot_size), profile.chars(folio.side_chars)
    odd = even = line = Setting(line=pt(folio.line_pt), before=over, after=under, left=side, align="left")
    beside, *below = foot.split("\n")
    if beside:
        # One line with a stop at its far end, so that both stand on one height.
        odd = even = structs.replace(line, tabs=(width(profile) - side,), tab_align="right")
    else:
        odd = structs.replace(line, left=0, right=side, align="right")
    lower = Setting(line=pt(_SMALL * folio.foot_size), left=side, align="left")
    feet = (
        (section.footer, odd, f"{beside}\t", "", lower),
        (section.even_page_footer, even, "", f"\t{beside}", structs.replace(lower, left=0, right=side, align="right")),
    )
    for footer, setting, before, behind, inner in feet:
        block = Block(setting, (), "Folio")
        number = (run("— ", sheet.look(block, look)), *page_number(sheet.look(block, look)), run(" —", sheet.look(block, look)))
        print_before, print_behind = ([run(text, sheet.look(block, small))] if beside and text else [] for text in (before, behind))
        folios = sheet.paragraph(block, look, *print_before, *number, *print_behind)
        fill(footer, folios, *(sheet.element(Block(inner, (Span(text, small),), "Folio")) for text in below))
    if below:  # the footer grows upwards, so it begins as much lower
        assert section.footer_distance is not None
        section.footer_distance = Twips(section.footer_distance.twips - len(below) * lower.line)
    for bare in file.sections[1:]:
        fill(bare.footer, paragraph(Setting(line=pt(folio.line_pt))))
        fill(bare.even_page_footer, paragraph(Setting(line=pt(folio.line_pt))))
    if draft:
        fill(section.header, draft_word(draft, profile, sheet))
        fill(section.even_page_header, draft_word(draft, profile, sheet))


def fill(margin: Margin, *content: BaseOxmlElement) -> None:
    """Put paragraphs into a header or footer and nothing else."""
    margin.is_linked_to_previous = False
    margin.part.element[:] = content


def draft_word(draft: str, profile: Profile, sheet: StyleSheet) -> BaseOxmlElement:
    """Return the line over a page that says that it is a draft; empty when it is none."""
    spans = (Span(draft, profile.type("hei", profile.draft.size)),) if draft else ()
    return sheet.element(Block(Setting(align="center"), spans, "Draft"))


def width(profile: Profile) -> int:
    """Return the width of the 版心 in twips."""
    return mm(profile.paper.text_width_mm)


def day_text(day: date) -> str:
    """Return a date as 7.3.5.4 writes it: full year, no zero before month or day."""
    return f"{day.year}年{day.month}月{day.day}日"
