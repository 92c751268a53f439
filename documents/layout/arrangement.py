"""Decides what depends on where things come to stand: the place of 主送机关, the text that goes over with the signature, the side of 版记.

It asks ``sides``, so the same document is arranged alike on every machine. Clauses are of GB/T 9704-2012.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from docx.oxml.xmlchemy import BaseOxmlElement

from documents.layout import elements
from documents.layout.imprint import Imprint, imprint
from documents.layout.official_document import OfficialDocument
from documents.layout.oxml import Block, Setting, Span, paragraph, pt
from documents.layout.profile import Profile
from documents.layout.sides import Area, lay, line_ends

# No signature stands under fewer lines of text, where its paragraph has so many (7.3.5.5).
_OVER = 2


@dataclass(frozen=True)
class Arranged:
    """A document in the order in which it is set.

    Attributes:
        blocks: from the head to the last attachment.
        imprint: 版记.
        turns: how often a side is turned before 版记: 0 where it stands under the text, 2 where a blank side lies between.
        sides: how many there are in all.
    """

    blocks: tuple[Block, ...]
    imprint: Imprint
    turns: int
    sides: int

    def elements(self, section: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        """Yield what stands in the body; section is the ``w:sectPr`` that ends it."""
        *others, last = (block.element() for block in self.blocks)
        yield from others
        if self.turns == 2:
            # Neither a blank side nor the 版记 after it is numbered (7.5), so they are a section of their own.
            last.pPr.append(deepcopy(section))
        yield last
        turned = Setting(line=pt(0.5))
        if self.turns == 2:
            yield paragraph(turned)
        if self.turns:
            yield paragraph(replace(turned, new_side=True))
        yield from self.imprint.elements()


def arranged(
    head: Sequence[Block], document: OfficialDocument, profile: Profile, area: Area, *, printed: bool = True, even: bool = False
) -> Arranged:
    """Return all from the head on, arranged.

    Args:
        head: what stands above 主送机关, 标题 last.
        document: the document.
        profile: the layout.
        area: what a side takes.
        printed: as for ``imprint``.
        even: 版记 stands on an even side.

    Raises:
        DocumentError: 版记 does not fit on a side.
    """
    text = elements.body(document.body, profile)
    top, moved = [*head, elements.addressee(document, profile)], False
    if lay([*top, *text], area).sides[len(top)][0]:
        # The first side must show text, so a list that leaves it no room goes to 版记 (7.3.2, 7.4.2).
        above = replace(text[0].setting, before=profile.lines(profile.addressee.above_lines))
        top, text, moved = list(head), [replace(text[0], setting=above), *text[1:]], True
    blocks = _signed(top, text, [*elements.attachments(document, profile)], [*elements.signature(document, profile)], profile, area)
    for shown in document.enclosures:
        blocks += elements.enclosure(document, shown, profile)
    part, laid = imprint(document, profile, area, addressee=moved, printed=printed), lay(blocks, area)
    fits, last = laid.left >= part.height, laid.sides[-1][-1] + 1
    turns = 0 if fits else 1
    if even:
        turns = 1 if last % 2 else 2 * turns
    if not part.entries:
        turns = 0
    return Arranged(tuple(blocks), part, turns, last + turns)


def _signed(top: list[Block], text: list[Block], listed: list[Block], signed: list[Block], profile: Profile, area: Area) -> list[Block]:
    """Return all down to the signature, which no side holds without what it is under: text, or the end of a long list (7.3.5.5)."""
    counts = [len(line_ends(block, area)) for block in listed]
    if sum(counts) > profile.body.tail_lines:
        # A long list may run from one side to the next; its last lines go with the signature, so the text need not.
        kept = next(place for place in reversed(range(len(listed))) if sum(counts[place:]) >= _OVER)
        return [*top, *text, *(_keeping(block, keep=place >= kept) for place, block in enumerate(listed)), *signed]
    *others, closing = text
    before, after = [*top, *others], [*listed, *signed]
    if listed and not others and len(line_ends(closing, area)) <= _OVER:
        # So short a text stays on the first side (7.3.3), and the list goes with the signature.
        return [*before, closing, *after]
    for tail in _tails(closing, profile, area):
        blocks = [*before, *tail, *after]
        laid, last = lay(blocks, area).sides, len(before) + len(tail) - 1
        if laid[last].count(laid[last + 1][0]) >= min(_OVER, len(laid[last])) and laid[len(top)][0] == 0:
            return blocks
    return [*before, _keeping(closing), *after]


def _tails(closing: Block, profile: Profile, area: Area) -> Iterator[list[Block]]:
    """Yield the ways to set the closing paragraph, the best first."""
    yield [closing]
    ends = line_ends(closing, area)
    if len(ends) <= profile.body.tail_lines:
        yield [_keeping(closing)]
    # LibreOffice moves a paragraph that is to keep to what follows as a whole. A longer one is set as two, so that its
    # last lines alone go over; the first line of the second is not indented, and the eye sees one.
    if over := min(_OVER, len(ends) - 1):
        first, second = _cut(closing, ends[-over - 1])
        yield [first, _keeping(replace(second, setting=replace(second.setting, first=0, before=0)))]


def _cut(block: Block, place: int) -> tuple[Block, Block]:
    first: list[Span] = []
    second: list[Span] = []
    for span in block.spans:
        first.append(replace(span, text=span.text[: max(0, place)]))
        second.append(replace(span, text=span.text[max(0, place) :]))
        place -= len(span.text)
    return replace(block, spans=tuple(span for span in first if span.text)), replace(
        block, spans=tuple(span for span in second if span.text)
    )


def _keeping(block: Block, *, keep: bool = True) -> Block:
    return replace(block, setting=replace(block.setting, keep=keep))
