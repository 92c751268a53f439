"""Whether what stands on a screen can be read there: every cell's ink against its ground, as a terminal of 256 colours shows both."""

from functools import lru_cache

from rich.color import Color, ColorSystem
from rich.style import Style
from textual.app import App
from textual.color import Color as Shade

from tui.terminal import themes

LEAST = 4.5
"""The ratio that the accessibility guidelines ask for of text (WCAG 2.2, 1.4.3)."""

_LINES = frozenset("─│▁▔▏▕┃▂▃▄▅▆▇█╸╺━")
"""Signs that draw lines and bars, and are no text."""


def illegible(app: App[object]) -> list[str]:
    """Return the pieces of text that do not stand out from their ground, and grounds left to the terminal, each with its colours.

    Nothing is known of colours that are the terminal's own, or of none at all.
    """
    if app.no_color or app.theme not in themes.OWN:
        return []
    found: dict[str, None] = {}
    for strip in app.screen._compositor.render_strips():
        for text, style, control in strip:
            if not control and (fault := _fault(text, style or Style.null())):
                found[f"{text.strip() or 'blank'}: {fault}"] = None
    return list(found)


def _fault(text: str, style: Style) -> str:
    ink, ground = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
    if ground is None or ground.is_default:
        return "ground left to the terminal"
    if not set(text.strip()) - _LINES:
        return ""
    if ink is None or ink.is_default:
        return "ink left to the terminal"
    ratio = contrast(*map(as_shown, (ink, ground)))
    return "" if ratio >= LEAST else f"{as_shown(ink).hex} on {as_shown(ground).hex} is {ratio:.2f}"


@lru_cache(512)
def as_shown(colour: Color) -> Shade:
    """Return a colour as a terminal of 256 shows it."""
    return Shade(*colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())


@lru_cache(512)
def contrast(one: Shade, other: Shade) -> float:
    """Return the contrast of two colours as the guidelines count it."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Shade) -> float:
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
