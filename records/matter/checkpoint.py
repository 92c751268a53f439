"""A checkpoint (检查点): how the whole register stood at one commit, and the short code by which paper bears witness to it.

What replay cannot see (a history cut short, or run again by the product's own code) is seen by whoever holds a code that was printed
before: the record that yields this code must still stand in the history, and the history up to its commit must still be what it says.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from records.matter.plain_data import to_data
from schema.problem import Problem
from schema.text import narrow
from schema.yaml_text import write

_DIGITS = 20  # 80 bits: nobody finds a second record with the same code
_BETWEEN = re.compile(r"[\s\-~_.·一ー─]+")  # between the groups, as people type it
_TOLD = re.compile(r"检查点[:：]?|[（(].*", re.DOTALL)  # what is printed before the code, and behind it
_LIKE = {"o": "0", "l": "1", "i": "1"}
_WRITTEN = "应是五组、每组四位的 0–9、a–f，再加一位校验，如 3f2a-91bc-0d4e-77aa-1c5e-9"


@dataclass(frozen=True)
class Checkpoint:
    """How the register stood.

    Attributes:
        register: the first commit of its history, by which one register is told from another.
        count: how many commits led to ``commit``, it and the first included.
        commit: the newest one when it was taken; the commit that records the checkpoint stands on it.
        sha256: over the files of that commit; ``sm3`` likewise.
        at: when it was taken.
        previous: the code of the checkpoint before it; None of the first.
    """

    register: str
    count: int
    commit: str
    sha256: str
    sm3: str
    at: str
    previous: str | None = None

    @property
    def day(self) -> str:
        """The day on which it was taken, as ISO date; there is one a day."""
        return self.at[:10]

    @cached_property
    def code(self) -> str:
        """The code: the first 80 bits of the SHA-256 of the record as it is written, in groups of four, and a check digit."""
        digits = hashlib.sha256(write(to_data(self))).hexdigest()[:_DIGITS]
        return _grouped(digits + _check_digit(digits))

    @property
    def printed(self) -> str:
        """The line that stands at the foot of documents."""
        return f"检查点 {self.code}（{self.day}，第{self.count}笔）"


def typed(text: str) -> str | Problem:
    """Return the code that somebody typed from paper, or what is wrong with it; what could be read in two ways is asked, not guessed."""
    found = _BETWEEN.sub("", narrow(unicodedata.normalize("NFKC", _TOLD.sub("", text.strip()))).lower())
    for place, sign in enumerate(found, start=1):
        if sign in _LIKE:
            return Problem(f"第{place}位写成了字母“{sign}”，检查点里没有这个字母。请对照纸面，是数字 {_LIKE[sign]} 的请改过来。")
        if sign not in "0123456789abcdef":
            return Problem(f"第{place}位“{sign}”不是检查点里的字符：{_WRITTEN}。")
    if len(found) != _DIGITS + 1:
        return Problem(f"现有{len(found)}位，{'缺' if len(found) <= _DIGITS else '多'}{abs(_DIGITS + 1 - len(found))}位：{_WRITTEN}。")
    if _check_digit(found[:-1]) != found[-1]:
        return Problem("校验位不符：有一位写错，或者两位写颠倒了。请对照纸面逐组重看。")
    return _grouped(found)


def _grouped(digits: str) -> str:
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def _check_digit(digits: Iterable[str]) -> str:
    """Return the digit with which the whole comes to nothing in Damm's scheme over GF(16).

    No digit that is another, and no two neighbours that changed places, come to the same; of ISO 7064's systems those whose check
    character is a hex digit too miss some that did.
    """
    found = 0
    for digit in digits:
        found = (found ^ int(digit, 16)) << 1
        found ^= 0x13 if found & 0x10 else 0  # x⁴ + x + 1
    return f"{found:x}"
