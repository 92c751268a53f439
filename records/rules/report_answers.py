"""Whether a report that came in again answers what it was returned for (三（二）2): where the change seems to, never that it does."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from records.matter.item import Item
from records.matter.report import Report
from records.rules.report_flags import Flag, Kind, flags, mentioned
from records.rules.report_places import Place, places, point_places
from records.rules.report_words import DATE, has_figure, words

Seen = Literal["seems", "not", "unknown"]

POINTS_AT: Mapping[str, frozenset[Kind]] = {
    "R1": frozenset({"point"}),
    "R2": frozenset({"figures", "vague"}),
    "R3": frozenset({"measures", "empty"}),
    "R4": frozenset({"assisting"}),
    "R10": frozenset({"sensitive"}),
}
"""What points at a reason for a return; the others (number, consent, paper, time, figures against attachments) are seen in no text."""


@dataclass(frozen=True)
class Answer:
    """What is seen of the answer to one reason.

    Attributes:
        reason: its code.
        seen: whether the change seems to answer it, does not, or no program can tell.
        places: where, in the report that came in again.
        lacks: what it still lacks, in a line of Chinese.
    """

    reason: str
    seen: Seen
    places: tuple[str, ...] = ()
    lacks: str = ""


def change_answers(
    item: Item, before: Report, after: Report, reasons: Iterable[str], unit_name: Callable[[str], str]
) -> tuple[Answer, ...]:
    """Return for each reason of a return what is seen of its answer.

    Args:
        item: the matter, with its requirements and units.
        before: the report that was returned.
        after: the one that came in again.
        reasons: the codes of the return.
        unit_name: gives a unit's name as the roster has it.
    """
    was, now = replace(item, report=before), replace(item, report=after)
    left, had = flags(now, (), unit_name), flags(was, (), unit_name)
    known = {line for each in places(before) for line in each.lines}
    fresh = [(place, [line for line in place.lines if line not in known]) for place in places(after)]
    return tuple(_answer(reason, was, now, had, left, [each for each in fresh if each[1]], unit_name) for reason in reasons)


def _answer(
    reason: str,
    was: Item,
    now: Item,
    had: tuple[Flag, ...],
    left: tuple[Flag, ...],
    fresh: list[tuple[Place, list[str]]],
    unit_name: Callable[[str], str],
) -> Answer:
    kinds = POINTS_AT.get(reason, frozenset())
    still = [flag.text for flag in left if flag.kind in kinds]
    found = tuple(dict.fromkeys(place.called for place in _evidence(reason, was, now, fresh, unit_name)))
    if not kinds or (reason == "R10" and not any(flag.kind in kinds for flag in had)):
        return Answer(reason, "unknown", found)
    if still:
        return Answer(reason, "not", found, still[0])
    return Answer(reason, "seems" if found else "not", found)


def _evidence(reason: str, was: Item, now: Item, fresh: list[tuple[Place, list[str]]], unit_name: Callable[[str], str]) -> Iterator[Place]:
    if reason == "R1":
        pairs = list(zip(point_places(was), point_places(now), strict=True))
        unmet = [after for before, after in pairs if before is None and after]
        changed = [place for place, _ in fresh]
        yield from unmet or [after for _, after in pairs if after in changed]
        return
    names = [unit_name(part.unit) for part in now.assisting]
    for place, lines in sorted(fresh, key=lambda each: reason == "R4" and not each[0].attached):  # opinions are attached as a rule
        if any(_speaks_to(reason, line, names) for line in lines):
            yield place


def _speaks_to(reason: str, line: str, assisting: Iterable[str]) -> bool:
    if reason == "R2":
        return has_figure(line)
    if reason == "R3":
        return bool(DATE.search(line) or words().responsible.search(line))
    if reason == "R4":
        return "协办" in line or any(mentioned(name, line) for name in assisting)
    return reason == "R10"
