"""A matter is classified after it was entered (定密): from then on only its shell is kept (domain Q22, D-16).

What the commits before hold cannot be taken out of them; who keeps the register is told which they are.
"""

from collections.abc import Iterator
from dataclasses import replace

from records.acts.numbers import series_of_matter
from records.matter.item import Classification, Item, Secrecy
from records.matter.numbers import NumberEntry, NumberSeries
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.shell import scrubbed, shell
from records.procedure.table import TABLE
from schema.tables import checker


@TABLE.gate("R-28", "classify", sees="record")
def not_classified_yet(case: Case, given: Given) -> Refusal | None:
    """Only what is not classified is classified."""
    if case.before.secrecy.level != "none":
        return case.refuse("R-28", "本件已经标有密级。")
    return None


@TABLE.gate("R-28", "classify")
def takes_a_degree(case: Case, given: Given) -> Refusal | None:
    """Classifying gives a degree."""
    if given.text("secrecy") == "none":
        return case.refuse("R-28", "没有写明密级。", "请选秘密、机密或绝密。", field="secrecy")
    return None


@TABLE.act("classify")
def classify(case: Case, given: Given) -> Change:
    """Give a matter its degree of secrecy, and keep of its texts nothing but the hashes that were signed (D-16)."""
    secrecy = replace(
        case.before.secrecy, level=given.text("secrecy"), years=given.number("secrecy_years"), copy_number=given.text("copy_number")
    )
    item = classified(case, replace(case.before, secrecy=secrecy), given.text("basis"))
    about = f"{_told(secrecy)}；此前各笔仍有原文，请告知安全保密管理员"
    return Change(item, item.state, numbers=tuple(without_reasons(case, case.before)), about=about, words=f"依据：{given.text('basis')}")


def classified(case: Case, item: Item, basis: str) -> Item:
    """Return a matter that has a degree of secrecy by now without its texts, and marked so that those of before are shown no more."""
    item = replace(item, classified=Classification(**vars(case.stamp), basis=basis))
    return item if case.world.policy.full_text else scrubbed(item)


def without_reasons(case: Case, *items: Item) -> Iterator[NumberSeries]:
    """Yield the series in which it was written why a number of classified matters is void, without the reasons."""
    if case.world.policy.full_text or not items:
        return
    ids = {item.id for item in items}
    for series in series_of_matter(case, min(int(item.registered.at[:4]) for item in items), *items):
        entries = tuple(_wordless(entry) if entry.item in ids else entry for entry in series.entries)
        if entries != series.entries:
            yield replace(series, entries=entries)


def _wordless(entry: NumberEntry) -> NumberEntry:
    gone, elsewhere = entry.voided, entry.outside
    return replace(
        entry,
        voided=gone and replace(gone, reason=shell().otherwise),
        outside=elsewhere and replace(elsewhere, reason=shell().otherwise),
    )


def _told(secrecy: Secrecy) -> str:
    return f"{checker('item').enum_label(('secrecy', 'level'), secrecy.level)}★{secrecy.years}年，份号{secrecy.copy_number}"
