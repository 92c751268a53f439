"""What a field cannot hold, told while one types: too many characters, letters where a number stands, a number that is too large."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from records.matter.prose import normalise
from schema.check import keywords
from schema.text import narrow

_DIGITS = re.compile(r"\^\\d\{(\d+)\}\$")
_DAY_LENGTH = 14
_DAY_SIGNS = r"0-9年月日号/.\-+ 今明昨前后大天上下本这周星期礼拜一二三四五六个工作底初以"
"""What days are made of as ``dates.as_date`` takes them."""

_NEAR = 0.7
"""Share of a text's limit from which its canonical form, a line a sentence, is measured; before that it cannot be too long."""


@dataclass(frozen=True)
class Limit:
    """What one field can hold.

    Attributes:
        most: characters at most, 0 where there is no limit.
        signs: what it is made of, as the inside of a character class; empty for anything.
        said: what may stand in it, in words, where not everything may.
        highest: the largest number, None where it holds none.
        prose: whether it is a text in sentences, which is measured in its canonical form.
    """

    most: int = 0
    signs: str = ""
    said: str = ""
    highest: int | None = None
    prose: bool = False

    def narrowed(self, text: str) -> str:
        """Return what is typed as the field holds it: where no Chinese may stand, full-width signs are meant as others are."""
        return narrow(text) if self.signs else text

    def refusal(self, words: str) -> str:
        """Return why the field cannot hold these words, empty where it can."""
        if self.signs and not re.fullmatch(f"[{self.signs}]*", words):
            return f"只能填{self.said}"
        if self.highest is not None and (digits := re.sub(r"\D", "", words)) and int(digits) > self.highest:
            return f"不能大于 {self.highest}"
        if not self.most or len(words) <= self.most * (_NEAR if self.prose else 1):
            return ""
        length = len(normalise(words)) if self.prose else len(words)
        return f"最多 {self.most} 个字，这样就有 {length} 个字" if length > self.most else ""


CODE = Limit(most=20, signs=r"0-9a-fA-F \-", said="数字和 a 至 f")
"""What a field holds into which the code is typed that a paper bears."""


def limit(kind: str, schema: Mapping[str, object]) -> Limit:
    """Return what a field of a kind can hold, as its schema says."""
    highest, most = schema.get("maximum"), schema.get("maxLength")
    if kind == "number":
        number = highest if isinstance(highest, int) else 999_999_999
        return Limit(signs="0-9%" if number == 100 else "0-9", said="数字", highest=number)
    if kind == "date":
        return Limit(most=_DAY_LENGTH, signs=_DAY_SIGNS, said="日期，如 9-7、27号、明天、下周五、+5工作日")
    if keywords(schema).code:
        return CODE
    if match := _DIGITS.fullmatch(str(schema.get("pattern", ""))):
        return Limit(most=int(match[1]), signs="0-9", said=f"{match[1]} 位数字")
    return Limit(most=most if isinstance(most, int) else 0, prose=kind == "prose")
