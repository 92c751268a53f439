"""Document numbers: reserved when a text goes for signature, issued at the signature, void with a reason (三（四）; domain Q6, Q9).

Never reused, never silently skipped: numbers used outside this system are entered too, so that a series has no gap.
"""

from collections.abc import Iterator
from dataclasses import replace

from records.bureau.series import REPORT, counter
from records.matter.item import Item
from records.matter.numbers import NumberEntry, NumberSeries, Outside
from records.matter.outgoing import VoidedNumber
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE


def reserved(case: Case, series_id: str) -> tuple[NumberSeries, str]:
    """Return the series with its next number reserved for the item, and that number as it is written."""
    series = case.world.numbers(series_id, case.at.year)
    entry = NumberEntry(series.next, "reserved", item=case.before.id, reserved=case.stamp)
    return replace(series, entries=(*series.entries, entry)), series.written(entry.number)


def taken(case: Case, series_id: str) -> tuple[NumberSeries, str]:
    """Return the series with its next number taken and issued in one act, for a paper that is signed as it is numbered."""
    series, number = reserved(case, series_id)
    *earlier, entry = series.entries
    return replace(series, entries=(*earlier, replace(entry, status="issued", issued=case.stamp))), number


def issued(case: Case, series_id: str, number: str) -> NumberSeries | None:
    """Return the series with the item's number issued; None when it was issued before (a further round)."""
    found = _find(case, series_id, number)
    if found is None or found[1].status != "reserved":
        return None
    return _exchange(found[0], found[1], replace(found[1], status="issued", issued=case.stamp))


def voided(case: Case, series_id: str, number: str, reason: str) -> NumberSeries:
    """Return the series with the item's number void; it stays in the list for good."""
    found = _find(case, series_id, number)
    assert found is not None
    why = Outside(**vars(case.stamp), reason=reason)
    return _exchange(found[0], found[1], replace(found[1], status="void", voided=why))


def without_reserved(case: Case, item: Item, reason: str) -> tuple[Item, tuple[NumberSeries, ...]]:
    """Return an item whose way ends without the numbers that are only reserved for it, and their series with them void (D-9).

    Args:
        case: the act that ends its way; the numbers are those of the item before it.
        item: the item after it.
        reason: why they are given up.
    """
    item, report = without_report_number(case, item, reason)
    item, outgoing = without_outgoing_number(case, item, reason)
    return item, (*report, *outgoing)


def without_outgoing_number(case: Case, item: Item, reason: str) -> tuple[Item, tuple[NumberSeries, ...]]:
    """Return the same for the number of the document going up alone."""
    out = item.outgoing
    found = _find(case, out.series, out.number) if out and out.number else None
    if out is None or found is None or found[1].status != "reserved":
        return item, ()
    gone = VoidedNumber(**vars(case.stamp), number=out.number or "", reason=reason)
    kept = replace(out, number=None, reserved=None, voided=(*out.voided, gone))
    return replace(item, outgoing=kept), (voided(case, out.series, out.number or "", reason),)


def without_report_number(case: Case, item: Item, reason: str) -> tuple[Item, tuple[NumberSeries, ...]]:
    """Return the same for the number of the unit's report alone."""
    report, series = item.report, counter(case.before.lead, REPORT)
    found = _find(case, series, report.number) if report and report.number else None
    if report is None or found is None or found[1].status != "reserved":
        return item, ()
    return replace(item, report=replace(report, number=None)), (voided(case, series, report.number or "", reason),)


def series_of_matter(case: Case, since: int, *stages: Item) -> Iterator[NumberSeries]:
    """Yield, from a year to this one, every series in which a matter may have numbers: the bureau's, and those of each unit it was with.

    Args:
        case: the act on the matter.
        since: the first year.
        stages: the matter as it was at the times that count.
    """
    known = case.world.roster.series
    units = dict.fromkeys(part.unit for item in stages for part in item.units)
    units |= dict.fromkeys(each.from_unit for item in stages for each in item.transfers if each.from_unit)
    names = [name for name, each in known.items() if each.scope == "bureau"]
    names += [counter(unit, name) for unit in units for name, each in known.items() if each.scope == "unit"]
    yield from (case.world.numbers(name, year) for year in range(since, case.at.year + 1) for name in names)


@TABLE.gate("R-26", "record_outside_numbers", "record_void_number", "correct_carry_in", sees="record")
def the_series_is_the_bureaus(case: Case, given: Given) -> Refusal | None:
    """A counter is one of the bureau's, or of a unit that numbers its own (三（四）)."""
    roster, (unit, _, _) = case.world.roster, case.target.rpartition(".")
    if roster.series_of(case.target) is None or (unit and roster.units[unit].char is None):
        return case.refuse("R-26", f"没有“{case.target}”这个文号系列。", "请核对系列代码和单位代码。")
    return None


@TABLE.gate("R-26", "record_outside_numbers")
def goes_on_from_the_last(case: Case, given: Given) -> Refusal | None:
    """Numbers run on without a gap."""
    series = case.world.numbers(case.target, case.at.year)
    if given.number("through") < series.next:
        return case.refuse("R-26", f"本系列已用到第{series.next - 1}号。", f"请填不小于{series.next}的号。", field="through")
    if series.room is not None and given.number("through") > series.room:
        reason = f"第{series.room + 1}号已作废，不能再用。"
        return case.refuse("R-26", reason, f"请先登记到第{series.room}号，其后的另行登记。", field="through")
    return None


@TABLE.act("record_outside_numbers")
def record_outside_numbers(case: Case, given: Given) -> Change:
    """Enter numbers that were used outside this system, or the counter carried in at the start."""
    series = case.world.numbers(case.target, case.at.year)
    why = Outside(**vars(case.stamp), reason=given.text("reason"))
    entry = NumberEntry(series.next, "outside", given.number("through"), outside=why)
    return _change(series, entry, f"第{entry.number}号至第{entry.through}号", why.reason)


@TABLE.act("record_void_number")
def record_void_number(case: Case, given: Given) -> Change:
    """Enter a number that was taken outside this system and given up."""
    series = case.world.numbers(case.target, case.at.year)
    why = Outside(**vars(case.stamp), reason=given.text("reason"))
    entry = NumberEntry(series.next, "void", voided=why)
    return _change(series, entry, f"第{entry.number}号", why.reason)


def _change(series: NumberSeries, entry: NumberEntry, about: str, words: str) -> Change:
    changed = replace(series, entries=(*series.entries, entry))
    return Change(None, numbers=(changed,), about=about, words=words, number=series.written(entry.number))


def is_of(case: Case, series_id: str, number: str) -> bool:
    """Say whether a number was given to the item in a series."""
    found = _find(case, series_id, number)
    return found is not None and found[1].item == case.before.id


def _find(case: Case, series_id: str, number: str) -> tuple[NumberSeries, NumberEntry] | None:
    # The year stands in the number: a report returned over the new year keeps last year's.
    year = int(number[number.index("〔") + 1 : number.index("〕")])
    series = case.world.numbers(series_id, year)
    return next(((series, entry) for entry in series.entries if not entry.through and series.written(entry.number) == number), None)


def _exchange(series: NumberSeries, old: NumberEntry, new: NumberEntry) -> NumberSeries:
    return replace(series, entries=tuple(new if entry is old else entry for entry in series.entries))
