"""Two calm themes, every colour one of the 256 that a terminal over SSH usually has, so that none is shifted on the way.

Rich takes a grey lighter than the middle for its darker neighbour; such a grey is written here a little lighter than it comes out.

The dark one is the default: terminals over SSH are dark more often than not, and it paints its own background, so it reads the
same on a light one. What is read, hints too, stands out from its ground by 4.5 to 1. ``ansi-dark`` and ``ansi-light`` take the
terminal's own sixteen colours instead.
"""

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="duban-dark",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#d7af5f",
    warning="#ffd75f",
    error="#ff8787",
    success="#87d787",
    foreground="#dcdcdc",
    background="#1c1c1c",
    surface="#262626",
    panel="#303030",
    variables={
        "block-cursor-background": "#005f87",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#3a3a3a",
        "block-cursor-blurred-foreground": "#dcdcdc",
        "text-error": "#ff8787",
        "text-warning": "#ffd75f",
        "text-success": "#87d787",
        "foreground-muted": "#a0a0a0",
        "text-disabled": "#a0a0a0",
        "footer-key-foreground": "#d7af5f",
        "input-selection-background": "#005f87",
        "input-selection-foreground": "#ffffff",
    },
)
LIGHT = Theme(
    name="duban-light",
    primary="#005f87",
    secondary="#5f5f87",
    accent="#5f5f00",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    foreground="#262626",
    background="#f0f0f0",
    surface="#ffffff",
    panel="#dcdcdc",
    dark=False,
    variables={
        "block-cursor-background": "#005f87",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#c8c8c8",
        "block-cursor-blurred-foreground": "#262626",
        "text-error": "#af0000",
        "text-warning": "#875f00",
        "text-success": "#005f00",
        "foreground-muted": "#585858",
        "text-disabled": "#585858",
        "footer-key-foreground": "#5f5f00",
        "input-selection-background": "#afd7ff",
        "input-selection-foreground": "#262626",
    },
)
_TERMINAL = BUILTIN_THEMES["ansi-light"]
TERMINAL_LIGHT = replace(_TERMINAL, warning="ansi_default", variables={**_TERMINAL.variables, "input-selection-foreground": "ansi_black"})
"""The terminal's own colours on light: its yellow cannot be read there, and Textual's red in its place would be another lamp."""

NAMES = {
    DARK.name: "深色",
    LIGHT.name: "浅色",
    "ansi-dark": "跟随终端（深色）",
    "ansi-light": "跟随终端（浅色）",
}
"""The themes a person may choose, by what they are called on the screen."""

OWN = frozenset({DARK.name, LIGHT.name})
"""Those that paint in colours of their own; the others take the terminal's, and none where it has none."""
