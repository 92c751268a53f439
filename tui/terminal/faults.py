"""A fault of the program in one screen does not end the session: it is written down whole, and everything else goes on.

Textual ends the app at the first error of any handler, timer, worker or drawing; the loop of the widget in which it happened has
ended by then. So errors are caught before they leave a handler, and handed to the app as those are that Textual hands it itself.
"""

import os
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from types import TracebackType

from textual._context import active_app
from textual.message import Message
from textual.message_pump import MessagePump

from schema.text import show

_TOO_SHORT = 6
"""Bytes of typed text below which it may stand in a log: a digit or a letter would be taken out of every line."""


class FaultLog:
    """Faults in one folder, a file each, for the eyes of the service's account only."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when the first fault is written.

        Attributes:
            last: the file written last.
        """
        self._folder = folder
        self._known: dict[tuple[str, ...], str] = {}
        self.last: Path | None = None

    def write(self, error: Exception, at: datetime, doing: Sequence[str], typed: Iterable[str] = ()) -> str:
        """Write a fault down and return its number, such as ``1123-103000-1``; the same fault at the same thing is written once.

        Args:
            error: the fault, with its traceback and its causes.
            at: when, in the bureau's zone.
            doing: who, where and at what, a line each.
            typed: what stands in forms, and is no part of the log even where the fault repeats it.

        Raises:
            OSError: it could not be written.
        """
        key = (*doing, _place(error))
        if key not in self._known:
            told = "".join(traceback.format_exception(error))
            for words in sorted((line.strip() for text in typed for line in text.splitlines()), key=len, reverse=True):
                told = told.replace(words, "（所填内容）") if len(words.encode("utf-8", "replace")) >= _TOO_SHORT else told
            self._known[key] = self._put(at, show("\n".join((f"时间：{at.isoformat()}", *doing, "", told)), lines=True))
        return self._known[key]

    def _put(self, at: datetime, text: str) -> str:
        """Take the first free number of that second: several sessions write here."""
        self._folder.mkdir(mode=0o700, exist_ok=True)  # beside a register; of one that was moved away nothing is made anew
        for n in count(1):
            path = self._folder / f"error-{at:%Y%m%d-%H%M%S}-{n}.log"
            with suppress(FileExistsError), open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
                file.write(text.encode("utf-8", "replace"))
                self.last = path
                return f"{at:%m%d-%H%M%S}-{n}"
        raise AssertionError("numbers do not end")


def contain_faults() -> None:
    """Hand errors of handlers to an app that can ``contain`` them; a second call changes nothing."""
    dispatch = MessagePump._dispatch_message
    if dispatch.__module__ == __name__:
        return

    async def contained(self: MessagePump, message: Message) -> None:
        try:
            await dispatch(self, message)
        except Exception as error:
            contain = getattr(active_app.get(None), "contain", None)
            if contain is None or not contain(error, self, type(message).__name__):
                raise

    MessagePump._dispatch_message = contained  # type: ignore[method-assign]


def while_drawing(error: Exception) -> bool:
    """Whether a screen cannot be laid out or drawn: it would fail again at once."""
    return any(frame.startswith(("textual._compositor", "textual.layouts")) for frame, _ in _frames(error.__traceback__))


def _place(error: Exception) -> str:
    *_, (module, line) = ("", 0), *_frames(error.__traceback__)
    return f"{type(error).__name__} {module}:{line}"


def _frames(trace: TracebackType | None) -> Iterable[tuple[str, int]]:
    while trace:
        yield trace.tb_frame.f_globals.get("__name__", ""), trace.tb_lineno
        trace = trace.tb_next
