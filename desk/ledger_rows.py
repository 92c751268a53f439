"""A row of a ledger as what somebody would fill into 结转登记, or what stands against it, each reason at its cell."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from desk.ledger_columns import ACT, REMARK, STATUS, ColumnMap, headings, instead, label, state_of
from desk.tables import Cell, Sheet, as_day
from records.acts import Refusal, form
from records.bureau.roster import Roster
from records.matter.papers import carried
from records.rules.routes import kinds, lawful_kinds
from schema.check import keywords
from schema.tables import checker

_MANY = re.compile(r"[、，,;；/\n]+|\s{1,}")
_YEAR = re.compile(r"(20\d\d)\s*年")
_PLAIN = {"urgency": "ordinary", "importance": "normal", "secrecy": "none"}
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
class LedgerRow:
    """One row below the headings.

    Attributes:
        at: the row, counted from 1.
        cells: all its cells.
        inputs: what it supplies for 结转登记.
        reasons: what stands against it as it is written.
        warnings: what is to be looked at, though it stands against nothing.
    """

    at: int
    cells: tuple[Cell, ...]
    inputs: Mapping[str, object]
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...] = ()

    @property
    def key(self) -> str:
        """By what it is told from every other row of any ledger."""
        return carried(str(self.inputs["ledger"]), str(self.inputs["number"]))


@dataclass
class _Reading:
    """One row while it is read."""

    cells: tuple[Cell, ...]
    found: ColumnMap
    roster: Roster
    year: int | None
    inputs: dict[str, object] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def cell(self, name: str) -> Cell | None:
        column = self.found.columns.get(name)
        return self.cells[column] if column is not None and column < len(self.cells) else None

    def text(self, name: str) -> str:
        cell = self.cell(name)
        return (cell.text if cell else "") or self.found.values.get(name, "")

    def refuse(self, name: str, words: str) -> None:
        self.reasons.append(Reason(self.place(name), f"{label(name)}：{words}"))

    def place(self, name: str) -> str:
        return _place(self.cells, self.found, name)

    @property
    def row(self) -> int:
        return _row(self.cells)


def ledger_rows(sheet: Sheet, found: ColumnMap, roster: Roster, file: str, today: str) -> Iterator[LedgerRow]:
    """Yield the rows of a ledger below its headings; empty rows are passed over.

    Args:
        sheet: the sheet.
        found: what stands where.
        roster: who its units and people may be.
        file: the file's name without ending; names the ledger where the sheet has no name of its own.
        today: ISO date.
    """
    year = year_of(sheet, found, file)
    plain = re.fullmatch(r"(?i)sheet\d*|工作表\d*|台账", sheet.name)
    ledger = found.values.get("ledger") or (file.removesuffix("-未导入") if plain else sheet.name)
    seen: dict[str, int] = {}
    heads = headings(found, sheet)
    for cells in sheet.rows[found.heading :]:
        if not any(cell.text for cell in cells) or tuple(cell.text for cell in cells) == heads:
            continue
        reading = _Reading(cells, found, roster, year)
        _read(reading, ledger[:60], f"{file} “{sheet.name}”")
        row = LedgerRow(reading.row, cells, reading.inputs, tuple(reading.reasons), tuple(_warnings(reading, today)))
        if (before := seen.setdefault(row.key, row.at)) != row.at:
            reading.refuse("number", f"与第{before}行编号相同。一个编号只能结转一件，请分别编号，或合并为一行")
            row = LedgerRow(row.at, cells, row.inputs, tuple(reading.reasons))
        yield row


def year_of(sheet: Sheet, found: ColumnMap, file: str) -> int | None:
    """Return the one year that a ledger names in the words above its headings, its sheet's name or its file's; None without one."""
    title = " ".join((file, sheet.name, *(cell.text for row in sheet.rows[: found.heading] for cell in row[:1])))
    years = set(_YEAR.findall(title))
    return int(years.pop()) if len(years) == 1 else None


def in_own_words(row: LedgerRow, name: str, found: ColumnMap, roster: Roster) -> str:
    """Return a cell of a row as it reads without the map: units by their names here."""
    text = row.cells[found.columns[name]].text
    if name not in _UNITS or not found.units:
        return text
    return "、".join(roster.unit_name(found.units.get(word, word)) for word in filter(None, _MANY.split(text)))


def reasons_of(row: LedgerRow, found: ColumnMap, refusal: Refusal) -> tuple[Reason, ...]:
    """Return a refusal of the act as reasons at the cells of the row."""
    named = [str(problem.field[0]) for problem in refusal.problems if problem.field]
    places = dict.fromkeys(_place(row.cells, found, name) for name in named) or {f"第{row.at}行": None}
    return (Reason("、".join(places), f"{refusal.reason}{refusal.way_out}"),)


def _place(cells: Sequence[Cell], found: ColumnMap, name: str) -> str:
    """The cell from which an input comes; the row where the table has no column for it."""
    columns = (found.columns.get(each) for each in (name, *instead(name)))
    return next((cells[column].place for column in columns if column is not None and column < len(cells)), f"第{_row(cells)}行")


def _row(cells: Sequence[Cell]) -> int:
    return int(re.sub(r"\D", "", cells[0].place))


def _read(reading: _Reading, ledger: str, where: str) -> None:
    inputs = reading.inputs
    inputs["ledger"] = reading.text("ledger") or ledger
    inputs["number"] = reading.text("number") or f"第{reading.row}行"
    inputs["row"] = f"{where}第{reading.row}行"[-120:]
    schema = form(ACT)
    for name in (wanted for wanted in (*reading.found.columns, *reading.found.values) if wanted not in (STATUS, REMARK, *inputs)):
        if text := reading.text(name):
            _take(reading, name, text, schema.at((name,)))
    for name, default in _PLAIN.items():
        inputs.setdefault(name, default)
    _stands(reading)
    _where_from(reading)
    for name in ("title", "received"):
        other = next((inputs[each] for each in instead(name) if each in inputs), None)
        if name not in inputs and other is not None and not _refused(reading, name):
            inputs[name] = str(other).replace("\n", "") if name == "title" else other
    if "points" not in inputs and "title" in inputs:
        inputs["points"] = [{"text": inputs["title"]}]
    _lacking(reading)


def _take(reading: _Reading, name: str, text: str, wanted: Mapping[str, object]) -> None:
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


def _units(reading: _Reading, name: str, text: str) -> object:
    known = {_plain(word): unit.id for unit in reading.roster.units.values() for word in (unit.id, unit.name, unit.full_name)}
    known |= {_plain(word): unit for word, unit in reading.found.units.items()}
    found = []
    for word in filter(None, _MANY.split(text)):
        if (unit := known.get(_plain(word))) is None:
            near = get_close_matches(_plain(word), known, 1)
            reading.refuse(name, f"花名册里没有“{word[:30]}”" + (f"，是不是{reading.roster.unit_name(known[near[0]])}" if near else ""))
        elif unit not in found:
            found.append(unit)
    if name == "assisting" or not found:
        return found
    if len(found) > 1:
        reading.refuse(name, "只能有一个主办单位，其余请写在协办单位")
    return found[0]


def _person(reading: _Reading, name: str, text: str) -> object:
    people = {person.name: person.id for person in reading.roster.leaders.people}
    if (found := people.get(text) or (text if text in people.values() else None)) is None:
        reading.refuse(name, f"局领导中没有“{text[:20]}”")
    return found


def _choice(reading: _Reading, name: str, text: str, labels: Mapping[str, str]) -> object:
    """The value that a word stands for: its name, its label, a part of that, or its number."""
    plain = _plain(text)
    exact = [value for value, said in labels.items() if plain in (_plain(str(value)), _plain(said))]
    near = exact or [value for value, said in labels.items() if len(plain) > 1 and plain in _plain(said)]
    if len(near) != 1:
        reading.refuse(name, f"没有“{text[:20]}”这一种，可写 {'、'.join(labels.values())}")
        return None
    return int(near[0]) if name == "category" else near[0]


def _stands(reading: _Reading) -> None:
    """In which state a matter comes, and how it goes: by the words of its status, else by whether it was concluded on some day."""
    inputs, status = reading.inputs, reading.text(STATUS)
    state = state_of(status) if status else None
    if "state" not in inputs:
        inputs["state"] = state or ("concluded" if "concluded" in inputs else "in_progress")
    told = [str(inputs.get("progress", "")), status if state is None or len(status) > 6 else "", reading.text(REMARK)]
    if words := "\n".join(dict.fromkeys(filter(None, told))):
        inputs["progress"] = words


def _where_from(reading: _Reading) -> None:
    """What follows from the category and from what else the row says: kind of source, subtype, organ."""
    inputs = reading.inputs
    category = inputs.get("category")
    if not isinstance(category, int):
        return
    lawful = lawful_kinds(category)
    instructed = "instruction" in inputs and "instruction_by" in inputs
    if "source_kind" not in inputs and (len(lawful) == 1 or category == 4):
        inputs["source_kind"] = "leader_instruction" if category == 4 and instructed else lawful[0]
    if "subtype" not in inputs:
        usual = keywords(checker("item").at(("subtype",))).suggestions[str(category)]
        inputs["subtype"] = usual[-1 if instructed and category in (4, 5) else 0]
    kind = kinds().get(str(inputs.get("source_kind")))
    if "source_organ" not in inputs:
        if kind is not None and kind.level == "bureau":
            inputs["source_organ"] = reading.roster.bureau.name
        elif instructed:
            inputs["source_organ"] = inputs["instruction_by"]


def _lacking(reading: _Reading) -> None:
    """Say of everything that the act wants and the row lacks or has wrongly, so far as the schema tells; gates speak later."""
    for problem in form(ACT).problems(reading.inputs):
        name = str(problem.field[0]) if problem.field else ""
        if name and not _refused(reading, name):
            reading.refuse(name, problem.reason)


def _refused(reading: _Reading, name: str) -> bool:
    return any(reason.words.startswith(f"{label(name)}：") for reason in reading.reasons)


def _warnings(reading: _Reading, today: str) -> Iterator[Reason]:
    due = str(reading.inputs.get("due", ""))
    if due and due < today and reading.inputs["state"] != "concluded":
        yield Reason(reading.place("due"), f"办结时限 {due} 已过，结转后即为逾期")


def _plain(text: str) -> str:
    return re.sub(r"\s|[()（）]", "", unicodedata.normalize("NFKC", text)).casefold()


def reasons_text(reasons: Sequence[Reason]) -> str:
    """Return all that stands against a row, as its cell in the list of rows left over."""
    return "\n".join(map(str, reasons))
