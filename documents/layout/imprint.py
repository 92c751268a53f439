"""版记, the table at the foot of the last side (7.4 of GB/T 9704-2012): what it says, how high it is, and the side it stands on."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import structs

from documents.layout.elements import day_text, width
from documents.layout.official_document import DocumentError, OfficialDocument, chars
from documents.layout.organs import listed
from documents.layout.oxml import Block, Setting, Span, mm, node, paragraph, pt
from documents.layout.profile import Profile
from documents.layout.sides import Area, line_ends
from documents.layout.styles import StyleSheet

# LibreOffice drops a floating table with no paragraph after it.
_ANCHOR = Setting(line=pt(0.5))


@dataclass(frozen=True)
class Imprint:
    """版记 of one document.

    Attributes:
        entries: its rows, each of one or several paragraphs; none when there is nothing to show.
        ruled: between rules; a letter has none (10.1).
        height: in twips, with the rules and the paragraph that holds it.
        profile: the layout.
        lists: the labels of the lists of organs that it shows.
    """

    entries: tuple[tuple[Block, ...], ...]
    ruled: bool
    height: int
    profile: Profile
    lists: tuple[str, ...]

    def on(self, area: Area, profile: Profile) -> "Imprint":
        """Return it on a side of an area, in a profile whose letters are spaced as in its own; the pitch says nothing in it.

        Raises:
            DocumentError: it does not fit.
        """
        if self.height > min(area.first, area.other):
            names = "、".join({"主送：": "主送机关", "抄送：": "抄送机关"}[label] for label in self.lists)
            raise DocumentError(
                f"公文的{names}过多，版记一面排不下，不能生成：请使用规范化简称或者同类型机关统称（GB/T 9704-2012 第7.4.2条）。"
            )
        return replace(self, profile=profile)

    def elements(self, sheet: StyleSheet) -> Iterator[BaseOxmlElement]:
        """Yield the table, which floats to the lower edge of the 版心, and the paragraph that holds it."""
        if self.entries:
            yield _floating(self.entries, self.profile, sheet, ruled=self.ruled)
            yield paragraph(_ANCHOR)


def imprint(document: OfficialDocument, profile: Profile, area: Area, *, addressee: bool, printed: bool) -> Imprint:
    """Return 版记; whether it fits on a side says ``Imprint.on``.

    Args:
        document: the document.
        profile: the layout.
        area: what a side takes.
        addressee: with 主送机关, whose list is too long for the first side (7.3.2).
        printed: with 印发机关 and 印发日期 and between rules; a letter has neither (10.1).

    Raises:
        DocumentError: 印发机关 and 印发日期 do not fit on their line.
    """
    part = profile.imprint
    entries = []
    lists = (*((("主送：", document.addressee),) if addressee else ()), *((("抄送：", document.copy_to),) if document.copy_to else ()))
    if lists:
        listed = [_list(label, names, profile) for label, names in lists]
        entries.append(_spaced(listed, profile) if printed else tuple(listed))
    if printed:
        indent = profile.chars(part.indent_chars, part.size)
        setting = Setting(align="left", line=pt(part.pitch_pt), left=indent, tabs=(width(profile) - indent,), tab_align="right")
        entries.append(_spaced([Block(setting, tuple(_printed(document, profile)), "Printed")], profile))
    height = _ANCHOR.line + sum(_height(block, area) for entry in entries for block in entry)
    if printed:
        height += pt(2 * part.thick_pt + (len(entries) - 1) * part.thin_pt)
    if out := mm(profile.grid.out_mm):
        height += out + pt(part.thick_pt)
    return Imprint(tuple(entries), printed, height if entries else 0, profile, tuple(label for label, _ in lists))


def _printed(document: OfficialDocument, profile: Profile) -> Iterator[Span]:
    """Yield 印发机关, narrower or by its short name where need be, and 印发日期, at the ends of one line."""
    part, look, day = profile.imprint, profile.type("text", profile.imprint.size), f"{day_text(document.print_date)}印发"
    # Digits may be wider in a font that stands in.
    room = width(profile) - profile.chars(2 * part.indent_chars + 1 + chars(day) * profile.fit.wide, part.size)
    for name in filter(None, (document.print_organ, document.print_organ_short)):
        scale = min(100, 100 * room // profile.chars(chars(name), part.size))
        if scale >= part.squeeze:
            yield Span(name, structs.replace(look, scale=scale))
            yield Span(f"\t{day}", look)
            return
    raise DocumentError("公文的印发机关名称过长，与印发日期一行排不下，不能生成：请使用规范化简称（GB/T 9704-2012 第7.4.3条）。")


def _list(label: str, names: Sequence[str], profile: Profile) -> Block:
    """Return a list of organs, a turned line under the first character after the colon (7.4.2)."""
    part = profile.imprint
    indent, hang = profile.chars(part.indent_chars, part.size), profile.chars(chars(label), part.size)
    setting = Setting(align="both", line=pt(part.pitch_pt), left=indent + hang, right=indent, first=-hang)
    return Block(setting, (Span(f"{label}{listed(names, profile.organs)}。", profile.type("text", part.size)),), "Copies")


def _spaced(blocks: list[Block], profile: Profile) -> tuple[Block, ...]:
    """Give the first and the last paragraph of a row the white that keeps them off the rules."""
    blocks[0] = replace(blocks[0], setting=structs.replace(blocks[0].setting, before=pt(profile.imprint.above_pt)))
    blocks[-1] = replace(blocks[-1], setting=structs.replace(blocks[-1].setting, after=pt(profile.imprint.below_pt)))
    return tuple(blocks)


def _height(block: Block, area: Area) -> int:
    return block.setting.before + len(line_ends(block, area)) * block.setting.line + block.setting.after


def _floating(entries: Sequence[Sequence[Block]], profile: Profile, sheet: StyleSheet, *, ruled: bool) -> BaseOxmlElement:
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
    rows = [
        node(
            "w:tr",
            node("w:trPr", node("w:cantSplit")),
            node("w:tc", node("w:tcPr", deepcopy(cell)), *map(sheet.element, entry)),
        )
        for entry in entries
    ]
    if out := mm(profile.grid.out_mm):
        # The lines reach beyond the 版心, its lower edge is where 版记 ends: an empty row makes up the difference.
        borders = node("w:tcBorders", *([_border("top", part.thick_pt)] if ruled else []), node("w:bottom", val="nil"))
        height = node("w:trPr", node("w:cantSplit"), node("w:trHeight", val=out + pt(part.thick_pt), hRule="exact"))
        rows.append(node("w:tr", height, node("w:tc", node("w:tcPr", cell, borders), paragraph(Setting(line=pt(0.5))))))
    return node("w:tbl", properties, node("w:tblGrid", node("w:gridCol", w=whole)), *rows)


def _border(side: str, weight_pt: float) -> BaseOxmlElement:
    return node(f"w:{side}", val="single", sz=round(weight_pt * 8), space=0, color="000000")
