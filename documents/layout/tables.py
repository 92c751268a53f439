"""Tables in a document: how wide their columns are, how high their rows, and how they are written.

The head stands again on every side, a row stays on one side. In an official document, whose lines are counted, each row is a block of its
own, of a height that no font exceeds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Generic, TypeVar

from docx.oxml.xmlchemy import BaseOxmlElement

from documents.layout.official_document import DocumentError, chars
from documents.layout.oxml import Block, Setting, Span, mm, node, paragraph, pt
from documents.layout.profile import Profile
from documents.layout.sides import Area, line_ends
from documents.layout.styles import StyleSheet

_Row = TypeVar("_Row")
CELL = 12
CELL_PITCH = 18
# White inside a cell, in points: above and below, left and right.
_WHITE = (2, 4)
_BORDER = 0.5
# A row of more lines may go over to the next side: kept whole it would leave half a side empty, or fit none at all.
_WHOLE_LINES = 17
_COLUMNS = 12
# A column is as wide as its longest cell, so many characters at most; where that is too much for a side, long cells turn their lines.
_WIDEST = 24
_SHORT = 6
# A column with a longer cell than so many characters holds running text, which begins at the left.
_RUNNING = 10
# Word joins tables that touch.
_BETWEEN = Setting(line=pt(0.5))


@dataclass(frozen=True)
class PaperTable:
    """A table.

    Attributes:
        widths: of its columns in millimetres, 156 together.
        rows: texts; a line feed begins a new line.
        head: the first row is a head that stands again on every side.
        left: the columns whose text begins at the left; all others stand in the middle.
        labels: the columns that hold labels where there is no head.
        cut: what stands in the line above it along which it is cut off, "" for none.
    """

    widths: tuple[float, ...]
    rows: Sequence[tuple[str, ...]]
    head: bool = False
    left: tuple[int, ...] = (1,)
    labels: tuple[int, ...] = (0,)
    cut: str = ""


@dataclass(frozen=True)
class PaperColumn(Generic[_Row]):
    """A column of a table with a head: what stands over it, its width in millimetres, and its cell in a row of which place, from 1.

    Said in one place, so that a heading and the cells under it cannot part. ``left``: its text begins at the left.
    """

    heading: str
    width: float
    cell: Callable[[int, _Row], str]
    left: bool = False


def columned(rows: Iterable[_Row], *columns: PaperColumn[_Row]) -> PaperTable:
    """Return a table with a head, a row each of these."""
    cells = [tuple(column.cell(place, row) for column in columns) for place, row in enumerate(rows, start=1)]
    left = tuple(place for place, column in enumerate(columns) if column.left)
    return PaperTable(
        tuple(column.width for column in columns), [tuple(column.heading for column in columns), *cells], head=True, left=left
    )


@dataclass(frozen=True, kw_only=True)
class RowBlock(Block):
    """A row among the blocks of a document: as high as its setting's line, repeated head and all."""

    table: PaperTable


def of_text(rows: Sequence[tuple[str, ...]], profile: Profile) -> PaperTable:
    """Return the table of a text, its columns as wide as what stands in them asks for.

    Raises:
        DocumentError: it has too many columns for the width of a side.
    """
    columns = [list(column) for column in zip(*rows, strict=True)]
    if len(columns) > _COLUMNS:
        raise DocumentError(f"正文的表格有{len(columns)}栏，超过{_COLUMNS}栏，一面排不下，不能生成：请拆成几个表，或者改为附件另行报送。")
    whole = profile.paper.text_width_mm
    widths = _widths([max(map(chars, column)) for column in columns], whole, profile.fit.wide)
    left = tuple(place for place, column in enumerate(columns) if max(map(chars, column[1:])) > _RUNNING)
    return PaperTable((*widths[:-1], round(whole - sum(widths[:-1]), 1)), rows, head=True, left=left)


def _widths(longest: Sequence[float], whole: float, wide: float) -> list[float]:
    """Return the widths of columns in millimetres, by their longest cells in characters, in fonts whose digits are so wide."""
    natural = [(min(_WIDEST, each) * CELL * wide + 2 * _WHITE[1] + 1) * 25.4 / 72 for each in longest]
    short = [width if each <= _SHORT else 0 for width, each in zip(natural, longest, strict=True)]
    others = sum(natural) - sum(short)
    if sum(natural) <= whole or not others or sum(short) > whole / 2:
        return [round(whole * width / sum(natural), 1) for width in natural]
    return [round(kept or (whole - sum(short)) * width / others, 1) for width, kept in zip(natural, short, strict=True)]


def row_blocks(rows: Sequence[tuple[str, ...]], profile: Profile) -> Iterator[RowBlock]:
    """Yield a block for each row of a text's table; the head keeps to the first row under it.

    Raises:
        DocumentError: it has too many columns, or a row is too high to stay on one side.
    """
    table, head = of_text(rows, profile), 0
    for place, row in enumerate(rows):
        lines = _exact_lines(row, table, profile)
        if lines > _WHOLE_LINES:
            raise DocumentError(f"正文的表格第{place + 1}行有一格过长，排不成表，不能生成：请把这一格的内容移到正文。")
        height, rule = pt(lines * CELL_PITCH + 2 * _WHITE[0] + _BORDER), pt(_BORDER)
        # The rule over the head, and what stands between the last row and whatever follows.
        over, under = (0 if place else rule), (_BETWEEN.line if place == len(rows) - 1 else 0)
        yield RowBlock(Setting(line=height, before=over, after=under, keep=not place), (), "TableText", head, table=table)
        head = head or height + rule


def elements_of(blocks: Iterable[Block], profile: Profile, styles: StyleSheet) -> Iterator[BaseOxmlElement]:
    """Yield paragraphs and tables for blocks; a table is never the last, nor next to another."""
    for table, run in groupby(blocks, key=lambda block: id(block.table) if isinstance(block, RowBlock) else None):
        if table is None:
            yield from map(styles.element, run)
            continue
        rows = [block for block in run if isinstance(block, RowBlock)]
        yield element(rows[0].table, profile, styles, [each.setting.keep for each in rows], [each.setting.line for each in rows])
        yield paragraph(_BETWEEN)


def element(table: PaperTable, profile: Profile, styles: StyleSheet, keep: Sequence[bool], heights: Sequence[int] = ()) -> BaseOxmlElement:
    """Return ``w:tbl``.

    Args:
        table: what it says.
        profile: the layout.
        styles: the document's.
        keep: for each row whether it stays on one side with what follows it.
        heights: least height of each row in twips; without them rows are as high as their text.
    """
    widths = [mm(width) for width in table.widths]
    above, beside = _WHITE
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    room = (("top", above), ("left", beside), ("bottom", above), ("right", beside))
    properties = node(
        "w:tblPr",
        node("w:tblW", w=sum(widths), type="dxa"),
        node("w:tblBorders", *(node(f"w:{side}", val="single", sz=round(8 * _BORDER), space=0, color="000000") for side in sides)),
        node("w:tblLayout", type="fixed"),
        node("w:tblCellMar", *(node(f"w:{side}", w=pt(white), type="dxa") for side, white in room)),
    )
    rows = [_row(table, place, kept, heights[place] if heights else 0, profile, styles) for place, kept in enumerate(keep)]
    return node("w:tbl", properties, node("w:tblGrid", *(node("w:gridCol", w=width) for width in widths)), *rows)


def lines(table: PaperTable) -> int:
    """Return how many lines a table has, to within one or two a row."""
    return sum(_lines(row, table) for row in table.rows)


def _row(table: PaperTable, place: int, keep: bool, height: int, profile: Profile, styles: StyleSheet) -> BaseOxmlElement:
    cells, head, row = [], table.head and place == 0, table.rows[place]
    for column, (width, text) in enumerate(zip(table.widths, row, strict=True)):
        # Labels and heads stand out.
        strong = head or (not table.head and column in table.labels)
        setting = Setting(align="left" if column in table.left and not strong else "center", line=pt(CELL_PITCH), keep=keep)
        properties = node("w:tcPr", node("w:tcW", w=mm(width), type="dxa"), node("w:vAlign", val="center"))
        look, style = profile.type("hei" if strong else "text", CELL), "TableHead" if strong else "TableText"
        cells.append(node("w:tc", properties, styles.element(Block(setting, (Span(text, look),), style))))
    whole = [node("w:cantSplit")] if _lines(row, table) <= _WHOLE_LINES else []
    # LibreOffice adds the rule to it, as a row is counted.
    least = [node("w:trHeight", val=height - pt(_BORDER), hRule="atLeast")] if height else []
    again = [node("w:tblHeader")] if head else []
    return node("w:tr", node("w:trPr", *whole, *least, *again), *cells)


def _lines(row: tuple[str, ...], table: PaperTable) -> int:
    """Return how many lines the highest cell of a row has, to within one or two."""
    rooms = [mm(width) / 20 - 2 * _WHITE[1] for width in table.widths]
    return max(sum(max(1, ceil(chars(line) * CELL / room)) for line in text.split("\n")) for text, room in zip(row, rooms, strict=True))


def _exact_lines(row: tuple[str, ...], table: PaperTable, profile: Profile) -> int:
    """Return how many lines the highest cell of a row has in the widest of the fonts that may stand in."""
    found, look = [], profile.type("text", CELL)
    for width, text in zip(table.widths, row, strict=True):
        room = Area(mm(width) - 2 * pt(_WHITE[1]), 0, 0, 0, profile.grid.spacing_pt, profile.fit.wide)
        found.append(len(line_ends(Block(Setting(), (Span(text, look),), "TableText"), room)))
    return max(found)
