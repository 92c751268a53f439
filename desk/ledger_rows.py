"""A row of a ledger as what somebody would fill into 结转登记."""

import re
from collections.abc import Iterator

from desk.table_columns import REMARK, STATUS, ColumnMap
from desk.table_rows import Reading, Reason, TableRow, readings
from desk.tables import Sheet
from records.bureau.roster import Roster
from records.matter.papers import carried
from records.rules.routes import kinds, lawful_kinds
from schema.check import keywords
from schema.tables import checker

_PLAIN = {"urgency": "ordinary", "importance": "normal", "secrecy": "none"}


def ledger_key(row: TableRow) -> str:
    """Return by what a row is told from every other row of any ledger."""
    return carried(str(row.inputs["ledger"]), str(row.inputs["number"]))


def ledger_rows(sheet: Sheet, found: ColumnMap, roster: Roster, file: str, today: str) -> Iterator[TableRow]:
    """Yield the rows of a ledger below its headings; empty rows are passed over.

    Args:
        sheet: the sheet.
        found: what stands where.
        roster: who its units and people may be.
        file: the file's name without ending; names the ledger where the sheet has no name of its own.
        today: ISO date.
    """
    plain = re.fullmatch(r"(?i)sheet\d*|工作表\d*|台账", sheet.name)
    ledger = found.values.get("ledger") or (file.removesuffix("-未导入") if plain else sheet.name)
    seen: dict[str, int] = {}
    for reading in readings(sheet, found, roster, file):
        _read(reading, ledger[:60], f"{file} “{sheet.name}”")
        row = TableRow(reading.row, reading.cells, reading.inputs, tuple(reading.reasons), tuple(_warnings(reading, today)))
        if (before := seen.setdefault(ledger_key(row), row.at)) != row.at:
            reading.refuse("number", f"与第{before}行编号相同。一个编号只能结转一件，请分别编号，或合并为一行")
            row = TableRow(row.at, row.cells, row.inputs, tuple(reading.reasons))
        yield row


def _read(reading: Reading, ledger: str, where: str) -> None:
    inputs = reading.inputs
    inputs["ledger"] = reading.text("ledger") or ledger
    inputs["number"] = reading.text("number") or f"第{reading.row}行"
    inputs["row"] = f"{where}第{reading.row}行"[-120:]
    reading.take()
    for name, default in _PLAIN.items():
        inputs.setdefault(name, default)
    _stands(reading)
    _where_from(reading)
    for name in ("title", "received"):
        other = next((inputs[each] for each in reading.found.kind.instead(name) if each in inputs), None)
        if name not in inputs and other is not None and not reading.refused(name):
            inputs[name] = str(other).replace("\n", "") if name == "title" else other
    if "points" not in inputs and "title" in inputs:
        inputs["points"] = [{"text": inputs["title"]}]
    reading.say_what_is_lacking()


def _stands(reading: Reading) -> None:
    """In which state a matter comes, and how it goes: by the words of its status, else by whether it was concluded on some day."""
    inputs, status = reading.inputs, reading.text(STATUS)
    state = reading.found.kind.state_of(status) if status else None
    if "state" not in inputs:
        inputs["state"] = state or ("concluded" if "concluded" in inputs else "in_progress")
    told = [str(inputs.get("progress", "")), status if state is None or len(status) > 6 else "", reading.text(REMARK)]
    if words := "\n".join(dict.fromkeys(filter(None, told))):
        inputs["progress"] = words


def _where_from(reading: Reading) -> None:
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


def _warnings(reading: Reading, today: str) -> Iterator[Reason]:
    due = str(reading.inputs.get("due", ""))
    if due and due < today and reading.inputs["state"] != "concluded":
        yield Reason(reading.place("due"), f"办结时限 {due} 已过，结转后即为逾期")
