"""The two faces of the rule on text: what may be written, and how anything at all is shown.

Control, format and separator characters can move a cursor, hide a sentence or turn a name round. They are refused
when a record is written, and made visible wherever text from a record reaches a screen, a log or a commit.
"""

import unicodedata
from collections.abc import Iterator

_REFUSED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def show(text: str, *, lines: bool = False) -> str:
    """Return text that is safe to send to a terminal: every control or format character becomes a visible sign.

    Args:
        text: anything, also text that no record would be allowed to hold.
        lines: keep line feeds (a text of several lines) instead of showing them as a sign.
    """
    if text.isprintable():
        return text
    return "".join(_shown(char, lines) for char in text)


def unsafe(text: str, *, lines: bool = False) -> Iterator[tuple[int, str]]:
    """Yield position and visible name of each character that no record may hold.

    Private-use characters stay lawful: rare characters of names live there.

    Args:
        text: a value about to be written.
        lines: whether the value may have several lines.
    """
    if text.isprintable():
        return
    for position, char in enumerate(text):
        if not (lines and char == "\n") and (unicodedata.category(char) in _REFUSED or char in "\ufffe\uffff"):
            yield position, _shown(char, lines=False)


def _shown(char: str, lines: bool) -> str:
    code = ord(char)
    if lines and char == "\n":
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(char) in _REFUSED or char in "\ufffe\uffff":
        return f"⟨{code:04X}⟩"
    return char
