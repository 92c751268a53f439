"""A row of a table as what somebody would fill into a form, or what stands against it, each reason at its cell."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from desk.table_columns import REMARK, STATUS, ColumnMap, headings
from desk.tables import Cell, Sheet, as_day, is_remark
from records.acts import Refusal, form
from records.bureau.roster import Roster
from schema.check import keywords

_MANY = re.compile(r"[、，,;；/\n]+|\s{1,}")
_YEAR = re.compile(r"(20\d\d)\s*年")
_PEOPLE, _UNITS = ("portfolio_leader",), ("lead", "assisting")


@dataclass(frozen=True)
class Reason:
    """Why a row cannot come in, with the cell that it is about; the row as a whole where that is no one cell."""

    place: str
    words: str

    def __str__(self) -> str:
        """The reason in a line."""
        return f"{self.place} {self.words}"


@dataclass(frozen=True)
class TableRow:
    """One row below the headings.

    Attributes:
        at: the row, counted from 1.
        cells: all its cells.
        inputs: what it supplies for the act by which it comes in.
        reasons: what stands against it as it is written.
        warnings: what is to be looked at, though it stands against nothing.
    """

    at: int
    cells: tuple[Cell, ...]
    inputs: Mapping[str, object]
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...] = ()


@dataclass
class Reading:
    """One row while it is read.

    Attributes:
        cells: all its cells.
        found: what stands where.
        units: what units may be called, in the form in which words are compared, to their ids.
        roster: who its units and people may be.
        year: the year of a day that is written without one.
        inputs: what was understood; ``reasons`` what was not.
    """

    cells: tuple[Cell, ...]
    found: ColumnMap
    roster: Roster
    units: Mapping[str, str]
    year: int | None
    inputs: dict[str, object] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def cell(self, name: str) -> Cell | None:
        """The cell under a heading."""
        column = self.found.columns.get(name)
        return self.cells[column] if column is not None and column < len(self.cells) else None

    def text(self, name: str) -> str:
        """What stands under a heading, or holds for every row."""
        cell = self.cell(name)
        return (cell.text if cell else "") or self.found.values.get(name, "")

    def refuse(self, name: str, words: str) -> None:
        """Say what is wrong under a heading."""
        self.reasons.append(Reason(self.place(name), f"{self.found.kind.label(name)}：{words}"))

    def place(self, name: str) -> str:
        """Where a heading's cell is; the row where there is none."""
        return _place(self.cells, self.found, name)

    @property
    def row(self) -> int:
        """Which row it is, counted from 1."""
        return _row(self.cells)

    def take(self) -> None:
        """Understand every column that the act has an input for, and what holds for every row, as far as it is not understood yet."""
        schema, wanted = form(self.found.kind.act), (*self.found.columns, *self.found.values)
        for name in (each for each in wanted if each not in (STATUS, REMARK, *self.inputs)):
            if text := self.text(name):
                _take(self, name, text, schema.at((name,)))

    def say_what_is_lacking(self) -> None:
        """Say of everything that the act wants and the row lacks or has wrongly, so far as the schema tells; gates speak later."""
        for problem in form(self.found.kind.act).problems(self.inputs):
            name = str(problem.field[0]) if problem.field else ""
            if name and not self.refused(name):
                self.refuse(name, problem.reason)

    def refused(self, name: str) -> bool:
        """Say whether something is wrong under a heading already."""
        return any(reason.words.startswith(f"{self.found.kind.label(name)}：") for reason in self.reasons)


def readings(sheet: Sheet, found: ColumnMap, roster: Roster, file: str) -> Iterator[Reading]:
    """Yield the rows below the headings, to be read; empty rows, remarks, and headings that come again, are passed over.

    Args:
        sheet: the sheet.
        found: what stands where.
        roster: who its units and people may be.
        file: the file's name without ending.
    """
    year, heads = year_of(sheet, found, file), headings(found, sheet)
    units = {comparable(word): unit.id for unit in roster.units.values() for word in (unit.id, unit.name, unit.full_name)}
    units |= {comparable(word): unit for word, unit in found.units.items()}
    for cells in sheet.rows[found.heading :]:
        if any(cell.text for cell in cells) and tuple(cell.text for cell in cells) != heads and not is_remark(cells):
            yield Reading(cells, found, roster, units, year)


def year_of(sheet: Sheet, found: ColumnMap, file: str) -> int | None:
    """Return the one year that a table names in the words above its headings, its sheet's name or its file's; None without one."""
    title = " ".join((file, sheet.name, *(cell.text for row in sheet.rows[: found.heading] for cell in row[:1])))
    years = set(_YEAR.findall(title))
    return int(years.pop()) if len(years) == 1 else None


def in_own_words(row: TableRow, name: str, found: ColumnMap, roster: Roster) -> str:
    """Return a cell of a row as it reads without the map: units by their names here."""
    text = row.cells[found.columns[name]].text
    if name not in _UNITS or not found.units:
        return text
    return "、".join(roster.unit_name(found.units.get(word, word)) for word in filter(None, _MANY.split(text)))


def reasons_of(row: TableRow, found: ColumnMap, refusal: Refusal) -> tuple[Reason, ...]:
    """Return a refusal of the act as reasons at the cells of the row."""
    named = [str(problem.field[0]) for problem in refusal.problems if problem.field]
    places = dict.fromkeys(_place(row.cells, found, name) for name in named) or {f"第{row.at}行": None}
    return (Reason("、".join(places), f"{refusal.reason}{refusal.way_out}"),)


def at_cell(row: TableRow, found: ColumnMap, name: str, words: str) -> Reason:
    """Return a reason at the cell of an input."""
    return Reason(_place(row.cells, found, name), f"{found.kind.label(name)}：{words}")


def _place(cells: Sequence[Cell], found: ColumnMap, name: str) -> str:
    """The cell from which an input comes; the row where the table has no column for it."""
    columns = (found.columns.get(each) for each in (name, *found.kind.instead(name)))
    return next((cells[column].place for column in columns if column is not None and column < len(cells)), f"第{_row(cells)}行")


def _row(cells: Sequence[Cell]) -> int:
    return int(re.sub(r"\D", "", cells[0].place))


def _take(reading: Reading, name: str, text: str, wanted: Mapping[str, object]) -> None:
    """Put the text of a column where the act wants it, in the form in which it wants it."""
    value: object = text
    if name in _UNITS:
        value = _units(reading, name, text)
    elif name in _PEOPLE:
        value = _person(reading, name, text)
    elif name == "points":
        value = [{"text": line} for each in text.split("\n") if (line := re.sub(r"^\(?\d+[.、)）]\s*", "", each).strip())]
    elif keywords(wanted).enum_labels or "enum" in wanted:
        value = _choice(reading, name, text, keywords(wanted).enum_labels)
    elif wanted.get("format") == "date":
        cell = reading.cell(name)
        value = as_day(cell if cell and cell.text else Cell(text, ""), reading.year)
        if value is None:
            words = f"“{text[:20]}”没有写年份，请写全" if as_day(Cell(text, ""), 2000) else f"“{text[:20]}”不是日期，请写作 2026-03-05"
            reading.refuse(name, words)
    elif wanted.get("type") == "boolean":
        value = text in ("是", "√", "true")
    elif not keywords(wanted).prose:
        value = " ".join(text.split())
    if value not in (None, [], ()):
        reading.inputs[name] = value


def _units(reading: Reading, name: str, text: str) -> object:
    known, found = reading.units, []
    for word in filter(None, _MANY.split(text)):
        if (unit := known.get(comparable(word))) is None:
            near = get_close_matches(comparable(word), known, 1)
            reading.refuse(name, f"花名册里没有“{word[:30]}”" + (f"，是不是{reading.roster.unit_name(known[near[0]])}" if near else ""))
        elif unit not in found:
            found.append(unit)
    if name == "assisting" or not found:
        return found
    if len(found) > 1:
        reading.refuse(name, "只能有一个主办单位，其余请写在协办单位")
    return found[0]


def _person(reading: Reading, name: str, text: str) -> object:
    people = {person.name: person.id for person in reading.roster.leaders.people}
    if (found := people.get(text) or (text if text in people.values() else None)) is None:
        reading.refuse(name, f"局领导中没有“{text[:20]}”")
    return found


def _choice(reading: Reading, name: str, text: str, labels: Mapping[str, str]) -> object:
    """The value that a word stands for: its name, its label, a part of that, or its number."""
    wanted = comparable(text)
    exact = [value for value, said in labels.items() if wanted in (comparable(str(value)), comparable(said))]
    near = exact or [value for value, said in labels.items() if len(wanted) > 1 and wanted in comparable(said)]
    if len(near) != 1:
        reading.refuse(name, f"没有“{text[:20]}”这一种，可写 {'、'.join(labels.values())}")
        return None
    return int(near[0]) if name == "category" else near[0]


def comparable(text: str) -> str:
    """Return words in the form in which they are compared: without blanks, brackets, width and case."""
    return re.sub(r"\s|[()（）]", "", unicodedata.normalize("NFKC", text)).casefold()


def reasons_text(reasons: Sequence[Reason]) -> str:
    """Return all that stands against a row, as its cell in the list of rows left over."""
    return "\n".join(map(str, reasons))
