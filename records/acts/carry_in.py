"""A counter that was carried in wrongly is put right while no number after it is issued (三（四）; D-9).

The one act whose commit changes several matters: what was numbered after the wrong count takes new numbers in the same commit, so that no
matter ever stands with a number that its series calls void (docs/decisions.md).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from records.bureau.series import REPORT
from records.matter.item import Item
from records.matter.numbers import NumberCorrection, NumberEntry, NumberSeries, Outside
from records.matter.outgoing import VoidedNumber
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE


@TABLE.gate("R-26", "correct_carry_in", sees="record")
def nothing_after_it_is_issued(case: Case, given: Given) -> Refusal | None:
    """What went out under a number stays as it went out; a count before it is no longer put right (D-9)."""
    series = case.world.numbers(case.target, case.at.year)
    if (run := _last_run(series)) is None:
        return case.refuse("R-26", "本系列没有登记过结转号或系统外用号。", "请先登记系统外用号。")
    gone = next((entry for entry in _after(series, run) if entry.issued), None)
    if gone is not None:
        reason = f"其后的{series.written(gone.number)}已经签发，结转号不能再更正。"
        return case.refuse("R-26", reason, "漏登的，请登记系统外用号；确有重号的，请撤回公文。")
    return None


@TABLE.gate("R-26", "correct_carry_in")
def counts_from_where_it_began(case: Case, given: Given) -> Refusal | None:
    """The run keeps its first number, and is another one than it was."""
    run = _last_run(case.world.numbers(case.target, case.at.year))
    assert run is not None
    through = given.number("through")
    if through < run.number:
        return case.refuse("R-26", f"这一段从第{run.number}号起。", f"请填不小于{run.number}的号。", field="through")
    if through == run.through:
        return case.refuse("R-26", f"登记的就是用到第{through}号。", "没有需要更正的。", field="through")
    return None


@TABLE.act("correct_carry_in")
def correct_carry_in(case: Case, given: Given) -> Change:
    """Put the count right; numbers reserved after it are void, and their texts take the next ones (D-9)."""
    series, through, reason = case.world.numbers(case.target, case.at.year), given.number("through"), given.text("reason")
    run = _last_run(series)
    assert run is not None
    changed = _counted(case, series, run, through, reason)
    items: dict[str, Item] = {}
    told: list[str] = []
    for entry in _after(series, run):
        if entry.status == "reserved" and entry.item and (item := case.world.item(entry.item)):
            new = NumberEntry(changed.next, "reserved", item=item.id, reserved=case.stamp)
            changed = replace(changed, entries=(*changed.entries, new))
            old, number = series.written(entry.number), series.written(new.number)
            items[item.id] = _renumbered(case, items.get(item.id, item), old, number, reason)
            told.append(f"{item.id} 由{old}改编{number}")
    about = "，".join((f"第{run.number}号至第{run.through}号更正为至第{through}号", *told))
    return Change(None, numbers=(changed,), items=tuple(items.values()), about=about, words=reason)


def _counted(case: Case, series: NumberSeries, run: NumberEntry, through: int, reason: str) -> NumberSeries:
    """The series with its run put right and what was reserved after it void; what was used elsewhere up to there is so entered."""
    why = Outside(**vars(case.stamp), reason=reason)
    after = {entry.number: _void(entry, why) for entry in _after(series, run)}
    correction = NumberCorrection(**vars(case.stamp), was=run.through or run.number, through=through, reason=reason)
    after |= {number: replace(entry, status="outside", outside=why) for number, entry in after.items() if number <= through}
    # What stands in no entry between the run's first number and its last is in the run itself up to the next entry, then in runs behind it.
    stops = [*(number for number in sorted(after) if number <= through), through + 1]
    kept = replace(run, through=stops[0] - 1, corrected=correction)
    more = [NumberEntry(one + 1, "outside", other - 1, outside=why) for one, other in pairwise(stops) if other - one > 1]
    entries = [kept if entry is run else after.get(entry.number, entry) for entry in series.entries]
    return replace(series, entries=(*entries, *more))


def _void(entry: NumberEntry, why: Outside) -> NumberEntry:
    """An entry after the run as void: what was only reserved, and what an earlier correction took for used elsewhere."""
    return replace(entry, status="void", voided=entry.voided or why, outside=None)


def _renumbered(case: Case, item: Item, old: str, new: str, reason: str) -> Item:
    """The item whose text bears the new number in the place of the old one."""
    out = item.outgoing
    if out is not None and out.number == old:
        gone = VoidedNumber(**vars(case.stamp), number=old, reason=reason)
        return replace(item, outgoing=replace(out, number=new, reserved=case.stamp, voided=(*out.voided, gone)))
    assert item.report is not None
    assert case.target.endswith(f".{REPORT}")
    return replace(item, report=replace(item.report, number=new))


def _last_run(series: NumberSeries) -> NumberEntry | None:
    """The last count that was carried in, or numbers used elsewhere."""
    return next((entry for entry in reversed(series.entries) if entry.status == "outside" and entry.through), None)


def _after(series: NumberSeries, run: NumberEntry) -> Iterator[NumberEntry]:
    """The entries after a run, in the order of their numbers; void ones that lie ahead may have been entered before it."""
    yield from sorted((entry for entry in series.entries if entry.number > run.number), key=lambda entry: entry.number)
