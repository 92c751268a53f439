"""WordprocessingML in the small: elements, runs and paragraphs whose children stand in schema order.

Word ignores, without a word, a property that stands in the wrong place; so every property that a form needs is
written here, once, in the order of ISO/IEC 29500-1. Lengths are in twips (1/20 pt) unless a name says otherwise.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import Struct


def pt(length: float) -> int:
    """Return twips for a length in points."""
    return round(length * 20)


def mm(length: float) -> int:
    """Return twips for a length in millimetres."""
    return round(length * 1440 / 25.4)


def node(tag: str, *children: BaseOxmlElement, **attributes: object) -> BaseOxmlElement:
    """Return an element such as ``w:tab``; attributes take the ``w:`` prefix by themselves, values become text."""
    element: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    element.extend(children)
    return element


class Type(Struct, frozen=True):
    """How characters look.

    Attributes:
        face: name of the font, for every script: quotation marks and digits must not fall into another one.
        size: points.
        colour: six hex digits, empty for black.
        scale: width of the characters in percent of their own.
    """

    face: str
    size: float
    colour: str = ""
    scale: int = 100

    def properties(self, spacing: float | None = None, than: "Type | None" = None, style: str = "") -> BaseOxmlElement:
        """Return ``w:rPr``.

        Args:
            spacing: points added after each character, None leaves it to the style.
            than: what the style of the paragraph says, which is not said again.
            style: id of a style of characters that says the face.
        """
        names = {} if than and (style or self.face == than.face) else dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), self.face)
        found = node("w:rPr", *([node("w:rStyle", val=style)] if style else []), node("w:rFonts", hint="eastAsia", **names))
        than = than or Type("", 0)
        if self.colour != than.colour:
            found.append(node("w:color", val=self.colour or "auto"))
        if spacing is not None:
            found.append(node("w:spacing", val=pt(spacing)))
        if self.scale != than.scale:
            found.append(node("w:w", val=self.scale))
        if self.size != than.size:
            found.extend([node("w:sz", val=round(self.size * 2)), node("w:szCs", val=round(self.size * 2))])
        return found


class Setting(Struct, frozen=True):
    """How a paragraph stands; what is zero or empty is left to the Normal style.

    Attributes:
        align: ``left``, ``center``, ``right`` or ``both``.
        line: exact line height.
        before: white space above.
        after: white space below.
        left: indent of every line from the left edge of the text area.
        right: indent from its right edge.
        first: further indent of the first line; negative for a hanging indent.
        tabs: tab stops from the left edge of the text area.
        tab_align: alignment at these stops.
        keep: stay on one page with the paragraph that follows.
        new_side: begin a new page.
        frame: stand apart from the text at x and y from the corner of the sheet, so wide.
        rule: weight of a rule below in eighths of a point, and its colour.
    """

    align: str = ""
    line: int = 0
    before: int = 0
    after: int = 0
    left: int = 0
    right: int = 0
    first: int = 0
    tabs: tuple[int, ...] = ()
    tab_align: str = "left"
    keep: bool = False
    new_side: bool = False
    frame: tuple[int, int, int] | None = None
    rule: tuple[int, str] | None = None

    def properties(self, style: str = "", than: "Setting | None" = None, pitch: int = 0, first_chars: int = 0) -> BaseOxmlElement:
        """Return ``w:pPr``.

        Args:
            style: id of the paragraph's style, "" for none.
            than: what the style says, which is not said again.
            pitch: height of a line that has none of its own.
            first_chars: indent of the first line in hundredths of a character: here, or in the style.
        """
        return node("w:pPr", *([node("w:pStyle", val=style)] if style else []), *self._children(than or Setting(), pitch, first_chars))

    def _children(self, than: "Setting", pitch: int, first_chars: int) -> Iterator[BaseOxmlElement]:
        if self.keep:
            yield node("w:keepNext")
        if self.new_side:
            yield node("w:pageBreakBefore")
        if self.frame:
            x, y, width = self.frame
            # Any other wrapping pushes the text down.
            yield node("w:framePr", w=width, hRule="auto", wrap="none", vAnchor="page", hAnchor="page", x=x, y=y)
        if self.rule and self.rule != than.rule:
            weight, colour = self.rule
            yield node("w:pBdr", node("w:bottom", val="single", sz=weight, space=0, color=colour))
        if self.tabs:
            yield node("w:tabs", *(node("w:tab", val=self.tab_align, pos=stop) for stop in self.tabs))
        if white := {name: getattr(self, name) for name in ("before", "after", "line") if getattr(self, name) != getattr(than, name)}:
            exact = {"line": self.line or pitch, "lineRule": "exact"} if "line" in white else {}
            yield node("w:spacing", **(white | exact))
        if indents := self._indents(than, first_chars):
            yield node("w:ind", **indents)
        if self.align != than.align:
            yield node("w:jc", val=self.align or "both")

    def _indents(self, than: "Setting", first_chars: int) -> dict[str, int]:
        found = {name: getattr(self, name) for name in ("left", "right") if getattr(self, name) != getattr(than, name)}
        if self.first != than.first:
            # Counted in characters it goes before the length, so another length does away with it.
            found |= {"firstLineChars": 0 if than.first else first_chars} if first_chars else {}
            found |= {"hanging": -self.first} if self.first < 0 else {"firstLine": self.first}
        return found


def run(text: str, look: BaseOxmlElement) -> BaseOxmlElement:
    """Return ``w:r`` with the text as it is, nothing in it interpreted but line feed (break) and tab (tab); look is its ``w:rPr``."""
    found = node("w:r", look)
    for number, line in enumerate(text.split("\n")):
        if number:
            found.append(node("w:br"))
        for stop, piece in enumerate(line.split("\t")):
            if stop:
                found.append(node("w:tab"))
            if piece:
                found.append(_text("w:t", piece))
    return found


class Span(Struct, frozen=True):
    """Characters of one look.

    Attributes:
        text: as it is; a line feed is a break, a tab a tab.
        look: face, size and colour.
        spacing: points added after each character, None leaves it to the style.
    """

    text: str
    look: Type
    spacing: float | None = None


@dataclass(frozen=True)
class Block:
    """A paragraph before it is written, to be counted as well as to be set (``styles``).

    Attributes:
        setting: how it stands.
        spans: what it says.
        style: id of its style.
        again: height of what stands again over it where a side is turned before it, the head of a table.
        ends: where its lines end in each area that was asked for (``sides``): it is set again and again while a document is fitted.
    """

    setting: Setting
    spans: tuple[Span, ...]
    style: str
    again: int = 0
    ends: dict[tuple[int, float, float], tuple[int, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """All that it says."""
        return "".join(span.text for span in self.spans)


def page_number(look: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Yield the runs of a PAGE field; look is their ``w:rPr``."""
    for kind in ("begin", "", "separate", "1", "end"):
        found = node("w:r", deepcopy(look))
        if kind == "1":
            found.append(_text("w:t", kind))
        elif kind:
            found.append(node("w:fldChar", fldCharType=kind))
        else:
            found.append(_text("w:instrText", " PAGE "))
        yield found


def paragraph(setting: Setting, *runs: BaseOxmlElement) -> BaseOxmlElement:
    """Return ``w:p``."""
    return node("w:p", setting.properties(), *runs)


def _text(tag: str, text: str) -> BaseOxmlElement:
    found = node(tag)
    found.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    found.text = text
    return found


def rectangle(number: int, place_mm: tuple[float, float], size_mm: tuple[float, float], colour: str) -> BaseOxmlElement:
    """Return ``w:r`` with a filled rectangle on the sheet; for programs older than Word 2010 the same once more in VML.

    Args:
        number: from 1, its own in the document.
        place_mm: from the left and the upper edge of the sheet.
        size_mm: width and height.
        colour: six hex digits.
    """
    x, y, width, height = (round(length * 36000) for length in (*place_mm, *size_mm))
    names = ("margin-left", "margin-top", "width", "height")
    style = ";".join(f"{name}:{length:.2f}mm" for name, length in zip(names, (*place_mm, *size_mm), strict=True))
    found: BaseOxmlElement = parse_xml(_RECTANGLE.format(number=number, x=x, y=y, width=width, height=height, colour=colour, style=style))
    return found


_RECTANGLE = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
    '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="{number}" behindDoc="1" locked="0"'
    ' layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
    '<wp:positionH relativeFrom="page"><wp:posOffset>{x}</wp:posOffset></wp:positionH>'
    '<wp:positionV relativeFrom="page"><wp:posOffset>{y}</wp:posOffset></wp:positionV>'
    '<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
    '<wp:docPr id="{number}" name="红线{number}"/><wp:cNvGraphicFramePr/>'
    '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/><wps:spPr>'
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    '<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></wps:spPr><wps:bodyPr/></wps:wsp>'
    "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>"
    '<v:rect id="_{number}" style="position:absolute;{style};z-index:-{number};mso-position-horizontal-relative:page;'
    'mso-position-vertical-relative:page" fillcolor="#{colour}" stroked="f"/>'
    "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
