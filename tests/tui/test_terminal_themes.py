"""The themes: what is read is told from its ground, also by eyes of fifty and in a photo in grey."""

import pytest
from textual.color import Color
from textual.theme import Theme

from tui.terminal import themes

_LEAST = 4.5
"""The ratio that the accessibility guidelines ask for of text (WCAG 2.2, 1.4.3)."""

_ON_GROUND = ("foreground", "foreground-muted", "text-disabled", "primary", "text-error", "text-warning", "text-success")
_ON_PANEL = ("foreground", "foreground-muted", "text-disabled", "primary", "text-error", "footer-key-foreground")
_READ = [("background", name) for name in _ON_GROUND] + [("surface", name) for name in _ON_GROUND] + [("panel", name) for name in _ON_PANEL]
_CURSORS = [(f"{each}-background", f"{each}-foreground") for each in ("block-cursor", "block-cursor-blurred")]


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda theme: theme.name)
def test_what_is_read_stands_out_from_its_ground(theme: Theme) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    found = {(ground, ink): _contrast(Color.parse(colours[ground]), Color.parse(colours[ink])) for ground, ink in _READ + _CURSORS}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < _LEAST} == {}


def _contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
