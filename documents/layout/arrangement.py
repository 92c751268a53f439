"""Decides what depends on where things come to stand: the place of 主送机关, how text and signature share a side, the side of 版记.

A document that ends badly is fitted as a whole (``fitting``), until it ends well; no paragraph is ever cut. It asks ``sides``, so the same
document is arranged alike on every machine. Clauses are of GB/T 9704-2012.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import structs

from documents.layout import elements
from documents.layout.fitting import closest, ways
from documents.layout.imprint import Imprint, imprint
from documents.layout.official_document import OfficialDocument
from documents.layout.oxml import Block, Setting, paragraph, pt
from documents.layout.profile import Profile
from documents.layout.sides import Area, Laid, lay, line_counts, line_width, stand
from documents.layout.styles import StyleSheet
from documents.layout.tables import elements_of

# No signature stands under fewer lines of text, where there are so many (7.3.5.5).
_OVER = 2
# The most paragraphs that go over whole with the signature, where no pitch and no spacing helps.
_WHOLE = 3
# So many paragraphs tell whether the first side shows text: no more than four heads keep to the one after them.
_FIRST = 5
# What is worse than a signature that has a line of text too few over it: no text on the first side (7.3.3), a blank side before 版记.
_NO_TEXT, _BLANK_SIDE = 4, 3

Page = Callable[[Profile], tuple[Sequence[Block], Area]]
"""What stands above 主送机关, 标题 last, and what a side takes, in a profile."""


@dataclass(frozen=True)
class Arranged:
    """A document in the order in which it is set.

    Attributes:
        blocks: from the head to the last attachment.
        imprint: 版记.
        turns: how often a side is turned before 版记: 0 where it stands under the text, 2 where a blank side lies between.
        sides: how many there are in all.
        profile: the layout in which it ends well.
    """

    blocks: tuple[Block, ...]
    imprint: Imprint
    turns: int
    sides: int
    profile: Profile

    def elements(self, section: BaseOxmlElement, sheet: StyleSheet) -> Iterator[BaseOxmlElement]:
        """Yield what stands in the body, in the styles of a sheet; section is the ``w:sectPr`` that ends it."""
        *others, last = elements_of(self.blocks, self.profile, sheet)
        yield from others
        if self.turns == 2:
            # Neither a blank side nor the 版记 after it is numbered (7.5), so they are a section of their own.
            last.pPr.append(deepcopy(section))
        yield last
        turned = Setting(line=pt(0.5))
        if self.turns == 2:
            yield paragraph(turned)
        if self.turns:
            yield paragraph(structs.replace(turned, new_side=True))
        yield from self.imprint.elements(sheet)


def arranged(page: Page, document: OfficialDocument, profile: Profile, *, printed: bool = True, even: bool = False) -> Arranged:
    """Return all from the head on, arranged: as it is if it ends well, else with the smallest change that makes it.

    Args:
        page: gives the head and the sides in any profile.
        document: the document.
        profile: the layout.
        printed: as for ``imprint``.
        even: 版记 stands on an even side.

    Raises:
        DocumentError: 版记 does not fit on a side.
    """
    setter = _Setter(page, document, profile, printed, even)
    least = setter.sides(closest(profile, sealed=document.sealed))
    score, found, kept = *setter.best(ways(profile, sealed=document.sealed), least), 0
    for more in range(1, min(_WHOLE, len(document.body)) + 1):
        if not score.worst.faults:
            break
        # Neither pitch nor spacing brings the signature to text, so text goes to the signature, in whole paragraphs.
        other, profile = setter.best([next(ways(setter.profile, sealed=document.sealed))], least, more)
        if other < score:
            score, found, kept = other, profile, more
    return setter.arranged(found, kept)


class _Ending(NamedTuple):
    """How a document ends, the better the smaller.

    Attributes:
        faults: what must not be, and how much of it.
        sides: how many there are.
        alone: whether 版记 stands on a side of its own.
    """

    faults: int
    sides: int
    alone: bool


class _Score(NamedTuple):
    """How well a way to set a document is: how it ends at worst and in the fonts that it should have; how many lines stay empty."""

    worst: _Ending
    usual: _Ending
    white: int


_NEVER = _Score(_Ending(1 << 30, 0, False), _Ending(1 << 30, 0, False), 0)


@dataclass(frozen=True)
class _Parts:
    """A document as blocks.

    Attributes:
        top: head and, unless it is in 版记, 主送机关.
        text: 正文.
        listed: 附件说明.
        signed: 署名, 成文日期, 附注.
        others: the attachments on sides of their own.
        imprint: 版记.
    """

    top: tuple[Block, ...]
    text: tuple[Block, ...]
    listed: tuple[Block, ...]
    signed: tuple[Block, ...]
    others: tuple[Block, ...]
    imprint: Imprint

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (*self.top, *self.text, *self.listed, *self.signed, *self.others)


@dataclass(frozen=True)
class _Setter:
    """Sets a document in one profile after the other."""

    page: Page
    document: OfficialDocument
    profile: Profile
    printed: bool
    even: bool

    def sides(self, profile: Profile) -> int:
        """Return how many sides the document takes, be its digits wide or not."""
        parts, area = self._parts(profile, 0)
        return max(self._turned(parts, lay(parts.blocks, each))[1] for each in (area, _wider(area, profile)))

    def score(self, profile: Profile, kept: int = 0) -> _Score:
        """Return how well the document ends."""
        parts, area = self._parts(profile, kept)
        if not self._is_clear_of_seal(parts, area, profile):
            return _NEVER
        blocks, wide = parts.blocks, _wider(area, profile)
        counts, widely = line_counts(blocks, area), line_counts(blocks, wide)
        laid = stand(blocks, counts, area)
        usual = self._ending(parts, laid, profile)
        wider = usual if widely == counts else self._ending(parts, stand(blocks, widely, wide), profile)
        return _Score(max(usual, wider), usual, _white(parts, laid, area))

    def best(self, ways: Iterable[Sequence[Profile]], least: int, kept: int = 0) -> tuple[_Score, Profile]:
        """Return the first of the ways in which the document ends best; so many of its last paragraphs go over whole with the signature.

        Args:
            ways: the smaller change first, together those that differ in pitch alone.
            least: sides that the document takes at least.
            kept: how many paragraphs.
        """
        right, best, found = _Ending(0, least, False), _NEVER, self.profile
        for pitches in ways:
            if _spares_lines(pitches[0], self.profile) and best.worst[:2] == right[:2]:
                break  # blank lines are spared to save a side, never to fill one
            score, place = self._best_pitch(pitches, _Score(right, right, 0), kept)
            if score < best:
                best, found = score, pitches[place]
            if best.worst == right:
                break
        return best, found

    def _best_pitch(self, pitches: Sequence[Profile], right: _Score, kept: int) -> tuple[_Score, int]:
        """Return the best of the pitches by its place; where the document ends well and alike in the first and both extremes, the first."""
        scores = {0: self.score(pitches[0], kept)}
        if scores[0] != right:
            widest = max(range(len(pitches)), key=lambda place: pitches[place].grid.pitch_pt)
            scores |= {place: self.score(pitches[place], kept) for place in (widest, len(pitches) - 1)}
            if scores[0].worst.faults or len({*scores.values()}) > 1:
                for place, profile in enumerate(pitches):
                    scores[place] = scores.get(place) or self.score(profile, kept)
                    if scores[place] == right:
                        break
        return min((score, place) for place, score in scores.items())

    def arranged(self, profile: Profile, kept: int) -> Arranged:
        """Return the document set in a profile."""
        parts, area = self._parts(profile, kept)
        turns, sides = self._turned(parts, lay(parts.blocks, area))
        return Arranged(parts.blocks, parts.imprint, turns, sides, profile)

    def _parts(self, profile: Profile, kept: int) -> tuple[_Parts, Area]:
        head, area = self.page(profile)
        text = self._text(profile)
        top, moved = [*head, elements.addressee(self.document, profile)], False
        if lay([*top, *text[:_FIRST]], area).sides[len(top)][0]:
            # The first side must show text, so a list that leaves it no room goes to 版记 (7.3.2, 7.4.2).
            above = structs.replace(text[0].setting, before=profile.lines(profile.addressee.above_lines))
            top, text, moved = list(head), [replace(text[0], setting=above), *text[1:]], True
        for place in range(len(text) - kept, len(text)):
            text[place] = _keeping(text[place])
        parts = _Parts(
            tuple(top),
            tuple(text),
            _companions([*elements.attachments(self.document, profile)], profile, area),
            tuple(elements.signature(self.document, profile)),
            tuple(block for shown in self.document.enclosures for block in elements.enclosure(self.document, shown, profile)),
            self._imprint(profile, area, moved),
        )
        return parts, area

    def _text(self, profile: Profile) -> list[Block]:
        """Return 正文, which is one and the same in all ways that have the same spacing: the pitch is the area's."""
        spacing = profile.grid.spacing_pt
        if spacing not in self._texts:
            self._texts[spacing] = elements.body(self.document.body, profile)
        return [*self._texts[spacing]]

    def _imprint(self, profile: Profile, area: Area, moved: bool) -> Imprint:
        """Return 版记, which is one and the same in all ways that have the same spacing."""
        place = profile.grid.spacing_pt, moved
        if place not in self._imprints:
            self._imprints[place] = imprint(self.document, profile, area, addressee=moved, printed=self.printed)
        return self._imprints[place].on(area, profile)

    @cached_property
    def _imprints(self) -> dict[tuple[float, bool], Imprint]:
        return {}

    @cached_property
    def _texts(self) -> dict[float, list[Block]]:
        return {}

    def _ending(self, parts: _Parts, laid: Laid, profile: Profile) -> _Ending:
        turns, sides = self._turned(parts, laid)
        first, last = len(parts.top), len(parts.top) + len(parts.text)
        text = [side for lines in laid.sides[first:last] for side in lines]
        # The end of a long list may keep the signature company.
        listed = [side for lines in laid.sides[last : last + len(parts.listed)] for side in lines]
        signed = laid.sides[last + len(parts.listed)][0]
        company = text if len(listed) <= profile.body.tail_lines else text + listed
        faults = max(0, min(_OVER, len(text)) - company.count(signed))
        faults += _NO_TEXT * (text[0] != 0) + _BLANK_SIDE * (turns == 2)
        # Heads keep to what follows, unless too many of them stand in a row.
        heads = (first + place for place, block in enumerate(parts.text[:-1]) if _stands_alone(block))
        faults += sum(laid.sides[place][-1] != laid.sides[place + 1][0] for place in heads)
        return _Ending(faults, sides, turns > 0)

    def _turned(self, parts: _Parts, laid: Laid) -> tuple[int, int]:
        """Return how often a side is turned before 版记, and how many sides there are."""
        fits, last = laid.left[-1] >= parts.imprint.height, laid.sides[-1][-1] + 1
        turns = 0 if fits else 1
        if self.even:
            turns = 1 if last % 2 else 2 * turns
        if not parts.imprint.entries:
            turns = 0
        return turns, last + turns

    def _is_clear_of_seal(self, parts: _Parts, area: Area, profile: Profile) -> bool:
        """Say whether the seal, which reaches higher where a blank line is spared, touches no text (7.3.5.1)."""
        if profile.sealed.above_lines == self.profile.sealed.above_lines:
            return True
        above = (*parts.text, *parts.listed)[-1]
        return line_width(above, _wider(area, profile)) < elements.seal_left(self.document, profile)


def _stands_alone(block: Block) -> bool:
    """Say whether a block is a head without text of its own."""
    return block.style.startswith("Level") and len(block.spans) == 1


def _companions(listed: Sequence[Block], profile: Profile, area: Area) -> tuple[Block, ...]:
    """Return 附件说明: one that is short goes over whole with the signature, of a long one the last lines."""
    counts = line_counts(listed, area)
    if sum(counts) <= profile.body.tail_lines:
        return tuple(listed)
    kept = next(place for place in reversed(range(len(listed))) if sum(counts[place:]) >= _OVER)
    return tuple(_keeping(block, keep=place >= kept) for place, block in enumerate(listed))


def _white(parts: _Parts, laid: Laid, area: Area) -> int:
    """Return how many lines are left empty under the text of a side that is not its last."""
    end = len(parts.top) + len(parts.text) + len(parts.listed) + len(parts.signed)
    last = laid.sides[end - 1][-1]
    return sum(max(0, left // area.pitch) for left in laid.left[:last])


def _spares_lines(profile: Profile, usual: Profile) -> bool:
    return (profile.title.above_lines, profile.sealed.above_lines) != (usual.title.above_lines, usual.sealed.above_lines)


def _wider(area: Area, profile: Profile) -> Area:
    """Return the area as it is filled in fonts whose digits are wider, as those are that may stand in."""
    return replace(area, wide=profile.fit.wide)


def _keeping(block: Block, *, keep: bool = True) -> Block:
    return block if block.setting.keep == keep else replace(block, setting=structs.replace(block.setting, keep=keep))
