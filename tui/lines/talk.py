"""Lines out and lines in. Whatever comes from records is made safe here, and what was typed comes in as text or is asked for again."""

from collections.abc import Callable, Iterable, Sequence

from desk.terms import Line
from schema.text import narrow, show, unsafe

_LONGEST = 4095
"""Bytes of a line that a terminal hands over; what was typed beyond that is lost before any program sees it."""


class HungUp(Exception):
    """The line is at its end: nothing more will be typed."""


class Talk:
    """Speaks with one person.

    Args:
        read: waits for a line and returns it without its end; None where none will come.
        write: sends text.
        cuts: whether a terminal hands the lines over, which cuts long ones.
    """

    def __init__(self, read: Callable[[], bytes | None], write: Callable[[str], None], *, cuts: bool = False) -> None:
        self._read, self._write, self._cuts = read, write, cuts

    def say(self, *lines: str) -> None:
        """Say sentences, a line each; one may have several lines."""
        self._write("".join(f"{show(line, lines=True)}\n" for line in lines))

    def tell(self, lines: Iterable[Line]) -> None:
        """Say labelled facts."""
        for name, value in lines:
            first, *more = value.split("\n")
            self.say(f"{name}：{first}" if name else first, *more)

    def ask(self, prompt: str) -> str:
        """Ask for one line and return it; what is no text is said to be none, and asked for again.

        Raises:
            HungUp: the line is at its end.
        """
        while True:
            self._write(show(prompt))
            line = self._read()
            if line is None:
                raise HungUp
            text, wrong = _text(line)
            if self._cuts and len(line) >= _LONGEST:
                self.say(f"这一行太长，终端只交来前面 {len(text)} 个字，后面的没有收到：请接着从下一行写。")
            if not wrong:
                return text
            self.say(wrong)

    def pick(self, question: str, choices: Sequence[str]) -> int:
        """Have one of a few chosen by its number or its name, and return its place."""
        self.say(question, *(f"{n} {choice}" for n, choice in enumerate(choices, start=1)))
        while True:
            word = self.ask("选哪个：").strip()
            found = numbered(word, len(choices))
            if found is None and word in choices:
                found = choices.index(word)
            if found is not None:
                return found
            self.say(f"请写 1 至 {len(choices)} 的数字。")


def numbered(word: str, count: int) -> int | None:
    """Return the place that a number among so many means, None for what is no such number."""
    digits = narrow(word).strip().rstrip(".")
    known = digits.isascii() and digits.isdecimal() and len(digits) <= 6
    return int(digits) - 1 if known and 1 <= int(digits) <= count else None


def _text(line: bytes) -> tuple[str, str]:
    """What was typed, and why it cannot be taken, empty where it can."""
    try:
        text = line.decode("utf-8").removesuffix("\r").replace("\t", " ")
    except UnicodeDecodeError:
        return "", "收到的不是 UTF-8 编码的文字，没有收下。请把终端的编码设成 UTF-8，再写一次。"
    signs = "".join(dict.fromkeys(sign for _, sign in unsafe(text)))
    return text, f"这一行里有方向键之类的控制字符（{signs[:20]}），没有收下。请重写这一行，写错的用退格键改。" if signs else ""
