"""A row of the table of what a meeting decided, as what somebody would fill into 登记立项 (1-2)."""

import re
from collections.abc import Iterator, Mapping

from desk.table_columns import MINUTES, ColumnMap
from desk.table_rows import Reading, Reason, TableRow, readings
from desk.tables import Sheet
from records.bureau.roster import Roster
from records.matter.papers import meeting_key
from records.rules.routes import lawful_kinds
from schema.check import keywords
from schema.tables import checker

_CATEGORY = 2
_PLAIN = {"urgency": "ordinary", "importance": "normal", "secrecy": "none", "category": _CATEGORY}
_MEETING = re.compile(r"20\d\d年\s*第\s*[0-9一二三四五六七八九十百]+\s*次[\u4e00-\u9fff]{2,14}?会")
_ORDINAL = re.compile(r"20\d\d年\s*第\s*\w+?\s*次")
_NUMBER = re.compile(r"[第(（]?\s*(\d{1,3}|[一二三四五六七八九十]{1,3})\s*[)）.．、条]*")
_DIGITS = "一二三四五六七八九"


def minutes_rows(sheet: Sheet, found: ColumnMap, roster: Roster, file: str) -> Iterator[TableRow]:
    """Yield what a meeting decided, an entry each; what it was at, and its day, stand in a column or are said of every row by the map."""
    seen: dict[str, int] = {}
    for reading in readings(sheet, found, roster, file):
        _read(reading)
        row = TableRow(reading.row, reading.cells, reading.inputs, tuple(reading.reasons), tuple(_warnings(reading)))
        if (key := minutes_key(row)) and (before := seen.setdefault(key, row.at)) != row.at:
            reading.refuse("meeting_clause", f"与第{before}行条目相同。一条分给几个单位主办的，请分写为第4条（1）、第4条（2）")
            row = TableRow(row.at, row.cells, row.inputs, tuple(reading.reasons))
        yield row


def minutes_key(row: TableRow) -> str:
    """Return by what a row is told from every other entry of any minutes; empty where it does not say."""
    number, clause = (str(row.inputs.get(name, "")) for name in MINUTES.told_by)
    return meeting_key(number, clause) if number and clause else ""


def meeting_of(sheet: Sheet, found: ColumnMap, file: str) -> str:
    """Return the one meeting that a table names above its headings, by its sheet's name or its file's; empty without one."""
    title = " ".join((*(cell.text for row in sheet.rows[: found.heading] for cell in row), sheet.name, file))
    named = {re.sub(r"\s", "", each) for each in _MEETING.findall(title)}
    return named.pop() if len(named) == 1 else ""


def _read(reading: Reading) -> None:
    inputs = reading.inputs
    if text := reading.text("instruction"):  # a line of a cell is a paragraph
        inputs["instruction"] = "\n\n".join(line for line in text.split("\n") if line)
    reading.take()
    for name, default in _PLAIN.items():
        inputs.setdefault(name, default)
    if "meeting_clause" in inputs:
        inputs["meeting_clause"] = _clause(str(inputs["meeting_clause"]))
    meeting = str(inputs.get("meeting_number", ""))
    for name in ("instruction_by", "source_organ"):
        if meeting and not reading.refused(name):
            inputs.setdefault(name, _ORDINAL.sub("", meeting) or meeting)
    if isinstance(category := inputs["category"], int):
        inputs.setdefault("source_kind", lawful_kinds(category)[0])
        inputs.setdefault("subtype", _usual(category))
    if "title" not in inputs and text and not reading.refused("title"):
        inputs["title"] = re.split(r"[。；;\n]", text)[0]
    for name, words in _wanted(inputs):
        if not reading.refused(name):
            reading.refuse(name, words)
    reading.say_what_is_lacking()


def _wanted(inputs: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What every decision of a meeting has, though not everything that is registered."""
    words = {
        "meeting_number": "没有写是哪次会议，请用 --meeting 写明",
        "meeting_clause": "没有写纪要条目",
        "instruction": "没有写议定的内容",
        "instruction_at": "没有写会议日期，请用 --date 写明",
    }
    return ((name, said) for name, said in words.items() if name not in inputs)


def _clause(text: str) -> str:
    """An entry's number as the office writes it: a bare number is 第4条; any other words stay."""
    if (match := _NUMBER.fullmatch(text)) is None:
        return text
    told = match[1]
    if told.isdecimal():
        return f"第{int(told)}条"
    tens, ten, ones = told.rpartition("十")
    if any(len(part) > 1 or part not in _DIGITS for part in (tens, ones)):
        return text
    number = (10 * (_DIGITS.index(tens) + 1 if tens else 1) if ten else 0) + (_DIGITS.index(ones) + 1 if ones else 0)
    return f"第{number}条"


def _usual(category: int) -> str:
    return keywords(checker("item").at(("subtype",))).suggestions[str(category)][0]


def _warnings(reading: Reading) -> Iterator[Reason]:
    if missing := [name for name in ("lead", "due") if name not in reading.inputs and not reading.refused(name)]:
        yield Reason(reading.place(missing[0]), f"没有写{'、'.join(map(reading.found.kind.label, missing))}，拟办时再定")
