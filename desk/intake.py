"""Taking in the ledger that the office kept before: each row checked like a registration, landed in batches, what is left over listed.

What was taken in before is passed over, so that a run that was cut off goes on where it stopped when it is given the same file again.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from desk.desk import Desk
from desk.ledger_columns import ACT, ColumnMap, headings, usual
from desk.ledger_rows import LedgerRow, Reason, in_own_words, reasons_of, reasons_text, year_of
from desk.tables import Sheet
from records.acts import Refusal
from records.matter.papers import paper_of
from records.register.register import Receipt

BATCH = 200
"""Rows that land together: others wait to act until a batch is through."""
REASON = "不能导入的原因"


@dataclass
class Intake:
    """What became of the rows of a ledger.

    Attributes:
        taken: the rows that came in, each with its item's id.
        there: those that had come in before, each with its item's id.
        left: those that cannot come in, each with all that stands against it.
    """

    taken: list[tuple[LedgerRow, str]] = field(default_factory=list)
    there: list[tuple[LedgerRow, str]] = field(default_factory=list)
    left: list[tuple[LedgerRow, tuple[Reason, ...]]] = field(default_factory=list)


def take_in(desk: Desk, rows: Sequence[LedgerRow], found: ColumnMap, progress: Callable[[int], None], *, keep: bool = True) -> Intake:
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
        fresh: list[LedgerRow] = []
        for row in batch:
            if (there := desk.register.index.carried_in(row.key)) is not None:
                done.there.append((row, there))
            elif row.reasons:
                done.left.append((row, row.reasons))
            else:
                fresh.append(row)
        if fresh:
            _carry_in(desk, fresh, found, done, keep=keep)
        progress(start + len(batch))
    return done


def _carry_in(desk: Desk, rows: Sequence[LedgerRow], found: ColumnMap, done: Intake, *, keep: bool) -> None:
    assert desk.person is not None
    results = desk.register.act_on_new(ACT, [row.inputs for row in rows], desk.person.id, desk.clock(), keep=keep)
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Receipt):
            done.taken.append((row, result.outcome.target))
        elif (there := _same_matter(desk, row, result)) is not None:
            done.there.append((row, there))
        else:
            done.left.append((row, reasons_of(row, found, result)))


def _same_matter(desk: Desk, row: LedgerRow, refusal: Refusal) -> str | None:
    """The open item of the same paper and the same name, which is what the row says again; a paper alone may hold several matters."""
    match = re.search(r"DB-\d{4}-\d{4,6}", refusal.reason) if refusal.rule == "R-02" else None
    item = desk.view.item(match[0]) if match else None
    if item is None or item.title != row.inputs["title"]:
        return None
    return item.id if item.source.ref and item.state not in ("merged",) and paper_of(item).open else None


def left_over(sheet: Sheet, found: ColumnMap, done: Intake, desk: Desk, file: str) -> bytes:
    """Return the rows that did not come in as the bytes of an .xlsx file, as they stand in the ledger, with the reasons in a last column.

    Mended, it is given to the import like the ledger itself: it bears the same name, and each row the number it is told by.
    ``file`` is the name of the file that was read, without ending.
    """
    from documents.forms.workbook import WorkbookColumn, WorkbookSheet, render  # with it come the libraries of documents

    rows = [row for row, _ in done.left]
    cells: dict[str, tuple[str, ...]] = {
        usual(name): tuple(in_own_words(row, name, found, desk.view.roster) for row in rows) for name in found.columns
    }
    # What the map says of every row, and by what a row is told, is in the list itself.
    cells = {usual(name): tuple(str(row.inputs[name]) for row in rows) for name in ("ledger", "number")} | cells
    cells |= {usual(name): (value,) * len(rows) for name, value in found.values.items()}
    known = found.columns.values()
    others = {head: n for n, head in enumerate(headings(found, sheet)) if head not in ("", REASON, *cells) and n not in known}
    cells |= {head: tuple(row.cells[n].text for row in rows) for head, n in others.items()}
    columns = [WorkbookColumn(head, 16, texts, text=True) for head, texts in cells.items()]
    columns.append(WorkbookColumn(REASON, 60, tuple(reasons_text(reasons) for _, reasons in done.left), text=True))
    at, year = desk.clock(), year_of(sheet, found, file)
    name = re.sub(r"[\[\]:*?/\\]", "", sheet.name)[:31] or "台账"
    heading, caption = f"{f'{year}年' if year else ''}未能导入的事项", f"{at:%Y-%m-%d %H:%M}，共{len(rows)}件；改正后再次导入"
    return render((WorkbookSheet(name, heading, caption, columns),), at)
