"""The acts of the regulation, a file a step, and ``perform``: carries one out or refuses it. Pure: no input or output.

May touch ``procedure`` and below. Its door is this list.
"""

from records.acts import (  # they enter their acts in the table
    accountability,
    adjustment,
    carried,
    carry_in,
    changes,
    checkpoint,
    classification,
    conclusion,
    days,
    dispatch,
    handling,
    issue,
    numbers,
    people,
    proposers,
    registration,
    report,
    rerouting,
    return_report,
    roundup,
    rules,
    succession,
    units,
    upgrade,
    urging,
    withdrawal,
)
from records.acts.conclusion import ARCHIVES
from records.acts.duties import Duty, duties
from records.acts.inputs import form
from records.acts.perform import Outcome, Prospect, enters_paper, perform, prospects, rehearse, to_sign
from records.acts.upgrade import TAKES_OVER, read_only, too_new
from records.procedure.case import PaperEntry, Refusal, World
from records.procedure.table import TABLE
from schema.tables import rows

TABLE.seal(rows())  # a row without its code, or code without its row, stops the program here

__all__ = [
    "ARCHIVES",
    "TAKES_OVER",
    "Duty",
    "Outcome",
    "PaperEntry",
    "Prospect",
    "Refusal",
    "World",
    "accountability",
    "adjustment",
    "carried",
    "carry_in",
    "changes",
    "checkpoint",
    "classification",
    "conclusion",
    "days",
    "dispatch",
    "duties",
    "enters_paper",
    "form",
    "handling",
    "issue",
    "numbers",
    "people",
    "perform",
    "proposers",
    "prospects",
    "read_only",
    "registration",
    "rehearse",
    "report",
    "rerouting",
    "return_report",
    "roundup",
    "rules",
    "succession",
    "to_sign",
    "too_new",
    "units",
    "upgrade",
    "urging",
    "withdrawal",
]  # fmt: skip
