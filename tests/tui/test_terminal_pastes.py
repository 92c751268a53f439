"""Pastes in whatever pieces a line brings them: nothing in them is ever a key."""

import pytest
from textual.events import Key, Paste

from tui.terminal.pastes import WholePastes

_SENT = "a\x1b[A\x1b[200~甲\x1b]0;题\x07\x1b[B\x1b\x1b[200~\x1b[201\0~乙\x1b[201~\x1b[Bb\x1b[200~\x1b[201~\x1b[24~c"
_TAKEN = ["a", "up", "“甲\x1b]0;题\x07\x1b[B\x1b\x1b[200~\x1b[201~乙”", "down", "b", "“”", "f12", "c"]


def _taken(*pieces: str) -> list[str]:
    parser, found = WholePastes(), []
    for piece in pieces:
        for message in parser.feed(piece):
            assert isinstance(message, Key | Paste)
            found.append(message.key if isinstance(message, Key) else f"“{message.text}”")
    return found


def test_a_paste_is_one_text_wherever_the_line_tears_it() -> None:
    assert _taken(_SENT) == _TAKEN
    assert _taken(*_SENT) == _TAKEN
    for at in range(1, len(_SENT)):
        assert _taken(_SENT[:at], _SENT[at:]) == _TAKEN, at


def test_an_end_of_a_paste_in_what_is_pasted_is_text() -> None:
    assert _taken("\x1b[200~甲\x1b[201~\t\x11乙\x1b[201~丙\x1b[200~丁\x1b[201~") == ["“甲\x1b[201~\t\x11乙”", "丙", "“丁”"]


def test_a_key_in_the_middle_comes_before_the_paste() -> None:
    assert _taken("\x1b", "\x1b[200~甲\x1b[201~") == ["escape", "“甲”"]


def test_a_mark_that_comes_too_late_to_be_one_for_textual_begins_a_paste_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = WholePastes()
    keys = [*parser.feed("\x1b")]
    monkeypatch.setattr("textual._parser.get_time", lambda: float("inf"))
    keys += parser.tick()
    pasted = [*parser.feed("[200~\t"), *parser.feed("\x11\x1b[201~")]
    assert [key.key for key in keys if isinstance(key, Key)] == ["escape"]
    assert [message.text for message in pasted if isinstance(message, Paste)] == ["\t\x11"]
    assert len(pasted) == 1
