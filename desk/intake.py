"""Taking in the tables of the office: each row checked like a registration, what does not come in listed with every reason at its cell.

Of a ledger the rows land in batches, and what was taken in before is passed over, so that a run that was cut off goes on where it stopped
when it is given the same file again. Minutes come in whole or not at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desk.desk import Desk
from desk.ledger_rows import ledger_key
from desk.minutes_rows import minutes_key
from desk.scans import by_hash
from desk.table_columns import ColumnMap, headings
from desk.table_rows import Reason, TableRow, at_cell, in_own_words, reasons_of, reasons_text, year_of
from desk.tables import Sheet
from records.acts import Refusal
from records.matter.papers import paper_of
from records.register.register import NEW, Receipt
from schema.tables import checker

BATCH = 200
"""Rows that land together: others wait to act until a batch is through."""
REASON = "不能导入的原因"


@dataclass
class Intake:
    """What became of the rows of a table.

    Attributes:
        taken: the rows that came in, each with its item's id.
        there: those that had come in before, each with its item's id; empty where the person may not see it.
        left: those that did not come in, each with all that stands against it.
    """

    taken: list[tuple[TableRow, str]] = field(default_factory=list)
    there: list[tuple[TableRow, str]] = field(default_factory=list)
    left: list[tuple[TableRow, tuple[Reason, ...]]] = field(default_factory=list)


def take_in(desk: Desk, rows: Sequence[TableRow], found: ColumnMap, progress: Callable[[int], None], *, keep: bool = True) -> Intake:
    """Carry in the rows of a ledger as the desk's person.

    Args:
        desk: of a clerk of the supervising office.
        rows: the rows.
        found: what stands where in them.
        progress: called with the number of rows that are through, after each batch.
        keep: whether to put it on record, or only to see what it comes to.

    Raises:
        StoreError: the disk or the repository failed; whole batches are on record.
    """
    done = Intake()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        desk.register.index.catch_up()
        fresh: list[TableRow] = []
        for row in batch:
            if (there := desk.register.index.carried_in(ledger_key(row))) is not None:
                done.there.append((row, "" if desk.hides(there) else there))
            elif row.reasons:
                done.left.append((row, row.reasons))
            else:
                fresh.append(row)
        if fresh:
            _carry_in(desk, fresh, found, done, keep=keep)
        progress(start + len(batch))
    return done


def _carry_in(desk: Desk, rows: Sequence[TableRow], found: ColumnMap, done: Intake, *, keep: bool) -> None:
    assert desk.person is not None
    steps = [(found.kind.act, NEW, row.inputs) for row in rows]
    results = desk.register.act_each(steps, desk.person.id, desk.clock(), keep=keep)
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Receipt):
            done.taken.append((row, result.outcome.target))
        elif (there := _same_matter(desk, row, result)) is not None:
            done.there.append((row, there))
        else:
            done.left.append((row, reasons_of(row, found, desk.discreet(result))))


def _same_matter(desk: Desk, row: TableRow, refusal: Refusal) -> str | None:
    """The open item of the same paper and the same name, which is what the row says again; a paper alone may hold several matters."""
    item = desk.view.item(refusal.there) if refusal.there and not desk.hides(refusal.there) else None
    if item is None or item.title != row.inputs["title"]:
        return None
    return item.id if item.source.ref and item.state not in ("merged",) and paper_of(item).open else None


def take_in_minutes(desk: Desk, rows: Sequence[TableRow], found: ColumnMap, scan: Path | None, *, keep: bool = True) -> Intake | Refusal:
    """Register what a meeting decided, each entry a commit, all of them or none (1-2); what stands already is not registered again.

    Args:
        desk: of a clerk of the supervising office.
        rows: the entries.
        found: what stands where in them.
        scan: the minutes themselves, kept with each of the items.
        keep: whether to put it on record, or only to see what it comes to.

    Returns:
        What became of them; all stand under ``left`` where anything stands against one. Why the scan is none.

    Raises:
        StoreError: the disk or the repository failed; nothing is on record unless the message says so.
    """
    assert desk.person is not None
    named = by_hash(found.kind.act, {} if scan is None else {"original": str(scan)}, desk.box, desk.may_name)
    if isinstance(named, Refusal):
        return named
    steps = [(found.kind.act, NEW, {**row.inputs, **named[0]}) for row in rows]
    tried = desk.register.act_each(steps, desk.person.id, desk.clock(), keep=False)
    reasons = [_against(desk, row, found, result) for row, result in zip(rows, tried, strict=True)]
    if any(reasons):
        return Intake(left=list(zip(rows, reasons, strict=True)))
    if keep:
        tried = desk.register.act_each(steps, desk.person.id, desk.clock(), whole=True, scans=named[1])
    done = [(row, result.outcome.target) for row, result in zip(rows, tried, strict=True) if isinstance(result, Receipt)]
    if len(done) == len(rows):
        return Intake(done)
    last = (desk.discreet(result) for result in tried)
    said = (reasons_of(row, found, each) if isinstance(each, Refusal) else () for row, each in zip(rows, last, strict=True))
    return Intake(left=list(zip(rows, said, strict=True)))  # somebody was quicker


def _against(desk: Desk, row: TableRow, found: ColumnMap, result: Receipt | Refusal) -> tuple[Reason, ...]:
    """All that stands against an entry: how it is written, that it is registered already, or else what the act says."""
    there = desk.register.index.of_paper(minutes_key(row))
    known = desk.register.index.excerpt(there) if there else None
    if known is not None:
        state = checker("item").enum_label(("state",), known.state)
        told = f"已经立项，事项编号 {known.id}（{state}），不再立项" if desk.sees(known) else "已经立项，不再立项，请到办公室查问"
        return (*row.reasons, at_cell(row, found, "meeting_clause", told))
    if row.reasons or isinstance(result, Receipt):
        return row.reasons
    return reasons_of(row, found, desk.discreet(result))


def left_over(sheet: Sheet, found: ColumnMap, done: Intake, desk: Desk, file: str) -> bytes:
    """Return the rows that did not come in as the bytes of an .xlsx file, as they stand in the ledger, with the reasons in a last column.

    Mended, it is given to the import like the ledger itself: it bears the same name, and each row the number it is told by.
    ``file`` is the name of the file that was read, without ending.
    """
    from documents.forms.workbook import WorkbookColumn, WorkbookSheet, render  # with it come the libraries of documents

    rows = [row for row, _ in done.left]
    cells: dict[str, tuple[str, ...]] = {
        found.kind.usual(name): tuple(in_own_words(row, name, found, desk.view.roster) for row in rows) for name in found.columns
    }
    # What the map says of every row, and by what a row is told, is in the list itself.
    cells = {found.kind.usual(name): tuple(str(row.inputs.get(name, "")) for row in rows) for name in found.kind.told_by} | cells
    cells |= {found.kind.usual(name): (value,) * len(rows) for name, value in found.values.items()}
    known = found.columns.values()
    others = {head: n for n, head in enumerate(headings(found, sheet)) if head not in ("", REASON, *cells) and n not in known}
    cells |= {head: tuple(row.cells[n].text for row in rows) for head, n in others.items()}
    columns = [WorkbookColumn(head, 16, texts, text=True) for head, texts in cells.items()]
    columns.append(WorkbookColumn(REASON, 60, tuple(reasons_text(reasons) for _, reasons in done.left), text=True))
    at, year = desk.clock(), year_of(sheet, found, file)
    heading, caption = f"{f'{year}年' if year else ''}未能导入的事项", f"{at:%Y-%m-%d %H:%M}，共{len(rows)}件；改正后再次导入"
    return render((WorkbookSheet(sheet.name, heading, caption, columns),), at)
