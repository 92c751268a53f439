"""Two calm themes, every colour one of the 256 that a terminal over SSH usually has, so that none is shifted on the way.

The dark one is the default: terminals over SSH are dark more often than not, and it paints its own background, so it reads the
same on a light one. What is read, hints too, stands out from its ground by 4.5 to 1. Textual's ``ansi-dark`` and ``ansi-light`` take
the terminal's own sixteen colours instead.
"""

from textual.theme import Theme

DARK = Theme(
    name="duban-dark",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#d7af5f",
    warning="#ffd75f",
    error="#ff8787",
    success="#87d787",
    foreground="#dadada",
    background="#1c1c1c",
    surface="#262626",
    panel="#303030",
    variables={
        "block-cursor-background": "#005f87",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#3a3a3a",
        "block-cursor-blurred-foreground": "#dadada",
        "text-error": "#ff8787",
        "text-warning": "#ffd75f",
        "text-success": "#87d787",
        "foreground-muted": "#9e9e9e",
        "text-disabled": "#9e9e9e",
        "footer-key-foreground": "#d7af5f",
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
    background="#eeeeee",
    surface="#ffffff",
    panel="#dadada",
    dark=False,
    variables={
        "block-cursor-background": "#005f87",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#c6c6c6",
        "block-cursor-blurred-foreground": "#262626",
        "text-error": "#af0000",
        "text-warning": "#875f00",
        "text-success": "#005f00",
        "foreground-muted": "#585858",
        "text-disabled": "#585858",
        "footer-key-foreground": "#5f5f00",
    },
)
NAMES = {
    DARK.name: "深色",
    LIGHT.name: "浅色",
    "ansi-dark": "跟随终端（深色）",
    "ansi-light": "跟随终端（浅色）",
}
"""The themes a person may choose, by what they are called on the screen."""

OWN = frozenset({DARK.name, LIGHT.name})
"""Those that paint in colours of their own; the others take the terminal's, and none where it has none."""
