"""Where each record lies in the register's tree.

One path a record, made of ids alone: nothing a person typed ever becomes part of a file name.
"""

import re

_ITEM = re.compile(r"DB-(\d{4})-(\d{4,6})", re.ASCII)

_PATHS = (
    (re.compile(r"items/\d{4}/\d{2,4}/DB-\d{4}-\d{4,6}\.yaml", re.ASCII), "item"),
    (re.compile(r"numbers/\d{4}/(?:[A-Z]{2,8}\.)?[a-z][a-z_]{1,19}\.yaml", re.ASCII), "numbers"),
    (re.compile(r"roundups/\d{4}/\d{2}\.yaml", re.ASCII), "roundup"),
    (re.compile(r"units/[A-Z]{2,8}\.yaml"), "unit"),
    (re.compile(r"calendar/\d{4}\.yaml", re.ASCII), "calendar"),
    (re.compile(r"leaders\.yaml"), "leaders"),
    (re.compile(r"bureau\.yaml"), "bureau"),
    (re.compile(r"policy\.yaml"), "policy"),
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


def kind_of(path: str) -> str | None:
    """Return which kind of record lies at a path, None for what does not belong in a register."""
    return next((kind for pattern, kind in _PATHS if pattern.fullmatch(path)), None)
