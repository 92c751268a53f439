"""A series of numbers is read and written entry by entry: always as if the whole of it were."""

import random
from dataclasses import replace

import pytest

from records.matter.numbers import NumberCorrection, NumberEntry, NumberSeries, Outside
from records.matter.plain_data import from_data, to_data
from records.matter.stamps import Stamp
from records.store.number_text import divided
from records.store.record_files import Unreadable, as_data, emit, parse
from schema.yaml_text import LIMIT, write

PATH = "numbers/2026/special.yaml"
STAMP = Stamp("BGS.registry", "2026-03-02T09:00:00+08:00", on_behalf_of="BGS.clerk1")
REASONED = {**vars(STAMP), "reason": "# 原因：\n  - number: 3\nentries:\n  - 第二行"}


def entry(number: int) -> NumberEntry:
    """Return one of the kinds of entries that there are."""
    item = f"DB-2026-{number:04}"
    kinds = (
        NumberEntry(number, "reserved", item=item, reserved=STAMP),
        NumberEntry(number, "issued", item=item, reserved=STAMP, issued=STAMP),
        NumberEntry(number, "void", item=item, reserved=STAMP, voided=Outside(**REASONED)),
        NumberEntry(number, "outside", outside=Outside(**REASONED), corrected=NumberCorrection(**REASONED, was=1, through=number)),
    )
    return kinds[number % len(kinds)]


SERIES = NumberSeries("special", 2026, "兰公办", tuple(map(entry, range(1, 60))))


def as_a_whole(data: bytes) -> NumberSeries | str:
    try:
        return from_data(as_data(data, PATH), NumberSeries)
    except Unreadable as wrong:
        return str(wrong)


def as_it_is_read(data: bytes) -> NumberSeries | str:
    try:
        return parse(data, NumberSeries, PATH)
    except Unreadable as wrong:
        return str(wrong)


def test_a_series_is_written_as_any_record_is() -> None:
    for many in range(len(SERIES.entries) + 1):
        some = replace(SERIES, entries=SERIES.entries[:many])
        assert emit(some) == write(to_data(some))


def test_of_a_series_with_one_more_entry_only_that_one_is_read() -> None:
    emit(SERIES)
    more = replace(SERIES, entries=(*SERIES.entries, entry(60)))
    data = write(to_data(more))
    parts = divided(data)
    assert parts is not None
    assert len(as_data(parts[0], PATH)["entries"]) == 1  # type: ignore[arg-type]
    assert parse(data, NumberSeries, PATH) == more


def test_whatever_is_done_to_the_text_it_says_what_it_says_as_a_whole() -> None:
    data, chance = emit(SERIES), random.Random(9)
    lines = data.splitlines(keepends=True)
    spoilt = [b"\xff" + data, data.replace("兰".encode(), b"\xff"), data[:-1], data + b"\n", data + b"entries:\n  - number: 1\n"]
    spoilt += [data.replace(b"year: 2026\n", b"year: 2026\nx: &a 1\n"), data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data, b""]
    for _ in range(50):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        spoilt.append(b"".join(lines[:at] + lines[at + 1 :]))
        spoilt.append(b"".join([*lines[:at], lines[other], *lines[at:]]))
        place = chance.randrange(len(data))
        spoilt.append(data[:place] + chance.choice((b" ", b"\n", b"#", b"&", b"-", b"9", b"'")) + data[place + chance.randrange(2) :])
    for each in spoilt:
        assert as_it_is_read(each) == as_a_whole(each)


def test_a_series_that_is_too_large_is_not_written() -> None:
    wordy = NumberEntry(1, "void", item="DB-2026-0001", reserved=STAMP, voided=Outside(**{**REASONED, "reason": "重" * 500}))
    long = replace(SERIES, entries=tuple(replace(wordy, number=number) for number in range(1, LIMIT // 1500)))
    with pytest.raises(ValueError, match="bytes are more than"):
        emit(long)
