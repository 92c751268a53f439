"""Two rounds of a report on the screen: side by side where there is room, else woven into one; what did not change is folded away.

Marked so that it reads without colour: ``~ + -`` before a sentence, ``[-旧-]{+新+}`` in it.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from desk.char_diff import Kind
from desk.rounds import Passage, Sentence
from tui.terminal.cutting import cut
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.diff_view import coloured
from tui.widgets.placed_page import Place, PlacedPage

_BESIDE = 108
"""Cells from which the rounds stand side by side."""

_SIGNS = {"same": " ", "changed": "~", "new": "+", "old": "-"}
_BOTH: frozenset[Kind] = frozenset({"same", "old", "new"})
_OLD: frozenset[Kind] = frozenset({"same", "old"})
_NEW: frozenset[Kind] = frozenset({"same", "new"})
_FIRST = 12
"""Characters of its first sentence by which a folded paragraph is known."""


class RoundsPage(PlacedPage):
    """The comparison; the cursor goes from sentence to sentence."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("look", "next", "下一处"),
        Binding("enter", "choose", "谁写的"),
        Binding("tab", "whole", "全文"),
    ]

    class Asked(Message):
        """Enter was pressed on a sentence, or it was clicked."""

        def __init__(self, sentence: Sentence) -> None:
            super().__init__()
            self.sentence = sentence

    class Came(Message):
        """The next change was come to."""

        def __init__(self, number: int, total: int) -> None:
            super().__init__()
            self.number, self.total = number, total

    def __init__(self) -> None:
        super().__init__()
        self._passages: Sequence[Passage] = ()
        self._beneath: Sequence[str] = ()
        self._sentences: list[Sentence | None] = []
        self._whole = False

    def show(self, passages: Sequence[Passage], beneath: Sequence[str]) -> None:
        """Show a comparison from the top, with lines beneath it."""
        self._passages, self._beneath = passages, beneath
        self.laid_out(0)

    def above(self, one: str, other: str) -> Content | None:
        """Return what stands over either text, where they stand side by side."""
        width = self.scrollable_content_region.width
        if width < _BESIDE:
            return None
        half = (width - 2) // 2 - 1
        left = cut(plain(one), half - 1)
        return Content.assemble(" ", left.pad_right(half - left.cell_length), "│ ", plain(other))

    def lay_out(self, width: int) -> tuple[Sequence[Content], Sequence[Place]]:
        """Lay the sentences out, a row or more each, and note whose place is whose."""
        rows: list[Content] = []
        places: list[Place] = []
        self._sentences = []

        def put(lines: Sequence[Content], sentence: Sentence | None) -> None:
            places.append(Place(len(rows), len(rows) + len(lines) - 1, 0, width))
            rows.extend(lines)
            self._sentences.append(sentence)

        for passage in self._passages:
            if passage.changes or self._whole:
                for sentence in passage.sentences:
                    put(_beside(sentence, width) if width >= _BESIDE else _woven(sentence, width), sentence)
            else:
                put([_folded(passage, width)], None)
        for said in self._beneath:
            put([Content.assemble("   ", line) for line in plain(said).wrap(width - 3)], None)
        return rows, places

    def action_next(self) -> None:
        """Go to the next sentence that changed, after the last one to the first."""
        changes = [n for n, each in enumerate(self._sentences) if each and each.change != "same"]
        if changes:
            self.cursor = next((n for n in changes if n > self.cursor), changes[0])
            self.post_message(self.Came(changes.index(self.cursor) + 1, len(changes)))
        else:
            self.post_message(self.Came(0, 0))

    def action_choose(self) -> None:
        """Ask who wrote the sentence."""
        if self._sentences and (sentence := self._sentences[self.cursor]):
            self.post_message(self.Asked(sentence))
        else:
            self.action_whole()

    def action_whole(self) -> None:
        """Show the whole text, or the changes alone; the cursor stays with its sentence."""
        before = self._sentences[self.cursor] if self._sentences else None
        self._whole = not self._whole
        self.laid_out()
        self.laid_out(next((n for n, each in enumerate(self._sentences) if each is not None and each is before), 0))


def _woven(sentence: Sentence, width: int) -> list[Content]:
    return _signed(_SIGNS[sentence.change], coloured(sentence.woven, _BOTH).wrap(width - 4))


def _beside(sentence: Sentence, width: int) -> list[Content]:
    half = (width - 2) // 2
    gone, come = sentence.change == "new", sentence.change == "old"
    left = [plain("（没有）").stylize("$foreground-muted")] if gone else coloured(sentence.woven, frozenset({"same", "old"})).wrap(half - 4)
    right = (
        [plain("（删去）").stylize("$foreground-muted")] if come else coloured(sentence.woven, frozenset({"same", "new"})).wrap(half - 3)
    )
    sign = _SIGNS[sentence.change]
    one, other = _signed(" " if gone else sign, left), _signed(" " if come else sign, right)
    high = max(len(one), len(other))
    one, other = ([*each, *[Content()] * (high - len(each))] for each in (one, other))
    rows = zip(one, other, strict=True)
    return [Content.assemble(first.pad_right(half - first.cell_length), "│", second[1:] if second else second) for first, second in rows]


def _signed(sign: str, lines: Sequence[Content]) -> list[Content]:
    return [Content.assemble(f" {sign if n == 0 else ' '} ", line) for n, line in enumerate(lines or [Content()])]


def _folded(passage: Passage, width: int) -> Content:
    first = passage.sentences[0].new
    told = plain(f"   {first[:_FIRST]}{'…' if len(first) > _FIRST else ''}  {len(passage.sentences)} 句没有改动")
    return cut(told, width).stylize("$foreground-muted")
