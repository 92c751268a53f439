"""How a matter looks as a line of the ledger: cell by cell, and told in full below the list."""

from collections.abc import Iterator

from desk.columns import LEDGER, LedgerColumn, LedgerLine
from desk.terms import label
from records.rules.clocks import LIGHT_LABELS
from tui.frame.parts import light_look
from tui.frame.unit_names import unit_within
from tui.widgets.line_list import ListColumn

_STAYS = {"light": 3, "serial": 2, "time_left": 2, "lead": 1}
"""Columns that give way late where there is little room, the highest last."""


def in_full(line: LedgerLine) -> Iterator[str]:
    """Yield what a narrow list has to cut: the whole name, and in words how it stands."""
    yield f"── {line.excerpt.id} {line.excerpt.title}"
    lead = f"{line.roster.unit_name(line.excerpt.lead)}主办，" if line.excerpt.lead else ""
    again = f"第{line.excerpt.round}轮，" if line.excerpt.round > 1 else ""
    clock = f"{LIGHT_LABELS[line.light.colour]}灯，{line.light.words}（至 {line.light.due}）" if line.light.due else "没有在走的时限"
    yield f"   {lead}{label('state', line.excerpt.state)}，{again}{clock}"


def line_column(column: LedgerColumn, serial: int) -> ListColumn[LedgerLine]:
    """Return a column as the list shows it; the longest number has so many cells."""
    look = (lambda line: light_look(line.light)) if column is LEDGER["light"] else None
    width = max(4, serial) if column is LEDGER["serial"] else column.cells
    told = _lead if column is LEDGER["lead"] else column.told
    return ListColumn(column.short or column.heading, told, width, look, _STAYS.get(column.name, 0))


def _lead(line: LedgerLine) -> str:
    return unit_within(LEDGER["lead"].told(line), line.roster, LEDGER["lead"].cells or 0)
