"""What an official document (公文) says, apart from how it is laid out: its elements, what it may not lack, how its title breaks."""

import datetime
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import ceil, inf

from records.matter.prose import Paragraph
from schema.text import unsafe

_NAMES = {
    "mark": "发文机关标志",
    "number": "发文字号",
    "signers": "签发人",
    "title": "标题",
    "addressee": "主送机关",
    "body": "正文",
    "attachments": "附件说明",
    "organ": "发文机关署名",
    "note": "附注",
    "copy_to": "抄送机关",
    "print_organ": "印发机关",
    "print_organ_short": "印发机关简称",
    "copy_number": "份号",
    "secrecy": "密级和保密期限",
    "urgency": "紧急程度",
    "draft": "稿件字样",
    "enclosures": "附件",
}
_LISTS = frozenset({"signers", "addressee", "attachments", "copy_to"})
# The most 字 that an element may have in all: more than any document needs, less than what no page can be made of; 署名 is one line.
_LIMITS = {"mark": 40, "number": 40, "title": 150, "body": 50_000, "organ": 28, "attachments": 5_000, "enclosures": 50_000}
_LIMIT = 1_000
_MANDATORY = ("mark", "number", "signers", "title", "addressee", "body", "organ", "print_organ")
_NUMBER = re.compile(r"[^〔〕\s]+〔\d{4}〕[1-9]\d*号")
_UNITS = "年月日号个项起次名家届批期%％"
_PARTICLES = frozenset("的、，：和与及暨对")
_NO_START = frozenset("的、，。：；！？）》〉”’』」】〕％%·…")
_NO_END = frozenset("（《〈“‘『「【〔")
_BAD_START = frozenset("等地得了们")
_BAD_END = frozenset(("关于", "和", "与", "及", "暨", "对"))
# What a break costs: half the square of the characters by which a line misses the mean length is the measure.
_NEVER, _SHAPE, _BAD, _GUESS, _ONE_SURE, _RECTANGLE = 1000, 60, 30, 28, 8, 2
_UNNUMBERED = re.compile(r"[^〔〕\s]+〔\d{4}〕[ \u3000]*号")


class DocumentError(ValueError):
    """A document that may not be made as it stands; the message says in Chinese what is wrong, where, and the way out."""


@dataclass(frozen=True)
class Enclosure:
    """An attachment that is set on its own sides, behind the text (7.3.7).

    Attributes:
        number: its place among the names of the 附件, from 1.
        name: the same as there.
        body: its text.
    """

    number: int
    name: str
    body: tuple[Paragraph, ...]


@dataclass(frozen=True)
class OfficialDocument:
    """The elements of a document by GB/T 9704-2012, as plain text; nothing in them is interpreted.

    Attributes:
        mark: 发文机关标志, such as 兰州市公安局专报.
        number: 发文字号, such as 兰公办〔2026〕14号; a draft may leave the place of the number blank: 兰公办〔2026〕　号.
        signers: 签发人, one or several names.
        title: 标题; line feeds are the drafter's own breaks, otherwise it is broken into balanced lines.
        addressee: 主送机关.
        body: 正文.
        attachments: names of the 附件.
        organ: 发文机关署名.
        date: 成文日期.
        sealed: whether 署名 and date leave the seal its place.
        note: 附注 without its brackets, "" if none.
        copy_to: 抄送机关.
        print_organ: 印发机关.
        print_date: 印发日期.
        copy_number: 份号, "" if not shown.
        secrecy: 密级和保密期限, such as 秘密★1年, "" if not shown.
        urgency: 紧急程度, "" if not shown.
        draft: "" or a word such as 草稿, shown over every page.
        enclosures: the 附件 that follow on their own sides, in their order; what is not among them comes by itself.
        print_organ_short: the name of 印发机关 where the whole one leaves 印发日期 no room on its line, "" if it has no other.
    """

    mark: str
    number: str
    signers: tuple[str, ...]
    title: str
    addressee: tuple[str, ...]
    body: tuple[Paragraph, ...]
    attachments: tuple[str, ...]
    organ: str
    date: datetime.date
    sealed: bool
    note: str
    copy_to: tuple[str, ...]
    print_organ: str
    print_date: datetime.date
    copy_number: str
    secrecy: str
    urgency: str
    draft: str
    enclosures: tuple[Enclosure, ...] = ()
    print_organ_short: str = ""


def check(document: OfficialDocument, without: Collection[str] = ()) -> None:
    """Refuse a document that lacks a mandatory element or holds what cannot be printed.

    Args:
        document: the document.
        without: mandatory elements that its form does not show.

    Raises:
        DocumentError: an element is missing, empty or too long, holds a control character or half a surrogate pair, the 发文字号 is not
            of the form of 7.2.5, or an attachment on its own sides is none of those that the document names.
    """
    texts = {name: _texts(getattr(document, name)) for name in _NAMES if name != "enclosures"}
    if missing := [_NAMES[name] for name in _MANDATORY if name not in without and not any(text.strip() for text in texts[name])]:
        raise DocumentError(f"公文缺少{'、'.join(missing)}，不能生成：请补齐后再印发（GB/T 9704-2012 第7条）。")
    for name, found in texts.items():
        _check_texts(name, found, isinstance(getattr(document, name), tuple))
    for shown in document.enclosures:
        _check_enclosure(shown, document.attachments)
    if [shown.number for shown in document.enclosures] != sorted({shown.number for shown in document.enclosures}):
        raise DocumentError("公文另面编排的附件次序不对或者重复，不能生成：请按附件说明的顺序排列，每件一次（GB/T 9704-2012 第7.3.7条）。")
    if any(not 0 <= part.level <= 4 for part in (*document.body, *(part for shown in document.enclosures for part in shown.body))):
        raise DocumentError("公文的正文中有超过四级的标题，不能生成：请按“一、”“（一）”“1.”“（1）”四级编排。")
    if not (_NUMBER.fullmatch(document.number) or (document.draft and _UNNUMBERED.fullmatch(document.number))):
        raise DocumentError(
            f"发文字号“{document.number}”不合规范，不能生成：请写作“兰公办〔2026〕14号”的形式，年份用六角括号，序号不加“第”，不编虚位。"
        )


def _check_texts(name: str, found: tuple[str, ...], several: bool) -> None:
    """Refuse an element that is too long, has an empty entry or holds what cannot be printed."""
    length, limit = ceil(sum(map(chars, found))), _LIMITS.get(name, _LIMIT)
    if length > limit:
        raise DocumentError(f"公文的{_NAMES[name]}共{length}字，超过{limit}字的上限，不能生成：请精简，或者把部分内容改为附件另行报送。")
    # A title may hold the drafter's line breaks; the parts of a body paragraph may be empty, an entry in a list may not.
    if several and name not in {"body", "enclosures"} and not all(text.strip() for text in found):
        raise DocumentError(f"公文的{_NAMES[name]}中有空项，不能生成：请填写或者删去该项。")
    for place, text in enumerate(found, start=1):
        which = f"第{place}{'项' if name in _LISTS else '段'}" if several else ""
        for position, shown in unsafe(text, lines=name == "title"):
            where = f"{_NAMES[name]}{which}第{position + 1}个字符"
            raise DocumentError(f"公文的{where}是不能印刷的控制字符 {shown}，不能生成：请删去后重试。")


def _check_enclosure(shown: Enclosure, names: tuple[str, ...]) -> None:
    if not 1 <= shown.number <= len(names) or names[shown.number - 1] != shown.name:
        raise DocumentError(
            f"另面编排的附件{shown.number}“{shown.name[:40]}”与附件说明中的顺序号或者名称不一致，不能生成："
            "请改为与附件说明一致（GB/T 9704-2012 第7.3.7条）。"
        )
    texts = _texts(shown.body)
    if not any(text.strip() for text in texts):
        raise DocumentError(f"另面编排的附件{shown.number}“{shown.name[:40]}”没有内容，不能生成：请补齐，或者改为另行报送。")
    _check_texts("enclosures", texts, True)


_HALF = frozenset({"Na", "H", "N"})


@lru_cache(8192)  # asked for each sign of a text, and for each name again in every way that a document is set
def chars(text: str) -> float:
    """Return the width of a text in characters (字): a half-width sign counts one half."""
    return sum(0.5 if unicodedata.east_asian_width(sign) in _HALF else 1 for sign in text)


@lru_cache(64)
def title_lines(title: str, width: int, words: str) -> tuple[str, ...]:
    """Break a title where its words allow, into as few lines as fit, in the shape of a trapezium or a rhombus (7.3.1).

    Args:
        title: the title; its own line feeds stay breaks.
        width: the most characters (字) a line takes.
        words: words that a break should leave whole, and beside which it may well stand, with spaces between them.
    """
    lines: list[str] = []
    for part in title.split("\n"):
        lines += _balanced(part.strip(), width, words.split()) if part.strip() else ()
    return tuple(lines)


def _texts(value: str | tuple[str | Paragraph, ...]) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(_words(part) if isinstance(part, Paragraph) else part for part in value)


def _words(part: Paragraph) -> str:
    return "　".join(cell for row in part.rows for cell in row) if part.rows else part.words


def _balanced(text: str, width: int, words: Sequence[str]) -> list[str]:
    fewest = ceil(chars(text) / width)
    if fewest <= 1:
        return [text]
    prices = _prices(text, words)
    # Half-width signs can make the fewest lines one too few; a line a character is always possible.
    ends = next(found for count in range(fewest, len(text) + 1) if (found := _ends(text, width, count, prices)))
    return [text[start:end] for start, end in zip((0, *ends), ends, strict=False)]


def _ends(text: str, width: int, count: int, prices: Sequence[float]) -> tuple[int, ...]:
    """Return where each of so many lines ends, at the lowest price; () if they do not fit."""
    mean = chars(text) / count

    @cache
    def best(start: int, left: int, before: float, falling: bool) -> tuple[float, tuple[int, ...]]:
        """Lines from start on, so many left, after a line of width before; falling: the lines have begun to shrink."""
        found: tuple[float, tuple[int, ...]] = (inf, ())
        for end in range(start + 1, len(text) + 1) if left > 1 else (len(text),):
            line = chars(text[start:end])
            if line > width:
                break
            rest, ends = best(end, left - 1, line, falling or line < before) if left > 1 else (0.0, ())
            price = (line - mean) ** 2 / 2 + prices[end] + _SHAPE * (line < mean / 2)
            # Wide, narrow, wide is an hourglass; equal lines make a rectangle.
            price += _SHAPE * (falling and line > before) + _RECTANGLE * (line == before)
            found = min(found, (price + rest, (end, *ends)))
        return found

    price, ends = best(0, count, 0, False)
    return ends if price < inf else ()


def _prices(text: str, words: Sequence[str]) -> list[float]:
    """Return for each place in the text how badly a line would end there."""
    known = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    tokens = re.findall(rf"{known}|(?:\d+[年月日])+|[0-9A-Za-z.]+[{_UNITS}]?|.", text)
    prices = [float(_NEVER)] * len(text) + [0.0]
    end = stretch = 0
    for token, following in pairwise(tokens):
        end += len(token)
        sure = (len(token) > 1 or token in _PARTICLES, len(following) > 1 or following in _PARTICLES)
        # Most words have two characters, so inside a stretch of unknown ones an even place is the better guess.
        stretch = 0 if sure[0] else stretch + 1
        guess = _GUESS if stretch % 2 else _GUESS / 2
        prices[end] = 0 if all(sure) else _ONE_SURE if any(sure) else guess
        if token in _NO_END or following in _NO_START:
            prices[end] = _NEVER
        elif token in _BAD_END or following in _BAD_START:
            prices[end] += _BAD
        if _open(text[:end]):
            prices[end] += _GUESS / 2
    return prices


def _open(text: str) -> bool:
    return any(text.count(pair[0]) > text.count(pair[1]) for pair in ("《》", "“”", "（）"))
