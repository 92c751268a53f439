"""The themes: what is read is told from its ground, also by eyes of fifty and in a photo in grey."""

import pytest
from rich.color import Color
from textual.theme import Theme

from tests.tui.legible import LEAST, as_shown, contrast
from tui.terminal import themes

_ON_GROUND = ("foreground", "foreground-muted", "text-disabled", "primary", "text-error", "text-warning", "text-success")
_ON_PANEL = ("foreground", "foreground-muted", "text-disabled", "primary", "text-error", "footer-key-foreground")
_READ = [("background", name) for name in _ON_GROUND] + [("surface", name) for name in _ON_GROUND] + [("panel", name) for name in _ON_PANEL]
_CURSORS = [(f"{each}-background", f"{each}-foreground") for each in ("block-cursor", "block-cursor-blurred", "input-selection")]


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda theme: theme.name)
def test_what_is_read_stands_out_from_its_ground(theme: Theme) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    found = {(ground, ink): contrast(*(as_shown(Color.parse(colours[name])) for name in (ground, ink))) for ground, ink in _READ + _CURSORS}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < LEAST} == {}


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT, themes.TERMINAL_LIGHT], ids=lambda theme: theme.name)
def test_no_lamp_has_the_colour_of_another(theme: Theme) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    red, yellow, green = (colours[f"text-{name}"].removeprefix("ansi_").removeprefix("bright_") for name in ("error", "warning", "success"))
    assert len({red, yellow, green}) == 3
