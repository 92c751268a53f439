"""Which column of a ledger holds what: guessed by the names in schema/ledger_columns.yaml, changed by hand, kept as a map.

A map is a YAML file: ``sheet`` (optional), ``heading`` (the row in which the headings end), ``columns`` (an input to the letter of its
column), ``values`` (an input to what holds for every row, where the table has no column for it) and ``units`` (what the ledger calls a
unit to the unit's code).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from desk.tables import Cell, Sheet, TableError, letter
from records.acts import form
from schema.tables import acts, default_text, read_table
from schema.text import show
from schema.yaml_text import read, write

ACT = next(name for name, spec in acts().items() if any(wanted.at.startswith("carried_in") for wanted in spec.inputs))
"""The act by which a row comes in, told from the table by what it leaves in the record."""
STATUS, REMARK = "status", "remark"
_SEARCHED = 15  # rows from the top in which the headings are looked for
_FEWEST = 3  # columns that are known by name, where a row is one of headings
_PARTS = ("sheet", "heading", "columns", "values", "units")
_OTHER_WORDS = {STATUS: "状态", REMARK: "备注"}


@dataclass(frozen=True)
class ColumnMap:
    """What stands where in a sheet.

    Attributes:
        sheet: its name.
        heading: the row in which the headings end, counted from 1.
        columns: input to column, counted from 0.
        values: input to what holds for every row.
        units: what the ledger calls a unit to its id.
    """

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
def _names() -> Mapping[str, Mapping[str, list[str]]]:
    return read_table(default_text("ledger_columns.yaml"))


@cache
def _known() -> Mapping[str, str]:
    """Each name in the form in which headings are compared, with what stands under it."""
    own = {_bare(label(wanted.name)): wanted.name for wanted in acts()[ACT].inputs}
    return own | {_bare(name): wanted for wanted, names in _names()["names"].items() for name in names}


def usual(name: str) -> str:
    """Return the heading under which an input usually stands."""
    return str(next(iter(_names()["names"].get(name, ())), label(name)))


def label(name: str) -> str:
    """Return what people call what stands in a column."""
    if name in _OTHER_WORDS:
        return _OTHER_WORDS[name]
    own = next((wanted.label for wanted in acts()[ACT].inputs if wanted.name == name and wanted.label), "")
    return own or str(form(ACT).at((name,))["title"])


def state_of(status: str) -> str | None:
    """Return the state in which a matter comes by the words of its status, None where they do not begin with a known one."""
    bare = _bare(status)
    found = [(len(word), state) for state, words in _names()["states"].items() for word in words if _says(bare, word)]
    return max(found)[1] if found else None


def _says(status: str, word: str) -> bool:
    return status == word if len(word) == 1 else status.startswith(word)


def instead(name: str) -> Sequence[str]:
    """Return the inputs whose columns stand for one that has none of its own."""
    return _names()["instead"].get(name, [])


def guessed(sheets: Sequence[Sheet], wanted: str = "") -> ColumnMap:
    """Return what most likely stands where.

    Args:
        sheets: of one file.
        wanted: the name of the sheet; by default the one in which most columns are known.

    Raises:
        TableError: there is no such sheet, or none with headings.
    """
    chosen = [sheet for sheet in sheets if wanted in ("", sheet.name)]
    if not chosen:
        raise TableError(f"没有“{show(wanted)}”这个工作表。现有：{'、'.join(show(sheet.name) for sheet in sheets)}。")
    found = [each for sheet in chosen for each in _headings(sheet)]
    best = max(found, key=lambda each: len(each.columns), default=None)
    if best is None or len(best.columns) < _FEWEST:
        raise TableError("没有找到表头：前15行里认不出三个以上的栏目。请核对工作表，或用 --map 写明表头在第几行、各栏目在哪一列。")
    return best


def _headings(sheet: Sheet) -> Iterator[ColumnMap]:
    """Yield each row of a sheet, alone and with the one under it, as if it were the headings."""
    for at, row in enumerate(sheet.rows[:_SEARCHED]):
        yield ColumnMap(sheet.name, at + 1, _recognised([cell.text for cell in row]))
        if at + 1 < len(sheet.rows):
            under = sheet.rows[at + 1]
            both = [_joined(above.text, below.text) for above, below in zip(row, under, strict=True)]
            if any(above.text and below.text and above.text != below.text for above, below in zip(row, under, strict=True)):
                yield ColumnMap(sheet.name, at + 2, _recognised(both, [cell.text for cell in under]))


def _joined(above: str, below: str) -> str:
    return above if _bare(above) == _bare(below) else above + below


def _recognised(headings: Sequence[str], under: Sequence[str] = ()) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        known = _known().get(_bare(heading)) or (_known().get(_bare(under[column])) if under else None)
        if known is not None:
            found.setdefault(known, column)
    return found


def read_map(data: bytes, file: str, sheets: Sequence[Sheet]) -> ColumnMap:
    """Return a map that a person wrote, or changed.

    Raises:
        TableError: something in it means nothing; every such thing is said.
    """
    document = read(data, file)
    if document.data is None:
        raise TableError("\n".join(str(problem) for problem in document.problems))
    told = document.data
    known = {*_names()["names"], *(wanted.name for wanted in acts()[ACT].inputs)}
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
        if each not in known:
            wrong.append(f"没有“{each}”这个栏目，可写 {'、'.join(sorted(known))}")
    for each, place in columns.items():
        if not re.fullmatch(r"[A-Z]{1,2}", str(place)):
            wrong.append(f"“{each}”的列应为字母，例如 C")
    if wrong:
        raise TableError("\n".join(f"{show(file)}：{show(each)}。" for each in wrong))
    found = {str(each): _number(str(place)) for each, place in columns.items()}
    return ColumnMap(name, int(heading), found, *({str(each): str(value) for each, value in part.items()} for part in (values, units)))


def _number(letters: str) -> int:
    return next(n for n in range(26 * 27) if letter(n) == letters)


def told(found: ColumnMap, sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    """Yield each column that is read: its letter, its heading and what it is taken for; then the columns that are not read."""
    named: Mapping[int, str] = {column: name for name, column in found.columns.items()}
    for column, heading in enumerate(headings(found, sheet)):
        if column in named or heading:
            yield letter(column), heading, label(named[column]) if column in named else "（不读）"


def headings(found: ColumnMap, sheet: Sheet) -> tuple[str, ...]:
    """Return what stands over each column."""
    row: tuple[Cell, ...] = sheet.rows[found.heading - 1] if found.heading <= len(sheet.rows) else ()
    return tuple(cell.text.replace("\n", "") for cell in row)


def _bare(heading: str) -> str:
    """A heading as it is compared: without blanks, what stands in brackets, and width."""
    text = re.sub(r"\(.*?\)|\s", "", unicodedata.normalize("NFKC", heading))
    return text.strip("：:*、，。")
