"""A plain A4 sheet for working papers: title, paragraphs and tables, the office and the day below; no number of a series, no red head.

The head of a table stands again on every side, a row stays on one side, and the signature never stands alone: the closing words go with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import structs

from documents.layout import elements, tables
from documents.layout.official_document import DocumentError, chars, title_lines
from documents.layout.oxml import Block, Setting, Span, paragraph, pt
from documents.layout.package import blank, pack
from documents.layout.profile import Profile
from documents.layout.styles import StyleSheet
from documents.layout.tables import CELL, CELL_PITCH, PaperTable
from records.matter.prose import Paragraph
from schema.text import unsafe

# White round a paragraph.
_WHITE = pt(6)
_DASHES = " ".join("—" * 9)
_UNDER = Setting(line=pt(1))
# A table of no more lines stays on one side.
_TOGETHER = 12


@dataclass(frozen=True)
class WorkingPaper:
    """What a working paper says.

    Attributes:
        title: its title.
        to: who it goes to, "" for nobody in particular.
        content: paragraphs and tables in their order.
        closing: the last sentence, which keeps the signature company.
        organ: who issues it.
        day: when.
        secrecy: 密级和保密期限, "" for none.
        draft: the word over a draft, "" over none.
        number: the paper's own, under its title, "" for none; it is of no series.
        contact: whom to turn to, beside the number; the register knows nobody's telephone, whoever hands the paper out writes it in.
        below: what others fill in under the signature: an opinion, a receipt.
        foot: small print beside 页码, "" for none.
    """

    title: str
    to: str
    content: tuple[Paragraph | PaperTable, ...]
    closing: str
    organ: str
    day: date
    secrecy: str = ""
    draft: str = ""
    number: str = ""
    contact: str = ""
    below: tuple[Paragraph | PaperTable, ...] = ()
    foot: str = ""


def render(sheet: WorkingPaper, profile: Profile) -> bytes:
    """Return the sheet as .docx, the same bytes for the same sheet and profile on any machine.

    Raises:
        DocumentError: a text cannot be printed.
    """
    for shown in _texts(sheet):
        for position, sign in unsafe(shown, lines=True):
            raise DocumentError(f"{sheet.title}中“{shown[:position]}”之后是不能印刷的控制字符 {sign}，不能生成：请更正记录后重试。")
    file, styles = blank(profile, sheet.title, sheet.organ, sheet.day), StyleSheet(profile, _text(profile))
    end = file.element.body[-1]
    parts = (
        *map(styles.element, _opening(sheet, profile)),
        *_content(sheet.content, profile, styles, kept=True),
        *map(styles.element, _end(sheet, profile)),
        *_content(sheet.below, profile, styles, kept=False),
    )
    for element in parts:
        end.addprevious(element)
    if sheet.below and isinstance(sheet.below[-1], PaperTable):
        end.addprevious(paragraph(_UNDER))  # Word wants a paragraph behind a table
    elements.margins(file, sheet.draft, profile, styles, foot=sheet.foot)
    styles.write(file)
    return pack(file)


def _texts(sheet: WorkingPaper) -> Iterator[str]:
    yield from (sheet.title, sheet.to, sheet.closing, sheet.organ, sheet.secrecy, sheet.draft, sheet.number, sheet.contact, sheet.foot)
    for part in (*sheet.content, *sheet.below):
        if isinstance(part, PaperTable):
            yield part.cut
            yield from (cell for row in part.rows for cell in row)
        else:
            yield part.words


def _text(profile: Profile) -> Setting:
    return Setting(first=profile.chars(profile.body.first_chars), before=_WHITE, after=_WHITE)


def _opening(sheet: WorkingPaper, profile: Profile) -> Iterator[Block]:
    if sheet.secrecy:
        yield Block(Setting(align="left"), (Span(sheet.secrecy, profile.type("hei")),), "Corner")
    lines = title_lines(sheet.title, profile.title.chars, profile.words)
    white = profile.lines(0.5)
    setting = Setting(align="center", line=pt(profile.title.pitch_pt), after=0 if sheet.number else white)
    yield Block(setting, (Span("\n".join(lines), profile.type("head", profile.title.size)),), "Title")
    if sheet.number:
        line = Setting(align="left", line=pt(CELL_PITCH), tabs=(elements.width(profile),), tab_align="right")
        told = f"联系人：{sheet.contact}　电话：\t编号：{sheet.number}"
        yield Block(line, (Span(told, profile.type("text", CELL)),), "Number")
    if sheet.to:
        yield Block(Setting(after=_WHITE), (Span(f"{sheet.to}：", profile.type("text")),), "Addressee")


def _content(parts: Sequence[Paragraph | PaperTable], profile: Profile, styles: StyleSheet, *, kept: bool) -> Iterator[BaseOxmlElement]:
    """Yield paragraphs and tables; kept: the end of the last table stays with what follows."""
    before: Paragraph | PaperTable | None = None
    for each in parts:
        part = tables.of_text(each.rows, profile) if isinstance(each, Paragraph) and each.rows else each
        if isinstance(before, PaperTable) and isinstance(part, PaperTable):
            yield paragraph(_UNDER)  # Word joins tables that touch
        before = part
        if isinstance(part, PaperTable):
            if part.cut:
                line = Setting(align="center", line=pt(CELL_PITCH), before=_WHITE, after=pt(2), keep=True)
                yield styles.element(Block(line, (Span(f"{_DASHES} {part.cut} {_DASHES}", profile.type("text", CELL)),), "Cut"))
            together, last = tables.lines(part) <= _TOGETHER, kept and each is parts[-1]
            yield tables.element(part, profile, styles, [*[together] * (len(part.rows) - 1), last])
        else:
            (block,) = elements.body((part,), profile)
            # A heading of its own stays with the table or text under it.
            yield styles.element(replace(block, setting=structs.replace(_text(profile), align=block.setting.align, keep=not part.text)))


def _end(sheet: WorkingPaper, profile: Profile) -> Iterator[Block]:
    """Yield the closing words and, kept with them, who issues it and when: both on one axis, with room for the seal (7.3.5.1).

    What others fill in under the signature never stands on a side alone: the signature goes with it.
    """
    look, day = profile.type("text"), elements.day_text(sheet.day)
    (closing,) = elements.body((Paragraph("", 0, sheet.closing),), profile)
    yield replace(closing, setting=structs.replace(_text(profile), align=closing.setting.align, after=0, keep=True))
    room = profile.chars(max(chars(day) + 2 * profile.sealed.right_chars, chars(sheet.organ) + 2))
    axis = Setting(align="center", left=elements.width(profile) - room)
    yield Block(structs.replace(axis, before=profile.lines(0.5 if sheet.below else 1), keep=True), (Span(sheet.organ, look),), "Organ")
    yield Block(structs.replace(axis, keep=bool(sheet.below)), (Span(day, look),), "Day")
