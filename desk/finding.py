"""What is meant by a few letters or characters: people and units by name, code, number, login, or the first letters of their pinyin.

The one search of short names: pickers and the screen 人员 ask it. What stands in whole records is searched by the index.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from records.index.search import fold

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Key:
    """Texts by which something is found, made once and asked at every keystroke: what is typed is looked for in each of them."""

    texts: tuple[str, ...]

    def rank(self, words: str) -> int | None:
        """Return how near what was typed comes: 0 all of it stands there, 1 it spells or abbreviates what does; None where it does not."""
        parts = fold(words).split()
        if all(any(part in text for text in self.texts) for part in parts):
            return 0
        return 1 if all(any(_means(part, text) for text in self.texts) for part in parts) else None


def key(texts: Iterable[str]) -> Key:
    """Return the key of something that goes by these texts."""
    return Key(tuple(fold(text) for text in texts if text))


def found(words: str, keys: Sequence[Key]) -> list[int]:
    """Return the places of the keys that what was typed means, the nearest first; all of them where nothing was typed.

    A number that is somebody's means nobody else, though others hold its digits.
    """
    number = fold(words).strip()
    if number.isdigit() and (own := [place for place, each in enumerate(keys) if number in each.texts]):
        return own
    ranks = [(rank, place) for place, each in enumerate(keys) if (rank := each.rank(words)) is not None]
    return [place for _, place in sorted(ranks)]


def _means(part: str, text: str) -> bool:
    return part in text or _abbreviates(part, text) or (_LETTERS.issuperset(part) and _spells(part, text))


def _abbreviates(part: str, text: str) -> bool:
    """Whether its characters stand in a text in their order, as 交警 in 交通警察支队; letters and digits would stand in too many."""
    rest = iter(text)
    return not part.isascii() and all(char in rest for char in part)


def _spells(part: str, text: str) -> bool:
    """Whether its letters begin the pinyin of neighbouring characters, by any reading of each: 单 is found by s as by d."""
    starts = (text[place : place + len(part)] for place in range(len(text) - len(part) + 1))
    return any(all(letter in _initials(char) for letter, char in zip(part, run, strict=True)) for run in starts)


@cache
def _initials(char: str) -> frozenset[str]:
    return frozenset(_read(char)) if char >= "⺀" else frozenset()


def _read(char: str) -> Iterator[str]:
    from pypinyin import Style, pinyin  # 50 ms and 12 MB that only whoever types letters is to wait for

    for readings in pinyin(char, style=Style.FIRST_LETTER, heteronym=True, errors="ignore"):
        yield from readings
