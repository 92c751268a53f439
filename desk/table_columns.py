"""Which column of a table holds what: guessed by the names in schema/…_columns.yaml, changed by hand, kept as a map.

A map is a YAML file: ``sheet`` (optional), ``heading`` (the row in which the headings end), ``columns`` (an input to the letter of its
column), ``values`` (an input to what holds for every row, where the table has no column for it) and ``units`` (what the ledger calls a
unit to the unit's code).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from desk.tables import Cell, Sheet, TableError, bare, letter
from records.acts import form
from schema.tables import acts, shipped
from schema.text import show
from schema.yaml_text import read, write

STATUS, REMARK = "status", "remark"
_SEARCHED = 15  # rows from the top in which the headings are looked for
_FEWEST = 3  # columns that are known by name, where a row is one of headings
_PARTS = ("sheet", "heading", "columns", "values", "units")
_OTHER_WORDS = {STATUS: "状态", REMARK: "备注"}


@dataclass(frozen=True)
class TableKind:
    """A kind of table that is taken in row by row.

    Attributes:
        act: the act by which a row comes in.
        file: where the names of its columns stand.
        told_by: the inputs by which a row is told from every other.
    """

    act: str
    file: str
    told_by: tuple[str, str]

    def usual(self, name: str) -> str:
        """Return the heading under which an input usually stands."""
        return str(next(iter(_names(self.file)["names"].get(name, ())), self.label(name)))

    def label(self, name: str) -> str:
        """Return what people call what stands in a column."""
        if other := {**_OTHER_WORDS, **_names(self.file).get("labels", {})}.get(name):
            return str(other)
        own = next((wanted.label for wanted in acts()[self.act].inputs if wanted.name == name and wanted.label), "")
        return own or str(form(self.act).at((name,))["title"])

    def state_of(self, status: str) -> str | None:
        """Return the state in which a matter comes by the words of its status, None where they do not begin with a known one."""
        said = bare(status)
        found = [(len(word), state) for state, words in _names(self.file)["states"].items() for word in words if _says(said, word)]
        return max(found)[1] if found else None

    def instead(self, name: str) -> Sequence[str]:
        """Return the inputs whose columns stand for one that has none of its own."""
        return _names(self.file)["instead"].get(name, [])

    @property
    def inputs(self) -> tuple[str, ...]:
        """What may be said of every row."""
        return tuple(wanted.name for wanted in acts()[self.act].inputs)

    @property
    def known(self) -> Collection[str]:
        """What a column may hold."""
        return {*_names(self.file)["names"], *self.inputs}


# The acts by which rows come in are told from the table of acts: one leaves the other ledger's words, one begins the way of a matter.
_BEGIN = {name: spec for name, spec in acts().items() if spec.target == "item" and not spec.from_states}
LEDGER = TableKind(
    next(name for name, spec in _BEGIN.items() if spec.given_at == "carried_in"), "ledger_columns.yaml", ("ledger", "number")
)
"""A ledger that the office kept before."""
MINUTES = TableKind(next(name for name, spec in _BEGIN.items() if spec.to), "minutes_columns.yaml", ("meeting_number", "meeting_clause"))
"""What a meeting decided, an entry a row (1-2)."""


@dataclass(frozen=True)
class ColumnMap:
    """What stands where in a sheet.

    Attributes:
        sheet: its name.
        heading: the row in which the headings end, counted from 1.
        columns: input to column, counted from 0.
        values: input to what holds for every row.
        units: what the table calls a unit to its id.
    """

    kind: TableKind
    sheet: str
    heading: int
    columns: Mapping[str, int]
    values: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> bytes:
        """Return it as the YAML file that ``read_map`` reads."""
        columns = {name: letter(column) for name, column in self.columns.items()}
        return write(
            {"sheet": self.sheet, "heading": self.heading, "columns": columns, "values": dict(self.values), "units": dict(self.units)}
        )


@cache
def _names(file: str) -> Mapping[str, Mapping[str, list[str]]]:
    return shipped(file)


@cache
def _meant(kind: TableKind) -> Mapping[str, str]:
    """Each name in the form in which headings are compared, with what stands under it."""
    own = {bare(kind.label(name)): name for name in kind.inputs}
    return own | {bare(name): wanted for wanted, names in _names(kind.file)["names"].items() for name in names}


def _says(status: str, word: str) -> bool:
    return status == word if len(word) == 1 else status.startswith(word)


def guessed(kind: TableKind, sheets: Sequence[Sheet], wanted: str = "") -> ColumnMap:
    """Return what most likely stands where.

    Args:
        kind: of the table.
        sheets: of one file.
        wanted: the name of the sheet; by default the one in which most columns are known.

    Raises:
        TableError: there is no such sheet, or none with headings.
    """
    chosen = [sheet for sheet in sheets if wanted in ("", sheet.name)]
    if not chosen:
        raise TableError(f"没有“{show(wanted)}”这个工作表。现有：{'、'.join(show(sheet.name) for sheet in sheets)}。")
    found = [each for sheet in chosen for each in _headings(kind, sheet)]
    best = max(found, key=lambda each: len(each.columns), default=None)
    if best is None or len(best.columns) < _FEWEST:
        raise TableError("没有找到表头：前15行里认不出三个以上的栏目。请核对工作表，或用 --map 写明表头在第几行、各栏目在哪一列。")
    return best


def _headings(kind: TableKind, sheet: Sheet) -> Iterator[ColumnMap]:
    """Yield each row of a sheet, alone and with the one under it, as if it were the headings."""
    for at, row in enumerate(sheet.rows[:_SEARCHED]):
        yield ColumnMap(kind, sheet.name, at + 1, _recognised(kind, [cell.text for cell in row]))
        if at + 1 < len(sheet.rows):
            under = sheet.rows[at + 1]
            both = [_joined(above.text, below.text) for above, below in zip(row, under, strict=True)]
            if any(above.text and below.text and above.text != below.text for above, below in zip(row, under, strict=True)):
                yield ColumnMap(kind, sheet.name, at + 2, _recognised(kind, both, [cell.text for cell in under]))


def _joined(above: str, below: str) -> str:
    return above if bare(above) == bare(below) else above + below


def _recognised(kind: TableKind, headings: Sequence[str], under: Sequence[str] = ()) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        known = _meant(kind).get(bare(heading)) or (_meant(kind).get(bare(under[column])) if under else None)
        if known is not None:
            found.setdefault(known, column)
    return found


def read_map(kind: TableKind, data: bytes, file: str, sheets: Sequence[Sheet]) -> ColumnMap:
    """Return a map that a person wrote, or changed.

    Raises:
        TableError: something in it means nothing; every such thing is said.
    """
    document = read(data, file)
    if document.data is None:
        raise TableError("\n".join(str(problem) for problem in document.problems))
    told = document.data
    wrong = [f"没有“{name}”这一项，可写 {'、'.join(_PARTS)}" for name in told.keys() - {*_PARTS}]
    name, heading = str(told.get("sheet") or sheets[0].name), str(told.get("heading", ""))
    if name not in {sheet.name for sheet in sheets}:
        wrong.append(f"没有“{name}”这个工作表")
    if not (heading.isascii() and heading.isdigit() and 0 < int(heading[:9]) <= 1000):
        wrong.append("heading 应为表头所在的行号")
    columns, values, units = (found if isinstance(found := told.get(part) or {}, Mapping) else {"": ""} for part in _PARTS[2:])
    if "" in (*columns, *values, *units):
        raise TableError(f"{show(file)}：{'、'.join(_PARTS[2:])} 应当各写几行“名称: 内容”。")
    for each in (*columns, *values):
        if each not in kind.known:
            wrong.append(f"没有“{each}”这个栏目，可写 {'、'.join(sorted(kind.known))}")
    for each, place in columns.items():
        if not re.fullmatch(r"[A-Z]{1,2}", str(place)):
            wrong.append(f"“{each}”的列应为字母，例如 C")
    if wrong:
        raise TableError("\n".join(f"{show(file)}：{show(each)}。" for each in wrong))
    found = {str(each): _number(str(place)) for each, place in columns.items()}
    return ColumnMap(
        kind, name, int(heading), found, *({str(each): str(value) for each, value in part.items()} for part in (values, units))
    )


def _number(letters: str) -> int:
    return next(n for n in range(26 * 27) if letter(n) == letters)


def told(found: ColumnMap, sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    """Yield each column that is read: its letter, its heading and what it is taken for; then the columns that are not read."""
    named: Mapping[int, str] = {column: name for name, column in found.columns.items()}
    for column, heading in enumerate(headings(found, sheet)):
        if column in named or heading:
            yield letter(column), heading, found.kind.label(named[column]) if column in named else "（不读）"


def headings(found: ColumnMap, sheet: Sheet) -> tuple[str, ...]:
    """Return what stands over each column."""
    row: tuple[Cell, ...] = sheet.rows[found.heading - 1] if found.heading <= len(sheet.rows) else ()
    return tuple(cell.text.replace("\n", "") for cell in row)
