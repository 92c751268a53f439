"""How often the screen is drawn and in which colours.

Textual reads both from its surroundings when it is imported, which the service has done long before anybody comes in: so each app says it
as it begins.
"""

from textual import constants, screen

_OFTEN = 250
"""How often a second is looked whether something is to be drawn. A key takes up to four drawings (what it moves, what that lays out anew,
what is told of it beside), and each waits for its turn: at Textual's sixty a second that was 15 to 30 ms of every key, for no less work."""
_SLOWLY = 15
_COLOURS = constants.COLOR_SYSTEM


def draw(slow: bool) -> None:
    """Have what is begun next in this process drawn for a line of that kind: on a slow one seldom, and with sixteen colours."""
    vars(screen)["UPDATE_PERIOD"] = 1 / (_SLOWLY if slow else _OFTEN)
    vars(constants)["COLOR_SYSTEM"] = "standard" if slow else _COLOURS
