"""What stands beside a report that is being written: why it came back, what is asked and where the text has it, the opinions of others."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from desk.answers import reason_in_words
from desk.terms import Line
from records.bureau.roster import Roster
from records.matter.item import Item
from records.matter.prose import flowing, normalise
from records.matter.report import Report
from records.rules.report_flags import carried, mentioned
from records.rules.report_places import Place, point_places


def report_side(item: Item, words: Mapping[str, str], roster: Roster) -> Iterator[Line]:
    """Yield what a report must answer, each requirement and opinion with whether the text has it: a place to look at, no verdict.

    Args:
        item: the matter.
        words: what stands in the form, by the names of its fields.
        roster: knows the names.
    """
    if item.report and (back := item.report.to_answer):
        yield "退回原因", "\n".join(map(reason_in_words, back.reasons))
        yield "退回意见", flowing(back.comment)
        yield "重报时限", back.redo_due
    for n, (point, place) in enumerate(zip(item.points, _places(item, words), strict=True), start=1):
        yield f"要求{n}", f"{point.text}  {f'见{place.called}' if place else '未见'}"
    passed = dict(passed_over(item, words, roster))
    for part in item.assisting:
        if part.opinion and (said := part.opinion.text):
            name = roster.unit_name(part.unit)
            yield "协办意见", f"{name} {part.opinion.at[5:10]}：{flowing(said)}  {'正文里没有' if name in passed else '写到了'}"
    for each in item.instructions:
        yield "批示", f"{each.by} {each.at[5:]}：{flowing(each.text)}"


def report_lacks(item: Item, words: Mapping[str, str]) -> str:
    """Return in a few words which requirements the text does not have, empty for nothing."""
    missed = "、".join(str(n) for n, _ in unmet(item, words))
    return f"未见要求{missed}" if missed else ""


def unmet(item: Item, words: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Yield the requirements that the text does not have, each with its number."""
    for n, (point, place) in enumerate(zip(item.points, _places(item, words), strict=True), start=1):
        if place is None:
            yield n, point.text


def passed_over(item: Item, words: Mapping[str, str], roster: Roster) -> Iterator[tuple[str, str]]:
    """Yield the assisting units whose opinion the text neither names nor has, each with what it said."""
    whole = "\n".join(words.values())
    for part in item.assisting:
        if part.opinion and (said := part.opinion.text):
            name = roster.unit_name(part.unit)
            if not (mentioned(name, whole) or carried(said, whole)):
                yield name, flowing(said)


def _places(item: Item, words: Mapping[str, str]) -> tuple[Place | None, ...]:
    names = tuple(filter(None, map(str.strip, words.get("attachments", "").splitlines())))
    beside = normalise(words.get("attachment_text", "")) or None
    report = Report(
        title=words.get("title", ""), body=normalise(words.get("body", "")), attachments=names, attachment_text=beside, rounds=()
    )
    return point_places(replace(item, report=report))
