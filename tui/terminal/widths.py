"""How wide this terminal draws the characters whose width Unicode leaves open (“ … — · ① ℃ → ■ │).

Rich counts one cell; terminals set up for Chinese often draw two, and every row that holds one of them then shifts. So the
terminal is asked, once, before Textual is imported: its modules take Rich's functions by name, and would keep the old ones
(https://github.com/Textualize/rich/issues/4197).
"""

import os
import re
import select
import sys
import termios
import time
import tty
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

_LINES = "│"
_CHINESE = "中严"
"""Two characters of six bytes, none of which is a control character in any encoding: four cells in UTF-8, six in GBK and in Latin-1."""
_GROUPS: dict[str, tuple[tuple[int, int], ...]] = {
    "“": ((0x2014, 0x2016), (0x2018, 0x201D), (0x2025, 0x2026), (0x203B, 0x203B)),
    "·": ((0x00A7, 0x00A7), (0x00B0, 0x00B7), (0x00D7, 0x00D7), (0x00F7, 0x00F7)),
    "①": ((0x2160, 0x217F), (0x2460, 0x24FF)),
    "℃": ((0x2030, 0x2033), (0x2103, 0x2126)),
    "→": ((0x2190, 0x22FF),),
    "■": ((0x25A0, 0x25FF), (0x2605, 0x2640)),
    "α": ((0x0391, 0x0451),),
}
"""One character to ask about, and the ranges that are drawn as it is. Lines of boxes are asked about too, but left at one
cell in Rich: Textual builds borders from them one cell wide, so a terminal that draws them wide needs other borders."""


_WIDE: set[str] = set()
_RICHS: list[Callable[[str, str], int]] = []
_SINGLE: list[frozenset[str]] = []


class Widths(NamedTuple):
    """What is known of the terminal.

    Attributes:
        answered: whether the terminal said so itself; False when it was not asked or kept silent.
        wide: the characters asked about that take two cells, each standing for its kind.
        utf8: whether it takes what is written for UTF-8; True where it kept silent.
    """

    answered: bool
    wide: frozenset[str]
    utf8: bool = True

    @property
    def wide_lines(self) -> bool:
        """Whether the lines of boxes take two cells, so that borders must be of ASCII."""
        return _LINES in self.wide


def settle_widths(choice: Literal["auto", "narrow", "wide"], stdin: int = 0, stdout: int = 1, limit: float = 0.4) -> Widths:
    """Make Rich count as the terminal draws; call once, before anything imports Textual.

    A terminal that is silent, or not a terminal, counts as narrow. Keys pressed while it is asked are lost.

    Args:
        choice: ``auto`` asks the terminal; ``narrow`` and ``wide`` are a person's word against it.
        stdin: file descriptor the answer comes from.
        stdout: file descriptor the question goes to.
        limit: seconds to wait for the whole answer.

    Raises:
        RuntimeError: as `count_changeably`.
    """
    count_changeably()
    asked = _ask(stdin, stdout, limit) if choice == "auto" else None
    found = asked or Widths(False, frozenset((*_GROUPS, _LINES) if choice == "wide" else ()))
    if found.wide - {_LINES}:
        _count_wide(found.wide)
    return found


def _ask(stdin: int, stdout: int, limit: float) -> Widths | None:
    """Print each character at the start of the line and ask where the cursor went; one round trip for all of them."""
    if not (os.isatty(stdin) and os.isatty(stdout)):
        return None
    questions = (*_GROUPS, _LINES, _CHINESE)
    before = termios.tcgetattr(stdin)
    try:
        tty.setcbreak(stdin, termios.TCSANOW)
        os.write(stdout, "".join(f"\r{char}\x1b[6n" for char in questions).encode())
        heard, end = b"", time.monotonic() + limit
        while select.select([stdin], [], [], max(0.0, end - time.monotonic()))[0]:
            if not (more := os.read(stdin, 256)):
                return None
            heard += more
            columns = re.findall(rb"\x1b\[\d+;(\d+)R", heard)
            if len(columns) >= len(questions):
                wide = frozenset(char for char, column in zip(questions[:-1], columns, strict=False) if int(column) == 3)
                return Widths(True, wide, int(columns[len(questions) - 1]) != 7)
        return None
    finally:
        os.write(stdout, b"\r\x1b[K")
        termios.tcsetattr(stdin, termios.TCSANOW, before)


def count_changeably() -> None:
    """Have Rich count by what `settle_widths` finds, also where that runs after Textual was imported; call once before that, or never.

    Raises:
        RuntimeError: Textual is imported already, and would go on counting the old way.
    """
    from rich import cells

    if cells.get_character_cell_size is _size:
        return
    if "textual" in sys.modules:
        raise RuntimeError("widths must be settled, or made changeable, before textual is imported")
    _RICHS.append(cells.get_character_cell_size)
    _SINGLE.append(cells._SINGLE_CELLS)
    cells.get_character_cell_size = _size
    cells._is_single_cell_widths = _is_single


def _count_wide(wide: frozenset[str]) -> None:
    from rich import cells

    ranges = [span for char in wide if char in _GROUPS for span in _GROUPS[char]]
    chars = frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))
    chars = frozenset(char for char in chars if unicodedata.east_asian_width(char) == "A")
    _WIDE.update(chars)
    _SINGLE[0] = cells._SINGLE_CELLS - chars
    _size.cache_clear()
    cells.cached_cell_len.cache_clear()


@lru_cache(maxsize=4096)
def _size(character: str, unicode_version: str = "auto") -> int:
    return 2 if character in _WIDE else _RICHS[0](character, unicode_version)


def _is_single(text: str) -> bool:
    return _SINGLE[0].issuperset(text)
