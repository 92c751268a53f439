"""What stands beside a report that is being written: why it came back, what is asked and where the text has it, the opinions of others."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from desk.answers import reason_in_words
from desk.matter_page import numeral
from desk.terms import Line
from records.bureau.roster import Roster
from records.matter.item import Item
from records.matter.prose import flowing, normalise
from records.matter.report import Report
from records.rules.report_flags import carried, mentioned
from records.rules.report_places import Place, places, point_places


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
        yield f"要求{n}", f"{point.text}  {f'见{numeral(place)}{_moved(item, place)}' if place else '未见'}"
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


def same_again(item: Item, words: Mapping[str, str]) -> int | None:
    """Return the round that came back with the same text, which cannot go up again; None where it was changed."""
    rounds = item.report.rounds if item.report else ()
    text = _written(words).hash if any(each.returned for each in rounds) else ""
    return next((each.round for each in reversed(rounds) if each.returned and each.hash == text), None)


def _moved(item: Item, place: Place) -> str:
    """Whether what stands at a place was changed since the round that came back; empty where that text is not at hand any more."""
    report = item.report
    if report is None or report.to_answer is None or report.answering is not None:
        return ""
    before = next((each for each in places(report) if each.called == place.called), None)
    return "，新写的" if before is None else "，没动" if before.text == place.text else "，改了"


def _places(item: Item, words: Mapping[str, str]) -> tuple[Place | None, ...]:
    return point_places(replace(item, report=_written(words)))


def _written(words: Mapping[str, str]) -> Report:
    names = tuple(filter(None, map(str.strip, words.get("attachments", "").splitlines())))
    beside = normalise(words.get("attachment_text", "")) or None
    title, body = words.get("title", "").strip(), normalise(words.get("body", ""))
    return Report(title=title, body=body, attachments=names, attachment_text=beside, rounds=())
