"""What a reviewer should look at in the report in hand (三（二）; return reasons R1–R4, R10): pointed out, never decided.

The words it reads by are data, schema/phrases.yaml; nothing is refused, returned or scored because of a flag.
"""

import heapq
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from records.matter.item import Item
from records.matter.prose import attachment_texts, paragraphs
from records.matter.report import Report
from records.rules.report_places import point_places
from records.rules.report_words import DATE, has_figure, pairs_of, words
from schema.text import show

Kind = Literal["sensitive", "point", "figures", "empty", "vague", "measures", "assisting", "similar"]

# Of 243 pairs of unlike reports in the demo none shares more than 0.37 of its pairs of characters, a report against 3,000 characters of all
# the others at most 0.53; the two resubmissions that keep the earlier text with additions share 0.95 and 1.00.
_SIMILAR = 0.7
# A shorter text is made of set phrases and lies in any long one.
_ENOUGH_PAIRS = 40
_COMPARED = 3
# In the demo the opinions that reports take up share 0.44 to 1.00 of their pairs with them, those that are passed over up to 0.64, by the
# names of places alone.
_TAKEN_UP = 0.7

_SENSITIVE = (
    ("公民身份号码", re.compile(r"(?<!\d)\d(?:[ -]?\d){16}[ -]?[\dXx](?!\d)")),
    ("手机号码", re.compile(r"(?<!\d)1[3-9](?:[ -]?\d){9}(?!\d)")),
)
_LONG_NUMBER = re.compile(r"(\d[ -]?\d)(?:[ -]?\d){9,}(?:[ -]?[Xx])?")
_SENTENCE_END = re.compile(r"[。！？；\n]")
_OPENING = re.compile(r"[^。：:\n]{1,24}[。：:]")
_FIELD = re.compile(r"(.{3,})管理(?:支队|处)")
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
        *_points(item),
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


def _points(item: Item) -> Iterator[Flag]:
    for n, (point, place) in enumerate(zip(item.points, point_places(item), strict=True), start=1):
        if place is None:
            yield Flag("point", f"第{n}项要求“{_cut(point.text)}”在报告中找不到对应内容。")


def _figures(body: str) -> Iterator[Flag]:
    if not has_figure(body):
        yield Flag("figures", "除日期、文号等以外，全文没有一个数字。")


def _vague(body: str) -> Iterator[Flag]:
    bare = [sentence for sentence in _SENTENCE_END.split(body) if not has_figure(sentence)]
    if met := [word for word in words().vague if any(word in sentence for sentence in bare)]:
        yield Flag("vague", f"{_quoted(met)}没有写明具体是多少、是哪些。")


def _empty(body: str) -> Iterator[Flag]:
    """Phrases that say nothing, where the sentences they stand in, without a figure, make up half of the text."""
    sentences = [sentence for sentence in _SENTENCE_END.split(body) if not has_figure(sentence)]
    hollow = [sentence for sentence in sentences if any(phrase.text in sentence for phrase in words().empty)]
    met = [phrase for phrase in words().empty if any(phrase.text in sentence for sentence in hollow)]
    count = sum(sentence.count(phrase.text) for sentence in hollow for phrase in met)
    if count >= 3 and 2 * sum(map(len, hollow)) >= len(body):
        text = f"空泛用语{count}处，占了大半篇幅：{_quoted([phrase.text for phrase in met])}。"
        yield Flag("empty", f"{text}例如“{met[0].text}”应写明{met[0].write}。")


def _measures(body: str) -> Iterator[Flag]:
    """What is still to be done, without any unit or person and without any date."""
    for text in _intentions(body):
        if text and not DATE.search(text) and not words().responsible.search(text):
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
        if any(word in opening for word in words().headings):
            yield text
        elif starts := [text.find(word) for word in words().intentions if word in text]:
            yield text[text.rfind("。", 0, min(starts)) + 1 :]


def _assisting(item: Item, whole: str, unit_name: Callable[[str], str]) -> Iterator[Flag]:
    """Assisting units of whose opinion the report has no word, nor their name; where none has given one yet, that it names none (R4)."""
    if any(word in whole for word in ("协办", "会办")):
        return
    named = {part.unit: unit_name(part.unit) for part in item.assisting}
    unsaid = [part for part in item.assisting if not mentioned(named[part.unit], whole)]
    passed_over = [part for part in unsaid if part.opinion and not carried(part.opinion.text or "", whole)]
    if passed_over:
        yield Flag("assisting", f"{_listed([named[part.unit] for part in passed_over])}提了协办意见，报告没有写到。")
    elif unsaid and len(unsaid) == len(named) and not any(part.opinion for part in unsaid):
        yield Flag("assisting", f"协办单位有{_listed(list(named.values()))}，报告没有提到其中任何一家。")


def carried(opinion: str, whole: str) -> bool:
    """Say whether a text takes up an opinion in its own words."""
    pairs = pairs_of(opinion)
    return bool(pairs) and len(pairs & pairs_of(whole)) >= _TAKEN_UP * len(pairs)


def _listed(names: list[str]) -> str:
    return "、".join(names[:5]) + ("等" if len(names) > 5 else "")


def mentioned(unit: str, text: str) -> bool:
    """Say whether a unit is named, in full or as officials shorten it: 城关 for 城关分局, 刑警支队 for 刑事警察支队."""
    if unit in text:
        return True
    if place := _PLACE.fullmatch(unit):
        return place[1] in text
    if (field := _FIELD.fullmatch(unit)) and field[1] in text:
        return True
    office = _OFFICE.fullmatch(unit)
    return office is not None and any(_shortens(short, office[1]) for short in re.findall(rf"([一-鿿]{{2}}){office[2]}", text))


def _shortens(short: str, full: str) -> bool:
    rest = iter(full)
    return all(char in rest for char in short)


def _similar(item: str, body: str, others: Iterable[tuple[str, str]]) -> Iterator[Flag]:
    """Reports that hold most of this one: the share of this text's pairs of characters that the other has too."""
    own = pairs_of(body)
    if len(own) < _ENOUGH_PAIRS:
        return
    runs = frozenset().union(*(_runs(body[start:]) for start in range(4)))
    # Pairs of 200 long texts take too long, so a coarse look at runs of four characters finds the few worth it.
    nearest = heapq.nlargest(
        _COMPARED, ((len(runs.intersection(_runs(text)[::2])), other, text) for other, text in others if other != item)
    )
    for _, other, text in nearest:
        share = len(own & pairs_of(text)) / len(own)
        if share >= _SIMILAR:
            yield Flag("similar", f"全文与 {other} 的报告雷同，{int(share * 100)}%的文字相同。")


def _runs(text: str) -> memoryview:
    """Runs of four characters side by side, each as one number: two bytes a character make eight bytes."""
    data = text.encode("utf-16-le", "surrogatepass")
    return memoryview(data[: len(data) // 8 * 8]).cast("Q")


def _quoted(words: list[str]) -> str:
    return "、".join(f"“{word}”" for word in words[:6]) + ("等" if len(words) > 6 else "")


def _cut(text: str) -> str:
    """Text to be quoted: one line, not long, no long number and no beginning of one."""
    line = _LONG_NUMBER.sub(r"\1******", " ".join(text.split()))
    return line if len(line) <= 24 else f"{line[:23]}…"
