"""The text of a series of numbers, entry by entry.

A series is the one record that grows all year, and each act that touches it adds an entry or alters one: at a thousand entries to read and
write the whole costs ten times what the act itself does. So what an entry looks like is kept in mind, and of a new state only what was not
there before is read.
"""

from dataclasses import replace
from functools import lru_cache

from records.matter.numbers import NumberEntry, NumberSeries
from records.matter.plain_data import to_data
from schema.yaml_text import LIMIT, write

_HEAD, _BREAK = "\nentries:\n", "\n  - "
_MANY = 16_384  # entries that are kept in mind, some 10 MB
_FEW = 0.1  # of all, which may be unknown for it to be worth while
_known: dict[str, NumberEntry] = {}
"""What each text that was written says."""


def emit_series(series: NumberSeries) -> bytes:
    """Return what ``write`` makes of a series, as it does it.

    Raises:
        ValueError: it cannot be written.
    """
    if not series.entries:
        return write(to_data(series))
    data = (_text(_empty(series)) + _HEAD[1:] + "".join(map(_remembered, series.entries))).encode()
    return data if len(data) <= LIMIT else write(to_data(series))


def divided(data: bytes) -> tuple[bytes, tuple[NumberEntry | None, ...]] | None:
    """Divide the text of a series into what is to be read and what is known.

    Returns:
        A series with those of its entries that are not known, the last one by all means; and all entries in their order, None in the
        places of those. None if most are unknown, or it does not look like what is written here.
    """
    try:
        head, mark, rest = data.decode().partition(_HEAD)
    except UnicodeDecodeError:
        return None
    if not mark or not rest.startswith(_BREAK[1:]) or not rest.endswith("\n"):
        return None
    texts = [f"{_BREAK[1:]}{text}\n" for text in rest[len(_BREAK) - 1 : -1].split(_BREAK)]
    found = (*(_known.get(text) for text in texts[:-1]), None)
    if found.count(None) > max(1, _FEW * len(found)):
        return None
    unread = (text for text, entry in zip(texts, found, strict=True) if entry is None)
    return (head + mark + "".join(unread)).encode(), found


def whole(part: NumberSeries, found: tuple[NumberEntry | None, ...]) -> NumberSeries:
    """Return the series of which ``divided`` gave a part to be read."""
    read = iter(part.entries)
    return replace(part, entries=tuple(entry or next(read) for entry in found))


def _empty(series: NumberSeries) -> NumberSeries:
    return replace(series, entries=())


@lru_cache(64)
def _text(series: NumberSeries) -> str:
    return write(to_data(series)).decode()


@lru_cache(_MANY)
def _remembered(entry: NumberEntry) -> str:
    text = write({"entries": [to_data(entry)]}).decode().removeprefix(_HEAD[1:])
    if len(_known) >= _MANY:
        _known.clear()
    _known[text] = entry
    return text
