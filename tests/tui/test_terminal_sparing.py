"""What is spared on a slow line is never seen: the same picture stands there, by fewer bytes."""

import random

import pyte
import pytest
from textual.geometry import Size

from tui.terminal.sparing import Sheet

_SIZE = Size(24, 6)
_WORDS = ("督办", "a", " ", "   ", "，“", "红", "12-14", "──", "e\u0301", "        ")
_STYLES = ("49", "39;49", "1;34;49", "7;39;49", "30;47", "4;39;49", "2")


def _seen(*texts: str) -> list[list[tuple[str, str, str, bool, bool, bool]]]:
    screen = pyte.Screen(_SIZE.width, _SIZE.height)
    screen.reset_mode(pyte.modes.DECAWM)
    stream = pyte.Stream(screen)
    for text in texts:
        stream.feed(text)
    rows = ([screen.buffer[y][x] for x in range(_SIZE.width)] for y in range(_SIZE.height))
    return [[(each.data, *_colours(each), each.reverse, each.underscore, each.bold) for each in row] for row in rows]


def _colours(cell: pyte.screens.Char) -> tuple[str, str]:
    """The colours of a cell; of a blank what is behind it counts alone."""
    return ("default" if cell.data.isspace() else cell.fg), cell.bg


def _some(dice: random.Random) -> str:
    """An update as Textual sends one: some rows, or parts of rows."""
    parts = []
    for y in sorted(dice.sample(range(_SIZE.height), dice.randint(1, _SIZE.height))):
        x = dice.choice((0, 0, 0, 5, 10))
        parts.append(f"\x1b[{y + 1};{x + 1}H")
        while x < _SIZE.width:
            words = dice.choice(_WORDS)
            wide = sum(2 if char in "督办，红" else 0 if char == "\u0301" else 1 for char in words)
            if x + wide > _SIZE.width:
                words, wide = " " * (_SIZE.width - x), _SIZE.width - x
            parts.append(f"\x1b[{dice.choice(_STYLES)}m{words}\x1b[0m")
            x += wide
        parts.append("\n")
    return "".join(parts).rstrip("\n")


@pytest.mark.parametrize("seed", range(40))
def test_the_same_picture_stands_there(seed: int) -> None:
    dice, sheet = random.Random(seed), Sheet()
    sent, spared = [], []
    for _ in range(12):
        sent.append(_some(dice))
        spared.append(sheet.spared(sent[-1], _SIZE))
    bold_blanks = [[cell[:-1] if cell[0].isspace() else cell for cell in row] for row in _seen(*sent)]
    assert [[cell[:-1] if cell[0].isspace() else cell for cell in row] for row in _seen(*spared)] == bold_blanks
    assert len("".join(spared)) < len("".join(sent))


def test_nothing_is_sent_twice_and_what_is_not_known_goes_out_as_it_is() -> None:
    sheet = Sheet()
    text = "\x1b[1;1H\x1b[49m督办\x1b[0m\x1b[49m                    \x1b[0m"
    assert sheet.spared(text, _SIZE) == "\x1b[1;1H督办\x1b[1;5H\x1b[K"
    assert sheet.spared(text, _SIZE) == ""
    assert sheet.spared("\x1b]8;;x\x1b\\", _SIZE) == "\x1b]8;;x\x1b\\"
    assert sheet.spared(text, _SIZE) == "\x1b[1;1H督办\x1b[1;5H\x1b[K", "after what it did not know nothing is taken for known"
    assert sheet.spared(text, Size(30, 6)).startswith("\x1b[1;1H督办"), "nor on a terminal of another size"


def test_rows_that_a_window_lost_are_not_sent() -> None:
    sheet = Sheet()
    text = "".join(f"\x1b[{row + 1};1H第{row}行" for row in range(6))
    assert "第5行" in sheet.spared(text, _SIZE)
    smaller = sheet.spared(text, Size(24, 4))  # drawn before it was known, and sent after it
    assert ("第3行" in smaller, "第4行" in smaller) == (True, False)
    assert sheet.spared("\x1b[1;1H第0行", Size(24, 4)) == "", "and what was sent of it is known"
