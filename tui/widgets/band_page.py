"""A page of bands, each folded or unfolded, gone through by the arrows from one place to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from desk.matter_page import Band, Entry, Lead
from tui.terminal.cutting import cut
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.placed_page import Place, PlacedPage

_LABEL = 11
"""Cells of the names of bands, the sign before them included."""
_WIDEST = 76
"""Cells of the longest line of prose: a longer one does not read."""
_GAP = 3
"""Cells between what stands side by side."""


@dataclass(frozen=True)
class _At(Place):
    """A band by its name, or one of its lines; where it leads, and whether it folds."""

    band: str
    lead: Lead | None
    folds: bool


class _Page:
    """Bands laid out for a width."""

    def __init__(self, bands: Sequence[Band], unfolded: frozenset[str], width: int) -> None:
        self.rows: list[Content] = []
        self.places: list[_At] = []
        self._width = width
        folded: list[Band] = []
        for band in bands:
            if band.short or band.name in unfolded:
                self._flow_folded(folded)
                folded = []
                self._lay(band, unfolded=band.name in unfolded)
            else:
                folded.append(band)
        self._flow_folded(folded)

    def _lay(self, band: Band, *, unfolded: bool) -> None:
        top, place = len(self.rows), len(self.places)
        sign = ("-" if unfolded else "+") if band.folds else " "
        entries = band.full if unfolded else band.short
        room = max(10, min(_WIDEST, self._width - _LABEL))
        lead = band.lead or (entries[0].lead if len(entries) == 1 and not band.folds else None)
        first = Content.assemble(sign, plain(band.name).stylize("bold"))
        self.places.append(_At(top, top, 0, self._width, band.name, lead, band.folds))
        if band.flows and not unfolded:
            self._put(first, _side_by_side(entries, room))
        else:
            for n, entry in enumerate(entries):
                start = len(self.rows)
                self._put(first if n == 0 else Content(), _wrapped(entry.text, room))
                if entry.lead and entry.lead != lead:
                    self.places.append(_At(start, len(self.rows) - 1, _LABEL - 1, self._width, band.name, entry.lead, folds=False))
        end = self.places[place + 1].top - 1 if len(self.places) > place + 1 else len(self.rows) - 1
        self.places[place] = _At(top, max(top, end), 0, self._width, band.name, lead, band.folds)

    def _put(self, first: Content, lines: Sequence[Content]) -> None:
        for n, line in enumerate(lines or [Content()]):
            head = first.pad_right(max(1, _LABEL - first.cell_length)) if n == 0 else Content(" " * _LABEL)
            self.rows.append(Content.assemble(head, line))

    def _flow_folded(self, bands: Sequence[Band]) -> None:
        """Put bands that are folded to their names side by side."""
        row, used = Content(), 0
        for band in bands:
            told = cut(plain(f"{f'+{band.name}' if band.folds else f' {band.name}…'} {band.brief}".rstrip()), self._width)
            if used and used + _GAP + told.cell_length > self._width:
                self.rows.append(row)
                row, used = Content(), 0
            left = used + _GAP if used else 0
            row = Content.assemble(row, Content(" " * (left - used)), told.stylize("$foreground-muted"))
            used = left + told.cell_length
            at = len(self.rows)
            self.places.append(_At(at, at, left, used, band.name, band.lead, band.folds))
        if used:
            self.rows.append(row)


class BandPage(PlacedPage):
    """The page. The arrows lead from place to place, Enter unfolds or goes where a line leads."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "展开"), bound("look", "all", "全展开")]

    @dataclass
    class Led(Message):
        """Enter was pressed on a line that leads somewhere, or it was clicked."""

        lead: Lead

    def __init__(self) -> None:
        super().__init__()
        self._bands: Sequence[Band] = ()
        self._unfolded: frozenset[str] = frozenset()
        self._page = _Page((), frozenset(), 80)

    def show(self, bands: Sequence[Band], unfolded: frozenset[str] | None = None) -> None:
        """Show bands that were read again; the cursor stays on the line of the same name.

        Args:
            bands: all of them.
            unfolded: the names of those that are unfolded; None leaves them as they are.
        """
        self._bands = bands
        self._unfold(self._unfolded if unfolded is None else unfolded)

    def lay_out(self, width: int) -> tuple[Sequence[Content], Sequence[Place]]:
        """Lay the bands out."""
        self._page = _Page(self._bands, self._unfolded, width)
        return self._page.rows, self._page.places

    def action_choose(self) -> None:
        """Unfold what is folded, fold what is unfolded, or go where the line leads."""
        if not self._page.places:
            return
        here = self._page.places[self.cursor]
        if here.folds:
            self._unfold(self._unfolded ^ {here.band})
        elif here.lead:
            self.post_message(self.Led(here.lead))

    def action_all(self) -> None:
        """Unfold all, or fold all where all are unfolded."""
        every = frozenset(band.name for band in self._bands if band.folds)
        self._unfold(frozenset() if every <= self._unfolded else every)

    def _unfold(self, names: frozenset[str]) -> None:
        before = self._page.places[self.cursor] if self._page.places else None
        self._unfolded = names
        self.laid_out()
        places = list(enumerate(self._page.places))
        same = [n for n, each in places if before and (each.band, each.lead) == (before.band, before.lead)]
        band = [n for n, each in places if before and each.band == before.band]
        self.laid_out((same or band or [self.cursor])[0])


def _wrapped(text: str, width: int) -> list[Content]:
    return [line for part in text.split("\n") for line in plain(part).wrap(width) or [Content()]]


def _side_by_side(entries: Sequence[Entry], width: int) -> list[Content]:
    """Put entries in columns of one width, as many as have room."""
    texts = [plain(entry.text) for entry in entries]
    widest = max((text.cell_length for text in texts), default=0) + _GAP
    beside = max(1, (width + _GAP) // widest)
    if beside == 1:
        return [line for entry in entries for line in _wrapped(entry.text, width)]
    rows = (texts[n : n + beside] for n in range(0, len(texts), beside))
    return [Content.assemble(*(text.pad_right(widest - text.cell_length) for text in row)).rstrip() for row in rows]
