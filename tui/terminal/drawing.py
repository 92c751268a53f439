"""How often the screen is drawn and in which colours.

Textual reads both from its surroundings when it is imported, which the service has done long before anybody comes in: so each app says it
as it begins.
"""

from textual import constants, screen

_USUAL = constants.MAX_FPS
_SLOWLY = 15  # times a second
_COLOURS = constants.COLOR_SYSTEM


def draw(slow: bool) -> None:
    """Have what is begun next in this process drawn for a line of that kind: on a slow one seldom, and with sixteen colours."""
    vars(screen)["UPDATE_PERIOD"] = 1 / (_SLOWLY if slow else _USUAL)
    vars(constants)["COLOR_SYSTEM"] = "standard" if slow else _COLOURS
