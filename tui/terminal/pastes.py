"""A bracketed paste is one text, whatever is in it.

Textual looks for escape sequences within a paste too, and hands on as keys those that it does not know: of a pasted window title the orders
came first, sign by sign, as if they had been typed, and the rest of the text behind them. Here what stands between the two marks never
comes to its parser; the field into which it goes says what may not stand there, as for all that is typed.

Bytes that are no UTF-8 (a paste from a window of another encoding) ended the app; they come in as signs that say so.
"""

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from textual._xterm_parser import BRACKETED_PASTE_END as END
from textual._xterm_parser import BRACKETED_PASTE_START as START
from textual._xterm_parser import XTermParser
from textual.events import Paste
from textual.message import Message


class WholePastes(XTermParser):
    """Textual's parser of what a terminal sends, which never sees the inside of a paste."""

    def __init__(self, debug: bool = False) -> None:
        self._begun = ""  # of a mark for the beginning, as far as it has come; Textual has that already
        self._pasted: list[str] | None = None
        self._held = ""  # of a mark for the end, as far as it has come
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Take what has come, in whatever pieces; a paste is yielded when its end is there."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is None:
                before, left, data = self._until_paste(data)
                if before:
                    yield from super().feed(before)
                if left is not None:
                    yield from self._let_go(left)
                    self._pasted = []
            else:
                whole, data = self._until_end(self._pasted, data)
                if whole is not None:
                    self._pasted = None
                    yield Paste(whole.replace("\0", ""))  # as Textual does: some terminals send them behind a paste

    def _until_paste(self, data: str) -> tuple[str, str | None, str]:
        """Return what comes before the next paste, how much of its mark Textual does not have (None where none begins), and the rest."""
        begun, self._begun = self._begun, ""
        if (begun + data).startswith(START):
            return "", START[len(begun) :], data[len(START) - len(begun) :]
        before, found, rest = data.partition(START)
        if not found:
            self._begun = begun + data if START.startswith(begun + data) else _beginning(data, START)
        return before, START if found else None, rest

    def _let_go(self, left: str) -> Iterator[Message]:
        """Let Textual end what it was in the middle of, by a paste in which nothing stands."""
        if left == START or self._awaiting.timeout is not None:  # else it has taken a torn mark for keys, and is at rest
            yield from (message for message in super().feed(left + END) if not isinstance(message, Paste))

    def _until_end(self, pasted: list[str], data: str) -> tuple[str | None, str]:
        """Take up the inside of a paste; return the whole once it has ended, and the rest.

        An end that is followed by another, with no beginning between, was in what was pasted: most terminals take it out, and where one
        does not, all that has come of the paste is still text.
        """
        data, self._held = self._held + data, ""
        end = data.find(END)
        if end < 0:
            self._held = _beginning(data, END)
            pasted.append(data.removesuffix(self._held))
            return None, ""
        while (later := data.find(END, end + 1)) >= 0 and START not in data[end:later]:
            end = later
        return "".join([*pasted, data[:end]]), data[end + len(END) :]


def _beginning(text: str, mark: str) -> str:
    """Return the end of a text as far as a mark may begin with it."""
    return next((text[-length:] for length in range(len(mark) - 1, 0, -1) if mark.startswith(text[-length:])), "")


def _forgiving(encoding: str) -> Callable[[], IncrementalDecoder]:
    return partial(getincrementaldecoder(encoding), errors="replace")


@cache
def keep_pastes_whole() -> None:
    """Have what comes from the terminal read so; a second call changes nothing."""
    from textual.drivers import linux_driver

    vars(linux_driver).update(XTermParser=WholePastes, getincrementaldecoder=_forgiving)
