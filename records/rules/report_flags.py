"""What a reviewer should look at in the report in hand (三（二）; return reasons R1–R4, R10): pointed out, never decided.

The words it reads by are data, schema/phrases.yaml; nothing is refused, returned or scored because of a flag.
"""

import heapq
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Literal

from records.matter.item import Item
from records.matter.plain_data import from_data
from records.matter.prose import attachment_texts, paragraphs
from records.matter.report import Report
from schema.tables import shipped
from schema.text import show

Kind = Literal["sensitive", "point", "figures", "empty", "vague", "measures", "assisting", "similar"]

# Of 243 pairs of unlike reports in the demo none shares more than 0.37 of its pairs of characters, a report against 3,000 characters of all
# the others at most 0.53; the two resubmissions that keep the earlier text with additions share 0.95 and 1.00.
_SIMILAR = 0.7
# A shorter text is made of set phrases and lies in any long one.
_ENOUGH_PAIRS = 40
_COMPARED = 3

_SENSITIVE = (
    ("公民身份号码", re.compile(r"(?<!\d)\d(?:[ -]?\d){16}[ -]?[\dXx](?!\d)")),
    ("手机号码", re.compile(r"(?<!\d)1[3-9](?:[ -]?\d){9}(?!\d)")),
)
_LONG_NUMBER = re.compile(r"(\d[ -]?\d)(?:[ -]?\d){9,}(?:[ -]?[Xx])?")
_SENTENCE_END = re.compile(r"[。！？；\n]")
_NOT_A_FIGURE = re.compile(
    r"〔\d{1,4}〕\d{0,5}号?|第\d{1,4}|\d{1,4} ?[年月日号]|\d{1,2}时(?:\d{1,2}分)?|^ *[（(]?\d{1,2}[）)、.．](?!\d)", re.M
)  # date, time, document number, place in a list
_FIGURE = re.compile(
    r"\d|百分之|[二两三四五六七八九十][二三四五六七八九十百千万零]{0,8}余?(?:所|个(?!方面|环节|层面)|起|名|人|件|家|处|份|台|辆|户|场|次|条)"
)
_DATE = re.compile(r"\d[月日]|年底|月底|年内|每(?:天|日|周|月|年|季|学期)|季度|\d个?(?:工作日|天|周|月)内")
_OPENING = re.compile(r"[^。：:\n]{1,24}[。：:]")
_PLACE = re.compile(r"(.+?)(?:分局|县公安局)")
_OFFICE = re.compile(r"(.+?)(支队|处|中心|部|室)")


@dataclass(frozen=True)
class Flag:
    """One thing to look at.

    Attributes:
        kind: what it is about.
        text: what to look at and why, one line of Chinese; long numbers in it are masked.
    """

    kind: Kind
    text: str


@dataclass(frozen=True)
class _Phrase:
    text: str
    write: str


@dataclass(frozen=True)
class _Words:
    empty: tuple[_Phrase, ...]
    vague: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    generic: tuple[str, ...]
    intentions: tuple[str, ...]
    headings: tuple[str, ...]
    bodies: tuple[str, ...]
    persons: tuple[str, ...]
    no_figures: tuple[str, ...]

    @cached_property
    def seam(self) -> re.Pattern[str]:
        """Where a point falls into the phrases it is made of."""
        return re.compile(rf"[\W_]+|的|和|及|与|或|{'|'.join(self.generic)}")

    @cached_property
    def responsible(self) -> re.Pattern[str]:
        """A unit named by more than 我支队 or 各派出所, or a person."""
        return re.compile(rf"{'|'.join(self.persons)}|[一-鿿]{{2}}(?<![我本各该由步])(?:{'|'.join(self.bodies)})")


def flags(item: Item, others: Iterable[tuple[str, str]], unit_name: Callable[[str], str]) -> tuple[Flag, ...]:
    """Return what to look at in the report of ``item`` as it stands; nothing for a report that is on paper only (Q22).

    Args:
        item: the item with its report.
        others: id and report text of the items to compare with; the item itself among them is passed over.
        unit_name: gives a unit's name as the roster has it (``Roster.unit_name``).
    """
    report = item.report
    if report is None or not report.body:
        return ()
    whole = "\n".join((report.body, *report.attachments, report.attachment_text or ""))
    found = (
        *_sensitive(report),
        *_points(item, whole),
        *_figures(report.body),
        *_vague(report.body),
        *_empty(report.body),
        *_measures(report.body),
        *_assisting(item, whole, unit_name),
        *_similar(item.id, report.body, others),
    )
    return tuple(Flag(flag.kind, show(flag.text)) for flag in found)


def _sensitive(report: Report) -> Iterator[Flag]:
    """Identity and telephone numbers in title, text or names of attachments (R10)."""
    places = [("标题", report.title)]
    places += [(f"正文第{n}段", each.words) for n, each in enumerate(paragraphs(report.body), start=1)]
    for name, text in attachment_texts(report.attachment_text or ""):
        places += [(f"附件“{name}”正文", each.words) for each in text]
    places += [(f"附件{n}名称", name) for n, name in enumerate(report.attachments, start=1)]
    # Full-width digits are digits to a reader.
    plain = [(place, unicodedata.normalize("NFKC", text)) for place, text in places]
    for label, pattern in _SENSITIVE:
        hits = [(place, match[0]) for place, text in plain for match in pattern.finditer(text)]
        if hits:
            where = "、".join(dict.fromkeys(place for place, _ in hits))
            yield Flag("sensitive", f"{where}疑似有{label}{len(hits)}处（{hits[0][1][:2]}******），请核对是否应当脱敏。")


def _points(item: Item, whole: str) -> Iterator[Flag]:
    """Points of which the report holds no key word: a pair of characters that the item's title does not have.

    Where only words of the title are met, more than a quarter of the point's pairs must be.
    """
    alike = {word: row for row in _words().alike for word in row if len(word) == 2}
    title = _pairs(item.title)
    for n, point in enumerate(item.points, start=1):
        pairs = {pair for part in _words().seam.split(point.text) for pair in _pairs(part)}
        met = {pair for pair in pairs if any(word in whole for word in alike.get(pair, (pair,)))}
        if pairs and not met - title and len(met) * 4 <= len(pairs):
            yield Flag("point", f"第{n}项要求“{_cut(point.text)}”在报告中找不到对应内容。")


def _figures(body: str) -> Iterator[Flag]:
    if not _has_figure(body):
        yield Flag("figures", "除日期、文号等以外，全文没有一个数字。")


def _vague(body: str) -> Iterator[Flag]:
    bare = [sentence for sentence in _SENTENCE_END.split(body) if not _has_figure(sentence)]
    if met := [word for word in _words().vague if any(word in sentence for sentence in bare)]:
        yield Flag("vague", f"{_quoted(met)}没有写明具体是多少、是哪些。")


def _empty(body: str) -> Iterator[Flag]:
    """Phrases that say nothing, where the sentences they stand in, without a figure, make up half of the text."""
    sentences = [sentence for sentence in _SENTENCE_END.split(body) if not _has_figure(sentence)]
    hollow = [sentence for sentence in sentences if any(phrase.text in sentence for phrase in _words().empty)]
    met = [phrase for phrase in _words().empty if any(phrase.text in sentence for sentence in hollow)]
    count = sum(sentence.count(phrase.text) for sentence in hollow for phrase in met)
    if count >= 3 and 2 * sum(map(len, hollow)) >= len(body):
        text = f"空泛用语{count}处，占了大半篇幅：{_quoted([phrase.text for phrase in met])}。"
        yield Flag("empty", f"{text}例如“{met[0].text}”应写明{met[0].write}。")


def _measures(body: str) -> Iterator[Flag]:
    """What is still to be done, without any unit or person and without any date."""
    for text in _intentions(body):
        if text and not _DATE.search(text) and not _words().responsible.search(text):
            yield Flag("measures", f"“{_cut(text)}”没有写明责任单位（人）和完成时限。")


def _intentions(body: str) -> Iterator[str]:
    """Sections headed as measures, whole; in the others what stands from the first sentence of intention on."""
    sections: list[tuple[str, str, bool]] = []  # opening words, text, whether it has a heading
    for each in paragraphs(body):
        if not each.level and sections and sections[-1][2]:
            opening, text, _ = sections[-1]
            sections[-1] = (opening, text + each.text, True)
        else:
            opened = _OPENING.match(each.text)
            sections.append((each.heading or (opened[0] if opened else ""), each.text, bool(each.level)))
    for opening, text, _ in sections:
        if any(word in opening for word in _words().headings):
            yield text
        elif starts := [text.find(word) for word in _words().intentions if word in text]:
            yield text[text.rfind("。", 0, min(starts)) + 1 :]


def _assisting(item: Item, whole: str, unit_name: Callable[[str], str]) -> Iterator[Flag]:
    names = [unit_name(part.unit) for part in item.assisting]
    if names and not any(word in whole for word in ("协办", "会办")) and not any(_mentioned(name, whole) for name in names):
        yield Flag("assisting", f"协办单位有{'、'.join(names[:5])}{'等' if len(names) > 5 else ''}，报告没有提到其中任何一家。")


def _mentioned(unit: str, text: str) -> bool:
    """Whether a unit is named, in full or as officials shorten it: 城关 for 城关分局, 刑警支队 for 刑事警察支队."""
    if unit in text:
        return True
    if place := _PLACE.fullmatch(unit):
        return place[1] in text
    office = _OFFICE.fullmatch(unit)
    return office is not None and any(_shortens(short, office[1]) for short in re.findall(rf"([一-鿿]{{2}}){office[2]}", text))


def _shortens(short: str, full: str) -> bool:
    rest = iter(full)
    return all(char in rest for char in short)


def _similar(item: str, body: str, others: Iterable[tuple[str, str]]) -> Iterator[Flag]:
    """Reports that hold most of this one: the share of this text's pairs of characters that the other has too."""
    own = _pairs(body)
    if len(own) < _ENOUGH_PAIRS:
        return
    runs = frozenset().union(*(_runs(body[start:]) for start in range(4)))
    # Pairs of 200 long texts take too long, so a coarse look at runs of four characters finds the few worth it.
    nearest = heapq.nlargest(
        _COMPARED, ((len(runs.intersection(_runs(text)[::2])), other, text) for other, text in others if other != item)
    )
    for _, other, text in nearest:
        share = len(own & _pairs(text)) / len(own)
        if share >= _SIMILAR:
            yield Flag("similar", f"全文与 {other} 的报告雷同，{int(share * 100)}%的文字相同。")


def _runs(text: str) -> memoryview:
    """Runs of four characters side by side, each as one number: two bytes a character make eight bytes."""
    data = text.encode("utf-16-le", "surrogatepass")
    return memoryview(data[: len(data) // 8 * 8]).cast("Q")


def _pairs(text: str) -> set[str]:
    return {first + second for first, second in pairwise(text)}


def _has_figure(text: str) -> bool:
    for name in _words().no_figures:
        text = text.replace(name, "")
    return _FIGURE.search(_NOT_A_FIGURE.sub("", text)) is not None


def _quoted(words: list[str]) -> str:
    return "、".join(f"“{word}”" for word in words[:6]) + ("等" if len(words) > 6 else "")


def _cut(text: str) -> str:
    """Text to be quoted: one line, not long, no long number and no beginning of one."""
    line = _LONG_NUMBER.sub(r"\1******", " ".join(text.split()))
    return line if len(line) <= 24 else f"{line[:23]}…"


@cache
def _words() -> _Words:
    return from_data(shipped("phrases.yaml"), _Words)
