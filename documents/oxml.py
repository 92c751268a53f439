"""WordprocessingML in the small: elements, runs and paragraphs whose children stand in schema order.

Word ignores, without a word, a property that stands in the wrong place; so every property that a form needs is
written here, once, in the order of ISO/IEC 29500-1. Lengths are in twips (1/20 pt) unless a name says otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement


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


@dataclass(frozen=True)
class Type:
    """How characters look.

    Attributes:
        face: name of the font, for every script: quotation marks and digits must not fall into another one.
        size: points.
        colour: six hex digits, empty for black.
    """

    face: str
    size: float
    colour: str = ""

    def properties(self, spacing: float | None = None) -> BaseOxmlElement:
        """Return ``w:rPr``; spacing in points is added after each character, None leaves it to the style."""
        names = dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), self.face)
        found = node("w:rPr", node("w:rFonts", hint="eastAsia", **names))
        if self.colour:
            found.append(node("w:color", val=self.colour))
        if spacing is not None:
            found.append(node("w:spacing", val=pt(spacing)))
        found.extend([node("w:sz", val=round(self.size * 2)), node("w:szCs", val=round(self.size * 2))])
        return found


@dataclass(frozen=True)
class Setting:
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
    rule: tuple[int, str] | None = None

    def properties(self) -> BaseOxmlElement:
        """Return ``w:pPr``."""
        return node("w:pPr", *self._children())

    def _children(self) -> Iterator[BaseOxmlElement]:
        if self.keep:
            yield node("w:keepNext")
        if self.rule:
            weight, colour = self.rule
            yield node("w:pBdr", node("w:bottom", val="single", sz=weight, space=0, color=colour))
        if self.tabs:
            yield node("w:tabs", *(node("w:tab", val=self.tab_align, pos=stop) for stop in self.tabs))
        if self.before or self.after or self.line:
            exact = {"line": self.line, "lineRule": "exact"} if self.line else {}
            yield node("w:spacing", before=self.before, after=self.after, **exact)
        if self.left or self.right or self.first:
            first = {"hanging": -self.first} if self.first < 0 else {"firstLine": self.first}
            yield node("w:ind", left=self.left, right=self.right, **first)
        if self.align:
            yield node("w:jc", val=self.align)


def run(text: str, look: Type, spacing: float | None = None) -> BaseOxmlElement:
    """Return ``w:r`` with the text as it is, nothing in it interpreted but line feed (break) and tab (tab)."""
    found = node("w:r", look.properties(spacing))
    for number, line in enumerate(text.split("\n")):
        if number:
            found.append(node("w:br"))
        for stop, piece in enumerate(line.split("\t")):
            if stop:
                found.append(node("w:tab"))
            if piece:
                found.append(_text("w:t", piece))
    return found


def page_number(look: Type) -> Iterator[BaseOxmlElement]:
    """Yield the runs of a PAGE field."""
    for kind in ("begin", "", "separate", "1", "end"):
        found = node("w:r", look.properties())
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
