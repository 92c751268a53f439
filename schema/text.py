"""The two faces of the rule on text: what may be written, and how anything at all is shown.

Control, format and separator characters can move a cursor, hide a sentence or turn a name round; letters without a shape make a title that
nobody sees; marks heaped upon one letter cover the lines above and below. They are refused when a record is written, and made visible
wherever text from a record reaches a screen, a log or a commit.
"""

import re
import unicodedata
from collections.abc import Iterator

_REFUSED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_DASHES = (*range(0x2010, 0x2016), 0x2212)
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20} | dict.fromkeys(_DASHES, 0x2D)
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufff0-\ufff8\ufffe\uffff\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
"""What leaves no trace on paper and is no space, though Unicode counts it among letters, symbols, marks or what is to come."""
_MARKS = 8
"""Marks upon one sign; Tibetan, which has the most, writes six."""
_UNUSUAL = re.compile(
    "[^\0-\u02ff\u2010-\u2064\u2066-\u206f\u2100-\u27ff\u2900-\u2bff\u2e80-\u3029\u3030-\u3098\u309b-\u3163\u3165-\ua66e\uac00-\ud7a3"
    "\ue000-\ufb1d\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff9f\uffa1-\uffef\U0001f000-\U0001faff\U00020000-\U000323af]"
)
"""Whatever could be a mark or without shape; nearly no text of ours holds any, so that it need not be walked through."""


def suspect(text: str) -> bool:
    """Say whether a text of several lines needs to be looked at sign by sign; nearly none does."""
    return not text.replace("\n", "").replace("\u3000", "").isprintable() or _UNUSUAL.search(text) is not None


def show(text: str, *, lines: bool = False) -> str:
    """Return text that is safe to send to a terminal: every character that no record may hold becomes a visible sign.

    Args:
        text: anything, also text that no record would be allowed to hold.
        lines: keep line feeds (a text of several lines) instead of showing them as a sign.
    """
    if _plain(text, lines):
        return text
    signs = list(text)
    for position, sign in unsafe(text, lines=lines):
        signs[position] = sign
    return "".join(signs)


def _plain(text: str, lines: bool) -> bool:
    """Whether a text need not be walked through."""
    return (text.replace("\n", "") if lines else text).isprintable() and not _UNUSUAL.search(text)


def narrow(text: str) -> str:
    """Return text with full-width letters, digits and signs as they are written elsewhere: ``６０％`` as ``60%``, ``９—７`` as ``9-7``.

    For what holds no Chinese, such as a number, a day, a code; in a sentence their width is the writer's.
    """
    return text.translate(_NARROW)


def unsafe(text: str, *, lines: bool = False) -> Iterator[tuple[int, str]]:
    """Yield position and visible name of each character that no record may hold.

    Private-use characters stay lawful: rare characters of names live there.

    Args:
        text: a value about to be written.
        lines: whether the value may have several lines.
    """
    if _plain(text, lines):
        return
    marks, before = 0, "\n"
    for position, char in enumerate(text):
        category = unicodedata.category(char)
        if category.startswith("M"):
            marks += 1
        else:
            marks, before = 0, char
        heaped = marks > _MARKS or (marks > 0 and (before.isspace() or before in "'\""))  # between quotes a value begins in a file
        if not (lines and char == "\n") and (category in _REFUSED or heaped or _SHAPELESS.match(char)):
            yield position, _named(char)


def _named(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨{code:04X}⟩"
