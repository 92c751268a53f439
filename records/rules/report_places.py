"""Where a report speaks of what was asked: which paragraph holds the words of a requirement. A place to look at, never a verdict."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from records.matter.item import Item
from records.matter.prose import Paragraph, attachment_texts, paragraphs
from records.matter.report import Report
from records.rules.report_words import pairs_of, words

_END = re.compile(r"(?<=[。！？；])|\n")
_SHOWN = 8
"""Characters by which a paragraph without a heading is called."""


@dataclass(frozen=True)
class Place:
    """A paragraph of a report, or one of its attachments.

    Attributes:
        called: its heading without the full stop, its first words, or the attachment's number and name.
        text: all that it says.
        lines: its sentences.
        attached: whether it is an attachment.
    """

    called: str
    text: str
    lines: tuple[str, ...] = ()
    attached: bool = False


def places(report: Report) -> Iterator[Place]:
    """Yield the paragraphs of a report in their order, its attachments after them; what stands under a heading belongs to it."""
    heading = ""
    held: list[str] = []
    for each in paragraphs(report.body):
        if held and (each.heading or not heading):
            yield _place_of(heading, held)
            held = []
        heading = each.heading.rstrip("。：: ") or heading
        held += _sentences(each)
    if held:
        yield _place_of(heading, held)
    texts = dict(attachment_texts(report.attachment_text or ""))
    for n, name in enumerate(report.attachments, start=1):
        said = [line for each in texts.pop(name, ()) for line in _sentences(each)]
        yield Place(f"附件{n} {name}", "\n".join((name, *said)), (name, *said), attached=True)
    for name, text in texts.items():
        said = [line for each in text for line in _sentences(each)]
        yield Place(f"附件 {name}", "\n".join((name, *said)), (name, *said), attached=True)


def _place_of(heading: str, lines: list[str]) -> Place:
    return Place(heading or _first_words(lines[0]), "".join(lines), tuple(lines))


def _sentences(paragraph: Paragraph) -> list[str]:
    return [line for part in (paragraph.heading, *_END.split(paragraph.words.removeprefix(paragraph.heading))) if (line := part.strip())]


def point_places(item: Item) -> tuple[Place | None, ...]:
    """Return for each requirement of an item the place of its report that holds most of its words, None where none does.

    A requirement's words are its pairs of characters that the item's title does not have; where only words of the title are met, more than
    a quarter of its pairs must be. What asks for nothing but what the title names, such as an answer to the sender, any report answers.
    """
    if item.report is None:
        return (None,) * len(item.points)
    found = tuple(places(item.report))
    whole = "\n".join(each.text for each in found)
    title = pairs_of(item.title)
    return tuple(_place(point.text, title, found, whole) for point in item.points)


def _place(point: str, title: set[str], found: tuple[Place, ...], whole: str) -> Place | None:
    pairs = {pair for part in words().seam.split(point) for pair in pairs_of(part)}
    met = _met(pairs, whole)
    if pairs - title and not met - title and len(met) * 4 <= len(pairs):
        return None
    return max(found, key=lambda each: _weight(pairs, title, each), default=None)


def _weight(pairs: set[str], title: set[str], place: Place) -> tuple[int, int]:
    """What speaks for a place: words of the requirement, those in its heading twice; those of the title only between equals."""
    here, named = _met(pairs, place.text), set[str]() if place.attached else _met(pairs, place.called)
    return len(here - title) + len(named - title), len(here)


def _met(pairs: set[str], text: str) -> set[str]:
    alike = words().answering
    return {pair for pair in pairs if any(word in text for word in alike.get(pair, (pair,)))}


def _first_words(text: str) -> str:
    line = text.partition("\n")[0]
    return f"“{line[:_SHOWN]}…”" if len(line) > _SHOWN else f"“{line}”"
