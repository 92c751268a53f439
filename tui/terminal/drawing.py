"""How often the screen is drawn and in which colours.

Textual reads both from its surroundings when it is imported, which the service has done long before anybody comes in: so each app says it
as it begins.
"""

from typing import Any

from textual import constants, screen
from textual.screen import Screen

_USUAL = constants.MAX_FPS
"""How often a second is looked whether something is to be drawn: Textual's sixty, so that what comes up with a screen is drawn together."""
_OFTEN = 250
"""And once somebody is at its keys. A key takes up to four drawings (what it moves, what that lays out anew, what is told of it beside),
and each waits for its turn: that was 15 to 30 ms of every key, for no less work."""
_SLOWLY = 15
_COLOURS = constants.COLOR_SYSTEM


def draw(slow: bool) -> None:
    """Have what is begun next in this process drawn for a line of that kind: on a slow one seldom, and with sixteen colours."""
    vars(screen)["UPDATE_PERIOD"] = 1 / (_SLOWLY if slow else _USUAL)
    vars(constants)["COLOR_SYSTEM"] = "standard" if slow else _COLOURS


def draw_often(shown: Screen[Any], often: bool) -> None:
    """Have a screen drawn often, since a key was pressed at it, or as usual again, since it comes up; seldom stays seldom."""
    timer = shown._update_timer
    if timer._interval != 1 / _SLOWLY:
        timer._interval = 1 / (_OFTEN if often else _USUAL)
