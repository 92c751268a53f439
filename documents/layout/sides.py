"""Counts the lines and sides of our own documents by arithmetic, so that what depends on them needs no program that sets type.

Every line has an exact height, every character the width of one 字 or half of it, and where a line may break is known: so the same
document gives the same count on every machine. The rules of line breaking are those of LibreOffice 7.4 for Chinese with the switches
that ``package`` writes (kinsoku, no hanging punctuation), with fonts whose half-width signs are half as wide as a 字, as in 仿宋_GB2312.
Lengths are in twips.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import zip_longest

from documents.layout.official_document import chars
from documents.layout.oxml import Block, Span, mm, pt
from documents.layout.profile import Profile

# The marks that may not begin or end a line: LibreOffice's own for zh-CN, which differ from Word's in rare signs only.
_NO_START = frozenset("!),.:;?]}¢'\"、。〉》」』】〕〗〞︰﹐､﹒﹔﹕﹖﹗﹚﹜﹞！），．：；？｜｝～￠々‖•·ˇˉ―′’”")
_NO_END = frozenset("([{£¥'\"‵〈《「『【〔〖（［｛￡￥〝﹙﹛﹝“‘")
# The marks that a figure or a western word after them does not leave.
_STICKING = _NO_START - frozenset("!?！？")


@dataclass(frozen=True)
class Area:
    """What a side takes.

    Attributes:
        width: of the text area.
        first: height of the text area on the first side.
        other: height on all others.
        pitch: height of a line that has none of its own.
        spacing_pt: points added after each character that has no spacing of its own.
        wide: width of a half-width sign, in halves of a 字; in fonts that stand in it is more than 1.
    """

    width: int
    first: int
    other: int
    pitch: int
    spacing_pt: float
    wide: float = 1

    @staticmethod
    def of(profile: Profile, first: int | None = None) -> "Area":
        """Return that of a profile: of a page with a line grid, or, with a height of its own for the first side, of one without."""
        paper, out = profile.paper, profile.grid.out_mm
        width = mm(paper.width_mm) - mm(paper.left_mm) - mm(paper.width_mm - paper.left_mm - paper.text_width_mm)
        below = mm(paper.height_mm - paper.top_mm - paper.text_height_mm - out)
        height, grid = mm(paper.height_mm) - mm(paper.top_mm - out) - below, pt(profile.grid.lines_pt)
        if first is None:
            # A grid takes whole lines only, also where lines of other heights stand among them.
            first = height = height // grid * grid
        return Area(width, first, height, profile.lines(1), profile.grid.spacing_pt)

    @cached_property
    def room(self) -> int:
        """Width of a line: the last sign of one is not spaced."""
        return self.width + min(0, pt(self.spacing_pt))


@dataclass(frozen=True)
class Laid:
    """Where blocks came to stand.

    Attributes:
        sides: for each block the side of each of its lines, from 0.
        left: height that is left on each side below the last of them.
    """

    sides: tuple[tuple[int, ...], ...]
    left: tuple[int, ...]


def lay(blocks: Sequence[Block], area: Area) -> Laid:
    """Return where each line of the blocks stands, set one below the other from the top of the first side."""
    return stand(blocks, line_counts(blocks, area), area)


def line_counts(blocks: Sequence[Block], area: Area) -> list[int]:
    """Return how many lines each of the blocks has."""
    place = _place(area)
    return [len(block.ends.get(place) or line_ends(block, area)) for block in blocks]


def stand(blocks: Sequence[Block], counts: Sequence[int], area: Area) -> Laid:
    """Return where each line stands of blocks that have so many; as to the area, its heights alone have a say in that."""
    found: list[tuple[int, ...]] = []
    left: list[int] = []
    side, used, height = 0, 0, area.first
    for place, block in enumerate(blocks):
        setting = block.setting
        line = _line(block, area)
        kept = _kept(blocks, counts, place, area) if setting.keep else setting.before + line
        if used and (setting.new_side or used + kept > height):
            left.append(height - used)
            side, used, height = side + 1, block.again, area.other
        used += setting.before
        lines = []
        for _ in range(counts[place]):
            if used + line > height and used:
                left.append(height - used)
                side, used, height = side + 1, block.again, area.other
            used += line
            lines.append(side)
        used += setting.after + _under(block)
        found.append(tuple(lines))
    return Laid(tuple(found), (*left, height - used))


def line_ends(block: Block, area: Area) -> tuple[int, ...]:
    """Return after how many characters of the block each of its lines ends."""
    setting = block.setting
    if setting.tabs:
        # Rows of columns are made to fit their line.
        return (len(block.text),)
    place = _place(area)
    if (found := block.ends.get(place)) is None:
        room = area.room - setting.left - setting.right
        found = block.ends[place] = _ends(block.spans, setting.first, room, area.spacing_pt, area.wide)
    return found


def _place(area: Area) -> tuple[int, float, float]:
    """All of an area that has a say in where lines end: neither its heights nor its pitch."""
    return area.room, area.spacing_pt, area.wide


def line_width(block: Block, area: Area) -> int:
    """Return how far the last line of the block reaches, from the left edge of the text area; a row of a table has no words of its own."""
    if not block.text:
        return area.width
    ends, widths = line_ends(block, area), tuple(_widths(block.spans, area.spacing_pt, area.wide))
    start = ends[-2] if len(ends) > 1 else 0
    return block.setting.left + (0 if start else block.setting.first) + sum(widths[start:])


@lru_cache(2048)
def _ends(spans: tuple[Span, ...], first: int, room: int, spacing_pt: float, wide: float) -> tuple[int, ...]:
    """Return where each line ends; asked again and again while a document is fitted, which alters the height of lines most of the time."""
    text, widths = "".join(span.text for span in spans), tuple(_widths(spans, spacing_pt, wide))
    ends: list[int] = []
    start = 0
    while start < len(text):
        start = _end(text, widths, start, room - (0 if ends else first), -first if not ends else 0)
        ends.append(start)
    return tuple(ends) or (0,)


def _kept(blocks: Sequence[Block], counts: Sequence[int], first: int, area: Area) -> int:
    """Return what must stand on one side from one of the blocks on: all that keep to what follows them, and a line of that."""
    height = 0
    for place in range(first, len(blocks)):
        block = blocks[place]
        height += block.setting.before + _line(block, area) * (counts[place] if block.setting.keep else 1)
        if not block.setting.keep:
            break
        height += block.setting.after
    return height


def _under(block: Block) -> int:
    """Return the height of the rule under a block; its weight is in eighths of a point."""
    return pt(block.setting.rule[0] / 8) if block.setting.rule else 0


def _line(block: Block, area: Area) -> int:
    return block.setting.line or area.pitch


def _widths(spans: Iterable[Span], spacing_pt: float, wide: float) -> Iterator[int]:
    for span in spans:
        spacing = pt(spacing_pt if span.spacing is None else span.spacing)
        for sign, after in zip_longest(span.text, span.text[1:]):
            half = chars(sign) < 1
            # LibreOffice spaces no sign before a change between Chinese and western.
            changes = after is None or (chars(after) < 1) != half
            yield pt((wide / 2 if half else 1) * span.look.size * span.look.scale / 100) + (0 if changes else spacing)


def _end(text: str, widths: Sequence[int], start: int, room: int, hang: int) -> int:
    """Return where the line that starts there ends.

    Args:
        text: of the whole block.
        widths: of its characters.
        start: the line's first character.
        room: for the line.
        hang: where a tab ends, from the beginning of the line.
    """
    used, cut = 0, start
    while cut < len(text):
        if text[cut] == "\n":
            return cut + 1
        used = max(used, hang) if text[cut] == "\t" else used + widths[cut]
        if used > room:
            break
        cut += 1
    if cut == len(text):
        return cut
    if text[cut] in " \u3000":
        return next((place for place in range(cut, len(text)) if text[place] not in " \u3000"), len(text))
    end = cut
    while end > start and not _may_break(text, end):
        end -= 1
    return end if end > start else max(cut, start + 1)


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after in _NO_START or before in _NO_END:
        return False
    if before in " -":
        return True
    # A figure or a word is whole, and what stands beside it without a space belongs to it: its quotation marks, the mark before it.
    if _western(after):
        return not (_western(before) or before in _STICKING)
    if after in "“‘":
        last = next((sign for sign in reversed(text[:place]) if sign.isalnum()), "")
        return not _western(last)
    return not (_western(before) and after == "％")


def _western(sign: str) -> bool:
    return sign == "％" or unicodedata.east_asian_width(sign or "　") in {"Na", "H", "N"}
