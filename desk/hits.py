"""Where in a matter the words stand that somebody looked for: ``要求1 各部门报表[清单]  另有 2 处``.

What is searched is the text of the record (`records.index.search`), folded and without any order a person would know; here the same record
is gone through part by part, each under the name by which it stands on the page of the matter.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from desk.columns import LedgerLine
from desk.desk import Desk
from desk.ledger import recorded
from desk.terms import label
from records.index.search import fold
from records.matter.item import Item, Reading
from records.matter.prose import flowing
from records.matter.stamps import Remark
from records.rules.clocks import LIGHT_LABELS

_BEFORE, _AFTER = 8, 6
"""Signs round a word that are shown with it."""
_NEAR = 16
"""Signs within which several words are shown together."""
_IN_SIGHT = frozenset({"名称", "编号", "单位", "状态", "灯"})
_PLACES = 2
"""Places that are shown; of more it is said how many there are."""


@dataclass(frozen=True)
class Hit:
    """A place where words stand: what it is called, the text round them, and from where to where each of them stands in it."""

    place: str
    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def told(self) -> str:
        """The place and the text, what was looked for in brackets."""
        told, at = "", 0
        for first, last in self.spans:
            told += f"{self.text[at:first]}[{self.text[first:last]}]"
            at = last
        return f"{self.place} {told}{self.text[at:]}"


def hits(line: LedgerLine, item: Item, words: str) -> tuple[Hit, ...]:
    """Return where the words stand that were looked for: first where most of them stand together, last what is in sight anyway.

    Args:
        line: the matter as it stands in the list.
        item: its record.
        words: as they were typed, blanks between.
    """
    terms = tuple(dict.fromkeys(fold(word) for word in words.split()))
    found = [hit for place, text in _parts(line, item) if text and (hit := _in(place, text, terms))]
    return tuple(sorted(found, key=lambda hit: (-len(hit.spans), hit.place in _IN_SIGHT)))


def told_of(desk: Desk, lines: Sequence[LedgerLine], words: str) -> dict[str, str]:
    """Return for each line, by the id of its matter, where in it words stand; nothing where there is none any more."""
    return {line.excerpt.id: "" for line in lines} | {line.excerpt.id: told(hits(line, line.item, words)) for line in recorded(desk, lines)}


def told(found: Sequence[Hit]) -> str:
    """Return the first places and how many more there are, in a line."""
    more = f"  另有 {len(found) - _PLACES} 处" if len(found) > _PLACES else ""
    return "  ".join(hit.told for hit in found[:_PLACES]) + more


def _in(place: str, text: str, terms: Sequence[str]) -> Hit | None:
    """The first place of each word in a text, as far as they stand near each other; None where there is none."""
    text = flowing(text) if "\n" in text else text
    folded = [fold(sign) for sign in text]
    whole, starts = "".join(folded), [0, *accumulate(map(len, folded))]  # what is folded may be longer or shorter than what is written
    spans: list[tuple[int, int]] = []
    for term in terms:
        if (at := whole.find(term)) >= 0:
            spans.append((bisect_right(starts, at) - 1, bisect_left(starts, at + len(term))))
    if not spans:
        return None
    spans.sort()
    near = [spans[0]]
    for first, last in spans[1:]:
        if near[-1][1] <= first <= near[0][0] + _NEAR:
            near.append((first, last))
    left, right = max(0, near[0][0] - _BEFORE), min(len(text), near[-1][1] + _AFTER)
    before, after = "…" * (left > 0), "…" * (right < len(text))
    by = len(before) - left
    return Hit(place, f"{before}{text[left:right]}{after}", tuple((first + by, last + by) for first, last in near))


def _parts(line: LedgerLine, item: Item) -> Iterator[tuple[str, str | None]]:
    yield from _short(line, item)
    yield from ((f"要求{n}", point.text) for n, point in enumerate(item.points, start=1))
    for each in item.instructions:
        yield from (("批示", each.text), ("批示人", each.by))
    yield from (("拟办", _text(item.proposal)), ("阅示", _text(item.reading)))
    for part in item.units:
        yield from (("审阅", _text(part.read)), ("协办意见", _text(part.opinion)))
    yield from (("进展", remark.text) for remark in item.progress)
    yield "办结意见", _text(item.concluded)
    if came := item.carried_in:
        yield from (("原编号", came.number), ("原办理情况", came.progress), ("原责任人", came.answerable), ("原上报情况", came.reported))
    yield from _papers(item)


def _text(remark: Remark | Reading | None) -> str | None:
    return remark.text if remark else None


def _short(line: LedgerLine, item: Item) -> Iterator[tuple[str, str | None]]:
    yield from (("名称", item.title), ("编号", item.id), ("来源", item.source.organ), ("来文", item.source.ref), ("子类", item.subtype))
    if item.meeting:
        yield from (("会议", item.meeting.number), ("议定", item.meeting.clause))
    yield from (("单位", f"{line.roster.unit_name(part.unit)} {part.unit}") for part in item.units)
    yield "状态", label("state", item.state)
    yield "灯", f"{LIGHT_LABELS[line.light.colour]} {line.light.short}"
    yield "标记", "〔结转〕" if item.carried_in else None


def _papers(item: Item) -> Iterator[tuple[str, str | None]]:
    if report := item.report:
        yield from (("报告文号", report.number), ("报告标题", report.title), ("报告", report.body), ("报告附件", report.attachment_text))
        yield from (("报告附件", name) for name in report.attachments)
        yield from ((f"第{n}轮退回", each.returned.comment if each.returned else None) for n, each in enumerate(report.rounds, start=1))
    if out := item.outgoing:
        yield from (
            ("公文文号", out.number),
            ("公文标题", out.title),
            ("公文主送", out.to),
            ("公文", out.body),
            ("公文附件", out.attachment_text),
        )
        yield from (("公文附件", name) for name in out.attachments)
