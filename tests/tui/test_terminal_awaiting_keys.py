"""Keys are waited for, not looked for: what wakes the thread is a key, an Esc after which nothing came, and the word to end."""

import os
import pty
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from types import SimpleNamespace
from typing import cast

import pytest
from textual import constants
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from tui.terminal.awaiting_keys import Ending, sleep_until_keys_come, wait_for_keys

PATIENCE = 30  # seconds until a test gives up; nothing is measured by it


class _Line:
    def __init__(self) -> None:
        self.far, self.near = pty.openpty()
        tty.setraw(self.near)
        self.ending, self._told = Ending(), Queue[Message]()
        driver = SimpleNamespace(fileno=self.near, exit_event=self.ending, _debug=False, process_message=self._told.put)
        self._thread = Thread(target=wait_for_keys, args=(cast(LinuxDriver, driver),), daemon=True)
        self._thread.start()

    def key(self) -> str:
        told = self._told.get(timeout=PATIENCE)
        assert isinstance(told, Key)
        return told.key

    def ended(self) -> bool:
        self._thread.join(PATIENCE)
        return not self._thread.is_alive()


@contextmanager
def line() -> Iterator[_Line]:
    sleep_until_keys_come()
    found = _Line()
    try:
        yield found
    finally:
        found.ending.set()
        assert found.ended()
        os.close(found.far)
        os.close(found.near)


def test_an_esc_is_one_once_nothing_follows_it_and_keys_that_come_in_pieces_are_whole() -> None:
    with line() as found:
        os.write(found.far, b"\x1b")
        assert found.key() == "escape"
        os.write(found.far, b"\x1b[A\x1b[B" + "养".encode()[:1])
        assert [found.key(), found.key()] == ["up", "down"]
        os.write(found.far, "养".encode()[1:])
        assert found.key() == "养"


def test_the_word_to_end_wakes_it_and_can_be_taken_back() -> None:
    with line() as found:
        found.ending.set()
        assert found.ended()
        found.ending.clear()
        assert not found.ending.is_set()


@pytest.mark.parametrize(("told", "seconds"), [(None, 0.025), ("500", 0.5)])
def test_who_says_how_long_his_keys_take_is_heard(monkeypatch: pytest.MonkeyPatch, told: str | None, seconds: float) -> None:
    monkeypatch.delenv("ESCDELAY", raising=False)
    if told:
        monkeypatch.setenv("ESCDELAY", told)
    monkeypatch.setattr(constants, "ESCAPE_DELAY", int(told or 100) / 1000)
    sleep_until_keys_come.__wrapped__()
    assert seconds == constants.ESCAPE_DELAY
