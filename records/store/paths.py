"""Where each record lies in the register's tree.

One path a record, made of ids alone: nothing a person typed ever becomes part of a file name.
"""

import re

from records.bureau.calendar import CalendarYear
from records.bureau.foundations import LEADERS, Foundation, kind_of_foundation
from records.bureau.roster import Unit
from records.matter.checkpoint import Checkpoint

_ITEM = re.compile(r"DB-(\d{4})-(\d{4,6})", re.ASCII)

_PATHS = (
    (re.compile(r"items/\d{4}/\d{2,4}/DB-\d{4}-\d{4,6}\.yaml", re.ASCII), "item"),
    (re.compile(r"numbers/\d{4}/(?:[A-Z]{2,8}\.)?[a-z][a-z_]{1,19}\.yaml", re.ASCII), "numbers"),
    (re.compile(r"roundups/\d{4}/\d{2}\.yaml", re.ASCII), "roundup"),
    (re.compile(r"checkpoints/\d{4}/\d{2}-\d{2}\.yaml", re.ASCII), "checkpoint"),
    (re.compile(r"units/[A-Z]{2,8}\.yaml"), "unit"),
    (re.compile(r"calendar/\d{4}\.yaml", re.ASCII), "calendar"),
    (re.compile(r"leaders\.yaml"), "leaders"),
    (re.compile(r"bureau\.yaml"), "bureau"),
    (re.compile(r"policy\.yaml"), "policy"),
    (re.compile(r"policy_draft\.yaml"), "policy_draft"),
    (re.compile(r"scoring\.yaml"), "scoring"),
    (re.compile(r"scoring_draft\.yaml"), "scoring_draft"),
)


def item_path(item: str) -> str:
    """Return where an item lies: ``items/2026/01/DB-2026-0118.yaml`` (a folder holds at most 100 items).

    Raises:
        ValueError: not an item id.
    """
    if not (match := _ITEM.fullmatch(item)):
        raise ValueError(item)
    return f"items/{match[1]}/{int(match[2]) // 100:02}/{item}.yaml"


def numbers_path(series: str, year: int) -> str:
    """Return where a series of document numbers lies."""
    return f"numbers/{year}/{series}.yaml"


def roundup_path(month: str) -> str:
    """Return where the roundup of a month written ``2026-10`` lies."""
    return f"roundups/{month.replace('-', '/')}.yaml"


def checkpoint_path(day: str) -> str:
    """Return where the checkpoint of a day written ``2026-11-28`` lies."""
    year, _, rest = day.partition("-")
    return f"checkpoints/{year}/{rest}.yaml"


def foundation_path(record: Foundation) -> str:
    """Return where a record of people, rules or days lies; of most there is one."""
    if isinstance(record, Unit):
        return f"units/{record.id}.yaml"
    if isinstance(record, Checkpoint):
        return checkpoint_path(record.day)
    return f"calendar/{record.year}.yaml" if isinstance(record, CalendarYear) else f"{kind_of_foundation(record)}.yaml"


def foundation_place(kind: str, target: str) -> str:
    """Return where the record lies that an act on people, rules or days is done on, by the kind that its row names and its id."""
    if kind == "unit" and target != LEADERS:
        return f"units/{target}.yaml"
    if kind == "checkpoint":
        return checkpoint_path(target)
    return f"calendar/{target}.yaml" if kind == "calendar" else f"{target if kind == 'unit' else kind}.yaml"


def record_place(kind: str, target: str) -> str:
    """Return where the record lies that an act is done on, by the kind that its row names and its id; not a series, which has a year.

    Raises:
        ValueError: none of its kind and id can lie anywhere.
    """
    places = {"item": item_path, "roundup": roundup_path}
    return places[kind](target) if kind in places else foundation_place(kind, target)


def kind_of(path: str) -> str | None:
    """Return which kind of record lies at a path, None for what does not belong in a register."""
    return next((kind for pattern, kind in _PATHS if pattern.fullmatch(path)), None)
