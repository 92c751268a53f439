"""What an app drew and had to cut: whatever does not fit must end in …, or lie where one can scroll to it.

All text comes to the screen by three doors: a content is wrapped for the rows and cells that its widget has, it is truncated, and a row
that a widget of ours draws itself is brought to the cells of its place. Each is watched while an app is driven, and what is taken away
without the sign is kept. What a line to edit hides, and what lies beyond the edge of whatever holds it, is looked for once all is at rest.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from textual.app import App
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions
from textual.widget import Widget
from textual.widgets import Input

_SIGN = "…"


@contextmanager
def cuts_watched() -> Iterator[list[str]]:
    """Yield what is cut without the sign, as it comes."""
    found: list[str] = []
    render, truncate, adjust = Content.render_strips, Content.truncate, Strip.adjust_cell_length

    def rendered(self: Content, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        strips = render(self, width, height, style, options)
        if height is not None and width and len(strips) == height and not _ends(strips[-1].text if strips else ""):
            whole = render(self, width, None, style, options)
            if any(strip.text.strip() for strip in whole[height:]):
                found.append(f"{height} rows of {len(whole)}: {self.plain}")
        return strips

    def truncated(self: Content, max_width: int, *, ellipsis: bool = False, pad: bool = False) -> Content:
        kept = truncate(self, max_width, ellipsis=ellipsis, pad=pad)
        if max_width and self.cell_length > max_width:
            _note(found, self.plain, kept.plain)
        return kept

    def adjusted(self: Strip, cell_length: int, style: object = None) -> Strip:
        kept = adjust(self, cell_length, style)  # type: ignore[arg-type]
        if cell_length and self.cell_length > cell_length and sys._getframe(1).f_globals["__name__"].startswith("tui."):
            _note(found, self.text, kept.text)
        return kept

    with (
        patch.object(Content, "render_strips", rendered),
        patch.object(Content, "truncate", truncated),
        patch.object(Strip, "adjust_cell_length", adjusted),
    ):
        yield found


def hidden(app: App[object]) -> list[str]:
    """Return what of the screen in front lies beyond an edge over which nothing scrolls, and lines to edit that hide something unsaid."""
    found = []
    for widget, (region, clip) in app.screen._compositor.visible_widgets.items():
        if widget.children or not widget.display or not region:
            continue
        seen = region.intersection(clip)
        drawn = [strip.text for strip in widget.render_lines(widget.size.region)] if isinstance(widget, Input) or seen != region else []
        if isinstance(widget, Input):
            found += [f"in a line: {widget.value or widget.placeholder}"] if _hides(widget, drawn[0]) else []
        elif seen != region and not _scrolls(widget) and any(_lost(drawn, region.width, seen.width, seen.height)):
            found.append(f"{type(widget).__name__} {region} in {clip}: {drawn}")
    return found


def _lost(drawn: list[str], width: int, cells: int, rows: int) -> Iterator[str]:
    yield from (row for row in drawn[rows:] if row.strip())
    if cells < width:
        yield from (row for row in drawn if row.strip())


def _scrolls(widget: Widget) -> bool:
    return any(isinstance(each, Widget) and each.max_scroll_y > 0 for each in widget.ancestors)


def _hides(line: Input, drawn: str) -> bool:
    shown = drawn.strip()
    whole = line.value or line.placeholder
    return shown.strip(_SIGN) != whole.strip() and not _ends(shown) and not shown.startswith(_SIGN)


def _ends(text: str) -> bool:
    return text.rstrip().endswith(_SIGN)


def _note(found: list[str], whole: str, kept: str) -> None:
    lost = whole[len(kept.rstrip()) :]
    if lost.strip() and not _ends(kept):
        found.append(f"{kept!r} of {whole!r}")
