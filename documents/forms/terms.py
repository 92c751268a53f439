"""The words in which papers and tables say what a record holds; names of fields and values are those of the schema."""

from datetime import date

from documents.layout import elements
from records.bureau.roster import Roster
from records.matter.item import Secrecy
from schema.tables import checker


def degree(secrecy: Secrecy) -> str:
    """Return 密级和保密期限, such as 秘密★1年 (GB/T 9704 7.2.2); "" for an ordinary matter."""
    if secrecy.level == "none":
        return ""
    found = label("secrecy", "level", value=secrecy.level)
    return f"{found}★{secrecy.years}年" if secrecy.years else found


def unit_text(roster: Roster, unit: str) -> str:
    """Return a unit's full name, or the id when the roster does not know it."""
    return found.full_name if (found := roster.units.get(unit)) else unit


def day_text(day: str | None) -> str:
    """Return a day of the record as it is printed, a dash for none."""
    return elements.day_text(date.fromisoformat(day[:10])) if day else "—"


def time_text(at: str) -> str:
    """Return a time of the record to the minute, such as 2026-08-31 09:00."""
    return at[:16].replace("T", " ")


def name(*path: str | int) -> str:
    """Return what the schema calls a field of an item."""
    return str(checker("item").at(path)["title"])


def label(*path: str | int, value: str) -> str:
    """Return what the schema calls a value of a field of an item."""
    return checker("item").enum_label(path, value)
